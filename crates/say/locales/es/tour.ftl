# Lo que dice el recorrido.

tour-title = El recorrido: todos los programas del curso, ejecutados de verdad y verificados
tour-opening = { $stops } paradas, todas en esta máquina, sin red. Las líneas con $ son comandos que puedes escribir.
tour-is-a-page = { $path }: el recorrido es una página, así que su nombre debe terminar en .html
tour-no-loopback = no se puede llegar a 127.0.0.1: la interfaz de loopback, lo, no está activa ({ $reason })
tour-lost = un datagrama enviado ahí no llegó
tour-pause = Enter: seguir.  Ctrl-C: detener.
tour-other-port = (el puerto { $wanted } está ocupado, o le quedan conexiones viejas en TIME_WAIT: { $port } en su lugar)
tour-untraced = (sin dibujo: { $reason })
tour-folded = { $lines ->
        [one] { $lines } línea más
       *[other] { $lines } líneas más
    }
tour-seen = pero: { $seen }
tour-questions = Dos preguntas del curso, respondidas ejecutándolas
tour-no-evidence = la evidencia no muestra ninguna de las respuestas previstas
tour-verdict = Veredicto
tour-program = Programa
tour-shows = Qué enseña
tour-checks = Verificaciones
tour-passed = se cumple
tour-failed = no se cumple
tour-skip = Ir a la primera parada
tour-back = Volver al veredicto
tour-in-words = El dibujo en palabras
tour-total = { $verified } de { $programs } programas verificados en { $time }
tour-next = Y ahora: socklab learn (todo el curso, paso a paso) o socklab show server-03 (leer un programa)

check-success = terminó bien (código de salida 0)
check-failure = terminó con código de salida { $code }
check-ended-by-signal = terminó por una señal
check-host-name = el núcleo dice lo mismo en /proc/sys/kernel/hostname: { $name }
check-addresses = { $source } da las mismas direcciones
check-addresses-seen = el programa da { $printed }; { $source } da { $answer }
check-service = { $source } dice lo mismo: { $port } es { $name }
check-time = la hora es la del reloj de esta máquina
check-offset = servidor y cliente usan el mismo reloj, y el desfase lo muestra: { $offset } s
check-ntp-served = el servidor recibió la petición y la respondió
check-descriptor = el descriptor es el 3: la entrada, la salida y la salida de error tienen el 0, el 1 y el 2
check-connected = el cliente dice que está conectado
check-no-request = el servidor vio la conexión, y ninguna petición en ella
check-request-sent = el cliente envió su petición
check-request-seen = el servidor la leyó y respondió 200
check-status = el cliente imprimió la línea de estado: 200
check-page = la página está completa: los mismos { $bytes } bytes que tiene el servidor
check-recv-calls = hicieron falta { $calls } llamadas a recv, y la última devolvió 0
check-bound = el puerto estaba libre y bind funcionó: { $port }
check-port-taken = donde ya escucha otro socket ({ $port }), el mismo programa falla: Address already in use
check-same-address = cliente y servidor dan la misma dirección para el cliente: { $address }
check-received = el servidor recibió los { $bytes } bytes
check-answer = el cliente recibió exactamente «{ $answer }»
check-all-answered = { $clients } clientes recibieron respuesta, uno tras otro
check-still-listening = y el servidor sigue escuchando en { $port }
check-greeted = el cliente { $client } está conectado y saludado
check-reverse-order = hablaron en orden inverso, y cada uno recibió su respuesta de inmediato
check-threads = el servidor atendió a los tres a la vez
check-datagram = llegó un datagrama de { $bytes } bytes
check-upper = la respuesta vino del servidor, en mayúsculas, la ñ también: { $answer }
check-pieces = los { $pieces } trozos, de 16 bytes como máximo, forman el mensaje
check-echoed = el servidor devolvió { $bytes } bytes
