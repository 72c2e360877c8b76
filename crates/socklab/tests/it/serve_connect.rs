//! `connect` loses nothing at either end, and its exit codes say what happened; `serve` is its
//! peer.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpStream, UdpSocket};
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::net::{UnixDatagram, UnixListener};
use std::time::Duration;

use crate::stage::Transport::{Tcp, Udp};
use crate::stage::{
    Running, accept, listener, program, run, run_with, serve, serve_on_any_port, socklab,
};
use rustix::net::sockopt::set_socket_linger;
use rustix::net::{AddressFamily, SocketType, bind, getsockname, listen, socket};
use rustix::process::Signal;
use socklab_prerequisites::need;

fn bytes(count: usize) -> Vec<u8> {
    (0..count as u32 / 4)
        .flat_map(|number| number.wrapping_mul(2_654_435_761).to_le_bytes())
        .collect()
}

#[test]
fn ten_megabytes_through_an_echo_server_come_back_identical() {
    let (_server, port) = serve_on_any_port(&["echo"]);
    let message = bytes(10 * 1024 * 1024);
    let port = port.to_string();
    let client = run_with(&mut socklab(&["connect", "127.0.0.1", &port]), message.clone());
    let client = client.exits(0);
    assert!(client.output == message, "{} bytes came back", client.output.len());
    assert_eq!(client.errors, "");
}

#[test]
fn the_end_of_the_input_is_passed_on_and_later_answers_are_not_lost() {
    let (listener, port) = listener();
    let mut client = Running::start(&mut socklab(&["connect", "127.0.0.1", &port]));
    client.feed(*b"question\n");
    let mut peer = accept(&listener);
    let mut question = String::new();
    // This returns only because the client has shut down its direction.
    peer.read_to_string(&mut question).unwrap();
    assert_eq!(question, "question\n");
    let answer = bytes(1024 * 1024);
    peer.write_all(&answer).unwrap();
    drop(peer);
    assert!(client.finish().exits(0).output == answer);
}

#[test]
fn the_end_of_the_peers_direction_does_not_end_ours() {
    let (listener, port) = listener();
    let mut client = Running::start(&mut socklab(&["connect", "127.0.0.1", &port]));
    let mut peer = accept(&listener);
    peer.write_all(b"I have said everything\n").unwrap();
    peer.shutdown(Shutdown::Write).unwrap();
    client.wait_for("I have said everything\n");
    let message = bytes(1024 * 1024);
    client.feed(message.clone());
    let mut received = Vec::new();
    peer.read_to_end(&mut received).unwrap();
    assert!(received == message);
    client.finish().exits(0);
}

#[test]
fn a_reset_is_distinguished_from_a_close() {
    let (listener, port) = listener();
    let client = Running::start(&mut socklab(&["connect", "127.0.0.1", &port]));
    let mut peer = accept(&listener);
    peer.write_all(b"12345").unwrap();
    client.wait_for("12345");
    set_socket_linger(&peer, Some(Duration::ZERO)).unwrap();
    drop(peer);
    let client = client.finish().exits(1);
    let wanted = format!("socklab: 127.0.0.1:{port} reset the connection (RST) after 5 bytes");
    assert_eq!(client.complaint(), wanted);
}

