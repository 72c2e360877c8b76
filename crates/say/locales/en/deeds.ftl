# What a program did: the first sentence of the report on a case that it did not pass.

deed-killed = { $who } { $signal ->
        [SIGSEGV] was ended by { $signal }: it used memory that does not belong to it
        [SIGBUS] was ended by { $signal }: it used memory that is not there
        [SIGFPE] was ended by { $signal }: it divided by zero, or the like
        [SIGABRT] aborted ({ $signal })
        [SIGPIPE] was ended by { $signal }: it sent to a connection whose other end was closed
        [SIGSYS] was ended by { $signal }: it made a call that is not allowed here
       *[other] was ended by { $signal }
    }{ $words }.
deed-not-compiled = { $who } did not even begin, because it does not compile: { $error }{ $place }.
deed-raised = { $who } ended with an exception that nobody caught: { $error }{ $place }.
deed-reported = An exception ended a part of { $who }, or was caught and reported; { $who } itself went on: { $error }{ $place }.
deed-wrong-transport = { $who } has a { $got } socket; this exercise speaks { $wanted }.
deed-listens-swapped = { $who } is on port { $port } instead of { $asked }: the two bytes of the port are swapped. Without htons, bind gets them in the wrong order.
deed-listens-by-kernel = { $who } did not choose a port with bind, so the kernel chose { $port }, which nobody can know. It was told { $asked }.
deed-listens-elsewhere = { $who } is on port { $port }, which it chose itself. It was told { $asked }.
deed-never-listened = { $who } bound port { $port }, but never called listen, so that nobody can connect; { $now }.
deed-connects-instead = { $who } should wait for clients (bind), but it connects to { $address } as a client does.
deed-connected-elsewhere = { $who } went to { $address }. Its server was on port { $asked }.
deed-connect-failed = { $who } could not connect to { $address } ({ $error }); { $now }.
deed-failing-loop = { $who } calls { $call } over and over ({ $times } times), although it fails every time with { $error }.
deed-reads-the-end = { $who } calls { $call } over and over ({ $times } times) after the end of the stream: that { $call } returns 0 bytes is the end.
deed-failed-and-ended = In { $who }, { $call } failed with { $error }, and it ended ({ $exit }){ $words }.
deed-ended-early = { $who } ended ({ $exit }) before it was ready{ $words }.
deed-never-connected = { $who } never called connect; { $now }.
deed-spins = { $who } runs at full speed without making any call: a loop that does not end, or a very long calculation.
deed-waits-for-typing = { $who } is waiting for somebody to type (it reads its standard input), and nobody does.
deed-never-accepted = { $peer } connected, but { $who } never accepted the connection: { $now }.
deed-ignores-one = { $who } did not read what { $peer } sent, because it was waiting for { $other }.
deed-printed-instead = { $who } read { $read ->
        [one] { $read } byte
       *[other] { $read } bytes
    } from { $peer }, printed what it should have sent, and sent nothing; { $now }.
deed-answered-another = { $who } sent to { $other } what was for { $peer }.
deed-unasked = { $who } sent “{ $bytes }” to { $peer } before it had read anything.
deed-closed-early = { $who } closed the connection with { $peer } after reading { $read ->
        [one] { $read } byte
       *[other] { $read } bytes
    } and sending none.
deed-read-and-silent = { $who } read { $read ->
        [one] { $read } byte
       *[other] { $read } bytes
    } from { $peer } and sent nothing; { $now }.
deed-read-nothing = { $who } read none of the { $offered ->
        [one] { $offered } byte
       *[other] { $offered } bytes
    } that { $peer } sent; { $now }.
deed-sent-nothing = { $who } connected to { $peer } and sent nothing; { $now }.
deed-answered-partly = { $who } read { $read ->
        [one] { $read } byte
       *[other] { $read } bytes
    } from { $peer } and sent { $sent ->
        [one] { $sent } byte
       *[other] { $sent } bytes
    } in all; { $now }.
deed-keeps-open = { $who } did not close its connection with { $peer }; { $now }.
deed-hid-failure = In { $who }, { $call } failed with { $error }, and its exit code says nevertheless that all went well (0).
deed-printed-nothing = { $who } read { $read ->
        [one] { $read } byte
       *[other] { $read } bytes
    } and printed nothing; { $now }.
deed-still-running = { $who } should have ended; { $now }.
deed-ended = { $who } has ended ({ $exit }){ $words }.

deed-place = { " " }(line { $line } of { $file })
deed-no-place = { "" }
deed-words = . Its last words: “{ $words }”
deed-no-words = { " " }without a word

now-ended = it has ended ({ $exit })
now-call = it is waiting in { $call }
now-call-with = it is waiting in { $call } for { $peer }
now-stdin = it is waiting for somebody to type (stdin)
now-sleeps = it is sleeping
now-lock = it is waiting for a lock or for another of its threads
now-child = it is waiting for a process that it started
now-signal = it is waiting for a signal
now-running = it is still running
