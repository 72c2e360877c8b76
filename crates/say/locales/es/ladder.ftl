# Lo que dice el dibujo. Llamadas, opciones y nombres de errores son del núcleo y no se traducen.

ladder-waits = espera { $time }
ladder-waited = tras { $time }
ladder-unfinished = espera { $time }, no volvió
ladder-from = de { $address }
ladder-to = a { $address }
ladder-at-most = máx. { $n }
ladder-of = de { $n }
ladder-bytes-of = bytes { $from }–{ $to } de { $n }
ladder-byte-of = byte { $from } de { $n }
ladder-backlog = cola { $n }
ladder-end = fin del flujo
ladder-own-end = tras su propio shutdown
ladder-end-cut = tras el corte
ladder-refused = rechazado
ladder-reset = cortado
ladder-broken-pipe = ya nadie lee
ladder-timed-out = tiempo agotado
ladder-unreachable = inalcanzable
ladder-in-use = ya está en uso
ladder-not-now = ahora no
ladder-in-progress = en curso
ladder-cut-off = resto perdido

ladder-kernel = núcleo: { $what }
ladder-waiting = { $n } en espera
ladder-unread = { $n ->
        [one] { $n } byte sin leer
       *[other] { $n } bytes sin leer
    }
ladder-unacknowledged = { $n ->
        [one] { $n } byte sin confirmar
       *[other] { $n } bytes sin confirmar
    }
ladder-more-holders = y { $n } más
ladder-by-kernel = por el núcleo
ladder-exit = sale con { $code }
ladder-killed = muere por { $signal }
ladder-gone = ya no está
ladder-ended-by-recorder = terminado por socklab ({ $signal })
ladder-released = liberado, sigue en ejecución
ladder-becomes = pasa a ser { $program }

ladder-begins = { $tag } empieza
ladder-stopped = detenido por { $signal }
ladder-continued = continúa
ladder-reads = lee { $stream }

ladder-prints = imprime
ladder-looks-up = busca { $name }
ladder-asks = pregunta a { $server }
# Qué resultó de una búsqueda. $types: A, AAAA. source: RFC 1035 4.1.1 (RCODE, TC), 4.2.2; RFC 2308 2.1, 2.2
ladder-asks-again = pregunta otra vez ({ $types })
ladder-asks-by-tcp = por TCP
ladder-unanswered = sin respuesta{ $types }
ladder-unanswered-for = sin respuesta{ $types } durante { $time }
ladder-answered = respondió ({ $types })
ladder-no-such-name = no existe ese nombre (NXDOMAIN)
ladder-no-record = el nombre existe, pero no tiene { $types }
ladder-no-record-beside = no tiene { $types }
ladder-server-failed = el servidor de nombres falló (SERVFAIL)
ladder-server-refuses = el servidor de nombres se niega (REFUSED)
ladder-answer-code = error { $code }
ladder-answer-cut = no cabe en un datagrama (TC)
ladder-answer-records = { $n ->
        [one] { $n } registro { $kind }
       *[other] { $n } registros { $kind }
    }
ladder-question-packet = paquete de la pregunta ({ $types }) { $fate }
ladder-answer-packet = paquete de la respuesta ({ $types }) { $fate }
ladder-lookup-packet = paquete { $fate }
ladder-times-in = × { $n } en { $time }
ladder-more-like-this = × { $n } más como esto
ladder-more-connections = { $n ->
        [one] × { $n } conexión más como esta
       *[other] × { $n } conexiones más como esta
    }
ladder-more-exchanges = { $n ->
        [one] × { $n } intercambio más como este
       *[other] × { $n } intercambios más como este
    }
ladder-more-sockets = { $n ->
        [one] × { $n } socket más como este
       *[other] × { $n } sockets más como este
    }
ladder-more-ways = × { $n ->
        [one] { $n } conexión más
       *[other] { $n } conexiones más
    }, de { $ways ->
        [one] { $ways } forma distinta
       *[other] { $ways } formas distintas
    }
