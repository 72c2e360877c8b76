# Lo que dicen `socklab --help` y las demás ayudas.

cmd-socklab = socklab, el laboratorio de sockets: ejecuta programas con sockets y mira lo que hace el núcleo.
cmd-learn = Recorre el curso, desde donde ibas
arg-learn-name = Un programa, una pregunta o un ejercicio al que ir
cmd-tour = Ejecuta todos los programas del curso, verifica cada uno y muestra lo que pasó
cmd-list = Muestra el curso completo y lo que llevas hecho, y lleva a cualquier parte
cmd-show = Muestra un programa: de qué trata, su código y qué hace
cmd-run = Ejecuta un programa del curso
cmd-trace = Ejecuta programas, en cualquier lenguaje, y dibuja lo que hicieron sus sockets
cmd-draw = Dibuja otra vez una grabación, o una captura de paquetes
cmd-watch = Muestra una grabación en pantalla completa, también mientras crece
cmd-follow = Muestra lo que dijeron ambos extremos, byte por byte
cmd-host = Muestra el nombre de esta máquina y sus direcciones
cmd-resolve = Busca las direcciones de un nombre
cmd-service = Busca el servicio de un puerto, o el puerto de un servicio
cmd-serve = Ejecuta un servidor pequeño, solo para esta máquina si no se dice otra cosa
cmd-connect = Habla con un servidor, como telnet y nc, sin perder nada al final
cmd-completions = Imprime un script de autocompletado para un shell
cmd-man = Escribe las páginas de manual en una carpeta

