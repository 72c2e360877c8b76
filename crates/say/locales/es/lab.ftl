# Un lugar propio: `socklab lab`.

cmd-lab = Ejecuta programas en un lugar propio: nombres, servidores, máquinas, un cable
cmd-lab-run = Ejecuta un programa en un lugar que termina con él; o varios, cada uno en una máquina
cmd-lab-shell = Abre tu shell en el laboratorio
cmd-lab-up = Deja un laboratorio en segundo plano, hasta lab down
cmd-lab-exec = Ejecuta un programa en una máquina de un laboratorio abierto
cmd-lab-status = Muestra las máquinas, los nombres de la internet local, los sockets con sus colas y lo que hicieron las reglas del cable
cmd-lab-wire = Cambia lo que pasa con las tramas en el cable de un laboratorio abierto
cmd-lab-link = Desconecta el cable de una máquina, lo conecta, o estrecha su camino
cmd-lab-down = Cierra un laboratorio y todo lo que hay en él

arg-lab-run-on = La máquina del programa que sigue a --; luego otra vez --on MÁQUINA -- COMANDO: cada uno se inicia cuando el anterior escucha
arg-lab-run-trace = Dibuja lo que hicieron los sockets de los programas, y cada trama, en un solo diagrama
arg-lab-run-live = Como --trace, pero imprime una línea por cada evento cuando ocurre, en el error estándar, en vez de un dibujo al final
arg-lab-run-output = Escribe ese dibujo en un archivo: .txt, .svg, .html, .jsonl (la grabación misma), o .pcapng (los paquetes, para Wireshark), .mmd, .puml, .trace.json, .har; - escribe la grabación en la salida estándar
arg-lab-run-command = El programa y sus argumentos, palabra por palabra
arg-hosts = Cuántas máquinas, o sus nombres: 5, o web,db (normalmente client, server e internet)
arg-wire = Lo que pasa con las tramas: 'drop the 2nd SYN from client', 'delay 40ms', 'lose 5% seed 7' …
arg-mtu = El paquete más grande del cable, en bytes
arg-fast = Deja pasar las tramas como se le dejan a una tarjeta de red, hasta 64 KiB de una vez: pasa mucho más, pero en una captura hay tramas más grandes que la MTU, y no hay reglas
arg-lab-shell-host = La máquina (normalmente la primera)
arg-lab-shell-name = En este laboratorio abierto (normalmente el que se llama lab, si está abierto)
arg-lab-up-name = Cómo llamarlo (normalmente lab)
arg-lab-exec-host = La máquina (normalmente la primera)
arg-lab-exec-name = El nombre del laboratorio (normalmente lab)
arg-lab-exec-command = El programa y sus argumentos, palabra por palabra
arg-lab-status-name = El nombre del laboratorio (normalmente lab)
arg-lab-wire-rules = Una regla nueva; 'lift REGLA' la quita, 'lift all' las quita todas, y 'heal' termina las particiones
arg-lab-wire-name = El nombre del laboratorio (normalmente lab)
arg-lab-link-host = De quién es el cable
arg-lab-link-cable = down lo desconecta, up lo conecta: la máquina lo nota enseguida
arg-lab-link-path_mtu = Que no pasen paquetes más grandes que esto hacia la máquina ni desde ella, como detrás de un enrutador estrecho
arg-lab-link-name = El nombre del laboratorio (normalmente lab)
arg-lab-down-name = El nombre del laboratorio (normalmente lab)

examples-lab-run =
    $ socklab lab run -- curl -s http://www.google.com/  # le responde un servidor propio
    $ socklab lab run --wire 'drop the 1st SYN' -- curl -s http://www.google.com/
    $ socklab lab run --on server -- tcp-server --on client -- tcp-client server
    $ socklab lab run --fast --on server -- iperf3 -s -1 --on client -- iperf3 -c server
    $ socklab lab run -o historia.html --on server -- python3 S.py --on client -- python3 C.py server
    El código de salida es el del programa, o el del último; 3 si aquí no puede haber laboratorio: mira socklab doctor.
examples-lab-shell =
    $ socklab lab shell
    $ socklab lab shell server  # en un laboratorio abierto, o en uno propio
    $ socklab lab shell --hosts web,db web
examples-lab-up =
    $ socklab lab up
    $ socklab lab up --hosts 5 --wire 'delay 20ms'
    $ socklab lab up second --hosts web,db
examples-lab-exec =
    $ socklab lab exec server -- python3 S.py
    $ socklab lab exec client -- ping -c 1 server
examples-lab-status =
    $ socklab lab status
    $ socklab lab status --json | jq '.hosts[].sockets[]'
examples-lab-wire =
    $ socklab lab wire 'drop the 2nd SYN from client'  # se envía, y se pierde
    $ socklab lab wire 'delay 40ms every data from server'  # llega más tarde
    $ socklab lab wire 'duplicate the 1st UDP'  # llega dos veces
    $ socklab lab wire 'reorder 3 and 4 of the UDP from client'  # la 4.ª llega primero
    $ socklab lab wire 'corrupt byte 60 of the 1st data'  # lo nota la suma de verificación
    $ socklab lab wire 'lose 5% seed 7'  # al azar, pero siempre las mismas
    $ socklab lab wire 'rate 1 Mbit/s' 'delay 40ms'  # una línea lenta
    $ socklab lab wire 'reset after 10 kB from server'  # un RST que no envió ningún extremo
    $ socklab lab wire 'partition client from server'  # hasta socklab lab wire heal
    $ socklab lab wire 'host server dies'  # sin decir nada
    $ socklab lab wire 'lift drop the 2nd SYN from client'  # lift all: todas
    Las mismas reglas van después de --wire, en socklab trace, run, what-if, check y lab. Siempre se escriben en inglés.
    De qué tramas tratan: the 1st, the 2nd (la primera, la segunda), every (todas) o every 3rd (una de cada tres), de estas clases: frame, segment, SYN, SYN-ACK, ACK, FIN, RST, PSH, URG, data (TCP con datos), retransmission, UDP, fragment, ICMP, ARP. Después, en cualquier orden: from MÁQUINA, to MÁQUINA, from port N, to port N, of the 2nd connection, with byte N of the answer (o of the request), once, twice, 3 times, after 2s, until 5s, between 1s and 2s; en lugar de un tiempo puede ir una trama: after the 1st FIN.
    Cada regla cuenta desde 1 las tramas de las que trata, como se envían, también los reenvíos. El tiempo se cuenta desde la primera trama. En un loopback, client es quien habla primero en una conexión, y server el otro.
