# `socklab exam`: three questions about the recording of one's own program.

cmd-exam = Ask three questions about what your own program did, once it has passed
arg-exam-name = An exercise, as `socklab exercise list` names it (default: the one that this folder, or a file here, is named after)
arg-exam-student = Draw the questions that belong to this student's id: the same id gets the same ones
arg-exam-seed = Draw the questions that belong to this number
arg-exam-answers = Your answers, for scripts: three letters, as in b,a,c
arg-exam-again = Draw three that you were not asked yet
arg-exam-show = Print the questions and ask nothing: for a sheet of paper. Nothing in it tells the right choices
arg-exam-key = Print the questions with their right choices: for teachers
arg-exam-all = With --key: every question that can be asked about this program, not only three
arg-exam-json = Print JSON, for scripts; with --show, --key or --answers
arg-exam-sandbox = Run it in a sandbox: it sees the system and its own folder, changes nothing outside, and has limits on memory, processes and files. Where that is not possible, it is not run (exit code 3)
arg-exam-no_sandbox = Run it without isolation: it could reach those who judge it
arg-exam-require_isolation = Run it only where it can be isolated from those who judge it (otherwise exit code 3)
arg-exam-command = Your program, as `socklab check` takes it: a command, or its source file (default: the file that `exercise start` wrote)
examples-exam =
    $ socklab exam echo-server  # the file that `exercise start` wrote
    $ socklab exam echo-server --again  # three other questions
    $ socklab exam echo-server --student ana --show -- server.py  # for a sheet of paper
    $ socklab exam echo-server --student ana --key -- server.py  # for the teacher
    $ socklab exam echo-server --student ana --answers b,a,c -- server.py

exam-checking = checks the program
exam-proving = runs variants
exam-answers-count =
    { $found ->
        [one] --answers has 1 answer, and there are { $wanted } questions
       *[other] --answers has { $found } answers, and there are { $wanted } questions
    }
exam-nobody-to-ask = there is nobody to ask: standard input and output are not a terminal, or JSON is wanted
exam-nobody-to-ask-hint = Print the questions with: socklab exam { $name } --show, and answer them with --answers
exam-taken = you have taken this exam: { $right } of the last { $asked } answers were right
exam-taken-hint = Three other questions: socklab exam { $name } --again
exam-not-checked = the case `{ $case }` could not be run here
exam-not-passed = no exam yet: the program did not pass the case `{ $case }`
exam-not-passed-hint = See why: socklab check { $name }
exam-too-few = there is too little to ask about this program: { $left } questions, and an exam has 3
exam-no-more = you were asked all but { $left } of the questions about { $name }, and an exam has 3
exam-of-case = In the case { $case }.
exam-ask = Your answer: a–{ $last }, q: leave ▸
exam-no-choice = `{ $word }` is no answer to question { $number }: write a letter from a to { $last }
exam-right = Right.
exam-wrong = No.
exam-answer = Right is { $letter }: { $text }.
exam-was-run = This is what happened when it was run, twice, with your program:
exam-result = { $right } of { $asked } right
exam-again-hint = Three other questions: socklab exam { $name } --again
exam-key = Key: { $key }

exam-say-bytes =
    { $count ->
        [one] 1 byte
       *[other] { $count } bytes
    }
exam-say-number = { $number }
exam-say-call = { $call }
exam-say-port = port { $port }
exam-say-error = it fails with { $error }
exam-say-failed = { $call } fails with { $error }
exam-say-no-failure = nothing fails: both run
exam-say-waits = it does not return: it waits
exam-say-taken = it returns how many bytes it took, as before
exam-say-done = it succeeds
exam-say-yes = yes
exam-say-no = no, not as long as the other says nothing

# --- what happened ---

exam-ask-got-less = Your { $call } number { $nth } had room for { $room } bytes. By then { $peer } had sent { $sent } bytes on this connection, of which your program had received { $before } before. How many did this { $call } get?
exam-because-got-less-got = A receive returns what has arrived, up to the room it has. It does not wait until the room is full.
exam-why-got-less-room = The room is only the most that it may get.
exam-why-got-less-all = That is all that { $peer } sent on this connection, before and after.
exam-why-got-less-less = Every byte counts, line ends too.
exam-why-got-less-one = A stream gives what has arrived, not one byte at a time.

