//! Responses in every style, and every way to get one wrong.

use super::*;

const STRICT: Lenient = Lenient { line_ends: false, length: false };
const LENIENT: Lenient = Lenient { line_ends: true, length: true };

fn about(text: &str, ended: bool) -> Circumstances {
    Circumstances { total: text.len() as u64, ended, to_head: false }
}

fn parse(text: &str) -> Result<Response, HttpFault> {
    Response::parse(text.as_bytes(), about(text, true), STRICT)
}

fn fault(text: &str) -> HttpFault {
    parse(text).expect_err(text)
}

/// A response with this head, without its last empty line, and this body.
fn of(head: &str, body: &str) -> String {
    format!("HTTP/1.1 {head}\r\n\r\n{body}")
}

#[test]
fn right_responses_are_read_whatever_their_style() {
    for (text, body) in [
        (of("200 OK\r\nContent-Length: 4", "hola"), "hola"),
        (of("200 OK\r\nContent-Length:4", "hola"), "hola"),
        (of("200 OK\r\nCONTENT-LENGTH:\t 4 \t", "hola"), "hola"),
        (of("200 OK\r\ncontent-type: text/html", "hola"), "hola"),
        (of("200\r\nContent-Length: 4", "hola"), "hola"),
        (of("200 \r\nContent-Length: 4", "hola"), "hola"),
        (of("200 OK", ""), ""),
        ("HTTP/1.0 200 Muy bien\r\n\r\nhola".to_owned(), "hola"),
        (of("200 OK\r\nX-Empty:\r\nContent-Length: 4", "hola"), "hola"),
        (
            of("200 OK\r\nTransfer-Encoding: gzip, Chunked", "1;x=y\r\nh\r\n3\r\nola\r\n0\r\n\r\n"),
            "hola",
        ),
        (of("200 OK\r\nTransfer-Encoding: chunked", "4\r\nhola\r\n0\r\nX: y\r\n\r\n"), "hola"),
        (format!("HTTP/1.1 100 Continue\r\n\r\n{}", of("200 OK", "hola")), "hola"),
        (of("204 No Content", ""), ""),
    ] {
        let response = parse(&text).expect(&text);
        assert_eq!(response.body, body.as_bytes(), "{text}");
        assert_eq!(response.body_total, body.len() as u64, "{text}");
    }
}

#[test]
fn the_status_is_where_it_belongs() {
    let reason = parse(&of("200 404 Not Found\r\nX: 404", "404")).unwrap();
    assert_eq!(reason.status, 200);
    for line in [
        "HTTP/1.1 20 OK",
        "HTTP/1.1 2000 OK",
        "HTTP/1.1  200 OK",
        "HTTP/1.1 200OK",
        "HTTP/2 200 OK",
        "HTTP/2.0 200 OK",
        "http/1.1 200 OK",
        "HTTP/1.1",
        "HTTP/1.1 OK 200",
        "200 OK",
        "HTTP/1.1 abc OK",
        "HTTP/1.1 000 OK",
        "<h1>hola</h1>",
        "",
    ] {
        let text = format!("{line}\r\nContent-Length: 0\r\n\r\n");
        assert_eq!(fault(&text), HttpFault::StatusLine(line.into()), "{line}");
    }
    assert_eq!(fault(""), HttpFault::Nothing);
    assert_eq!(fault("<h1>hola</h1>"), HttpFault::StatusLine(b"<h1>hola</h1>".into()));
}

#[test]
fn a_header_is_lines_with_a_name_and_a_colon() {
    for line in
        ["Content-Length : 4", "Content-Length 4", ": 4", "a b: c", " X: y", "\tfolded", "X: \0"]
    {
        let text = of(&format!("200 OK\r\nA: b\r\n{line}"), "");
        assert_eq!(fault(&text), HttpFault::Field(line.into()), "{line}");
    }
    let text = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n";
    assert_eq!(fault(text), HttpFault::NoEmptyLine(b"Content-Length: 4".into()));
    assert_eq!(fault("HTTP/1.1 200 OK\r\n"), HttpFault::NoEmptyLine(b"HTTP/1.1 200 OK".into()));
    let text = "HTTP/1.1 200 OK\r\nA: b\r\n<h1>hola</h1>\r\n";
    assert_eq!(fault(text), HttpFault::Field(b"<h1>hola</h1>".into()));
    let twice = parse(&of("200 OK\r\nVary: a\r\nvary:b", "")).unwrap();
    assert_eq!(twice.fields.value("VARY"), Some(b"a, b".to_vec()));
    assert_eq!(twice.fields.value("Host"), None);
}

#[test]
fn bare_line_ends_are_a_fault_of_their_own() {
    let text = "HTTP/1.1 200 OK\nContent-Length: 4\n\nhola";
    assert_eq!(fault(text), HttpFault::LineEnd(b"HTTP/1.1 200 OK".into()));
    let one = "HTTP/1.1 200 OK\r\nContent-Length: 4\n\r\nhola";
    assert_eq!(fault(one), HttpFault::LineEnd(b"Content-Length: 4".into()));
    let empty = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\nhola";
    assert_eq!(fault(empty), HttpFault::LineEnd(b"".into()));
    for text in [text, one, empty] {
        let read = Response::parse(text.as_bytes(), about(text, true), LENIENT).unwrap();
        assert_eq!(read.body, b"hola");
    }
    // Line ends in the body are the body's business.
    assert_eq!(parse(&of("200 OK", "a\nb")).unwrap().body, b"a\nb");
}

