# Lo que está mal en un curso. Cada frase es una línea, solo con huecos y llaves entre comillas.

mistake-version = no se conoce format_version { $found }, se esperaba { $known }: este archivo es para otro socklab
mistake-unknown-name = { $nobody } `{ $name }`; puede ser { $known }
mistake-unknown-name-none = { $nobody } `{ $name }`, y no hay dónde elegir
mistake-nobody = nadie se llama
mistake-no-actor = ningún actor se llama
mistake-no-peer = ningún peer se llama
mistake-no-choice = ninguna opción se llama
mistake-no-program = ningún programa del curso se llama
mistake-no-question = ninguna pregunta se llama
mistake-no-exercise = ningún ejercicio se llama
mistake-no-evidence = ninguna evidencia se llama
mistake-no-case = ningún caso se llama
mistake-no-case-above = ningún caso de más arriba se llama
mistake-nothing-above = nada de más arriba se llama
mistake-no-expectation-above = ninguna expectativa de más arriba se llama
mistake-no-cases = un ejercicio tiene al menos un [[case]]; si no, nada podría fallar en un programa
mistake-name-letters = un nombre se compone de a-z, 0-9 y -
mistake-twice = `{ $name }` está dos veces
mistake-submission = solo un ejercicio tiene una entrega (submission)
mistake-arguments-run = solo una entrega (submission) recibe argumentos: un comando lleva los suyos en `run`
mistake-arguments-nobody = nadie recibe estos argumentos: aquí toda entrega (submission) tiene los suyos propios
mistake-arguments-language = faltan los argumentos para { $code }, lenguaje en que se ofrece el ejercicio: ponlos en `{ $code }`, o en "" para los demás lenguajes
mistake-arguments-long = estos argumentos suman más de { $most } bytes
mistake-argument-nul = un argumento no puede contener el byte 0
mistake-args-here = {"{"}args{"}"} solo representa algo en el comando de un estudiante, después de `socklab check NOMBRE --`
mistake-place-bytes = {"{"}{ $found }{"}"} representa bytes que quizá no sean texto, y ni una línea de comandos ni el entorno los admiten; {"{"}letters:N{"}"} es texto
mistake-perhaps = { $what }. ¿Quisiste decir `{ $near }`?
mistake-not-started = en este punto nadie ha iniciado todavía `{ $name }`
mistake-program-language = este archivo nunca se ejecuta, porque no está en ninguno de los lenguajes que se ejecutan: { $known }
mistake-page-place = {"{"}{ $found }{"}"} no representa nada en esta página; ¿quisiste decir {"{"}{ $near }{"}"}?
mistake-run-or-submission = un actor tiene o run = ["PROGRAMA", …] o submission = true
mistake-folder-name = la carpeta "{ $folder }" no se llama NÚMERO-NOMBRE, como 03-tcp-client-first
mistake-unknown-topic = tema desconocido `{ $found }`; se esperaban palabras de { $known }
mistake-unknown-program = ningún programa se llama `{ $found }`: no es del curso ni está en PATH. ¿Quisiste decir { $near }?

mistake-no-meaning = { $word } no significa nada en este paso
mistake-of-peers = { $word } solo va con { $verbs }
mistake-step-until-strange = until solo va con start y wait
mistake-one-verb = un paso hace exactamente una cosa de { $verbs }; aquí hay { $count }
mistake-wait-until = wait necesita un until: ¿a qué espera?
mistake-type-text = type necesita un text
mistake-signal-to = signal necesita un to: ¿a quién?
mistake-peer-do = peer necesita un do = [ … ]: ¿qué hace?
mistake-crowd = un grupo tiene entre 2 y { $most } miembros, no { $found }
mistake-hold-where = hold y yield necesitan un at: ¿dónde?
mistake-hold-at = lugar desconocido: `{ $found }`; puede ser "birth", "every-call", {"{"} before = "LLAMADA" {"}"} o {"{"} after = "LLAMADA" {"}"}
mistake-hold-call = un lugar es antes de una llamada o después de una llamada
mistake-own-stdin = `{ $name }` tiene toda su entrada en stdin: no se puede escribir nada
mistake-target = `{ $target }` no es IP:PUERTO ni uno de { $known }
mistake-since-waited = since y waited_ms van juntos: ¿cuánto tiempo después de qué?
mistake-waited-subject = waited_ms trata de la primera de estas llamadas, de una señal o del final de un programa; times y never no van con él
mistake-waited-range = ¿cuánto? {"{"} about = MS {"}"}, o {"{"} at_least = MS, at_most = MS {"}"} (o uno de los dos), el primero menor que el segundo
mistake-waited-beyond = waited_ms: no caben { $least } ms en el plazo de todo el escenario, deadline_ms = { $deadline }
mistake-pause = una pausa dura entre 1 y { $most } ms, no { $found }
mistake-pauses = hasta aquí las pausas suman { $total } ms: todo el plazo, deadline_ms = { $deadline }
mistake-pause-within = este paso hace pausas de { $pause } ms: todo su plazo, within_ms = { $within }
mistake-recv-room = recv tiene espacio para entre 1 y { $most } bytes, no para { $found }
mistake-option-value = el núcleo acepta aquí de { $least } a { $most }, no { $found }
mistake-unknown-condition = condición desconocida `{ $found }`; puede ser { $known }, o una tabla con `blocked_in`, `received`, `sent`, `printed`, `called` o `kernel`
mistake-one-condition = una condición tiene exactamente uno de `blocked_in`, `received`, `sent`, `printed`, `called`, `kernel`; aquí hay { $count }
mistake-times-called = times solo va con called
mistake-unknown-call = llamada desconocida `{ $found }`; puede ser { $known }
mistake-op-needs = a `{ $word }` le falta algo: { $example }