exam-ask-waits-for-data = { $peer } was connected and had not sent anything yet. In which call did your program wait for the first bytes?
exam-because-waits-for-data-receive = The receive began before { $peer } sent, and returned after it.
exam-why-waits-for-data-accept = accept waits for connections, not for bytes: this connection it had already returned.
exam-why-waits-for-data-connect = connect is what asks for a connection; it does not wait for data.
exam-why-waits-for-data-send = send gives bytes to the kernel; it does not wait for those of the other end.
exam-why-waits-for-data-listen = listen returns at once: it only tells the kernel to take connections.

exam-ask-send-means = Your { $call } number { $nth } returned { $took }. What does that say, at that moment?
exam-choice-send-means-kernel = the kernel has taken { $took } bytes, to send them
exam-choice-send-means-read = { $peer } has read { $took } bytes
exam-choice-send-means-arrived = { $took } bytes have arrived and were acknowledged
exam-choice-send-means-printed = { $took } bytes are free in the send buffer
exam-because-send-means-kernel = { $peer } received these bytes only after your { $call } had returned: it says that the kernel has them, no more.
exam-why-send-means-read = { $peer } received these bytes later than your { $call } returned.
exam-why-send-means-arrived = send waits for no acknowledgement: whether they arrived is known later, if at all.
exam-why-send-means-printed = It returns how many bytes it took, not how many it could still take.

exam-ask-connect-before-accept = When your connect number { $nth } returned successfully, what was { $peer } doing?
exam-choice-connect-before-accept-queue = it had not called accept yet: its kernel had made the connection
exam-choice-connect-before-accept-accepted = its accept had returned
exam-choice-connect-before-accept-waiting = it was waiting in accept
exam-choice-connect-before-accept-nobody = nothing yet: the socket of { $peer } did not listen
exam-because-connect-before-accept-queue = The accept of { $peer } began after your connect had returned. Its kernel shook hands by itself and put the connection into the queue.
exam-why-connect-before-accept-accepted = The accept of { $peer } stands below your connect: it began later.
exam-why-connect-before-accept-waiting = Its accept began only after your connect had returned.
exam-why-connect-before-accept-nobody = Where nobody listens, connect fails.

exam-ask-send-before-accept = Your { $call } number { $nth } returned { $took }, and { $peer } had not called accept. Where were the bytes then, or on their way to?
exam-choice-send-before-accept-kernel = to the kernel of { $peer }, which keeps them for the connection
exam-choice-send-before-accept-own = nowhere: they stay in your program until somebody accepts
exam-choice-send-before-accept-program = to the program { $peer }, whose buffer they are in
exam-choice-send-before-accept-lost = they were lost, and your program has to send them again
exam-because-send-before-accept-kernel = The connection exists before accept. Its receive buffer in the kernel takes the bytes, and a later recv gets them.
exam-why-send-before-accept-own = send returned: the bytes have left your program.
exam-why-send-before-accept-program = { $peer } had no descriptor for this connection yet, so it can't have received anything.
exam-why-send-before-accept-lost = They arrived: { $peer } accepted later and could read them.

exam-ask-zero = Your { $call } number { $nth } returned 0. What had happened?
exam-choice-zero-ended = { $peer } had ended its stream: nothing more comes
exam-choice-zero-empty = { $peer } had sent an empty message
exam-choice-zero-nothing = nothing had arrived just then; more may come
exam-choice-zero-full = the buffer of your program was full
exam-because-zero-ended = A close or shutdown of { $peer } is the other end of this arrow: 0 is the end of the stream.
exam-why-zero-empty = A stream has no empty messages: sending 0 bytes sends nothing.
exam-why-zero-nothing = As long as nothing has arrived, the call waits. It returns 0 at the end only.
exam-why-zero-full = It had room, and what did not fit would be got by the next call.

