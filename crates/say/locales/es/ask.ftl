# Preguntas: what-if y course check.

cmd-what-if = Predice qué pasa, ejecútalo de verdad y mira por qué
cmd-course = Para profesores: revisar y cambiar las preguntas y los ejercicios
cmd-course-check = Lee todas las preguntas y ejercicios y señala los errores
arg-what-if-question = El número o el nombre de una pregunta; `list` (por defecto); `all` para ejecutarlas todas
arg-what-if-predict = Tu predicción: a, b, c …, o el nombre de la opción
arg-what-if-show_commands = Muestra cómo hacerlo a mano, con dos terminales
arg-what-if-seed = La semilla de los datos aleatorios: con la misma semilla salen los mismos bytes
arg-what-if-all = Dibuja cada llamada y cada paquete, también los que solo preparan, preguntan o confirman
arg-builtin = Ignora las carpetas llamadas `course`: solo lo incluido
arg-course = Esta carpeta de curso, y nada de lo incluido (por defecto: el curso incluido, con los cambios de la carpeta `course` más cercana, aquí o más arriba)
arg-course-check-folder = La carpeta de un curso (por defecto: el curso incluido, con los cambios de la carpeta `course` más cercana, aquí o más arriba)
cmd-course-soak = Repite preguntas, y las revisiones de los programas de los ejercicios, con la máquina ocupada: ningún veredicto puede cambiar
cmd-course-copy = Copia en tu curso una pregunta o un ejercicio incluido, para cambiarlo
cmd-course-format = Muestra cómo se escriben una pregunta y un ejercicio
arg-course-copy-name = El nombre o el número de una pregunta, o el nombre de un ejercicio
arg-course-copy-folder = La carpeta de tu curso (por defecto: la carpeta `course` más cercana, aquí o más arriba; si no hay ninguna, una nueva aquí)
arg-course-soak-names = Las preguntas y los ejercicios (por defecto: todos)
arg-course-soak-times = Cuántas veces se hace cada pregunta y se revisa cada programa, cada vez con otros bytes (por defecto: 30)
arg-course-soak-load = Cuántos bucles ocupan los procesadores mientras tanto (por defecto: uno por procesador)
arg-course-soak-within = Después de este tiempo no empieza ninguna revisión
arg-course-soak-seed = El número de los bytes aleatorios de la primera vuelta
arg-course-soak-command = Repite las revisiones de este programa, y no las de los incluidos
arg-course-check-run = Además ejecuta cada pregunta y revisa que aparezca su evidencia

examples-what-if =
    $ socklab what-if  # la lista
    $ socklab what-if 3  # oprime una tecla para predecir, y mira
    $ socklab what-if tcp-client-first --predict b
    $ socklab what-if 16 --show-commands  # y cómo hacerlo a mano
    $ socklab what-if lost-syn --all  # cada llamada y cada ACK en el diagrama
    $ socklab what-if all --json | jq '.questions[].answer'
    Códigos de salida: 0 como se predijo, 1 pasó otra cosa, 2 uso incorrecto, 3 aquí no se pudo ejecutar.
examples-course-check =
    $ socklab course check  # el curso incluido, y tu `course` por encima
    $ socklab course check mi-curso --run --only mi-pregunta
    Una carpeta `course` que contiene `questions` o `exercises` vale en todas las carpetas que hay debajo, para todos los comandos, si es tuya o de root. La variable de entorno SOCKLAB_COURSE nombra otra carpeta, o `builtin`. Códigos de salida: 0 sin errores, 1 con errores, 2 uso incorrecto.
examples-course-soak =
    $ socklab course soak echo-server  # sus soluciones, errores y programas aceptados, 30 veces cada uno
    $ socklab course soak lost-syn lost-last-ack  # dos preguntas: lo observado tiene que mostrar cada vez una respuesta
    $ socklab course soak --within 600  # todo, durante diez minutos
    $ socklab course soak chat-server --load 0 -- ./su-servidor  # un programa, con la máquina tranquila
    Códigos de salida: 0 ningún veredicto cambió, 1 alguno cambió, 2 uso incorrecto, 3 algo no se pudo ejecutar aquí.
examples-course-copy =
    $ socklab course copy tcp-server  # course/exercises/tcp-server
    $ socklab course copy 3 mi-curso  # mi-curso/questions/03-tcp-client-first
    Lo que ya existe no se toca.
examples-course-format =
    $ socklab course format | less

what-if-unknown = no hay ninguna pregunta «{ $name }»
what-if-no-choice = no hay ninguna opción «{ $word }»: { $choices }
what-if-list-next = socklab what-if 3 hace una de ellas; socklab what-if all las ejecuta todas.
what-if-ask = Tu predicción (a–{ $last }, espacio: solo mostrar, q: salir):
what-if-answer = Esto es lo que pasa.
what-if-right = Acertaste.
what-if-wrong = Esta vez no. Esto es lo que pasa.
what-if-unanswered = En esta máquina pasó algo que esta pregunta no conoce. El diagrama muestra lo que se vio; mejor ninguna explicación que una falsa.
what-if-own-rules = Con tus reglas esta es otra pregunta, así que ninguna predicción es acertada ni errada: el diagrama muestra lo que pasó.
what-if-next = Prueba ahora
what-if-by-hand = A mano
what-if-terminal = terminal { $number }
what-if-by-hand-hint = Para hacerlo a mano: { $command }