ladder-by-processes = { $n ->
        [one] servidas por { $n } proceso
       *[other] servidas por { $n } procesos
    }
ladder-by-other-processes = { $n ->
        [one] servidas por otro proceso
       *[other] servidas por otros { $n } procesos
    }
ladder-by-another-process = servidas por otro proceso
ladder-by-threads = { $n ->
        [one] servidas por { $n } hilo
       *[other] servidas por { $n } hilos
    }
ladder-by-other-threads = { $n ->
        [one] servidas por otro hilo
       *[other] servidas por otros { $n } hilos
    }
ladder-until = hasta +{ $time }
ladder-in-all = { $n } B en total
ladder-each-moved = de { $least } a { $most } B cada vez (mediana { $middle } B)
ladder-each-took = cada vez tardó { $time }
ladder-each-took-from = cada vez tardó de { $least } a { $most } (mediana { $middle })
ladder-more-differ = { $n ->
        [one] { $n } difiere del resto
       *[other] { $n } difieren del resto
    }
ladder-messages = { $n ->
        [one] { $n } mensaje
       *[other] { $n } mensajes
    }
# Above the column of times, at most 8 letters wide.
ladder-seconds = segundos
# Above the column of times since the row above, such as “+10 µs”, at most 8 letters wide.
ladder-since-above = después
ladder-silence = { $time }: no pasa nada
# Which line of source made a call: at server.py:12.
ladder-at-line = en { $line }
ladder-linger-off = apagado

ladder-outside = sin trazar
ladder-elsewhere = otros
ladder-client-side = lado cliente
ladder-server-side = lado servidor
ladder-process = proceso { $n }
ladder-clients-at = clientes en { $address }


ladder-no-wire = No se grabó el cable: las flechas unen llamadas; SYN, ACK y FIN no se dibujan.
ladder-doubts = Una flecha punteada con «?» es deducida: varias llamadas encajan, y se eligió la más probable.
ladder-tagged = Procesos de { $name }: { $tags }
ladder-untagged = sin etiqueta
ladder-hidden = Llamadas que solo preparan o preguntan, sin dibujar: { $n }.
ladder-prints-more = Textos que un programa imprimió, muchos seguidos, sin dibujar: { $n }.
ladder-prints-more-all = Textos que un programa imprimió, muchos seguidos, sin dibujar: { $n }. --all los dibuja.
ladder-folded-columns = Programas con todas sus conexiones plegadas, sin columna: { $n } ({ $names })
ladder-lost = La grabación está incompleta, { $n ->
        [one] se perdió { $n } evento
       *[other] se perdieron { $n } eventos
    }: { $why }
ladder-io-uring = { $who } usa sockets por io_uring: lo que hace por ahí no se ve.
ladder-io-uring-unsure = { $who } usa io_uring, y no se pudo mirar todo lo que hizo por ahí: pueden faltar operaciones de sockets.
ladder-unprivileged = { $program } se ejecutó sin privilegios: un programa trazado no recibe ninguno { $why }, salvo que socklab lo ejecute root.
merge-other-clock = { $recording } se grabó con otro reloj, en otra máquina o antes de un reinicio. Los dos pueden diferir: lo que está muy cerca pudo pasar en el orden contrario.
merge-clock-slow = { $recording } se grabó con otro reloj, en otra máquina o antes de un reinicio, que parece estar atrasado { $by }: se corrigió para que ningún mensaje llegue antes de que lo envíen.
merge-clock-fast = { $recording } se grabó con otro reloj, en otra máquina o antes de un reinicio, que parece estar adelantado { $by }: se corrigió para que ningún mensaje llegue antes de que lo envíen.
merge-frames-twice =
    { $n ->
        [one] Queda por fuera un paquete de { $recording }: otra grabación tiene los de la misma conversación.
       *[other] Quedan por fuera { $n } paquetes de { $recording }: otra grabación tiene los de las mismas conversaciones.
    }
