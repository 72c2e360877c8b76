# What a program did: the first sentence of the report on a case that it did not pass.

# source: signal(7); SIGPIPE: send(2), EPIPE
deed-killed = { $who } { $signal ->
        [SIGSEGV] was ended by { $signal }: it used memory that does not belong to it (a wrong pointer or index, or too deep a recursion)
        [SIGBUS] was ended by { $signal }: it used memory that is not there
        [SIGFPE] was ended by { $signal }: it divided by zero, or the like
        [SIGABRT] aborted ({ $signal })
        [SIGPIPE] was ended by { $signal }: it sent on a connection that its other end had closed, or that was never made
        [SIGSYS] was ended by { $signal }: it made a call that is not allowed here
       *[other] was ended by { $signal }
    }{ $words }.
deed-not-compiled = { $who } did not even begin, because it does not compile: { $error }{ $place }.
deed-raised-text = { $who } uses text (str) where bytes are needed, without encode(), and ended with an exception: { $error }{ $place }.
deed-raised = { $who } ended with an exception that nobody caught: { $error }{ $place }.
deed-thread-raised = A thread of { $who } ended with an exception that nobody caught: { $error }{ $place }. { $who } itself went on.
deed-reported = { $who } printed an exception: { $error }{ $place }; { $now }.
deed-wrong-transport = { $who } has a { $got } socket; this exercise speaks { $wanted }.
# source: ip(7): sin_port is in network byte order; htons(3)
deed-listens-swapped = { $who } is on port { $port } instead of { $asked }: the two bytes of the port are swapped. Without htons, bind gets them in the wrong order.
# source: ip(7): listen or send on a socket that is not bound gets an ephemeral port
deed-listens-by-kernel = { $who } did not choose a port with bind, so the kernel chose { $port }, which nobody can know. It was told { $asked }.
deed-listens-elsewhere = { $who } is on port { $port }, which it chose itself. It was told { $asked }.
deed-never-listened = { $who } bound port { $port }, but never called listen, so that nobody can connect; { $now }.
deed-connects-instead = { $who } should wait for clients (bind), but goes to { $address } itself, as a client does.
deed-serves-instead = { $who } should go to the server, but calls { $call }, as a server does.
deed-ignored-failure = In { $who }, { $call }{ $address ->
        [none] { "" }
       *[other] { " " }{ $address }
    } failed with { $error }, and { $who } went on as if it had worked.
deed-listens-for-six = { $who } is at { $address } only, where clients come over IPv6. Those that ask for 127.0.0.1 find nobody.
deed-never-bound = { $who } never called bind, so its UDP socket has no port that anybody could know; { $now }.
deed-connected-swapped = { $who } went to { $address }. Its server was on port { $asked }: the two bytes of the port are swapped. Without htons, connect and sendto get them in the wrong order.
deed-connected-elsewhere = { $who } went to { $address }. Its server was on port { $asked }.
deed-connect-failed = { $who } could not connect to { $address } ({ $error }); { $now }.
deed-failing-loop = { $who } calls { $call } over and over ({ $times } times), although it fails every time with { $error }.
deed-reads-the-end = { $who } calls { $call } over and over ({ $times } times) after the end of the stream: a read that returns 0 bytes has reached it.
deed-failed-and-ended = In { $who }, { $call } failed with { $error }, and it ended ({ $exit }){ $words }.
deed-ended-early = { $who } ended ({ $exit }) before it had { $before }{ $words }.
deed-never-connected = { $who } never called connect; { $now }.
deed-never-sent = { $who } has not sent anything to anybody; { $now }.
deed-spins = { $who } runs at full speed without making any call: a loop that does not end, or a very long calculation.
deed-waits-for-typing = { $who } is waiting for somebody to type (it reads its standard input), and nobody does.
deed-accept-failed = In { $who }, accept failed with { $error }; { $now }.
deed-never-accepted = { $peer } connected, but { $who } never accepted the connection: { $now }.
deed-ignores-one = { $who } did not read what { $peer } sent, because it was waiting for { $other }.
deed-printed-instead = { $who } printed what it should have sent to { $peer }, and sent nothing{ $read ->
        [0] {""}
        [one] , having read { $read } byte
       *[other] , having read { $read } bytes
    }; { $now }.
