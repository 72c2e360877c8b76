# What is told while it happens: `trace --live` and `watch`.

live-waits = has waited { $time }
live-skipped = … { $n ->
        [one] { $n } event was not told here: there
       *[other] { $n } events were not told here: there
    } were more at a time than can be told. A recording (-o run.jsonl) has all of them.
live-minor = Calls that only set up or enquire, and packets that only acknowledge, not told: { $n }. --all tells them.
live-draw = The ladder: socklab draw { $path }
live-draw-none = With -o run.jsonl this can be drawn afterwards: socklab draw run.jsonl

## watch

screen-state-open = open
screen-state-closed = closed
screen-state-reset = reset
screen-state-pending = pending
screen-state-ended = ended
screen-state-refused = refused
screen-state-silent = no answer
screen-state-failed = failed
screen-column-client = client
screen-column-server = server
screen-column-protocol = proto
screen-column-state = state
screen-column-there = bytes →
screen-column-back = bytes ←
screen-column-messages = msgs
screen-column-time = time
screen-events = { $n ->
        [one] { $n } event
       *[other] { $n } events
    }
screen-thinking = finding out who talked with whom …
screen-reading = reading, { $n } %
screen-following = waiting for more
screen-complete = complete
screen-none = No conversation was recorded.
screen-none-yet = No conversation yet.
screen-none-fits = No conversation fits the filter. / changes it.
screen-drawing = drawing …
screen-too-small = at least 40×8, please
screen-filter = Filter:
screen-filtered = filter: { $filter }
screen-no-file = { $path } is no file: watch reads a recording that is being written to one
screen-no-file-hint = `socklab trace -o run.jsonl …` writes one; `socklab draw -` draws what comes through a pipe
screen-incidental = incidental, such as lookups by the C library, not listed (--all): { $n }
screen-follows = follows the end (f)
screen-one-marked = one message is marked (d): mark another one to compare
screen-more-events = { $n ->
        [one] And { $n } more event.
       *[other] And { $n } more events.
    }
screen-at = at { $time } s
screen-took = took { $time }
screen-bytes = { $n ->
        [one] { $n } byte:
       *[other] { $n } bytes:
    }
screen-not-recorded = … { $n ->
        [one] { $n } more byte was not recorded
       *[other] { $n } more bytes were not recorded
    }
screen-no-bytes = Neither of them has bytes.
screen-same = { $n ->
        [one] { $n } byte, the same in both.
       *[other] { $n } bytes, the same in both.
    }
screen-differ = { $n ->
        [one] { $n } place differs
       *[other] { $n } places differ
    } (A has { $a } recorded bytes, B has { $b }). They are compared byte by byte from the beginning.
screen-keys-list = ↑↓ move  space select  Enter open  / filter  s sort  ? help  q quit
screen-keys-ladder = ↑↓ move  Enter message  d compare  f follow  / filter  ? help  q back
screen-keys-message = ↑↓ scroll  x text/hex  n next  p previous  q back
screen-keys-help = ↑↓ scroll  q back
screen-keys-filter = Enter use  Esc leave  an empty filter shows everything
screen-help = # Conversations
    ↑ ↓ PgUp PgDn Home End: move
    space: select, to see several in one ladder; a: all or none
    Enter: the ladder of the selected conversations, or of the one under the cursor
    s: those in which something went wrong first (marked !), or by time
    /: a filter, the same as in socklab draw --filter
    q: quit

    # Ladder
    ↑ ↓ PgUp PgDn Home End: move by rows
    Enter: everything about the row; there x shows hexadecimal, n and p the next and the previous row
    d: mark a message; with two marked, their bytes stand side by side
    f: stay at the end while more comes, or stop that
    /: a filter
    q or Esc: back to the list

screen-no-terminal = watch needs a terminal, for its screen and its keys
screen-no-terminal-hint = Line by line, while it happens: socklab trace --live …; the whole recording: socklab draw { $path }
screen-stopped = The recording could not be followed any further
