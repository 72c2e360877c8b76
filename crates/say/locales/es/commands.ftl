# Lo que dicen los comandos.

welcome =
    socklab, el laboratorio de sockets

    Pequeños programas que usan sockets, ejecutados de verdad, en esta máquina, sin red.
everything-else = todos los comandos
list-title = El curso: { $past } de { $all }
list-more = También en este curso
list-next = socklab learn sigue en la línea marcada con «>», socklab learn NOMBRE en cualquier otra. Todos los programas: socklab tour.
select-keys = ↑ ↓: mover · /: buscar · Enter: ir allí · q: salir
select-search = /{ $search }   (Enter: ir allí, Esc: la lista completa)
select-nothing = nada contiene «{ $search }»
pager-more = { $lines ->
        [one] una línea más
       *[other] { $lines } líneas más
    } · espacio: seguir · q: omitirlas
learn-unknown = nada en el curso se llama «{ $name }»
learn-kind-program = programa
learn-kind-question = pregunta
learn-kind-exercise = ejercicio
learn-place-program = el programa { $name }
learn-place-question = la pregunta { $name }
learn-place-exercise = el ejercicio { $name }
learn-now = Ahora:
learn-then = Después:
learn-end = el final del curso
learn-run = ejecutarlo y verificar lo que dice
learn-run-again = ejecutarlo otra vez
learn-source = leer su código
learn-go-on = seguir con { $next }
learn-begin = empezar
learn-elsewhere = ve a una carpeta en la que puedas escribir (cd) y después: socklab learn
learn-language = ¿En qué lenguaje? { $names }
learn-ask = Tu predicción (a–{ $last }, espacio: solo mostrar, n: siguiente, p: atrás, l: lista, q: salir):
learn-ask-again = preguntar otra vez
learn-keys = n: siguiente · p: atrás · l: lista · q: salir
learn-left = { $command } sigue desde aquí.
learn-finished = Eso fue todo el curso: { $all } de { $all }.
learn-finished-next = Para repetir algo: socklab list. Para ver tu propio programa por dentro: socklab trace -- COMANDO.
key-enter = Enter: { $what }
key-unknown = «{ $key }» no hace nada aquí.
neighbour-question = Una pregunta sobre él: { $command }
neighbour-exercise = Para escribirlo tú: { $command }
neighbour-next = Sigue: { $command }
unknown-program = no hay ningún programa «{ $name }»

progress-not-kept = Tu progreso no se guarda: { $why }

no-such-name = ese nombre no existe: { $name }
no-address = { $name } existe, pero no tiene ninguna dirección así
resolver-silent = no se pudo resolver { $name }: ningún servidor de nombres respondió. ¿Hay red?
unresolved = no se pudo resolver { $name }: { $reason }
canonical = { $name } es un alias de { $canonical }
host-hint = pon una línea «127.0.1.1 NOMBRE» en /etc/hosts
bad-service = «{ $query }» no es un puerto del 1 al 65535, ni PUERTO/PROTOCOLO, ni un nombre
no-such-service = { $query }: no hay tal servicio en { $source }
embedded-services = la lista propia de socklab

serving = { $protocol } en { $address }. Ctrl-C lo termina.
serve-neither = { $protocol } solo funciona sobre { $transport }
serve-no-root = solo http tiene archivos que servir
serve-bad-root = no se puede servir { $path }: { $reason }
bind-failed = bind { $address }: { $reason }
bind-taken-hint = otro programa tiene el puerto (ss -tulpn dice cuál); --port 0 toma uno libre
bind-low-hint = los puertos menores que 1024 necesitan root; --port { $port } no
log-accepted = conectado
log-answered = datagrama de { $received ->
        [one] { $received } byte
       *[other] { $received } bytes
    }, respondido con { $sent }
log-http = { $request } → { $status }, { $bytes ->
        [one] { $bytes } byte
       *[other] { $bytes } bytes
    }
