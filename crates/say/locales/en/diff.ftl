# `socklab diff`: the difference of two recordings. What a run does completes a sentence: “in a it …”.

cmd-diff = Show where two recorded runs part, whatever chance did
arg-diff-a = A recording, made with trace -o FILE.jsonl; - reads standard input
arg-diff-b = The one to compare it with
arg-diff-all = Show all that is the same, too
arg-diff-ascii = Draw with ASCII characters only
arg-diff-width = Width of the two columns (default: the terminal's, else 80)
arg-diff-json = Print JSON, for scripts
arg-diff-output = Write the two columns to a file: .txt or .html
examples-diff =
    $ socklab trace -o a.jsonl -- python3 server.py 12000
    $ socklab diff a.jsonl b.jsonl
    $ socklab diff a.jsonl b.jsonl --all -o difference.html
    $ socklab diff a.jsonl b.jsonl --json | jq -r '.first.sentence'
    Runs are laid beside each other by who did what at which position of which stream, never by ports that moved, descriptors, process ids or times. No difference are: how receives are cut, retries, wake-ups, which of several clients came first, what is printed in another order by a program that serves several at once, and how many bytes fit in buffers that were full. A date, or a time of day, is none either.
    Exit codes: 0 no difference, 1 a difference, 2 a mistake on the command line, 3 a file cannot be read.

diff-same = No difference.
diff-first = { $who } differs first: in a it { $a }; in b it { $b }.
diff-first-at = { $who } differs first: in a it { $a }; in b it { $b } ({ $place }).
diff-connection = connection { $n }
diff-received =
    { $n ->
        [one] after one byte received
       *[other] after { $n } bytes received
    }
diff-sent =
    { $n ->
        [one] after one byte sent
       *[other] after { $n } bytes sent
    }
diff-both = after { $n } B received and { $sent } B sent
diff-folded =
    { $n ->
        [one] … one row that is the same
       *[other] … { $n } rows that are the same
    }

diff-not = does not do that
diff-nothing = does nothing more there
diff-waits-in = waits in { $call }
diff-in-vain = { $what }, and gets { $error }
diff-creates = creates a socket ({ $what })
diff-sets = sets { $option } to { $value }
diff-blocking = makes the socket wait
diff-nonblocking = makes the socket non-blocking
diff-binds = binds the socket to { $address }
diff-listens = listens, with a backlog of { $n }
diff-connects = connects to { $address }
diff-accepts = accepts the connection
diff-sends =
    { $n ->
        [one] sends one byte: { $data }
       *[other] sends { $n } bytes: { $data }
    }
diff-sends-datagram =
    { $n ->
        [one] sends a datagram of one byte: { $data }
       *[other] sends a datagram of { $n } bytes: { $data }
    }
diff-quoted = “{ $data }”
diff-quoted-from = from byte { $n } on “{ $data }”
diff-empty = nothing
diff-to = { $what }, to { $address }
diff-in-pieces = { $what }, in { $n } sends ({ $sizes })
diff-receives =
    { $n ->
        [one] receives one byte
       *[other] receives { $n } bytes
    }
diff-receives-room =
    { $n ->
        [one] receives one byte, asking for { $room } at most
       *[other] receives { $n } bytes, asking for { $room } at most
    }
diff-end = reads the end of the stream
diff-cut = finds the connection cut ({ $error })
diff-fails = fails in { $call } with { $error }
diff-shutdown = calls shutdown({ $how })
diff-closes = closes the socket
diff-closed-by-kernel = leaves the socket for the kernel to close when it ends
diff-prints =
    { $n ->
        [one] prints one byte to { $stream }: { $data }
       *[other] prints { $n } bytes to { $stream }: { $data }
    }
diff-exits = ends with exit code { $code }
diff-killed = is killed by { $signal }
diff-gone = ends
diff-stays = has not ended by itself
diff-begins = takes connection { $n }
diff-answers = sends the first bytes on connection { $n }
diff-ends = ends connection { $n }

diff-limit = Recording { $run } is not complete from event { $seq } on: nothing after that is compared.
diff-hidden = Recording { $run } does not show all that its programs do (socklab draw says why): what it does not show is not compared.
diff-sampled = Recording { $run } has only the first bytes of long messages: the others are not compared. trace --bytes records more.
diff-room = In both recordings, the kernel's buffers were full when { $who } stopped sending on connection { $n }: how many bytes fit ({ $a } and { $b }) is not compared.
diff-packets = { $path } has packets and no calls: diff compares what programs do, and needs recordings (socklab trace -o run.jsonl)
diff-twice = standard input (-) can be only one of the recordings
diff-format = { $path }: the two columns are written to .txt or .html
diff-title = { $a } and { $b }: the difference