arg-help = Muestra esta ayuda
arg-version = Muestra la versión
arg-lang = Idioma de todos los textos (por defecto: el de LC_ALL, LC_MESSAGES, LANG)
arg-json = Imprime JSON, para scripts
arg-name = Un programa, con el nombre que le da `socklab list`
arg-tour-from = Empieza por este programa
arg-tour-pause = Espera un Enter después de cada paso
arg-tour-json = Imprime JSON, para scripts: un objeto con cada programa, paso y verificación
arg-tour-output = Escribe además todo el recorrido como una página
arg-show-source = Imprime solo el archivo fuente, tal cual
arg-run-arguments = Los argumentos del propio programa
arg-run-lab = Lo ejecuta en un laboratorio propio, con los nombres y servidores de una pequeña internet local
arg-run-trace = Cuando termine, dibuja lo que hicieron sus sockets. Con cada paquete, en un laboratorio, si ahí está quien necesita; un servidor, y el cliente de otra terminal, se quedan en la red de la propia máquina
arg-trace-commands = Programas, cada uno una línea de comandos entre comillas; cada uno empieza cuando el anterior escucha
arg-trace-command = Un solo programa con sus argumentos, palabra por palabra
arg-trace-pid = Se conecta a un proceso en ejecución, y a sus hijos
arg-trace-only = Con --pid: omite los hijos que el proceso ya tiene (los que tendrá se graban de todos modos)
arg-output = Escribe el dibujo en un archivo: .txt, .svg, .html, o .jsonl (la propia grabación, que se escribe mientras crece), .pcapng (los paquetes, para Wireshark), .mmd o .puml (un diagrama de secuencia para Mermaid o PlantUML), .trace.json (para Perfetto), .har (peticiones y respuestas de HTTP/1); - escribe la grabación en la salida estándar. Solo tú puedes leer estos archivos: pueden contener contraseñas
arg-trace-bytes = Cuántos bytes de cada mensaje guardar (por defecto 1024)
arg-trace-packets = Ejecuta los programas en un loopback propio, donde no hay nadie más, y graba cada paquete
arg-trace-max_size = Pasado este tamaño, por ejemplo 64M o 2G, graba de cada mensaje solo cuánto medía; pasado el doble, las repeticiones solo se cuentan. Los programas siguen (por defecto 256M)
arg-no_packets = Deja los paquetes por fuera: si no, se graban donde la máquina permite una red propia
arg-trace-no_packets = Deja los paquetes por fuera, también los que agregaría el permiso de capturar
arg-trace-no_lines = Deja por fuera la línea de código de cada llamada, que les cuesta algo de tiempo a los programas
arg-trace-live = Escribe una línea por cada evento en el momento en que ocurre, en la salida de error, en vez del diagrama al final; -o guarda la grabación como siempre
arg-run-live = Como --trace, pero imprime una línea por cada evento cuando ocurre, en el error estándar, en vez de un dibujo al final
arg-run-no_packets = Con --trace: deja los paquetes por fuera
arg-redact = Omite todo byte enviado, recibido o impreso, y los argumentos de los programas; quedan las longitudes, y también los nombres de archivos y las direcciones
arg-trace-timeout = Termina la grabación, y los programas, después de este tiempo
arg-trace-grace = Cuando termina el último programa: cuánto pueden los demás seguir con su trabajo, y cuánto pueden tardar en terminar tras SIGTERM (por defecto 5); con 0 se terminan de inmediato
arg-draw-no_lines = Deja por fuera la línea de código de cada llamada
arg-draw-files = Una grabación, hecha con trace -o ARCHIVO.jsonl, o una captura (.pcapng, .pcap) de Wireshark, tcpdump o trace; - lee la entrada estándar. Varias se dibujan como una, alineadas por sus relojes
arg-watch-file = Una grabación que otro socklab escribe o escribió, con trace -o ARCHIVO.jsonl
arg-watch-filter = Empieza con este filtro, por ejemplo 'port 8080': solo las conversaciones en las que algo lo cumple, y de ellas solo lo que lo cumple; / lo cambia
arg-follow-files = Una grabación, hecha con trace -o ARCHIVO.jsonl, o una captura (.pcapng, .pcap) de Wireshark, tcpdump o trace; - lee la entrada estándar. Varias, como una de cada máquina, se leen como una sola, alineadas por sus relojes
arg-follow-connection = Qué conversación, por su número en la lista que se muestra si hay varias
arg-follow-filter = Solo conversaciones en las que se dijo algo que lo cumple, como 'port 8080' o 'bytes "GET"'
arg-follow-hex = En hexadecimal, con posiciones que cuentan en cada dirección
arg-follow-json = Imprime JSON, para scripts: cada mensaje con su hora, su posición y sus bytes
arg-follow-output = Escribe cada dirección en un archivo propio de esta carpeta: 1-client-to-server.bin, 1-server-to-client.bin; de todas las conversaciones, si no se elige una
arg-follow-partial = Con -o: también donde faltan bytes, con lo que sigue a un vacío en otro archivo
arg-width = Ancho del dibujo (por defecto: el de la terminal, o 80)
arg-ascii = Dibuja solo con caracteres ASCII
arg-time = La hora al lado de cada fila del dibujo: relative (segundos desde el comienzo), clock (hora del día, en tu zona horaria) o none (por defecto: ninguna en la terminal y en .txt, relative en .svg y .html)
arg-since_previous = En los textos: cuánto después de la fila de arriba ocurrió cada fila, junto a --time o sola
arg-durations = Di de cada llamada cuánto duró, como en <42 µs>, donde el dibujo no lo diga de todos modos. La grabación alarga las llamadas unos microsegundos
arg-all = Muestra todas las llamadas, también setsockopt y similares, y cada repetición
arg-no_explanations = Solo el diagrama: no se explican ni problemas ni lecciones
arg-summary = En lugar del diagrama, cifras: quién con quién, cuánto, por cuánto tiempo, cómo terminó y el tiempo de cada llamada. Se imprimen, o van en el archivo .txt que indica -o; los demás archivos quedan como sin ella
arg-latency = En vez del diagrama, en qué se fue el tiempo: de qué se compuso cada espera por una respuesta
arg-draw-json = Con --summary o --latency: imprime las cifras en JSON, para scripts
arg-lessons = Explica también lo que no es un problema pero vale la pena saber
arg-resolve-names = Nombres, o direcciones
arg-resolve-ipv4 = Solo direcciones IPv4
arg-resolve-ipv6 = Solo direcciones IPv6
arg-service-queries = Un puerto (con ambos protocolos), un puerto y su protocolo, o el nombre de un servicio
arg-serve-protocol = Qué servidor ejecutar: echo, upper, daytime, http o ntp
arg-serve-port = Dónde escuchar; con 0 elige el núcleo (por defecto: echo 8007, upper 12000, daytime 8013, http 8080 y ntp 8123)
arg-serve-listen = La dirección en la que escuchar; 0.0.0.0 son todas (por defecto: 127.0.0.1)
arg-serve-tcp = Solo TCP (echo, upper: por defecto ambos)
arg-serve-udp = Solo UDP
arg-serve-root = http: sirve los archivos de esta carpeta
arg-serve-json = Imprime lo que pasa en JSON, un evento por línea
arg-connect-host = Nombre o dirección, también como NOMBRE:PUERTO o [DIRECCIÓN]:PUERTO; o un socket Unix: una ruta con «/», unix:NOMBRE o @NOMBRE
arg-connect-port = Número de puerto, o el nombre de un servicio; no va después de NOMBRE:PUERTO
arg-connect-udp = Datagramas en lugar de un flujo: cada línea de entrada es un datagrama
arg-connect-hex = Muestra todos los bytes de ambos sentidos en hexadecimal, por la salida de error
arg-connect-verbose = Dice quién está conectado con quién, y cómo terminó
arg-connect-timeout = Espera máxima para la conexión (por defecto 10); con --udp, para la última respuesta (por defecto 1)
arg-completions-shell = El shell: bash, elvish, fish, powershell o zsh
arg-man-folder = Dónde escribirlas; la carpeta debe existir