deed-printed-typed = { $who } printed what had been typed, and sent nothing to { $peer }; { $now }.
deed-answered-another = { $who } sent to { $other } what was for { $peer }.
deed-unasked = { $who } sent “{ $bytes }” to { $peer } before it had read anything from { $peer }.
deed-closed-unasked = { $who } closed its connection with { $peer }, on which nobody had said anything yet; { $now }.
deed-closed-early = { $who } closed the connection with { $peer } after reading { $read ->
        [0] nothing
        [one] { $read } byte
       *[other] { $read } bytes
    } and sending nothing; { $now }.
deed-read-and-silent = { $who } read { $read ->
        [one] { $read } byte
       *[other] { $read } bytes
    } from { $peer } and sent nothing; { $now }.
deed-passed-nothing-on = { $who } read { $read ->
        [one] { $read } byte
       *[other] { $read } bytes
    } from { $other } and sent nothing to { $peer }; { $now }.
deed-closed-too-soon = { $who } closed the connection with { $peer } before it had answered everything; { $now }.
deed-greeted-only = { $who } sent “{ $bytes }” to { $peer }, then read { $read ->
        [one] { $read } byte
       *[other] { $read } bytes
    }, and has not answered; { $now }.
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
deed-left-unanswered = { $who } answered { $peer } before, then read { $read ->
        [one] { $read } byte
       *[other] { $read } bytes
    } from { $peer } and sent nothing; { $now }.
deed-not-sent-again = { $who } sent { $peer } a datagram of { $sent ->
        [one] { $sent } byte
       *[other] { $sent } bytes
    }, got no answer, and did not send it again; { $now }.
deed-another-socket = { $who } answered { $peer }, but through a different socket from the one that was asked.
deed-sent-elsewhere = { $who } read what { $peer } had sent, and then sent to { $address }, where { $peer } is not.
deed-sent-partly = { $who } called { $call } once with { $asked } bytes for { $peer }. The kernel took { $taken } of them, and { $then }.
deed-sent-twice = { $who } sent { $peer } the right answer, and then sent it again.
deed-added-line-end = { $who } sent { $peer } the right bytes, and a line end (“{ $bytes }”) behind them.
deed-added-zeros = { $who } sent { $peer } the right bytes, and behind them { $count ->
        [one] a byte that is 0 (NUL)
       *[other] { $count } bytes that are 0 (NUL)
    }.
deed-added-bytes = { $who } sent { $peer } the right bytes, and { $count ->
        [one] 1 more byte
       *[other] { $count } more bytes
    } behind them.
deed-sent-notation = { $who } sent { $peer } “{ $bytes }”: that is how Python writes bytes in a program, not the bytes themselves.
deed-sent-unchanged = { $who } sent back to { $peer } what it had read, unchanged.
deed-sent-other = { $who } sent “{ $bytes }” to { $peer }. Something else was expected.
deed-keeps-open = { $who } did not close its connection with { $peer }; { $now }.
deed-hid-failure = In { $who }, { $call } failed with { $error }, and its exit code says nevertheless that all went well (0).
deed-printed-nothing = { $who } read { $read ->
        [one] { $read } byte
       *[other] { $read } bytes
    } and printed nothing; { $now }.
deed-read-less = { $who } read { $read ->
        [0] none
       *[other] only { $read }
    } of the { $offered ->
        [one] { $offered } byte
       *[other] { $offered } bytes
    } that { $peer } sent; { $now }.
deed-printed-twice = { $who } printed “{ $bytes }” { $times } times; once was asked for.
deed-printed-more = { $who } printed what it should, and right behind it bytes that are not text: “{ $bytes }”.
deed-printed-other = { $who } read “{ $bytes }” from { $peer }, but printed something else.
deed-ended-with-failure = { $who } ended with { $exit }, by which a program says that it has failed{ $words }.
deed-still-running = { $who } should have ended; { $now }.
deed-ended = { $who } has ended ({ $exit }){ $words }.

deed-place = { " " }(line { $line } of { $file })
deed-no-place = { "" }
deed-words = . Its last words: “{ $words }”
deed-no-words = , without a word

then-not-there = what { $who } sent next does not go on there
then-no-more = { $who } did not send the rest

before-listening = listened for connections (listen)
before-bound = a UDP socket with a port of its own (bind)
before-connected = connected (connect)

now-ended = it has ended ({ $exit })
now-call = it is waiting in { $call }
now-call-with = it is waiting in { $call } for { $peer }
now-stdin = it is waiting for somebody to type (stdin)
now-sleeps = it is sleeping
now-lock = it is waiting for a lock or for another of its threads
now-child = it is waiting for a process that it started
now-signal = it is waiting for a signal
now-running = it is still running

