# What is told while it happens: `trace --live` and `watch`.

live-waits = has waited { $time }
live-skipped = … { $n ->
        [one] { $n } event was not told here: there
       *[other] { $n } events were not told here: there
    } were more at a time than can be told. A recording (-o run.jsonl) has all of them.
live-minor = Calls that only set up or enquire, and packets that only acknowledge, not told: { $n }. --all tells them.
live-draw = The ladder: socklab draw { $path }
live-draw-none = With -o run.jsonl this can be drawn afterwards: socklab draw run.jsonl