examples-socklab =
    $ socklab tour  # lo principal, diez segundos
    $ socklab show server-03  # leer un programa
    $ socklab run server-03  # y ejecutarlo
examples-tour =
    $ socklab tour
    $ socklab tour --from server-03 --pause
    $ socklab tour --json | jq .ok
    $ socklab tour -o tour.html
examples-learn =
    $ socklab learn                  # sigue donde ibas
    $ socklab learn server-03
    $ socklab learn --lang es
examples-list =
    $ socklab list
    $ socklab list --json
examples-show =
    $ socklab show server-03
    $ socklab show server-03 --lang es | less -R
    $ socklab show server-03 --source > server-03.rs
examples-run =
    $ socklab run server-03
    $ socklab run server-03 9000
    $ socklab run echo-client --port 10000 "hola, mundo"
    $ socklab run UDPClient.py  # los nombres antiguos también sirven
    $ socklab run socket-05 --trace  # y dibuja lo que hizo, paquete por paquete
    $ socklab run server-05 --live  # cada llamada de un servidor cuando ocurre
    $ socklab run socket-05 --lab --trace --wire 'drop the 1st SYN'
examples-trace =
    $ socklab trace tcp-server tcp-client  # dos programas del curso
    $ socklab trace 'python3 server.py' 'python3 client.py'
    $ socklab trace -o fetch.html -- curl http://localhost:8080/
    $ socklab trace --live -o run.jsonl tcp-server tcp-client  # línea por línea, mientras ocurre
    $ socklab trace --summary tcp-server tcp-client  # cifras en lugar del diagrama
    $ socklab trace --packets --latency tcp-server tcp-client  # de qué se compuso cada espera por una respuesta
    $ socklab trace --filter 'port 8080' tcp-server tcp-client  # solo lo que tiene que ver con este puerto
    $ socklab trace --packets tcp-server tcp-client  # con cada SYN, ACK y FIN
    $ socklab trace --wire 'drop the 1st SYN' tcp-server tcp-client  # se pierde el primero
    $ socklab trace --packets -o run.pcapng tcp-server tcp-client  # para Wireshark
    $ socklab trace -o run.jsonl -p 1234  # conectarse; Ctrl-C termina la grabación
    $ socklab trace -o - tcp-server tcp-client | socklab draw -
    $ socklab trace --grace 30 './worker' './submit job.txt'  # un trabajo largo cuando el cliente ya se fue
    El dibujo va a la salida de error; el código de salida es el del propio programa.
    Un archivo .jsonl crece desde el primer evento: si matan a socklab, draw muestra lo que hay. El archivo que reemplaza se guarda como ARCHIVO~ hasta el final. Con -o -, los programas imprimen en la salida de error, y la grabación termina cuando ya nadie la lee.
    Cuando termina el último programa se terminan también los demás, pero no en pleno trabajo. Un programa trabaja mientras calcula, duerme por algo que empezó desde que llegaron los clientes, o espera algo que ya viene en camino; no trabaja si solo espera a otros, o si se despierta de vez en cuando a mirar, como hacen los temporizadores de los bucles de eventos. Mientras uno trabaje, todos pueden seguir, hasta --grace; pasado un segundo se dice a quién se espera. Después cada uno recibe SIGTERM, primero el último que se inició y un proceso maestro antes que sus trabajadores; pasado otra vez --grace, SIGKILL. Ctrl-C salta esa espera. --timeout, y todo lo demás que termina una grabación antes de tiempo, empieza por SIGTERM. El dibujo dice «terminado por socklab», y lo que resulta de eso no se explica.
    Las llamadas y los códigos de salida son los mismos que sin socklab, pero un programa puede darse cuenta de que lo trazan; docs/tracing.es.md enumera cómo: ningún depurador puede conectarse a él, set-user-ID no le da nada si no eres root, y sus propios filtros de seccomp lo hacen más lento.
