# What the pages and the text of `grade` say: `class.html`, and each student's report.

page-class = { $title }: the class
page-report = { $title }: { $who }
page-nameless = (no name)
page-to-matrix = To the table of students and cases
page-to-cases = To the cases
page-exercise = Exercise
page-started = Graded
page-socklab = socklab
page-hash = Exercise’s SHA-256
page-seed = Seed
page-pack = Hidden cases
page-pack-of = { $name } (SHA-256 { $hash })
page-counted = Grade
page-counted-core = points of core cases, out of { $of }
page-counted-all = points of all cases, out of { $of }

page-summary = Summary
page-students = Students
page-graded = Graded
page-late = Late
page-no-submission = No submission
page-does-not-compile = Does not compile
page-infra-error = Machine failed
page-pending = Not graded yet
page-so-far = { $students ->
    [one] Not finished: { $done } of { $students } student is graded so far.
   *[other] Not finished: { $done } of { $students } students are graded so far.
} While grading goes on, this page is written again every few seconds: reload it. If it was interrupted, the same command goes on from here.
page-seen = Sightings
page-mean = Mean
page-median = Median
page-of = of { $of }
page-unsafe = { $students ->
    [one] { $students } submission ran without a sandbox: nothing here is proof against it if it cheats.
   *[other] { $students } submissions ran without a sandbox: nothing here is proof against them if they cheat.
}
page-unsafe-one = It ran without a sandbox ({ $why }): nothing here is proof against a program that cheats.

page-state-graded = graded
page-state-no-submission = no submission
page-state-does-not-compile = does not compile
page-state-infra-error = machine failed
page-state-pending = not graded yet
page-case-passed = passed
page-case-failed = failed
page-case-timeout = took too long
page-case-skipped = not run
page-case-infra-error = could not be run here

page-histogram = Points
page-histogram-about = How many students have how many points. Choose a bar to see only them in the table.
page-bar = { $students ->
    [one] { $students } student
   *[other] { $students } students
}: { $points }
page-bar-unknown = { $students ->
    [one] { $students } student
   *[other] { $students } students
}: points not known, because the machine failed
page-bar-of = { $bar }, of them { $parts }
page-part = { $state }: { $students }
page-points-range = { $from }–{ $to }
page-points-of-range = { $range } points
page-points-count = { $points ->
    [one] { $points } point
   *[other] { $points } points
}
page-x-points = points

page-deeds = What programs did most often
page-deed = { $students ->
    [one] { $students } student:
   *[other] { $students } students:
}

page-cases = Cases, by how often they did not pass
page-case = Case
page-points = Points
page-not-passed = Did not pass
page-of-run = { $n } of { $of }
page-figure-core = Core
page-figure-robust = Robust
page-core = core
page-robust = robust
page-hidden = hidden
page-only-these = Show only who did not pass { $case }

page-matrix = Students and cases
page-matrix-about = A symbol leads to the ladder of that case, a name to that student’s report.
page-matrix-keys = Choose a heading to sort. In the table, the arrow keys move from symbol to symbol, and Enter opens what happened.
page-student = Student
page-state = State
page-group = Group
page-flags = Flags
page-flag-late = late
page-flag-unsafe = no sandbox
page-flag-seen = { $times ->
    [one] { $times } sighting
   *[other] { $times } sightings
}
page-name-of-cell = { $case }, { $who }: { $state }
page-score = { $earned } of { $of }
page-not-known = not known

page-find = Find a student
page-any-state = any state
page-any-group = any group
page-any-case = any case
page-failing = Did not pass
page-only-late = late only
page-only-seen = sightings only
page-all = Show all
page-shown = Shown: { $shown } of { $of }
page-none-shown = No student fits. “Show all” brings everybody back.
page-close = Close
page-ladder = Ladder
page-recording = Recording
page-capture = Packets
page-report-link = Report
page-next-case = Next case
page-previous-case = Previous case
page-next-student = Next student
page-previous-student = Previous student
page-filters = Which students are shown

page-groups = Submissions that behave alike
page-groups-about = Submissions of a group did the same in every case. A comment on a group goes to all its members.
page-group-of = Group { $group }: { $students ->
    [one] { $students } submission
   *[other] { $students } submissions
}
page-group-failed = Did not pass:
page-group-passed-all = All cases passed.
page-apart = What tells it from the nearest group
page-comment = Comment:
page-no-comment = No comment yet.
page-only-group = Show only group { $group }

page-notes = What happened, student by student
page-notes-about = Only what did not pass, and what stands out.
page-problem = Why it did not pass
page-did = What the program did
page-explained = What happened
page-hints = Hint
page-again = To see it again
page-compiler-refused = What the compiler said
page-compiler-warned = Warnings of the compiler
page-why = Why
page-sightings = What the sandbox stopped or limited
page-sighting = { $text } ({ $times ->
    [one] once
   *[other] { $times } times
})
page-sighting-in = { $text } ({ $times ->
    [one] once
   *[other] { $times } times
}, in { $case })
page-took = Took
page-took-of = { $time }, of it { $processor } of a processor
page-took-compiled = { $time }, of it { $processor } of a processor, { $compiler } of that by the compiler
page-memory = Memory
page-memory-of = { $mib } MiB at most
page-retries = { $times ->
    [one] Graded again once, because the machine had failed.
   *[other] Graded again { $times } times, because the machine had failed.
}
page-submitted = Handed in
page-attempt = Attempt
page-attempt-of = { $number } of { $of }
page-file = File
page-hash-of = SHA-256 of what was handed in
page-pending-why = Grading has not come to this submission yet. It is no zero.
page-unknown-why = The machine failed, so nobody knows what this submission earns. It is no zero.
page-core-cases = What the exercise is about
page-robust-cases = What a robust program does as well
page-counts-not = These points are not part of the grade.
page-hidden-case = This case is hidden: only its name and points are known.
page-teachers-comment = Your teacher’s comment
page-footer = Graded with socklab { $version }, exercise { $hash }, seed { $seed }
