//! Python 3 peers, written to the course's description, against our servers and clients.
//!
//! The peers are in `peers/`. The Python servers choose a free port by themselves and print it.

use crate::stage::Transport::{Tcp, Udp};
use crate::stage::{Ended, Running, program, run, run_with, serve, socklab};
use socklab_prerequisites::need;

/// The messages: letters with accents, an empty one, and bytes that are not text.
const TEXT: &str = "hola, señor ñandú";
const UPPER: &str = "HOLA, SEÑOR ÑANDÚ";
const NO_TEXT: &[u8] = b"\xff\xfe\x00\xc3";
const NO_TEXT_IN_HEX: &str = "fffe00c3";
const MEGABYTE: usize = 1024 * 1024;

fn peer(python: &str, name: &str, arguments: &[&str]) -> std::process::Command {
    let mut command = program(python);
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers/");
    command.arg("-B").arg(format!("{folder}{name}")).args(arguments);
    command
}

/// Starts a Python server; returns its port as text, for the command lines of our clients.
fn peer_server(python: &str, name: &str, arguments: &[&str]) -> (Running, String) {
    let server = Running::start(&mut peer(python, name, arguments));
    let line = server.wait_for("\n");
    let port = line.strip_prefix("port ").expect("its first line is its port").trim().to_string();
    (server, port)
}

/// Runs a Python client against the server on this port.
fn peer_client(python: &str, name: &str, port: u16, input: impl Into<Vec<u8>>) -> Ended {
    run_with(&mut peer(python, name, &[&port.to_string()]), input).exits(0)
}

/// The pieces that echo-client printed, each of at most 16 bytes, joined.
fn pieces(output: &[u8]) -> (usize, Vec<u8>) {
    let (mut count, mut all, mut rest) = (0, Vec::new(), output);
    // The bytes of a piece follow "Received N: " and may be anything except newlines.
    while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
        let (line, behind) = (&rest[..end], &rest[end + 1..]);
        if let Some(piece) = line.strip_prefix(b"Received ") {
            let colon = piece.iter().position(|byte| *byte == b':').expect("Received N: PIECE");
            let length: usize = String::from_utf8_lossy(&piece[..colon]).parse().expect("a number");
            assert!((1..=16).contains(&length), "a piece of {length} bytes");
            all.extend_from_slice(&piece[colon + 2..]);
            count += 1;
        }
        rest = behind;
    }
    (count, all)
}

#[test]
fn server_03_answers_a_python_client_and_ends() {
    let python = need!("python3");
    let (server, port) = serve(Tcp, &["run", "server-03", "PORT"]);
    let client = peer_client(&python, "step_client.py", port, format!("{TEXT}\n"));
    assert_eq!(client.text(), format!("OK...{TEXT}\n"));
    let log = server.finish().exits(0).text();
    assert!(log.ends_with(&format!("Received {} bytes\n", TEXT.len() + 1)), "{log}");
}

#[test]
fn server_04_answers_python_clients_one_after_another() {
    let python = need!("python3");
    let (server, port) = serve(Tcp, &["run", "server-04", "PORT"]);
    for line in [TEXT.as_bytes(), b"", NO_TEXT, b"last"] {
        let line = [line, b"\n"].concat();
        let client = peer_client(&python, "step_client.py", port, line.clone());
        assert_eq!(client.output, [b"OK...", line.as_slice()].concat());
    }
    // A client that connects and closes without sending must not end it.
    assert!(peer_client(&python, "step_client.py", port, "").output.is_empty());
    server.wait_for("Received 0 bytes from 127.0.0.1:");
    assert!(server.has_port(Tcp, port));
}

#[test]
fn server_05_greets_a_python_client_and_answers_every_line() {
    let python = need!("python3");
    let (server, port) = serve(Tcp, &["run", "server-05", "PORT"]);
    let mut client =
        Running::start(&mut peer(&python, "step_client.py", &[&port.to_string(), "greeting"]));
    let input = [TEXT.as_bytes(), b"\n\n", NO_TEXT, b"\n"].concat();
    client.feed(input.clone());
    let client = client.finish().exits(0);
    let mut wanted = b"Welcome to the server. Type something and hit enter\n".to_vec();
    for line in input.split_inclusive(|byte| *byte == b'\n') {
        wanted.extend_from_slice(&[b"OK...", line].concat());
    }
    assert_eq!(client.output, wanted, "{}", client.text());
    server.wait_for(&format!(", {} bytes received\n", input.len()));
}