log-ntp = petición NTPv{ $version }, respondida
log-refused = no se atendió: { $why }
refusal-too-many = ya hay demasiados clientes
refusal-port-zero = vino del puerto 0, al que no se puede enviar nada
refusal-low-port = vino de un puerto menor que 1024, donde puede escuchar otro servicio
refusal-own-address = dice venir de este mismo servidor: el origen es falso
refusal-broadcast = iba a una dirección de difusión (broadcast)
refusal-multicast = iba a una dirección de multidifusión (multicast)
refusal-too-fast = este cliente pregunta demasiado seguido
refusal-answer-too-large = la respuesta, de { $length ->
        [one] { $length } byte
       *[other] { $length } bytes
    }, no cabe en un datagrama
refusal-ntp-too-short = { $length ->
        [one] { $length } byte es muy poco
       *[other] { $length } bytes son muy pocos
    } para un paquete NTP
refusal-ntp-version = aquí no se habla la versión { $version } de NTP
refusal-ntp-mode = un paquete NTP en modo { $mode } no es una petición
refusal-other = no es aceptable
log-bytes = { $received ->
        [one] { $received } byte recibido
       *[other] { $received } bytes recibidos
    }, { $sent ->
        [one] { $sent } enviado
       *[other] { $sent } enviados
    }
log-closed = cerrado: { $bytes }
cut-reset = el cliente cortó la conexión (RST)
cut-idle = demasiado tiempo sin actividad
cut-stopped = el servidor se detuvo
log-cut = cortado: { $bytes }; { $why }

bad-port = «{ $port }» no es un puerto del 1 al 65535 ni el nombre de un servicio
connected = Conectado: { $own } → { $peer }
refused = connect { $address }: conexión rechazada. Nadie escucha ahí.
unreachable = connect { $address }: inalcanzable. Desde aquí no hay camino a esa red o máquina.
connect-timeout = connect { $address }: sin respuesta en { $seconds } s
connect-failed = connect { $address }: { $reason }
no-port = Falta el puerto: socklab connect { $host } PUERTO
two-ports = Hay dos puertos: { $one } y { $other }
no-host = «{ $target }» no nombra ninguna máquina: socklab connect NOMBRE PUERTO
no-unix-name = «{ $target }» no nombra ningún socket Unix: unix:RUTA o @NOMBRE
needs-brackets = «{ $target }» no es una dirección. Una dirección IPv6 con puerto se escribe [DIRECCIÓN]:PUERTO, como en [::1]:80
is-a-url = «{ $target }» es una URL. Se necesitan una máquina y un puerto, como en: socklab connect localhost 80
unix-takes-no = { $what } es para direcciones IP: un socket Unix solo tiene nombre, y connect le habla con un flujo
unix-unnamed = (sin nombre)
unix-not-found = connect { $address }: no existe esa ruta. Ningún servidor la tiene.
unix-refused = connect { $address }: conexión rechazada. Nadie escucha ahí: el servidor terminó, o no es un socket.
unix-no-stream = connect { $address }: ese socket recibe datagramas o paquetes, no un flujo (EPROTOTYPE).
refused-hint = socklab serve echo --port { $port }, en otra terminal
reset = { $peer } cortó la conexión (RST) después de { $bytes ->
        [one] { $bytes } byte
       *[other] { $bytes } bytes
    }
unix-reset = { $peer } cerró la conexión sin leerlo todo, después de { $bytes ->
        [one] { $bytes } byte
       *[other] { $bytes } bytes
    }
udp-refused = { $peer }: nadie tiene ese puerto (ICMP port unreachable)
summary = { $sent ->
        [one] { $sent } byte enviado
       *[other] { $sent } bytes enviados
    }, { $received ->
        [one] { $received } byte recibido
       *[other] { $received } bytes recibidos
    }
no-answer = { $peer } no envió ninguna respuesta en { $seconds } s
object-input = entrada estándar
object-output = salida estándar
empty-datagram = (un datagrama vacío)