#[test]
fn a_refused_connection_is_exit_code_7() {
    let reserved = socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
    bind(&reserved, &SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap();
    let address = SocketAddr::try_from(getsockname(&reserved).unwrap()).unwrap();
    let port = address.port().to_string();
    let client = run(&mut socklab(&["connect", "127.0.0.1", &port])).exits(7);
    let wanted = format!("socklab: connect {address}: connection refused. Nobody listens there.\n");
    assert!(client.errors.starts_with(&wanted), "{}", client.errors);
    // The command it suggests is one of ours.
    assert!(client.errors.contains(&format!("socklab serve echo --port {port}")));
}

#[test]
fn a_server_that_does_not_answer_is_exit_code_28() {
    // The accept queue is full and nobody accepts: the kernel ignores further SYNs.
    let full = socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
    bind(&full, &SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap();
    listen(&full, 0).unwrap();
    let address = SocketAddr::try_from(getsockname(&full).unwrap()).unwrap();
    let mut waiting = Vec::new();
    while let Ok(client) = TcpStream::connect_timeout(&address, Duration::from_secs(1)) {
        waiting.push(client);
        assert!(waiting.len() < 10, "this queue never fills");
    }
    let port = address.port().to_string();
    let words = ["connect", "127.0.0.1", &port, "-t", "0.5"];
    let client = run(&mut socklab(&words)).exits(28);
    let wanted = format!("socklab: connect {address}: no answer within 0.5 s");
    assert_eq!(client.complaint(), wanted);
}

#[test]
fn a_destination_can_be_written_in_every_usual_way() {
    let (_server, port) = serve_on_any_port(&["upper"]);
    let whole = format!("127.0.0.1:{port}");
    for words in [&["connect", &whole][..], &["connect", "[::ffff:127.0.0.1]", &port.to_string()]] {
        let client = run_with(&mut socklab(words), "hola\n").exits(0);
        assert_eq!(client.text(), "HOLA\n", "{words:?}");
    }
    let reserved = socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
    bind(&reserved, &SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap();
    let taken = SocketAddr::try_from(getsockname(&reserved).unwrap()).unwrap().port();
    let mapped = format!("[::ffff:127.0.0.1]:{taken}");
    let client = run(&mut socklab(&["connect", &mapped])).exits(7);
    let wanted = format!("socklab: connect {mapped}: connection refused");
    assert!(client.errors.starts_with(&wanted), "{}", client.errors);
    for (words, wanted) in [
        (&["connect", "localhost"][..], "A port is missing: socklab connect localhost PORT"),
        (&["connect", "localhost:"], "A port is missing: socklab connect localhost PORT"),
        (&["connect", "localhost:80", "81"], "Two ports are given: 80 and 81"),
        (&["connect", "::1:80:http"], "written [ADDRESS]:PORT"),
        (&["connect", "http://localhost/"], "is a URL"),
        (&["connect", ":80"], "names no host"),
        (&["connect", "/run/x.sock", "80"], "80 is for IP addresses"),
        (&["connect", "--udp", "@x"], "--udp is for IP addresses"),
        (&["connect", "unix:"], "names no Unix socket"),
    ] {
        let client = run(&mut socklab(words)).exits(2);
        assert!(client.complaint().contains(wanted), "{words:?}: {}", client.errors);
    }
}

#[test]
fn a_unix_socket_is_a_destination_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.sock");
    let name = path.to_str().unwrap();
    let absent = run(&mut socklab(&["connect", name])).exits(7);
    assert!(absent.complaint().contains("there is no such path"), "{}", absent.errors);

    let listener = UnixListener::bind(&path).unwrap();
    let mut client = Running::start(&mut socklab(&["connect", "-v", &format!("unix:{name}")]));
    client.feed(*b"question\n");
    let (mut peer, _) = listener.accept().unwrap();
    let mut question = String::new();
    peer.read_to_string(&mut question).unwrap();
    peer.write_all(question.to_uppercase().as_bytes()).unwrap();
    drop(peer);
    let client = client.finish().exits(0);
    assert_eq!(client.text(), "QUESTION\n");
    assert!(client.errors.contains(&format!("Connected: (unnamed) → {name}")), "{}", client.errors);

    drop(listener);
    let left = run(&mut socklab(&["connect", name])).exits(7);
    assert!(left.complaint().contains("connection refused"), "{}", left.errors);
    let datagrams = folder.path().join("datagrams");
    let _datagrams = UnixDatagram::bind(&datagrams).unwrap();
    let wrong = run(&mut socklab(&["connect", datagrams.to_str().unwrap()])).exits(1);
    assert!(wrong.complaint().contains("EPROTOTYPE"), "{}", wrong.errors);

    let abstract_name = format!("socklab-test-{}", std::process::id());
    let address = std::os::unix::net::SocketAddr::from_abstract_name(&abstract_name).unwrap();
    let listener = UnixListener::bind_addr(&address).unwrap();
    let mut client = Running::start(&mut socklab(&["connect", &format!("@{abstract_name}")]));
    listener.accept().unwrap().0.write_all(b"hola").unwrap();
    client.feed("");
    assert_eq!(client.finish().exits(0).text(), "hola");
}

#[test]
fn an_unknown_name_is_exit_code_6() {
    let client = run(&mut socklab(&["connect", "no-such-name.invalid", "80"])).exits(6);
    assert!(client.complaint().contains("no-such-name.invalid"), "{}", client.errors);
}

#[test]
fn every_byte_can_be_shown_in_hexadecimal() {
    let (_server, port) = serve_on_any_port(&["upper"]);
    let words = ["connect", "-x", "127.0.0.1", &port.to_string()];
    let client = run_with(&mut socklab(&words), "hola, se\u{f1}or \u{f1}and\u{fa}\r\n").exits(0);
    assert_eq!(client.text(), "HOLA, SEÑOR ÑANDÚ\r\n");
    let lines: Vec<&str> = client.errors.lines().collect();
    // As `xxd` would show them: offset, sixteen bytes, and the printable characters.
    let sent = [
        "→ 000000  68 6f 6c 61 2c 20 73 65  c3 b1 6f 72 20 c3 b1 61  hola, se..or ..a",
        "→ 000010  6e 64 c3 ba 0d 0a                                 nd....",
    ];
    let received = [
        "← 000000  48 4f 4c 41 2c 20 53 45  c3 91 4f 52 20 c3 91 41  HOLA, SE..OR ..A",
        "← 000010  4e 44 c3 9a 0d 0a                                 ND....",
    ];
    assert_eq!(lines, [sent, received].concat());
}

#[test]
fn with_udp_a_line_is_a_datagram_and_so_is_each_answer() {
    let (server, port) = serve(Udp, &["run", "udp-server", "PORT"]);
    let words = ["connect", "--udp", "-t", "3", "127.0.0.1", &port.to_string()];
    let client = run_with(&mut socklab(&words), "uno\n\nla \u{f1}").exits(0);
    let mut answers: Vec<String> =
        client.text().split_inclusive('\n').map(str::to_string).collect();
    answers.sort();
    assert_eq!(answers, ["\n", "LA Ñ", "UNO\n"]);
    let log = server.wait_for("5 bytes from");
    for length in ["\n4 bytes from", "\n1 bytes from", "\n5 bytes from"] {
        assert!(log.contains(length), "{log}");
    }
}

#[test]
fn with_udp_a_refusal_is_7_and_silence_is_28() {
    let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port().to_string();
    let words = ["connect", "--udp", "-t", "0.2", "127.0.0.1", &port];
    let client = run_with(&mut socklab(&words), "hola\n").exits(28);
    let wanted = format!("socklab: 127.0.0.1:{port} sent no answer within 0.2 s");
    assert_eq!(client.complaint(), wanted);
    // A client that sends nothing need not wait for an answer.
    let words = ["connect", "--udp", "127.0.0.1", &port];
    assert_eq!(run_with(&mut socklab(&words), "").exits(0).errors, "");
    // No other program can bind this port on all addresses while we hold it on one.
    let words = ["connect", "--udp", "127.0.0.2", &port];
    let client = run_with(&mut socklab(&words), "hola\n").exits(7);
    assert!(client.complaint().contains(&format!("127.0.0.2:{port}")), "{}", client.errors);
}

#[test]
fn ctrl_c_ends_a_conversation_and_every_server() {
    let (echo, port) = serve_on_any_port(&["echo"]);
    let mut client =
        Running::start(&mut socklab(&["connect", "-v", "127.0.0.1", &port.to_string()]));
    client.say(b"hola\n");
    client.wait_for("hola\n");
    let ctrl_c = |running: Running| {
        running.signal(Signal::INT);
        // Its input stays open until then, because the end of the input would also end it.
        assert!(running.ends_within(crate::stage::PATIENCE));
        running.finish().exits(130)
    };
    ctrl_c(client);
    ctrl_c(echo);
    for name in ["server-03", "server-04", "server-05", "tcp-server"] {
        let (server, port) = serve(Tcp, &["run", name, "PORT"]);
        let _client = crate::stage::connect(port); // an open conversation must not delay its end
        ctrl_c(server);
    }
    ctrl_c(serve(Tcp, &["run", "server-02", "PORT"]).0);
    ctrl_c(serve(Tcp, &["run", "echo-server", "--port", "PORT"]).0);
    ctrl_c(serve(Udp, &["run", "udp-server", "PORT"]).0);
    for words in [&["http"][..], &["ntp"], &["upper", "--udp"], &["daytime"]] {
        ctrl_c(serve_on_any_port(words).0);
    }
}

#[test]
fn output_that_nobody_reads_ends_a_conversation_silently() {
    let bash = need!("bash");
    let (_server, port) = serve_on_any_port(&["echo"]);
    let script =
        format!(r#"yes | "$0" connect 127.0.0.1 {port} | head -1; exit "${{PIPESTATUS[1]}}""#);
    let ended = run(program(&bash).args(["-c", &script, env!("CARGO_BIN_EXE_socklab")])).exits(141);
    assert_eq!((ended.text().as_str(), ended.errors.as_str()), ("y\n", ""));
}

#[test]
fn a_server_reports_its_address_and_that_a_port_is_in_use() {
    let server = Running::start(&mut socklab(&["serve", "echo", "--port", "0"]));
    let line = server.wait_for("\n");
    let port = line.split("127.0.0.1:").nth(1).and_then(|rest| rest.split('.').next());
    let port: u16 = port.and_then(|port| port.parse().ok()).unwrap_or_else(|| panic!("{line}"));
    assert!(server.has_port(Tcp, port), "{line}");

    let words = ["serve", "echo", "--port", &port.to_string()];
    let second = run(&mut socklab(&words)).exits(1);
    let wanted = format!("socklab: bind 127.0.0.1:{port}: Address already in use (os error 98)\n");
    assert!(second.errors.starts_with(&wanted), "{}", second.errors);
    assert!(second.errors.contains("--port 0"), "{}", second.errors);
}

#[test]
fn a_folder_that_cannot_be_served_is_an_error_at_the_start() {
    for (root, reason) in [("/no such", "No such file"), ("/dev/null", "Not a directory")] {
        let ended = run(&mut socklab(&["serve", "http", "--port", "0", "--root", root])).exits(1);
        let complaint = ended.complaint();
        assert!(complaint.contains(root) && complaint.contains(reason), "{complaint}");
    }
}

#[test]
fn udp_echo_answers_each_datagram_with_one_even_if_empty() {
    let (_server, port) = serve_on_any_port(&["echo", "--udp"]);
    let client = UdpSocket::bind("127.0.0.1:0").unwrap();
    client.connect(("127.0.0.1", port)).unwrap();
    client.set_read_timeout(Some(crate::stage::PATIENCE)).unwrap();
    for length in [0, 1, 1472, 65_507] {
        let message = vec![b'm'; length];
        client.send(&message).unwrap();
        let mut answer = vec![0; 65_536];
        let received = client.recv(&mut answer).unwrap();
        assert!(answer[..received] == message, "{received} of {length} bytes");
    }
}
