# Lo que dicen las páginas y el texto de `grade`: `class.html`, y el informe de cada estudiante.

page-class = { $title }: el curso
page-report = { $title }: { $who }
page-nameless = (sin nombre)
page-to-matrix = A la tabla de estudiantes y casos
page-to-cases = A los casos
page-exercise = Ejercicio
page-started = Calificado
page-socklab = socklab
page-hash = SHA-256 del ejercicio
page-seed = Semilla
page-pack = Casos ocultos
page-pack-of = { $name } (SHA-256 { $hash })
page-counted = Nota
page-counted-core = puntos de los casos básicos, de { $of }
page-counted-all = puntos de todos los casos, de { $of }

page-summary = Resumen
page-students = Estudiantes
page-graded = Calificados
page-late = Tarde
page-no-submission = Sin entrega
page-does-not-compile = No compila
page-infra-error = Falló la máquina
page-pending = Sin calificar aún
page-so-far = { $students ->
    [one] Sin terminar: hasta ahora está calificado { $done } de { $students } estudiante.
   *[other] Sin terminar: hasta ahora están calificados { $done } de { $students } estudiantes.
} Mientras se califica, esta página se vuelve a escribir cada pocos segundos: recárgala. Si se interrumpió, el mismo comando sigue desde aquí.
page-seen = Avisos
page-mean = Promedio
page-median = Mediana
page-of = de { $of }
page-unsafe = { $students ->
    [one] { $students } entrega se ejecutó sin caja de arena: si hace trampa, nada de lo que sigue prueba lo contrario.
   *[other] { $students } entregas se ejecutaron sin caja de arena: si hacen trampa, nada de lo que sigue prueba lo contrario.
}
page-unsafe-one = Se ejecutó sin caja de arena ({ $why }): si un programa hace trampa, nada de lo que sigue prueba lo contrario.

page-state-graded = calificado
page-state-no-submission = sin entrega
page-state-does-not-compile = no compila
page-state-infra-error = falló la máquina
page-state-pending = sin calificar aún
page-case-passed = pasó
page-case-failed = no pasó
page-case-timeout = tardó demasiado
page-case-skipped = sin ejecutar
page-case-infra-error = aquí no se pudo ejecutar

page-histogram = Puntos
page-histogram-about = Cuántos estudiantes tienen cuántos puntos. Elige una barra para ver solo a esos en la tabla.
page-bar = { $students ->
    [one] { $students } estudiante
   *[other] { $students } estudiantes
}: { $points }
page-bar-unknown = { $students ->
    [one] { $students } estudiante
   *[other] { $students } estudiantes
}: no se saben sus puntos, porque falló la máquina
page-bar-of = { $bar }, de ellos { $parts }
page-part = { $state }: { $students }
page-points-range = { $from }–{ $to }
page-points-of-range = { $range } puntos
page-points-count = { $points ->
    [one] { $points } punto
   *[other] { $points } puntos
}
page-x-points = puntos

page-deeds = Lo que más hicieron los programas
page-deed = { $students ->
    [one] { $students } estudiante:
   *[other] { $students } estudiantes:
}

page-cases = Casos, según cuántas veces no pasaron
page-case = Caso
page-points = Puntos
page-not-passed = No pasó
page-of-run = { $n } de { $of }
page-figure-core = Básico
page-figure-robust = Robustez
page-core = básico
page-robust = robustez
page-hidden = oculto
page-only-these = Mostrar solo a quienes no pasaron { $case }

page-matrix = Estudiantes y casos
page-matrix-about = Un símbolo lleva al diagrama de ese caso; un nombre, al informe de ese estudiante.
page-matrix-keys = Elige un encabezado para ordenar. En la tabla, las flechas van de símbolo en símbolo, y Enter abre lo que pasó.
page-student = Estudiante
page-state = Estado
page-group = Grupo
page-flags = Marcas
page-flag-late = tarde
page-flag-unsafe = sin caja de arena
page-flag-seen = { $times ->
    [one] { $times } aviso
   *[other] { $times } avisos
}
page-name-of-cell = { $case }, { $who }: { $state }
page-score = { $earned } de { $of }
page-not-known = no se sabe

page-find = Buscar estudiante
page-any-state = cualquier estado
page-any-group = cualquier grupo
page-any-case = cualquier caso
page-failing = No pasó
page-only-late = solo tarde
page-only-seen = solo con avisos
page-all = Mostrar todos
page-shown = Se muestran: { $shown } de { $of }
page-none-shown = Ningún estudiante coincide. Con «Mostrar todos» vuelven a aparecer.
page-close = Cerrar
page-ladder = Diagrama
page-recording = Grabación
page-capture = Paquetes
page-report-link = Informe
page-next-case = Caso siguiente
page-previous-case = Caso anterior
page-next-student = Estudiante siguiente
page-previous-student = Estudiante anterior
page-filters = Qué estudiantes se muestran

page-groups = Entregas que se comportan igual
page-groups-about = Las entregas de un grupo hicieron lo mismo en todos los casos. El comentario a un grupo llega a todos sus miembros.
page-group-of = Grupo { $group }: { $students ->
    [one] { $students } entrega
   *[other] { $students } entregas
}
page-group-failed = No pasó:
page-group-passed-all = Pasaron todos los casos.
page-apart = Qué lo distingue del grupo más cercano
page-comment = Comentario:
page-no-comment = Todavía sin comentario.
page-only-group = Mostrar solo el grupo { $group }

page-notes = Qué pasó, estudiante por estudiante
page-notes-about = Solo lo que no pasó, y lo que llama la atención.
page-problem = Por qué no pasó
page-did = Qué hizo el programa
page-explained = Qué ocurrió
page-hints = Pista
page-again = Para verlo otra vez
page-compiler-refused = Lo que dijo el compilador
page-compiler-warned = Advertencias del compilador
page-why = Por qué
page-sightings = Lo que la caja de arena impidió o limitó
page-sighting = { $text } ({ $times ->
    [one] una vez
   *[other] { $times } veces
})
page-sighting-in = { $text } ({ $times ->
    [one] una vez
   *[other] { $times } veces
}, en { $case })
page-took = Tardó
page-took-of = { $time }, de ellos { $processor } de procesador
page-took-compiled = { $time }, de ellos { $processor } de procesador, y de esos { $compiler } del compilador
page-memory = Memoria
page-memory-of = { $mib } MiB como máximo
page-retries = { $times ->
    [one] Se calificó otra vez, porque había fallado la máquina.
   *[other] Se calificó otras { $times } veces, porque había fallado la máquina.
}
page-submitted = Entregado
page-attempt = Intento
page-attempt-of = { $number } de { $of }
page-file = Archivo
page-hash-of = SHA-256 de lo entregado
page-pending-why = Todavía no le ha tocado a esta entrega. Eso no es un cero.
page-unknown-why = Falló la máquina, así que nadie sabe cuánto vale esta entrega. No es un cero.
page-core-cases = De qué trata el ejercicio
page-robust-cases = Qué hace además un programa robusto
page-counts-not = Estos puntos no cuentan para la nota.
page-hidden-case = Este caso está oculto: solo se conocen su nombre y sus puntos.
page-teachers-comment = Comentario de tu profesor o profesora
page-footer = Calificado con socklab { $version }, ejercicio { $hash }, semilla { $seed }