mistake-never-times = never y times se excluyen
mistake-times-subject = times cuenta llamadas, respuestas, señales y estados; para bytes existe once = true
mistake-about-one = tiene que tratar de uno de { $subjects }
mistake-about-one-only = una expectativa trata de una sola cosa de { $subjects }
mistake-no-bytes = di cuáles deben ser los bytes: equals, contains, starts_with o length
mistake-unknown-error = error desconocido `{ $found }`; se esperaba un nombre como ECONNREFUSED
mistake-of-state = remote, receive_queue y send_queue son de un estado (state)
mistake-with-state = con state solo se puede decir actor, local, remote, receive_queue y send_queue
mistake-with-bytes = con stream y output solo se puede decir equals, contains, starts_with, length, ignore_case, ignore_line_ends y once
mistake-with-http = con http solo se puede decir actor, peer, status, header, ignore_length y cómo debe ser el cuerpo
mistake-no-solutions = also_passed_by: no hay ningún ejercicio «{ $name }» con soluciones
mistake-of-http = status, header e ignore_length son de http
mistake-request-status = una petición no tiene estado (status)
mistake-with-end = con exit y signal solo se puede decir el actor
mistake-actor-missing = falta actor: ¿de quién?
mistake-name-address = «{ $found }» no es una dirección que un nombre pueda tener: se esperaba una dirección IP, { "{" }host{ "}" } o { "{" }address{ "}" }
mistake-no-address = "{ $found }" no es una dirección: se esperaba IP:PUERTO, y cualquiera de los dos puede ser *
mistake-exit-range = un código de salida va de 0 a 255
mistake-unknown-end = final desconocido `{ $found }`; se esperaba un código, failure, any, running o una señal como SIGPIPE
mistake-unknown-signal = señal desconocida `{ $found }`; se esperaba un nombre como SIGINT
mistake-unknown-word = palabra desconocida `{ $found }`; puede ser { $known }
mistake-payload-kind = carga desconocida `{"{"}{ $found }{"}"}`: antes de los dos puntos se espera random, letters o LETTERS
mistake-moment = {"{"}{ $found }{"}"}: se esperaba { $kind }:DESDE..HASTA, con dos años entre 1968 y 2103, y después de ntp quizá -DÍAS
mistake-payload = {"{"}{ $found }{"}"}: después de { $kind } se espera un número hasta { $most }
mistake-unknown-escape = escape desconocido { $found }: se permiten \n, \r, \t, \0, \\ y \xNN

mistake-no-file = no existe ese archivo
mistake-not-utf-8 = no es UTF-8 a partir del byte { $from }
mistake-section-twice = la sección `{ $key }` está dos veces
mistake-comment-no-end = este comentario no termina: falta `-->`
mistake-no-title = no hay título: la primera línea es `# …`

