# An exam as a part of grading a class: papers, answers, points.

arg-grade-exam = Examine who has passed: three questions about the student's own recording, for paper, and nobody in the class gets the same three. Their keys are proved by running, which takes about as long again as grading. Each right answer earns so many points (0: no part of the grade). Answers come with `socklab grade exam`

cmd-grade-exam = Mark what a class answered, and put it into the grades
arg-grade-exam-folder = The folder of results, as `socklab grade` wrote it with --exam
arg-grade-exam-answers = The answers as CSV: what you filled in (exam-answers.csv), or what a form or a quiz exported. Rows with an id, an address or a name, and columns 1, 2, 3
arg-grade-exam-format = Also write the grades in this format: json, junit, gradescope, gradescope-html, classroom50, canvas, moodle, check50 (repeatable). Those that are there are written anew anyway
arg-grade-exam-json = Print what it came to as JSON, for scripts
examples-grade-exam =
    $ socklab grade echo-server submissions -o results --exam 2
    $ socklab grade exam results results/exam-answers.csv
    $ socklab grade exam results form.csv --format canvas

exam-state-not-passed = No exam: the program did not pass.
exam-state-no-questions = No exam: there are no three questions about this program that nobody else has. It does not count.
exam-state-no-answers = No answers to the exam are known. It does not count.
exam-state-answered = { $right } of { $asked } right.

exam-paper-about = These questions are about what your own program did when it was graded. Choose one answer for each.
exam-papers-of = { $title }: the exam
exam-to-questions = To the questions
exam-key-was-run = This is what happened when it was run, twice, with this program:

page-exam = Exam
page-exam-beside = three questions, no part of the grade
page-exam-counts = { $each } for each right answer, { $of } in all, for those whose answers are known
page-exam-will-count = { $each } for each right answer, once answers are known
format-exam-column = { $title } (exam)

answers-csv = it is not CSV: { $why }
answers-empty = it has no rows
answers-columns = the columns found are: { $found }. What is needed is a column that names students (id, email, name …) and the columns 1, 2 and 3
answers-unknown = Line { $line }: nobody in the class is “{ $who }”. The row is not used.
answers-ambiguous = Line { $line }: more than one student is “{ $who }”. The row is not used: put an id or an address into it.
answers-twice = { $id } has more than one row, so none of them is used.
answers-no-paper = Line { $line }: { $id } had no questions. The row is not used.
answers-no-choice = Line { $line }: { $id } has “{ $word }” as the answer to question { $number }, and it goes from a to { $last }. The row is not used.

grade-exam-none = there is no exam in { $folder }
grade-exam-none-hint = Make one for those who have passed: socklab grade EXERCISE SUBMISSIONS -o { $folder } --exam 2
grade-exam-no-answers = { $file }: no answers: { $why }
grade-exam-no-answers-hint = This table has the right columns: { $file }
grade-exam-papers =
    { $papers ->
        [0] Nobody has passed, so there is no exam.
        [one] 1 student has an exam: students/*/exam.html to hand out, exam-papers.html to print all of them.
       *[other] { $papers } students have an exam: students/*/exam.html to hand out, exam-papers.html to print all of them.
    }
grade-exam-next = Fill in exam-answers.csv and mark it: socklab grade exam { $folder } { $file }
grade-exam-table-stays = { $file } stays as it is: it has answers that are not marked yet. Mark them: socklab grade exam { $folder } { $file }
grade-exam-lacking =
    { $students ->
        [one] 1 student has passed, and there was no time to find the questions of the exam. The same command goes on.
       *[other] { $students } students have passed, and there was no time to find the questions of their exam. The same command goes on.
    }
grade-exam-later = The exam is dealt when the parts are put together, so that nobody has the same questions: socklab grade merge
grade-exam-marked =
    { $papers ->
        [one] 1 paper, { $answered } with answers.
       *[other] { $papers } papers, { $answered } with answers.
    }
grade-exam-no-answers-of = Not answered, so the exam does not count for: { $ids }
grade-exam-no-questions-of = No three questions of their own, so the exam does not count for: { $ids }
grade-exam-not-passed-of = Not passed, so without exam and without its points: { $ids }
grade-exam-proving =
    { $programs ->
        [one] 1 program is run for its exam
       *[other] { $programs } programs are run for their exam
    }

page-again-here = To see it again where you graded
arg-check-pack = Also the hidden cases in this folder, as `socklab grade` adds them: for teachers
