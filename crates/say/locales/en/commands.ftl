# What the commands say.

welcome =
    socklab, the socket laboratory

    Small programs that use sockets, run for real, on this machine, without a network.
everything-else = all commands
list-title = The course: { $past } of { $all }
list-more = Also in this course
list-next = socklab learn goes on at the line marked “>”, socklab learn NAME at any other. Run all programs: socklab tour.
select-keys = ↑ ↓: move · /: search · Enter: go there · q: leave
select-search = /{ $search }   (Enter: go there, Esc: the whole list)
select-nothing = nothing has “{ $search }” in it
pager-more = { $lines ->
        [one] one more line
       *[other] { $lines } more lines
    } · space: go on · q: leave them out
learn-unknown = nothing in the course is called “{ $name }”
learn-kind-program = program
learn-kind-question = question
learn-kind-exercise = exercise
learn-place-program = program { $name }
learn-place-question = question { $name }
learn-place-exercise = exercise { $name }
learn-now = Now:
learn-then = Then:
learn-end = the end of the course
learn-run = run it, and check what it says
learn-run-again = run it again
learn-source = read its source
learn-go-on = go on: { $next }
learn-begin = begin
learn-elsewhere = go to a folder in which you may write (cd), and then: socklab learn
learn-language = In which language? { $names }
learn-ask = Your prediction (a–{ $last }, space: just show me, n: next, p: back, l: list, q: leave):
learn-ask-again = ask again
learn-keys = n: next · p: back · l: list · q: leave
learn-left = { $command } goes on from here.
learn-finished = That was the whole course: all { $all } of it.
learn-finished-next = Any of it again: socklab list. Your own program under the glass: socklab trace -- COMMAND.
key-enter = Enter: { $what }
key-unknown = “{ $key }” does nothing here.
neighbour-question = Asked about it: { $command }
neighbour-exercise = To write yourself: { $command }
neighbour-next = Next: { $command }
unknown-program = there is no program “{ $name }”

progress-not-kept = Your progress is not kept: { $why }

no-such-name = no such name: { $name }
no-address = { $name } exists, but has no such address
resolver-silent = { $name } could not be resolved: no name server answered. Is there a network?
unresolved = { $name } could not be resolved: { $reason }
canonical = { $name } is an alias of { $canonical }
host-hint = put a line “127.0.1.1 NAME” into /etc/hosts
bad-service = “{ $query }” is neither a port from 1 to 65535, nor PORT/PROTOCOL, nor a name
no-such-service = { $query }: no such service in { $source }
embedded-services = socklab's own list

serving = { $protocol } on { $address }. Ctrl-C ends it.
serve-neither = { $protocol } works over { $transport } only
serve-no-root = only http has files to serve
serve-bad-root = { $path } can't be served: { $reason }
bind-failed = bind { $address }: { $reason }
bind-taken-hint = another program has the port (ss -tulpn shows which); --port 0 takes any free one
bind-low-hint = ports below 1024 need root; --port { $port } does not
log-accepted = connected
log-answered = datagram of { $received ->
        [one] { $received } byte
       *[other] { $received } bytes
    }, answered with { $sent }
log-http = { $request } → { $status }, { $bytes ->
        [one] { $bytes } byte
       *[other] { $bytes } bytes
    }
log-ntp = NTPv{ $version } request, answered
log-refused = not served: { $why }
refusal-too-many = there are too many clients already
refusal-port-zero = it came from port 0, to which nothing can be sent
refusal-low-port = it came from a port below 1024, where another service may listen
refusal-own-address = it claims to come from this server: the source is forged
refusal-broadcast = it was sent to a broadcast address
refusal-multicast = it was sent to a multicast address
refusal-too-fast = this client asks too often
refusal-answer-too-large = the answer of { $length ->
        [one] { $length } byte
       *[other] { $length } bytes
    } does not fit into a datagram
refusal-ntp-too-short = { $length ->
        [one] { $length } byte is
       *[other] { $length } bytes are
    } too short for an NTP packet
refusal-ntp-version = NTP version { $version } is not spoken here
refusal-ntp-mode = an NTP packet in mode { $mode } is not a request
refusal-other = it is not acceptable
log-bytes = { $received ->
        [one] { $received } byte
       *[other] { $received } bytes
    } received, { $sent } sent
log-closed = closed: { $bytes }
cut-reset = reset by the client
cut-idle = idle for too long
cut-stopped = the server was stopped
log-cut = cut off: { $bytes }; { $why }

