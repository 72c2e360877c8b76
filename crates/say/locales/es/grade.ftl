# Los textos de `socklab grade`.

cmd-grade = Califica un curso: ejecuta todas las entregas, cada una encerrada
arg-grade-name = Un ejercicio, como lo nombra `socklab exercise list`
arg-grade-folder = Las entregas: una carpeta o un archivo por estudiante, o lo que se descarga de Moodle, Canvas o Gradescope, también como archivo zip
arg-grade-output = Guarda los resultados en esta carpeta, que solo tú puedes abrir: class.html, grades.csv, gradebook.json y, por estudiante, un informe, los diagramas, las grabaciones y los paquetes. El mismo comando otra vez sigue donde este terminó, y no ejecuta nada dos veces
arg-grade-jobs = Cuántas entregas se califican a la vez (por defecto: tantas como procesadores haya)
arg-grade-roster = Los estudiantes del curso, en CSV: quien no entregó también aparece
arg-grade-due = Hasta cuándo se podía entregar, con la diferencia con UTC, como 2026-11-20T23:59-05:00: lo que llegó después se califica y se marca como tarde
arg-grade-attempt = Cuál de los intentos de un estudiante cuenta: last (el último), best (el mejor) o first (el primero); por defecto: last. Para el mejor se ejecutan todos
arg-grade-file = El nombre del archivo que se ejecuta (por defecto: el que está en un lenguaje del ejercicio)
arg-grade-code = Solo archivos en este lenguaje: python, rust, c o java
arg-grade-pack = Una carpeta de casos que los estudiantes no tienen, con un `exercise.toml` como el de un ejercicio: se agregan, y los estudiantes solo ven sus nombres y puntos
arg-grade-count = Qué puntos hacen la nota: core (los casos que pasa una solución sencilla y correcta) o all, todos (por defecto: core)
arg-grade-seed = La semilla de los datos, la misma para todos (por defecto: se sortea una vez y se guarda en la carpeta de resultados)
arg-grade-deadline = No empieza nada después de este tiempo, como 90s, 45m o 2h: a quien no le tocó todavía no tiene puntos, y el mismo comando sigue con los que faltan
arg-grade-retries = Cuántas veces se vuelve a calificar una entrega porque falló la máquina y no el programa (por defecto: 2)
arg-grade-format = Escribe las notas también en este formato: json, junit, gradescope, gradescope-html, classroom50, canvas, moodle, check50 (repetible). Sin -o, imprime eso en lugar de la tabla
arg-grade-column = Con --format canvas: el nombre de la columna, como «Echo server (4325137)»
arg-grade-regrade = Califica a todos otra vez y muestra qué cambió. También pasa por sí solo si cambió el ejercicio
arg-grade-without_sandbox = Ejecuta sin caja de arena: las entregas podrían leer y cambiar todo lo que tú puedes. Cada resultado queda marcado
arg-grade-shard = Califica solo una parte: la I de N, en el orden de los estudiantes. `socklab grade merge` junta las partes
arg-grade-soak = Califica el curso N veces, cada vez con otra semilla, y muestra a quién le cambió el resultado de algún caso o el comportamiento
arg-grade-load = Con --soak: mantiene ocupados tantos procesadores mientras tanto (por defecto: 0)

cmd-grade-merge = Junta los resultados de varias partes de un curso
arg-grade-merge-folders = Las carpetas de resultados, una por parte
arg-grade-merge-output = La carpeta para los resultados de todo el curso
arg-grade-merge-format = Escribe las notas también en este formato: json, junit, gradescope, gradescope-html, classroom50, canvas, moodle, check50 (repetible)

allowed-time-span = un tiempo como 90s, 45m o 2h, de un día como máximo
allowed-shard = una parte de varias, como 2/8
value-TIME = TIEMPO
value-MOMENT = MOMENTO
value-POINTS = PUNTOS
value-LETTERS = LETRAS
value-FORMAT = FORMATO
value-LANGUAGE = LENGUAJE

examples-grade =
    $ socklab grade echo-server entregas -o resultados
    $ socklab grade echo-server entregas -o resultados -j 8 --deadline 45m
    $ socklab grade echo-server entregas -o resultados --regrade  # ¿qué cambió?
    $ socklab grade echo-server entregas --format json | jq '.results[].points'
    Códigos de salida: 0 todos tienen puntos, así sean cero; 3 por culpa de la máquina alguien no los tiene, o no hay caja de arena; 2 el comando, o una carpeta que no puede ser.
examples-grade-merge =
    $ socklab grade echo-server entregas -o parte-1 --shard 1/2
    $ socklab grade echo-server entregas -o parte-2 --shard 2/2
    $ socklab grade merge parte-1 parte-2 -o resultados

grade-no-moment = --due { $text }: no es un momento
grade-no-moment-hint = Como en --due 2026-03-01T23:59:00-05:00
grade-no-tool = aquí no se pueden ejecutar programas en { $language }
grade-nothing = no entregó nada que se pudiera ejecutar
grade-no-sandbox = en esta máquina no se pueden contener las entregas: { $why }
grade-no-sandbox-hint = `socklab doctor` dice más. Para ejecutarlas de todas maneras, y marcar cada resultado: --unsafe
grade-time-left = faltan unos { $time }
grade-interrupted =
    { $all ->
        [one] Quedó calificada y guardada { $done } de una entrega. El mismo comando sigue.
       *[other] Quedaron calificadas y guardadas { $done } de { $all } entregas. El mismo comando sigue.
    }
