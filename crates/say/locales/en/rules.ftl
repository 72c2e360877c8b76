# Rules of the wire: what is wrong with one, and what became of those that were given.

arg-what-if-wire = Do this to packets, besides what the question does: drop the 1st SYN, delay 40ms … (repeatable)
arg-check-wire = Do this to packets in every case: drop the 2nd data from server, lose 5% seed 7 … (repeatable; such a check is not remembered)

rule-expected = a wire rule can't have `{ $found }` here, expected { $expected }
rule-ends-early = the wire rule ends too early, expected { $expected }
rule-or = { $one } or { $rest }
rule-word = { $word }
rule-words = one of { $words }
rule-whole = { $what }. A whole rule: { $whole }
rule-ordinal = a number such as 1st or 2nd
rule-number = a number
rule-duration = a time such as 40ms or 2s
rule-size = a size such as 10 kB
rule-rate = a rate such as 1 Mbit/s
rule-percentage = a percentage such as 5%
rule-host = the name or address of a host
rule-port = a port from 1 to 65535
rule-end = the end of the rule
rule-out-of-range = `{ $found }` is not from { $least } to { $most }
rule-twice = the wire rule says `{ $found }` twice
rule-ends-first = the wire rule ends before it begins
rule-same-host = `{ $found }` can't be cut off from itself
rule-not-later = `{ $found }` must be larger than the number before: a frame waits for one behind it
rule-no-stream = a frame of the kind { $kind } belongs to no stream of bytes
rule-which-one = which { $kind }? `the 1st { $kind }`, `every { $kind }` …
rule-no-host = nobody on a loopback’s wire is called `{ $host }`: there are a client, who spoke first on a connection, and a server
rule-no-address = { $address } is not on this wire: only 127.0.0.0/8 passes it

mistake-frame-actor = a frame is from somebody and to somebody: from, to
mistake-frame-never = a frame of the kind { $kind } never has this: { $condition }
mistake-with-frame = these conditions are about calls or the kernel’s tables; a frame has from, to, local, remote, fate, again, window, and its payload
mistake-of-frame = from, to, fate, again, window and if_recorded are about a frame
mistake-if-recorded-case = if_recorded is for questions: points must not depend on what a machine can record
mistake-rests-on-packets = this is judged in any case, so it can't refer to “{ $name }”, which is judged only if packets were recorded (if_recorded)
mistake-outcome-if-recorded = where packets are not recorded, nothing decides here: an outcome needs evidence without if_recorded
mistake-section-if-recorded = every paragraph of “{ $key }” cites evidence with if_recorded, so that nothing is left of it where packets are not recorded

want-frame = a frame of the kind { $kind }
want-frame-like = a frame of the kind { $kind } ({ $conditions })

ask-trouble-wire = something is done to packets here, which needs a loopback of its own, and that was refused: { $what }. `socklab doctor` says how to change that.
ask-trouble-packets = the evidence is in the packets, and they could not be recorded here, or not all of them: { $what }
unrecorded-evidence = The evidence in packets ({ $frames }) was not looked at: { $why }.
no-packets-lost = not all of them were recorded ({ $count } missing)
no-packets-not-wanted = they were left out (--no-packets)
no-packets-missing = they could not be recorded ({ $reason })

mistake-lifts-nothing = `{ $change }`: there is no such rule at this point
course-idle-rule = the wire’s rule `{ $rule }` matched nothing (frames of the kind it is about: { $seen })
course-idle-rule-in = in the case { $case }, the wire’s rule `{ $rule }` matched nothing (frames of the kind it is about: { $seen })
