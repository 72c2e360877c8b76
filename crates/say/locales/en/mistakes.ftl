# Mistakes in a course. Each sentence is one line, with placeholders and quoted braces only.

mistake-version = format_version { $found } is not known, expected { $known }: this file is for another socklab
mistake-unknown-name = { $nobody } `{ $name }`, expected one of { $known }
mistake-unknown-name-none = { $nobody } `{ $name }`, and there are none to choose from
mistake-nobody = nobody is called
mistake-no-actor = no actor is called
mistake-no-peer = no peer is called
mistake-no-choice = no choice is called
mistake-no-program = no course program is called
mistake-no-question = no question is called
mistake-no-exercise = no exercise is called
mistake-no-evidence = no evidence is called
mistake-no-case = no case is called
mistake-no-case-above = no case above is called
mistake-nothing-above = nothing above is called
mistake-no-expectation-above = no expectation above is called
mistake-no-cases = an exercise has at least one [[case]], or nothing could be wrong with a program
mistake-name-letters = a name is made of a-z, 0-9 and -
mistake-twice = `{ $name }` appears twice
mistake-submission = only an exercise has a submission
mistake-arguments-run = only a submission gets arguments: a command has its own behind `run`
mistake-arguments-nobody = nobody gets these arguments: no submission here is without arguments of its own
mistake-arguments-language = no arguments for { $code }, in which the exercise is offered: give them as `{ $code }`, or for all other languages as ""
mistake-arguments-long = these arguments are longer than { $most } bytes all together
mistake-argument-nul = an argument can't contain the byte 0
mistake-args-here = {"{"}args{"}"} stands for something only in the command of a student, behind `socklab check NAME --`
mistake-place-bytes = {"{"}{ $found }{"}"} stands for bytes that may be no text, which a command line and an environment can't have; {"{"}letters:N{"}"} is text
mistake-perhaps = { $what }. Did you mean `{ $near }`?
mistake-not-started = `{ $name }` has not been started at this point
mistake-program-language = this file is never run, because it is in none of the languages that can be run: { $known }
mistake-page-place = {"{"}{ $found }{"}"} stands for nothing in this page; did you mean {"{"}{ $near }{"}"}?
mistake-run-or-submission = an actor has either run = ["PROGRAM", …] or submission = true
mistake-folder-name = the folder "{ $folder }" is not called NUMBER-NAME, as in 03-tcp-client-first
mistake-unknown-topic = unknown topic `{ $found }`, expected words of { $known }
mistake-unknown-program = no program is called `{ $found }`: it is not a program of the course, and not in PATH. Did you mean { $near }?

mistake-no-meaning = { $word } has no meaning in this step
mistake-of-peers = { $word } goes with { $verbs } only
mistake-step-until-strange = until goes with start and wait only
mistake-one-verb = a step does exactly one of { $verbs }; here there are { $count }
mistake-wait-until = wait needs an until: for what?
mistake-type-text = type needs a text
mistake-signal-to = signal needs a to: to whom?
mistake-peer-do = peer needs a do = [ … ]: what?
mistake-crowd = a crowd has from 2 to { $most } members, not { $found }
mistake-hold-where = hold and yield need an at: where?
mistake-hold-at = unknown place `{ $found }`, expected "birth", "every-call", {"{"} before = "CALL" {"}"} or {"{"} after = "CALL" {"}"}
mistake-hold-call = a place is before one call or after one call
mistake-own-stdin = `{ $name }` has its whole input in stdin: nothing can be typed
mistake-target = `{ $target }` is neither IP:PORT nor one of { $known }
mistake-since-waited = since and waited_ms go together: how much time after what?
mistake-waited-subject = waited_ms is about the first of these calls, a signal, or the end of a program; times and never don't go with it
mistake-waited-range = how long? {"{"} about = MS {"}"}, or {"{"} at_least = MS, at_most = MS {"}"} (or one of these), the first less than the second
mistake-waited-beyond = waited_ms: at least { $least } ms can't pass before the deadline of everything, deadline_ms = { $deadline }
mistake-pause = a pause lasts 1 to { $most } ms, not { $found }
mistake-pauses = up to here there are { $total } ms of pauses, which is all of deadline_ms = { $deadline }
mistake-pause-within = this step pauses for { $pause } ms, which is all of its within_ms = { $within }
mistake-recv-room = recv has room for 1 to { $most } bytes, not for { $found }
mistake-option-value = the kernel takes { $least } to { $most } here, not { $found }
mistake-unknown-condition = unknown condition `{ $found }`, expected one of { $known }, or a table with blocked_in, received, sent, printed, called or kernel
mistake-one-condition = a condition has exactly one of blocked_in, received, sent, printed, called, kernel; here there are { $count }
mistake-times-called = times goes with called only
mistake-unknown-call = unknown call `{ $found }`, expected one of { $known }
mistake-op-needs = `{ $word }` needs more information: { $example }

