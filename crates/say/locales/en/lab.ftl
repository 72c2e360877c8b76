# A place of one's own: `socklab lab`.

cmd-lab = Run programs in a place of their own: names, servers, hosts, a wire
cmd-lab-run = Run a program in a place that ends with it; or several, each on a host
cmd-lab-shell = Open your shell in the lab
cmd-lab-up = Leave a lab in the background, until lab down
cmd-lab-exec = Run a program on a host of a lab that is up
cmd-lab-status = Show hosts, the names of the local internet, sockets with their queues, and what the wire's rules did
cmd-lab-wire = Change what becomes of frames on the wire of a lab that is up
cmd-lab-link = Pull a host's cable, plug it in, or narrow its path
cmd-lab-down = End a lab, and everything in it

arg-lab-run-on = The host of the program behind --; then again --on HOST -- COMMAND, each started when the one before it listens
arg-lab-run-trace = Draw what the programs' sockets did, and every frame, as one ladder
arg-lab-run-live = As --trace, but print a line for each event as it happens, on standard error, instead of a drawing at the end
arg-lab-run-output = Write that drawing to a file: .txt, .svg, .html, .jsonl (the recording itself), or .pcapng (the packets, for Wireshark), .mmd, .puml, .trace.json, .har; - writes the recording to standard output
arg-lab-run-command = The program and its arguments, word for word
arg-hosts = How many hosts, or their names: 5, or web,db (usually client, server and internet)
arg-wire = What becomes of frames: 'drop the 2nd SYN from client', 'delay 40ms', 'lose 5% seed 7' …
arg-mtu = The largest packet on the wire, in bytes
arg-fast = Let frames pass as they are left to a network card, up to 64 KiB at once: far more gets through, but frames in a capture are larger than the MTU, and there are no rules
arg-lab-shell-host = The host (usually the first one)
arg-lab-shell-name = In this lab that is up (usually the one that is called lab, if it is up)
arg-lab-up-name = What to call it (usually lab)
arg-lab-exec-host = The host (usually the first one)
arg-lab-exec-name = The lab's name (usually lab)
arg-lab-exec-command = The program and its arguments, word for word
arg-lab-status-name = The lab's name (usually lab)
arg-lab-wire-rules = A rule to add; 'lift RULE' takes it away, 'lift all' all of them, and 'heal' ends partitions
arg-lab-wire-name = The lab's name (usually lab)
arg-lab-link-host = Whose cable
arg-lab-link-cable = down pulls it, up plugs it in: the host notices at once
arg-lab-link-path_mtu = Let no larger packets than this on the way to and from the host, as behind a narrow router
arg-lab-link-name = The lab's name (usually lab)
arg-lab-down-name = The lab's name (usually lab)

examples-lab-run =
    $ socklab lab run -- curl -s http://www.google.com/  # a server of socklab's own
    $ socklab lab run --wire 'drop the 1st SYN' -- curl -s http://www.google.com/
    $ socklab lab run --on server -- tcp-server --on client -- tcp-client server
    $ socklab lab run --fast --on server -- iperf3 -s -1 --on client -- iperf3 -c server
    $ socklab lab run -o story.html --on server -- python3 S.py --on client -- python3 C.py server
    The exit code is the program's, or the last one's; 3 if there can be no lab here: see socklab doctor.
examples-lab-shell =
    $ socklab lab shell
    $ socklab lab shell server  # in a lab that is up, or in one of its own
    $ socklab lab shell --hosts web,db web
examples-lab-up =
    $ socklab lab up
    $ socklab lab up --hosts 5 --wire 'delay 20ms'
    $ socklab lab up second --hosts web,db
examples-lab-exec =
    $ socklab lab exec server -- python3 S.py
    $ socklab lab exec client -- ping -c 1 server
examples-lab-status =
    $ socklab lab status
    $ socklab lab status --json | jq '.hosts[].sockets[]'
examples-lab-wire =
    $ socklab lab wire 'drop the 2nd SYN from client'  # it is sent, and gets lost
    $ socklab lab wire 'delay 40ms every data from server'  # it arrives later
    $ socklab lab wire 'duplicate the 1st UDP'  # it arrives twice
    $ socklab lab wire 'reorder 3 and 4 of the UDP from client'  # the 4th arrives first
    $ socklab lab wire 'corrupt byte 60 of the 1st data'  # the receiver's checksum finds it
    $ socklab lab wire 'lose 5% seed 7'  # by chance, but always the same ones
    $ socklab lab wire 'rate 1 Mbit/s' 'delay 40ms'  # a slow line
    $ socklab lab wire 'reset after 10 kB from server'  # an RST that no end has sent
    $ socklab lab wire 'partition client from server'  # until socklab lab wire heal
    $ socklab lab wire 'host server dies'  # without a word
    $ socklab lab wire 'lift drop the 2nd SYN from client'  # lift all: all of them
    The same rules follow --wire, in socklab trace, run, what-if, check and lab.
    Which frames: the 1st, the 2nd, every, or every 3rd, of these kinds: frame, segment, SYN, SYN-ACK, ACK, FIN, RST, PSH, URG, data (TCP with a payload), retransmission, UDP, fragment, ICMP, ARP. Then, in any order: from HOST, to HOST, from port N, to port N, of the 2nd connection, with byte N of the answer (or of the request), once, twice, 3 times, after 2s, until 5s, between 1s and 2s; a frame can stand for a time: after the 1st FIN.
    Each rule counts the frames that it is about from 1, as they are sent, retransmissions as well. A time counts from the first frame. On a loopback, client is who speaks first on a connection, and server the other.