bad-port = “{ $port }” is neither a port from 1 to 65535 nor the name of a service
connected = Connected: { $own } → { $peer }
refused = connect { $address }: connection refused. Nobody listens there.
unreachable = connect { $address }: unreachable. There is no route to that network or host from here.
connect-timeout = connect { $address }: no answer within { $seconds } s
connect-failed = connect { $address }: { $reason }
no-port = A port is missing: socklab connect { $host } PORT
two-ports = Two ports are given: { $one } and { $other }
no-host = “{ $target }” names no host: socklab connect HOST PORT
no-unix-name = “{ $target }” names no Unix socket: unix:PATH or @NAME
needs-brackets = “{ $target }” is not an address. An IPv6 address with a port is written [ADDRESS]:PORT, as in [::1]:80
is-a-url = “{ $target }” is a URL. A host and a port are needed, as in: socklab connect localhost 80
unix-takes-no = { $what } is for IP addresses: a Unix socket has only a name, and connect speaks to it by a stream
unix-unnamed = (unnamed)
unix-not-found = connect { $address }: there is no such path. No server is bound to it.
unix-refused = connect { $address }: connection refused. Nobody listens there: the server has ended, or it is not a socket.
unix-no-stream = connect { $address }: that socket takes datagrams or packets, not a stream (EPROTOTYPE).
refused-hint = socklab serve echo --port { $port }, in another terminal
reset = { $peer } reset the connection (RST) after { $bytes ->
        [one] { $bytes } byte
       *[other] { $bytes } bytes
    }
unix-reset = { $peer } closed the connection without reading everything, after { $bytes ->
        [one] { $bytes } byte
       *[other] { $bytes } bytes
    }
udp-refused = { $peer }: nobody has that port (ICMP port unreachable)
summary = { $sent ->
        [one] { $sent } byte
       *[other] { $sent } bytes
    } sent, { $received ->
        [one] { $received } byte
       *[other] { $received } bytes
    } received
no-answer = { $peer } sent no answer within { $seconds } s
object-input = standard input
object-output = standard output
empty-datagram = (an empty datagram)

written = written: { $path }
trace-waits = Waiting until “{ $before }” listens, is bound to a datagram port, or ends: then “{ $next }” starts. Ctrl-C ends the recording.
recording-lengths = The recording grew beyond { $size }: from there on it has only the lengths of messages. More with --max-size
recording-counted = The recording grew beyond twice { $size }: from there on repeated calls are only counted. More with --max-size
recording-broken = { $path } can't be written: { $error }. The programs go on, but the recording ends here
recording-ends-early = { $path } lacks the end of the recording: { $error }
recording-cut = { $path } ends at line { $line }, but the recording had not: the end is missing
recording-kept = The file that it replaced is now { $path }
trace-child = Its child { $ids } is recorded too (--only leaves it out)
trace-children = Its children { $ids } are recorded too (--only leaves them out)
trace-foreign-abi = Process { $pid } makes { $abi } calls: its socket calls can't be decoded, and will be missing
trace-unprivileged = { $program } runs without its privileges, because it is traced; as root, socklab would leave them in place
trace-strict-refused = Process { $pid } asked for strict seccomp and did not get it, only because it is traced: it runs unprotected ({ $why })
trace-not-followed = Process { $pid } is not recorded: { $why }
trace-stands = Nothing has happened for two seconds, and no program is left to start. Ctrl-C ends the recording:
trace-stands-accept = { $program } (pid { $pid }) waits for a client on port { $port }
trace-stands-receive = { $program } (pid { $pid }) waits for data
trace-stands-call = { $program } (pid { $pid }) waits in { $call }
trace-one-program = “{ $program }” was run as one program with its arguments: to run several, put quotes around each.
trace-awaits-work = Still at work, so they may go on for { $left } more (--grace); Ctrl-C ends the wait:
trace-awaits-end = Got SIGTERM and have not ended; SIGKILL follows in { $left } (--grace), or at Ctrl-C:
trace-awaited-computes = { $program } (pid { $pid }) computes
trace-awaited-uninterruptible = { $program } (pid { $pid }) waits for a disk (state D)
trace-awaited-receives = { $program } (pid { $pid }) waits, and something is still on its way to it
trace-awaited-sleeps = { $program } (pid { $pid }) sleeps
trace-awaited-sleeps-for = { $program } (pid { $pid }) sleeps for another { $left }
trace-awaited-waits = { $program } (pid { $pid }) waits
bad-command-line = “{ $line }” is not a command line: a quote is left open, or it is empty
draw-empty = the file is empty: no recording was written, or not yet
draw-mark = the file begins with a byte order mark (UTF-8 BOM), which a recording never has. Without it: tail -c +4 FILE > run.jsonl
draw-foreign = this is a file of another kind ({ $kind }), not a recording of socklab
draw-no-header = this is neither a recording of socklab (.jsonl) nor a capture of packets (.pcapng, .pcap)
draw-version = a recording of version { $found }; this program reads versions 1 to { $newest }. A newer socklab reads it
draw-hint = Recordings are made with: socklab trace -o run.jsonl -- COMMAND
bad-format = { $path }: the name must end in .txt, .svg, .html, .jsonl, .pcapng, .mmd, .puml, .trace.json or .har
man-failed = the manual pages can't be written into { $folder }
write-failed = { $path } can't be written

# The parts of a program's lesson.
lesson-new = New here
lesson-run = Run it
lesson-try = Try it
lesson-question = The question
lesson-lines = Line by line