mistake-never-times = never and times exclude each other
mistake-times-subject = times counts calls, responses, signals and states; for bytes there is once = true
mistake-about-one = it must be about one of { $subjects }
mistake-about-one-only = an expectation is about one thing only of { $subjects }
mistake-no-bytes = say what the bytes should be: equals, contains, starts_with or length
mistake-unknown-error = unknown error `{ $found }`, expected a name such as ECONNREFUSED
mistake-of-state = remote, receive_queue and send_queue are about a state
mistake-with-state = with state only actor, local, remote, receive_queue and send_queue can be given
mistake-with-bytes = with stream and output only equals, contains, starts_with, length, ignore_case, ignore_line_ends and once can be given
mistake-with-http = with http only actor, peer, status, header, ignore_length and what the body should be can be given
mistake-no-solutions = also_passed_by: there is no exercise "{ $name }" with solutions
mistake-of-http = status, header and ignore_length are about http
mistake-request-status = a request has no status
mistake-with-end = with exit and signal only the actor can be given
mistake-actor-missing = actor is missing: whose?
mistake-name-address = "{ $found }" is not an address that a name can have: expected an IP address, { "{" }host{ "}" } or { "{" }address{ "}" }
mistake-no-address = "{ $found }" is not an address: expected IP:PORT, either may be *
mistake-exit-range = an exit code is from 0 to 255
mistake-unknown-end = unknown end `{ $found }`, expected a code, failure, any, running or a signal such as SIGPIPE
mistake-unknown-signal = unknown signal `{ $found }`, expected a name such as SIGINT
mistake-unknown-word = unknown word `{ $found }`, expected one of { $known }
mistake-payload-kind = unknown payload `{"{"}{ $found }{"}"}`, expected random, letters or LETTERS before the colon
mistake-moment = {"{"}{ $found }{"}"}: expected { $kind }:FROM..TO with two years from 1968 to 2103, and after ntp perhaps -DAYS
mistake-payload = {"{"}{ $found }{"}"}: expected a number up to { $most } after { $kind }
mistake-unknown-escape = unknown escape { $found }: allowed are \n, \r, \t, \0, \\ and \xNN

mistake-no-file = there is no such file
mistake-not-utf-8 = not UTF-8 from byte { $from } on
mistake-section-twice = the section `{ $key }` appears twice
mistake-comment-no-end = this comment has no end: `-->` is missing
mistake-no-title = no title: the first line is `# …`

