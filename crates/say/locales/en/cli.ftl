# The texts of `socklab --help` and of the help for each command.

cmd-socklab = socklab, the socket laboratory: run socket programs and see what the kernel does.
cmd-learn = Go through the course, from where you were
arg-learn-name = A program, a question or an exercise to go to
cmd-tour = Run every program of the course, check each one, and show what happened
cmd-list = Show the whole course and what you have done, and go to any of it
cmd-show = Show a program: its lesson and its source
cmd-run = Run a program of the course
cmd-trace = Run programs, in any language, and draw what their sockets did
cmd-draw = Draw a recorded timeline again, or a capture of packets
cmd-watch = Show a recording on a full screen, also while it grows
cmd-follow = Show what both ends of a connection said, byte by byte
cmd-host = Show the name of this machine and its addresses
cmd-resolve = Look up the addresses of a name
cmd-service = Look up the service of a port, or the port of a service
cmd-serve = Run a small server, for this machine only unless told otherwise
cmd-connect = Talk to a server, like telnet and nc, but lose nothing at the end
cmd-completions = Print a completion script for a shell
cmd-man = Write the manual pages into a folder

arg-help = Show this help
arg-version = Show the version
arg-lang = Language of all texts (default: from LC_ALL, LC_MESSAGES, LANG)
arg-json = Print JSON, for scripts
arg-name = A program, as `socklab list` names it
arg-tour-from = Begin at this program
arg-tour-pause = Wait for Enter after each step
arg-tour-json = Print JSON, for scripts: one object with every program, step and check
arg-tour-output = Also write the whole tour as one page
arg-show-source = Print the source file alone, exactly
arg-run-arguments = The program's own arguments
arg-run-lab = Run it in a lab of its own, with the names and servers of a small local internet
arg-run-trace = After it has ended, draw what its sockets did. With every packet, in a lab, if whom it needs is there; a server, and a client of another terminal, stay in the machine's own network
arg-trace-commands = Programs, each a quoted command line; each one starts when the one before it is listening
arg-trace-command = One program and its arguments, word for word
arg-trace-pid = Attach to a running process, and to its children
arg-trace-only = With --pid: leave out the children that the process has already (those it will have are recorded anyway)
arg-output = Write the drawing to a file: .txt, .svg, .html, or .jsonl (the recording itself, written while it grows), .pcapng (the packets, for Wireshark), .mmd or .puml (a sequence diagram for Mermaid or PlantUML), .trace.json (for Perfetto), .har (requests and responses of HTTP/1); - writes the recording to standard output. Only you can read these files: they may hold passwords
arg-trace-bytes = How many bytes of each message to keep (default 1024)
arg-trace-packets = Run the programs on a loopback of their own, where nobody else is, and record every packet
arg-trace-max_size = Beyond this size, such as 64M or 2G, record only how long each message was; beyond twice that, only count repeats. The programs go on (default 256M)
arg-no_packets = Leave packets out: they are recorded otherwise, where the machine allows a network of one's own
arg-trace-no_packets = Leave packets out, also those that the privilege to capture would add
arg-trace-no_lines = Leave out the line of source of each call, whose look-up costs the programs some time
arg-trace-live = Print a line for each event as it happens, on standard error, instead of a ladder at the end; -o keeps the recording as usual
arg-run-live = As --trace, but print a line for each event as it happens, on standard error, instead of a drawing at the end
arg-run-no_packets = With --trace: leave packets out
arg-redact = Leave out every byte that was sent, received or printed, and the arguments of programs; lengths stay, and so do names of files and addresses
arg-trace-timeout = End the recording, and the programs, after this long
arg-trace-grace = After the last program has ended: how long the others may finish their work, and may then take to end after SIGTERM (default 5); 0 kills them at once
arg-draw-no_lines = Leave out the line of source of each call
arg-draw-files = A recording, made with trace -o FILE.jsonl, or a capture (.pcapng, .pcap) made by Wireshark, tcpdump or trace; - reads standard input. Several become one drawing, aligned by their clocks
arg-watch-file = A recording that another socklab writes or has written, with trace -o FILE.jsonl
arg-watch-filter = Begin with this filter, such as 'port 8080': only conversations in which something fits, and of those only what fits; / changes it
arg-follow-files = A recording, made with trace -o FILE.jsonl, or a capture (.pcapng, .pcap) made by Wireshark, tcpdump or trace; - reads standard input. Several, such as one of each machine, are read as one, aligned by their clocks
arg-follow-connection = Which conversation, by its number in the list that is shown if there are several
arg-follow-filter = Only conversations in which something was said that fits, such as 'port 8080' or 'bytes "GET"'
arg-follow-hex = In hexadecimal, with offsets that count in each direction
arg-follow-json = Print JSON, for scripts: each message with its time, its offset and its bytes
arg-follow-output = Write each direction into a file of its own in this folder: 1-client-to-server.bin, 1-server-to-client.bin; of all conversations, unless one is chosen
arg-follow-partial = With -o: also where bytes are missing, what comes behind a gap in another file
arg-width = Width of the drawing (default: the terminal's, else 80)
arg-ascii = Draw with ASCII characters only
arg-time = The time beside each row of a drawing: relative (seconds since the start), clock (time of day, in your time zone) or none (default: none on the terminal and in .txt, relative in .svg and .html)
arg-since_previous = In texts: how long after the row above each row happened, beside --time or alone
arg-durations = Say of every call how long it took, as in <42 µs>, where the drawing doesn't say so anyway. Recording makes calls some microseconds longer
arg-all = Show all calls, including setsockopt and the like, and every repetition
arg-no_explanations = Only the ladder: neither problems nor lessons are explained
arg-summary = Instead of the ladder, figures: who with whom, how much, how long, how it ended, and the time in each call. Printed, or in the .txt file that -o names; other files are as without it
arg-latency = Instead of the ladder, where the time went: what each wait for an answer consisted of
arg-draw-json = With --summary or --latency: print the figures as JSON
arg-lessons = Also explain what is not a problem but worth knowing
arg-resolve-names = Names, or addresses
arg-resolve-ipv4 = IPv4 addresses only
arg-resolve-ipv6 = IPv6 addresses only
arg-service-queries = A port (both protocols), a port and its protocol, or a service's name
arg-serve-protocol = Which server to run: echo, upper, daytime, http or ntp
arg-serve-port = Where to listen; 0 lets the kernel choose (default: echo 8007, upper 12000, daytime 8013, http 8080, ntp 8123)
arg-serve-listen = The address to listen on; 0.0.0.0 means all of them (default: 127.0.0.1)
arg-serve-tcp = TCP only (echo, upper: by default both)
arg-serve-udp = UDP only
arg-serve-root = http: serve the files of this folder
arg-serve-json = Print what happens as JSON, one event per line
arg-connect-host = Name or address, also as HOST:PORT or [ADDRESS]:PORT; or a Unix socket: a path with a “/”, unix:NAME or @NAME
arg-connect-port = Port number, or a service's name; not after HOST:PORT
arg-connect-udp = Datagrams instead of a stream: each line of input is one datagram
arg-connect-hex = Show all bytes of both directions in hexadecimal, on standard error
arg-connect-verbose = Say who is connected to whom, and how it ended
arg-connect-timeout = Maximum wait for the connection (default 10); with --udp, for the last answer (default 1)
arg-completions-shell = The shell: bash, elvish, fish, powershell or zsh
arg-man-folder = Where to write them; it must exist

examples-socklab =
    $ socklab tour  # the main thing, ten seconds
    $ socklab show server-03  # read one program
    $ socklab run server-03  # and run it
examples-tour =
    $ socklab tour
    $ socklab tour --from server-03 --pause
    $ socklab tour --json | jq .ok
    $ socklab tour -o tour.html
examples-learn =
    $ socklab learn                  # goes on where you were
    $ socklab learn server-03
    $ socklab learn --lang es
examples-list =
    $ socklab list
    $ socklab list --json
examples-show =
    $ socklab show server-03
    $ socklab show server-03 --lang es | less -R
    $ socklab show server-03 --source > server-03.rs
examples-run =
    $ socklab run server-03
    $ socklab run server-03 9000
    $ socklab run echo-client --port 10000 "hello, world"
    $ socklab run UDPClient.py  # old names work too
    $ socklab run socket-05 --trace  # and draw what it did, packet by packet
    $ socklab run server-05 --live  # each call of a server as it happens
    $ socklab run socket-05 --lab --trace --wire 'drop the 1st SYN'
examples-trace =
    $ socklab trace tcp-server tcp-client  # two programs of the course
    $ socklab trace 'python3 server.py' 'python3 client.py'
    $ socklab trace -o fetch.html -- curl http://localhost:8080/
    $ socklab trace --live -o run.jsonl tcp-server tcp-client  # line by line, while it happens
    $ socklab trace --summary tcp-server tcp-client  # figures instead of the ladder
    $ socklab trace --packets --latency tcp-server tcp-client  # what each wait for an answer consisted of
    $ socklab trace --filter 'port 8080' tcp-server tcp-client  # only what has to do with this port
    $ socklab trace --packets tcp-server tcp-client  # and every SYN, ACK and FIN
    $ socklab trace --wire 'drop the 1st SYN' tcp-server tcp-client  # the first one gets lost
    $ socklab trace --packets -o run.pcapng tcp-server tcp-client  # for Wireshark
    $ socklab trace -o run.jsonl -p 1234  # attach; Ctrl-C ends the recording
    $ socklab trace -o - tcp-server tcp-client | socklab draw -
    $ socklab trace --grace 30 './worker' './submit job.txt'  # a long job after the client has left
    The drawing goes to standard error, the exit code is the program's own.
    A .jsonl file grows from the first event on: if socklab is killed, draw shows what it has. The file it replaces is kept as FILE~ until then. With -o -, the programs print to standard error, and the recording ends when nobody reads it any more.
    When the last program has ended, the others are ended too, but not at work. A program works while it computes, sleeps for something it began since the clients came, or waits for what is on its way to it already; it does not while it only waits for peers, or wakes up from time to time to look around, as the timers of event loops do. As long as one of them works, all may go on, up to --grace; after one second you are told who is awaited. Then each gets SIGTERM, the one started last first and a master before its workers, and after --grace again SIGKILL. Ctrl-C skips such a wait. --timeout, and whatever else ends a recording early, begins with SIGTERM. The drawing says “ended by socklab”, and what follows from that is not explained.
    Calls and exit codes are the same as without socklab, but a program can find out that it is traced; docs/tracing.md lists how: no debugger can attach to it, set-user-ID gives it nothing unless you are root, and its own seccomp filters make it slower.
examples-draw =
    $ socklab draw run.jsonl
    $ socklab draw --summary run.jsonl  # figures: who with whom, how much, how long
    $ socklab draw --summary --json run.jsonl  # the same for a script
    $ socklab draw --latency run.jsonl  # where the time between request and answer went
    $ socklab draw run.jsonl -o run.svg -o run.html
    $ socklab draw --since-previous --durations run.jsonl  # where do the milliseconds go?
    $ socklab draw --time clock --width 120 run.jsonl  # the time of day, to compare with a log
    $ socklab draw --redact run.jsonl -o run-to-show.jsonl  # without what was sent
    $ socklab draw run.jsonl -o run.pcapng  # its packets, for Wireshark
    $ socklab draw run.jsonl -o run.mmd -o run.trace.json  # for a document (Mermaid), and for Perfetto
    $ socklab draw capture.pcapng  # what Wireshark or tcpdump captured
    $ socklab draw server.jsonl client.jsonl capture.pcapng  # recorded apart, drawn as one
    $ socklab draw run.jsonl --filter 'port 8080 (errors or slower 10ms)'  # the calls on one port that failed or took long
    A line ⋯ between two rows says that nothing was recorded there for a second or more, or for at least 200 ms and ten times as long as usual in this drawing. Nothing means nothing at all: no call that was folded or left out either.
    A recording doesn't say in which time zone it was made: --time clock tells the time in yours (TZ, or that of this machine), and names it above the times. To compare a text with a capture in UTC, run it as TZ=UTC socklab draw ….
examples-watch =
    $ socklab watch run.jsonl  # beside: socklab trace -o run.jsonl …
    $ socklab watch --filter 'port 8080' run.jsonl
    The list has a line for each conversation. Space selects, Enter opens the ladder, ? tells every key, q goes back and quits. Without a terminal, trace --live tells what happens line by line, and draw draws a recording.
examples-follow =
    $ socklab follow run.jsonl  # the conversation, or a list of them
    $ socklab follow run.jsonl --connection 2
    $ socklab follow run.jsonl --filter 'port 8080'
    $ socklab follow capture.pcapng -c 1 --hex
    $ socklab follow server.jsonl client.jsonl  # recorded apart, read as one
    $ socklab follow run.jsonl -c 1 --json | jq -r '.messages[].pieces[].text'
    $ socklab follow run.jsonl -c 1 -o streams  # the bytes themselves, a file for each direction
    → stands before what was said by the end that began, ← before what the other said. A line break that was sent is shown (\n), and begins a new line. What is missing is counted, as in “→… 36 bytes not recorded …”, without a blank behind the arrow.
examples-host =
    $ socklab host
examples-resolve =
    $ socklab resolve localhost
    $ socklab resolve -4 www.google.com
examples-service =
    $ socklab service 25
    $ socklab service 53/udp
    $ socklab service http ntp
examples-serve =
    $ socklab serve http --port 8080
    $ socklab serve ntp --port 12300
    $ socklab serve echo --udp --port 7007
    $ socklab serve http --root . --listen 0.0.0.0
examples-connect =
    $ socklab connect localhost 8888
    $ printf 'hello\r\n' | socklab connect localhost 8888
    $ socklab connect -x --udp localhost 12000
    $ socklab connect '[::1]:8888'
    $ socklab connect /run/docker.sock
    Exit codes: 0 done, 1 failed, 2 usage error, 6 name unknown, 7 refused or unreachable, 28 timed out.
examples-completions =
    $ echo 'source <(socklab completions bash)' >> ~/.bashrc

value-NAME = NAME
value-PROGRAM = PROGRAM
value-QUESTION = QUESTION
value-OPTIONS = OPTIONS
value-COMMAND = COMMAND
value-FOLDER = FOLDER
value-FILE = FILE
value-CHOICE = CHOICE
value-NUMBER = NUMBER
value-SECONDS = SECONDS
value-SIZE = SIZE
value-COLUMNS = COLUMNS
value-ADDRESS = ADDRESS
value-PORT = PORT
value-PROTOCOL = PROTOCOL
value-EXERCISE = EXERCISE
value-CASE = CASE
value-NAMES = NAMES
value-ARGUMENTS = ARGUMENTS
value-LINE = LINE

choice-serve-protocol-echo = send back what comes (TCP and UDP)
choice-serve-protocol-upper = send it back in upper case (TCP and UDP)
choice-serve-protocol-daytime = say the date and time, in words (TCP)
choice-serve-protocol-http = send a small page, or with --root the files of a folder (TCP)
choice-serve-protocol-ntp = say the time, in 48 bytes (UDP)
choice-completions-shell-bash = in ~/.bashrc: `source <(socklab completions bash)`
choice-completions-shell-elvish = in ~/.config/elvish/rc.elv: `eval (socklab completions elvish | slurp)`
choice-completions-shell-fish = in ~/.config/fish/config.fish: `socklab completions fish | source`
choice-completions-shell-powershell = in $PROFILE: `socklab completions powershell | Out-String | Invoke-Expression`
choice-completions-shell-zsh = in ~/.zshrc: `source <(socklab completions zsh)`

usage = Usage:
commands = Commands
arguments = Arguments
options = Options
examples = Examples:
try-line = Try: { $what }

bad-command = there is no command “{ $word }”
bad-argument = “{ $word }” is not expected here
behind-dashes = What is for your own program stands behind --: { $command }
missing-argument = { $command }: { $word } is missing
missing-command = { $command }: a command is missing
missing-value = { $word }: a value is missing
bad-choice = { $word }: “{ $value }” is not one of: { $choices }
bad-value = { $word }: “{ $value }” is not valid
bad-range = { $word }: “{ $value }” is not valid; it must be { $allowed }
allowed-columns = at least 40, and at most 10000
allowed-size = at least 64K and at most 1024T, as in 256M
allowed-seconds = above 0 and at most 86400
allowed-seconds-or-none = a number of seconds, at least 0 and at most 86400
conflict = { $one } and { $other } cannot be used together
not-utf-8 = an argument is not UTF-8
did-you-mean = Did you mean “{ $known }”?
see-help = More: { $command }
