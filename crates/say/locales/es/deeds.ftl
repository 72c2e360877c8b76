# Lo que hizo un programa: la primera frase del informe sobre un caso que no pasó.

deed-killed = { $who } { $signal ->
        [SIGSEGV] terminó por { $signal }: usó memoria que no es suya (un puntero o un índice equivocado, o demasiada recursión)
        [SIGBUS] terminó por { $signal }: usó memoria que no existe
        [SIGFPE] terminó por { $signal }: dividió por cero, o algo parecido
        [SIGABRT] abortó ({ $signal })
        [SIGPIPE] terminó por { $signal }: envió por una conexión que el otro extremo había cerrado, o que nunca se hizo
        [SIGSYS] terminó por { $signal }: hizo una llamada que aquí no se permite
       *[other] terminó por { $signal }
    }{ $words }.
deed-not-compiled = { $who } ni siquiera empezó, porque no compila: { $error }{ $place }.
deed-raised-text = { $who } usa texto (str) donde se necesitan bytes, sin encode(), y terminó con una excepción: { $error }{ $place }.
deed-raised = { $who } terminó con una excepción que nadie capturó: { $error }{ $place }.
deed-thread-raised = Un hilo de { $who } terminó con una excepción que nadie capturó: { $error }{ $place }. { $who } siguió sin él.
deed-reported = { $who } mostró una excepción: { $error }{ $place }; { $now }.
deed-wrong-transport = { $who } tiene un socket { $got }; este ejercicio habla { $wanted }.
deed-listens-swapped = { $who } está en el puerto { $port } y no en el { $asked }: los dos bytes del puerto están cambiados. Sin htons, bind los recibe al revés.
deed-listens-by-kernel = { $who } no eligió puerto con bind, así que el núcleo eligió el { $port }, que nadie puede conocer. Se le dio el { $asked }.
deed-listens-elsewhere = { $who } está en el puerto { $port }, que eligió él mismo. Se le dio el { $asked }.
deed-never-listened = { $who } se puso en el puerto { $port } con bind, pero nunca llamó a listen, y así nadie puede conectarse; { $now }.
deed-connects-instead = { $who } debería esperar clientes (bind), pero va él mismo a { $address }, como hace un cliente.
deed-serves-instead = { $who } debería ir al servidor, pero llama a { $call }, como hace un servidor.
deed-ignored-failure = En { $who }, { $call }{ $address ->
        [none] { "" }
       *[other] { " " }{ $address }
    } falló con { $error }, y { $who } siguió como si hubiera funcionado.
deed-listens-for-six = { $who } está solo en { $address }, adonde los clientes llegan por IPv6. Los que buscan 127.0.0.1 no encuentran a nadie.
deed-never-bound = { $who } nunca llamó a bind, así que su socket UDP no tiene un puerto que alguien pueda conocer; { $now }.
deed-connected-swapped = { $who } fue a { $address }. Su servidor estaba en el puerto { $asked }: los dos bytes del puerto están cambiados. Sin htons, connect y sendto los reciben al revés.
deed-connected-elsewhere = { $who } fue a { $address }. Su servidor estaba en el puerto { $asked }.
deed-connect-failed = { $who } no pudo conectarse a { $address } ({ $error }); { $now }.
deed-failing-loop = { $who } llama a { $call } una y otra vez ({ $times } veces), aunque siempre falla con { $error }.
deed-reads-the-end = { $who } llama a { $call } una y otra vez ({ $times } veces) después del fin del flujo: una lectura que devuelve 0 bytes llegó a él.
deed-failed-and-ended = En { $who }, { $call } falló con { $error }, y el programa terminó ({ $exit }){ $words }.
deed-ended-early = { $who } terminó ({ $exit }) antes de { $before }{ $words }.
deed-never-connected = { $who } nunca llamó a connect; { $now }.
deed-never-sent = { $who } no le envió nada a nadie; { $now }.
deed-spins = { $who } trabaja a toda velocidad sin hacer ninguna llamada: un bucle que no termina, o un cálculo larguísimo.
deed-waits-for-typing = { $who } espera a que alguien escriba (lee su entrada estándar), y nadie lo hace.
deed-accept-failed = En { $who }, accept falló con { $error }; { $now }.
deed-never-accepted = { $peer } se conectó, pero { $who } nunca aceptó la conexión: { $now }.
deed-ignores-one = { $who } no leyó lo que envió { $peer }, porque estaba esperando a { $other }.
deed-printed-instead = { $who } imprimió lo que debía enviarle a { $peer }, y no envió nada{ $read ->
        [0] {""}
        [one] {" "}(leyó { $read } byte)
       *[other] {" "}(leyó { $read } bytes)
    }; { $now }.
