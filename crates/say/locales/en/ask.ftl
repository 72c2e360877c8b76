# Questions: what-if and course check.

cmd-what-if = Predict what happens, run it for real, and see why
cmd-course = For teachers: check and change questions and exercises
cmd-course-check = Read every question and exercise, and report mistakes
arg-what-if-question = A question's number or name; `list` (the default); `all` to run every one
arg-what-if-predict = Your prediction: a, b, c …, or the choice's name
arg-what-if-show_commands = Show how to do it by hand, in two terminals
arg-what-if-seed = The seed of random payloads: the same seed gives the same bytes
arg-what-if-all = Draw every call and every packet, also those that only set up, enquire or acknowledge
arg-builtin = Ignore folders named `course`: only what is built in
arg-course = This course folder, and nothing built in (default: the built-in course, overlaid with the nearest folder `course`, here or in a parent folder)
arg-course-check-folder = A course folder (default: the built-in course, overlaid with the nearest folder `course`, here or in a parent folder)
cmd-course-soak = Repeat questions, and the checks of exercises' own programs, on a busy machine: no verdict may change
cmd-course-copy = Copy a built-in question or exercise into your course, to change it
cmd-course-format = Print how questions and exercises are written
arg-course-copy-name = A question's name or number, or an exercise's name
arg-course-copy-folder = Your course folder (default: the nearest folder `course`, here or in a parent folder; if there is none, a new one here)
arg-course-soak-names = The questions and exercises (default: all)
arg-course-soak-times = How often each question is asked and each program checked, each time with other bytes (default: 30)
arg-course-soak-load = How many busy loops run beside the checks (default: one for each processor)
arg-course-soak-within = Begin no check after this long
arg-course-soak-seed = The number of the first round's random bytes
arg-course-soak-command = Repeat this program's checks instead
arg-course-check-run = Also run every question and check that its evidence is found

examples-what-if =
    $ socklab what-if  # the list
    $ socklab what-if 3  # press a key to predict, then see
    $ socklab what-if tcp-client-first --predict b
    $ socklab what-if 16 --show-commands  # and how to do it by hand
    $ socklab what-if lost-syn --all  # every call and every ACK in the ladder
    $ socklab what-if all --json | jq '.questions[].answer'
    Exit codes: 0 as predicted, 1 something else happened, 2 usage error, 3 could not be run here.
examples-course-check =
    $ socklab course check  # the built-in course, and your `course` over it
    $ socklab course check my-course --run --only my-question
    A folder `course` with `questions` or `exercises` in it applies to all folders below it, in every command, if it belongs to you or to root. The environment variable SOCKLAB_COURSE names another folder, or `builtin`. Exit codes: 0 no mistakes, 1 mistakes, 2 usage error.
examples-course-soak =
    $ socklab course soak echo-server  # its solutions, bugs and accepted programs, 30 times each
    $ socklab course soak lost-syn lost-last-ack  # two questions: each time the evidence must show an answer
    $ socklab course soak --within 600  # everything, for ten minutes
    $ socklab course soak chat-server --load 0 -- ./her-server  # one program, on a quiet machine
    Exit codes: 0 no verdict changed, 1 one did, 2 usage error, 3 some checks could not be run here.
examples-course-copy =
    $ socklab course copy tcp-server  # course/exercises/tcp-server
    $ socklab course copy 3 my-course  # my-course/questions/03-tcp-client-first
    Existing files are not touched.
examples-course-format =
    $ socklab course format | less

what-if-unknown = there is no question “{ $name }”
what-if-no-choice = there is no choice “{ $word }”: { $choices }
what-if-list-next = socklab what-if 3 asks one of them; socklab what-if all runs them all.
what-if-ask = Your prediction (a–{ $last }, space: just show me, q: quit):
what-if-answer = This is what happens.
what-if-right = You were right.
what-if-wrong = Not this time. This is what happens.
what-if-unanswered = On this machine something happened that this question does not cover. The ladder shows what was observed; no explanation is better than a wrong one.
what-if-own-rules = With your rules this is another question, so no prediction is right or wrong: the ladder shows what happened.
what-if-next = Try next
what-if-by-hand = By hand
what-if-terminal = terminal { $number }
what-if-by-hand-hint = To do it by hand: { $command }

