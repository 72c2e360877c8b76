# Lo que dicen `exercise`, `check` y `check --watch`.

cmd-exercise = Programas que escribes tú: cuáles hay, y archivos para empezar
cmd-exercise-list = Muestra los ejercicios, y lo que llevas hecho
cmd-exercise-start = Escribe los archivos para empezar, y la página que dice qué se espera
cmd-exercise-solution = Muestra la solución modelo de un ejercicio que ya resolviste
cmd-hint = Da la próxima pista para lo que no pasó en la última revisión
cmd-check = Ejecuta tu programa, caso por caso, y dice lo que hace

arg-exercise-list-json = Imprime JSON, para scripts
arg-exercise-start-name = Un ejercicio, con el nombre que le da `socklab exercise list`
arg-exercise-start-code = El lenguaje en que se escribe (por defecto: python)
arg-exercise-start-force = Empieza de nuevo; lo que ya exista se guarda con otro nombre
arg-exercise-start-folder = Dónde dejar los archivos (por defecto: una carpeta con el nombre del ejercicio)
arg-exercise-solution-name = Un ejercicio, con el nombre que le da `socklab exercise list`
arg-exercise-solution-code = El lenguaje de la solución (por defecto: el de tu archivo, o python)
arg-exercise-solution-gap = Solo las líneas de este hueco
arg-exercise-solution-diff = En qué se diferencia la solución de este archivo (por defecto: el que escribió `exercise start`)
arg-exercise-solution-anyway = La muestra aunque el ejercicio todavía no esté resuelto
arg-hint-name = Un ejercicio (por defecto: aquel cuyo archivo está aquí)
arg-hint-all = Todas las pistas de una vez, desde la primera
arg-hint-json = Imprime JSON, para scripts
arg-check-name = Un ejercicio, con el nombre que le da `socklab exercise list` (si falta: el que da nombre a esta carpeta o a un archivo de aquí)
arg-check-watch = Revisa otra vez cada vez que se guarda el archivo
arg-check-format = El formato del informe (por defecto: text). Para personas: text; para scripts: json; para otras herramientas: junit, gradescope, gradescope-html, classroom50, check50
arg-check-json = Imprime JSON, para scripts: lo mismo que --format json
arg-check-case = Solo este caso
arg-check-seed = Usa los mismos bytes al azar que la revisión con este número
arg-check-sandbox = Lo ejecuta en una caja de arena: ve el sistema y su propia carpeta, no cambia nada fuera y tiene límites de memoria, procesos, salida y archivos; el informe dice qué intentó. Donde no se puede, no se ejecuta (código de salida 3). El archivo de otro usuario corre así sin pedirlo, donde se puede
arg-check-no_sandbox = Lo ejecuta sin aislarlo: podría alcanzar a quienes lo juzgan, y el informe lo dice
arg-check-require_isolation = Lo ejecuta solo donde se puede aislar de quienes lo juzgan (si no, código de salida 3; por defecto el informe dice que no lo estuvo)
arg-check-command = Tu programa y sus argumentos, en los que se reemplazan {"{"}port{"}"} y {"{"}host{"}"}, y también {"{"}args{"}"}, como palabra aparte: todos los argumentos del caso; o su archivo fuente, que los recibe directamente (por defecto: el archivo que escribió `exercise start`)
arg-course-check-only = Ejecuta solo la pregunta o el ejercicio con este nombre

examples-exercise-start =
    $ socklab exercise start echo-server
    $ socklab exercise start echo-server --in c ~/sockets
