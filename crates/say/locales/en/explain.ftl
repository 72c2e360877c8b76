# The sentences of the rules: what the kernel did, and what to try. Short, plain, no blame.
# Variables are the rule's arguments; see rules/mod.rs.

explain-with-more = { $sentence } (And { $more } more like this.)

## connect

explain-connect-refused = Nobody listens on port { $port } of { $address }, so the kernel there answered the SYN with RST. Start the server first, or check the port number.
explain-connect-refused-remote = { $address } answered with a refusal: nobody listens on port { $port } there, or a firewall says so in its place. Check the address and the port.
explain-connect-too-early = The client came { $time } too early: { $server } listened on port { $port } only afterwards. Until listen is called, the kernel refuses. Wait for the server, or try again.
explain-connect-timed-out = No answer at all from { $address }: the kernel repeated its SYN for { $time } and gave up. The host is down, the address is wrong, or a firewall drops the packets in silence.
explain-unreachable = The kernel has no route to { $address }, or was told that there is none. Check the address, the network cable and the routes (ip route).
explain-already-connected = Descriptor { $fd } is connected already. A TCP socket connects once: for another connection, open another socket.
explain-connected-to-itself = Descriptor { $fd } is connected to itself: its own address and its peer's are both { $address }, and what it sends comes back to it. Nobody listens there. But when a socket is bound to the very port it connects to, or the kernel happens to choose that port for it, TCP lets it answer its own SYN. Compare getsockname with getpeername after connect, and let servers listen on ports below ip_local_port_range.
explain-connect-in-progress = EINPROGRESS is not a failure: on a non-blocking socket connect to { $address } only begins. Wait until the socket is writable (poll, POLLOUT), then ask SO_ERROR how it went.

## bind and listen

explain-address-in-use-held = Port { $port } is taken: { $holder } has it open. One socket per address and port: stop that program, or choose another port.
explain-address-in-use-inherited = Port { $port } is still open in { $holder }, which inherited the socket when it was forked: { $program } has closed its own descriptor, but only the last close closes a socket. Close it in the child, or create it with SOCK_CLOEXEC if the child runs another program.
explain-address-in-use-time-wait = Port { $port } is not free yet: { $server } closed a connection first, so the kernel keeps that connection in TIME_WAIT for a minute. Set SO_REUSEADDR before bind.
explain-address-in-use = Port { $port } is taken. To see by whom: ss -tulnp. If only TIME_WAIT connections are left, set SO_REUSEADDR before bind.
explain-address-in-use-listening = Port { $port } is taken by a program that has it open right now: SO_REUSEADDR is set already, and helps only against old connections. Find it with: ss -tulnp.
explain-low-port = Ports below 1024 are for the administrator, and { $port } is one of them. Choose a port above 1023.
explain-address-not-here = { $address } is not an address of this machine, and bind takes only those. Bind to 0.0.0.0 to listen on all of them.

## accept

explain-accept-waits = accept waited { $time } until a client connected. That is its job: while { $server } waits it uses no processor time.
explain-one-at-a-time = This client waited { $time } because { $server } was busy with another one: it accepts the next only when it has finished. Serve each client in a thread of its own, or use poll.
explain-connected-before-accept = connect succeeded { $time } before accept returned this connection: the kernel completes the handshake by itself and queues the connection until the program accepts it.
explain-queue-full = { $waiting ->
        [one] { $waiting } connection
       *[other] { $waiting } connections
    } waited to be accepted, and listen had asked for a queue of { $backlog }. When the queue is full the kernel drops further SYNs, and those clients try again after a second.
explain-too-many-files = { $call } failed: this process has too many descriptors open. Close connections when they are done, or raise the limit (ulimit -n).

## A stream has no messages

explain-short-read = One send of { $sent } bytes, but this read got only { $got } of them. TCP carries bytes, not messages: read in a loop until you have all you need.
explain-buffer-too-small = { $sent } bytes were sent at once, and the buffer held { $room }. Nothing is lost: the rest waits for the next read. Read in a loop.
explain-coalesced-read = { $messages } sends arrived in one read of { $got } bytes. TCP keeps no boundaries between messages: mark them yourself, with a length or an end of line.
explain-short-write = Only { $taken } of { $asked } bytes were accepted: the kernel's buffer is full, because the other end reads too slowly. Send the rest in a loop.