# Advice that is true of every program that did this: of a cause, or of a rule.

advice-python-2 = This is written in Python 2, and Python 3 runs it here: print("…") has parentheses, errors are caught with “except OSError as error”, raw_input is called input, and text is sent as bytes, with .encode().
advice-text-for-bytes = The network carries bytes. Text becomes bytes with .encode(), and bytes become text with .decode().
advice-bytes-for-text = recv returns bytes, not text. Bytes become text with .decode() in Python, with .toString() in Node; text becomes bytes with .encode(), or Buffer.from().
advice-number-is-text = What comes from the command line is text. A port is a number: int("8000").
# source: Python, socket.accept and socket.recvfrom
advice-pair = This call returns two things at once, a pair: client, address = server.accept(), and data, address = sock.recvfrom(2048).
advice-not-text = Not everything that arrives is text in UTF-8, and a letter such as ñ may arrive in two pieces. Work with bytes for as long as possible.
advice-input-ended = The input had ended, and the program asked for another line. How many lines does the exercise promise?
advice-time-limit = The program set a time limit for its calls, and it ran out. Without one, it waits for as long as it takes.
advice-closed-already = The program had closed this socket before. Close it only once nothing more is to be done with it.
advice-unknown-name = The line named there uses a name that nobody has defined: a spelling mistake, or an import that is missing?
advice-no-module = The module is not installed here. The standard library is enough for this exercise.
advice-recursion = A function calls itself again and again. What should make it stop?
# source: Go: “all goroutines are asleep - deadlock!”
advice-all-asleep = All goroutines wait for each other, and none can go on: who should have sent on that channel, or unlocked that lock?
advice-peer-vanished = The other end is gone. That ends one conversation, and need not end the program.
# source: C and Go: argv[0], os.Args[0]; Java: main's args; Node: process.argv
advice-no-argument = The program asked for an argument that it did not get. In Python, C and Go, number 0 is the program itself and 1 the first argument; in Java the first has number 0; in Node it is process.argv[2].
# source: listen(2): SOCK_STREAM and SOCK_SEQPACKET only
advice-udp-has-no-listen = listen and accept are for TCP. A UDP socket has no connections: bind it, and call recvfrom.
# source: ip(7), ip_unprivileged_port_start (1024 by default)
advice-low-port = Ports below 1024 belong to the administrator. Use the port that the program is given.
advice-ignored-failure = A call that fails says so (in C it returns -1, and errno or perror says why). Look at it before you go on, and end with an error.
advice-fault = In C, compile with -g -fsanitize=address,undefined and run the program by hand: it then names the line. Does every argument exist, is every pointer set, is every buffer large enough?
advice-not-compiled = Begin with the first error that the compiler names. The others often follow from it.
advice-wrong-transport = SOCK_STREAM (in Java Socket and ServerSocket) is TCP, SOCK_DGRAM (DatagramSocket) is UDP.
advice-listens-swapped = In C: address.sin_port = htons(port).
advice-connected-swapped = In C: address.sin_port = htons(port).
advice-listens-by-kernel = bind gives a socket its port: it comes before listen, and takes the port that the program was given.
advice-listens-elsewhere = The port is an argument of the program. Take it from there, and it will be right everywhere.
advice-connected-elsewhere = Host and port are arguments of the program. Take both from there.
advice-listens-for-six = Bind to "" or 0.0.0.0 (in C INADDR_ANY): then clients reach the server at each of its addresses.
advice-never-listened = After bind, listen: it makes the socket one that waits for connections.
advice-never-bound = A server binds its socket to the port that it was given. Only then can datagrams arrive there.
advice-connects-instead = A server is told a port and waits there: bind, then (over TCP) listen and accept.
# source: ip(7): a socket that is not bound gets a port when it connects or sends
advice-serves-instead = A client needs no bind and no listen. It connects to the server's address (over UDP, sendto is enough).
advice-waits-for-typing = Nobody sits at this program's keyboard. What it needs comes over the network, or as an argument.
advice-spins = Which loop can be left only if something changes that never changes?
advice-failing-loop = The call fails for a reason that does not go away by itself. Leave the loop when it fails.
# source: recv(2), RETURN VALUE
advice-reads-the-end = recv returning 0 bytes is not “nothing yet”: it is the end, for ever. Leave the loop.
advice-added-line-end = println, puts and a line read together with its end all add one. Send the bytes that were asked for, and no more.
advice-added-zeros = Send as many bytes as there are to send: what recv returned, or strlen, and not the size of the buffer, nor the NUL that ends a string in C.
advice-added-bytes = Send what was asked for and no more: in C as many bytes as recv or strlen says, and not the size of the buffer.
# source: send(2), RETURN VALUE
advice-sent-partly = send returns how many bytes the kernel took. Send the rest until all are taken; in Python, sendall does that.
advice-sent-twice = Follow your program from recv to the next recv: where does it send?
advice-sent-notation = str(data) is for people who debug. Send data itself; where you need text, data.decode().
advice-sent-elsewhere = recvfrom tells who sent the datagram: that address is where the answer goes.
advice-printed-typed = print writes on the terminal. What should travel goes into send.
advice-closed-early = Close a connection only after the answer has been sent.
advice-ended-with-failure = A program that has done its task ends with 0: in C, return 0 at the end of main; in Python, no sys.exit with another number.
# source: recv(2); printf(3), precision of %s
advice-printed-more = recv returns how many bytes came, and writes no NUL behind them. Print that many: printf("%.*s", (int) length, buffer), or fwrite.
# source: Python, threading.excepthook
advice-thread-raised = An exception in a thread ends that thread only, and its client waits. Mend the line named above.
# source: bind(2), EINVAL: the socket is bound already
advice-bound-already = The order is socket, bind, listen: a socket is bound once, and a socket that listens is bound already.
advice-another-socket = Answer through the socket from which you read the question: clients look at who answers.
advice-printed-other = Print what recv returned as it came, neither changed nor cut.
advice-failed-and-ended = The manual page of that call lists its errors and says what each of them means: for bind, man 2 bind.
advice-raised = The message says what happened and in which line. Begin with the line in your own file: what does each thing in it contain at that moment?
advice-waits-for-more = recv has already returned all that was sent. The other end now waits for the answer, and so nothing more comes: answer before you call recv again. If it has answered, the answer may still lie in a buffer: flush it.
advice-no-file = The program looked for a file that is not there. Which path did it use, and from which folder?
advice-never-connected = A client calls connect, with the host and the port that it was given.
advice-connect-failed = The server was there, but not where the program looked for it. Host and port are its arguments.
advice-read-and-silent = What recv returned is in a variable now. Where does your program send it?
advice-read-nothing = What was sent waits until recv takes it. Why is your program not in recv at that moment?
advice-closed-unasked = The end of one connection is not the end of the others. Close the one on which recv returned 0, and no other.
advice-read-less = What is sent waits until recv takes it, and recv waits until something comes. Call it until you have what you need.
advice-closed-too-soon = As long as the other end has not closed, it may say more. Go back to recv, and close when it returns 0.
advice-greeted-only = The greeting arrived. After it comes the conversation: recv, an answer, and recv again.
advice-passed-nothing-on = What one client writes is for others: keep their connections, and send on each of them.
advice-printed-twice = Follow your program: at which places does it print what it received?
advice-still-running = Its task is done, or cannot be done. What is it still waiting for?
advice-never-sent = A client speaks first: over TCP with connect and send, over UDP with sendto. If it ended without a word, does an except, a catch or an if hide an error?
advice-sent-nothing = To connect is not to speak yet: what should go to the server goes into send, on the socket that is connected.
# source: accept(2), EINVAL and EFAULT
advice-accept-failed = accept takes a socket that listens. In C, its other two arguments are both NULL, or the addresses of a structure for the client's address and of that structure's size.
advice-never-accepted = Who connects is put into a queue, and accept takes one out of it. What does your program wait for instead?
advice-ignores-one = For each client somebody has to wait: a thread of its own, on its own connection; or select (poll), which waits for all of them.
advice-unasked = Send a client nothing before it has sent something: no greeting, and no copy of what others said, unless the exercise asks for it.
advice-sent-unchanged = What recv returned has to be changed before it is sent; a call such as upper() returns the new text, and leaves the old one as it is.
advice-answered-partly = send takes as many bytes as you tell it. Do you pass it all that recv returned? (In C, sizeof of a pointer is 8, whatever it points to.)
advice-keeps-open = The end of a stream is a message too: close the connection once nothing more is to be said on it.
advice-hid-failure = Where a call fails, end with another code than 0: sys.exit(1) in Python, return 1 or exit(1) in C.
advice-printed-nothing = What recv returned is in your program, and nobody sees it there. Print it.
advice-printed-instead = print writes on your own terminal. What the other end should get goes into send.
advice-answered-another = An answer goes to whoever asked: over TCP on the connection from which you read, over UDP to the address that recvfrom returned.
