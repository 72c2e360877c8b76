# The texts of a ladder. Calls, flags and error names are the kernel's, and not translated.

ladder-waits = waits { $time }
ladder-waited = after { $time }
ladder-unfinished = waits { $time }, never returned
ladder-from = from { $address }
ladder-to = to { $address }
ladder-at-most = max { $n }
ladder-of = of { $n }
ladder-bytes-of = bytes { $from }–{ $to } of { $n }
ladder-byte-of = byte { $from } of { $n }
ladder-backlog = backlog { $n }
ladder-end = end of stream
ladder-own-end = after its own shutdown
ladder-end-cut = after it was cut off
ladder-refused = refused
ladder-reset = reset
ladder-broken-pipe = nobody reads any more
ladder-timed-out = timed out
ladder-unreachable = unreachable
ladder-in-use = already in use
ladder-not-now = not now
ladder-in-progress = in progress
ladder-cut-off = rest cut off

ladder-kernel = kernel: { $what }
ladder-waiting = { $n } waiting
ladder-unread = { $n ->
        [one] { $n } byte unread
       *[other] { $n } bytes unread
    }
ladder-unacknowledged = { $n ->
        [one] { $n } byte not acknowledged
       *[other] { $n } bytes not acknowledged
    }
ladder-more-holders = and { $n } more
ladder-by-kernel = by the kernel
ladder-exit = exit { $code }
ladder-killed = killed by { $signal }
ladder-gone = gone
ladder-ended-by-recorder = ended by socklab ({ $signal })
ladder-released = released, still running
ladder-becomes = becomes { $program }

ladder-begins = { $tag } begins
ladder-stopped = stopped by { $signal }
ladder-continued = continues
ladder-reads = reads { $stream }

ladder-prints = prints
ladder-looks-up = looks up { $name }
ladder-asks = asks { $server }
# What came of a look-up. $types: A, AAAA. source: RFC 1035 4.1.1 (RCODE, TC), 4.2.2; RFC 2308 2.1, 2.2
ladder-asks-again = asks again ({ $types })
ladder-asks-by-tcp = by TCP
ladder-unanswered = no answer{ $types }
ladder-unanswered-for = no answer{ $types } for { $time }
ladder-answered = answered ({ $types })
ladder-no-such-name = no such name (NXDOMAIN)
ladder-no-record = the name exists, but has no { $types }
ladder-no-record-beside = no { $types }
ladder-server-failed = the name server failed (SERVFAIL)
ladder-server-refuses = the name server refuses (REFUSED)
ladder-answer-code = error { $code }
ladder-answer-cut = too long for a datagram (TC)
ladder-answer-records = { $n ->
        [one] { $n } record { $kind }
       *[other] { $n } records { $kind }
    }
ladder-question-packet = packet of the question ({ $types }) { $fate }
ladder-answer-packet = packet of the answer ({ $types }) { $fate }
ladder-lookup-packet = packet { $fate }
ladder-times-in = × { $n } in { $time }
ladder-more-like-this = × { $n } more like this
ladder-more-connections = { $n ->
        [one] × { $n } more connection like this
       *[other] × { $n } more connections like this
    }
ladder-more-exchanges = { $n ->
        [one] × { $n } more exchange like this
       *[other] × { $n } more exchanges like this
    }
ladder-more-sockets = { $n ->
        [one] × { $n } more socket like this
       *[other] × { $n } more sockets like this
    }
ladder-more-ways = × { $n ->
        [one] { $n } more connection
       *[other] { $n } more connections
    }, in { $ways ->
        [one] { $ways } other way
       *[other] { $ways } other ways
    }
ladder-by-processes = { $n ->
        [one] served by { $n } process
       *[other] served by { $n } processes
    }
ladder-by-other-processes = { $n ->
        [one] served by { $n } other process
       *[other] served by { $n } other processes
    }
ladder-by-another-process = served by another process
ladder-by-threads = { $n ->
        [one] served by { $n } thread
       *[other] served by { $n } threads
    }
ladder-by-other-threads = { $n ->
        [one] served by { $n } other thread
       *[other] served by { $n } other threads
    }