## How connections end

explain-end-of-stream = 0 bytes mean the end: { $peer } has closed its side and will send nothing more. It is not an error. Stop reading, and close.
explain-end-ignored = recv returned 0 bytes, the end, and { $program } went on reading: { $times } times the same answer, at once. 0 bytes are the moment to leave the loop.
explain-connection-reset = { $call } failed because the other end cut the connection with RST: it crashed, closed while bytes were still unread, or had asked for that (SO_LINGER with 0 seconds).
explain-send-after-shutdown = This program had shut down its own sending half of descriptor { $fd }, and then tried to send. After SHUT_WR it can only receive.
explain-broken-pipe = The other end of descriptor { $fd } is gone, and it answered with RST: to something sent after it had closed, or because it closed with unread bytes. The connection is over in both directions, and each further send fails, like this one.
explain-close-unread = { $program } closed with { $unread ->
        [one] { $unread } byte
       *[other] { $unread } bytes
    } unread. The kernel then sends RST instead of an orderly end, and the other side may lose data. Read until the end before closing.
explain-server-closed-first = { $server } closed first, so the kernel keeps port { $port } in TIME_WAIT on its side for a minute. That is why servers set SO_REUSEADDR.
explain-half-close = { $program } closed only its sending half (SHUT_WR): the other end sees the end of the stream, and can still answer.
explain-sent-after-close = { $peer } had closed this connection { $time } before. The kernel still took { $sent ->
        [one] the { $sent } byte
       *[other] the { $sent } bytes
    } of this send, but nobody will read them: that a send succeeds says nothing about the peer. It happens to connections that are kept for the next request. Be ready to send it again on a new one.
explain-end-held-open = { $program } closed its descriptor of this connection, but { $holder } still has one, and only the last close ends a connection: { $reader } waits for an end that was not sent. Close all of them (after a fork, in each process that does not use it), or end the stream with shutdown, which works whoever else has it open.
explain-never-closed = { $program } never closed { $times } connections although their other end had closed: each stays in CLOSE_WAIT and keeps its descriptor until the program closes it or ends. Close a connection when recv returns 0.
explain-nagle = { $program } sent in small pieces, and { $times } of them took about { $time } to arrive although { $peer } was waiting. That is how it looks when Nagle's algorithm (a small piece waits while an earlier one is unacknowledged) meets delayed ACK (the acknowledgement waits 40 ms or more); inferred from the times. Send what belongs together in one call (one buffer, writev), or set TCP_NODELAY.
explain-connection-timed-out = { $call } failed: the other end stopped answering, and the kernel gave up after many retransmissions. It has probably vanished without closing.

## Datagrams

explain-udp-refused = Nobody has a socket at { $address }: its kernel answered an earlier datagram with ICMP "port unreachable". Only a connected UDP socket learns of it, and only at its next call.
explain-udp-nobody = No answer will come: none of the recorded programs has a UDP socket on port { $port }, so the datagram to { $address } reached nobody. An unconnected socket is not shown the ICMP error: set a time limit, or connect it.
explain-datagram-truncated = The datagram had { $sent } bytes and the buffer only { $room }: the rest is lost for good. Unlike a stream, a datagram is read whole or cut short. Give a larger buffer.
explain-descriptors-lost = { $sent ->
        [one] { $sent } descriptor was
       *[other] { $sent } descriptors were
    } passed with this message (SCM_RIGHTS), but { $got } arrived: the kernel drops what { $call } has no room for. Only recvmsg takes descriptors, into a control buffer large enough for all of them (CMSG_SPACE). MSG_CTRUNC in its msg_flags says that it was not.
explain-control-truncated = More control data came with this message than { $call } had room for (MSG_CTRUNC): the rest is lost, passed descriptors too. Give a larger control buffer (CMSG_SPACE).
explain-datagram-empty = 0 bytes, and not the end: UDP carries empty datagrams too. Only on a stream does 0 mean that the other end has closed.
explain-datagram-too-long = { $asked } bytes do not fit into one datagram: UDP over IPv4 carries 65,507 at most. Split the data, or use TCP.
explain-no-destination = { $call } does not know where to send: the socket is not connected, and no address was given. Use sendto with an address, or connect first.