ladder-no-lines = { $program } no tiene información de depuración, así que no se conocen las líneas de sus llamadas: compílalo con -g.
ladder-strict-refused = { $who } pidió el modo estricto de seccomp y no lo obtuvo, solo porque se trazaba: se ejecutó sin protección ({ $why })
ladder-slow = { $who } se detuvo en cada llamada al sistema, y eso lo hace muchas veces más lento: { $why }. Aquí están todas sus llamadas, pero tardaron más.
ladder-own-filter = { $who } tiene un filtro seccomp propio, así que se detuvo en cada llamada al sistema, y eso lo hace muchas veces más lento. Aquí están todas sus llamadas, pero tardaron más.
ladder-others =
    { $n ->
        [one] Lo mismo vale para { $n } proceso más.
       *[other] Lo mismo vale para { $n } procesos más.
    }
ladder-not-followed = { $who } siguió sin ser observado: { $why }
ladder-attached = { $who } ya estaba en ejecución: no se sabe qué hicieron antes sus sockets.
ladder-no-duplicates = Las direcciones de { $who } se leyeron de las tablas del núcleo, porque aquí pidfd_getfd no está permitido: { $why }. Un socket TCP enlazado que todavía no escucha no aparece en ellas.
ladder-foreign-abi = { $who } hace llamadas { $abi }, que no se decodifican: aquí faltan sus llamadas a sockets.
ladder-undecoded = { $call } no se decodifica: { $why }
ladder-truncated = La grabación terminó al llegar a { $n } MiB.
ladder-end-missing = Falta el final: la grabación se cortó aquí, mientras los programas seguían o fueron terminados.
ladder-samples-omitted = A los { $after } de empezar, la grabación llegó a { $size }: desde ahí solo tiene las longitudes de los mensajes.
ladder-repeats-counted = A los { $after } de empezar, la grabación llegó a { $size }: desde ahí las llamadas repetidas se contaron, sin grabarlas, y nada se explica.
ladder-counted = { $who }: llamadas a { $call } que se contaron, sin grabarlas: { $n }; bytes que movieron: { $bytes }.
ladder-counted-silent = { $who }: llamadas a { $call } que se contaron, sin grabarlas: { $n }.
ladder-nothing = No se grabó ninguna llamada de sockets.

ladder-legend = Cómo se lee
ladder-legend-time = El tiempo baja por la página. Cada columna es un programa y cada caja una llamada al sistema.
ladder-legend-wait = el programa espera dentro de una llamada
ladder-legend-arrow = los bytes van de una llamada a otra
ladder-legend-wire = un paquete visto en el cable
ladder-legend-lost = no llegó
ladder-legend-failed = la llamada falló
ladder-page-title = { $names }: qué hicieron sus sockets
ladder-to-rows = Ir a las filas
ladder-rows = Qué pasó, fila por fila
ladder-details = Detalles de la fila
ladder-left-out = Lo que el dibujo no muestra
ladder-summary = Columnas: { $columns }. Filas, de arriba abajo en el tiempo: { $rows }.
ladder-choose = Elige una fila para ver todo sobre ella.
ladder-keys = Con ↑ y ↓ (o k y j), Inicio y Fin te mueves; con Enter vas a los detalles, con Escape los cierras y con / vas al filtro.

ladder-close = Cerrar
ladder-folded = { $n ->
        [one] La llamada plegada
       *[other] Las { $n } llamadas plegadas
    }
ladder-folded-limit = Solo se listan las primeras { $n }, para que la página no crezca.
ladder-folded-limit-all = Solo se listan las primeras { $n }, para que la página no crezca. --all las dibuja todas.
ladder-inferred = deducido: varias llamadas encajan

# Una fila en palabras, para quien oye la página.
ladder-at = A los { $time } s.
ladder-at-clock = A las { $time }.
ladder-evidence = Esta fila es evidencia.
ladder-folded-here = Plegado: { $what }
ladder-accepts-it = { $to } acepta: { $call }
ladder-receives-it = { $to } recibe: { $call }
ladder-sees-the-end = { $to } ve el fin: { $call }
ladder-message = mensaje { $n }
ladder-from-message = del mensaje { $what }
ladder-packet-goes = Paquete de { $from } a { $to }: { $what }
ladder-comes-from = De { $from }
ladder-data = { $data }, { $n ->
        [one] { $n } byte
       *[other] { $n } bytes
    }
