# The texts of `socklab grade`.

cmd-grade = Grade a class: run all submissions, contained
arg-grade-name = An exercise, as `socklab exercise list` names it
arg-grade-folder = The submissions: a folder or a file for each student, or what Moodle, Canvas or Gradescope let you download, also as a zip archive
arg-grade-output = Keep the results in this folder, which only you can open: class.html, grades.csv, gradebook.json, and for each student a report, the ladders, the recordings and the packets. The same command again goes on where this one ended, and runs nothing twice
arg-grade-jobs = How many submissions are graded at once (default: as many as there are processors)
arg-grade-roster = The students of the class, as CSV: who is missing is listed too
arg-grade-due = When submissions were due, with the offset from UTC, such as 2026-11-20T23:59-05:00: what came later is graded and marked as late
arg-grade-attempt = Which of a student's attempts counts: last, best or first (default: last). For the best all of them are run
arg-grade-file = The name of the file to run (default: the one in a language of the exercise)
arg-grade-code = Only files in this language: python, rust, c or java
arg-grade-pack = A folder of cases that students don't have, with an `exercise.toml` like an exercise's: they are added, and students see their names and points only
arg-grade-count = Which points make the grade: core (the cases that a simple correct solution passes) or all (default: core)
arg-grade-seed = The seed of payloads, the same for everybody (default: drawn once, and kept in the folder of results)
arg-grade-deadline = Begin nothing after this time, such as 90s, 45m or 2h: who was not reached has no points yet, and the same command goes on with them
arg-grade-retries = How often a submission is graded again because the machine failed, not the program (default: 2)
arg-grade-format = Also write the grades in this format: json, junit, gradescope, gradescope-html, classroom50, canvas, moodle, check50 (repeatable). Without -o, print that instead of the table
arg-grade-column = With --format canvas: the name of the column, such as “Echo server (4325137)”
arg-grade-regrade = Grade everybody again, and show what is different. That also happens by itself if the exercise has changed
arg-grade-without_sandbox = Run without a sandbox: submissions could read and change whatever you can. Every result is marked
arg-grade-shard = Grade a part only: the Ith of N, by the order of students. `socklab grade merge` puts the parts together
arg-grade-soak = Grade the class N times, each time with another seed, and show whose cases did not come to the same every time, and who did not behave the same
arg-grade-load = With --soak: keep so many processors busy meanwhile (default: 0)

cmd-grade-merge = Put the results of several parts of a class together
arg-grade-merge-folders = The folders of results, one for each part
arg-grade-merge-output = The folder for the results of the whole class
arg-grade-merge-format = Also write the grades in this format: json, junit, gradescope, gradescope-html, classroom50, canvas, moodle, check50 (repeatable)

allowed-time-span = a time such as 90s, 45m or 2h, of a day at most
allowed-shard = a part of several, such as 2/8
value-TIME = TIME
value-MOMENT = MOMENT
value-POINTS = POINTS
value-LETTERS = LETTERS
value-FORMAT = FORMAT
value-LANGUAGE = LANGUAGE

examples-grade =
    $ socklab grade echo-server submissions -o results
    $ socklab grade echo-server submissions -o results -j 8 --deadline 45m
    $ socklab grade echo-server submissions -o results --regrade  # what is different now?
    $ socklab grade echo-server submissions --format json | jq '.results[].points'
    Exit codes: 0 everybody has points, be it none; 3 the machine kept somebody from having any, or has no sandbox; 2 the command line, or a folder that can't be the one.
examples-grade-merge =
    $ socklab grade echo-server submissions -o part-1 --shard 1/2
    $ socklab grade echo-server submissions -o part-2 --shard 2/2
    $ socklab grade merge part-1 part-2 -o results

grade-no-moment = --due { $text }: no moment in time
grade-no-moment-hint = As in --due 2026-03-01T23:59:00-05:00
grade-no-tool = programs in { $language } can't be run here
grade-nothing = nothing that could be run was handed in
grade-no-sandbox = submissions can't be contained on this machine: { $why }
grade-no-sandbox-hint = `socklab doctor` says more. To run them all the same, and mark every result: --unsafe
grade-time-left = about { $time } left
grade-interrupted =
    { $all ->
        [one] { $done } of one submission is graded and kept. The same command goes on.
       *[other] { $done } of { $all } submissions are graded and kept. The same command goes on.
    }