examples-check =
    $ socklab check echo-server  # el archivo que escribió `exercise start`
    $ socklab check echo-server --watch  # y otra vez cada vez que se guarda
    $ socklab check echo-server -- python3 mi-servidor.py {"{"}port{"}"}
    $ socklab check echo-server -- ./mi-servidor  # un puerto fijo también sirve
    $ socklab check tcp-client -- mi-cliente.c
    $ socklab check echo-server --builtin -- ./mi-servidor  # sin mirar qué `course` hay aquí
    $ socklab check echo-server --json -- ./mi-servidor | jq '.passed, .cases[].did.rule'
    Aislamiento y código de salida, según la máquina (socklab course format):
      opción               con espacios       sin procesos    sin espacios
                           de nombres         propios         de nombres
      ninguna              aislado, 0 o 1     abierto, 0 o 1  abierto, 0 o 1
      --no-sandbox         abierto, 0 o 1     abierto, 0 o 1  abierto, 0 o 1
      --require-isolation  aislado, 0 o 1     no corre, 3     no corre, 3
      --sandbox            encerrado, 0 o 1   no corre, 3     no corre, 3
      abierto: sin aislar, y el informe lo dice primero ("isolated": false).
      encerrado: aislado, sin tus archivos y con límites (3 si falla un montaje).
    Códigos de salida: 0 lo esencial del ejercicio funciona, 1 no funciona, 2 uso incorrecto, 3 aquí no se pudo ejecutar.
    JSON: source.sha256 dice qué ejercicio juzgó; isolated; y de cada caso, state, did (rule y cause: qué hizo el programa), problem y todas las pistas que convienen. Todas las claves: socklab course format, «What a script reads».

examples-exercise-solution =
    $ socklab exercise solution socket-03
    $ socklab exercise solution socket-03 --diff  # frente a tu archivo
    $ socklab exercise solution socket-03 --in c
    $ socklab exercise solution socket-03 --gap connect --anyway  # sin resolver
    Códigos de salida: 0 se muestra, 1 el ejercicio todavía no está resuelto, 2 error de uso.
examples-hint =
    $ socklab check socket-03  # algo no pasa
    $ socklab hint socket-03  # la próxima pista, cada vez más precisa
    $ socklab hint socket-03 --all
    Códigos de salida: 0 había una pista, 1 no hay (o no hay más), 2 error de uso.

exercise-next = Para empezar: socklab exercise start NOMBRE.  ✓ hace lo que se pide   · empezado
unknown-exercise = no hay ningún ejercicio «{ $name }»
start-exists = { $file } ya existe, y no es como al principio: no se toca
start-force = para empezar de nuevo guardando una copia: { $command }
not-offered = { $name } no se ofrece en { $code }, solo en { $known }
start-there = { $file } ya existe, tal como era al principio.
start-kept = Lo que había quedó guardado en { $file }
start-written = { $file } tiene { $gaps ->
        [one] { $gaps } hueco
       *[other] { $gaps } huecos
    } (TODO) por completar.
start-makes = { $prompt } Resultado: { $names }
start-page = { $file } dice qué se espera.
start-check = Después: { $command }

guess-file = Ejercicio { $name }, por { $file }
guess-folder = Ejercicio { $name }, como se llama esta carpeta
guess-none = ¿para qué ejercicio es el programa?
guess-several = ¿qué ejercicio? Aquí hay varios empezados

check-core = De qué trata el ejercicio
check-robust = Qué hace además un programa robusto
# $owner es el identificador de un usuario: 1001
check-foreign = { $file } es de otro usuario ({ $owner }), así que corre en una caja de arena (sin ella: --no-sandbox)
check-open = Este programa no quedó aislado: podía llegar a quien lo evalúa y falsificar lo que sigue ({ $why })
check-points-core = Ejercicio: { $points } puntos
check-points-unknown = Robustez: no se sabe (aquí no se pudo ejecutar { $case })
check-points-robust = Robustez: { $points } puntos
check-skipped = sin ejecutar: primero debe pasar { $case }
check-no-place = sin ejecutar, porque este caso le da otros argumentos a tu programa (`{ $arguments }`) y no se sabe en qué parte de tu comando van. Escribe ahí {"{"}args{"}"}, como palabra aparte; por ejemplo: -- ./mi-programa {"{"}args{"}"}
check-timed-out = tardó demasiado
check-infra = aquí no se pudo ejecutar
check-refused = { $command }: el compilador no lo aceptó
check-missing = { $tool } no está instalado, o no está en PATH
check-missing-hint = esto no dice nada de tu programa: instálalo, o indica otro comando después de --
check-folder = { $tool } es una carpeta
check-folder-hint = nombra el programa que está dentro: socklab check EJERCICIO -- COMANDO
check-not-executable = { $tool } está aquí, pero no es un programa que se pueda ejecutar tal cual
check-not-executable-hint = indica con qué se ejecuta, por ejemplo: -- INTÉRPRETE ARCHIVO
runs-as = se ejecuta así: { $command }
runs-compiled = primero: { $compile }, y después: { $command }
check-special = { $tool } es { $kind ->
    [fifo] una FIFO
    [socket] un socket
   *[device] un dispositivo
}, y no un archivo fuente
check-special-hint = escribe el programa en un archivo normal
check-no-file = aquí no hay ningún archivo { $tool }
check-no-file-hint = mira su nombre, y en qué carpeta estás
check-nothing = aquí no hay nada que revisar: ni { $name }.py, ni { $name }.rs, ni { $name }.c
check-nothing-hint = empieza con: socklab exercise start { $name }; o nombra tu programa: socklab check { $name } -- COMANDO

