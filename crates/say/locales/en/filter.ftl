# Filters: `--filter`, and the field above the rows of a page. The words of the language are English.

filter-expected = `{ $found }` can't stand here in a filter, expected { $expected }
filter-ends-early = the filter ends too early, expected { $expected }
filter-perhaps = { $what }. Did you mean `{ $near }`?
filter-unopened = this parenthesis closes none
filter-unclosed = this parenthesis is never closed
filter-unquoted = the quote at the end is missing
filter-escape = `{ $found }` stands for nothing here; there are \n, \r, \t, \0, \\, \", \xNN and \u{"{"}N{"}"}
filter-ends-first = the time ends before it begins
filter-deep = too many parentheses and `not` in one another
filter-want-term = one of { $words }
filter-want-port = a port, 1 to 65535
filter-want-fd = a descriptor, such as 3
filter-want-time = a time with its unit, such as 10ms or 1.2s
filter-want-host = an address, a host or a program (in quotes if it is a word of filters)
filter-want-process = a program's name or the number of a process (in quotes if it is a word of filters)
filter-want-call = the name of a call, such as connect
filter-want-bytes = the bytes, such as "GET" (in quotes if they are a word of filters)

filter-left-out = Left out by the filter `{ $filter }`: { $n } of { $all } events.
filter-nothing = The filter `{ $filter }` leaves nothing to draw: { $all ->
        [one] { $all } event is left out.
       *[other] { $all } events are left out.
    }
filter-unsure = { $n ->
        [one] { $n } of them may fit: not all of its bytes were recorded.
       *[other] { $n } of them may fit: not all of their bytes were recorded.
    }
filter-hidden = Calls that fit the filter, but only set up or enquire, not drawn: { $n }.
filter-hidden-all = Calls that fit the filter, but only set up or enquire, not drawn: { $n }. --all draws them.
filter-unexplained = { $n ->
        [one] { $n } explanation is about what the filter leaves out.
       *[other] { $n } explanations are about what the filter leaves out.
    }

arg-filter = Draw only the events that fit, such as 'port 8080 and not call poll'; what is left out is counted. A recording (.jsonl, .pcapng) stays whole. The words are listed below
value-EXPRESSION = EXPRESSION
# In two columns: a term, and after two spaces what fits it.
filter-help =
    Filters
    port 8080  an end of the socket or packet has this port
    host 127.0.0.1  an end has this address, or is this lab host or program; a Unix socket's path
    fd 4  the call is made on this descriptor, waits for it or creates it
    process nginx  the program or command has this name, or the process this number
    call recv  the call has this name, a program's or the kernel's (recvfrom)
    errors  the call failed; EAGAIN and EINPROGRESS are no failures
    slower 10ms  the call took longer than that (ns, us, ms, s, min)
    from 1.2s to 1.5s  it happened, at least in part, in this time of the drawing; from or to alone will do
    bytes "GET"  one message has these bytes, as far as they were recorded; \r \n \xNN as drawings write them
    a and b, a b  both fit
    a or b  one of them does; and binds more tightly
    not a, (a or b)  the opposite; what belongs together
filter-help-rest = Names are written as the drawing writes them, in quotes if they have spaces or are words of this list. Of a message that fits, the other end is drawn, too.

# The field above the rows of a page.
filter-field = Filter
filter-words = Words
filter-rows = { $shown } of { $all } rows.
filter-rows-unsure = Of the others, { $n } may fit: not all that they show is on this page.