grade-interrupted-lost =
    { $all ->
        [one] { $done } of one submission was graded. Nothing is kept without -o.
       *[other] { $done } of { $all } submissions were graded. Nothing is kept without -o.
    }
grade-unknown =
    { $students ->
        [one] One student has no points, because the machine failed: that is no zero. The same command tries again.
       *[other] { $students } students have no points, because the machine failed: that is no zero. The same command tries again.
    }
grade-pending =
    { $all ->
        [one] { $done } of one student is graded. The others have no points yet: that is no zero. The same command goes on.
       *[other] { $done } of { $all } students are graded. The others have no points yet: that is no zero. The same command goes on.
    }
grade-kept = Results: { $folder }
grade-kept-so-far = Results so far: { $folder }/class.html
grade-full-hint = What was graded before is kept; with room again, the same command goes on
grade-not-ours = { $folder }: there are files in it, and no results of a grading
grade-no-results = { $folder }: there are no results of a grading in it
grade-no-results-hint = Name the folder that `socklab grade` was given with -o
grade-not-ours-hint = Name a new folder, or an empty one
grade-in-use = { $folder }: another grading is writing there now
grade-bad-line = { $path }, line { $line }: { $what }
grade-bad-line-hint = Somebody has changed this file. Without that line the rest can be read again
grade-other-exercise = { $folder }: there are results of { $has } in it, not of { $exercise }

grade-pack = Hidden cases: { $name } (sha256 { $hash }…)
grade-hidden = { " " }(hidden)
grade-cases = Cases: { $cases }
grade-late = late
grade-unsafe = without a sandbox
grade-seen-wrote-outside = wrote outside
grade-seen-no-network = no network
grade-seen-fork-limit = fork limit
grade-seen-memory-limit = memory limit
grade-seen-output-limit = output limit
grade-seen-disk-limit = disk limit
grade-seen-processor-limit = processor limit
grade-seen-signalled-others = signalled others
grade-seen-forbidden-call = forbidden call
grade-seen-read-secret = read a secret
grade-seen-left-processes = left processes
grade-summary =
    { $students ->
        [one] One student: mean { $mean }, median { $median } of { $of } points
       *[other] { $students } students: mean { $mean }, median { $median } of { $of } points
    }
grade-most-failed = Failed most often: { $cases }
grade-changed =
    { $students ->
        [one] Different for one student:
       *[other] Different for { $students } students:
    }
grade-took = Took { $wall }.
grade-used = Processor time: { $all }, { $each } per submission. This process had { $mib } MiB of memory at most.

grade-merge-twice = { $id } is in several parts, with different submissions
grade-merge-filled = { $folder }: there are results in it already. Name a new folder
grade-merge-not-whole = { $path }: { $why }. Was this part graded to its end?
grade-merge-other = { $one } and { $other } were not graded by the same: another exercise, pack, seed or version
grade-merge-missing = these parts of the class are missing: { $shards }
grade-format-each = this format is about one submission, and there are several: with -o, there will be a file for each
grade-format-several = only one format can be printed: with -o, there will be a file for each
grade-soak-outcome = { $word } { $times } × (seed { $seed })
grade-soak-ways = behaves in different ways, as if it belonged to several groups: { $ways }
grade-soak-way = { $number } ({ $name }) { $times } × (seed { $seed })
grade-soak-round =
    Round { $round } of { $rounds }: { $flips ->
        [0] every case came to the same
        [one] one case did not always come to the same
       *[other] { $flips } cases did not always come to the same
    }, { $changing ->
        [0] everybody behaved the same.
        [one] one submission did not behave the same every time.
       *[other] { $changing } submissions did not behave the same every time.
    }
grade-soak =
    Graded the class { $rounds ->
        [one] once
       *[other] { $rounds } times
    }, { $graded } submissions in { $took }: { $flips ->
        [0] every case came to the same every time
        [one] one case did not always come to the same
       *[other] { $flips } cases did not always come to the same
    }, { $changing ->
        [0] and everybody behaved the same every time
        [one] and one submission did not behave the same every time
       *[other] and { $changing } submissions did not behave the same every time
    }{ $unknown ->
        [0] .
       *[other] ; { $unknown } results are not known, because the machine failed.
    }

cmd-grade-groups = Show which submissions behave alike, and put the comments of comments.toml into the pages
arg-grade-groups-folder = The folder of results
examples-grade-groups =
    $ socklab grade groups results  # after you have written into results/comments.toml