#[test]
fn echo_server_sends_a_python_client_everything_back() {
    let python = need!("python3");
    let (server, port) = serve(Tcp, &["run", "echo-server", "--port", "PORT"]);
    let megabyte: Vec<u8> = (0..MEGABYTE).map(|n| (n / 7 % 256) as u8).collect();
    for message in [TEXT.as_bytes(), NO_TEXT, &megabyte] {
        let client = peer_client(&python, "echo_client.py", port, message);
        assert!(client.output == message, "{} bytes came back changed", message.len());
        let log = server.wait_for(&format!(", {} bytes in ", message.len()));
        let calls = log.lines().last().and_then(|line| line.split(" bytes in ").nth(1));
        let calls: usize = calls.and_then(|calls| calls.split(' ').next()?.parse().ok()).unwrap();
        assert!(calls > message.len().div_ceil(16), "{calls} calls for {} bytes", message.len());
    }
    peer_client(&python, "echo_client.py", port, "");
    server.wait_for(", 0 bytes in 1 recv calls\n");
}

#[test]
fn udp_server_answers_python_clients_in_upper_case() {
    let python = need!("python3");
    let (server, port) = serve(Udp, &["run", "udp-server", "PORT"]);
    let long = vec![b'a'; 65_507]; // the largest payload of a datagram: 65,535 - 20 - 8
    for (message, answer) in [
        (TEXT.as_bytes(), UPPER.as_bytes()),
        (b"", b""),
        (NO_TEXT, NO_TEXT),
        (b"caf\xc3\xa9 \xff bar", b"CAF\xc3\x89 \xff BAR"),
        (&long, &long.to_ascii_uppercase()),
    ] {
        let client = peer_client(&python, "udp_client.py", port, message);
        assert!(client.output == answer, "{}", client.text());
        server.wait_for(&format!("{} bytes from 127.0.0.1:", message.len()));
    }
}

#[test]
fn tcp_server_answers_python_clients_in_upper_case_and_names_them() {
    let python = need!("python3");
    let (server, port) = serve(Tcp, &["run", "tcp-server", "PORT"]);
    let long = "ñ".repeat(10_000); // far more than one recv; as 1024 is even, no ñ is split
    for (message, answer) in [
        (TEXT.as_bytes(), UPPER.as_bytes()),
        (b"", b""),
        (NO_TEXT, NO_TEXT),
        (long.as_bytes(), long.to_uppercase().as_bytes()),
    ] {
        let client = peer_client(&python, "tcp_client.py", port, message);
        assert!(client.output == answer, "{}", client.text());
        let own = client.errors.trim_end();
        server.wait_for(&format!("Closed: {own}, {} bytes received\n", message.len()));
    }
}

#[test]
fn socket_03_connects_04_sends_a_valid_request_and_05_reads_the_page_to_its_end() {
    let python = need!("python3");
    let (server, port) = peer_server(&python, "web_server.py", &[]);
    let client = run(&mut socklab(&["run", "socket-03", "127.0.0.1", &port])).exits(0).text();
    assert!(client.ends_with(&format!("Connected to 127.0.0.1:{port}\n")), "{client}");
    server.wait_for("request b''\n");

    let client = run(&mut socklab(&["run", "socket-04", "127.0.0.1", &port])).exits(0).text();
    let log = server.wait_for("GET /");
    let request = format!(
        r"request b'GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n'"
    );
    assert!(log.contains(&request), "{log}");
    assert!(client.contains("\nSent "), "{client}");

    let client = run(&mut socklab(&["run", "socket-05", "127.0.0.1", &port])).exits(0);
    assert!(client.text().contains("\nHTTP/1.1 200 OK\r\n"), "{}", client.text());
    let page = b"<p>\xa1Hola, se\xf1or \xf1and\xfa!</p>\n".repeat(1000);
    assert!(crate::stage::contains(&client.output, &page), "{}", client.text());
    let last = client.text().lines().last().unwrap().to_string();
    let numbers: Vec<usize> = last.split(' ').flat_map(str::parse).collect();
    // A call returns at most 4096 bytes, and the last one returns none.
    assert!(numbers[0] > page.len() && numbers[1] > numbers[0] / 4096, "{last}");
}

#[test]
fn echo_client_gets_its_message_back_from_a_python_server_in_pieces() {
    let python = need!("python3");
    let (server, port) = peer_server(&python, "echo_server.py", &[]);
    for message in ["0123456789abcdef", "0123456789abcdef0", "hola, mundo", ""] {
        let client = run(&mut socklab(&["run", "echo-client", "--port", &port, message])).exits(0);
        let (count, all) = pieces(&client.output);
        assert_eq!(String::from_utf8_lossy(&all), message);
        assert!(count >= message.len().div_ceil(16), "{}", client.text());
        server.wait_for(&format!("echoed {}\n", message.len()));
    }
    // The same through standard input, where a message may be any bytes, and a piece may end within
    // an ñ.
    for message in [TEXT.as_bytes(), NO_TEXT, b"\r"] {
        let client = run_with(
            &mut socklab(&["run", "echo-client", "--port", &port]),
            [message, b"\n"].concat(),
        );
        let length = if message == b"\r" { 0 } else { message.len() };
        let last = format!("All {length} bytes came back\n");
        assert!(client.exits(0).text().ends_with(&last));
    }
}