mistake-unknown-field = unknown field `{ $found }`, expected one of { $known }
mistake-missing-field = `{ $name }` is missing
mistake-wrong-kind = found { $found }, expected { $wanted }
mistake-unreadable = { $what }
mistake-one-word = expected one word here, with what belongs to it; there are { $count }
mistake-word-alone = `{ $word }` takes nothing: write it alone, as "{ $word }"
mistake-syntax = this is not TOML: { $what }
mistake-kind-text = the text { $value }
mistake-kind-number = the number { $value }
mistake-kind-boolean = { $value }
mistake-kind-list = a list
mistake-kind-table = a table
mistake-kind-other = { $value }
mistake-want-text = a text in quotes
mistake-want-number = a whole number
mistake-want-number-to = a whole number from 0 to { $most }
mistake-want-boolean = true or false
mistake-want-list = a list: [ … ]
mistake-want-table = a table: {"{"} … {"}"}
mistake-want-texts = a text in each language: {"{"} en = "…", es = "…" {"}"}
mistake-want-arguments = a list of words, or a table of such lists by language: {"{"} python = […], c = […] {"}"}
mistake-want-range = a number, or {"{"} at_least = NUMBER, at_most = NUMBER {"}"}
mistake-want-words = a word, or a list of words
mistake-want-exit = an exit code, "failure", "any", "running" or a signal's name
mistake-want-one-of = one of { $known }
mistake-want-place = a place: "birth", "every-call", {"{"} before = "CALL" {"}"} or {"{"} after = "CALL" {"}"}
mistake-want-condition = a condition ("listening", {"{"} received = 5 {"}"} …) or a list of them

mistake-gap-name = a gap has a name: GAP NAME … END
mistake-gap-none-here = there is no gap here
mistake-gap-no-end = the gap `{ $name }` has no END, or another gap begins inside it
mistake-marks-do-not-fit = the marks of the gaps do not fit: { $why }
mistake-gap-no-prompt = the gap `{ $name }` has no prompt and no hints in gaps.toml, which knows { $known }
mistake-about-unknown = gaps.toml has no hints for `{ $name }`; it knows { $known }
mistake-gap-unused = no solution has a gap `{ $name }`; their gaps are { $known }
mistake-comment-unused = no solution has the comment “{ $text }” outside its gaps

mistake-number-taken = number { $number } is also used by question { $other }
mistake-name-taken = question { $other } has the same name
mistake-few-choices = { $count } choices: fewer than 3 teach little
mistake-no-outcome = no outcome: nothing would ever be the right answer
mistake-choice-no-text = the choice `{ $id }` has no text in one of the languages
mistake-outcome-no-evidence = an outcome without evidence: it would be claimed without being seen
mistake-no-by-hand = no [[by_hand]]: how can it be seen without socklab?
mistake-idle = `{ $name }` never does anything
mistake-section-unknown = no outcome uses the section `{ $key }` as its explanation
mistake-section-next = the section `next` is missing: what to try now
mistake-section-missing = the section `{ $key }` is missing
mistake-cites-nobody = `{ $key }` cites {"{"}{ $name }.{ $word }{"}"}, but has no evidence `{ $name }`
mistake-cites-word = {"{"}{ $name }.{ $word }{"}"}: what can be cited is { $known }
mistake-file-missing = { $file } is missing
mistake-bug-fails = { $file } fails no case, so it is not a bug
mistake-text-empty = case `{ $case }`: a text is empty in one of the languages
mistake-case-empty = case `{ $case }` checks nothing
mistake-not-joined = the case `{ $case }` never waits for what `{ $peer }` does in the background: a join is missing