ask-place-machine = (aquí no se puede tener un loopback privado, así que se usó el de la máquina: { $why }; `socklab doctor` dice cómo cambiarlo)
ask-trouble-namespace = no se pudo tener un loopback privado: { $what }
ask-trouble-trace = no se pudo seguir a los programas: { $what }
ask-trouble-program = no se pudo iniciar el programa: { $what }
ask-trouble-disturbed = un programa escribió en un canal que solo usa la revisión: a { $who } se le pidió algo que ningún paso dice
ask-trouble-names = aquí los nombres se responden de una manera propia, y para eso hace falta un loopback privado, que no se pudo tener: { $what }. `socklab doctor` dice cómo cambiarlo.
trouble-port = sin espacios de nombres propios, la revisión usa los puertos de esta máquina, y el { $port } no está libre: libéralo, o haz que el programa tome el puerto de sus argumentos
ask-trouble-engine = no se pudo ejecutar el escenario: { $what }
ask-late-listening = Después de { $time }, { $who } todavía no escucha conexiones.
ask-late-bound = Después de { $time }, { $who } todavía no tiene un socket UDP con puerto propio.
ask-late-connected = Después de { $time }, { $who } todavía no se conecta.
ask-late-exited = Después de { $time }, { $who } todavía no termina.
ask-late-other = Después de { $time }, { $who } todavía no llegaba a esto: { $awaited }.
ask-late-in = Después de { $time }, { $who } seguía esperando en { $call }.
ask-never-listening = { $who } nunca llega a escuchar conexiones: todos se esperan unos a otros.
ask-never-bound = { $who } nunca llega a tener un socket UDP con puerto propio: todos se esperan unos a otros.
ask-never-connected = { $who } nunca se conecta: todos se esperan unos a otros.
ask-never-other = { $who } nunca llega a esto, porque todos se esperan unos a otros: { $awaited }.
ask-never-in = { $who } esperaba en { $call }, y todos los demás también esperaban.
ask-waits-stdin = Espera a que alguien escriba algo (stdin).
ask-waits-call = Espera en { $call }.
awaited-call = una llamada a { $call }
awaited-calls = { $times } llamadas a { $call }
awaited-blocked = esperar en { $call }
awaited-received = { $bytes ->
        [one] su primer byte recibido
       *[other] { $bytes } bytes recibidos
    }
awaited-sent = { $bytes ->
        [one] su primer byte enviado
       *[other] { $bytes } bytes enviados
    }
awaited-printed = imprimir { $text }
awaited-kernel = un socket en el estado { $state }
ask-mismatch-anything = { $who } debía recibir algo, y recibió: { $got }.
ask-ended-listening = { $who } terminó ({ $end }) antes de escuchar conexiones.
ask-ended-bound = { $who } terminó ({ $end }) antes de tener un socket UDP con puerto propio.
ask-ended-connected = { $who } terminó ({ $end }) antes de conectarse.
ask-ended-other = { $who } terminó ({ $end }) antes de esto: { $awaited }.
ask-step-call = { $who }: { $call } falló con { $error }.
ask-step-nowhere = { $who } no escucha en ninguna parte.
ask-step-not-running = { $who } no está en ejecución.
ask-surplus-unasked = Antes de que { $who } preguntara algo, el programa ya le había enviado algo que nadie esperaba: «{ $bytes }» ({ $total } B).
ask-surplus-request = { $who } no debía recibir nada, pero recibió «{ $bytes }» ({ $total } B).
ask-surplus-urgent = Además del flujo, el programa le envió a { $who } datos urgentes (MSG_OOB), que nadie esperaba: «{ $bytes }» ({ $total } B).
ask-surplus-answer = Después de «{ $answer }», que estaba bien, { $who } recibió algo más: «{ $bytes }» ({ $total } B).
ask-step-sender = { $who } le preguntó a { $asked }, pero la respuesta «{ $bytes }» vino de { $from }.
ask-port-kernel = A { $who } se le encuentra en el puerto { $found }, no en el { $asked }: lo eligió el núcleo, y ningún cliente podría saberlo.
ask-port-swapped = A { $who } se le encuentra en el puerto { $found }, no en el { $asked }: es el mismo número con sus dos bytes intercambiados.
ask-port-changing = A { $who } se le encuentra en el puerto { $found }, no en el { $asked }; en otra ejecución fue el { $before }, así que ningún cliente podría saberlo.
ask-port-elsewhere = A { $who } solo se le encuentra en { $address }, y a ningún cliente se le dio esa dirección.
ask-exit-code = código de salida { $code }
ask-exit-signal = terminado por { $signal }
ask-exit-unknown = no se sabe cómo
ask-mismatch-bytes = { $who } no recibió los bytes que debía recibir:
ask-mismatch-contains = { $who } no recibió lo que esperaba:
ask-mismatch-length = { $who } recibió menos bytes de los que debía recibir:
ask-mismatch-end = { $who } debía recibir el fin del flujo:
ask-unlike-line = { $who } debía recibir una línea como esta:
ask-unlike-rest = { $who } debía recibir esto, y después el fin del flujo:
ask-unlike-datagram = { $who } debía recibir un datagrama como este:
like-pattern = un texto que se ajuste a { $pattern }
ask-stopped-end = ahí terminó el flujo
ask-stopped-time = no llegó nada más a tiempo
ask-stopped-reset = ahí se cortó la conexión (RST)
ask-expected = esperado
ask-got = recibido
ask-wanted-in-it = en alguna parte