#[test]
fn echo_client_gets_a_megabyte_back_from_a_python_server() {
    let python = need!("python3");
    let (server, port) = peer_server(&python, "echo_server.py", &[]);
    let message: Vec<u8> = (0..MEGABYTE).map(|n| b'a' + (n / 3 % 26) as u8).collect();
    let client =
        run_with(&mut socklab(&["run", "echo-client", "--port", &port]), message.clone()).exits(0);
    assert!(pieces(&client.output).1 == message, "the pieces are not the message");
    assert!(client.text().ends_with(&format!("All {MEGABYTE} bytes came back\n")));
    server.wait_for(&format!("echoed {MEGABYTE}\n"));
}

#[test]
fn echo_client_reports_that_the_server_left_half_way() {
    let python = need!("python3");
    for (how, complaint) in [
        ("close", "closed after 40 of 100 bytes"),
        ("reset", "after 40 bytes: Connection reset by peer (os error 104)"),
    ] {
        let (_server, port) = peer_server(&python, "echo_server.py", &[how, "40"]);
        let message = "m".repeat(100);
        let client = run(&mut socklab(&["run", "echo-client", "--port", &port, &message]));
        let client = client.exits(1);
        assert_eq!(pieces(&client.output).1, &message.as_bytes()[..40], "{}", client.text());
        assert!(client.errors.starts_with("echo-client: "), "{}", client.errors);
        assert!(client.errors.contains(&format!("127.0.0.1:{port}")), "{}", client.errors);
        assert!(client.errors.trim_end().ends_with(complaint), "{}", client.errors);
        assert_eq!(client.errors.lines().count(), 1, "{}", client.errors);
    }
}

#[test]
fn udp_client_shows_the_answer_of_a_python_server() {
    let python = need!("python3");
    let (server, port) = peer_server(&python, "udp_server.py", &[]);
    for (message, received, answer) in [
        (TEXT.as_bytes(), "686f6c612c207365c3b16f7220c3b1616e64c3ba", UPPER),
        (b"", "nothing", ""),
        (NO_TEXT, NO_TEXT_IN_HEX, "\u{fffd}\u{fffd}\0\u{fffd}"),
    ] {
        let client = run_with(
            &mut socklab(&["run", "udp-client", "127.0.0.1", &port]),
            [message, b"\n"].concat(),
        );
        let client = client.exits(0).text();
        assert!(client.ends_with(&format!("From 127.0.0.1:{port}: {answer}\n")), "{client}");
        server.wait_for(&format!("received {received}\n"));
    }
}

#[test]
fn tcp_client_shows_its_own_address_and_the_answer_of_a_python_server() {
    let python = need!("python3");
    let (server, port) = peer_server(&python, "tcp_server.py", &[]);
    for (message, received, answer) in [
        (TEXT.as_bytes(), "686f6c612c207365c3b16f7220c3b1616e64c3ba", UPPER),
        (b"", "nothing", ""),
        (NO_TEXT, NO_TEXT_IN_HEX, "\u{fffd}\u{fffd}\0\u{fffd}"),
    ] {
        let client = run_with(
            &mut socklab(&["run", "tcp-client", "localhost", &port]),
            [message, b"\n"].concat(),
        );
        let client = client.exits(0).text();
        assert!(client.ends_with(&format!("From 127.0.0.1:{port}: {answer}\n")), "{client}");
        let first = client.lines().next().unwrap();
        let own = first.strip_prefix("Connected: ").and_then(|line| line.split_once(" to "));
        assert!(own.is_some(), "{client}");
        server.wait_for(&format!("from {}: {received}\n", own.unwrap().0));
    }
}

#[test]
fn the_ntp_clients_accept_a_python_server_whose_clock_is_ahead() {
    let python = need!("python3");
    for name in ["basics-04", "basics-05"] {
        let (server, port) = peer_server(&python, "ntp_server.py", &["ahead", "86400"]);
        let client = run(&mut socklab(&["run", name, &format!("localhost:{port}")])).exits(0);
        server.wait_for("length 48 version 4 mode 3\n");
        let client = client.text();
        assert!(client.contains(&format!("(127.0.0.1:{port}), stratum 3\n")), "{client}");
        let offset = client.split("Offset: ").nth(1).and_then(|text| text.split(' ').next());
        let offset: f64 = offset.unwrap().parse().unwrap();
        // The error of an offset is at most half the round trip, which is at most 3 s.
        assert!((offset - 86_400.0).abs() < 10.0, "{client}");
    }
}

#[test]
fn the_ntp_clients_know_that_a_small_number_of_seconds_is_in_era_1() {
    let python = need!("python3");
    // From `date -ud '2040-02-29 12:34:56' +%s`.
    let time = "\nTime: 2214131696 seconds since 1970\n";
    for name in ["basics-04", "basics-05"] {
        let (_server, port) = peer_server(&python, "ntp_server.py", &["fixed", "2214131696"]);
        let client = run(&mut socklab(&["run", name, &format!("127.0.0.1:{port}")])).exits(0);
        assert!(client.text().contains(time), "{}", client.text());
    }
}
