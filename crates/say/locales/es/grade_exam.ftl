# Un examen como parte de la calificación de un curso: hojas, respuestas, puntos.

arg-grade-exam = Examina a quienes pasaron: tres preguntas sobre la grabación del propio estudiante, en papel, y nadie del curso recibe las mismas tres. Sus claves se prueban ejecutando, lo que tarda más o menos lo mismo que calificar. Cada respuesta correcta vale esta cantidad de puntos (0: no es parte de la nota). Las respuestas se agregan con `socklab grade exam`

cmd-grade-exam = Corrige lo que respondió un curso y lo suma a las notas
arg-grade-exam-folder = La carpeta de resultados, como la escribió `socklab grade` con --exam
arg-grade-exam-answers = Las respuestas en CSV: lo que llenaste (exam-answers.csv) o lo que exportó un formulario o un cuestionario. Filas con un código, un correo o un nombre, y columnas 1, 2, 3
arg-grade-exam-format = Escribe también las notas en este formato: json, junit, gradescope, gradescope-html, classroom50, canvas, moodle, check50 (se puede repetir). Los que ya están se escriben de nuevo en todo caso
arg-grade-exam-json = Imprime el resultado en JSON, para scripts
examples-grade-exam =
    $ socklab grade echo-server entregas -o resultados --exam 2
    $ socklab grade exam resultados resultados/exam-answers.csv
    $ socklab grade exam resultados formulario.csv --format canvas

exam-state-not-passed = Sin examen: el programa no pasó.
exam-state-no-questions = Sin examen: no hay tres preguntas sobre este programa que nadie más tenga. No cuenta.
exam-state-no-answers = No se conocen respuestas al examen. No cuenta.
exam-state-answered = { $right } de { $asked } correctas.

exam-paper-about = Estas preguntas son sobre lo que hizo tu propio programa cuando se calificó. Elige una respuesta para cada una.
exam-papers-of = { $title }: el examen
exam-to-questions = A las preguntas
exam-key-was-run = Esto fue lo que pasó cuando se ejecutó, dos veces, con este programa:

page-exam = Examen
page-exam-beside = tres preguntas, no es parte de la nota
page-exam-counts = { $each } por cada respuesta correcta, { $of } en total, para quienes tienen respuestas conocidas
page-exam-will-count = { $each } por cada respuesta correcta, cuando se conozcan las respuestas
format-exam-column = { $title } (examen)

answers-csv = no es CSV: { $why }
answers-empty = no tiene filas
answers-columns = las columnas que hay son: { $found }. Hacen falta una columna que nombre a los estudiantes (código, correo, nombre…) y las columnas 1, 2 y 3
answers-unknown = Línea { $line }: en el curso nadie es «{ $who }». La fila no se usa.
answers-ambiguous = Línea { $line }: más de un estudiante es «{ $who }». La fila no se usa: ponle un código o un correo.
answers-twice = { $id } tiene más de una fila, así que no se usa ninguna.
answers-no-paper = Línea { $line }: { $id } no tenía preguntas. La fila no se usa.
answers-no-choice = Línea { $line }: { $id } tiene «{ $word }» como respuesta a la pregunta { $number }, que va de a hasta { $last }. La fila no se usa.

grade-exam-none = no hay examen en { $folder }
grade-exam-none-hint = Haz uno para quienes pasaron: socklab grade EXERCISE SUBMISSIONS -o { $folder } --exam 2
grade-exam-no-answers = { $file }: sin respuestas: { $why }
grade-exam-no-answers-hint = Esta tabla tiene las columnas que hacen falta: { $file }
grade-exam-papers =
    { $papers ->
        [0] Nadie pasó, así que no hay examen.
        [one] 1 estudiante tiene examen: students/*/exam.html para entregar, exam-papers.html para imprimirlos todos.
       *[other] { $papers } estudiantes tienen examen: students/*/exam.html para entregar, exam-papers.html para imprimirlos todos.
    }
grade-exam-next = Llena exam-answers.csv y corrígelo: socklab grade exam { $folder } { $file }
grade-exam-table-stays = { $file } queda como está: tiene respuestas sin corregir todavía. Corrígelas: socklab grade exam { $folder } { $file }
grade-exam-lacking =
    { $students ->
        [one] 1 estudiante pasó, y no hubo tiempo de encontrar las preguntas de su examen. El mismo comando sigue.
       *[other] { $students } estudiantes pasaron, y no hubo tiempo de encontrar las preguntas de sus exámenes. El mismo comando sigue.
    }
grade-exam-later = El examen se reparte cuando se juntan las partes, para que nadie tenga las mismas preguntas: socklab grade merge
grade-exam-marked =
    { $papers ->
        [one] 1 hoja, { $answered } con respuestas.
       *[other] { $papers } hojas, { $answered } con respuestas.
    }
grade-exam-no-answers-of = Sin respuestas, así que el examen no cuenta para: { $ids }
grade-exam-no-questions-of = Sin tres preguntas propias, así que el examen no cuenta para: { $ids }
grade-exam-not-passed-of = No pasaron, así que sin examen y sin sus puntos: { $ids }
grade-exam-proving =
    { $programs ->
        [one] se ejecuta 1 programa para su examen
       *[other] se ejecutan { $programs } programas para sus exámenes
    }

page-again-here = Para verlo otra vez donde calificaste
arg-check-pack = También los casos ocultos de esta carpeta, como los agrega `socklab grade`: para profesores
