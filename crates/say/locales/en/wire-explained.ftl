# What the recorded packets explain.

## Why a packet did not arrive: part of a sentence, behind a colon.

wire-dropped-by-rule = the rule “{ $rule }” dropped it
wire-corrupted-by-rule = the rule “{ $rule }” changed bytes of it, so its checksum was wrong and the kernel threw it away
wire-lost = it got lost on the way

## Who repeated what, behind “after 1 s”.

wire-asked-again = the kernel that had asked sent its SYN again, and the answer came again
wire-answered-again = the kernel that listens sent its answer again

## Explanations

# source: RFC 9293 3.8.1; RFC 6298 2.1; tcp(7), tcp_syn_retries; the times are those of the packets
explain-syn-lost = The SYN to { $address } did not arrive: { $why }. Nothing came back, and after { $first } the kernel sent it again{ $times ->
        [one] .
       *[other] , { $times } times within { $time }.
    } The program does not notice; its connect takes that much longer.
# source: RFC 9293 3.8.1; tcp(7), tcp_synack_retries
explain-syn-ack-lost = The SYN reached { $address }, but the SYN,ACK that answered it did not come back: { $why }. After { $time } { $again }.
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
explain-window-closed = { $peer } did not read, so its receive buffer filled up and its kernel closed the window: for { $time } { $program } could send nothing more.{ $probes ->
        [0] {""}
        [one] {" "}Meanwhile the kernel asked once whether there was room (window probe).
       *[other] {" "}Meanwhile the kernel asked { $probes } times whether there was room (window probes).
    }
# source: RFC 6298 5; the times are those of the packets
explain-data-lost = A segment with data of { $program } did not arrive: { $why }. No ACK came, and after { $time } the kernel sent it again{ $times ->
        [one] .
       *[other] ; that happened { $times } times.
    } The programs notice only that it takes longer.
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