examples-draw =
    $ socklab draw run.jsonl
    $ socklab draw --summary run.jsonl  # cifras: quién con quién, cuánto, por cuánto tiempo
    $ socklab draw --summary --json run.jsonl  # lo mismo para un script
    $ socklab draw --latency run.jsonl  # en qué se fue el tiempo entre petición y respuesta
    $ socklab draw run.jsonl -o run.svg -o run.html
    $ socklab draw --since-previous --durations run.jsonl  # ¿a dónde se van los milisegundos?
    $ socklab draw --time clock --width 120 run.jsonl  # la hora del día, para comparar con un registro
    $ socklab draw --redact run.jsonl -o para-mostrar.jsonl  # sin lo que se envió
    $ socklab draw run.jsonl -o run.pcapng  # sus paquetes, para Wireshark
    $ socklab draw run.jsonl -o run.mmd -o run.trace.json  # para un documento (Mermaid), y para Perfetto
    $ socklab draw captura.pcapng  # lo que capturó Wireshark o tcpdump
    $ socklab draw servidor.jsonl cliente.jsonl captura.pcapng  # grabadas aparte, dibujadas como una
    $ socklab draw run.jsonl --filter 'port 8080 (errors or slower 10ms)'  # las llamadas de un puerto que fallaron o tardaron mucho
    Una línea ⋯ entre dos filas dice que ahí no se grabó nada durante un segundo o más, o durante al menos 200 ms y diez veces lo usual en este dibujo. Nada es nada: tampoco una llamada plegada u omitida.
    Una grabación no dice en qué zona horaria se hizo: --time clock da la hora en la tuya (TZ, o la de este computador), y la nombra encima de las horas. Para comparar un texto con una captura en UTC, ejecútalo como TZ=UTC socklab draw ….
examples-watch =
    $ socklab watch run.jsonl  # al lado: socklab trace -o run.jsonl …
    $ socklab watch --filter 'port 8080' run.jsonl
    La lista tiene una línea por cada conversación. Espacio elige, Enter abre el diagrama, ? explica todas las teclas, q vuelve y sale. Sin terminal, trace --live cuenta línea por línea lo que ocurre, y draw dibuja una grabación.
examples-follow =
    $ socklab follow run.jsonl  # la conversación, o una lista de ellas
    $ socklab follow run.jsonl --connection 2
    $ socklab follow run.jsonl --filter 'port 8080'
    $ socklab follow captura.pcapng -c 1 --hex
    $ socklab follow servidor.jsonl cliente.jsonl  # grabados aparte, leídos como uno
    $ socklab follow run.jsonl -c 1 --json | jq -r '.messages[].pieces[].text'
    $ socklab follow run.jsonl -c 1 -o streams  # los bytes mismos, un archivo por dirección
    → va delante de lo que dijo el extremo que comenzó, ← delante de lo que dijo el otro. Un salto de línea enviado se muestra (\n) y comienza otra línea. Lo que falta se cuenta, como en «→… 36 bytes no grabados …», sin espacio tras la flecha.
