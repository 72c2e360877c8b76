# The sentences of the rules: what the kernel did, and what to try. Short, plain, no blame.
# Variables are the rule's arguments; see rules/mod.rs. `# source:` names what a sentence rests on, beside what was recorded.

# A call with the line of source that made it: recv at server.py:12.
call-at-line = { $call } at { $line }
# Which lines the programs of the sentence wait in, at the end of a recording.
explain-waiting-at = { $sentence } (Waiting at { $lines }.)
explain-with-more = { $sentence } (And { $more } more like this.)

## connect

# source: RFC 9293 3.5.2, 3.10.7.1; connect(2), ECONNREFUSED
explain-connect-refused = Nobody listened on port { $port } of { $address } at that moment, so the kernel there answered the SYN with RST. Check that the server runs, and the port number.
explain-connect-refused-remote = { $address } answered with a refusal: nobody listens on port { $port } there, or a firewall says so in its place. Check the address and the port.
# source: ipv6(7), IPV6_V6ONLY and net.ipv6.bindv6only (0 by default)
explain-connect-refused-elsewhere = { $server } listens on that port, but at { $listens }, and nobody at { $asked }: to the kernel, these are different addresses. Connect to the one it listens on, or let it listen on both (:: usually takes IPv4 too).
# source: ipv6(7), IPV6_V6ONLY; tried on Linux 6.18
explain-connect-refused-six-only = { $server } listens on port { $port } at every address of IPv6 (::), but it had set IPV6_V6ONLY: then :: does not take IPv4, and nobody listens at { $asked }. Connect to an IPv6 address (::1), or leave that option off.
# source: RFC 9293 3.10.7.1: a SYN to a port on which nobody listens is answered with RST
explain-connect-too-early = The client came { $time } too early: { $server } listened on port { $port } only afterwards. Until listen is called, the kernel refuses. Wait for the server, or try again.
# source: getaddrinfo(3): several addresses, to be tried in order; RFC 8305
explain-connect-fell-back = { $program } had no luck at { $first }, and then connected to { $then }. Nothing is wrong: a name such as localhost may have several addresses, and a client tries one after the other.
# source: connect(2), ETIMEDOUT; Linux ip-sysctl, tcp_syn_retries: 131 s by default
explain-connect-timed-out = No answer from { $address } within { $time }: the kernel repeated its SYN and gave up. Nobody is at that address, a firewall drops the packets in silence, or the server's queue of connections is full.
# source: connect(2), ENETUNREACH; ip(7), EHOSTUNREACH; RFC 1122 4.2.3.9
explain-unreachable-own-network = There is no way to { $address } from the network in which the programs ran: socklab made it for them, and it has no way out. Nothing is wrong with your network. To reach addresses outside, use `socklab trace` without --packets and --wire; for a small internet with names and servers, `socklab lab run -- PROGRAM`.
explain-unreachable = There is no way to { $address }: the kernel knows no route, or somebody on the way reported that there is none, or nobody on the local network has that address. Check the address, the network and the routes (ip route).
# source: connect(2), EISCONN
explain-already-connected = Descriptor { $fd } is connected already. A stream socket connects once: for another connection, open another socket.
# source: RFC 9293 3.5, simultaneous connection; ip(7), ip_local_port_range; tests/it of this crate
explain-connected-to-itself = Descriptor { $fd } is connected to itself: its own address and its peer's are both { $address }, and what it sends comes back to it. Nobody listens there. But when a socket is bound to the very port it connects to, or the kernel happens to choose that port for it, TCP lets it answer its own SYN. Compare getsockname with getpeername after connect, and let servers listen on ports below ip_local_port_range.
# source: connect(2), EINPROGRESS
explain-connect-in-progress = EINPROGRESS is not a failure: on a non-blocking socket connect to { $address } only begins. When the socket is writable (poll, POLLOUT), SO_ERROR tells how it went.

## bind and listen