exam-ask-fin-by = Which call of your program told { $peer } that nothing more comes (the FIN)?
exam-choice-fin-by-exit = none: the kernel closed the socket when your program ended
exam-choice-fin-by-peer = none: { $peer } did it itself
exam-because-fin-by-close = Your close is what { $peer } then read as the end of the stream.
exam-because-fin-by-shutdown = Your shutdown ended your half of the connection; { $peer } read that as the end of the stream.
exam-because-fin-by-exit = Your program ended with the socket open, and the kernel closed it.
exam-why-fin-by-close = The end that { $peer } read was not caused by a close of your program.
exam-why-fin-by-shutdown = Your program did not call shutdown there.
exam-why-fin-by-exit = Your program ended the stream itself, before it ended.
exam-why-fin-by-send = After a send more can follow: it ends nothing.
exam-why-fin-by-peer = Each end ends its own half; what { $peer } reads is ended by your program.

exam-ask-first-to-end = Who was the first to end the connection with { $peer }?
exam-choice-first-to-end-program = your program
exam-choice-first-to-end-peer = { $peer }
exam-choice-first-to-end-together = both with the same call
exam-choice-first-to-end-nobody = nobody: it ended by itself when all bytes were sent
exam-because-first-to-end-program = Your { $call } came before the { $theirs } of { $peer }, which noticed it.
exam-because-first-to-end-peer = The { $theirs } of { $peer } came first; your program noticed it and then closed.
exam-why-first-to-end-program = Your { $call } came after the { $theirs } of { $peer }.
exam-why-first-to-end-peer = The { $theirs } of { $peer } came after your { $call }.
exam-why-first-to-end-together = Each end closes by a call of its own, and the ladder shows which came first.
exam-why-first-to-end-nobody = A connection stays open until somebody ends it, however long nothing is sent.

exam-ask-first-descriptor = Your { $call } number { $nth } returned the descriptor 3. Why 3?
exam-choice-first-descriptor-lowest = it is the lowest number that was free: 0, 1 and 2 are the standard input, output and errors
exam-choice-first-descriptor-third = it was the third socket on this machine
exam-choice-first-descriptor-stream = it is the number of the protocol that was asked for
exam-choice-first-descriptor-chance = the kernel chooses a free number at random, as for a port
exam-because-first-descriptor-lowest = The kernel gives the lowest free descriptor of the process.
exam-why-first-descriptor-third = Descriptors are counted in each process, not on the machine.
exam-why-first-descriptor-stream = The protocol has a number too, but a descriptor only names an open file of the process.
exam-why-first-descriptor-chance = Ports are given like that; a descriptor is the lowest free number.

exam-ask-not-connected = Your program made a TCP socket (call { $nth } of socket). With whom was it connected when the program ended?
exam-choice-not-connected-nobody = with nobody
exam-choice-not-connected-host = with the host whose name the program was given
exam-choice-not-connected-kernel = with the name server
exam-choice-not-connected-itself = with itself, at 127.0.0.1
exam-because-not-connected-nobody = socket only makes a socket. No connect follows on it, and nothing is sent.
exam-why-not-connected-host = Knowing an address connects nothing; only connect does.
exam-why-not-connected-kernel = Whoever looks up a name uses another socket for that.
exam-why-not-connected-itself = A socket has no address and no peer until bind, connect or listen.

exam-ask-name-server = Your program needed the address of { $name }. Who was asked over the network?
exam-choice-name-server-server = a name server, by UDP, at port { $port }
exam-choice-name-server-host = the host { $name } itself
exam-choice-name-server-kernel = nobody: the kernel knows all names
exam-choice-name-server-web = a web server, by HTTP, at port 80
exam-because-name-server-server = The library that looks up names sent a datagram to port { $port }.
exam-why-name-server-host = To ask it, one would have to know its address already.
exam-why-name-server-kernel = The kernel knows addresses only. Names are looked up by a library.
exam-why-name-server-web = Names are looked up by DNS, at port { $port }.

