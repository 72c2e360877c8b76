use super::*;
use proptest::prelude::*;

fn request(text: &str) -> Request {
    parse(text.as_bytes()).unwrap().unwrap()
}

fn status(text: &str) -> u16 {
    parse(text.as_bytes()).unwrap_err().status.code
}

#[test]
fn a_browsers_request() {
    let text = "GET /a?b HTTP/1.1\r\nHost: www.google.com\r\nAccept: */*\r\n\r\nrest";
    let request = request(text);
    assert_eq!((request.method.as_str(), request.target.as_str()), ("GET", "/a?b"));
    assert_eq!(request.host.as_deref(), Some("www.google.com"));
    assert!(request.keep_alive);
    assert_eq!(request.body_length, 0);
    assert_eq!(&text[request.head_length..], "rest");
}

#[test]
fn an_incomplete_request_is_not_an_error() {
    let text = "\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n";
    for cut in 0..text.len() {
        assert_eq!(parse(&text.as_bytes()[..cut]), Ok(None), "{cut}");
    }
    assert_eq!(request(text).head_length, text.len());
}

#[test]
fn host_is_required_since_1_1_and_never_twice() {
    assert_eq!(status("GET / HTTP/1.1\r\n\r\n"), 400);
    assert_eq!(status("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"), 400);
    assert_eq!(status("GET / HTTP/1.1\r\nHost: a, b\r\n\r\n"), 400);
    assert_eq!(status("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"), 400);
    assert_eq!(request("GET / HTTP/1.0\r\n\r\n").host, None);
    assert_eq!(request("GET / HTTP/1.1\r\nhOST:[::1]:80\r\n\r\n").host.unwrap(), "[::1]:80");
    let absolute = request("GET http://one/x HTTP/1.1\r\nHost: two\r\n\r\n");
    assert_eq!(absolute.host.unwrap(), "one");
}

#[test]
fn keep_alive_depends_on_version_and_connection_options() {
    let keep_alive = |text| request(text).keep_alive;
    assert!(keep_alive("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
    assert!(!keep_alive("GET / HTTP/1.1\r\nHost: x\r\nConnection: te, Close\r\n\r\n"));
    assert!(!keep_alive("GET / HTTP/1.0\r\n\r\n"));
    assert!(keep_alive("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"));
    assert!(!keep_alive("GET / HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, close\r\n\r\n"));
}

#[test]
fn body_lengths() {
    let length = |fields: &str| {
        parse(format!("POST / HTTP/1.1\r\nHost: x\r\n{fields}\r\n").as_bytes())
            .map(|request| request.unwrap().body_length)
            .map_err(|rejected| rejected.status.code)
    };
    assert_eq!(length("Content-Length: 12\r\n"), Ok(12));
    assert_eq!(length("Content-Length: 99999999999999999999999\r\n"), Ok(u64::MAX));
    assert_eq!(length("Content-Length: 5\r\nExpect: 100-continue\r\n"), Ok(u64::MAX));
    assert_eq!(length("Transfer-Encoding: chunked\r\n"), Ok(u64::MAX));
    for smuggling in [
        "Content-Length: +5\r\n",
        "Content-Length: 5, 5\r\n",
        "Content-Length:\r\n",
        "Content-Length: 5\r\nContent-Length: 6\r\n",
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
    ] {
        assert_eq!(length(smuggling), Err(400), "{smuggling}");
    }
}

#[test]
fn another_version_is_distinguished_from_nonsense() {
    assert_eq!(status("GET / HTTP/2.0\r\n\r\n"), 505);
    assert_eq!(status("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 505);
    assert_eq!(status("GET / HTTP/x\r\n\r\n"), 400);
    assert_eq!(status("GET /\r\n\r\n"), 400);
    assert_eq!(status("GET / HTTP/1.1\r\nHost : x\r\n\r\n"), 400);
    assert_eq!(status("GET / HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n"), 400);
    assert_eq!(status("\u{1}\u{2}\u{3}\r\n\r\n"), 400);
}

#[test]
fn lines_heads_and_fields_are_limited() {
    let long = "x".repeat(LONGEST_LINE + 1);
    assert_eq!(status(&format!("GET /{long} HTTP/1.1\r\n\r\n")), 414);
    assert_eq!(status(&format!("GET /{long}")), 414);
    assert_eq!(status(&"\r\n".repeat(LONGEST_LINE)), 414);
    let field = format!("A: {}\r\n", "x".repeat(LONGEST_HEAD));
    assert_eq!(status(&format!("GET / HTTP/1.1\r\n{field}\r\n")), 431);
    assert_eq!(status(&format!("GET / HTTP/1.1\r\n{field}")), 431);
    let many = "A: b\r\n".repeat(MOST_FIELDS + 1);
    let rejected = parse(format!("GET /x HTTP/1.1\r\n{many}\r\n").as_bytes()).unwrap_err();
    assert_eq!(rejected.status.code, 431);
    assert_eq!(rejected.target.as_deref(), Some("/x"));
}

proptest! {
    #[test]
    fn no_bytes_make_the_parser_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = parse(&bytes);
    }

    #[test]
    fn nor_do_bytes_that_look_like_a_request(
        text in "(GET|PUT|X) [/*a-z:.?%]{1,9} HTTP/1[.][01]\r\n\
                 ((Host|Content-Length|Expect|Connection):[ a-z0-9,:]{0,9}\r\n){0,4}(\r\n)?",
    ) {
        if let Ok(Some(request)) = parse(text.as_bytes()) {
            prop_assert!(request.head_length <= text.len());
        }
    }

    #[test]
    fn what_follows_a_request_does_not_change_it(
        path in "/[a-z]{0,8}", host in "[a-z]{1,9}", after in ".{0,20}",
    ) {
        let head = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n");
        let with_more = format!("{head}{after}");
        prop_assert_eq!(parse(head.as_bytes()), parse(with_more.as_bytes()));
    }
}