# source: bind(2), EADDRINUSE
explain-address-in-use-held = Port { $port } is taken: { $holder } has it open. Stop that program, or choose another port.
explain-address-in-use-own = Port { $port } is taken by this program itself: another of its sockets has it. Close that one first, or choose another port.
# source: fork(2), close(2), socket(2) (SOCK_CLOEXEC)
explain-address-in-use-inherited = Port { $port } is still open in { $holder }, which inherited the socket when it was forked: { $program } has closed its own descriptor, but only the last close closes a socket. Close it in the child, or create it with SOCK_CLOEXEC if the child runs another program.
# source: socket(7), SO_REUSEADDR; Linux net/ipv4/inet_connection_sock.c, inet_bind_conflict; tried on Linux 6.18 with the option on neither, one and both
explain-address-in-use-time-wait = Nobody has port { $port } open any more, but connections that were closed a moment ago are still in TIME_WAIT there, for up to a minute. Linux lets bind have the port meanwhile only if SO_REUSEADDR was set before bind on both sockets: on this one, and on the one that those connections came from.
# source: the same
explain-address-in-use-old-option = SO_REUSEADDR is set on this socket, but the one that left connections in TIME_WAIT on port { $port } had not set it, and Linux wants it on both. Wait a minute; it helps from the next start on.
# source: the same; tried on Linux 6.18 beside ESTABLISHED
explain-address-in-use-connected = Nobody listens on port { $port }, but connections of an earlier socket are still there ({ $states }). Linux lets bind have the port beside them only if SO_REUSEADDR was set before bind on both sockets. To see whose they are: ss -tanp.
explain-address-in-use = Port { $port } is taken, and this recording does not show by whom. To look: ss -tulnp for open sockets, ss -tan for connections that are left (TIME_WAIT).
explain-address-in-use-listening = Port { $port } is taken: when bind failed, the kernel's table showed an open socket there, of a program outside this recording. To find it: ss -tulnp.
# source: unix(7), NOTES: the file stays until it is unlinked; bind(2), EADDRINUSE
explain-path-left-over = { $path } is the file of a socket that nobody has open any more: closing a socket does not remove it, and bind does not replace it. Remove it before bind (unlink).
# source: unix(7); bind(2), EADDRINUSE
explain-path-exists = bind creates { $path } itself, and fails if anything is there already: the file of another socket, even of one long closed, or something else. Choose another path, or remove it if nobody uses it.
# source: ip(7), ip_unprivileged_port_start (1024 by default); capabilities(7)
explain-low-port = bind to port { $port } was denied: by default, ports below 1024 need the administrator's rights (CAP_NET_BIND_SERVICE). Choose a port above 1023.
# source: bind(2), EADDRNOTAVAIL; ip(7), INADDR_ANY
explain-address-not-here = bind takes only addresses of this machine, and { $address } was not one that this program could have. Bind to 0.0.0.0 to listen on all of them.

## accept

explain-accept-waits = accept waited { $time } until a connection came. That is its job: a thread that waits uses no processor time ({ $server }).
explain-one-at-a-time = This client waited { $time } while { $server } served another one: it accepts the next only when it has finished. Serve each client in a thread of its own, or use poll.
explain-accept-late = This connection had been made, but { $server } called { $call } late: for { $time } the thread that accepts did nothing with its sockets, but slept, computed, or waited for something else.
# source: listen(2), NOTES; accept(2)
explain-connected-before-accept = connect succeeded { $time } before accept returned this connection: the kernel completes the handshake by itself and queues the connection until the program accepts it.
# source: listen(2), NOTES; Linux net/ipv4/tcp_input.c, tcp_conn_request; RFC 6298 2: the first timeout is 1 s
explain-queue-full = { $waiting ->
        [one] { $waiting } connection
       *[other] { $waiting } connections
    } waited to be accepted, and listen had asked for a queue of { $backlog }. When the queue is full the kernel drops further SYNs, and those clients try again after a second.