exam-ask-waits-for-client = In which call was your program when { $peer } called connect?
exam-because-waits-for-client-right = This call began before the connect of { $peer }, and returned after it.
exam-why-waits-for-client-listen = listen returns at once. It only tells the kernel to take connections.
exam-why-waits-for-client-receive = Without a connection there is nothing to receive from.
exam-why-waits-for-client-accept = Your program calls accept only once it knows that somebody is there.
exam-why-waits-for-client-bind = bind returns at once: it gives the socket its port.

exam-ask-accept-gives = Your accept number { $nth }, on descriptor { $old }, returned { $new }. What is { $new }?
exam-choice-accept-gives-one = the descriptor of a new socket: the connection with { $peer } alone
exam-choice-accept-gives-copy = a second descriptor of the listening socket
exam-choice-accept-gives-count = how many clients are waiting
exam-choice-accept-gives-all = the socket for all clients from now on
exam-because-accept-gives-one = Over { $new } your program then spoke with { $peer }; { $old } goes on listening.
exam-why-accept-gives-copy = The listening socket carries no data; over { $new } your program spoke with { $peer }.
exam-why-accept-gives-count = It is a descriptor: your program made its next calls on it.
exam-why-accept-gives-all = Each client has a connection of its own, and accept returns one at a time.

exam-ask-which-descriptor = On which descriptor did your program receive the first bytes of { $peer }, its second client?
exam-because-which-descriptor-own = This is what accept had returned for the second client.
exam-why-which-descriptor-listener = The listening socket hands out connections; data never comes over it.
exam-why-which-descriptor-first = This was the connection of the first client.
exam-why-which-descriptor-next = accept had returned another number, and the lowest free one.
exam-why-which-descriptor-input = 0 is the standard input of your program.

exam-ask-open-sockets = How many TCP sockets did your program have open just after its accept number { $nth } had returned?
exam-because-open-sockets-open = The listening socket is one of them; each connection that is not closed yet is another.
exam-why-open-sockets-more = One of those you counted was closed by then, or not yet there.
exam-why-open-sockets-one = The listening socket and the new connection are two already.
exam-why-open-sockets-less = One is missing: the listening socket stays open, and so does every connection until it is closed.
exam-why-open-sockets-none = The listening socket at least was open, or accept would have failed.

exam-ask-backlog = Your program called listen with { $backlog }, and { $served } clients were served. What is the { $backlog }?
exam-choice-backlog-waiting = how many connections may wait until accept takes them
exam-choice-backlog-together = how many clients the server can have at the same time
exam-choice-backlog-kernel = how many times accept can be called
exam-choice-backlog-bytes = how many seconds a client may wait
exam-because-backlog-waiting = It limits the queue in front of accept. What was accepted is not in it any more: so { $served } could be served.
exam-why-backlog-together = What has been accepted does not count: the queue is in front of accept.
exam-why-backlog-kernel = accept returned { $served } times, which is more.
exam-why-backlog-bytes = It is a length of a queue, and no time.

exam-ask-port-of-client = Your accept number { $nth } returned a connection with { $peer }, which comes from port { $port }. Who chose { $port }?
exam-choice-port-of-client-connect = the kernel, at the connect of { $peer }
exam-choice-port-of-client-client = the program { $peer }, with bind
exam-choice-port-of-client-accept = your program, at accept
exam-choice-port-of-client-listen = your kernel, at listen
exam-because-port-of-client-connect = { $peer } did not call bind. So its kernel chose a free port at connect.
exam-why-port-of-client-client = { $peer } did not call bind.
exam-why-port-of-client-accept = accept only tells your program what { $peer } came with.
exam-why-port-of-client-listen = listen concerns the port of your server, not those of its clients.

exam-ask-own-port = Your program connected to port { $far } without calling bind. From which port of its own?
exam-because-own-port-kernel = The kernel chose a free one at connect. It is another one each time.
exam-why-own-port-same = { $far } is the port of the server. The two ends have ports of their own.
exam-why-own-port-zero = 0 means “any” in bind. No connection has the port 0.
exam-why-own-port-next = The ladder shows the address that the socket had after connect.