mistake-unknown-field = campo desconocido `{ $found }`; puede ser { $known }
mistake-missing-field = falta `{ $name }`
mistake-wrong-kind = aquí hay { $found }, y se esperaba { $wanted }
mistake-unreadable = { $what }
mistake-one-word = aquí va una sola palabra, con lo que le corresponde; hay { $count }
mistake-word-alone = a `{ $word }` no le corresponde nada: va sola, como "{ $word }"
mistake-syntax = esto no es TOML: { $what }
mistake-kind-text = el texto { $value }
mistake-kind-number = el número { $value }
mistake-kind-boolean = { $value }
mistake-kind-list = una lista
mistake-kind-table = una tabla
mistake-kind-other = { $value }
mistake-want-text = un texto entre comillas
mistake-want-number = un número entero
mistake-want-number-to = un número entero de 0 a { $most }
mistake-want-boolean = true o false
mistake-want-list = una lista: [ … ]
mistake-want-table = una tabla: {"{"} … {"}"}
mistake-want-texts = un texto en cada idioma: {"{"} en = "…", es = "…" {"}"}
mistake-want-arguments = una lista de palabras, o una tabla con una lista por lenguaje: {"{"} python = […], c = […] {"}"}
mistake-want-range = un número, o {"{"} at_least = NÚMERO, at_most = NÚMERO {"}"}
mistake-want-words = una palabra o una lista de palabras
mistake-want-exit = un código de salida, "failure", "any", "running" o el nombre de una señal
mistake-want-one-of = una de estas palabras: { $known }
mistake-want-place = un lugar: "birth", "every-call", {"{"} before = "LLAMADA" {"}"} o {"{"} after = "LLAMADA" {"}"}
mistake-want-condition = una condición ("listening", {"{"} received = 5 {"}"} …) o una lista de ellas

mistake-gap-name = un hueco tiene un nombre: GAP NOMBRE … END
mistake-gap-none-here = aquí no hay ningún hueco
mistake-gap-no-end = el hueco `{ $name }` no tiene END, o dentro de él empieza otro
mistake-marks-do-not-fit = las marcas de los huecos no encajan: { $why }
mistake-gap-no-prompt = el hueco `{ $name }` no tiene ni enunciado ni pistas en gaps.toml, que conoce { $known }
mistake-about-unknown = gaps.toml no tiene pistas para `{ $name }`; conoce { $known }
mistake-gap-unused = ninguna solución tiene un hueco `{ $name }`; sus huecos son { $known }
mistake-comment-unused = ninguna solución tiene fuera de sus huecos el comentario «{ $text }»

mistake-number-taken = el número { $number } es también de la pregunta { $other }
mistake-name-taken = la pregunta { $other } tiene el mismo nombre
mistake-few-choices = opciones: { $count }; con menos de 3 se aprende poco
mistake-no-outcome = no hay ningún outcome: nada sería nunca la respuesta correcta
mistake-choice-no-text = la opción `{ $id }` no tiene texto en uno de los idiomas
mistake-outcome-no-evidence = un outcome sin evidencia: se afirmaría sin haberlo visto
mistake-no-by-hand = no hay [[by_hand]]: ¿cómo se ve sin socklab?
mistake-idle = `{ $name }` nunca hace nada
mistake-section-unknown = ningún outcome se explica con la sección `{ $key }`
mistake-section-next = falta la sección `next`: qué probar ahora
mistake-section-missing = falta la sección `{ $key }`
mistake-cites-nobody = `{ $key }` cita {"{"}{ $name }.{ $word }{"}"}, pero no tiene ninguna evidencia `{ $name }`
mistake-cites-word = {"{"}{ $name }.{ $word }{"}"}: lo que se puede citar es { $known }
mistake-file-missing = falta { $file }
mistake-bug-fails = { $file } no falla en ningún caso: entonces no es un error
mistake-text-empty = caso `{ $case }`: hay un texto vacío en uno de los idiomas
mistake-case-empty = el caso `{ $case }` no comprueba nada
mistake-not-joined = el caso `{ $case }` nunca espera a lo que `{ $peer }` hace en segundo plano: falta un join

