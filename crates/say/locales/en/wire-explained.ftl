# What the recorded packets explain.

## Why a packet did not arrive, or not at once: part of a sentence, behind a colon.

wire-dropped-by-rule = the rule “{ $rule }” dropped it
wire-corrupted-by-rule = the rule “{ $rule }” changed bytes of it, so its checksum was wrong and the kernel threw it away
wire-delayed-by-rule = the rule “{ $rule }” held it up
wire-lost = it got lost on the way

## What the kernels did then, and what came of it: a sentence each.

wire-asked-again = After { $time } the kernel that had asked sent its SYN again, and that was answered again.
wire-answered-again = After { $time } the kernel that listens sent its answer again.
wire-not-answered-again = It was not answered again as long as this was recorded.
wire-connects-later = The program does not notice; its connect takes that much longer.
wire-answered-later = Then an answer arrived: the connection was made that much later.
wire-refused-later = Then an answer arrived: the refusal (RST).
wire-gave-up = No answer ever arrived, and the kernel gave up: connect failed.
wire-never-answered = No answer ever arrived. By default the kernel gives up only after about two minutes.
wire-known-later = For that end the connection exists only { $time } later, when something else of it arrived.
wire-never-known = As long as this was recorded, the connection did not exist for that end.
wire-timer-again = No ACK came, and after { $time } the kernel sent it again.
wire-sent-again = After { $time } the kernel sent it again.
wire-not-sent-again = It was not sent again as long as this was recorded.
wire-data-came-later = The programs notice only that it takes longer.
wire-data-never-came = Its bytes never arrived.

## Who waited for a window to open: the rest of a sentence.

wire-program-waits = { $program } could send nothing more
wire-kernel-waits = what { $program } had handed over had to wait in its kernel

## Why a buffer had no room: the rest of a sentence.

wire-send-lost = packets of this connection had got lost, so what was sent before had not all been acknowledged
wire-send-unread = the other end did not read what was sent before

## Explanations

# source: RFC 9293 3.8.1; RFC 6298 2.1; tcp(7), tcp_syn_retries; the times are those of the packets
explain-syn-lost = The SYN to { $address } did not arrive: { $why }. Nothing came back{ $times ->
        [0] .
        [one] , and after { $first } the kernel sent it again.
       *[other] , and after { $first } the kernel sent it again, { $times } times within { $time }.
    } { $outcome }
# source: RFC 9293 3.8.1; tcp(7), tcp_synack_retries
explain-syn-ack-lost = The SYN reached { $address }, but the SYN,ACK that answered it did not come back: { $why }. { $then } { $outcome }
# source: RFC 9293 3.5; listen(2), NOTES
explain-handshake-ack-lost = For { $program } the connection was made as soon as SYN,ACK had come, but the ACK that says so did not reach { $peer } at once: { $why }. { $then }
# source: shutdown(2); Linux net/ipv4/tcp_input.c, tcp_rcv_state_process; tried on Linux 6.18
explain-connection-reset-shutdown = { $call } failed because more came for { $program } after it had shut down both halves of this connection (shutdown): its kernel then cuts the connection with RST, for both ends. Who still wants to read shuts down only the sending half (SHUT_WR).
# source: RFC 9293 3.10.7.1, a segment for a connection that is closed; tried on Linux 6.18
explain-connection-reset-closed = { $call } failed because { $peer } had closed its socket already when more came for it: the kernel there answered that with RST.
# source: Linux net/ipv4/inet_connection_sock.c, inet_csk_listen_stop; tried on Linux 6.18
explain-connection-reset-unaccepted = { $call } failed because { $peer } closed its listening socket before accept had returned this connection: the kernel there cuts what still waits in the backlog with RST.
# source: the rule, as it was given
explain-connection-reset-rule = { $call } failed because the rule “{ $rule }” cut the connection: the wire sent this RST, no program and no kernel did.
# source: RFC 9293 3.7.4, 3.8.6.3; the times are those of the packets
explain-nagle-delayed-ack = { $program } sent in small pieces, and { $times ->
        [one] one of them waited
       *[other] { $times } of them waited
    } about { $time } to be sent: Nagle's algorithm held { $times ->
        [one] it
       *[other] them
    } back until the piece before was acknowledged, and the kernel of { $peer } held back that ACK (delayed ACK). Send what belongs together in one call (one buffer, writev), or set TCP_NODELAY.
# source: RFC 9293 3.8.6; tcp(7), tcp_rmem
explain-window-closed = { $peer } did not read, so its receive buffer filled up and its kernel closed the window: for { $time } { $held }.{ $probes ->
        [0] {""}
        [one] {" "}Meanwhile the kernel asked once whether there was room (window probe).
       *[other] {" "}Meanwhile the kernel asked { $probes } times whether there was room (window probes).
    }
# source: RFC 6298 5; the times are those of the packets
explain-data-lost = A segment with data of { $program } did not arrive: { $why }. { $then } { $outcome }{ $times ->
        [one] {""}
       *[other] {" "}{ $times } such segments got lost in all.
    }
# source: RFC 5681 3.2; RFC 8985
explain-data-lost-asked-for = A segment with data of { $program } did not arrive: { $why }. What came after it was answered with { $acks ->
        [one] a duplicate ACK, which says
       *[other] { $acks } duplicate ACKs, which say
    } what is missing, so the kernel sent it again after { $time } already, without waiting for its timer.
# source: recv(2) and send(2), ETIMEDOUT; tcp(7), tcp_retries2 and keep-alive
explain-connection-timed-out-lost = { $call } failed because nothing came back any more, and the kernel gave up. Of the last packet that got lost is known why: { $why }.
# source: RFC 768; udp(7)
explain-datagram-lost = { $times ->
        [one] This datagram to { $address } did not arrive: { $why }.
       *[other] { $times } datagrams to { $address } did not arrive. The first: { $why }.
    } UDP does not notice, and sends nothing again: that is up to the programs.
# source: RFC 791 3.2; RFC 8200 4.5; ip(7)
explain-fragment-lost = This datagram of { $bytes } bytes travelled in { $pieces } packets, and one of them did not arrive: { $why }. Without it the others are useless, and the receiver gets nothing of the datagram.
# source: resolv.conf(5), timeout and attempts: 5 s and 2 by default
explain-name-lookup-lost = A packet of the look-up of { $name } ({ $types }), to or from the name server { $server }, did not arrive: { $why }. UDP sends nothing again; the resolver waits, 5 s by default, and then asks again. This look-up took { $time }.