exam-ask-whose-address = { $peer } sent your program a datagram. Which port did { $call } number { $nth } report as that of the sender?
exam-because-whose-address-sender = It reports the address of the socket that sent the datagram: to answer, send there.
exam-why-whose-address-own = { $own } is the port of your own socket.
exam-why-whose-address-zero = Port 0 means “any” in bind. Nothing is sent from it.
exam-why-whose-address-next = The socket of { $peer } had another port: see the row.

exam-ask-one-socket = Your program heard { $senders } clients, until { $call } number { $nth }. With how many sockets of its own did it speak with them?
exam-because-one-socket-used = A datagram socket is not bound to one peer. Each datagram brings its sender's address along.
exam-why-one-socket-each = That would be so with TCP, where accept gives a socket for each client.
exam-why-one-socket-more = Nobody listens here, and no socket belongs to one client.
exam-why-one-socket-none = Without a socket nothing can be received.

exam-ask-each-its-call = The clients sent your program { $calls } datagrams with data, { $all } bytes in all. In how many receive calls did your program get them?
exam-because-each-its-call-calls = A receive gets one datagram, whole. Two of them never come together, as the bytes of a stream do.
exam-why-each-its-call-one = However large the buffer: a receive gets one datagram.
exam-why-each-its-call-bytes = A datagram comes whole, and not byte by byte.
exam-why-each-its-call-more = A datagram that fits needs one receive, no second one.

exam-ask-datagram-means = Your { $call } number { $nth } returned { $took }. What does that say, at that moment?
exam-choice-datagram-means-kernel = the kernel has taken a datagram of { $took } bytes, to send it
exam-choice-datagram-means-arrived = the datagram has arrived
exam-choice-datagram-means-read = the other program has received { $took } bytes
exam-choice-datagram-means-again = it was sent { $took } times, until it arrived
exam-because-datagram-means-kernel = The other program received it later. UDP tells nobody whether a datagram arrives.
exam-why-datagram-means-arrived = UDP has no acknowledgements: nobody tells the sender.
exam-why-datagram-means-read = The receive stands below: it returned later.
exam-why-datagram-means-again = UDP sends a datagram once.

exam-ask-port-at-send = Your client socket had the port { $own }. When did it get it?
exam-choice-port-at-send-send = at the first { $call }: the kernel chose it
exam-choice-port-at-send-socket = at socket: every socket has a port from the beginning
exam-choice-port-at-send-server = when the server answered: it chose the port
exam-choice-port-at-send-receive = at the first receive: only those who receive need a port
exam-because-port-at-send-send = Without bind, the kernel chooses a free port when the socket first sends.
exam-why-port-at-send-socket = A new socket has no address.
exam-why-port-at-send-server = The server answers to the port that the datagram came from: it was there before.
exam-why-port-at-send-receive = The datagram that was sent carried the port already.

exam-ask-room-left = Your { $call } number { $nth } had room for { $room } bytes and got a datagram of { $size } from { $peer }. Why did it return?
exam-choice-room-left-whole = a datagram had arrived, and it gets one at a time, whole
exam-choice-room-left-waits = { $peer } had closed its socket, so that no more could come
exam-choice-room-left-filled = the kernel filled the rest of the { $room } bytes with zeros
exam-choice-room-left-kept = { $size } bytes are the most that UDP carries
exam-because-room-left-whole = The one datagram of { $size } bytes is what the call returns. The next one, even if it were there, stays for the next call.
exam-why-room-left-waits = UDP has no end that a receiver could notice.
exam-why-room-left-filled = It returned { $size }: the rest of the buffer was not touched.
exam-why-room-left-kept = A datagram can have some 65,000 bytes.

# --- what would have happened ---

