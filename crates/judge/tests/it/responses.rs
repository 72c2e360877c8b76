//! Verdicts on HTTP responses: every connection counts, and the request says whether a body may
//! come.

use std::collections::BTreeMap;

use socklab_event::{Args, Timeline, What};
use socklab_flows::Flows;
use socklab_judge::{
    BytesWanted, Expectation, HttpFault, HttpKind, HttpWanted, Judgement, Mismatch, Range, Subject,
    judge,
};
use socklab_timelines::{Story, scenes};

/// Alice sends each of these requests over a connection of her own, and receives these answers in
/// these pieces; an empty piece is the end of the stream.
fn conversations(all: &[(&str, &[&str])]) -> Timeline {
    let mut story = Story::new();
    let (_, listener, _) = scenes::tcp_server(&mut story);
    let alice = story.command("alice", "alice");
    for (request, answer) in all {
        let near = story.tcp(alice);
        story.connect(near, "127.0.0.1:12000");
        let far = story.accept(listener, near);
        story.send(near, request);
        story.recv(far, request);
        for piece in *answer {
            story.send(far, piece);
            story.recv(near, piece);
        }
        story.close(near);
    }
    story.build()
}

fn wanted(status: i64, body: &str) -> HttpWanted {
    HttpWanted {
        kind: HttpKind::Response,
        actor: "alice".to_owned(),
        peer: Some("server".to_owned()),
        status: Some(Range::exactly(status)),
        header: BTreeMap::new(),
        body: BytesWanted { equals: Some(body.into()), ..BytesWanted::default() },
        ignore_line_ends: false,
        ignore_length: false,
    }
}

fn verdict(timeline: &Timeline, http: HttpWanted, times: Range) -> Judgement {
    let expectation = Expectation {
        name: "response".to_owned(),
        depends_on: Vec::new(),
        after: Vec::new(),
        before: Vec::new(),
        same_socket: None,
        times,
        waited: None,
        subject: Subject::Http(Box::new(http)),
    };
    judge(&[expectation], &Flows::of(timeline)).remove(0).outcome
}

fn judged(all: &[(&str, &[&str])], http: HttpWanted) -> Judgement {
    verdict(&conversations(all), http, Range::at_least(1))
}

const HOLA: &[&str] = &["HTTP/1.1 200 OK\r\nContent-Le", "ngth: 4\r\n\r\nho", "la", ""];

fn fault(fault: HttpFault) -> Judgement {
    Judgement::Failed(Mismatch::Http(fault))
}

#[test]
fn a_response_is_its_pieces_joined() {
    assert_eq!(judged(&[("GET /", HOLA)], wanted(200, "hola")), Judgement::Passed);
    assert_eq!(judged(&[("GET /", HOLA)], wanted(404, "hola")), fault(HttpFault::Status(200)));
    let other = judged(&[("GET /", HOLA)], wanted(200, "holo"));
    let (wrong, hola) = (b"holo".to_vec(), b"hola".to_vec());
    let bytes = Mismatch::Bytes { wanted: wrong, got: hola, right: 3, total: 4 };
    assert_eq!(other, Judgement::Failed(bytes));
}

#[test]
fn the_header_is_looked_at_by_name() {
    let with = |name: &str, value: &str| HttpWanted {
        header: [(name.to_owned(), value.to_owned())].into(),
        ..wanted(200, "hola")
    };
    assert_eq!(judged(&[("GET /", HOLA)], with("content-length", "4")), Judgement::Passed);
    assert_eq!(judged(&[("GET /", HOLA)], with("content-length", "*")), Judgement::Passed);
    let missing = HttpFault::Header { name: "Date".into(), wanted: "*".into(), got: None };
    assert_eq!(judged(&[("GET /", HOLA)], with("Date", "*")), fault(missing));
    let missing = HttpFault::Header { name: "Date".into(), wanted: "x".into(), got: None };
    assert_eq!(judged(&[("GET /", HOLA)], with("Date", "x")), fault(missing));
    let other = HttpFault::Header {
        name: "Content-Length".into(),
        wanted: "5".into(),
        got: Some(b"4".to_vec()),
    };
    assert_eq!(judged(&[("GET /", HOLA)], with("Content-Length", "5")), fault(other));
}