examples-lab-link =
    $ socklab lab link client down
    $ socklab lab link client up
    $ socklab lab link server --path-mtu 1300
examples-lab-down =
    $ socklab lab down

value-LAB = LAB
value-HOST = HOST
value-RULE = RULE
value-BYTES = BYTES

lab-no-place = there can be no lab here: { $reason }
lab-no-host = there is no host { $host }, only { $known }
lab-host-name = { $name } is no name for a host: letters, digits and hyphens, 63 at most, and a letter among them; localhost, wire, from, to and of mean something else
lab-host-twice = two hosts are called { $name }
lab-too-many-hosts = a lab has { $most } hosts at most
lab-fast-has-no-rules = a fast wire has no rules and no narrow paths: it carries what a network card would still cut into frames
lab-mtu = no wire has an MTU of { $mtu }: { $least } to { $most } bytes
lab-host-alike = there is no host { $host }
lab-host-alike-hint = Did you mean { $known }? A host of this name has to be listed: --hosts { $hosts }
lab-hosts-made = Hosts of this lab: { $usual }, and for --on also { $made }.
lab-on-what = each --on HOST is followed by -- and a command: --on server -- python3 S.py --on client -- python3 C.py
program-not-found = { $program }: no program of this name is in a folder of PATH, or it may not be executed
wire-quotes-hint = All these words are one rule, and it takes quotes: { $command }
wire-rules-hint = `socklab lab wire --help` shows all rules
lab-shell-own = You are in a lab of your own, on { $host }: no packet leaves this machine. exit ends it, and nothing stays.
lab-shell-up = You are on { $host }, in the lab “{ $lab }”. exit leaves it; the lab stays up.
lab-shell-programs = The programs of the course are found by name, such as tcp-server.
lab-shell-no-programs = The programs of the course: socklab run tcp-server, and so on.
lab-shell-ended = The lab “{ $lab }” has ended, and this shell with it.
lab-shell-is-as-it-is = the lab “{ $name }” is up, with hosts and a wire of its own: leave --hosts, --wire, --mtu and --fast out, or --name
lab-bad-name = “{ $name }” is no name for a lab: letters, digits, - and _, at most 32
lab-not-ours = somebody else on this machine has a lab called “{ $name }”: give yours another name
lab-not-up = no lab called “{ $name }” is up
lab-others = there are others: { $names }
lab-unreachable = the lab “{ $name }” does not answer: { $error }
lab-up-already = the lab “{ $name }” is up already
lab-is-up = The lab “{ $name }” is up. Its hosts:
lab-is-down = The lab “{ $name }” is down, and nothing of it is left.
lab-rule-added = On the wire from now on: { $rule }
lab-rules-lifted = { $lifted ->
    [0] There was no such rule: socklab lab status shows those that there are.
    [one] { $lifted } rule lifted.
   *[other] { $lifted } rules lifted.
}
lab-rule-did = wire: { $rule }: { $matched } of { $seen } frames
lab-rule-idle = wire: { $rule }: matched nothing (frames of the kind it is about: { $seen })
lab-rule-lifted = wire: { $rule }: { $matched } of { $seen } frames, until it was lifted
lab-none-to-lift = The wire had no rules.
lab-rule-unseen = wire: { $rule }: matched nothing: so far, no frame of the kind it is about has passed
lab-names = Names of the local internet, their addresses and services:
lab-status-pulled = the cable is pulled
lab-status-path-mtu = no packet larger than { $mtu } bytes passes
lab-no-rules = The wire has no rules: every frame arrives.
lab-link-up = { $host }: the cable is plugged in
lab-link-down = { $host }: the cable is pulled
lab-path-mtu = { $host }: no packet larger than { $mtu } bytes passes
lab-queue-accept = { $waiting ->
    [one] { $waiting } connection waits to be accepted
   *[other] { $waiting } connections wait to be accepted
}
lab-queue-receive = { $waiting } B not read yet
lab-queue-send = { $waiting } B not acknowledged yet
lab-services = { $services ->
    [one] { $services } socket of the local internet's servers (--json)
   *[other] { $services } sockets of the local internet's servers (--json)
}