exam-ask-would-start-twice = What would happen if somebody started your server a second time, with the same port, while it runs?
exam-because-would-start-twice-bind = The port is taken: bind of the second one fails. SO_REUSEADDR does not change that while somebody uses the port.
exam-because-would-start-twice-both = Your program lets others share its port (SO_REUSEPORT), so that both run.
exam-why-would-start-twice-bind = bind of the second one succeeded here.
exam-why-would-start-twice-both = A port has one owner: the second one did not get it.
exam-why-would-start-twice-listen = It does not get as far as listen: bind comes first.
exam-why-would-start-twice-socket = A socket can always be made: it has no port yet.

exam-ask-would-silent = { $peer } connects and says nothing. Then { $other } connects and sends a message. Would your program receive it meanwhile?
exam-because-would-silent-yes = Your program does not wait for one client alone.
exam-because-would-silent-no = Your program waits for { $peer }, and the connection of { $other } waits in the queue of the kernel, with its bytes.
exam-why-would-silent-yes = Your program waits in a receive for { $peer }: nobody takes what { $other } sends.
exam-why-would-silent-no = Your program received the message of { $other } while { $peer } said nothing.
exam-why-would-silent-refused = As long as the socket listens, the kernel takes connections, even if your program is busy.

exam-ask-would-nobody-listens = What would your connect do if nobody listened at that port?
exam-because-would-nobody-listens-refused = The kernel of the other end answers at once that nobody listens (a RST).
exam-why-would-nobody-listens-done = Without a listener there is no connection, so connect can't succeed.
exam-why-would-nobody-listens-waits = The answer of the other kernel comes at once.
exam-why-would-nobody-listens-timed-out = That is what happens if nobody answers at all. Here a kernel answers.

exam-ask-would-close = Your first { $call } on the connection got { $got } bytes. What would it return if { $peer } had closed the connection instead of sending them?
exam-because-would-close-end = The FIN that close sends is read as 0 bytes: the end of the stream.
exam-why-would-close-waits = It waits only as long as something can still come.
exam-why-would-close-reset = A close with nothing left to read sends a FIN, and no RST.
exam-why-would-close-pipe = EPIPE is what a send reports, and no receive.

exam-ask-would-reset = Your first { $call } on the connection got { $got } bytes. What would it return if { $peer } had cut the connection (a RST) instead of sending them?
exam-because-would-reset-reset = A RST is no orderly end, and the receive that waits reports it.
exam-why-would-reset-end = 0 is an orderly end, after a FIN. A RST is an error.
exam-why-would-reset-waits = The RST ends the wait.
exam-why-would-reset-refused = That is what connect reports. This connection existed.

exam-ask-would-pieces = What would your first { $call } on the connection return if { $peer } sent 8 bytes in two pieces, 3 bytes and, once they were read, 5?
exam-because-would-pieces-piece = A receive returns as soon as something has arrived. The rest comes with the next one.
exam-why-would-pieces-all = It does not know that more will come, and returns what is there.
exam-why-would-pieces-waits = What has arrived is enough for it to return.
exam-why-would-pieces-second = These bytes come later, with the next receive.

exam-ask-would-together = What would your first { $call } on the connection return if { $peer } sent two lines of 4 and 6 bytes, line ends included, with one send?
exam-because-would-together-both = A stream knows no lines: both are there, and it returns all that fits.
exam-why-would-together-line = Where a line ends is for your program to find out. A receive does not look.
exam-why-would-together-word = Line ends are bytes like others, and a receive does not stop at them.
exam-why-would-together-waits = What has arrived is enough for it to return.

exam-ask-would-larger = Your first { $call } on the connection has room for { $room } bytes. What would it return if { $peer } sent { $all } bytes at once?
exam-because-would-larger-room = It fills the room that it has. The rest waits in the kernel for the next receive.
exam-why-would-larger-all = It can't return more bytes than it has room for.
exam-why-would-larger-size = EMSGSIZE is about datagrams, and about sending. A stream has no messages.
exam-why-would-larger-rest = The first bytes come first. What is left comes with the next receive.

exam-ask-would-gone = What would your first { $call } on the connection return if { $peer } closed it right after its message, without waiting for an answer?
exam-because-would-gone-taken = send only gives bytes to the kernel. Whether the other end still takes them shows later: at the next send or receive.
exam-why-would-gone-pipe = That comes with a later send, when the answer of the other kernel (a RST) has arrived.
exam-why-would-gone-zero = 0 is what a receive returns at the end of a stream.
exam-why-would-gone-reset = A RST can come only as the answer to what is sent: it comes later.