#[test]
fn every_connection_counts() {
    let empty: &[&str] = &[""];
    let all = [("GET /", HOLA), ("GET /", empty)];
    assert_eq!(judged(&all, wanted(200, "hola")), fault(HttpFault::Nothing));
    let twice = conversations(&[("GET /", HOLA), ("GET /", HOLA)]);
    assert_eq!(verdict(&twice, wanted(200, "hola"), Range::exactly(2)), Judgement::Passed);
    let times = Mismatch::Times { wanted: "3".to_owned(), got: 2 };
    let three = verdict(&twice, wanted(200, "hola"), Range::exactly(3));
    assert_eq!(three, Judgement::Failed(times));
    assert_eq!(judged(&[("GET /", &[])], wanted(200, "hola")), fault(HttpFault::Nothing));
}

#[test]
fn what_must_not_come_may_be_anything_else() {
    let never = |status| {
        verdict(&conversations(&[("GET /", HOLA)]), wanted(status, "hola"), Range::exactly(0))
    };
    assert_eq!(never(500), Judgement::Passed);
    let times = Mismatch::Times { wanted: "0".to_owned(), got: 1 };
    assert_eq!(never(200), Judgement::Failed(times));
}

#[test]
fn the_request_and_the_end_decide_where_a_body_ends() {
    let head: &[&str] = &["HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n"];
    assert_eq!(judged(&[("HEAD / HTTP/1.1", head)], wanted(200, "")), Judgement::Passed);
    let short = HttpFault::Short { announced: 4, got: 0 };
    assert_eq!(judged(&[("GET / HTTP/1.1", head)], wanted(200, "")), fault(short));
    let open: &[&str] = &["HTTP/1.1 200 OK\r\n\r\nhola"];
    assert_eq!(judged(&[("GET /", open)], wanted(200, "hola")), fault(HttpFault::Endless));
    let closed: &[&str] = &["HTTP/1.1 200 OK\r\n\r\nhola", ""];
    assert_eq!(judged(&[("GET /", closed)], wanted(200, "hola")), Judgement::Passed);
}

#[test]
fn what_was_not_recorded_gives_no_verdict() {
    let cut = |at: usize, missing: u64| {
        let mut timeline = conversations(&[("GET /", HOLA)]);
        let receives = |event: &&mut socklab_event::Event| {
            let call = event.call();
            call.is_some_and(|call| call.received().is_some_and(|count| count > 0))
        };
        let event = timeline.events.iter_mut().filter(receives).nth(at).expect("a call");
        if let What::Call(call) = &mut event.what
            && let Args::Recv { bytes, .. } = &mut call.args
        {
            bytes.sample.truncate(1);
            bytes.total += missing;
        }
        verdict(&timeline, wanted(200, "hola"), Range::at_least(1))
    };
    // The first of alice's calls: of the head, only one byte is known.
    assert_eq!(cut(1, 0), Judgement::Unclear);
    // Her third: of the body, one byte is missing; then the body is also too long.
    assert_eq!(cut(3, 0), Judgement::Unclear);
    let surplus = HttpFault::Surplus { bytes: Vec::new(), total: 7 };
    assert_eq!(cut(3, 7), fault(surplus));
}

#[test]
fn a_request_is_what_a_client_sent() {
    let judged = |sent: &str, header: &[&str]| {
        let request = HttpWanted {
            kind: HttpKind::Request,
            status: None,
            header: header.iter().map(|name| ((*name).to_owned(), "*".to_owned())).collect(),
            body: BytesWanted::default(),
            ..wanted(200, "")
        };
        verdict(&conversations(&[(sent, HOLA)]), request, Range::at_least(1))
    };
    let good = "GET / HTTP/1.1\r\nhost:here\r\n\r\n";
    assert_eq!(judged(good, &[]), Judgement::Passed);
    assert_eq!(judged(good, &["Host"]), Judgement::Passed);
    assert!(matches!(
        judged(good, &["Accept"]),
        Judgement::Failed(Mismatch::Http(HttpFault::Header { got: None, .. }))
    ));
    let surplus = HttpFault::Surplus { bytes: vec![0], total: 1 };
    assert_eq!(judged("GET / HTTP/1.1\r\nHost: here\r\n\r\n\0", &[]), fault(surplus));
}