ladder-until = until +{ $time }
ladder-in-all = { $n } B in all
ladder-each-moved = { $least } to { $most } B each (median { $middle } B)
ladder-each-took = each took { $time }
ladder-each-took-from = each took { $least } to { $most } (median { $middle })
ladder-more-differ = { $n ->
        [one] { $n } of them differs from the others
       *[other] { $n } of them differ from the others
    }
ladder-messages = { $n ->
        [one] { $n } message
       *[other] { $n } messages
    }
# Which line of source made a call: at server.py:12.
ladder-at-line = at { $line }
ladder-linger-off = off
# Above the column of times, at most 8 letters wide.
ladder-seconds = seconds
# Above the column of times since the row above, such as “+10 µs”, at most 8 letters wide.
ladder-since-above = later
ladder-silence = { $time }: nothing happens

ladder-outside = not traced
ladder-elsewhere = elsewhere
ladder-client-side = client side
ladder-server-side = server side
ladder-process = process { $n }
ladder-clients-at = clients at { $address }


ladder-no-wire = The wire was not recorded: arrows join calls; no SYN, ACK or FIN is drawn.
ladder-doubts = A dotted arrow with “?” is inferred: several calls would fit, and the likeliest was chosen.
ladder-tagged = Processes of { $name }: { $tags }
ladder-untagged = without a tag
ladder-hidden = Calls that only set up or enquire, not drawn: { $n }.
ladder-prints-more = Prints of a program, many in a row, not drawn: { $n }.
ladder-prints-more-all = Prints of a program, many in a row, not drawn: { $n }. --all draws them.
ladder-folded-columns = Programs whose connections were all folded, without a column: { $n } ({ $names })
ladder-lost = The recording is incomplete, { $n ->
        [one] { $n } event was lost
       *[other] { $n } events were lost
    }: { $why }
ladder-io-uring = { $who } uses sockets through io_uring: what it does there is not visible.
ladder-io-uring-unsure = { $who } uses io_uring, and not everything it did there could be looked at: socket operations may be missing.
ladder-unprivileged = { $program } ran without privileges, because a traced program gets none from { $why } unless socklab runs as root.
merge-other-clock = { $recording } was recorded by another clock, on another machine or before a restart. The two may differ: what lies close together may have happened the other way round.
merge-clock-slow = { $recording } was recorded by another clock, on another machine or before a restart, which seems to be { $by } behind: it was moved, so that no message arrives before it was sent.
merge-clock-fast = { $recording } was recorded by another clock, on another machine or before a restart, which seems to be { $by } ahead: it was moved, so that no message arrives before it was sent.
merge-frames-twice =
    { $n ->
        [one] One packet of { $recording } is left out: another recording has those of the same conversation.
       *[other] { $n } packets of { $recording } are left out: another recording has those of the same conversations.
    }
ladder-no-lines = { $program } has no debug information, so the lines of its calls are not known: compile it with -g.
ladder-strict-refused = { $who } asked for strict seccomp and did not get it, only because it was traced: it ran unprotected ({ $why })
ladder-slow = { $who } was stopped at every system call, which makes it many times slower: { $why }. Its calls are all here, but they took longer.
ladder-own-filter = { $who } has a seccomp filter of its own, so it was stopped at every system call, which makes it many times slower. Its calls are all here, but they took longer.
ladder-others =
    { $n ->
        [one] The same goes for { $n } more process.
       *[other] The same goes for { $n } more processes.
    }
ladder-not-followed = { $who } kept running, unrecorded: { $why }
ladder-attached = { $who } was already running: what its sockets did before is not known.
ladder-no-duplicates = The addresses of { $who } were read from the kernel's tables, because pidfd_getfd is refused here: { $why }. A TCP socket that is bound and does not listen yet is not listed there.
ladder-foreign-abi = { $who } makes { $abi } calls, which are not decoded: its socket calls are missing here.
ladder-undecoded = { $call } is not decoded: { $why }
ladder-truncated = The recording was ended when it reached { $n } MiB.
ladder-end-missing = The end is missing: the recording was cut off here, while the programs went on or were ended.
ladder-samples-omitted = { $after } after its start the recording reached { $size }: from there on it has only the lengths of messages.
ladder-repeats-counted = { $after } after its start the recording reached { $size }: from there on repeated calls were counted, not recorded, and nothing is explained.
ladder-counted = { $who }: calls of { $call } that were counted, not recorded: { $n }; bytes they moved: { $bytes }.
ladder-counted-silent = { $who }: calls of { $call } that were counted, not recorded: { $n }.
ladder-nothing = No socket call was recorded.