written = escrito: { $path }
trace-waits = Esperando a que «{ $before }» escuche, tenga un puerto de datagramas o termine: entonces empieza «{ $next }». Ctrl-C termina la grabación.
recording-lengths = La grabación pasó de { $size }: desde ahí solo tiene las longitudes de los mensajes. Más con --max-size
recording-counted = La grabación pasó del doble de { $size }: desde ahí las llamadas repetidas solo se cuentan. Más con --max-size
recording-broken = No se puede escribir { $path }: { $error }. Los programas siguen, pero la grabación termina aquí
recording-ends-early = A { $path } le falta el final de la grabación: { $error }
recording-cut = { $path } termina en la línea { $line }, pero la grabación no: falta el final
recording-kept = El archivo que reemplazó es ahora { $path }
trace-child = También se graba su hijo { $ids } (--only lo omite)
trace-children = También se graban sus hijos { $ids } (--only los omite)
trace-foreign-abi = El proceso { $pid } hace llamadas { $abi }: sus llamadas a sockets no se pueden decodificar, y faltarán
trace-unprivileged = { $program } se ejecuta sin sus privilegios, porque está siendo trazado; como root, socklab se los dejaría
trace-strict-refused = El proceso { $pid } pidió el modo estricto de seccomp y no lo obtuvo, solo porque está siendo trazado: se ejecuta sin protección ({ $why })
trace-not-followed = El proceso { $pid } no se graba: { $why }
trace-stands = Hace dos segundos que no pasa nada, y ya no queda ningún programa por iniciar. Ctrl-C termina la grabación:
trace-stands-accept = { $program } (pid { $pid }) espera a un cliente en el puerto { $port }
trace-stands-receive = { $program } (pid { $pid }) espera datos
trace-stands-call = { $program } (pid { $pid }) espera en { $call }
trace-one-program = «{ $program }» se ejecutó como un solo programa con sus argumentos: para ejecutar varios, pon cada uno entre comillas.
trace-awaits-work = Siguen trabajando, así que pueden continuar { $left } más (--grace); Ctrl-C termina la espera:
trace-awaits-end = Recibieron SIGTERM y todavía no terminan; en { $left } (--grace), o con Ctrl-C, viene SIGKILL:
trace-awaited-computes = { $program } (pid { $pid }) calcula
trace-awaited-uninterruptible = { $program } (pid { $pid }) espera un disco (estado D)
trace-awaited-receives = { $program } (pid { $pid }) espera, y algo viene todavía en camino
trace-awaited-sleeps = { $program } (pid { $pid }) duerme
trace-awaited-sleeps-for = { $program } (pid { $pid }) duerme otros { $left }
trace-awaited-waits = { $program } (pid { $pid }) espera
bad-command-line = «{ $line }» no es una línea de comandos: quedaron unas comillas abiertas, o está vacía
draw-empty = el archivo está vacío: no se escribió ninguna grabación, o todavía no
draw-mark = el archivo empieza con una marca de orden de bytes (BOM de UTF-8), que una grabación nunca tiene. Sin ella: tail -c +4 ARCHIVO > run.jsonl
draw-foreign = es un archivo de otro tipo ({ $kind }), no una grabación de socklab
draw-no-header = no es una grabación de socklab (.jsonl) ni una captura de paquetes (.pcapng, .pcap)
draw-version = una grabación de la versión { $found }; este programa lee las versiones 1 a { $newest }. La lee un socklab más nuevo
draw-hint = Las grabaciones se hacen con: socklab trace -o run.jsonl -- COMANDO
bad-format = { $path }: el nombre debe terminar en .txt, .svg, .html, .jsonl, .pcapng, .mmd, .puml, .trace.json o .har
man-failed = no se pueden escribir las páginas de manual en { $folder }
write-failed = no se puede escribir { $path }

# The parts of a program's lesson.
lesson-new = Nuevo aquí
lesson-run = Ejecútalo
lesson-try = Prueba
lesson-question = La pregunta
lesson-lines = Línea por línea