label-run-as = Se ejecutó así:
label-why = Por qué:
label-hint-next = La próxima pista ({ $number } de { $all }):
label-hint-level = Pista { $number } de { $all }:
label-hint-gap = Pista { $number } de { $all } para el hueco { $gap }, «{ $name }»:
label-hint-on = Pista { $number } de { $all }, sobre «{ $name }»:
label-hint = Pista:
check-own-rules = Con tus reglas este es otro caso: solo dice lo que pasó en él, y no hay pista.
label-again = Verlo otra vez:

why-gap = El hueco { $number }, «{ $name }», sigue abierto en la línea { $line }: { $prompt }
why-printed = { $who } imprimió:
why-expected = Se esperaba: { $what }.
why-not-expected = No se esperaba: { $what }.

got-nothing = No pasó nada parecido.
got-all-the-same = Pero eso fue lo que pasó.
got-different = Se hizo, pero no así: mira las líneas marcadas.
got-times = Pasó { $got ->
        [one] { $got } vez
       *[other] { $got } veces
    }; se esperaba: { $wanted }.
got-exit = Pero: { $exit }.
got-running = Pero al final seguía en ejecución.
got-no-bytes = Pero no hubo ni un byte.
got-bytes = Pero fue «{ $bytes }» ({ $total ->
        [one] { $total } byte
       *[other] { $total } bytes
    }).
got-waited = Fue a los { $time }.
got-bytes-right = Pero fue «{ $bytes }» ({ $total ->
        [one] { $total } byte
       *[other] { $total } bytes
    }): de los esperados solo están bien los primeros { $right }.
got-bytes-fit = Pero fue «{ $bytes }» ({ $total ->
        [one] { $total } byte
       *[other] { $total } bytes
    }), de los que solo se ajustan los primeros { $right }.
got-unclear = La grabación solo guarda el principio de lo enviado, y con eso no se puede decidir.

want-call = { $who } llama a { $call }{ $object }
want-end-of-stream = en ese momento { $who } lee el fin del flujo de { $peer } (recv devuelve 0)
want-close = { $who } cierra su socket con { $peer } (close)
want-sent = { $who } envía { $bytes }
want-received = { $who } recibe { $bytes }
want-exit = { $who } termina con { $exit }
want-failure = { $who } termina con un código de salida distinto de 0
want-call-bytes = { $what }: { $bytes }
want-before = { $what } (antes de { $before })
want-waited = { $what }, y pasan { $range } ms desde { $since }
want-end = { $who } termina
want-running = { $who } sigue en ejecución al final
want-output = { $who } imprime { $bytes }
want-stdout = por la salida estándar, { $who } imprime { $bytes }
want-stderr = por la salida de error, { $who } imprime { $bytes }
bytes-equal = exactamente «{ $bytes }»
bytes-start = algo que empieza con «{ $bytes }»
bytes-contain = algo que contiene «{ $bytes }»
bytes-start-like = algo que empieza con esto: { $what }
bytes-contain-like = algo que contiene esto: { $what }
bytes-first = bytes de los que el primero es uno de { $bytes }
bytes-length-first = { $length }, de los que el primero es uno de { $bytes }
bytes-some = algo
bytes-contain-once = algo que contiene «{ $bytes }», una sola vez
bytes-contain-whole = algo con «{ $bytes }» dentro, y después nada que no sea texto
bytes-length = { $range } { $last ->
        [one] byte
       *[other] bytes
    }
range-least = al menos { $least }
range-most = como máximo { $most }
range-between = de { $least } a { $most }

