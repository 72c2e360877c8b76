# Packets in a ladder. Flags, states and protocols are called what the RFCs call them.

# What a packet is, on its arrow.
packet-again = again
packet-bytes = bytes { $from }–{ $to }
packet-byte = byte { $from }
packet-ack = ACK { $n }
packet-ack-of-fin = ACK of the FIN
packet-duplicate-ack = duplicate ACK { $n }
packet-window-zero = ACK { $n } · window 0: full
packet-window-still-zero = ACK { $n } · window still 0
packet-window-open = window { $n }: room again
packet-window-opened = the window opened: room again
packet-window-update = window { $n }
packet-window-probe = window probe
packet-keepalive-probe = keepalive probe
packet-keepalive-answer = ACK: still there
packet-sends = packet { $what } to { $to }
packet-reaches = It reaches { $to }: { $call }
packet-empty-datagram = empty datagram

# Beside a call.
packet-waits = waits
packet-connected = connected

# Why the kernel sent a packet that no call set off.
# source: RFC 6298 §5 (retransmission timer), RFC 5681 §3.2 (fast retransmit), RFC 9293 §3.8.6.1 (window
# probes), §3.8.4 (keepalive), §3.7.4 (Nagle), §3.8.6.3 (delayed ACK), §3.5.2 (reset)
packet-why-syn-again = { $time }: no answer, the kernel tries again
packet-why-syn-ack-again = { $time }: no ACK, the kernel tries again
packet-why-asked-again = the SYN came again: so does the answer
packet-why-again = { $time }: no ACK, sent again
packet-why-again-early = { $n ->
        [one] a duplicate ACK: sent again at once
       *[other] { $n } duplicate ACKs: sent again at once
    }
packet-why-missing-too = the last ACK showed that this is missing too
packet-why-ack-came = { $n ->
        [one] the ACK of the byte before came
       *[other] the ACK of the { $n } B before came
    }
packet-why-room = an ACK made room
packet-why-cork = TCP_CORK or MSG_MORE had held it back
packet-why-window-probe = { $time }: is there room yet?
packet-why-keepalive = { $time } of silence: still there?
packet-why-delayed-ack = { $time }: no data to send the ACK with
packet-why-fin-waited = all before it has been acknowledged
packet-rst-nobody = nobody listens there
packet-rst-closed = that socket is closed already
packet-rst-never-accepted = it was closed before anybody accepted it
packet-rst-rule = no end sent this: a rule of the wire did

# An address at which no program is.
packet-port = port { $n }
packet-ports = { $n } ports
packet-nobody = no program
packet-no-answer = no answer
packet-shared = one of several sockets
# In the column of a program before a packet that it sent to its own address.
packet-to-itself = to itself:
packet-on-the-way = on the way
packet-nobody-listens = nobody listens there:
packet-kernel-says = the kernel says so
packet-nobody-there = nobody there
packet-about = about
# source: RFC 826; RFC 5227 2.1.1
packet-who-has = who has { $address }?
packet-does-anybody-have = does anybody have { $address }?
packet-here-is = here is { $address }
# source: udp(7), ip(7) IP_RECVERR; Linux net/ipv4/udp.c, __udp4_lib_err
packet-tells-nothing = socket { $fd } never called connect: the kernel tells it nothing

# What became of a packet.
packet-dropped = dropped by the rule: { $rule }
packet-lost = lost: { $why }
packet-under-way = still under way when the recording ended
packet-under-way-by = still under way when the recording ended, because of the rule: { $rule }
packet-spoilt = { $how } by the rule, so that the kernel drops it: { $rule }
packet-altered = { $how } by the rule: { $rule }
packet-altered-late = { $how } by the rule, { $time } in all: { $rule }
packet-altered-several = { $how } by the rule, { $n } arrived: { $rule }

value-link_down = the link is down
value-too_big = too big for a link on its way
value-queue_full = too much was waiting before it
value-refused = the kernel did not take it

# The fold of many packets.
packet-segments = × { $n ->
        [one] { $n } segment
       *[other] { $n } segments
    }
packet-packets = × { $n ->
        [one] { $n } packet
       *[other] { $n } packets
    }
packet-moved = { $n ->
        [one] { $n } byte
       *[other] { $n } bytes
    }
packet-and-calls = { $n ->
        [one] and { $n } call
       *[other] and { $n } calls
    }

# The footer.
packet-bare-acks = ACKs that carry nothing else, not drawn: { $n }.
packet-bare-acks-all = ACKs that carry nothing else, not drawn: { $n }. --all draws them.
packet-noted = Notes that say the same as the one before, not drawn: { $n }.
packet-noted-all = Notes that say the same as the one before, not drawn: { $n }. --all draws them.
packet-alone = Only packets were recorded: nothing is known of programs.
packet-between-nobody = Packets to a group, or of which too little was captured, not drawn: { $n }.
packet-of-nobody = Packets of no program in this recording, not drawn: { $n }.

# The details of a packet.
packet-fact-what = what it is
packet-fact-fate = what became of it
packet-fact-cause = set off by
packet-fact-why = why
packet-fact-carries = carries
packet-fact-woke = it woke
packet-fact-again = sent before as
packet-fact-about = about
packet-fact-acknowledges = acknowledges
packet-fact-window = window
packet-fact-addresses = from, to
packet-fact-protocol = protocol
packet-fact-fragment = piece
packet-fact-flags = flags
packet-fact-sequence = sequence number
packet-fact-acknowledgement = acknowledgement number
packet-fact-options = options
packet-fact-icmp = type, code
packet-fact-mtu = largest that passes
packet-fact-payload = payload
packet-fact-checksum = checksum
packet-fact-wire = on the wire
packet-arrived = arrived { $time } later
packet-cause-timer = a timer of the kernel
packet-since = { $time } after { $what }
packet-cause-unknown = not known
packet-rst-unread = closed with { $n ->
        [one] { $n } byte
       *[other] { $n } bytes
    } unread
packet-rst-linger = SO_LINGER 0: closing cuts
packet-scaled = { $n } B ({ $raw } × { $factor })
packet-unscaled = { $raw }, in units that the SYN would tell
packet-window-closed = full, nothing more may be sent
packet-window-closed-still = still full
packet-piece = of datagram { $id }, from byte { $offset }; more follow
packet-last-piece = of datagram { $id }, from byte { $offset }, the last
packet-checksum-right = { $sum }: correct
packet-checksum-before = { $sum }: correct when it was sent, before a rule of the wire corrupted it
packet-checksum-wrong = { $sum }: wrong, { $right } would be correct; the receiver drops it
packet-checksum-open = { $sum }: not computed; loopback leaves it out
packet-checksum-unknown = { $sum }: not checked, only the first { $n } bytes were kept