ladder-returns = devuelve { $value }
ladder-gets = obtiene { $address }
ladder-gets-signal = recibe la señal { $signal }
ladder-fails = falla: { $error }

ladder-who = hecha por
ladder-process-thread = proceso { $process }, hilo { $thread }
ladder-socket = socket
ladder-result = resultado
ladder-none-yet = ninguno: no volvió
ladder-when = cuándo
ladder-from-to = de +{ $began } a +{ $ended } ({ $took })
ladder-moment = +{ $time }
ladder-source = código
ladder-bytes = bytes
ladder-first-kept = los primeros { $kept } de { $total }
ladder-packet = paquete
ladder-event = evento

ladder-explained = Qué salió mal
ladder-lessons = { $n ->
        [one] { $n } lección
       *[other] { $n } lecciones
    }
ladder-lessons-hidden = { $n ->
        [one] { $n } lección (--lessons)
       *[other] { $n } lecciones (--lessons)
    }
ladder-see-row = verlo

# Qué significa un error para una llamada de sockets.
errno-EPERM = operación no permitida
errno-ENOENT = no existe: ningún socket tiene esa ruta
errno-EINTR = interrumpida por una señal antes de que pasara nada
errno-EBADF = descriptor incorrecto: no está abierto (o ya no)
errno-EAGAIN = ahora no: tendría que esperar, y el socket está configurado para no esperar
errno-ENOMEM = no queda memoria
errno-EACCES = permiso denegado
errno-EFAULT = dirección incorrecta: el puntero no lleva a ninguna parte
errno-EINVAL = argumento no válido
errno-ENFILE = demasiados archivos abiertos en todo el sistema
errno-EMFILE = demasiados archivos abiertos en este proceso
errno-EPIPE = tubería rota: el otro extremo ya no lee
errno-ENOSYS = este núcleo no tiene esa llamada
errno-ENODATA = no hay datos
errno-ETIME = se acabó el tiempo
errno-ENONET = la máquina no está en la red
errno-ECOMM = error de comunicación al enviar
errno-EPROTO = error de protocolo
errno-EOVERFLOW = valor demasiado grande
errno-ERESTART = interrumpida, por reiniciar
errno-ENOTSOCK = el descriptor no es un socket
errno-EDESTADDRREQ = hace falta una dirección de destino
errno-EMSGSIZE = el mensaje es demasiado largo para un datagrama
errno-EPROTOTYPE = protocolo incorrecto para este tipo de socket
errno-ENOPROTOOPT = el protocolo no tiene esa opción
errno-EPROTONOSUPPORT = protocolo no admitido
errno-ESOCKTNOSUPPORT = tipo de socket no admitido
errno-EOPNOTSUPP = el socket no puede hacer eso
errno-EAFNOSUPPORT = familia de direcciones no admitida
errno-EADDRINUSE = la dirección y el puerto ya están en uso
errno-EADDRNOTAVAIL = ninguna interfaz de esta máquina tiene esa dirección
errno-ENETDOWN = la red está caída
errno-ENETUNREACH = ninguna ruta lleva a esa red
errno-ENETRESET = la red cortó la conexión
errno-ECONNABORTED = la conexión se abandonó antes de aceptarla
errno-ECONNRESET = conexión cortada: el otro extremo envió RST
errno-ENOBUFS = no queda espacio en los búferes
errno-EISCONN = ya está conectado
errno-ENOTCONN = no está conectado
errno-ESHUTDOWN = este extremo está cerrado para enviar
errno-ETIMEDOUT = tiempo agotado: nadie respondió a tiempo
errno-ECONNREFUSED = conexión rechazada: allí nadie escucha
errno-EHOSTDOWN = la máquina está apagada
errno-EHOSTUNREACH = ninguna ruta lleva a esa máquina, o no responde
errno-EALREADY = un connect anterior aún no termina
errno-EINPROGRESS = en curso: el connect sigue en segundo plano
errno-ECANCELED = cancelada

