//! The HTTP service over real sockets.

use std::fs;
use std::io::Write;
use std::os::unix::fs::symlink;
use std::time::Duration;

use crate::support::{TestServer, ask, assert_same, noise, read_all, start};
use socklab_net::server::{Config, Cut, Http, ServerEventKind, http::PAGE};

/// Splits a byte stream into responses: status, head, body. `heads` are the indices of responses to
/// HEAD, which have no body.
fn responses(mut bytes: &[u8], heads: &[usize]) -> Vec<(u16, String, Vec<u8>)> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let status = head[9..12].parse().unwrap();
        let length: usize = field(&head, "Content-Length").parse().unwrap();
        let length = if heads.contains(&found.len()) { 0 } else { length };
        found.push((status, head, bytes[end..end + length].to_vec()));
        bytes = &bytes[end + length..];
    }
    found
}

fn field<'a>(head: &'a str, name: &str) -> &'a str {
    let line = head.lines().find(|line| line.starts_with(&format!("{name}: "))).unwrap();
    &line[name.len() + 2..]
}

fn one(server: &TestServer, request: &str) -> (u16, String, Vec<u8>) {
    responses(&ask(server.tcp(), request.as_bytes()), &[]).remove(0)
}

#[test]
fn the_page_is_served_whatever_the_host_name() {
    let server = start(Http::default(), &Config::default());
    let (status, head, body) = one(&server, "GET / HTTP/1.1\r\nHost: www.google.com\r\n\r\n");
    assert_eq!(status, 200);
    assert_eq!(body, PAGE.as_bytes());
    assert_eq!(field(&head, "Content-Type"), "text/html; charset=utf-8");
    assert!(field(&head, "Date").ends_with(" GMT"));
    server.expect(&ServerEventKind::Http {
        method: Some("GET".into()),
        target: Some("/".into()),
        host: Some("www.google.com".into()),
        status: 200,
        body: PAGE.len() as u64,
    });
}

#[test]
fn a_request_may_arrive_byte_by_byte_and_several_at_once() {
    let server = start(Http::default(), &Config::default());
    let mut stream = server.tcp();
    for byte in b"\r\nGET / HTTP/1.1\r\nHost: slow\r\nConnection: close\r\n\r\n" {
        stream.write_all(&[*byte]).unwrap();
    }
    assert_eq!(responses(&read_all(stream), &[])[0].0, 200);

    let pipeline = "GET / HTTP/1.1\r\nHost: a\r\n\r\n\
                    HEAD / HTTP/1.1\r\nHost: b\r\n\r\n\
                    POST /x HTTP/1.1\r\nHost: c\r\nContent-Length: 5\r\n\r\nhello\
                    GET /none HTTP/1.1\r\nHost: d\r\n\r\n\
                    GET / HTTP/1.0\r\n\r\n\
                    GET /never HTTP/1.1\r\nHost: f\r\n\r\n";
    let mut stream = server.tcp();
    stream.write_all(pipeline.as_bytes()).unwrap();
    let answers = responses(&read_all(stream), &[1]);
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.0).collect();
    assert_eq!(
        statuses,
        [200, 200, 405, 404, 200],
        "HTTP/1.0 closes, so what follows is not answered"
    );
    assert_eq!(field(&answers[1].1, "Content-Length"), PAGE.len().to_string());
    assert_eq!(field(&answers[2].1, "Allow"), "GET, HEAD");
    assert_eq!(field(&answers[3].1, "Connection"), "keep-alive");
    assert_eq!(field(&answers[4].1, "Connection"), "close");
}

