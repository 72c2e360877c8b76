//! `serve http` against curl, and against a hand-written client that forgets something.

use std::fs;
use std::io::{Read, Write};

use crate::stage::{connect, program, run, serve_on_any_port, socklab};
use socklab_prerequisites::need;

/// Everything the server answers to these bytes until it closes.
fn answer(port: u16, request: &str) -> String {
    let mut client = connect(port);
    client.write_all(request.as_bytes()).expect("send");
    let mut answer = String::new();
    client.read_to_string(&mut answer).expect("receive");
    answer
}

fn body(answer: &str) -> &str {
    answer.split_once("\r\n\r\n").expect("an empty line ends the header").1
}

#[test]
fn curl_shows_the_whole_conversation() {
    let curl = need!("curl");
    let (server, port) = serve_on_any_port(&["http"]);
    let url = format!("http://127.0.0.1:{port}/");
    let page = run(program(&curl).args(["-q", "-v", "-sS", "--noproxy", "*", &url])).exits(0);
    for line in ["> GET / HTTP/1.1", "< HTTP/1.1 200 OK"] {
        assert!(page.errors.contains(line), "{}", page.errors);
    }
    assert!(page.errors.contains(&format!("> Host: 127.0.0.1:{port}")), "{}", page.errors);
    let length = format!("< Content-Length: {}\r", page.output.len());
    assert!(page.errors.contains(&length), "{length:?} {}", page.errors);
    assert!(page.text().starts_with("<!DOCTYPE html>") && page.text().ends_with("</html>\n"));
    server.wait_for(r#""method":"GET","#);

    // The course's own client gets the same page.
    let ours = run(&mut socklab(&["run", "socket-05", "127.0.0.1", &port.to_string()])).exits(0);
    assert!(crate::stage::contains(&ours.output, &page.output), "{}", ours.text());
}

#[test]
fn curl_gets_the_header_alone_with_head() {
    let curl = need!("curl");
    let (_server, port) = serve_on_any_port(&["http"]);
    let url = format!("http://127.0.0.1:{port}/");
    let ask = |option: &[&str]| {
        run(program(&curl).args(["-q", "-sS", "--noproxy", "*", &url]).args(option)).exits(0)
    };
    let (head, page) = (ask(&["--head"]).text(), ask(&[]));
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n") && body(&head).is_empty(), "{head}");
    // It announces the length of the page.
    assert!(head.contains(&format!("Content-Length: {}\r\n", page.output.len())), "{head}");
}

#[test]
fn curl_fetches_two_pages_over_one_connection_and_with_http_1_0_over_two() {
    let curl = need!("curl");
    let (server, port) = serve_on_any_port(&["http"]);
    let [page, missing] = ["", "nope"].map(|path| format!("http://127.0.0.1:{port}/{path}"));
    let fetch = |version: &str| {
        let mut command = program(&curl);
        command.args(["-q", "-sS", "--noproxy", "*", version, "-o", "/dev/null", &page]);
        command.args(["-o", "/dev/null", &missing]);
        command.args(["-w", "%{http_code} %{num_connects} %{http_version}\n"]);
        run(&mut command).exits(0).text()
    };
    // The number of new connections for each of the two pages.
    assert_eq!(fetch("--http1.1"), "200 1 1.1\n404 0 1.1\n");
    assert_eq!(fetch("--http1.0"), "200 1 1.1\n404 1 1.1\n");
    let log = server.wait_for(r#""connection":3"#);
    assert_eq!(log.matches(r#""event":"accepted""#).count(), 3, "{log}");
}

#[test]
fn a_request_without_a_host_is_answered_400() {
    let (_server, port) = serve_on_any_port(&["http"]);
    // RFC 9112, section 3.2: no Host, and more than one.
    for fields in ["", "Host: a\r\nHost: b\r\n"] {
        let answer = answer(port, &format!("GET / HTTP/1.1\r\n{fields}\r\n"));
        assert!(answer.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{answer}");
        assert!(answer.contains("\r\nConnection: close\r\n"), "{answer}");
    }
    // HTTP/1.0 had no Host.
    let answer = answer(port, "GET / HTTP/1.0\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
}

#[test]
fn a_request_may_arrive_in_pieces_and_two_may_arrive_at_once() {
    let (_server, port) = serve_on_any_port(&["http"]);
    let request = "GET / HTTP/1.1\r\nHost: x\r\n\r\nGET /nope HTTP/1.1\r\nHost: x\r\n\
                   Connection: close\r\n\r\n";
    let at_once = answer(port, request);
    assert_eq!(at_once.matches("HTTP/1.1 200 OK\r\n").count(), 1, "{at_once}");
    assert_eq!(at_once.matches("HTTP/1.1 404 Not Found\r\n").count(), 1, "{at_once}");
    let mut client = connect(port);
    client.set_nodelay(true).unwrap();
    for byte in request.as_bytes() {
        client.write_all(&[*byte]).unwrap();
    }
    let mut in_pieces = String::new();
    client.read_to_string(&mut in_pieces).unwrap();
    assert_eq!(in_pieces.matches("HTTP/1.1 ").count(), 2, "{in_pieces}");
}

#[test]
fn files_of_a_folder_are_served_but_none_outside_it() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("root");
    fs::create_dir(&root).unwrap();
    fs::write(root.join("a page.html"), "inside").unwrap();
    fs::write(folder.path().join("secret"), "outside").unwrap();
    let (_server, port) = serve_on_any_port(&["http", "--root", root.to_str().unwrap()]);
    let get = |path: &str| {
        answer(port, &format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
    };
    let page = get("/a%20page.html");
    assert!(page.starts_with("HTTP/1.1 200 OK\r\n") && body(&page) == "inside", "{page}");
    for path in ["/../secret", "/%2e%2e/secret", "/..%2fsecret", "//../secret", "/a/../../secret"] {
        let answer = get(path);
        assert!(answer.starts_with("HTTP/1.1 4"), "{path}: {answer}");
        assert!(!answer.contains("outside"), "{path}: {answer}");
    }
}