# Los campos de un evento.
fact-family = familia
fact-type = tipo
fact-protocol = protocolo
fact-flags = flags
fact-fds = descriptores
fact-second = segundo
fact-address = dirección
fact-backlog = cola
fact-peer = otro extremo
fact-listener = socket que escucha
fact-asked = ofrecidos
fact-to = a
fact-from = de
fact-control = control
fact-room = tamaño del búfer
fact-got = devuelto
fact-messages = mensajes
fact-bytes = bytes
fact-other_fd = otro descriptor
fact-into_socket = hacia el socket
fact-how = cómo
fact-level = nivel
fact-option = opción
fact-value = valor
fact-command = orden
fact-argument = argumento
fact-request = petición
fact-waits = esperas
fact-timeout = límite
fact-epoll = epoll
fact-max = máximo
fact-ready = listos
fact-operation = operación
fact-interest = interés
fact-entries = entradas
fact-words = palabras
fact-fd = descriptor
fact-wants = espera
fact-data = datos
fact-netns = netns
fact-local = local
fact-inode = inodo
fact-peer_inode = inodo del otro extremo
fact-socket = socket
fact-int = entero
fact-linger = linger
fact-time = tiempo
fact-error = error
fact-text = texto
fact-name = nombre
fact-number = número
fact-pid = pid
fact-uid = uid
fact-gid = gid
fact-kind = clase
fact-source = origen
fact-destination = destino
fact-transport = transporte
fact-sequence = secuencia
fact-acknowledgement = acuse
fact-window = ventana
fact-call = llamada
fact-count = cantidad
fact-limit = límite
fact-why = motivo
fact-code = código
fact-at = momento
fact-rule = regla
fact-parent = padre
fact-argv = argv
fact-argv_omitted = argv omitidos
fact-exe = ejecutable
fact-attached = ya en ejecución
fact-status = estado
fact-signal = señal
fact-stream = flujo
fact-sure = seguro
fact-is = es
fact-path = ruta
fact-readiness = disposición
fact-before = antes
fact-after = después
fact-receive_queue = cola de recepción
fact-send_queue = cola de envío

# Palabras que son valores de esos campos.
value-true = sí
value-false = no
value-unknown = desconocido
value-delivered = entregado
value-dropped = perdido
value-altered = alterado
value-delayed = retrasado
value-duplicated = duplicado
value-reordered = desordenado
value-corrupted = dañado
value-cut = recortado
value-rate_limited = frenado
value-rights = descriptores
value-credentials = credenciales
value-other = otro
value-neighbour = vecino
value-listening = escuchando
value-bound = con dirección
value-connected = conectado
value-start = inicio
value-exec = programa nuevo
value-exit = fin
value-released = suelto
value-ended_by_recorder = terminado por socklab
value-signal = señal
value-stopped = detenido
value-continued = continúa
value-stdio = entrada y salida
value-ready = listo

# Por qué no se decodifica una llamada.
reason-set_user_id = del bit set-user-ID
reason-set_group_id = del bit set-group-ID
reason-file_capabilities = de las capacidades de su archivo
reason-filters_refused = no se le pueden poner filtros seccomp
reason-filter_not_written = no se le pudo escribir un filtro seccomp
reason-no_memory = no le queda memoria para un filtro seccomp
reason-not_dumpable = su memoria no se puede leer (PR_SET_DUMPABLE)
reason-unusual_calls = no hace sus llamadas al sistema de la manera usual
reason-shared_descriptors = comparte sus descriptores con otro proceso
reason-forked_meanwhile = nació de un fork mientras otro hilo creaba un socket
reason-born_alone = su padre fue terminado mientras nacía
reason-unshared_descriptors = un hilo con descriptores propios se toma por uno que los comparte
