//! strace sees what the source shows: the same calls, in the same order, on the right descriptors,
//! and no others.
//!
//! Hosts are given as addresses here: looking up a name uses sockets of the C library, which depend
//! on the machine.

use std::fs;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, UdpSocket};

use crate::stage::{PATIENCE, Running, Transport, free_port, listener, program, socklab};
use rustix::process::Signal;
use socklab_prerequisites::need;

/// A program under strace, and strace's output file.
struct Traced {
    running: Running,
    log: tempfile::NamedTempFile,
}

fn strace(strace: &str, words: &[&str]) -> Traced {
    let log = tempfile::NamedTempFile::new().expect("a file for strace");
    let mut command = program(strace);
    command.args(["-f", "-o"]).arg(log.path());
    command.args(["-e", "trace=network,read,write,close", "-e", "signal=none"]);
    command.arg(env!("CARGO_BIN_EXE_socklab")).args(words);
    Traced { running: Running::start(&mut command), log }
}

impl Traced {
    /// Waits for its end; returns the calls from the first `socket` on as `name(first argument) =
    /// result`. Equal calls in a row on the same descriptor count once, without their result: how
    /// many calls a stream takes is not up to the program.
    fn calls(self) -> Vec<String> {
        let ended = self.running.finish();
        let log = fs::read_to_string(self.log.path()).expect("strace's file");
        let mut calls: Vec<String> = Vec::new();
        let lines = log.lines().map(|line| line.split_once(' ').map_or(line, |(_, call)| call));
        // Lines that begin with + or - are about the process, not a call.
        let lines = lines.map(str::trim_start).filter(|line| !line.starts_with(['+', '-']));
        for line in lines.skip_while(|line| !line.starts_with("socket(")) {
            let (name, arguments) = line.split_once('(').expect("a call");
            let result = line.rsplit(" = ").next().expect("a result");
            let first = arguments.split([',', ')']).next().expect("an argument");
            let call = match name {
                "socket" => format!("socket({}) = {result}", kind(arguments)),
                "accept" => format!("accept({first}) = {}", result.split(' ').next().unwrap_or("")),
                _ => format!("{name}({first})"),
            };
            if calls.last() != Some(&call) {
                calls.push(call);
            }
        }
        assert!(!calls.is_empty(), "no socket in\n{log}\n{}", ended.errors);
        calls
    }
}

fn kind(arguments: &str) -> String {
    arguments.split(", ").take(2).collect::<Vec<_>>().join(", ")
}

/// The system calls that the source names, in the order of their first appearance, starting with
/// `main`.
fn calls_in_source(name: &str) -> Vec<&'static str> {
    const CALLS: &[(&str, &str)] = &[
        ("socket", "socket"),
        ("set_socket_reuseaddr", "setsockopt"),
        ("set_socket_timeout", "setsockopt"),
        ("bind", "bind"),
        ("listen", "listen"),
        ("accept", "accept"),
        ("connect", "connect"),
        ("getsockname", "getsockname"),
        ("ask", "read"),
        ("send", "sendto"),
        ("send_all", "sendto"),
        ("sendto", "sendto"),
        ("shutdown", "shutdown"),
        ("recv", "recvfrom"),
        ("recvfrom", "recvfrom"),
    ];
    let show = crate::stage::run(&mut socklab(&["show", name, "--source"])).exits(0).text();
    let code: Vec<&str> = show.lines().filter(|line| !line.trim().starts_with("//")).collect();
    let code = code.join("\n");
    let main = code.split("pub fn main()").nth(1).expect("a main");
    let mut found = Vec::new();
    for (at, _) in main.match_indices('(') {
        let word = main[..at].rsplit(|c: char| !c.is_alphanumeric() && c != '_').next();
        let call = CALLS.iter().find(|(named, _)| Some(*named) == word);
        if let Some((_, call)) = call.filter(|(_, call)| !found.contains(call)) {
            found.push(*call);
        }
    }
    found
}

/// Asserts that the trace has exactly these calls, and that the source names them in this order.
#[track_caller]
fn assert_calls(name: &str, traced: &[String], wanted: &[&str]) {
    assert_eq!(traced, wanted, "{name}");
    let mut order = Vec::new();
    for call in wanted.iter().filter_map(|call| call.split('(').next()) {
        if !["write", "close"].contains(&call) && !order.contains(&call) {
            order.push(call);
        }
    }
    assert_eq!(calls_in_source(name), order, "{name}");
}

/// A traced server that has printed that it is listening, and its port.
fn traced_server(path: &str, words: &[&str]) -> (Traced, u16) {
    for _ in 0..20 {
        let port = free_port(Transport::Tcp);
        let traced = strace(path, &[words, &[&port.to_string()]].concat());
        if traced.running.wait_for_output_or_end("Listening on ") {
            return (traced, port);
        }
        let ended = traced.running.finish();
        assert!(ended.errors.contains("in use"), "{}", ended.errors);
    }
    panic!("20 free ports were all taken before {words:?} had them")
}

/// Sends a line, shuts down its sending half, and reads until the server closes.
fn converse(port: u16, line: &[u8]) -> Vec<u8> {
    let mut client = crate::stage::connect(port);
    client.write_all(line).expect("send");
    client.shutdown(Shutdown::Write).expect("shutdown");
    let mut answer = Vec::new();
    client.read_to_end(&mut answer).expect("receive");
    answer
}

