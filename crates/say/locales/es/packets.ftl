# Los paquetes de un diagrama. Banderas, estados y protocolos se llaman como en los RFC.

# Qué es un paquete, sobre su flecha.
packet-again = otra vez
packet-bytes = bytes { $from }–{ $to }
packet-byte = byte { $from }
packet-ack = ACK { $n }
packet-ack-of-fin = ACK del FIN
packet-duplicate-ack = ACK { $n } repetido
packet-window-zero = ACK { $n } · ventana 0: lleno
packet-window-still-zero = ACK { $n } · ventana aún 0
packet-window-open = ventana { $n }: hay sitio
packet-window-opened = se abrió la ventana: hay sitio
packet-window-update = ventana { $n }
packet-window-probe = sondeo de ventana
packet-keepalive-probe = sondeo keepalive
packet-keepalive-answer = ACK: sigue ahí
packet-sends = paquete { $what } a { $to }
packet-reaches = Llega a { $to }: { $call }
packet-empty-datagram = datagrama vacío

# Junto a una llamada.
packet-waits = espera
packet-connected = conectado

# Por qué el núcleo envió un paquete que no viene de ninguna llamada.
packet-why-syn-again = { $time }: sin respuesta, el núcleo lo intenta otra vez
packet-why-syn-ack-again = { $time }: sin ACK, el núcleo lo intenta otra vez
packet-why-asked-again = llegó otro SYN: se responde otra vez
packet-why-again = { $time }: sin ACK, va otra vez
packet-why-again-early = { $n ->
        [one] un ACK repetido: va otra vez enseguida
       *[other] { $n } ACK repetidos: va otra vez enseguida
    }
packet-why-missing-too = el último ACK mostró que esto también falta
packet-why-ack-came = { $n ->
        [one] llegó el ACK del byte anterior
       *[other] llegó el ACK de los { $n } B anteriores
    }
packet-why-room = un ACK abrió sitio
packet-why-cork = TCP_CORK o MSG_MORE lo tenían retenido
packet-why-window-probe = { $time }: ¿ya hay sitio?
packet-why-keepalive = { $time } en silencio: ¿sigues ahí?
packet-why-delayed-ack = { $time }: no había datos con que enviar el ACK
packet-why-fin-waited = todo lo anterior quedó confirmado
packet-rst-nobody = nadie escucha ahí
packet-rst-closed = ese socket ya está cerrado
packet-rst-never-accepted = se cerró antes de que alguien lo aceptara
packet-rst-rule = no lo envió ningún extremo, sino una regla de la red

# Una dirección en la que no hay ningún programa.
packet-port = puerto { $n }
packet-ports = { $n } puertos
packet-nobody = sin programa
packet-no-answer = no responde
packet-shared = uno de varios sockets
# In the column of a program before a packet that it sent to its own address.
packet-to-itself = a sí mismo:
packet-on-the-way = en el camino
packet-nobody-listens = nadie escucha ahí:
packet-kernel-says = lo dice el núcleo
packet-nobody-there = ahí no hay nadie
# source: RFC 826; RFC 5227 2.1.1
packet-who-has = ¿quién tiene { $address }?
packet-does-anybody-have = ¿alguien tiene { $address }?
packet-here-is = aquí está { $address }
packet-about = sobre
packet-tells-nothing = el socket { $fd } nunca llamó a connect: el núcleo no le avisa

# Qué pasó con un paquete.
packet-dropped = perdido por la regla: { $rule }
packet-lost = perdido: { $why }
packet-under-way = seguía en camino cuando terminó la grabación
packet-under-way-by = seguía en camino cuando terminó la grabación, por la regla: { $rule }
packet-spoilt = { $how } por la regla, así que el núcleo lo descarta: { $rule }
packet-altered = { $how } por la regla: { $rule }
packet-altered-late = { $how } por la regla, { $time } en total: { $rule }
packet-altered-several = { $how } por la regla, llegaron { $n }: { $rule }

value-link_down = el enlace está caído
value-too_big = no cabe en un enlace del camino
value-queue_full = había demasiado esperando antes
value-refused = el núcleo no lo aceptó

# Muchos paquetes en una fila.
packet-segments = × { $n ->
        [one] { $n } segmento
       *[other] { $n } segmentos
    }
packet-packets = × { $n ->
        [one] { $n } paquete
       *[other] { $n } paquetes
    }
packet-moved = { $n ->
        [one] { $n } byte
       *[other] { $n } bytes
    }
packet-and-calls = { $n ->
        [one] y { $n } llamada
       *[other] y { $n } llamadas
    }

# El pie.
packet-bare-acks = ACK que no llevan nada más, sin dibujar: { $n }.
packet-bare-acks-all = ACK que no llevan nada más, sin dibujar: { $n }. --all los dibuja.
packet-noted = Notas que dicen lo mismo que la anterior, sin dibujar: { $n }.
packet-noted-all = Notas que dicen lo mismo que la anterior, sin dibujar: { $n }. --all las dibuja.
packet-alone = Solo se grabaron paquetes: de los programas no se sabe nada.
packet-between-nobody = Paquetes para un grupo, o de los que se capturó muy poco, sin dibujar: { $n }.
packet-of-nobody = Paquetes de ningún programa de esta grabación, sin dibujar: { $n }.

# Los detalles de un paquete.
packet-fact-what = qué es
packet-fact-fate = qué le pasó
packet-fact-cause = lo causó
packet-fact-why = por qué
packet-fact-carries = lleva
packet-fact-woke = despertó a
packet-fact-again = ya se envió como
packet-fact-about = sobre
packet-fact-acknowledges = confirma
packet-fact-window = ventana
packet-fact-addresses = de, a
packet-fact-protocol = protocolo
packet-fact-fragment = trozo
packet-fact-flags = banderas
packet-fact-sequence = número de secuencia
packet-fact-acknowledgement = número de confirmación
packet-fact-options = opciones
packet-fact-icmp = tipo, código
packet-fact-mtu = el mayor que pasa
packet-fact-payload = datos
packet-fact-checksum = suma de control
packet-fact-wire = en el cable
packet-arrived = llegó { $time } después
packet-cause-timer = un temporizador del núcleo
packet-since = { $time } después de { $what }
packet-cause-unknown = no se sabe
packet-rst-unread = se cerró con { $n ->
        [one] { $n } byte
       *[other] { $n } bytes
    } sin leer
packet-rst-linger = SO_LINGER 0: cerrar corta
packet-scaled = { $n } B ({ $raw } × { $factor })
packet-unscaled = { $raw }, en unidades que diría el SYN
packet-window-closed = lleno, no se puede enviar más
packet-window-closed-still = sigue lleno
packet-piece = del datagrama { $id }, desde el byte { $offset }; siguen más
packet-last-piece = del datagrama { $id }, desde el byte { $offset }, el último
packet-checksum-right = { $sum }: correcta
packet-checksum-before = { $sum }: correcta al enviarse, antes de que una regla de la red lo dañara
packet-checksum-wrong = { $sum }: incorrecta, la correcta sería { $right }; el receptor lo descarta
packet-checksum-open = { $sum }: sin calcular; en loopback no se calcula
packet-checksum-unknown = { $sum }: sin revisar, solo se guardaron los primeros { $n } bytes