# source: accept(2) and socket(2), EMFILE; getrlimit(2), RLIMIT_NOFILE
explain-too-many-files = { $call } failed: this process has too many descriptors open. Close connections when they are done, or raise the limit (ulimit -n).

## A stream has no messages

# source: recv(2); tcp(7): no record boundaries; RFC 9293 2.2
explain-short-read = One send of { $sent } bytes, but this read got only { $got } of them. A stream carries bytes, not messages: read in a loop until you have all you need.
explain-buffer-too-small = { $sent } bytes were sent at once, and the buffer held { $room }. Nothing is lost: the rest waits for the next read. Read in a loop.
# source: the same
explain-coalesced-read = This read got { $got } bytes, of { $messages } sends. A stream keeps no boundaries between messages: mark them yourself, with a length or an end of line.
# source: send(2); write(2): fewer bytes than asked for
explain-short-write = Only { $taken } of { $asked } bytes were accepted, as the kernel's buffer had no more room, and the rest was not sent. Send in a loop until all is accepted.
explain-short-write-continued = Only { $taken } of { $asked } bytes were accepted, as the kernel's buffer had no more room. That is no failure: the program went on sending, as it should.

## How connections end

# source: recv(2), RETURN VALUE; RFC 9293 3.6
explain-end-of-stream = 0 bytes mean the end: { $peer } has closed its side and will send nothing more. It is not an error. Stop reading, and close when you have nothing more to send.
explain-end-ignored = { $call } returned 0 bytes, the end, and { $program } went on reading: { $times } times the same answer. 0 bytes are the moment to leave the loop.
# source: RFC 9293 3.5.2, 3.6.1; socket(7), SO_LINGER; recv(2), ECONNRESET
explain-connection-reset = { $call } failed because the connection was cut with RST. An end sends that when it closes with unread bytes, when it set SO_LINGER to 0 seconds, or when something is sent to it after it has closed, shut down both halves, or restarted.
# source: RFC 9293 3.6.1; RFC 2525 2.17; tried on Linux 6.18
explain-connection-reset-unread = { $call } failed because { $peer } cut the connection: it closed with { $unread ->
        [one] { $unread } byte
       *[other] { $unread } bytes
    } unread, and to that the kernel answers with RST.{ $lost ->
        [0] {""}
        [one] {" "}Of what { $peer } had sent, { $lost } byte was lost.
       *[other] {" "}Of what { $peer } had sent, { $lost } bytes were lost.
    }
# source: socket(7), SO_LINGER; Linux net/ipv4/tcp.c, __tcp_close
explain-connection-reset-linger = { $call } failed because { $peer } cut the connection: it closed with SO_LINGER at 0 seconds, and then the kernel sends RST and drops what is still to be sent.{ $lost ->
        [0] {""}
        [one] {" "}Of what { $peer } had sent, { $lost } byte was lost.
       *[other] {" "}Of what { $peer } had sent, { $lost } bytes were lost.
    }
# source: shutdown(2); send(2), EPIPE
explain-send-after-shutdown = The sending half of descriptor { $fd } had been shut down on this side before this send. After SHUT_WR nothing more can be sent.
# source: send(2), EPIPE; RFC 9293 3.6.1; tried on Linux 6.18 over loopback: exactly one send succeeds
explain-broken-pipe = Nothing more can be sent on descriptor { $fd }: the other end had closed or cut the connection. A send may still succeed until its RST is back (over loopback without delay, just one); each further one fails, like this one.
# source: RFC 8446 6.2 (alerts, and what each is about)
explain-tls-alert = Whoever sends the fatal alert { $alert } gives up this TLS connection.{ $alert ->
        [unknown_ca] {" "}The certificate leads to no authority that it trusts; one that a server signed itself has to be made known to it.
        [certificate_expired] {" "}The certificate has expired, or is not valid yet.
        [bad_certificate] {" "}The certificate is damaged, or its signature is wrong.
        [certificate_unknown] {" "}It does not accept the certificate.
        [certificate_required] {" "}It wants a certificate from the client.
        [handshake_failure] {" "}The two have no choice of algorithms in common.
        [protocol_version] {" "}The two have no version of TLS in common.
        [unrecognized_name] {" "}It has no certificate for the name that was asked for.
        [no_application_protocol] {" "}The two have no protocol in common that was offered by ALPN.
       *[other] {""}
    }
