latency-title = En qué se fue el tiempo
latency-head = { $n ->
        [one] { $n } espera por una respuesta o una conexión: { $time }
       *[other] { $n } esperas por una respuesta o una conexión: { $time }
    }
latency-recorder = No se cuentan las pausas del propio registro ({ $time })
latency-none = Aquí nadie esperó una respuesta: ningún programa envió algo por una conexión que él abrió y después recibió algo.
latency-pair = { $asker } espera a { $peer }: { $time }
latency-counts-answers = { $n ->
        [one] { $n } respuesta
       *[other] { $n } respuestas
    }
latency-counts-connections = { $n ->
        [one] { $n } conexión
       *[other] { $n } conexiones
    }
latency-pair-counts = { $pair } ({ $counts })
latency-longest = Las esperas más largas
latency-longest-one = a los { $at } s, { $asker } { $arrow } { $peer }: { $time }, de eso { $share } % { $cause }
latency-connection-one = a los { $at } s, { $asker } { $arrow } { $peer }, para conectarse: { $time }, de eso { $share } % { $cause }
latency-rest = todo lo demás
latency-seen-call = { $call } a los { $at } s
latency-seen-line = { $call } en { $line }, a los { $at } s
latency-seen-frame = paquete a los { $at } s
latency-inferred = Una línea con «~» no se sabe con certeza.
latency-more = { $n ->
        [one] { $n } pareja más: está en `socklab draw --latency --json run.jsonl`.
       *[other] { $n } parejas más: están en `socklab draw --latency --json run.jsonl`.
    }
latency-note-elsewhere = Otra cosa: un temporizador, un disco, un candado, otro hilo u otro socket.
latency-note-nagle = Nagle: el núcleo retiene los datos pequeños hasta que llega el ACK de lo anterior (TCP_NODELAY lo desactiva).
latency-note-window = Ventana llena: el programa de ese lado no leyó, o su ventana es pequeña para esa distancia, así que no se puede enviar más.
latency-note-accept = Cola de aceptación: la conexión ya existía y el programa aún no llamaba a accept; o la cola estaba llena.
latency-note-between = Núcleo o red: de estas conexiones no se registraron paquetes.
latency-note-packets = `trace --packets` y `lab run` registran paquetes, y entonces se sabe más.

latency-running = { $who } se ejecutó
latency-processor = { $who } esperó un procesador
latency-elsewhere = { $who } esperó otra cosa
latency-more-data = { $who } esperó datos que no llegaron
latency-program = { $who } se ejecutó o esperó
latency-nagle = Nagle en { $who }: esperó un ACK
latency-delayed-ack = Nagle en { $who }, ACK retardado
latency-cork = { $who } retuvo los datos (cork)
latency-window = ventana de { $who } llena
latency-send-buffer = búfer de envío de { $who } lleno
latency-congestion = control de congestión, { $who }
latency-sending = búfer de envío o congestión, { $who }
latency-retransmission = perdido, hasta que { $who } lo reenvió
latency-accept-queue = cola de aceptación de { $who }
latency-network = en camino
latency-between = núcleo o red
latency-other-end = { $who } (sin registrar)
latency-unknown = no se sabe