course-ok =
    { $questions ->
        [one] { $questions } pregunta
       *[other] { $questions } preguntas
    } y { $exercises ->
        [one] { $exercises } ejercicio
       *[other] { $exercises } ejercicios
    }, sin errores
course-nothing-to-cite = la explicación cita { $place }, pero no se vio nada así
course-mistakes = { $mistakes ->
        [one] { $mistakes } error
       *[other] { $mistakes } errores
    }
course-untranslated = { $language }: faltan por traducir { $missing } de { $of } textos; quien use ese idioma los verá en inglés
course-none = no hay ningún curso en { $folder }: ni una carpeta `questions` ni una carpeta `exercises`
course-not-yours = { $file } es del usuario { $owner }, que no eres tú ni es root. Un curso decide qué programas se ejecutan, así que este no se leyó
course-not-yours-hint = si confías en él: --course { $folder } (o { $variable }={ $folder }); para el curso incluido: --builtin (o { $variable }={ $built_in })
source-built-in = incluido, sha256 { $hash }
source-copy = de { $folder }, igual al incluido, sha256 { $hash }
source-own = de { $folder }, sha256 { $hash }
source-replaces = de { $folder }, que reemplaza al incluido del mismo nombre (--builtin no mira carpetas), sha256 { $hash }
soak-change = { $program }, { $case }: ahora { $outcome }, pero no siempre
soak-otherwise = Las demás veces:
soak-passed = pasó
soak-failed = falló
soak-skipped = no se ejecutó
soak-missing = no se ejecutó, porque falta una herramienta: { $program }
soak-unavailable = { $checks ->
        [one] { $checks } revisión tuvo
       *[other] { $checks } revisiones tuvieron
    } un caso que aquí no se pudo ejecutar, y no cuenta
soak-copy = Para tener antes los archivos: { $command }
soak-programs = { $programs ->
        [one] { $programs } programa
       *[other] { $programs } programas
    }
soak-questions = { $questions ->
        [one] { $questions } pregunta
       *[other] { $questions } preguntas
    }
soak-both = { $questions } y { $programs }
soak-one-exercise = un comando se revisa en un solo ejercicio: nombra ese, y ninguna pregunta
soak-total = { $checks } de { $of } revisiones de { $what }, { $repeated } más de una vez, junto a { $load ->
        [one] { $load } bucle
       *[other] { $load } bucles
    } en { $took }: { $changes ->
        [0] ningún veredicto cambió
        [one] cambió { $changes } veredicto
       *[other] cambiaron { $changes } veredictos
    }
course-none-hint = indica qué carpeta las tiene, o nada: entonces se busca la carpeta `course` más cercana, aquí y más arriba
course-unanswered = pasó algo que la pregunta no conoce. El diagrama de abajo muestra lo que se vio; para una respuesta faltaba esto:
course-lacks = a la respuesta `{ $answer }` le falta la evidencia `{ $name }`
course-marks = línea { $line }: { $what }
course-not-run = no se pudo ejecutar un caso
course-elsewhere = no se evalúa: necesita nombres o un puerto propios, y aquí son los de la máquina
course-does-not-pass = debería pasar, pero no pasa: { $cases }
course-starter-passes = no debería pasar, pero pasa tal como está: en la solución, GAP … END debería encerrar lo que deben escribir los estudiantes
course-fails-others = debería fallar en { $wanted }, pero falla en { $failed }
course-no-case = ningún caso
course-copy-exists = { $folder } ya existe: no se toca
course-copy-unknown = no hay ninguna pregunta ni ningún ejercicio «{ $name }»
course-copy-next = Ya puedes cambiarlos. Después: { $command }
ask-the-end = el fin del flujo
ask-got-nothing = nada, y la conexión sigue abierta
ask-got-empty = un datagrama sin ningún byte
ask-got-end = el fin del flujo, sin ningún byte
ask-got-reset = un corte (RST), sin ningún byte
ask-got-no-datagram = nada