#[test]
fn server_03_receives_and_sends_on_the_socket_that_accept_returned() {
    let path = need!("strace");
    let (server, port) = traced_server(&path, &["run", "server-03"]);
    assert_eq!(converse(port, b"hola\r\n"), b"OK...hola\r\n");
    let wanted = [
        "socket(AF_INET, SOCK_STREAM) = 3",
        "bind(3)",
        "listen(3)",
        "write(1)",
        "accept(3) = 4",
        "write(1)",
        "recvfrom(4)",
        "write(1)",
        "sendto(4)",
        "close(4)",
        "close(3)",
    ];
    assert_calls("server-03", &server.calls(), &wanted);
}

#[test]
fn echo_server_receives_16_bytes_sends_them_and_goes_back_to_accept() {
    let path = need!("strace");
    let (server, port) = traced_server(&path, &["run", "echo-server", "--port"]);
    assert_eq!(converse(port, b"0123456789abcdef!"), b"0123456789abcdef!");
    server.running.wait_for("Closed: ");
    // strace lets Ctrl-C end the program, and then ends by itself.
    server.running.signal_group(Signal::INT);
    let wanted = [
        "socket(AF_INET, SOCK_STREAM) = 3",
        "setsockopt(3)",
        "bind(3)",
        "listen(3)",
        "write(1)",
        "accept(3) = 4",
        "write(1)",
        "recvfrom(4)",
        "sendto(4)",
        "recvfrom(4)",
        "sendto(4)",
        "recvfrom(4)",
        "write(1)",
        "close(4)",
    ];
    let mut calls = server.calls();
    // The signal arrived in accept or just before.
    calls.pop_if(|call| call.starts_with("accept(3) = ?"));
    assert_calls("echo-server", &calls, &wanted);
}

#[test]
fn udp_client_asks_the_terminal_sends_a_datagram_and_receives_one() {
    let path = need!("strace");
    let server = UdpSocket::bind("127.0.0.1:0").unwrap();
    server.set_read_timeout(Some(PATIENCE)).unwrap();
    let port = server.local_addr().unwrap().port().to_string();
    let mut client = strace(&path, &["run", "udp-client", "127.0.0.1", &port]);
    client.running.say(b"hola\n");
    let mut message = [0; 100];
    let (length, peer) = server.recv_from(&mut message).unwrap();
    assert_eq!(&message[..length], b"hola");
    server.send_to(b"HOLA", peer).unwrap();
    let wanted = [
        "socket(AF_INET, SOCK_DGRAM) = 3",
        "write(1)",
        "read(0)",
        "sendto(3)",
        "recvfrom(3)",
        "write(1)",
        "close(3)",
    ];
    assert_calls("udp-client", &client.calls(), &wanted);
}

#[test]
fn socket_05_creates_connects_sends_and_receives_to_the_end() {
    let path = need!("strace");
    let (server, port) = listener();
    let client = strace(&path, &["run", "socket-05", "127.0.0.1", &port]);
    let request = answer_one(&server, b"\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\nhola\n");
    assert!(request.starts_with(b"GET / HTTP/1.1\r\n"));
    let wanted = [
        "socket(AF_INET, SOCK_STREAM) = 3",
        "write(1)",
        "connect(3)",
        "write(1)",
        "sendto(3)",
        "write(1)",
        "recvfrom(3)",
        "write(1)",
        "close(3)",
    ];
    assert_calls("socket-05", &client.calls(), &wanted);
}

#[test]
fn tcp_client_connects_before_it_asks_and_ends_its_direction_before_it_receives() {
    let path = need!("strace");
    let (server, port) = listener();
    let mut client = strace(&path, &["run", "tcp-client", "127.0.0.1", &port]);
    client.running.feed(*b"hola\n");
    assert_eq!(answer_one(&server, b"hola", b"HOLA"), b"hola");
    let wanted = [
        "socket(AF_INET, SOCK_STREAM) = 3",
        "connect(3)",
        "getsockname(3)",
        "write(1)",
        "read(0)",
        "sendto(3)",
        "shutdown(3)",
        "recvfrom(3)",
        "write(1)",
        "close(3)",
    ];
    assert_calls("tcp-client", &client.calls(), &wanted);
}

#[test]
fn basics_05_connects_its_datagram_socket_and_sets_a_timeout_before_it_receives() {
    let path = need!("strace");
    let server = UdpSocket::bind("127.0.0.1:0").unwrap();
    server.set_read_timeout(Some(PATIENCE)).unwrap();
    let address = server.local_addr().unwrap().to_string();
    let client = strace(&path, &["run", "basics-05", &address]);
    let mut request = [0; 48];
    let (_, peer) = server.recv_from(&mut request).unwrap();
    let origin = &request[40..48];
    let reply = [&[0x24, 1], &[0u8; 22][..], origin, &[0xe9; 16]].concat();
    server.send_to(&reply, peer).unwrap();
    let wanted = [
        "socket(AF_INET, SOCK_DGRAM) = 3",
        "connect(3)",
        "sendto(3)",
        "setsockopt(3)",
        "recvfrom(3)",
        "write(1)",
        "close(3)",
    ];
    assert_calls("basics-05", &client.calls(), &wanted);
}

/// Accepts one client, reads until it has sent `end`, answers and closes.
fn answer_one(listener: &TcpListener, end: &[u8], answer: &[u8]) -> Vec<u8> {
    let mut client = crate::stage::accept(listener);
    let mut said = Vec::new();
    while !said.ends_with(end) {
        let mut piece = [0; 1024];
        let length = client.read(&mut piece).expect("receive");
        assert!(length > 0, "the client ended after {}", said.escape_ascii());
        said.extend_from_slice(&piece[..length]);
    }
    client.write_all(answer).expect("send");
    said
}
