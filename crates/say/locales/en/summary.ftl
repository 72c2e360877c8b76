# A recording in figures (--summary). “Question and answer”: one end sends, then receives.

summary-head = { $calls ->
        [one] { $calls } call on sockets in { $time }
       *[other] { $calls } calls on sockets in { $time }
    }
summary-unfiltered = { $head }, in the whole recording: --filter does not choose among figures
summary-problem-at = { $problem } ({ $who }, at { $at } s)
summary-problem-call = { $problem } ({ $who }: { $call }, at { $at } s)

summary-conversations = Who with whom
summary-itself = itself
summary-column-bytes = bytes { $arrow }
summary-column-time = time
summary-column-gap = longest gap
summary-column-trips = round trips
summary-round-trips = A round trip: an end sent something and then received something (several sends or receives in a row are one). Longest gap: the time without a call that sent, received, connected or closed.
summary-packets-of = packets: { $sent }, sent again: { $again }, lost: { $lost }
summary-gap = longest gap: from { $after } to { $before }, at { $at } s
summary-call-of = { $call } ({ $who })
summary-unread = { $n ->
        [one] { $n } byte that { $who } sent was not received
       *[other] { $n } bytes that { $who } sent were not received
    }
summary-error = { $n ->
        [one] { $call } of { $who } failed: { $error }
       *[other] { $call } of { $who } failed { $n } times: { $error }
    }
summary-inferred = which sockets belong together is inferred
summary-never-accepted = never accepted
summary-reset = cut: { $call } of { $who } failed with { $error }
summary-shutdown = { $who } ended its sending first
summary-closed = { $who } closed it first
summary-exited = { $who } exited, which closed it
summary-ended = { $who } ended it first
summary-not-closed = { $end }; { $who } had not closed it when the recording ended
summary-open = still open when the recording ended
summary-recorder = open until socklab ended the programs
summary-alike = { $n } like this, with the medians above; in all, bytes { $out }: { $sent }, bytes { $back }: { $received }
summary-alike-itself = { $n } like this, with the medians above; in all, { $sent } bytes
summary-slowest = slowest: { $time }, { $address }, at { $at } s
summary-more = { $n ->
        [one] { $n } more: `socklab draw --summary --json run.jsonl` has it.
       *[other] { $n } more: `socklab draw --summary --json run.jsonl` has them.
    }
summary-unknown = ?

summary-failed = Connections that failed
summary-failed-one = { $who } { $arrow } { $to }: { $error } after { $time }, at { $at } s
summary-failed-several = { $who } { $arrow } { $to }: { $error }, { $n } times, first at { $at } s
summary-unanswered = no answer

summary-listeners = Who accepted how many
summary-listener = { $who }, { $address }: { $figures }
summary-listener-accepted = accepted { $n }
summary-listener-never = never accepted { $n }
summary-listener-refused = refused { $n } (when it was not listening)
summary-listener-waiting = waiting for it at once { $n } at most
summary-listener-waiting-known = waiting for it at once { $n } or more
summary-listener-backlog = backlog { $n }

summary-calls = Calls and their time
summary-calls-note = Time from entry to return, waiting included. Only calls on sockets, and those that wait for them, are recorded.
summary-calls-share = % time
summary-calls-seconds = seconds
summary-calls-each = usecs/call
summary-calls-number = calls
summary-calls-errors = errors
summary-calls-name = syscall
summary-calls-total = total
summary-processes = { $n ->
        [one] { $name }
       *[other] { $name } ({ $n } processes)
    }
summary-unfinished = { $n ->
        [one] { $call }: { $n } had not returned at the end; its time until then is counted.
       *[other] { $call }: { $n } had not returned at the end; their time until then is counted.
    }

summary-packets = Packets: { $sent }; sent again: { $again }; lost: { $lost }.

summary-caveats = What these figures leave out
summary-counted = { $who }, { $call }: { $n } more calls, with { $bytes } bytes, were counted and not recorded.
summary-repeats = The recording became so large that repeated calls were only counted: bytes, times and round trips are too small.
summary-lost = { $n ->
        [one] { $n } event was lost.
       *[other] { $n } events were lost.
    }
summary-not-recorded = Not all that { $who } did could be recorded.

summary-title = In figures