examples-lab-link =
    $ socklab lab link client down
    $ socklab lab link client up
    $ socklab lab link server --path-mtu 1300
examples-lab-down =
    $ socklab lab down

value-LAB = LAB
value-HOST = MÁQUINA
value-RULE = REGLA
value-BYTES = BYTES

lab-no-place = aquí no puede haber laboratorio: { $reason }
lab-no-host = no hay ninguna máquina { $host }, solo { $known }
lab-host-name = { $name } no puede ser el nombre de una máquina: letras, dígitos y guiones, como máximo 63, y al menos una letra; localhost, wire, from, to y of significan otra cosa
lab-host-twice = dos máquinas se llaman { $name }
lab-too-many-hosts = un laboratorio tiene como máximo { $most } máquinas
lab-fast-has-no-rules = un cable rápido no tiene reglas ni caminos estrechos: lleva lo que una tarjeta de red todavía cortaría en tramas
lab-mtu = ningún cable tiene una MTU de { $mtu }: de { $least } a { $most } bytes
lab-host-alike = no hay ninguna máquina { $host }
lab-host-alike-hint = ¿Quisiste decir { $known }? Una máquina con ese nombre tiene que estar en la lista: --hosts { $hosts }
lab-hosts-made = Máquinas de este laboratorio: { $usual }, y por --on también { $made }.
lab-on-what = a cada --on MÁQUINA le siguen -- y un comando: --on server -- python3 S.py --on client -- python3 C.py
program-not-found = { $program }: no hay ningún programa con ese nombre en las carpetas de PATH, o no se puede ejecutar
wire-quotes-hint = Todas estas palabras son una sola regla, y va entre comillas: { $command }
wire-rules-hint = las reglas se escriben en inglés; `socklab lab wire --help` las muestra todas
lab-shell-own = Estás en un laboratorio tuyo, en { $host }: ningún paquete sale de esta máquina. Con exit termina, y no queda nada.
lab-shell-up = Estás en { $host }, en el laboratorio «{ $lab }». Con exit sales; el laboratorio sigue abierto.
lab-shell-programs = Los programas del curso se encuentran por su nombre, por ejemplo tcp-server.
lab-shell-no-programs = Los programas del curso: socklab run tcp-server, y así los demás.
lab-shell-ended = El laboratorio «{ $lab }» se cerró, y esta terminal salió de él.
lab-shell-is-as-it-is = el laboratorio «{ $name }» ya está abierto, con sus máquinas y su cable: quita --hosts, --wire, --mtu y --fast, o --name
lab-bad-name = «{ $name }» no puede ser el nombre de un laboratorio: letras, dígitos, - y _, como máximo 32
lab-not-ours = otra persona en esta máquina tiene un laboratorio «{ $name }»: ponle otro nombre al tuyo
lab-not-up = no hay ningún laboratorio «{ $name }» abierto
lab-others = hay otros: { $names }
lab-unreachable = el laboratorio «{ $name }» no responde: { $error }
lab-up-already = el laboratorio «{ $name }» ya está abierto
lab-is-up = El laboratorio «{ $name }» está abierto. Sus máquinas:
lab-is-down = El laboratorio «{ $name }» está cerrado, y no queda nada de él.
lab-rule-added = En el cable desde ahora: { $rule }
lab-rules-lifted = { $lifted ->
    [0] No había esa regla: socklab lab status muestra las que hay.
    [one] Se quitó { $lifted } regla.
   *[other] Se quitaron { $lifted } reglas.
}
lab-rule-did = cable: { $rule }: se aplicó a { $matched } de { $seen } tramas
lab-rule-idle = cable: { $rule }: no se aplicó a ninguna trama (pasaron { $seen } de la clase de la que trata)
lab-rule-lifted = cable: { $rule }: se aplicó a { $matched } de { $seen } tramas, hasta que se quitó
lab-none-to-lift = El cable no tenía reglas.
lab-rule-unseen = cable: { $rule }: no se aplicó a ninguna trama: hasta ahora no ha pasado ninguna de la clase de la que trata
lab-names = Nombres de la internet local, con sus direcciones y servicios:
lab-status-pulled = el cable está desconectado
lab-status-path-mtu = no pasa ningún paquete de más de { $mtu } bytes
lab-no-rules = El cable no tiene reglas: todas las tramas llegan.
lab-link-up = { $host }: el cable está conectado
lab-link-down = { $host }: el cable está desconectado
lab-path-mtu = { $host }: no pasa ningún paquete de más de { $mtu } bytes
lab-queue-accept = { $waiting ->
    [one] { $waiting } conexión espera que la acepten
   *[other] { $waiting } conexiones esperan que las acepten
}
lab-queue-receive = { $waiting } B sin leer
lab-queue-send = { $waiting } B sin confirmar
lab-services = { $services ->
    [one] { $services } socket de los servidores de la internet local (--json)
   *[other] { $services } sockets de los servidores de la internet local (--json)
}