#[test]
fn bad_requests_are_answered_and_end_the_connection() {
    let server = start(Http::default(), &Config::default());
    let long = "x".repeat(10_000);
    let huge = format!("GET / HTTP/1.1\r\nHost: x\r\nCookie: {}\r\n\r\n", "x".repeat(40_000));
    for (request, status) in [
        ("GET / HTTP/1.1\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        ("hello\r\n\r\n", 400),
        ("GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (&format!("GET /{long} HTTP/1.1\r\nHost: a\r\n\r\n"), 414),
        (&huge, 431),
        ("GET / HTTP/3.0\r\nHost: a\r\n\r\n", 505),
        ("DELETE / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 405),
    ] {
        // The client does not end its side, so the server has to.
        let mut stream = server.tcp();
        stream.write_all(request.as_bytes()).unwrap();
        if status == 400 && request.starts_with("GET *") {
            stream.shutdown(std::net::Shutdown::Write).unwrap();
        }
        let begin: String = request.chars().take(40).collect();
        assert_eq!(responses(&read_all(stream), &[])[0].0, status, "{begin}");
    }
}

#[test]
fn a_response_arrives_even_if_the_request_body_is_not_read() {
    let server = start(Http::default(), &Config::default());
    for fields in [
        "Content-Length: 3000000",
        "Transfer-Encoding: chunked",
        "Content-Length: 1000\r\nExpect: 100-continue",
    ] {
        let mut stream = server.tcp();
        let head = format!("POST / HTTP/1.1\r\nHost: x\r\n{fields}\r\n\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        // If the server closed with this unread, its kernel would send an RST, and ours would
        // discard the response.
        stream.write_all(&noise(3_000_000, 3)).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let answers = responses(&read_all(stream), &[]);
        assert_eq!(answers.len(), 1, "{fields}");
        assert_eq!((answers[0].0, field(&answers[0].1, "Connection")), (405, "close"));
    }
}

#[test]
fn an_idle_or_slow_client_is_disconnected() {
    let idle = Some(Duration::from_millis(500));
    let server = start(Http::default(), &Config { idle, ..Config::default() });
    assert_eq!(read_all(server.tcp()), b"");
    server.expect(&ServerEventKind::Closed { received: 0, sent: 0, cut: Some(Cut::Idle) });
    let mut stream = server.tcp();
    stream.write_all(b"GET / HT").unwrap();
    assert_eq!(read_all(stream), b"");
    server.expect(&ServerEventKind::Closed { received: 8, sent: 0, cut: Some(Cut::Idle) });
}

#[test]
fn files_are_served_from_beneath_the_root_only() {
    let place = std::env::temp_dir().join(format!("socklab-net-http-{}", std::process::id()));
    let root = place.join("root");
    fs::create_dir_all(root.join("docs")).unwrap();
    fs::write(place.join("secret.txt"), "secret").unwrap();
    fs::write(root.join("a b.txt"), "plain").unwrap();
    fs::write(root.join(".hidden"), "hidden").unwrap();
    fs::write(root.join("docs/index.html"), "<p>docs").unwrap();
    let picture = noise(3_000_000, 4);
    fs::write(root.join("big.png"), &picture).unwrap();
    symlink(place.join("secret.txt"), root.join("escape.txt")).unwrap();
    symlink("../../secret.txt", root.join("docs/escape.txt")).unwrap();
    symlink("../a b.txt", root.join("docs/inside.txt")).unwrap();

    let server = start(Http { root: Some(root), ..Http::default() }, &Config::default());
    let get = |target: &str| one(&server, &format!("GET {target} HTTP/1.1\r\nHost: x\r\n\r\n"));
    assert_eq!(get("/").2, PAGE.as_bytes(), "the root has no index of its own");
    assert_eq!(get("/a%20b.txt").2, b"plain");
    assert_eq!(field(&get("/a%20b.txt").1, "Content-Type"), "text/plain; charset=utf-8");
    assert_eq!(field(&get("/big.png").1, "Content-Type"), "image/png");
    assert_same(&get("/big.png").2, &picture);
    assert_eq!(get("/docs/").2, b"<p>docs");
    assert_eq!(field(&get("/docs").1, "Location"), "/docs/");
    assert_eq!(get("/docs/inside.txt").2, b"plain");
    for outside in [
        "/../secret.txt",
        "/docs/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "//etc/passwd",
        "/escape.txt",
        "/docs/escape.txt",
        "/.hidden",
        "/a%20b.txt/",
        "/a%00b",
        "/none",
    ] {
        assert_eq!(get(outside).0, 404, "{outside}");
    }
    fs::remove_dir_all(place).unwrap();
}