ladder-legend = How to read this
ladder-legend-time = Time runs down the page. Each column is one program; every box is one system call.
ladder-legend-wait = the program waits in a call
ladder-legend-arrow = bytes go from one call to another
ladder-legend-wire = a packet seen on the wire
ladder-legend-lost = it did not arrive
ladder-legend-failed = the call failed
ladder-page-title = { $names }: what their sockets did
ladder-to-rows = Skip to the rows
ladder-rows = What happened, row by row
ladder-details = Details of the row
ladder-left-out = What the drawing does not show
ladder-summary = Columns: { $columns }. Rows, from top to bottom in time: { $rows }.
ladder-choose = Choose a row to see everything about it.
ladder-keys = ↑ and ↓ (or k and j), Home and End move; Enter goes to the details, Escape closes them; / goes to the filter.

ladder-close = Close
ladder-folded = { $n ->
        [one] The folded call
       *[other] The { $n } folded calls
    }
ladder-folded-limit = Only the first { $n } are listed, to keep the page small.
ladder-folded-limit-all = Only the first { $n } are listed, to keep the page small. --all draws every one.
ladder-inferred = inferred: several calls would fit

# A row in words, for those who hear the page.
ladder-at = At { $time } s.
ladder-at-clock = At { $time }.
ladder-evidence = This row is evidence.
ladder-folded-here = Folded: { $what }
ladder-accepts-it = { $to } accepts it: { $call }
ladder-receives-it = { $to } receives it: { $call }
ladder-sees-the-end = { $to } sees the end: { $call }
ladder-message = message { $n }
ladder-from-message = from message { $what }
ladder-packet-goes = Packet from { $from } to { $to }: { $what }
ladder-comes-from = From { $from }
ladder-data = { $data }, { $n ->
        [one] { $n } byte
       *[other] { $n } bytes
    }
ladder-returns = returns { $value }
ladder-gets = gets { $address }
ladder-gets-signal = gets the signal { $signal }
ladder-fails = fails: { $error }

ladder-who = made by
ladder-process-thread = process { $process }, thread { $thread }
ladder-socket = socket
ladder-result = result
ladder-none-yet = none: it never returned
ladder-when = when
ladder-from-to = +{ $began } to +{ $ended } ({ $took })
ladder-moment = +{ $time }
ladder-source = source
ladder-bytes = bytes
ladder-first-kept = the first { $kept } of { $total }
ladder-packet = packet
ladder-event = event

ladder-explained = What went wrong
ladder-lessons = { $n ->
        [one] { $n } lesson
       *[other] { $n } lessons
    }
ladder-lessons-hidden = { $n ->
        [one] { $n } lesson (--lessons)
       *[other] { $n } lessons (--lessons)
    }
ladder-see-row = see it

# What an error means for a socket call.
errno-EPERM = operation not permitted
errno-ENOENT = no such file: nobody is bound to that path
errno-EINTR = interrupted by a signal before anything happened
errno-EBADF = bad descriptor: it is not open (any more)
errno-EAGAIN = not now: it would have to wait, and the socket is set not to wait
errno-ENOMEM = out of memory
errno-EACCES = permission denied
errno-EFAULT = bad address: the pointer is invalid
errno-EINVAL = invalid argument
errno-ENFILE = too many open files in the whole system
errno-EMFILE = too many open files in this process
errno-EPIPE = broken pipe: the other end does not read any more
errno-ENOSYS = this kernel does not have that call
errno-ENODATA = no data available
errno-ETIME = timer expired
errno-ENONET = the machine is not on the network
errno-ECOMM = communication error on send
errno-EPROTO = protocol error
errno-EOVERFLOW = value too large
errno-ERESTART = interrupted, to be restarted
errno-ENOTSOCK = the descriptor is not a socket
errno-EDESTADDRREQ = a destination address is needed
errno-EMSGSIZE = the message is too long for one datagram
errno-EPROTOTYPE = wrong protocol for this type of socket
errno-ENOPROTOOPT = the protocol has no such option
errno-EPROTONOSUPPORT = protocol not supported
errno-ESOCKTNOSUPPORT = socket type not supported
errno-EOPNOTSUPP = the socket cannot do that
errno-EAFNOSUPPORT = address family not supported
errno-EADDRINUSE = the address and port are already in use
errno-EADDRNOTAVAIL = no interface of this machine has that address
errno-ENETDOWN = the network is down
errno-ENETUNREACH = no route leads to that network
errno-ENETRESET = the connection was dropped by the network
errno-ECONNABORTED = the connection was given up before it was accepted
errno-ECONNRESET = connection reset: the other end sent RST
errno-ENOBUFS = no buffer space left
errno-EISCONN = already connected
errno-ENOTCONN = not connected
errno-ESHUTDOWN = this end was shut down for sending
errno-ETIMEDOUT = timed out: no answer in time
errno-ECONNREFUSED = connection refused: nobody listens there
errno-EHOSTDOWN = the host is down
errno-EHOSTUNREACH = no route leads to that host, or it does not answer
errno-EALREADY = an earlier connect has not finished yet
errno-EINPROGRESS = in progress: the connect goes on in the background
errno-ECANCELED = cancelled

