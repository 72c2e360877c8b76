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
## Exportaciones a los formatos de otras herramientas.
chrome-main-thread = hilo principal
chrome-thread = hilo { $id }
chrome-packets = paquetes
chrome-sent-by = enviados por { $host }
har-none = { $path }: en esta grabación no hay ninguna petición HTTP/1 que se pueda leer, así que no se escribió ningún archivo
har-none-hint = Lo cifrado (https), HTTP/2 y HTTP/3 no se pueden leer aquí; de los mensajes largos, graba más con: socklab trace --bytes 65536
har-no-time = No se grabó la hora del día: los tiempos cuentan desde el arranque de la máquina, como si hubiera sido en 1970.
har-hidden = { $n ->
    [one] En una conexión, hay bytes no grabados que ocultan más mensajes; socklab trace --bytes N graba más de cada uno.
   *[other] En { $n } conexiones, hay bytes no grabados que ocultan más mensajes; socklab trace --bytes N graba más de cada uno.
 }
har-unasked = { $n ->
    [one] Falta una respuesta porque su petición no se grabó.
   *[other] Faltan { $n } respuestas porque sus peticiones no se grabaron.
 }
har-interim = Antes llegaron respuestas provisionales: { $status }.
har-no-response = No se grabó ninguna respuesta.
har-base64 = El texto está en base64.
har-coded = El cuerpo está como se envió, codificado con { $coding }.
har-unrecorded = { $n ->
    [one] Un byte del cuerpo no se grabó
   *[other] { $n } bytes del cuerpo no se grabaron
 }: aquí están los primeros { $has }. socklab trace --bytes N graba más.
har-never-came = { $n ->
    [one] Un byte anunciado nunca llegó.
   *[other] { $n } bytes anunciados nunca llegaron.
 }
mermaid-long = { $path }: más de los 50 000 caracteres que Mermaid dibuja por omisión; quien lo muestra puede permitir más (maxTextSize)

## follow
follow-none = { $path }: no se grabó ninguna conversación
follow-none-fits = { $path }: ninguna conversación cumple este filtro
follow-unknown = { $path }: no hay conversación { $n }, solo { $all }
follow-unknown-hint = Todas: socklab follow { $path }
follow-choose = { $n ->
    [one] Hay una conversación.
   *[other] Hay { $n } conversaciones: elige una.
 }
follow-choose-hint = Por ejemplo: socklab follow { $path } --connection { $n }
# Los dos extremos, y cuántos bytes envió cada uno; sigue TCP o UDP.
follow-line = { $n }: { $from } → { $to }, { $there } B →, { $back } B ←,
follow-closed = la cerró primero { $who }
follow-reset = cortada (reset)
follow-open = abierta al final de la grabación
follow-joined-late = Comenzó antes de la grabación: lo que se dijo antes no se conoce.
follow-silence = No se dijo nada.
follow-gap = … { $n ->
    [one] un byte no grabado
   *[other] { $n } bytes no grabados
 } …
follow-gap-unseen = … { $n ->
    [one] un byte que nunca pasó por el programa
   *[other] { $n } bytes que nunca pasaron por el programa
 } …
follow-gap-lost = … { $n ->
    [one] un byte cuyo paquete falta
   *[other] { $n } bytes cuyos paquetes faltan
 } …
follow-more = Para grabar más de cada mensaje: socklab trace --bytes 65536 …
follow-not-whole = { $file } no se escribe: { $n ->
    [one] un byte no se grabó
   *[other] { $n } bytes no se grabaron
 }
follow-in-parts = { $file }: { $n ->
    [one] falta un byte
   *[other] faltan { $n } bytes
 }; lo que sigue a un vacío está en un archivo propio, con el nombre de su posición
follow-written = { $path }: { $n ->
    [one] un archivo escrito
   *[other] { $n } archivos escritos
 }
follow-lacking = { $n ->
    [one] Una dirección no está completa, así que no se escribió.
   *[other] { $n } direcciones no están completas, así que no se escribieron.
 }
follow-lacking-hint = --partial escribe lo que hay, por partes; socklab trace --bytes 65536 … graba más de cada mensaje