# source: RFC 9293 3.6.1; RFC 2525 2.17
explain-close-unread = { $program } closed with { $unread ->
        [one] { $unread } byte
       *[other] { $unread } bytes
    } unread that the other end had sent. The kernel then sends RST instead of an orderly end, and what the other end has not received yet is lost. Read until the end before closing.
# source: RFC 9293 3.6.1; Linux include/net/tcp.h, TCP_TIMEWAIT_LEN: 60 s
explain-server-closed-first = { $server } closed first, so the kernel keeps this connection of port { $port } in TIME_WAIT on its side for a minute. That is why servers set SO_REUSEADDR.
# source: shutdown(2); RFC 9293 3.6.1
explain-half-close = { $program } closed only its sending half (SHUT_WR): the other end sees the end of the stream, and can still answer.
# source: RFC 9293 3.6.1; RFC 9112 9.3.1 (retrying on a new connection)
explain-sent-after-close = { $peer } had closed this connection { $time } before. The kernel still took { $sent ->
        [one] the { $sent } byte of this send, but nobody will read it
       *[other] the { $sent } bytes of this send, but nobody will read them
    }: that a send succeeds says nothing about the peer. It happens to connections that are kept for the next request. Be ready to send it again on a new one.
# source: close(2), shutdown(2); fork(2): descriptors are shared
explain-end-held-open = { $program } closed its descriptor of this connection, but { $holder } still has one, and only the last close ends a connection: { $reader } waits for an end that was not sent. Close all of them (after a fork, in each process that does not use it), or end the stream with shutdown, which works whoever else has it open.
# source: RFC 9293 3.3.2, CLOSE-WAIT
explain-never-closed = { $program } never closed { $times } connections although their other end had closed: each stays in CLOSE_WAIT and keeps its descriptor until the program closes it or ends. Close a connection when recv returns 0.
# source: RFC 9293 3.7.4, 3.8.6.3; Linux include/net/tcp.h, TCP_DELACK_MIN: 40 ms
explain-nagle = { $program } sent in small pieces, and { $times } of them took about { $time } to arrive although { $peer } was waiting. That is how it looks when Nagle's algorithm (a small piece waits while an earlier one is unacknowledged) meets delayed ACK (the acknowledgement waits 40 ms or more); inferred from the times. Send what belongs together in one call (one buffer, writev), or set TCP_NODELAY.
# source: recv(2) and send(2), ETIMEDOUT; tcp(7), tcp_retries2 and keep-alive
explain-connection-timed-out = { $call } failed: what had been sent was not acknowledged, or the other end no longer answered, and the kernel gave up. It, or the network on the way, went away without closing; or it did not read for longer than TCP_USER_TIMEOUT allows.

## Datagrams

# source: udp(7), ECONNREFUSED; Linux net/ipv4/udp.c, __udp4_lib_err
explain-udp-refused = To an earlier datagram to { $address }, ICMP "port unreachable" came back: nobody had a socket there, or a firewall said so. A connected UDP socket is told at its next call.
# source: RFC 1122 4.1.3.3; ip(7), IP_RECVERR: who asks for errors is told; tried on Linux 6.18
explain-udp-nobody = None of the recorded programs has a UDP socket on port { $port }: unless another one has, the datagram to { $address } reached nobody, and no answer will come. An unconnected socket is not shown the ICMP error: set a time limit, or connect it.
# source: udp(7); recv(2), MSG_TRUNC
explain-datagram-truncated = The datagram had { $sent } bytes and the buffer only { $room }: the rest is lost for good. Unlike a stream, a datagram is read whole or cut short. Give a larger buffer.
# source: unix(7), SCM_RIGHTS; recvmsg(2), MSG_CTRUNC; cmsg(3)
explain-descriptors-lost = { $sent ->
        [one] { $sent } descriptor was
       *[other] { $sent } descriptors were
    } passed with this message (SCM_RIGHTS), but { $got } arrived: the kernel drops what { $call } has no room for. Only recvmsg takes descriptors, into a control buffer large enough for all of them (CMSG_SPACE). MSG_CTRUNC in its msg_flags says that it was not.