examples-host =
    $ socklab host
examples-resolve =
    $ socklab resolve localhost
    $ socklab resolve -4 www.google.com
examples-service =
    $ socklab service 25
    $ socklab service 53/udp
    $ socklab service http ntp
examples-serve =
    $ socklab serve http --port 8080
    $ socklab serve ntp --port 12300
    $ socklab serve echo --udp --port 7007
    $ socklab serve http --root . --listen 0.0.0.0
examples-connect =
    $ socklab connect localhost 8888
    $ printf 'hola\r\n' | socklab connect localhost 8888
    $ socklab connect -x --udp localhost 12000
    $ socklab connect '[::1]:8888'
    $ socklab connect /run/docker.sock
    Códigos de salida: 0 bien, 1 fallo, 2 uso incorrecto, 6 nombre desconocido, 7 rechazada o inalcanzable, 28 tiempo agotado.
examples-completions =
    $ echo 'source <(socklab completions bash)' >> ~/.bashrc

value-NAME = NOMBRE
value-PROGRAM = PROGRAMA
value-QUESTION = PREGUNTA
value-OPTIONS = OPCIONES
value-COMMAND = COMANDO
value-FOLDER = CARPETA
value-FILE = ARCHIVO
value-CHOICE = OPCIÓN
value-NUMBER = NÚMERO
value-SECONDS = SEGUNDOS
value-SIZE = TAMAÑO
value-COLUMNS = COLUMNAS
value-ADDRESS = DIRECCIÓN
value-PORT = PUERTO
value-PROTOCOL = PROTOCOLO
value-EXERCISE = EJERCICIO
value-CASE = CASO
value-NAMES = NOMBRES
value-ARGUMENTS = ARGUMENTOS
value-LINE = LÍNEA

choice-serve-protocol-echo = devolver lo que llega (TCP y UDP)
choice-serve-protocol-upper = devolverlo en mayúsculas (TCP y UDP)
choice-serve-protocol-daytime = decir la fecha y la hora, en palabras (TCP)
choice-serve-protocol-http = enviar una página pequeña, o con --root los archivos de una carpeta (TCP)
choice-serve-protocol-ntp = decir la hora, en 48 bytes (UDP)
choice-completions-shell-bash = en ~/.bashrc: `source <(socklab completions bash)`
choice-completions-shell-elvish = en ~/.config/elvish/rc.elv: `eval (socklab completions elvish | slurp)`
choice-completions-shell-fish = en ~/.config/fish/config.fish: `socklab completions fish | source`
choice-completions-shell-powershell = en $PROFILE: `socklab completions powershell | Out-String | Invoke-Expression`
choice-completions-shell-zsh = en ~/.zshrc: `source <(socklab completions zsh)`

usage = Uso:
commands = Comandos
arguments = Argumentos
options = Opciones
examples = Ejemplos:
try-line = Prueba: { $what }

bad-command = no existe el comando «{ $word }»
bad-argument = «{ $word }» sobra aquí
behind-dashes = Lo que es de tu programa va después de --: { $command }
missing-argument = { $command }: falta { $word }
missing-command = { $command }: falta un comando
missing-value = { $word }: falta un valor
bad-choice = { $word }: «{ $value }» no es ninguno de: { $choices }
bad-value = { $word }: «{ $value }» no es válido
bad-range = { $word }: «{ $value }» no es válido; tiene que ser { $allowed }
allowed-columns = 40 como mínimo y 10000 como máximo
allowed-size = 64K como mínimo y 1024T como máximo, como en 256M
allowed-seconds = mayor que 0 y 86400 como máximo
allowed-seconds-or-none = un número de segundos, 0 como mínimo y 86400 como máximo
conflict = { $one } y { $other } no se pueden usar juntos
not-utf-8 = un argumento no es UTF-8
did-you-mean = ¿Quisiste decir «{ $known }»?
see-help = Más: { $command }