mistake-syntax-duplicate = this name is given twice here, or once with [one] and once with [[two]] brackets; what belongs to a [[case]], such as [[case.step]], stands below it
mistake-syntax-deep = lists and tables are nested too deeply here
mistake-syntax-unquoted = a value is missing here, or a text without quotes: name = "text"; in a list there are commas between values
mistake-syntax-comma = a comma is missing here, or there is one too many
mistake-syntax-table = this table does not end as it should: {"{"} name = value, name = value {"}"}
mistake-syntax-list = this list does not end as it should: [ value, value ]
mistake-syntax-header = a part begins with [name] or [[name]], alone on its line
mistake-syntax-text = this text does not end as it should, or has an escape that TOML does not know: "…" on one line; \n, \t, \" and \\ in it; in '…' a backslash is only a backslash
mistake-syntax-number = this is not a number, a date or a truth value as TOML writes them: 12, 0x1f, true
mistake-syntax-control = there is something at the end of this line that does not belong there
mistake-syntax-value = a value is missing here, or is not one: name = value
mistake-syntax-key = a name is missing here, or is not one: name = value
mistake-unknown-place = {"{"}{ $found }{"}"} stands for nothing: there are { $known }. For a brace in a text of bytes write \x7b
mistake-needs-listen = `{ $word }`: { $peer } has no listening socket at this point
mistake-needs-connection = `{ $word }`: { $peer } has no connection at this point
mistake-needs-socket = `{ $word }`: { $peer } has no socket at this point
mistake-needs-do = { $word } goes with do{ $word ->
    [repeat] {" "}and step
   *[other] {""}
} only
mistake-needs-repeat = a list of steps within the list needs a repeat
mistake-repeat-alone = a step with steps of its own has nothing beside them but repeat
mistake-do-alone = a list of operations within the list needs on or repeat, such as { "{" } repeat = 3, do = [ … ] { "}" }
mistake-repeat = something is repeated from 1 to { $most } times, not { $found } times
mistake-unrolled = with all that is repeated, a scenario may have { $most } steps and operations, and { $bytes } bytes of text
mistake-round = { "{" }round{ "}" } stands for something only in what is repeated
mistake-beyond = within_ms = { $within } is longer than the deadline of everything, deadline_ms = { $deadline }
mistake-exercise-folder = the folder "{ $folder }" has characters other than a-z, 0-9 and - in its name
mistake-no-solution = there is no solution: one of { $known } shows that the exercise can be solved
mistake-bug-unnamed = no [[bug]] names this file: it is never run
mistake-no-such-program = no program of the course is called `{ $found }`: there are { $known }
mistake-no-rule = no rule is called `{ $word }`; did you mean `{ $near }`?

mistake-file-name = a file's name is a path below the scenario's folder, without `..` and not absolute
mistake-files = too much in files: at most { $files } files with { $most } bytes in all
mistake-sends = the peers of this scenario send and expect more than { $most } bytes in all
mistake-payload-total = this text stands for more than { $most } bytes
mistake-checksum = a text can have one {"{"}checksum{"}"}, with an even number of bytes before it
mistake-want-text-or-pattern = a text, or {"{"} pattern = '…' {"}"}
mistake-pattern = this is not a pattern: { $what }
mistake-pattern-empty = this pattern fits everywhere, even where nothing is, so with `contains` or `starts_with` it demands nothing
mistake-pattern-class = “{ $found }” is more than one byte and can't be among the characters between [ and ]: write alternatives, such as (é|ü), or each byte as \xNN
mistake-pattern-place = {"{"}{ $found }{"}"} stands for nothing in a pattern; for the braces themselves, write \{"{"}
mistake-pattern-place-in-class = a placeholder can't be among the characters between [ and ]
mistake-pattern-large = a pattern has at most 2000 bytes, and few large repetitions: this one is too large
mistake-pattern-unsupported = this is not supported in patterns. They have . [ ] ( ) | * + ? {"{"}N{"}"} ^ $, \d \w \s \b and their opposites, (?i) (?m) (?s)
mistake-pattern-repeat = a repetition needs something before it; it is *, +, ? or {"{"}N{"}"}, {"{"}N,{"}"}, {"{"}N,M{"}"} with N no larger than M
mistake-pattern-brackets = what stands between [ and ] is wrong: the ] is missing, a range such as a-z goes backwards, or an escape does not exist
mistake-pattern-escape = an escape in this pattern is wrong: there are \n, \r, \t, \0, \xNN, \d, \w, \s, \b, \D, \W, \S, \B, and a backslash before a sign that would have a meaning
mistake-pattern-group = the ( and ) of this pattern do not match
mistake-pattern-line-ends = `ignore_line_ends` and `in_pieces` are for texts: a pattern says itself where line ends may be