explain-control-truncated = More control data came with this message than { $call } had room for (MSG_CTRUNC): the rest is lost, passed descriptors too. Give a larger control buffer (CMSG_SPACE).
# source: recv(2), RETURN VALUE; RFC 768
explain-datagram-empty = 0 bytes, and not the end: UDP carries empty datagrams too. Only on a stream does 0 mean that the other end has closed.
# source: RFC 791 3.1, RFC 768: 65,535 - 20 - 8; send(2), EMSGSIZE
explain-datagram-too-long = { $asked } bytes do not fit into one datagram: UDP over IPv4 carries 65,507 at most. Split the data, or use TCP.
# source: send(2), EDESTADDRREQ
explain-no-destination = { $call } does not know where to send: the socket is not connected, and no address was given. Use sendto with an address, or connect first.

## Wrong descriptor, wrong moment

# source: recv(2) and send(2), ENOTCONN; tried on Linux 6.18: send on a TCP socket that was never connected fails with EPIPE
explain-not-connected = { $call } needs a connection, and descriptor { $fd } never had one. Call connect first, or use what accept returned.
explain-listener-used = Descriptor { $fd } only listens: { $call } does not work on it. Talk to the client on the descriptor that accept returned.
# source: accept(2), EINVAL
explain-accept-without-listen = { $call } on descriptor { $fd }, which does not listen. Call bind, then listen, then accept.
# source: errno(3), EBADF
explain-closed-descriptor = Descriptor { $fd } had been closed before this { $call }. Close a socket only when nobody in the program uses it any more, and only once.
# source: errno(3), ENOTSOCK
explain-not-a-socket = Descriptor { $fd } is open, but it is not a socket, so { $call } cannot work on it. Check which number is passed (0, 1 and 2 are standard input, output and error).

## Waiting

explain-busy-loop = { $call } was called { $times } times in { $time } and had nothing to return: a busy loop that burns a whole processor. Let the call block, or wait with poll.
explain-spins-writable = { $call } returned { $times } times, about { $rate } times a second, because there is room to send on descriptor { $fd } ({ $event }), but { $program } sent nothing. There nearly always is room: ask for { $event } only while something waits to be sent.
explain-spins-ignored = { $call } returned { $times } times, about { $rate } times a second, because of the same { $event } on descriptor { $fd }, and { $program } did nothing about it. It is reported until it is dealt with: read, accept or close, or stop asking for it.
# source: accept(2), EMFILE
explain-spins-without-descriptors = { $call } on descriptor { $fd } failed { $times } times, about { $rate } times a second: { $program } has no descriptor left for the connection. It stays in the queue, descriptor { $fd } stays readable, and so a wait for it returns at once, again and again. Close connections when they are done, raise the limit (ulimit -n), and pause after EMFILE.
# source: epoll(7), edge-triggered
explain-edge-not-drained = { $program } read { $got } bytes from descriptor { $fd } and went back to waiting while { $unread } more had been sent. It asked for edge-triggered events (EPOLLET), which report only news: what was left is not reported again. Read until EAGAIN before waiting.
# source: recv(2), send(2), accept(2), EAGAIN
explain-not-now = EAGAIN is not a failure: { $call } was told not to wait (non-blocking socket, or MSG_DONTWAIT), and would have had to. Wait with poll or epoll, then call again.
# source: socket(7), SO_RCVTIMEO
explain-receive-timed-out = { $call } waited { $time }, the socket's time limit (SO_RCVTIMEO), and nothing came. Try again, or give up.
explain-send-timed-out = { $call } waited { $time }, the socket's time limit (SO_SNDTIMEO), and the kernel's buffer still had no room: { $why }.
# source: poll(2); CPython Modules/socketmodule.c: settimeout waits in poll
explain-poll-timed-out = { $call } waited { $time }, the limit it was given, and nothing came. This is also how a time limit set in Python (settimeout) looks from below.
# source: signal(7), EINTR
explain-interrupted = A signal interrupted { $call } before anything happened, and the program did not call it again. If it is to go on: EINTR means only that, call again.
explain-both-wait = When the recording ended, { $one } waited for { $other }, and { $other } waited for { $one }, with nothing on its way: unless somebody else sends here, neither will continue. Agree on who speaks first, and on how a message ends.
explain-waits-for-end = When the recording ended, { $program } had waited { $time } for more, and { $peer } had neither sent anything nor closed. Whoever reads until the end needs the other side to close, or to shut down its sending half.
explain-still-accepting = { $server } waited in accept for the next client to the end. That is no fault: a server that goes on for ever ends when it is told to (Ctrl-C).