want-response = { $who } recibe una respuesta HTTP{ $what }
want-request = { $who } envía una petición HTTP{ $what }
http-status = estado { $status }
http-body = un cuerpo que es { $bytes }
http-nothing = Pero no llegó ni un byte.
http-status-line = Pero su primera línea no es una línea de estado como «HTTP/1.1 200 OK»: «{ $line }»
http-request-line = Pero su primera línea no es una línea de petición como «GET / HTTP/1.1»: «{ $line }»
http-line-end = Pero esta línea termina en \n y no en \r\n: «{ $line }»
http-field = Pero esta línea, antes de la línea vacía, no es una cabecera como «Nombre: valor»: «{ $line }»
http-no-empty-line = Pero ninguna línea vacía (\r\n\r\n) termina las cabeceras; la última es «{ $line }»
http-length = Pero Content-Length no es un solo número: «{ $value }»
http-short = Pero Content-Length anuncia { $announced }, y { $got ->
        [one] llegó { $got } byte
       *[other] llegaron { $got } bytes
    }.
http-surplus = Pero después de su final { $total ->
        [one] llegó { $total } byte más
       *[other] llegaron { $total } bytes más
    }: «{ $bytes }»
http-endless = Pero no tiene Content-Length y la conexión sigue abierta: nadie puede saber dónde termina el cuerpo.
http-chunk = Pero el cuerpo no está hecho de trozos, como anuncia Transfer-Encoding.
http-other-status = Pero su estado es { $status }.
http-other-header = Pero dice { $name }: { $value }
http-no-header = Pero entre sus cabeceras no está { $name }.

did-leave-processes = Nota: { $actor } terminó y dejó { $count ->
        [one] { $count } proceso en ejecución, que se detuvo
       *[other] { $count } procesos en ejecución, que se detuvieron
    }.
did-poll = Nota: { $actor } pregunta sin pausa: { $calls } llamadas pidieron algo que todavía no había pasado. Funciona, pero una sola llamada que espere (select, poll) no mantendría ocupado un procesador.
did-print = Nota: { $actor } imprimió { $bytes ->
        [one] { $bytes } byte
       *[other] { $bytes } bytes
    }.

hint-nothing = no hay pistas para { $name }: o pasó todo en la última revisión, o no hubo ninguna
hint-nothing-hint = revísalo primero: { $command }
hint-no-more = { $all ->
    [one] esa era la única pista para { $name }
   *[other] esas eran las { $all } pistas para { $name }
}
hint-no-more-hint = para verlas otra vez: { $command }
solution-too-early = { $name } todavía no está resuelto ({ $earned } de { $all } puntos): la solución modelo te quitaría la mejor parte
solution-unchecked = { $name } todavía no está resuelto: la solución modelo te quitaría la mejor parte
solution-too-early-hint = una pista: socklab hint { $name }; para ver la solución de todos modos, agrega --anyway
solution-no-gap = la solución de { $name } no tiene ningún hueco «{ $gap }»
solution-model = la solución modelo
solution-same = No hay ninguna diferencia.

watch-no-terminal = --watch necesita una terminal
watch-keys = h pista{ $next }  n siguiente  p anterior  l lista  r ejecutar  x reiniciar  q salir
watch-busy = La revisión está en curso: r la empieza de nuevo, q sale.
watch-unsolved = { $name } todavía no está resuelto. Otra vez n: sigue con { $next } de todos modos. Cualquier otra tecla: no.
passed-runs = La solución modelo se ejecuta …
passed-yours = Tu programa
passed-model = La solución modelo
passed-diff = De tu programa (-) a la solución modelo (+)
passed-ladder-yours = Tu programa en el caso { $case }:
passed-ladder-model = La solución modelo en el caso { $case }, con los mismos bytes al azar:
passed-no-ladder = La solución modelo no se pudo ejecutar aquí: { $why }
passed-robust = Tu programa hace todo lo que hace uno robusto.
passed-robust-left = Lo que haría además un programa robusto:
passed-key-space = espacio más
passed-key-back = b atrás
passed-key-diff = d diferencias
passed-key-both = d los dos programas
passed-key-next = n sigue con { $next }
passed-key-quit = q salir
watch-first = Antes de este ejercicio no hay nada.
watch-select = Ejercicios
watch-waiting = Abre { $file } en un editor, en otra terminal: cada vez que lo guardes se revisa.
watch-all = Todos los puntos. Con n se sigue: primero la solución modelo junto a la tuya, luego lo que viene.
watch-core = El ejercicio está hecho. Los puntos que faltan son de un programa robusto; con n se sigue.
watch-reset = x otra vez: vuelve al principio (se guarda una copia de tu archivo). Cualquier otra tecla: no.
watch-kept = Tu archivo quedó guardado en { $file }.
watch-last = Era el último ejercicio.
watch-no-hint = No hay pistas: nada falló.
watch-no-more-hints = { $all ->
    [one] Esa era la única pista. Con h la ves otra vez.
   *[other] Esas eran las { $all } pistas. Con h empiezas de nuevo por la primera.
}
watch-no-file = --watch necesita un archivo para vigilar: nómbralo después de --
watch-ended = Hasta luego. Otra vez: socklab check { $name } --watch
hint-call = { $call }   ({ $man })
hint-man = Está descrito en { $man }.
hint-undo = Deshaz tus últimos cambios hasta que compile otra vez. Luego hazlos de nuevo en pasos pequeños, y compila después de cada uno.
hint-solution-lines = { $lines ->
    [one] La solución modelo lo hace en una línea:
   *[other] La solución modelo lo hace en { $lines } líneas:
}
hint-solution = La solución modelo muestra cómo:

build-limit = { $command }: no se compila dentro de los límites: { $what }
build-limit-asleep = el compilador esperó { $time } algo que el archivo nombra y que nunca llegó: ¿incluye un FIFO, un dispositivo o una terminal?
build-limit-processor = el compilador llevaba { $time } de trabajo y no había terminado: ¿se expande sin fin una macro, una plantilla o una constante?
build-limit-memory = el compilador necesitó más de { $mib } MiB de memoria
build-limit-processes = el compilador necesitó más de { $number } procesos e hilos
build-limit-written = el programa ocuparía más de { $mib } MiB: ¿contiene un arreglo inicializado muy grande?
build-broken = { $tool } no funciona aquí, ni siquiera con el programa más pequeño, o lo mataron mientras trabajaba:{ $output }
build-broken-hint = esto no dice nada de tu programa: prueba { $tool } con otro archivo; ¿está completa su cadena de herramientas, y hay suficiente memoria y espacio en el disco?
build-busy = { $command }: no terminó en { $time }, porque esta máquina está ocupada
build-busy-hint = esto no dice nada de tu programa: inténtalo más tarde
build-call-hint = esto no dice nada de tu programa: ¿quedan procesos, descriptores y memoria (ulimit -a), y se puede escribir en { $folder }?
build-warnings = El compilador advirtió:
check-not-run = no se ejecutaron, porque { $case } no pasó: { $cases }
differs-succeeded = Pero salió bien.
differs-failed = Pero falló con { $error }.
differs-unfinished = Pero nunca volvió.
differs-finished = Pero volvió.
differs-took = Pero tardó { $got } (se esperaba: { $wanted }).
differs-address = Pero la dirección era { $got } (se esperaba: { $wanted }).
differs-peer = Pero en el otro extremo estaba { $got } (se esperaba: { $wanted }).
differs-argument = Pero { $name } era { $got } (se esperaba: { $wanted }).

trouble-not-isolated = no se ejecutó, porque se pidió aislarlo y aquí eso no se permite: { $what }. `socklab doctor` dice cómo permitirlo; o revisa sin --sandbox ni --require-isolation
trouble-busy = la máquina estaba ocupada o detenida, y este caso trata del tiempo: no se sabe nada del programa. Inténtalo cuando esté libre
trouble-out-of-memory = a esta máquina se le acabó la memoria, y el núcleo terminó un programa por eso: no se sabe nada del programa. Inténtalo cuando haya menos programas en ejecución
trouble-memory = { $who } y lo que había iniciado usaron más de { $mib } MiB de memoria, y se terminaron
trouble-processes = { $who } había iniciado más de { $number } procesos e hilos, y se terminaron todos
trouble-output = { $who } imprimió más de { $mib } MiB, y se terminó
trouble-prints = { $who } imprimió más de { $number } veces, y se terminó
trouble-processor = { $who } y lo que había iniciado usaron más de { $time } de tiempo de procesador, y se terminaron
trouble-written = { $who } escribió más de { $mib } MiB en archivos, y se terminó
trouble-files = { $who } creó más de { $number } archivos y carpetas, y se terminó
