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
## Exports to the formats of other tools.
chrome-main-thread = main thread
chrome-thread = thread { $id }
chrome-packets = packets
chrome-sent-by = sent by { $host }
har-none = { $path }: there is no HTTP/1 request in this recording that could be read, so no archive was written
har-none-hint = What is encrypted (https), HTTP/2 and HTTP/3 can't be read here; of long messages, record more with: socklab trace --bytes 65536
har-no-time = The time of day was not recorded: the times count from the boot of the machine, as if that had been in 1970.
har-hidden = { $n ->
    [one] On one connection, bytes that were not recorded hide further messages; socklab trace --bytes N records more of each.
   *[other] On { $n } connections, bytes that were not recorded hide further messages; socklab trace --bytes N records more of each.
 }
har-unasked = { $n ->
    [one] One response is left out because its request was not recorded.
   *[other] { $n } responses are left out because their requests were not recorded.
 }
har-interim = Interim responses came first: { $status }.
har-no-response = No response was recorded.
har-base64 = The text is base64.
har-coded = The body is as it was sent, encoded with { $coding }.
har-unrecorded = { $n ->
    [one] One byte of the body was not recorded
   *[other] { $n } bytes of the body were not recorded
 }: here are the first { $has }. socklab trace --bytes N records more.
har-never-came = { $n ->
    [one] One byte that was announced never came.
   *[other] { $n } bytes that were announced never came.
 }
mermaid-long = { $path }: more than the 50,000 characters that Mermaid draws by default; who shows it can allow more (maxTextSize)

## follow
follow-none = { $path }: no conversation was recorded
follow-none-fits = { $path }: no conversation fits this filter
follow-unknown = { $path }: there is no conversation { $n }, only { $all }
follow-unknown-hint = All of them: socklab follow { $path }
follow-choose = { $n ->
    [one] There is one conversation.
   *[other] There are { $n } conversations: choose one.
 }
follow-choose-hint = For example: socklab follow { $path } --connection { $n }
# The two ends, and how many bytes each sent; TCP or UDP follows.
follow-line = { $n }: { $from } → { $to }, { $there } B →, { $back } B ←,
follow-closed = closed by { $who } first
follow-reset = reset
follow-open = open at the end of the recording
follow-joined-late = It began before the recording: what was said before is not known.
follow-silence = Nothing was said.
follow-gap = … { $n ->
    [one] one byte not recorded
   *[other] { $n } bytes not recorded
 } …
follow-gap-unseen = … { $n ->
    [one] one byte that never passed through the program
   *[other] { $n } bytes that never passed through the program
 } …
follow-gap-lost = … { $n ->
    [one] one byte whose packet is missing
   *[other] { $n } bytes whose packets are missing
 } …
follow-more = More of each message is recorded by: socklab trace --bytes 65536 …
follow-not-whole = { $file } is not written: { $n ->
    [one] one byte of it is not recorded
   *[other] { $n } bytes of it are not recorded
 }
follow-in-parts = { $file }: { $n ->
    [one] one byte is missing
   *[other] { $n } bytes are missing
 }; what comes behind a gap is in a file of its own, named after its offset
follow-written = { $path }: { $n ->
    [one] one file written
   *[other] { $n } files written
 }
follow-lacking = { $n ->
    [one] One direction is not whole, so it was not written.
   *[other] { $n } directions are not whole, so they were not written.
 }
follow-lacking-hint = --partial writes what there is, in parts; socklab trace --bytes 65536 … records more of each message
