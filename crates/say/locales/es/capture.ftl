# Los nombres de lo que dicen las cabeceras de una trama, además de los de ladder.ftl.
fact-fragment = fragmento
fact-id = id
fact-offset = desplazamiento
fact-more = siguen más
fact-options = opciones
fact-maximum_segment = segmento máximo
fact-window_scale = escala de la ventana
fact-selective_permitted = ACK selectivo permitido
fact-selective = ACK selectivo
fact-timestamps = marcas de tiempo
fact-mtu = MTU
fact-about = sobre
fact-payload = carga útil
fact-changed = bytes cambiados

# Lo que le falta a un archivo de captura, o por qué no se puede leer.
capture-cut = { $path } termina dentro de un paquete, en el byte { $at }: falta lo que seguía
capture-damaged = { $path } está dañado en el byte { $at }: no se puede leer lo que sigue
capture-not-decoded = { $n ->
        [one] { $path }: un paquete es de un tipo de enlace que aquí no se decodifica, y no se dibuja
       *[other] { $path }: { $n } paquetes son de un tipo de enlace que aquí no se decodifica, y no se dibujan
    }
capture-empty = no hay ningún paquete en esta captura
capture-link = esta captura es del tipo de enlace { $link }. Se decodifican Ethernet, IP sin enlace, Linux cooked (el dispositivo any) y loopback
capture-no-packet = la captura está dañada, o termina, antes de su primer paquete (byte { $at })
draw-compressed = Descomprímelo primero: { $command } | socklab draw -

# Por qué no hay captura de una grabación.
capture-none-recorded = { $path } no se escribe: no se grabaron paquetes. Con --packets se graban
capture-none-seen = { $path } no se escribe: por la red no pasó ni un paquete
capture-no-bytes = { $path } no se escribe: a la grabación le faltan los bytes de sus paquetes (--redact los omite, y también una grabación que creció demasiado)

# Los comentarios de los paquetes de una captura.
capture-dropped = se descartó en el camino: { $rule }
capture-lost = se perdió en el camino: { $why }
capture-under-way = al final seguía en camino ({ $how }): { $rule }
capture-altered = { $how }: { $rule }
capture-arrived = el mismo paquete como llegó
capture-call = { $name } (proceso { $process }), en { $call }
capture-kernel = el núcleo, por un socket de { $name } (proceso { $process })
capture-row = diagrama (socklab draw --all): fila { $row }, en { $time }

# Salidas de órdenes que ejecutan algo por su cuenta.
arg-what-if-output = Escribe además lo que pasó en un archivo: .txt, .svg, .html (el dibujo), .jsonl (la grabación) o .pcapng (los paquetes, para Wireshark)
arg-check-output = Escribe además lo que pasó en el caso en un archivo: .txt, .svg, .html (el dibujo), .jsonl (la grabación) o .pcapng (los paquetes, para Wireshark)
arg-run-output = Trázalo, y escribe el dibujo en un archivo: .txt, .svg, .html, .jsonl (la grabación) o .pcapng (los paquetes, para Wireshark)
output-taken = -o - no es posible aquí: la salida estándar es para el informe. Nombra un archivo
capture-needs-packets = un .pcapng contiene paquetes, y no se graba ninguno
capture-needs-packets-hint = Agrega --packets: los programas se ejecutan entonces en un loopback propio
capture-not-possible = un .pcapng contiene paquetes, y aquí no se puede grabar ninguno
capture-needs-lab-hint = Agrega --lab: el programa se ejecuta entonces en una red propia

# Whoever asks for the time of day, of a recording that does not tell it.
time-unknown = la grabación no dice a qué hora del día se hizo
time-unknown-hint = Sin --time clock, los tiempos son segundos desde el comienzo
