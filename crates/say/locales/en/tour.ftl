# What the tour says.

tour-title = The tour: every program of the course, run for real and checked
tour-opening = { $stops } stops, all on this machine, no network needed. Lines that start with $ are commands you can type.
tour-is-a-page = { $path }: the tour is one page, so its name must end in .html
tour-no-loopback = 127.0.0.1 can't be reached: the loopback interface, lo, is down ({ $reason })
tour-lost = a datagram sent there did not arrive
tour-pause = Enter: go on.  Ctrl-C: stop.
tour-other-port = (port { $wanted } is taken, or old connections linger on it in TIME_WAIT: { $port } instead)
tour-untraced = (without a drawing: { $reason })
tour-folded = { $lines ->
        [one] { $lines } more line
       *[other] { $lines } more lines
    }
tour-seen = but: { $seen }
tour-questions = Two questions of the course, answered by running them
tour-no-evidence = the evidence shows none of the expected answers
tour-verdict = Verdict
tour-program = Program
tour-shows = What it shows
tour-checks = Checks
tour-passed = passed
tour-failed = failed
tour-skip = Skip to the first stop
tour-back = Back to the verdict
tour-in-words = The drawing in words
tour-total = { $verified } of { $programs } programs verified in { $time }
tour-next = Next: socklab learn (the whole course, one step at a time), or socklab show server-03 (read one program)

check-success = it succeeded (exit code 0)
check-failure = it ended with exit code { $code }
check-ended-by-signal = a signal ended it
check-host-name = the kernel says the same in /proc/sys/kernel/hostname: { $name }
check-addresses = { $source } gives the same addresses
check-addresses-seen = the program gives { $printed }; { $source } gives { $answer }
check-service = { $source } says the same: { $port } is { $name }
check-time = the time is that of this machine's clock
check-offset = server and client use the same clock, and the offset shows it: { $offset } s
check-ntp-served = the server received the request and answered it
check-descriptor = the descriptor is 3: input, output and errors have 0, 1 and 2
check-connected = the client says that it is connected
check-no-request = the server saw the connection, but no request on it
check-request-sent = the client sent its request
check-request-seen = the server read it and answered 200
check-status = the client printed the status line: 200
check-page = the page is whole: the same { $bytes } bytes that the server has
check-recv-calls = it took { $calls } recv calls, the last of which returned 0
check-bound = the port was free, and bind succeeded: { $port }
check-port-taken = where another socket listens ({ $port }), the same program fails: Address already in use
check-same-address = client and server name the same address for the client: { $address }
check-received = the server received all { $bytes } bytes
check-answer = the client got exactly “{ $answer }”
check-all-answered = { $clients } clients were answered, one after another
check-still-listening = and the server still listens on { $port }
check-greeted = client { $client } was connected and greeted
check-reverse-order = they spoke in reverse order, and each was answered at once
check-threads = the server had all three at the same time
check-datagram = one datagram of { $bytes } bytes arrived
check-upper = the answer came from the server, in upper case, ñ too: { $answer }
check-pieces = the { $pieces } pieces of at most 16 bytes make up the message
check-echoed = the server echoed { $bytes } bytes
