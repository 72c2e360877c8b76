# Lo que dice el recorrido.

tour-title = El recorrido: todos los programas del curso, ejecutados de verdad y comprobados
tour-opening = { $stops } paradas, todas en esta máquina, sin red. Las líneas con $ son órdenes que puedes escribir.
tour-no-loopback = no se puede llegar a 127.0.0.1: la interfaz de loopback, lo, no está activa ({ $reason })
tour-lost = un datagrama enviado ahí no ha llegado
tour-pause = Intro: seguir.  Ctrl-C: parar.
tour-other-port = (el puerto { $wanted } está ocupado, o le quedan conexiones viejas en TIME_WAIT: { $port } en su lugar)
tour-untraced = (sin dibujo: { $reason })
tour-folded = { $lines ->
        [one] { $lines } línea más
       *[other] { $lines } líneas más
    }
tour-seen = pero: { $seen }
tour-questions = Dos preguntas del curso, respondidas ejecutándolas
tour-no-evidence = las pruebas no muestran ninguna de las respuestas previstas
tour-verdict = Veredicto
tour-total = { $verified } de { $programs } programas comprobados en { $time }
tour-next = Y ahora: socklab show server-03 --lang es (leer uno), socklab run server-03 (probarlo)

check-success = ha terminado bien (código de salida 0)
check-failure = ha terminado con código de salida { $code }
check-ended-by-signal = ha terminado por una señal
check-host-name = el núcleo dice lo mismo en /proc/sys/kernel/hostname: { $name }
check-addresses = { $source } da las mismas direcciones
check-addresses-seen = el programa da { $printed }; { $source } da { $answer }
check-service = { $source } dice lo mismo: { $port } es { $name }
check-time = la hora es la del reloj de esta máquina
check-offset = servidor y cliente usan el mismo reloj, y el desfase lo muestra: { $offset } s
check-ntp-served = el servidor ha recibido la petición y la ha respondido
check-descriptor = el descriptor es el 3: entrada, salida y errores tienen el 0, el 1 y el 2
check-connected = el cliente dice que está conectado
check-no-request = el servidor ha visto la conexión, y ninguna petición en ella
check-request-sent = el cliente ha enviado su petición
check-request-seen = el servidor la ha leído y ha respondido 200
check-status = el cliente ha escrito la línea de estado: 200
check-page = la página está entera: los mismos { $bytes } bytes que tiene el servidor
check-recv-calls = han hecho falta { $calls } llamadas a recv, y la última ha devuelto 0
check-bound = el puerto estaba libre y bind ha funcionado: { $port }
check-port-taken = donde ya escucha otro socket ({ $port }), el mismo programa falla: Address already in use
check-same-address = cliente y servidor dan la misma dirección para el cliente: { $address }
check-received = el servidor ha recibido los { $bytes } bytes
check-answer = el cliente ha recibido exactamente «{ $answer }»
check-all-answered = { $clients } clientes han tenido respuesta, uno tras otro
check-still-listening = y el servidor sigue escuchando en { $port }
check-greeted = el cliente { $client } está conectado y saludado
check-reverse-order = han hablado en orden inverso, y cada uno ha tenido su respuesta al momento
check-threads = el servidor ha tenido a los tres a la vez
check-datagram = ha llegado un datagrama de { $bytes } bytes
check-upper = la respuesta ha venido del servidor, en mayúsculas, la ñ también: { $answer }
check-pieces = los { $pieces } trozos de 16 bytes como mucho forman el mensaje
check-echoed = el servidor ha devuelto { $bytes } bytes
