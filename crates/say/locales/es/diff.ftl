# `socklab diff`: la diferencia entre dos grabaciones. Lo que hace una ejecución completa una frase: «en a …».

cmd-diff = Muestra dónde se separan dos ejecuciones grabadas, sin importar el azar
arg-diff-a = Una grabación, hecha con trace -o ARCHIVO.jsonl; - lee la entrada estándar
arg-diff-b = La grabación con la que se compara
arg-diff-all = Muestra también todo lo que es igual
arg-diff-ascii = Dibuja solo con caracteres ASCII
arg-diff-width = Ancho de las dos columnas (por defecto: el de la terminal, o 80)
arg-diff-json = Imprime JSON, para scripts
arg-diff-output = Escribe las dos columnas en un archivo: .txt o .html
examples-diff =
    $ socklab trace -o a.jsonl -- python3 server.py 12000
    $ socklab diff a.jsonl b.jsonl
    $ socklab diff a.jsonl b.jsonl --all -o diferencia.html
    $ socklab diff a.jsonl b.jsonl --json | jq -r '.first.sentence'
    Las ejecuciones se ponen una al lado de la otra según quién hizo qué en qué posición de qué flujo, nunca según puertos que cambiaron, descriptores, procesos ni tiempos. No son diferencias: en qué trozos se recibe, los reintentos, los despertares, cuál de varios clientes llegó primero, el orden en que imprime un programa que atiende a varios a la vez, ni cuántos bytes cabían en búferes llenos. Tampoco lo es una fecha ni una hora.
    Códigos de salida: 0 sin diferencia, 1 con diferencia, 2 un error en la línea de comandos, 3 un archivo que no se puede leer.

diff-same = Sin diferencias.
diff-first = La primera diferencia es de { $who }: en a { $a }; en b { $b }.
diff-first-at = La primera diferencia es de { $who }: en a { $a }; en b { $b } ({ $place }).
diff-connection = conexión { $n }
diff-received =
    { $n ->
        [one] tras recibir un byte
       *[other] tras recibir { $n } bytes
    }
diff-sent =
    { $n ->
        [one] tras enviar un byte
       *[other] tras enviar { $n } bytes
    }
diff-both = tras recibir { $n } B y enviar { $sent } B
diff-folded =
    { $n ->
        [one] … una fila igual
       *[other] … { $n } filas iguales
    }

diff-not = no lo hace
diff-nothing = no hace nada más ahí
diff-waits-in = espera en { $call }
diff-in-vain = { $what }, y obtiene { $error }
diff-creates = crea un socket ({ $what })
diff-sets = pone { $option } en { $value }
diff-blocking = hace que el socket espere
diff-nonblocking = hace que el socket no espere
diff-binds = enlaza el socket a { $address }
diff-listens = escucha, con una cola de { $n }
diff-connects = se conecta a { $address }
diff-accepts = acepta la conexión
diff-sends =
    { $n ->
        [one] envía un byte: { $data }
       *[other] envía { $n } bytes: { $data }
    }
diff-sends-datagram =
    { $n ->
        [one] envía un datagrama de un byte: { $data }
       *[other] envía un datagrama de { $n } bytes: { $data }
    }
diff-quoted = «{ $data }»
diff-quoted-from = desde el byte { $n }, «{ $data }»
diff-empty = nada
diff-to = { $what }, a { $address }
diff-in-pieces = { $what }, en { $n } envíos ({ $sizes })
diff-receives =
    { $n ->
        [one] recibe un byte
       *[other] recibe { $n } bytes
    }
diff-receives-room =
    { $n ->
        [one] recibe un byte, y pide { $room } como máximo
       *[other] recibe { $n } bytes, y pide { $room } como máximo
    }
diff-end = lee el fin del flujo
diff-cut = encuentra cortada la conexión ({ $error })
diff-fails = falla en { $call } con { $error }
diff-shutdown = llama a shutdown({ $how })
diff-closes = cierra el socket
diff-closed-by-kernel = le deja al núcleo cerrar el socket cuando termina
diff-prints =
    { $n ->
        [one] imprime un byte en { $stream }: { $data }
       *[other] imprime { $n } bytes en { $stream }: { $data }
    }
diff-exits = termina con el código de salida { $code }
diff-killed = muere por { $signal }
diff-gone = termina
diff-stays = no termina por sí mismo
diff-begins = toma la conexión { $n }
diff-answers = envía los primeros bytes en la conexión { $n }
diff-ends = termina la conexión { $n }

diff-limit = La grabación { $run } no está completa desde el evento { $seq }: lo que sigue no se compara.
diff-hidden = La grabación { $run } no muestra todo lo que hacen sus programas (socklab draw dice por qué): lo que no muestra no se compara.
diff-sampled = La grabación { $run } tiene solo los primeros bytes de los mensajes largos: los demás no se comparan. trace --bytes graba más.
diff-room = En ambas grabaciones, los búferes del núcleo estaban llenos cuando { $who } dejó de enviar por la conexión { $n }: cuántos bytes cabían ({ $a } y { $b }) no se compara.
diff-packets = { $path } tiene paquetes y ninguna llamada: diff compara lo que hacen los programas y necesita grabaciones (socklab trace -o run.jsonl)
diff-twice = la entrada estándar (-) solo puede ser una de las grabaciones
diff-format = { $path }: las dos columnas se escriben en .txt o .html
diff-title = { $a } y { $b }: la diferencia