deed-printed-typed = { $who } imprimió lo que se escribió en el teclado, y no le envió nada a { $peer }; { $now }.
deed-answered-another = { $who } le envió a { $other } lo que era para { $peer }.
deed-unasked = { $who } le envió «{ $bytes }» a { $peer } antes de leer algo de { $peer }.
deed-closed-unasked = { $who } cerró su conexión con { $peer }, en la que nadie había dicho nada todavía; { $now }.
deed-closed-early = { $who } cerró la conexión con { $peer } { $read ->
        [0] sin leer
        [one] después de leer { $read } byte y sin enviar
       *[other] después de leer { $read } bytes y sin enviar
    } nada; { $now }.
deed-read-and-silent = { $who } leyó { $read ->
        [one] { $read } byte
       *[other] { $read } bytes
    } de { $peer } y no envió nada; { $now }.
deed-passed-nothing-on = { $who } leyó { $read ->
        [one] { $read } byte
       *[other] { $read } bytes
    } de { $other } y no le envió nada a { $peer }; { $now }.
deed-closed-too-soon = { $who } cerró la conexión con { $peer } antes de responderle todo; { $now }.
deed-greeted-only = { $who } le envió «{ $bytes }» a { $peer }, luego leyó { $read ->
        [one] { $read } byte
       *[other] { $read } bytes
    }, y no respondió; { $now }.
deed-read-nothing = { $who } no leyó nada de lo que envió { $peer } ({ $offered ->
        [one] { $offered } byte
       *[other] { $offered } bytes
    }); { $now }.
deed-sent-nothing = { $who } se conectó a { $peer } y no envió nada; { $now }.
deed-answered-partly = { $who } leyó { $read ->
        [one] { $read } byte
       *[other] { $read } bytes
    } de { $peer } y envió { $sent ->
        [one] { $sent } byte
       *[other] { $sent } bytes
    } en total; { $now }.
deed-left-unanswered = { $who } le respondió antes a { $peer }, luego leyó de { $peer } { $read ->
        [one] { $read } byte
       *[other] { $read } bytes
    } y no envió nada; { $now }.
deed-not-sent-again = { $who } le envió a { $peer } un datagrama de { $sent ->
        [one] { $sent } byte
       *[other] { $sent } bytes
    }, no recibió respuesta, y no lo envió otra vez; { $now }.
deed-another-socket = { $who } le respondió a { $peer }, pero por un socket distinto de aquel al que se le preguntó.
deed-sent-elsewhere = { $who } leyó lo que envió { $peer }, y luego envió a { $address }, donde no está { $peer }.
deed-sent-partly = { $who } llamó a { $call } una sola vez con { $asked } bytes para { $peer }. El núcleo aceptó { $taken }, y { $then }.
deed-sent-twice = { $who } le envió a { $peer } la respuesta correcta, y luego la envió otra vez.
deed-added-line-end = { $who } le envió a { $peer } los bytes correctos, y después un fin de línea («{ $bytes }»).
deed-added-zeros = { $who } le envió a { $peer } los bytes correctos, y después { $count ->
        [one] un byte que vale 0 (NUL)
       *[other] { $count } bytes que valen 0 (NUL)
    }.
deed-added-bytes = { $who } le envió a { $peer } los bytes correctos, y después { $count ->
        [one] 1 byte más
       *[other] { $count } bytes más
    }.