exam-ask-would-half-close = { $peer } sends its message and then says with shutdown that nothing more comes. What would your first { $call } on the connection return?
exam-because-would-half-close-taken = Only one half of the connection has ended: { $peer } can still receive.
exam-why-would-half-close-pipe = Your half of the connection is open.
exam-why-would-half-close-zero = 0 is what a receive returns at the end of a stream.
exam-why-would-half-close-reset = Nobody cut anything: a FIN ends one half in good order.

exam-ask-would-larger-datagram = Your first { $call } has room for { $room } bytes. What would it return if { $peer } sent a datagram of { $all }?
exam-because-would-larger-datagram-room = It gets the beginning of the datagram, as much as fits. The rest is lost.
exam-why-would-larger-datagram-all = It can't return more bytes than it has room for.
exam-why-would-larger-datagram-size = EMSGSIZE is what a send reports whose datagram is too large to be sent.
exam-why-would-larger-datagram-waits = A datagram has arrived, and so it returns.

exam-ask-would-rest = { $peer } sends one datagram of { $all } bytes, and your receive has room for { $room }. What would the receive after that one do, if nothing else is sent?
exam-because-would-rest-waits = What did not fit was thrown away. The next receive waits for the next datagram.
exam-why-would-rest-rest = That is so with a stream. Of a datagram, what does not fit is thrown away.
exam-why-would-rest-zero = There is no end in UDP, and 0 would be an empty datagram.
exam-why-would-rest-again = A datagram is received once.

exam-ask-would-empty = What would your first { $call } return if { $peer } sent an empty datagram?
exam-because-would-empty-zero = An empty datagram is a datagram: it arrives, with 0 bytes. In UDP, 0 does not mean the end.
exam-why-would-empty-waits = It has arrived, and so the receive returns.
exam-why-would-empty-reset = Nothing failed. A datagram may be empty.
exam-why-would-empty-again = EAGAIN says that nothing has arrived. Something has.

exam-ask-would-two = What would your first { $call } return if { $peer } sent two datagrams, of 3 and 5 bytes, one right after the other?
exam-because-would-two-first = A receive gets one datagram. The second one waits for the next receive.
exam-why-would-two-both = Datagrams are never joined, however much room there is.
exam-why-would-two-second = The first one that arrived is received first.
exam-why-would-two-waits = A datagram has arrived, and so it returns.

exam-ask-would-gone-datagram = What would your first { $call } return if { $peer } closed its socket right after its datagram, without waiting for an answer?
exam-because-would-gone-datagram-taken = The kernel takes the datagram and sends it. That nobody has the port any more is not known then.
exam-why-would-gone-datagram-refused = The kernel of the other end may say so (ICMP), but later, when the datagram has arrived in vain.
exam-why-would-gone-datagram-waits = sendto waits for nobody.
exam-why-would-gone-datagram-zero = The whole datagram is taken.

exam-ask-would-close-datagram = What would your first { $call } do if { $peer } had closed its socket without sending anything?
exam-because-would-close-datagram-waits = UDP has no connection that could end: your program is not told.
exam-why-would-close-datagram-zero = 0 is the end of a stream. UDP has none, and 0 would be an empty datagram.
exam-why-would-close-datagram-reset = There is no connection that could be cut.
exam-why-would-close-datagram-refused = That could come only as an answer to something that your program sends.

exam-ask-would-nobody-bound = What would your first { $call } return if no socket had the server's port?
exam-because-would-nobody-bound-taken = The kernel takes the datagram and sends it. That nobody has the port is not known then, if it ever is.
exam-why-would-nobody-bound-refused = This may come later, from the kernel of the other end (ICMP), and only a connected socket is told.
exam-why-would-nobody-bound-waits = sendto waits for nobody.
exam-why-would-nobody-bound-zero = The whole datagram is taken.