ask-place-machine = (no private loopback here, so this ran on the machine's own: { $why }; `socklab doctor` says how to change that)
ask-trouble-namespace = a private loopback was refused: { $what }
ask-trouble-trace = the programs could not be followed: { $what }
ask-trouble-program = the program could not be started: { $what }
ask-trouble-disturbed = a program wrote to a channel that only the check itself uses: { $who } was asked to do something that no step says
ask-trouble-names = names are answered in a way of their own here, which needs a private loopback, and it could not be had: { $what }. `socklab doctor` says how to change that.
trouble-port = without namespaces of its own, the check uses the ports of this machine, and { $port } is not free: free it, or let the program take its port from its arguments
ask-trouble-engine = the scenario could not be run: { $what }
ask-late-listening = After { $time }, { $who } is still not listening for connections.
ask-late-bound = After { $time }, { $who } still has no UDP socket with a port of its own.
ask-late-connected = After { $time }, { $who } still has not connected.
ask-late-exited = After { $time }, { $who } still has not ended.
ask-late-other = After { $time }, { $who } had still not come to this: { $awaited }.
ask-late-in = After { $time }, { $who } was still waiting in { $call }.
ask-never-listening = { $who } never listens for connections: everybody waits for somebody else.
ask-never-bound = { $who } never has a UDP socket with a port of its own: everybody waits for somebody else.
ask-never-connected = { $who } never connects: everybody waits for somebody else.
ask-never-other = { $who } never reaches this, because everybody waits for somebody else: { $awaited }.
ask-never-in = { $who } was waiting in { $call }, and everybody else was waiting too.
ask-waits-stdin = It is waiting for somebody to type (stdin).
ask-waits-call = It is waiting in { $call }.
awaited-call = a call to { $call }
awaited-calls = { $times } calls to { $call }
awaited-blocked = waiting in { $call }
awaited-received = { $bytes ->
        [one] its first byte received
       *[other] { $bytes } bytes received
    }
awaited-sent = { $bytes ->
        [one] its first byte sent
       *[other] { $bytes } bytes sent
    }
awaited-printed = printing { $text }
awaited-kernel = a socket in the state { $state }
ask-mismatch-anything = { $who } should have received something, and got { $got }.
ask-ended-listening = { $who } ended ({ $end }) before it listened for connections.
ask-ended-bound = { $who } ended ({ $end }) before it had a UDP socket with a port of its own.
ask-ended-connected = { $who } ended ({ $end }) before it connected.
ask-ended-other = { $who } ended ({ $end }) before this: { $awaited }.
ask-step-call = { $who }: { $call } failed with { $error }.
ask-step-nowhere = { $who } is not listening anywhere.
ask-step-not-running = { $who } is not running.
ask-surplus-unasked = Before { $who } had asked anything, the program had sent something nobody expected: “{ $bytes }” ({ $total } B).
ask-surplus-request = { $who } was to receive nothing, but received “{ $bytes }” ({ $total } B).
ask-surplus-urgent = Besides the stream, the program sent urgent data to { $who } (MSG_OOB), which nobody expected: “{ $bytes }” ({ $total } B).
ask-surplus-answer = After “{ $answer }”, which was right, { $who } received more: “{ $bytes }” ({ $total } B).
ask-step-sender = { $who } asked { $asked }, but the answer “{ $bytes }” came from { $from }.
ask-port-kernel = { $who } can be reached at port { $found }, not at { $asked }: the kernel chose it, and no client could know it.
ask-port-swapped = { $who } can be reached at port { $found }, not at { $asked }: it is the same number with its two bytes exchanged.
ask-port-changing = { $who } can be reached at port { $found }, not at { $asked }; in another run it was { $before }, so no client could know it.
ask-port-elsewhere = { $who } can be reached at { $address } only, and no client was told that address.
ask-exit-code = exit code { $code }
ask-exit-signal = ended by { $signal }
ask-exit-unknown = exit status unknown
ask-mismatch-bytes = { $who } did not receive the bytes it should have:
ask-mismatch-contains = { $who } did not receive what it was waiting for:
ask-mismatch-length = { $who } received fewer bytes than it should have:
ask-mismatch-end = { $who } should have received the end of the stream:
ask-unlike-line = { $who } should have received a line like this:
ask-unlike-rest = { $who } should have received this, and then the end of the stream:
ask-unlike-datagram = { $who } should have received a datagram like this:
like-pattern = text that fits { $pattern }
ask-stopped-end = the stream ended there
ask-stopped-time = nothing more arrived in time
ask-stopped-reset = the connection was reset
ask-expected = expected
ask-got = got
ask-wanted-in-it = somewhere in it

course-ok =
    { $questions ->
        [one] { $questions } question
       *[other] { $questions } questions
    } and { $exercises ->
        [one] { $exercises } exercise
       *[other] { $exercises } exercises
    }, no mistakes
course-nothing-to-cite = the explanation cites { $place }, but nothing like that was observed
course-mistakes = { $mistakes ->
        [one] { $mistakes } mistake
       *[other] { $mistakes } mistakes
    }
course-untranslated = { $language }: { $missing } of { $of } texts are not translated; its readers get them in English
course-none = there is no course in { $folder }: neither a folder `questions` nor a folder `exercises`
course-not-yours = { $file } belongs to user { $owner }, who is neither you nor root. A course decides which programs are run, so this one was not read
course-not-yours-hint = if you trust it: --course { $folder } (or { $variable }={ $folder }); for the built-in course: --builtin (or { $variable }={ $built_in })
source-built-in = built in, sha256 { $hash }
source-copy = from { $folder }, the same as the built-in one, sha256 { $hash }
source-own = from { $folder }, sha256 { $hash }
source-replaces = from { $folder }, which replaces the built-in one of this name (--builtin ignores folders), sha256 { $hash }
soak-change = { $program }, { $case }: { $outcome } now, but not always
soak-otherwise = Otherwise:
soak-passed = passed
soak-failed = failed
soak-skipped = not run
soak-missing = not run, because a tool is missing: { $program }
soak-unavailable = { $checks ->
        [one] { $checks } check
       *[other] { $checks } checks
    } had a case that could not be run here, and did not count
soak-copy = To have the files first: { $command }
soak-programs = { $programs ->
        [one] { $programs } program
       *[other] { $programs } programs
    }
soak-questions = { $questions ->
        [one] { $questions } question
       *[other] { $questions } questions
    }
soak-both = { $questions } and { $programs }
soak-one-exercise = a command is checked for one exercise: name that one, and no question
soak-total = { $checks } of { $of } checks of { $what }, { $repeated } of them more than once, beside { $load ->
        [one] { $load } busy loop
       *[other] { $load } busy loops
    } in { $took }: { $changes ->
        [0] no verdict changed
        [one] { $changes } verdict changed
       *[other] { $changes } verdicts changed
    }
course-none-hint = name the folder that has them, or none: then socklab looks for the nearest folder `course`, here and in parent folders
course-unanswered = something happened that the question does not cover. The ladder below shows what was observed; for an answer, this was missing:
course-lacks = the answer `{ $answer }` lacks the evidence `{ $name }`
course-marks = line { $line }: { $what }
course-not-run = a case could not be run
course-elsewhere = not judged: it needs names or a port of its own, and here they are those of the machine
course-does-not-pass = it should pass, but does not: { $cases }
course-starter-passes = it should not pass, but passes as it is: in the solution, GAP … END should enclose what students are to write
course-fails-others = it should fail { $wanted }, but fails { $failed }
course-no-case = no case
course-copy-exists = { $folder } already exists: it is not touched
course-copy-unknown = there is no question or exercise “{ $name }”
course-copy-next = They are yours to change. Then: { $command }
ask-the-end = the end of the stream
ask-got-nothing = nothing, and the connection is still open
ask-got-empty = a datagram without a byte
ask-got-end = the end of the stream, without a byte
ask-got-reset = a reset (RST), without a byte
ask-got-no-datagram = nothing