deed-sent-notation = { $who } le envió a { $peer } «{ $bytes }»: así escribe Python los bytes en un programa, pero no son los bytes mismos.
deed-sent-unchanged = { $who } le devolvió a { $peer } lo que había leído, sin cambiarlo.
deed-sent-other = { $who } le envió «{ $bytes }» a { $peer }. Se esperaba otra cosa.
deed-keeps-open = { $who } no cerró su conexión con { $peer }; { $now }.
deed-hid-failure = En { $who }, { $call } falló con { $error }, y aun así su código de salida dice que todo fue bien (0).
deed-printed-nothing = { $who } leyó { $read ->
        [one] { $read } byte
       *[other] { $read } bytes
    } y no imprimió nada; { $now }.
deed-read-less = { $who } { $read ->
        [0] no leyó ninguno
       *[other] leyó solo { $read }
    } de los { $offered } bytes que envió { $peer }; { $now }.
deed-printed-twice = { $who } imprimió «{ $bytes }» { $times } veces; se pedía una.
deed-printed-more = { $who } imprimió lo que debía, y justo después bytes que no son texto: «{ $bytes }».
deed-printed-other = { $who } leyó «{ $bytes }» de { $peer }, pero imprimió otra cosa.
deed-ended-with-failure = { $who } terminó con { $exit }, que es como un programa dice que falló{ $words }.
deed-still-running = { $who } debería haber terminado; { $now }.
deed-ended = { $who } ya terminó ({ $exit }){ $words }.

deed-place = { " " }(línea { $line } de { $file })
deed-no-place = { "" }
deed-words = . Sus últimas palabras: «{ $words }»
deed-no-words = , sin decir nada

then-not-there = lo que { $who } envió después no continúa desde ahí
then-no-more = { $who } no envió el resto

before-listening = escuchar conexiones (listen)
before-bound = tener un socket UDP con puerto propio (bind)
before-connected = conectarse (connect)

now-ended = ya terminó ({ $exit })
now-call = espera en { $call }
now-call-with = espera en { $call } a { $peer }
now-stdin = espera a que alguien escriba (stdin)
now-sleeps = duerme
now-lock = espera un cerrojo (lock) o a otro de sus hilos
now-child = espera a un proceso que inició
now-signal = espera una señal
now-running = sigue en ejecución

# Consejos que son ciertos para todo programa que hizo esto: por una causa, o por una regla.

