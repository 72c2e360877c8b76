# The names of what a frame's headers say, beside those in ladder.ftl.
fact-fragment = fragment
fact-id = id
fact-offset = offset
fact-more = more follow
fact-options = options
fact-maximum_segment = maximum segment
fact-window_scale = window scale
fact-selective_permitted = selective ACK permitted
fact-selective = selective ACK
fact-timestamps = timestamps
fact-mtu = MTU
fact-about = about
fact-payload = payload
fact-changed = bytes changed

# What a capture file lacks, or why it can't be read.
capture-cut = { $path } ends within a packet, at byte { $at }: what followed is missing
capture-damaged = { $path } is damaged at byte { $at }: what follows can't be read
capture-not-decoded = { $n ->
        [one] { $path }: one packet is of a kind of link that is not decoded here, and not drawn
       *[other] { $path }: { $n } packets are of a kind of link that is not decoded here, and not drawn
    }
capture-empty = there is no packet in this capture
capture-link = this capture is of the link type { $link }. Decoded are Ethernet, raw IP, Linux cooked (the device any) and loopback
capture-no-packet = the capture is damaged, or ends, before its first packet (byte { $at })
draw-compressed = Decompress it first: { $command } | socklab draw -

# Why there is no capture of a recording.
capture-none-recorded = { $path } is not written: no packets were recorded. With --packets they are
capture-none-seen = { $path } is not written: not one packet passed through the network
capture-no-bytes = { $path } is not written: the recording lacks the bytes of its packets (--redact leaves them out, and so does a recording that has grown too large)

# The comments on packets in a capture.
capture-dropped = dropped on the way: { $rule }
capture-lost = lost on the way: { $why }
capture-under-way = still on its way at the end ({ $how }): { $rule }
capture-altered = { $how }: { $rule }
capture-arrived = the same packet as it arrived
capture-call = { $name } (process { $process }), in { $call }
capture-kernel = the kernel, for a socket of { $name } (process { $process })
capture-row = ladder (socklab draw --all): row { $row }, at { $time }

# Outputs of commands that run something by themselves.
arg-what-if-output = Also write what happened to a file: .txt, .svg, .html (the drawing), .jsonl (the recording) or .pcapng (the packets, for Wireshark)
arg-check-output = Also write what happened in the case to a file: .txt, .svg, .html (the drawing), .jsonl (the recording) or .pcapng (the packets, for Wireshark)
arg-run-output = Trace it, and write the drawing to a file: .txt, .svg, .html, .jsonl (the recording) or .pcapng (the packets, for Wireshark)
output-taken = -o - is not possible here: standard output is for the report. Name a file
capture-needs-packets = a .pcapng holds packets, and none are recorded
capture-needs-packets-hint = Add --packets: the programs then run on a loopback of their own
capture-not-possible = a .pcapng holds packets, and none can be recorded here
capture-needs-lab-hint = Add --lab: the program then runs in a network of its own

# Whoever asks for the time of day, of a recording that does not tell it.
time-unknown = the recording does not say at what time of day it was made
time-unknown-hint = Without --time clock, times are seconds since the start