# The fields of an event, as its file names them.
fact-family = family
fact-type = type
fact-protocol = protocol
fact-flags = flags
fact-fds = fds
fact-second = second
fact-address = address
fact-backlog = backlog
fact-peer = peer
fact-listener = listener
fact-asked = asked
fact-to = to
fact-from = from
fact-control = control
fact-room = room
fact-got = got
fact-messages = messages
fact-bytes = bytes
fact-other_fd = other_fd
fact-into_socket = into_socket
fact-how = how
fact-level = level
fact-option = option
fact-value = value
fact-command = command
fact-argument = argument
fact-request = request
fact-waits = waits
fact-timeout = timeout
fact-epoll = epoll
fact-max = max
fact-ready = ready
fact-operation = operation
fact-interest = interest
fact-entries = entries
fact-words = words
fact-fd = fd
fact-wants = wants
fact-data = data
fact-netns = netns
fact-local = local
fact-inode = inode
fact-peer_inode = peer_inode
fact-socket = socket
fact-int = int
fact-linger = linger
fact-time = time
fact-error = error
fact-text = text
fact-name = name
fact-number = number
fact-pid = pid
fact-uid = uid
fact-gid = gid
fact-kind = kind
fact-source = source
fact-destination = destination
fact-transport = transport
fact-sequence = sequence
fact-acknowledgement = acknowledgement
fact-window = window
fact-call = call
fact-count = count
fact-limit = limit
fact-why = why
fact-code = code
fact-at = at
fact-rule = rule
fact-parent = parent
fact-argv = argv
fact-argv_omitted = argv_omitted
fact-exe = exe
fact-attached = attached
fact-status = status
fact-signal = signal
fact-stream = stream
fact-sure = sure
fact-is = is
fact-path = path
fact-readiness = readiness
fact-before = before
fact-after = after
fact-receive_queue = receive_queue
fact-send_queue = send_queue

# Words that stand as values in those fields.
value-true = true
value-false = false
value-unknown = unknown
value-delivered = delivered
value-dropped = dropped
value-altered = altered
value-delayed = delayed
value-duplicated = duplicated
value-reordered = reordered
value-corrupted = corrupted
value-cut = cut short
value-rate_limited = slowed down
value-rights = rights
value-credentials = credentials
value-other = other
value-neighbour = neighbour
value-listening = listening
value-bound = bound
value-connected = connected
value-start = start
value-exec = exec
value-exit = exit
value-released = released
value-ended_by_recorder = ended by socklab
value-signal = signal
value-stopped = stopped
value-continued = continued
value-stdio = stdio
value-ready = ready

# Why a call is not decoded.
reason-set_user_id = the set-user-ID bit
reason-set_group_id = the set-group-ID bit
reason-file_capabilities = capabilities of its file
reason-filters_refused = it may not be given seccomp filters
reason-filter_not_written = no seccomp filter could be written into it
reason-no_memory = it has no memory left for a seccomp filter
reason-not_dumpable = its memory may not be read (PR_SET_DUMPABLE)
reason-unusual_calls = its system calls are not made the usual way
reason-shared_descriptors = it shares its descriptors with another process
reason-forked_meanwhile = it was forked while another thread made a socket
reason-born_alone = its parent was killed while it was being born
reason-unshared_descriptors = a thread with its own descriptors is treated as if it shared them