## Wrong descriptor, wrong moment

explain-not-connected = { $call } needs a connection, and descriptor { $fd } has none (yet, or any more). Call connect first, or use what accept returned.
explain-listener-used = Descriptor { $fd } only listens: { $call } does not work on it. Talk to the client on the descriptor that accept returned.
explain-accept-without-listen = { $call } on descriptor { $fd }, which does not listen. Call bind, then listen, then accept.
explain-closed-descriptor = Descriptor { $fd } had been closed before this { $call }. Close a socket only when no thread uses it any more.
explain-not-a-socket = Descriptor { $fd } is open, but it is not a socket, so { $call } cannot work on it. Check which number is passed.

## Waiting

explain-busy-loop = { $call } was called { $times } times in { $time } and had nothing to return: a busy loop that burns a whole processor. Let the call block, or wait with poll.
explain-spins-writable = { $call } returned { $times } times, about { $rate } times a second, because there is room to send on descriptor { $fd } ({ $event }), but { $program } sent nothing. There nearly always is room: ask for { $event } only while something waits to be sent.
explain-spins-ignored = { $call } returned { $times } times, about { $rate } times a second, because of the same { $event } on descriptor { $fd }, and { $program } did nothing about it. It is reported until it is dealt with: read, accept or close, or stop asking for it.
explain-spins-without-descriptors = { $call } on descriptor { $fd } failed { $times } times, about { $rate } times a second: { $program } has no descriptor left for the connection. It stays in the queue, descriptor { $fd } stays readable, and so a wait for it returns at once, again and again. Close connections when they are done, raise the limit (ulimit -n), and pause after EMFILE.
explain-edge-not-drained = { $program } read { $got } bytes from descriptor { $fd } and went back to waiting while { $unread } more were there. It asked for edge-triggered events (EPOLLET), which report only news: what was left is not reported again. Read until EAGAIN before waiting.
explain-not-now = EAGAIN is not a failure: the socket is non-blocking and { $call } would have had to wait. Wait with poll or epoll, then call again.
explain-receive-timed-out = { $call } waited { $time }, as long as the socket's time limit (SO_RCVTIMEO) allows, and nothing came. Try again, or give up.
explain-poll-timed-out = { $call } waited { $time }, the limit it was given, and nothing came. This is also how a time limit set in Python (settimeout) looks from below.
explain-interrupted = A signal interrupted { $call } before anything happened. Nothing is broken: call it again (or install the handler with SA_RESTART).
explain-both-wait = { $one } waits for { $other }, and { $other } waits for { $one }: neither will ever continue. Agree on who speaks first, and on how a message ends.
explain-waits-for-end = { $program } still waits for more, but { $peer } neither sends nor closes. Reading until the end needs the other side to close, or at least to shut down its sending half.
explain-still-accepting = { $server } still waits in accept for the next client. A server like this ends only when it is told to (Ctrl-C).

## Options

explain-reuse-address = SO_REUSEADDR lets bind take port { $port } although old connections on it are still in TIME_WAIT. It does not let two programs listen there at once.
explain-no-delay = TCP_NODELAY sends small pieces at once. Without it (Nagle's algorithm) the kernel holds a small piece back while an earlier one is unacknowledged, and joins them.

## Processes

explain-name-lookup = A name was looked up: the name server { $server } was asked for { $name }. getaddrinfo does this by itself, before anything can connect.
explain-name-lookup-unanswered = The name server { $server } did not answer for { $name }. Without an address there is nothing to connect to: check the network and /etc/resolv.conf.
explain-killed-by-sigpipe = { $program } was killed by SIGPIPE: it wrote to a connection that nobody reads any more. Ignore SIGPIPE, or send with MSG_NOSIGNAL, and handle EPIPE.
explain-killed-connected = { $signal } ended { $program } with a connection open. The kernel closed it in its place, so the other end sees the end of the stream, or a reset.
explain-io-uring = { $program } uses sockets through io_uring: that needs no system calls and cannot be seen here. This ladder is not complete.
