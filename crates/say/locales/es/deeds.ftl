# Lo que hizo un programa: la primera frase del informe sobre un caso que no pasó.

deed-killed = { $who } { $signal ->
        [SIGSEGV] terminó por { $signal }: usó memoria que no es suya
        [SIGBUS] terminó por { $signal }: usó memoria que no existe
        [SIGFPE] terminó por { $signal }: dividió por cero, o algo parecido
        [SIGABRT] abortó ({ $signal })
        [SIGPIPE] terminó por { $signal }: envió por una conexión cuyo otro extremo estaba cerrado
        [SIGSYS] terminó por { $signal }: hizo una llamada que aquí no se permite
       *[other] terminó por { $signal }
    }{ $words }.
deed-not-compiled = { $who } ni siquiera empezó, porque no compila: { $error }{ $place }.
deed-raised = { $who } terminó con una excepción que nadie atrapó: { $error }{ $place }.
deed-reported = Una excepción terminó una parte de { $who }, o fue atrapada y contada; { $who } mismo siguió: { $error }{ $place }.
deed-wrong-transport = { $who } tiene un socket { $got }; este ejercicio habla { $wanted }.
deed-listens-swapped = { $who } está en el puerto { $port } y no en el { $asked }: los dos bytes del puerto están cambiados. Sin htons, bind los recibe al revés.
deed-listens-by-kernel = { $who } no eligió puerto con bind, así que el kernel eligió el { $port }, que nadie puede conocer. Se le dio el { $asked }.
deed-listens-elsewhere = { $who } está en el puerto { $port }, que eligió él mismo. Se le dio el { $asked }.
deed-never-listened = { $who } se puso en el puerto { $port } con bind, pero nunca llamó a listen, y así nadie puede conectarse; { $now }.
deed-connects-instead = { $who } debería esperar clientes (bind), pero se conecta a { $address } como hace un cliente.
deed-connected-elsewhere = { $who } fue a { $address }. Su servidor estaba en el puerto { $asked }.
deed-connect-failed = { $who } no pudo conectarse a { $address } ({ $error }); { $now }.
deed-failing-loop = { $who } llama a { $call } una y otra vez ({ $times } veces), aunque siempre falla con { $error }.
deed-reads-the-end = { $who } llama a { $call } una y otra vez ({ $times } veces) después del final del flujo: que { $call } devuelva 0 bytes es el final.
deed-failed-and-ended = En { $who }, { $call } falló con { $error }, y el programa terminó ({ $exit }){ $words }.
deed-ended-early = { $who } terminó ({ $exit }) antes de estar listo{ $words }.
deed-never-connected = { $who } nunca llamó a connect; { $now }.
deed-spins = { $who } corre a toda velocidad sin hacer ninguna llamada: un bucle que no acaba, o un cálculo larguísimo.
deed-waits-for-typing = { $who } espera a que alguien escriba (lee su entrada estándar), y nadie lo hace.
deed-never-accepted = { $peer } se conectó, pero { $who } nunca aceptó la conexión: { $now }.
deed-ignores-one = { $who } no leyó lo que envió { $peer }, porque estaba esperando a { $other }.
deed-printed-instead = { $who } leyó { $read ->
        [one] { $read } byte
       *[other] { $read } bytes
    } de { $peer }, escribió en la pantalla lo que debía enviar, y no envió nada; { $now }.
deed-answered-another = { $who } le envió a { $other } lo que era para { $peer }.
deed-unasked = { $who } le envió «{ $bytes }» a { $peer } antes de haber leído algo.
deed-closed-early = { $who } cerró la conexión con { $peer } después de leer { $read ->
        [one] { $read } byte
       *[other] { $read } bytes
    } y sin enviar ninguno.
deed-read-and-silent = { $who } leyó { $read ->
        [one] { $read } byte
       *[other] { $read } bytes
    } de { $peer } y no envió nada; { $now }.
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
deed-keeps-open = { $who } no cerró su conexión con { $peer }; { $now }.
deed-hid-failure = En { $who }, { $call } falló con { $error }, y aun así su código de salida dice que todo fue bien (0).
deed-printed-nothing = { $who } leyó { $read ->
        [one] { $read } byte
       *[other] { $read } bytes
    } y no escribió nada; { $now }.
deed-still-running = { $who } debería haber terminado; { $now }.
deed-ended = { $who } ya terminó ({ $exit }){ $words }.

deed-place = { " " }(línea { $line } de { $file })
deed-no-place = { "" }
deed-words = . Sus últimas palabras: «{ $words }»
deed-no-words = { " " }sin decir nada

now-ended = ya terminó ({ $exit })
now-call = espera en { $call }
now-call-with = espera en { $call } a { $peer }
now-stdin = espera a que alguien escriba (stdin)
now-sleeps = duerme
now-lock = espera un cerrojo u otro de sus hilos
now-child = espera a un proceso que inició
now-signal = espera una señal
now-running = sigue en ejecución