#[test]
fn a_body_is_exactly_as_long_as_announced() {
    let lengths = |lines: &str, body: &str| of(&format!("200 OK\r\n{lines}"), body);
    let short = HttpFault::Short { announced: 5, got: 4 };
    assert_eq!(fault(&lengths("Content-Length: 5", "hola")), short);
    let surplus = HttpFault::Surplus { bytes: b"\r\n".into(), total: 2 };
    assert_eq!(fault(&lengths("Content-Length: 4", "hola\r\n")), surplus);
    for wrong in ["4, 4", "-1", "4.0", "0x4", "+4", "four", ""] {
        let text = lengths(&format!("Content-Length: {wrong}"), "hola");
        assert_eq!(fault(&text), HttpFault::Length(wrong.into()), "{wrong}");
    }
    let twice = "Content-Length: 4\r\nContent-Length: 5";
    assert_eq!(fault(&lengths(twice, "hola")), HttpFault::Length(b"4, 5".into()));
    // Whoever does not look at the length reads to the end.
    let text = lengths(twice, "hola\r\n");
    let read = Response::parse(text.as_bytes(), about(&text, true), LENIENT).unwrap();
    assert_eq!((read.body.as_slice(), read.body_total), (&b"hola\r\n"[..], 6));
}

#[test]
fn without_a_length_only_the_end_of_the_stream_ends_a_body() {
    let text = of("200 OK", "hola");
    let open = Response::parse(text.as_bytes(), about(&text, false), STRICT);
    assert_eq!(open, Err(HttpFault::Endless));
    assert!(Response::parse(text.as_bytes(), about(&text, false), LENIENT).is_ok());
    let known = of("200 OK\r\nContent-Length: 4", "hola");
    assert!(Response::parse(known.as_bytes(), about(&known, false), STRICT).is_ok());
}

#[test]
fn some_responses_have_no_body() {
    let text = of("200 OK\r\nContent-Length: 4", "");
    let head = Circumstances { to_head: true, ..about(&text, true) };
    assert_eq!(Response::parse(text.as_bytes(), head, STRICT).unwrap().body_total, 0);
    let text = of("200 OK\r\nContent-Length: 4", "hola");
    let head = Circumstances { to_head: true, ..about(&text, true) };
    let surplus = HttpFault::Surplus { bytes: b"hola".into(), total: 4 };
    assert_eq!(Response::parse(text.as_bytes(), head, STRICT), Err(surplus.clone()));
    assert_eq!(fault(&of("204 No Content", "hola")), surplus.clone());
    assert_eq!(fault(&of("304 Not Modified\r\nContent-Length: 4", "hola")), surplus);
}

#[test]
fn chunks_that_do_not_end_are_a_fault() {
    for body in [
        "",
        "4\r\nhola\r\n",
        "4\r\nhola0\r\n\r\n",
        "5\r\nhola\r\n0\r\n\r\n",
        "4\r\nhola\r\n0\r\n",
        "hola",
        "-4\r\nhola\r\n0\r\n\r\n",
        "4\nhola\n0\n\n",
        "ffffffffffffffff\r\nh\r\n0\r\n\r\n",
    ] {
        let text = of("200 OK\r\nTransfer-Encoding: chunked", body);
        assert_eq!(fault(&text), HttpFault::Chunk, "{body}");
    }
    let text = of("200 OK\r\nTransfer-Encoding: chunked", "0\r\n\r\nmore");
    assert_eq!(fault(&text), HttpFault::Surplus { bytes: b"more".into(), total: 4 });
}

#[test]
fn a_recording_that_is_cut_has_the_first_bytes_of_the_body() {
    let text = of("200 OK\r\nContent-Length: 1000", "hola");
    let cut = Circumstances { total: text.len() as u64 + 996, ..about(&text, true) };
    let read = Response::parse(text.as_bytes(), cut, STRICT).unwrap();
    assert_eq!((read.body.as_slice(), read.body_total), (&b"hola"[..], 1000));
    let more = Circumstances { total: cut.total + 1, ..cut };
    let surplus = HttpFault::Surplus { bytes: Vec::new(), total: 1 };
    assert_eq!(Response::parse(text.as_bytes(), more, STRICT), Err(surplus));
    let text = of("200 OK\r\nTransfer-Encoding: chunked", "100\r\nhola");
    let cut = Circumstances { total: text.len() as u64 + 1000, ..about(&text, true) };
    let read = Response::parse(text.as_bytes(), cut, STRICT).unwrap();
    assert!(read.body == b"hola" && read.body_total > 4);
}

#[test]
fn no_input_is_too_odd() {
    let whole = of("200 OK\r\nTransfer-Encoding: chunked", "4\r\nhola\r\n0\r\n\r\n");
    for end in 0..whole.len() {
        for missing in [0, 1, 1000] {
            let part = &whole.as_bytes()[..end];
            let about = Circumstances { total: end as u64 + missing, ended: true, to_head: false };
            for lenient in [STRICT, LENIENT] {
                let _ = Response::parse(part, about, lenient);
            }
        }
    }
}