mistake-syntax-duplicate = este nombre aparece dos veces aquí, o una vez con [uno] y otra con [[dos]] corchetes; lo que pertenece a un [[case]], como [[case.step]], va debajo de él
mistake-syntax-deep = aquí hay demasiadas listas y tablas una dentro de otra
mistake-syntax-unquoted = aquí falta un valor, o hay un texto sin comillas: nombre = "texto"; en una lista los valores van separados por comas
mistake-syntax-comma = aquí falta una coma, o sobra una
mistake-syntax-table = esta tabla no termina como debe: {"{"} nombre = valor, nombre = valor {"}"}
mistake-syntax-list = esta lista no termina como debe: [ valor, valor ]
mistake-syntax-header = una parte comienza con [nombre] o [[nombre]], sin nada más en la línea
mistake-syntax-text = este texto no termina como debe, o tiene un escape que TOML no conoce: "…" en una sola línea; dentro de él \n, \t, \" y \\; entre '…' una barra invertida es solo eso
mistake-syntax-number = esto no es un número, una fecha ni un valor lógico como los escribe TOML: 12, 0x1f, true
mistake-syntax-control = al final de esta línea hay algo que no va ahí
mistake-syntax-value = aquí falta un valor, o lo que hay no lo es: nombre = valor
mistake-syntax-key = aquí falta un nombre, o lo que hay no lo es: nombre = valor
mistake-unknown-place = {"{"}{ $found }{"}"} no representa nada: existen { $known }. Para una llave en un texto de bytes escribe \x7b
mistake-needs-listen = `{ $word }`: { $peer } no tiene ningún socket en escucha en este punto
mistake-needs-connection = `{ $word }`: { $peer } no tiene ninguna conexión en este punto
mistake-needs-socket = `{ $word }`: { $peer } no tiene ningún socket en este punto
mistake-needs-do = { $word } solo va con do{ $word ->
    [repeat] {" "}y con step
   *[other] {""}
}
mistake-needs-repeat = una lista de pasos dentro de la lista necesita un repeat
mistake-repeat-alone = un paso que tiene pasos propios no lleva nada más que repeat
mistake-do-alone = una lista de operaciones dentro de la lista necesita on o repeat, como en { "{" } repeat = 3, do = [ … ] { "}" }
mistake-repeat = algo se repite entre 1 y { $most } veces, no { $found } veces
mistake-unrolled = contando lo que se repite, un escenario puede tener { $most } pasos y operaciones, y { $bytes } bytes de texto
mistake-round = { "{" }round{ "}" } solo representa algo dentro de lo que se repite
mistake-beyond = within_ms = { $within } es más que el plazo de todo el escenario, deadline_ms = { $deadline }
mistake-exercise-folder = la carpeta "{ $folder }" tiene en el nombre caracteres distintos de a-z, 0-9 y -
mistake-no-solution = no hay ninguna solución: una de { $known } muestra que el ejercicio se puede resolver
mistake-bug-unnamed = ningún [[bug]] nombra este archivo: nunca se ejecuta
mistake-no-such-program = ningún programa del curso se llama `{ $found }`: existen { $known }
mistake-no-rule = ninguna regla se llama `{ $word }`; ¿quisiste decir `{ $near }`?

mistake-file-name = el nombre de un archivo es una ruta dentro de la carpeta del escenario, sin `..` y no absoluta
mistake-files = demasiado en archivos: como máximo { $files } archivos con { $most } bytes en total
mistake-sends = los peers de este escenario envían y esperan más de { $most } bytes en total
mistake-payload-total = este texto representa más de { $most } bytes
mistake-checksum = un texto puede tener un solo {"{"}checksum{"}"}, con un número par de bytes delante
mistake-want-text-or-pattern = un texto, o {"{"} pattern = '…' {"}"}
mistake-pattern = esto no es un patrón: { $what }
mistake-pattern-empty = este patrón se cumple en todas partes, hasta donde no hay nada: con `contains` o `starts_with` no exige nada
mistake-pattern-class = «{ $found }» es más de un byte y no puede ir entre [ y ]: escribe alternativas, como (é|ü), o cada byte como \xNN
mistake-pattern-place = {"{"}{ $found }{"}"} no representa nada en un patrón; para las llaves mismas, escribe \{"{"}
mistake-pattern-place-in-class = un marcador no puede ir entre [ y ]
mistake-pattern-large = un patrón tiene como máximo 2000 bytes, y pocas repeticiones grandes: este es demasiado grande
mistake-pattern-unsupported = esto no se admite en los patrones. Tienen . [ ] ( ) | * + ? {"{"}N{"}"} ^ $, \d \w \s \b y sus contrarios, (?i) (?m) (?s)
mistake-pattern-repeat = una repetición necesita algo delante; es *, +, ? o {"{"}N{"}"}, {"{"}N,{"}"}, {"{"}N,M{"}"}, con N no mayor que M
mistake-pattern-brackets = lo que hay entre [ y ] está mal: falta el ], un rango como a-z va al revés, o un escape no existe
mistake-pattern-escape = en este patrón hay un escape que está mal: existen \n, \r, \t, \0, \xNN, \d, \w, \s, \b, \D, \W, \S, \B, y una barra invertida antes de un signo que tenga significado
mistake-pattern-group = los ( y ) de este patrón no se corresponden
mistake-pattern-line-ends = `ignore_line_ends` e `in_pieces` son para textos: un patrón dice por sí mismo dónde puede haber fines de línea