advice-python-2 = Esto está escrito en Python 2, y aquí lo ejecuta Python 3: print("…") lleva paréntesis, los errores se capturan con «except OSError as error», raw_input se llama input, y el texto se envía como bytes, con .encode().
advice-text-for-bytes = Por la red viajan bytes. El texto se vuelve bytes con .encode(), y los bytes se vuelven texto con .decode().
advice-bytes-for-text = Lo que devuelve recv son bytes, no texto. Los bytes se vuelven texto con .decode() en Python y con .toString() en Node; el texto se vuelve bytes con .encode(), o con Buffer.from().
advice-number-is-text = Lo que viene de la línea de comandos es texto. Un puerto es un número: int("8000").
advice-pair = Esta llamada devuelve dos cosas a la vez, una pareja: cliente, direccion = servidor.accept(), y datos, direccion = sock.recvfrom(2048).
advice-not-text = No todo lo que llega es texto en UTF-8, y una letra como la ñ puede llegar en dos trozos. Trabaja con bytes mientras puedas.
advice-input-ended = La entrada ya se había acabado, y el programa pidió otra línea. ¿Cuántas líneas promete el ejercicio?
advice-time-limit = El programa les puso un límite de tiempo a sus llamadas, y se venció. Sin límite, espera lo que haga falta.
advice-closed-already = El programa ya había cerrado este socket. Ciérralo solo cuando no falte nada por hacer con él.
advice-unknown-name = La línea señalada usa un nombre que no está definido: ¿está mal escrito, o falta un import?
advice-no-module = Ese módulo no está instalado aquí. Para este ejercicio basta la biblioteca estándar.
advice-recursion = Una función se llama a sí misma una y otra vez. ¿Qué debería detenerla?
advice-all-asleep = Todas las goroutines se esperan entre sí, y ninguna puede seguir: ¿quién debía enviar por ese canal, o soltar ese cerrojo?
advice-peer-vanished = El otro extremo ya no está. Eso termina una conversación, y no tiene por qué terminar el programa.
advice-no-argument = El programa pidió un argumento que no recibió. En Python, C y Go, el número 0 es el propio programa y el 1 el primer argumento; en Java el primero es el 0; en Node es process.argv[2].
advice-udp-has-no-listen = listen y accept son de TCP. Un socket UDP no tiene conexiones: llama a bind y luego a recvfrom.
advice-low-port = Los puertos menores que 1024 son del administrador. Usa el puerto que recibe el programa.
advice-ignored-failure = Una llamada que falla lo dice (en C devuelve -1, y errno o perror dicen por qué). Mira el resultado antes de seguir, y termina con un error.
advice-fault = En C, compila con -g -fsanitize=address,undefined y ejecuta el programa a mano: así te dice la línea. ¿Existe cada argumento, tiene valor cada puntero, cabe todo en cada búfer?
advice-not-compiled = Empieza por el primer error que nombra el compilador. Los demás suelen venir de ahí.
advice-wrong-transport = SOCK_STREAM (en Java, Socket y ServerSocket) es TCP; SOCK_DGRAM (DatagramSocket) es UDP.
advice-listens-swapped = En C: direccion.sin_port = htons(puerto).
advice-connected-swapped = En C: direccion.sin_port = htons(puerto).
advice-listens-by-kernel = bind le da su puerto a un socket: va antes de listen, y lleva el puerto que recibió el programa.
advice-listens-elsewhere = El puerto es un argumento del programa. Tómalo de ahí, y servirá en todas partes.
advice-connected-elsewhere = La máquina y el puerto son argumentos del programa. Toma los dos de ahí.
advice-listens-for-six = Usa "" o 0.0.0.0 en bind (en C, INADDR_ANY): así los clientes llegan al servidor por cualquiera de sus direcciones.
advice-never-listened = Después de bind, listen: es lo que hace que el socket espere conexiones.
advice-never-bound = Un servidor pone su socket, con bind, en el puerto que recibió. Solo entonces pueden llegar datagramas allí.
advice-connects-instead = Un servidor recibe un puerto y espera allí: bind y luego, con TCP, listen y accept.
advice-serves-instead = Un cliente no necesita bind ni listen. Se conecta a la dirección del servidor (con UDP basta sendto).
advice-waits-for-typing = No hay nadie en el teclado de este programa. Lo que necesita le llega por la red, o como argumento.
advice-spins = ¿De qué bucle solo se sale si cambia algo que nunca cambia?
advice-failing-loop = La llamada falla por una razón que no se va sola. Sal del bucle cuando falle.
advice-reads-the-end = Que recv devuelva 0 bytes no quiere decir «todavía nada»: es el fin, para siempre. Sal del bucle.
advice-added-line-end = println, puts y una línea leída junto con su final agregan uno. Envía los bytes que se piden, y ninguno más.
advice-added-zeros = Envía tantos bytes como haya que enviar: los que devolvió recv, o strlen; no el tamaño del búfer, ni el NUL que termina una cadena en C.
advice-added-bytes = Envía lo que se pide y nada más: en C, tantos bytes como digan recv o strlen, y no el tamaño del búfer.
# source: send(2), RETURN VALUE
advice-sent-partly = send devuelve cuántos bytes aceptó el núcleo. Envía el resto hasta que los acepte todos; en Python, eso lo hace sendall.
advice-sent-twice = Sigue tu programa desde un recv hasta el siguiente: ¿dónde envía?
advice-sent-notation = str(datos) es para quien depura. Envía los datos mismos; donde necesites texto, datos.decode().
advice-sent-elsewhere = recvfrom dice quién envió el datagrama: a esa dirección va la respuesta.
advice-printed-typed = print escribe en la pantalla. Lo que debe viajar va en send.
advice-closed-early = Cierra una conexión solo después de enviar la respuesta.
advice-ended-with-failure = Un programa que cumplió su tarea termina con 0: en C, return 0 al final de main; en Python, ningún sys.exit con otro número.
advice-printed-more = recv devuelve cuántos bytes llegaron, y no agrega un NUL. Imprime solo esos: printf("%.*s", (int) largo, bufer), o fwrite.
advice-thread-raised = Una excepción en un hilo termina solo ese hilo, y su cliente se queda esperando. Corrige la línea señalada.
advice-bound-already = El orden es socket, bind, listen: un socket recibe su puerto una sola vez, y uno que ya escucha lo tiene.
advice-another-socket = Responde por el mismo socket en el que leíste la pregunta: los clientes miran quién responde.
advice-printed-other = Imprime lo que devolvió recv tal como llegó, sin cambiarlo ni cortarlo.
advice-failed-and-ended = La página de manual de esa llamada enumera sus errores y dice qué significa cada uno: para bind, man 2 bind.
advice-raised = El mensaje dice qué pasó y en qué línea. Empieza por la línea de tu propio archivo: ¿qué contiene en ese momento cada cosa que aparece en ella?
advice-waits-for-more = recv ya devolvió todo lo que se envió. Ahora el otro extremo espera la respuesta, y por eso no llega nada más: responde antes de volver a llamar a recv. Si ya respondió, tal vez la respuesta siga en un búfer: vacíalo (flush).
advice-no-file = El programa buscó un archivo que no existe. ¿Qué ruta usó, y desde qué carpeta?
advice-never-connected = Un cliente llama a connect, con la máquina y el puerto que recibió.
advice-connect-failed = El servidor estaba, pero no donde lo buscó el programa. La máquina y el puerto son sus argumentos.
advice-read-and-silent = Lo que devolvió recv está ahora en una variable. ¿Dónde lo envía tu programa?
advice-read-nothing = Lo que se envió espera hasta que recv lo saque. ¿Por qué tu programa no está en recv en ese momento?
advice-closed-unasked = Que termine una conexión no termina las demás. Cierra aquella en la que recv devolvió 0, y ninguna otra.
advice-read-less = Lo que se envía espera hasta que recv lo saque, y recv espera hasta que llegue algo. Llámalo hasta que tengas lo que necesitas.
advice-closed-too-soon = Mientras el otro extremo no cierre, puede decir algo más. Vuelve a recv, y cierra cuando devuelva 0.
advice-greeted-only = El saludo llegó. Después viene la conversación: recv, una respuesta, y otra vez recv.
advice-passed-nothing-on = Lo que escribe un cliente es para otros: guarda sus conexiones, y envía por cada una.
advice-printed-twice = Sigue tu programa: ¿en qué lugares imprime lo que recibió?
advice-still-running = Su tarea ya está hecha, o no se puede hacer. ¿Qué espera todavía?
advice-never-sent = Un cliente habla primero: con TCP, connect y send; con UDP, sendto. Si terminó sin decir nada, ¿hay un except, un catch o un if que esconde un error?
advice-sent-nothing = Conectarse no es hablar todavía: lo que debe llegarle al servidor va en send, por el socket conectado.
advice-accept-failed = accept toma un socket que escucha. En C, sus otros dos argumentos son ambos NULL, o la dirección de una estructura para la dirección del cliente y la del tamaño de esa estructura.
advice-never-accepted = Quien se conecta queda en una cola, y accept saca a uno de ella. ¿Qué espera tu programa en lugar de eso?
advice-ignores-one = A cada cliente lo tiene que esperar alguien: un hilo propio, con su propia conexión; o select (poll), que los espera a todos.
advice-unasked = No le envíes nada a un cliente antes de que él envíe algo: ni un saludo, ni una copia de lo que dijeron otros, a menos que el ejercicio lo pida.
advice-sent-unchanged = Lo que devolvió recv hay que cambiarlo antes de enviarlo; una llamada como upper() devuelve el texto nuevo, y deja el anterior como estaba.
advice-answered-partly = send toma tantos bytes como le digas. ¿Le das todo lo que devolvió recv? (En C, el sizeof de un puntero es 8, apunte a lo que apunte.)
advice-keeps-open = El fin de un flujo también es un mensaje: cierra la conexión cuando ya no haya nada que decir por ella.
advice-hid-failure = Donde falle una llamada, termina con un código distinto de 0: sys.exit(1) en Python, return 1 o exit(1) en C.
advice-printed-nothing = Lo que devolvió recv está dentro de tu programa, y ahí nadie lo ve. Imprímelo.
advice-printed-instead = print escribe en tu propia terminal. Lo que debe recibir el otro extremo va en send.
advice-answered-another = La respuesta es para quien preguntó: con TCP, por la conexión en la que leíste; con UDP, a la dirección que devolvió recvfrom.