## Options

# source: socket(7), SO_REUSEADDR; as explain-address-in-use-time-wait
explain-reuse-address = SO_REUSEADDR lets bind take port { $port } although old connections on it are in TIME_WAIT, if the socket they came from had set it too. It does not let two programs listen there at once.
# source: tcp(7), TCP_NODELAY; RFC 9293 3.7.4
explain-no-delay = TCP_NODELAY sends small pieces without waiting. Without it (Nagle's algorithm) the kernel holds a small piece back while an earlier one is unacknowledged, and joins them.

## Processes

# source: getaddrinfo(3), resolv.conf(5), RFC 1035
explain-name-lookup = A name was looked up: the name server { $server } was asked for { $name } ({ $types }). Usually getaddrinfo does that by itself, before a program can connect to a name.
explain-name-lookup-unanswered = The name server { $server } did not answer for { $name } ({ $types }) within { $time }. Without an address there is nothing to connect to: check the network and /etc/resolv.conf.
# source: RFC 4074: name servers that misbehave when asked for AAAA
explain-name-lookup-partial = The name server { $server } answered for the { $types } record of { $name }, but not for { $missing }, asked { $times ->
        [one] { $times } time
       *[other] { $times } times
    }: an address was there at once, and waiting for the rest took { $time } in all. A name server that knows no such record must say so.
# source: RFC 1035 §4.1.1, RFC 8020
explain-name-own-network = { $server }, which says that there is no { $name }, is a name server of socklab’s: it knows only the names of the network that socklab made for the programs. Elsewhere the name may exist: `socklab trace` without --packets and --wire asks the machine’s name server.
explain-name-server-own-network = Nobody answers at { $server }, which should tell the addresses of names: the programs ran in a network that socklab made for them, with no way out. Nothing is wrong with your network. For real names, use `socklab trace` without --packets and --wire; for a small internet with names and servers, `socklab lab run -- PROGRAM`.
# source: signal(7), SIGPIPE; send(2), MSG_NOSIGNAL
explain-killed-by-sigpipe = { $program } was killed by SIGPIPE: it sent on a connection on which nothing can be sent any more. Ignore SIGPIPE, or send with MSG_NOSIGNAL, and handle EPIPE.
# source: _exit(2): descriptors are closed; RFC 9293 3.6.1
explain-killed-connected = { $signal } ended { $program } with a connection open. The kernel closed it in its place, and sends the other end the end of the stream (FIN), or a reset (RST).
# source: io_uring(7)
explain-io-uring = { $program } uses sockets through io_uring: what it does there is no system call of its own and cannot be seen here. This ladder is not complete.