grade-interrupted-lost =
    { $all ->
        [one] Quedó calificada { $done } de una entrega. Sin -o no se guarda nada.
       *[other] Quedaron calificadas { $done } de { $all } entregas. Sin -o no se guarda nada.
    }
grade-unknown =
    { $students ->
        [one] Un estudiante no tiene puntos, porque falló la máquina: eso no es un cero. El mismo comando lo intenta otra vez.
       *[other] { $students } estudiantes no tienen puntos, porque falló la máquina: eso no es un cero. El mismo comando lo intenta otra vez.
    }
grade-pending =
    { $all ->
        [one] Está calificado { $done } de un estudiante. Los demás todavía no tienen puntos: eso no es un cero. El mismo comando sigue.
       *[other] Están calificados { $done } de { $all } estudiantes. Los demás todavía no tienen puntos: eso no es un cero. El mismo comando sigue.
    }
grade-kept = Resultados: { $folder }
grade-kept-so-far = Resultados hasta ahora: { $folder }/class.html
grade-full-hint = Lo que se calificó antes está guardado; cuando haya espacio, el mismo comando sigue
grade-not-ours = { $folder }: ahí hay archivos, pero no los resultados de una calificación
grade-no-results = { $folder }: ahí no hay resultados de una calificación
grade-no-results-hint = Nombra la carpeta que recibió `socklab grade` con -o
grade-not-ours-hint = Nombra una carpeta nueva, o una vacía
grade-in-use = { $folder }: otra calificación está escribiendo ahí ahora
grade-bad-line = { $path }, línea { $line }: { $what }
grade-bad-line-hint = Alguien cambió este archivo. Sin esa línea se puede volver a leer el resto
grade-other-exercise = { $folder }: ahí hay resultados de { $has }, no de { $exercise }

grade-pack = Casos ocultos: { $name } (sha256 { $hash }…)
grade-hidden = { " " }(oculto)
grade-cases = Casos: { $cases }
grade-late = tarde
grade-unsafe = sin caja de arena
grade-seen-wrote-outside = escribió fuera
grade-seen-no-network = sin red
grade-seen-fork-limit = límite de procesos
grade-seen-memory-limit = límite de memoria
grade-seen-output-limit = límite de salida
grade-seen-disk-limit = límite de disco
grade-seen-processor-limit = límite de procesador
grade-seen-signalled-others = envió señales a otros
grade-seen-forbidden-call = llamada prohibida
grade-seen-read-secret = leyó un secreto
grade-seen-left-processes = dejó procesos
grade-summary =
    { $students ->
        [one] Un estudiante: promedio { $mean }, mediana { $median } de { $of } puntos
       *[other] { $students } estudiantes: promedio { $mean }, mediana { $median } de { $of } puntos
    }
grade-most-failed = Los casos más fallados: { $cases }
grade-changed =
    { $students ->
        [one] Cambió para un estudiante:
       *[other] Cambió para { $students } estudiantes:
    }
grade-took = Tomó { $wall }.
grade-used = Tiempo de procesador: { $all }, { $each } por entrega. Este proceso tuvo { $mib } MiB de memoria como máximo.

grade-merge-twice = { $id } está en varias partes, con entregas distintas
grade-merge-filled = { $folder }: ahí ya hay resultados. Nombra una carpeta nueva
grade-merge-not-whole = { $path }: { $why }. ¿Se calificó esa parte hasta el final?
grade-merge-other = { $one } y { $other } no se calificaron con lo mismo: otro ejercicio, otros casos ocultos, otra semilla u otra versión
grade-merge-missing = faltan estas partes del curso: { $shards }
grade-format-each = este formato es de una sola entrega, y hay varias: con -o habrá un archivo por cada una
grade-format-several = solo se puede mostrar un formato: con -o habrá un archivo por cada uno
grade-soak-outcome = { $word } { $times } × (semilla { $seed })
grade-soak-ways = se comporta de distintas maneras, como si fuera de varios grupos: { $ways }
grade-soak-way = { $number } ({ $name }) { $times } × (semilla { $seed })
grade-soak-round =
    Ronda { $round } de { $rounds }: { $flips ->
        [0] cada caso dio lo mismo
        [one] un caso no dio siempre lo mismo
       *[other] { $flips } casos no dieron siempre lo mismo
    }, { $changing ->
        [0] todos se comportaron igual.
        [one] una entrega no se comportó siempre igual.
       *[other] { $changing } entregas no se comportaron siempre igual.
    }
grade-soak =
    Se calificó el curso { $rounds ->
        [one] una vez
       *[other] { $rounds } veces
    }, { $graded } entregas en { $took }: { $flips ->
        [0] cada caso dio siempre lo mismo
        [one] un caso no dio siempre lo mismo
       *[other] { $flips } casos no dieron siempre lo mismo
    }, { $changing ->
        [0] y todos se comportaron siempre igual
        [one] y una entrega no se comportó siempre igual
       *[other] y { $changing } entregas no se comportaron siempre igual
    }{ $unknown ->
        [0] .
       *[other] ; { $unknown } resultados no se conocen, porque falló la máquina.
    }

cmd-grade-groups = Muestra qué entregas se comportan igual, y pone los comentarios de comments.toml en las páginas
arg-grade-groups-folder = La carpeta de resultados
examples-grade-groups =
    $ socklab grade groups resultados  # después de escribir en resultados/comments.toml
