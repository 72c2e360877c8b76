# What `exercise`, `check` and `check --watch` say.

cmd-exercise = Programs to write yourself: a list of them, and files to begin with
cmd-exercise-list = List the exercises, and what you have done
cmd-exercise-start = Write the files to begin with, and the page that says what is expected
cmd-exercise-solution = Show the model solution of an exercise that you have solved
cmd-hint = Give the next hint for what did not pass in the last check
cmd-check = Run your program, case by case, and say what it does

arg-exercise-list-json = Print JSON, for scripts
arg-exercise-start-name = An exercise, as `socklab exercise list` names it
arg-exercise-start-code = The language to write it in (default: python)
arg-exercise-start-force = Begin again; existing files are kept under another name
arg-exercise-start-folder = Where to put the files (default: a folder with the exercise's name)
arg-exercise-solution-name = An exercise, as `socklab exercise list` names it
arg-exercise-solution-code = The language of the solution (default: that of your file, or python)
arg-exercise-solution-gap = Only the lines of this gap
arg-exercise-solution-diff = What the solution does differently from this file (default: the file that `exercise start` wrote)
arg-exercise-solution-anyway = Show it even though the exercise is not solved yet
arg-hint-name = An exercise (default: the one whose file is here)
arg-hint-all = All hints at once, from the first
arg-hint-json = Print JSON, for scripts
arg-check-name = An exercise, as `socklab exercise list` names it (default: the one that this folder, or a file here, is named after)
arg-check-watch = Check again whenever the file is saved
arg-check-format = The format of the report (default: text), for people: text; for scripts: json; for other tools: junit, gradescope, gradescope-html, classroom50, check50
arg-check-json = Print JSON, for scripts: the same as --format json
arg-check-case = This case only
arg-check-seed = Use the same random bytes as the check with this number
arg-check-sandbox = Run it in a sandbox: it sees the system and its own folder, changes nothing outside, and has limits on memory, processes, output and files; the report says what it tried. Where that is not possible, it is not run (exit code 3). A file of another user runs so without being asked, where it is possible
arg-check-no_sandbox = Run it without isolation: it could reach those who judge it, and the report says so
arg-check-require_isolation = Run it only where it can be isolated from those who judge it (otherwise exit code 3; by default the report says that it was not)
arg-check-command = Your program and its arguments, in which {"{"}port{"}"} and {"{"}host{"}"} are filled in, and {"{"}args{"}"}, as a word of its own, by all arguments of the case; or its source file, which gets them by itself (default: the file that `exercise start` wrote)
arg-course-check-only = Run only the question or the exercise of this name

examples-exercise-start =
    $ socklab exercise start echo-server
    $ socklab exercise start echo-server --in c ~/sockets
examples-check =
    $ socklab check echo-server  # the file that `exercise start` wrote
    $ socklab check echo-server --watch  # and again whenever it is saved
    $ socklab check echo-server -- python3 my-server.py {"{"}port{"}"}
    $ socklab check echo-server -- ./my-server  # a fixed port works too
    $ socklab check tcp-client -- my-client.c
    $ socklab check echo-server --builtin -- ./my-server  # whatever `course` lies here
    $ socklab check echo-server --json -- ./my-server | jq '.passed, .cases[].did.rule'
    Isolation and exit codes, by what the machine allows (socklab course format):
      option               namespaces         no own processes  no namespaces
      none                 isolated, 0 or 1   open, 0 or 1      open, 0 or 1
      --no-sandbox         open, 0 or 1       open, 0 or 1      open, 0 or 1
      --require-isolation  isolated, 0 or 1   not run, 3        not run, 3
      --sandbox            sandboxed, 0 or 1  not run, 3        not run, 3
      open: run without isolation; the report says so first ("isolated": false).
      sandboxed: isolated, files hidden, with limits (3 if a mount is refused).
    Exit codes: 0 what the exercise is about works, 1 it does not, 2 usage error, 3 could not be run here.
    JSON: source.sha256 says which exercise judged; isolated; of each case its state, did (rule and cause: what the program did), problem and all fitting hints. All keys: socklab course format, “What a script reads”.

examples-exercise-solution =
    $ socklab exercise solution socket-03
    $ socklab exercise solution socket-03 --diff  # beside your file
    $ socklab exercise solution socket-03 --in c
    $ socklab exercise solution socket-03 --gap connect --anyway  # not solved yet
    Exit codes: 0 it is shown, 1 the exercise is not solved yet, 2 usage error.
examples-hint =
    $ socklab check socket-03  # something does not pass
    $ socklab hint socket-03  # the next hint for it, more precise each time
    $ socklab hint socket-03 --all
    Exit codes: 0 there was a hint, 1 there is none (any more), 2 usage error.

exercise-next = Begin: socklab exercise start NAME.  ✓ does what is asked   · begun
unknown-exercise = there is no exercise “{ $name }”
start-exists = { $file } already exists, and differs from the starter: it is not touched
start-force = to begin again, keeping a copy: { $command }
not-offered = { $name } is not offered in { $code }, only in { $known }
start-there = { $file } already exists, as it was at the beginning.
start-kept = What was there is kept in { $file }
start-written = { $file } has { $gaps ->
        [one] { $gaps } gap
       *[other] { $gaps } gaps
    } (TODO) to fill in.
start-makes = { $prompt } Result: { $names }
start-page = { $file } says what is expected.
start-check = Then: { $command }

guess-file = Exercise { $name }, because of { $file }
guess-folder = Exercise { $name }, as this folder is called
guess-none = which exercise is the program for?
guess-several = which exercise? Several have been begun here

check-core = What the exercise is about
check-robust = What a robust program does as well
# $owner is the id of a user: 1001
check-foreign = { $file } belongs to another user ({ $owner }), so it runs in a sandbox (without: --no-sandbox)
check-open = This program was not isolated: it could have reached those who judge it, and forged what follows ({ $why })
check-points-core = Exercise: { $points } points
check-points-unknown = Robust: not known ({ $case } could not be run here)
check-points-robust = Robust: { $points } points
check-skipped = not run: { $case } must pass first
check-no-place = not run, because this case gives your program other arguments (`{ $arguments }`), and nobody can tell where they belong in your command. Write {"{"}args{"}"} there, as a word of its own, as in: -- ./my-program {"{"}args{"}"}
check-timed-out = took too long
check-infra = could not be run here
check-refused = { $command }: the compiler did not accept it
check-missing = { $tool } is not installed, or is not in PATH
check-missing-hint = this says nothing about your program: install it, or give another command after --
check-folder = { $tool } is a folder
check-folder-hint = name the program in it: socklab check EXERCISE -- COMMAND
check-not-executable = { $tool } is here, but it is not a program that can be run as it is
check-not-executable-hint = say what runs it, as in: -- INTERPRETER FILE
runs-as = run it like this: { $command }
runs-compiled = first: { $compile }, and then: { $command }
check-special = { $tool } is { $kind ->
    [fifo] a FIFO
    [socket] a socket
   *[device] a device
}, not a source file
check-special-hint = write the program into a regular file
check-no-file = there is no file { $tool } here
check-no-file-hint = check its name, and the folder you are in
check-nothing = there is nothing to check here: no { $name }.py, { $name }.rs or { $name }.c
check-nothing-hint = begin with: socklab exercise start { $name }; or name your program: socklab check { $name } -- COMMAND

label-run-as = Run as:
label-why = Why:
label-hint-next = Next hint ({ $number } of { $all }):
label-hint-level = Hint { $number } of { $all }:
label-hint-gap = Hint { $number } of { $all } for gap { $gap }, “{ $name }”:
label-hint-on = Hint { $number } of { $all }, on “{ $name }”:
label-hint = Hint:
check-own-rules = With your rules this is another case: what happened in it is all that it says, and there is no hint.
label-again = See it again:

why-gap = Gap { $number }, “{ $name }”, is still open in line { $line }: { $prompt }
why-printed = { $who } printed:
why-expected = Expected: { $what }.
why-not-expected = Not expected: { $what }.

got-nothing = Nothing like that happened.
got-all-the-same = But that is what happened.
got-different = It was done, but not like that: see the marked lines.
got-times = It happened { $got ->
        [one] { $got } time
       *[other] { $got } times
    }; expected: { $wanted }.
got-exit = But: { $exit }.
got-running = But it was still running at the end.
got-no-bytes = But there was not a single byte.
got-bytes = But it was “{ $bytes }” ({ $total ->
        [one] { $total } byte
       *[other] { $total } bytes
    }).
got-waited = It came after { $time }.
got-bytes-right = But it was “{ $bytes }” ({ $total ->
        [one] { $total } byte
       *[other] { $total } bytes
    }): of those expected, only the first { $right } are right.
got-bytes-fit = But it was “{ $bytes }” ({ $total ->
        [one] { $total } byte
       *[other] { $total } bytes
    }), of which only the first { $right } fit.
got-unclear = The recording holds only the beginning of what was sent, which is not enough to decide.

want-call = { $who } calls { $call }{ $object }
want-end-of-stream = { $who } reads the end of { $peer }’s stream (recv returns 0) at that moment
want-close = { $who } closes its socket to { $peer } (close)
want-sent = { $who } sends { $bytes }
want-received = { $who } receives { $bytes }
want-exit = { $who } ends with { $exit }
want-failure = { $who } ends with an exit code other than 0
want-call-bytes = { $what }: { $bytes }
want-before = { $what } (before { $before })
want-waited = { $what }, and { $range } ms have passed since { $since }
want-end = { $who } ends
want-running = { $who } is still running at the end
want-output = { $who } prints { $bytes }
want-stdout = on standard output, { $who } prints { $bytes }
want-stderr = on standard error, { $who } prints { $bytes }
bytes-equal = exactly “{ $bytes }”
bytes-start = something that begins with “{ $bytes }”
bytes-contain = something with “{ $bytes }” in it
bytes-start-like = something that begins with this: { $what }
bytes-contain-like = something with this in it: { $what }
bytes-first = bytes of which the first is one of { $bytes }
bytes-length-first = { $length }, the first of them one of { $bytes }
bytes-some = something
bytes-contain-once = something with “{ $bytes }” in it, once
bytes-contain-whole = something with “{ $bytes }” in it, and after it nothing that is not text
bytes-length = { $range } { $last ->
        [one] byte
       *[other] bytes
    }
range-least = at least { $least }
range-most = at most { $most }
range-between = { $least } to { $most }

want-response = { $who } receives an HTTP response{ $what }
want-request = { $who } sends an HTTP request{ $what }
http-status = status { $status }
http-body = a body that is { $bytes }
http-nothing = But not a single byte came.
http-status-line = But its first line is not a status line such as “HTTP/1.1 200 OK”: “{ $line }”
http-request-line = But its first line is not a request line such as “GET / HTTP/1.1”: “{ $line }”
http-line-end = But this line ends in \n instead of \r\n: “{ $line }”
http-field = But this line, before the empty line, is not a header field such as “Name: value”: “{ $line }”
http-no-empty-line = But no empty line (\r\n\r\n) ends the header, whose last line is “{ $line }”
http-length = But Content-Length is not one number: “{ $value }”
http-short = But Content-Length announces { $announced }, and { $got ->
        [one] { $got } byte
       *[other] { $got } bytes
    } came.
http-surplus = But after its end came { $total ->
        [one] { $total } more byte
       *[other] { $total } more bytes
    }: “{ $bytes }”
http-endless = But it has no Content-Length, and the connection stays open: nobody can know where the body ends.
http-chunk = But the body is not made of chunks, as Transfer-Encoding announces.
http-other-status = But its status is { $status }.
http-other-header = But it says { $name }: { $value }
http-no-header = But its header has no { $name }.

did-leave-processes = Note: { $actor } ended and left { $count ->
        [one] { $count } running process behind, which was ended
       *[other] { $count } running processes behind, which were ended
    }.
did-poll = Note: { $actor } polls without pausing: { $calls } calls asked for something that had not happened. It works, but one call that waits (select, poll) would not keep a processor busy.
did-print = Note: { $actor } printed { $bytes ->
        [one] { $bytes } byte
       *[other] { $bytes } bytes
    }.

hint-nothing = there is no hint for { $name }: either everything passed in the last check, or there was none
hint-nothing-hint = check it first: { $command }
hint-no-more = { $all ->
    [one] that was the only hint for { $name }
   *[other] those were all { $all } hints for { $name }
}
hint-no-more-hint = to see them again: { $command }
solution-too-early = { $name } is not solved yet ({ $earned } of { $all } points): the model solution would take away the best part
solution-unchecked = { $name } is not solved yet: the model solution would take away the best part
solution-too-early-hint = a hint: socklab hint { $name }; to see the solution all the same, add --anyway
solution-no-gap = the solution of { $name } has no gap “{ $gap }”
solution-model = the model solution
solution-same = There is no difference.

watch-no-terminal = --watch needs a terminal
watch-keys = h hint{ $next }  n next  p back  l list  r run  x reset  q quit
watch-busy = The check is running: r starts it again, q quits.
watch-unsolved = { $name } is not solved yet. n again goes on to { $next } all the same. Any other key: no.
passed-runs = Running the model solution …
passed-yours = Your program
passed-model = The model solution
passed-diff = From your program (-) to the model solution (+)
passed-ladder-yours = Your program in the case { $case }:
passed-ladder-model = The model solution in the case { $case }, with the same random bytes:
passed-no-ladder = The model solution could not be run here: { $why }
passed-robust = Your program does all that a robust one does.
passed-robust-left = What a robust program would do as well:
passed-key-space = space next page
passed-key-back = b back
passed-key-diff = d diff
passed-key-both = d both programs
passed-key-next = n on to { $next }
passed-key-quit = q quit
watch-first = There is nothing before this exercise.
watch-select = Exercises
watch-waiting = Open { $file } in an editor, in another terminal: each time you save it, it is checked.
watch-all = All points. n goes on: the model solution beside yours first, then what comes next.
watch-core = The exercise is done. The remaining points are for a robust program; n goes on.
watch-reset = x again: back to the starter (a copy of your file is kept). Any other key: no.
watch-kept = Your file is kept in { $file }.
watch-last = That was the last exercise.
watch-no-hint = There is no hint: nothing has failed.
watch-no-more-hints = { $all ->
    [one] That was the only hint. h shows it again.
   *[other] Those were all { $all } hints. h begins again with the first.
}
watch-no-file = --watch needs a file to watch: name it after --
watch-ended = Bye. Again: socklab check { $name } --watch
hint-call = { $call }   ({ $man })
hint-man = It is described in { $man }.
hint-undo = Undo your last changes until it compiles again. Then make them again in small steps, and compile after each.
hint-solution-lines = { $lines ->
    [one] The model solution does it in one line:
   *[other] The model solution does it in { $lines } lines:
}
hint-solution = The model solution shows how:

build-limit = { $command }: does not compile within the limits: { $what }
build-limit-asleep = the compiler waited { $time } for something that the file names and that never came: does it include a FIFO, a device or a terminal?
build-limit-processor = the compiler had worked for { $time } and was not finished: does a macro, a template or a constant expand without end?
build-limit-memory = the compiler needed more than { $mib } MiB of memory
build-limit-processes = the compiler needed more than { $number } processes and threads
build-limit-written = the program would be larger than { $mib } MiB: does it contain a very large initialised array?
build-broken = { $tool } does not work here, not even for the smallest program, or was killed while it worked:{ $output }
build-broken-hint = this says nothing about your program: try { $tool } on another file; is its toolchain complete, and is there enough memory and room on the disk?
build-busy = { $command }: not finished after { $time }, because this machine is busy
build-busy-hint = this says nothing about your program: try again later
build-call-hint = this says nothing about your program: are there free processes, descriptors and memory (ulimit -a), and can { $folder } be written to?
build-warnings = The compiler warned:
check-not-run = not run, because { $case } did not pass: { $cases }
differs-succeeded = But it succeeded.
differs-failed = But it failed with { $error }.
differs-unfinished = But it never returned.
differs-finished = But it returned.
differs-took = But it took { $got } (expected: { $wanted }).
differs-address = But the address was { $got } (expected: { $wanted }).
differs-peer = But { $got } was at the other end (expected: { $wanted }).
differs-argument = But { $name } was { $got } (expected: { $wanted }).

trouble-not-isolated = not run, because it was to be isolated and that is refused here: { $what }. `socklab doctor` says how to allow it; or check without --sandbox and --require-isolation
trouble-busy = the machine was busy or stood still, and this case is about time: nothing is known about the program. Try again when it is quiet
trouble-out-of-memory = this machine ran out of memory, and the kernel ended a program for that: nothing is known about the program. Try again when less is running
trouble-memory = { $who } and what it had started used more than { $mib } MiB of memory, and were ended
trouble-processes = { $who } had started more than { $number } processes and threads, and all were ended
trouble-output = { $who } printed more than { $mib } MiB, and was ended
trouble-prints = { $who } printed more than { $number } times, and was ended
trouble-processor = { $who } and what it had started used more than { $time } of processor time, and were ended
trouble-written = { $who } wrote more than { $mib } MiB to files, and was ended
trouble-files = { $who } made more than { $number } files and folders, and was ended
