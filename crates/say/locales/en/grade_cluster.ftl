# Groups of submissions that behave alike: `grade groups`, the class page, and comments.toml.

cluster-heading = { $groups ->
    [one] 1 group
   *[other] { $groups } groups
} of submissions that behave alike, with { $members ->
    [one] 1 member
   *[other] { $members } members
}

# What a group is
cluster-nothing = nothing was handed in that could be run
cluster-does-not-compile = does not compile
cluster-unknown = not known: the machine failed
cluster-passes = passes every case
cluster-fails = fails: { $cases }
cluster-background = goes on in the background after its command has ended
cluster-no-background = ends with its command
cluster-harm = in { $case } it { $harm }, and what comes later is not compared
cluster-harm-processes = starts more processes than it may
cluster-harm-memory = takes more memory than it may
cluster-harm-output = prints more than it may
cluster-harm-disk = writes more to disk than it may
cluster-harm-processor = uses more processor time than it may
cluster-harm-signals = sends signals to processes that are not its own
cluster-no-harm = does nothing of the kind
cluster-more = { $count ->
    [one] 1 more
   *[other] { $count } more
}
cluster-comment = Comment: { $comment }
cluster-manners = { $count } different ways of writing it
cluster-nearest = Nearest: group { $number }, distance { $distance }{ $differing ->
    [0] {""}
    [one] ; differs in the case { $cases }
   *[other] ; differs in { $cases }
}

# The smallest experiment that tells two groups apart
cluster-experiment = To see it, run { $case }: { $place }, group { $first } { $does }; group { $second } { $other }.
cluster-no-case = Group { $first } { $does }; group { $second } { $other }.
cluster-place-first = before { $with } says anything{ $talk ->
    [1] {""}
   *[other] , in conversation { $talk }
}
cluster-place-turn = in answer to turn { $turn } of { $with }{ $talk ->
    [1] {""}
   *[other] , in conversation { $talk }
}
cluster-place-end = at the end
cluster-place-case = there
cluster-ended-well = has ended with exit code 0 ({ $who })
cluster-ended-badly = has ended with an error ({ $who })
cluster-goes-on = is still running ({ $who })
cluster-verdict-passed = passes
cluster-verdict-failed = fails
cluster-verdict-timeout = takes too long
cluster-verdict-skipped = is not run
cluster-verdict-infra-error = could not be judged
cluster-state-graded = was run
cluster-state-no-submission = has nothing that could be run
cluster-state-does-not-compile = does not compile
cluster-state-infra-error = could not be judged

# What a submission does in answer to a turn
cluster-sends = sends { $what }
cluster-ends = ends its stream
cluster-waited = lets the other end wait
cluster-does-nothing = does nothing that anybody sees
cluster-whole = all that it got
cluster-part = bytes { $from } to { $to } of the { $of } that it got
cluster-earlier = what it got in earlier turns
cluster-of-other = what { $who } has said
cluster-own = bytes of its own
cluster-own-zeros = zero bytes of its own
cluster-own-blanks = white space of its own
cluster-own-http = an HTTP response with status { $status }
cluster-many-fewer = fewer bytes than it got
cluster-many-as-many = as many bytes as it got
cluster-many-more = more bytes than it got
cluster-upper = { $what }, in capitals
cluster-lower = { $what }, in small letters

# comments.toml
comments-heading = One comment for all who behave alike: it stands in their reports and in the formats of schools.
    Write between the quotes; leave a comment empty to say nothing. Grading again keeps what you wrote.
