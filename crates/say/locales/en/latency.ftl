# Where the time went (--latency). An answer: what a program received after it had sent something.

latency-title = Where the time went
latency-head = { $n ->
        [one] { $n } wait for an answer or a connection: { $time }
       *[other] { $n } waits for an answer or a connection: { $time }
    }
latency-recorder = Not counted: the recorder's own stops ({ $time })
latency-none = Nobody waited for an answer here: no program sent something on a connection that it had started and then received something.
latency-pair = { $asker } waits for { $peer }: { $time }
latency-counts-answers = { $n ->
        [one] { $n } answer
       *[other] { $n } answers
    }
latency-counts-connections = { $n ->
        [one] { $n } connection
       *[other] { $n } connections
    }
latency-pair-counts = { $pair } ({ $counts })
latency-longest = The longest waits
latency-longest-one = at { $at } s, { $asker } { $arrow } { $peer }: { $time }, of this { $share } % { $cause }
latency-connection-one = at { $at } s, { $asker } { $arrow } { $peer }, to connect: { $time }, of this { $share } % { $cause }
latency-rest = all else
latency-seen-call = { $call } at { $at } s
latency-seen-line = { $call } in { $line }, { $at } s
latency-seen-frame = packet at { $at } s
latency-inferred = A line with “~” does not follow with certainty.
latency-more = { $n ->
        [one] { $n } more pair: `socklab draw --latency --json run.jsonl` has it.
       *[other] { $n } more pairs: `socklab draw --latency --json run.jsonl` has them.
    }
latency-note-elsewhere = Something else: a timer, a disk, a lock, another thread or socket.
latency-note-nagle = Nagle: the kernel holds little data back until what was sent before is acknowledged (TCP_NODELAY turns that off).
latency-note-window = A full window: the program there did not read, or its window is small for this distance, so no more may be sent.
latency-note-accept = Accept queue: the connection was there, and the program had not yet called accept; or the queue was full.
latency-note-between = Kernel or network: no packets of these connections were recorded.
latency-note-packets = `trace --packets` and `lab run` record packets, and then tell more.

# What a part of a wait went by with. { $who } is a program.
latency-running = { $who } ran
latency-processor = { $who } waited for a processor
latency-elsewhere = { $who } waited for something else
latency-more-data = { $who } waited for data that did not come
latency-program = { $who } ran or waited
latency-nagle = Nagle at { $who }: waited for an ACK
latency-delayed-ack = Nagle at { $who }, delayed ACK
latency-cork = { $who } had corked its socket
latency-window = window of { $who } full
latency-send-buffer = send buffer of { $who } full
latency-congestion = congestion control, { $who }
latency-sending = send buffer or congestion, { $who }
latency-retransmission = lost, until { $who } sent it again
latency-accept-queue = accept queue of { $who }
latency-network = on its way
latency-between = kernel or network
latency-other-end = { $who } (not recorded)
latency-unknown = not known
