//! The step servers against the tools that people really use, ncat and telnet, and against a crowd.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::Shutdown;

use crate::stage::Transport::Tcp;
use crate::stage::{Running, connect, program, run_with, serve};
use rustix::net::sockopt::set_socket_linger;
use socklab_prerequisites::need;

const GREETING: &str = "Welcome to the server. Type something and hit enter\n";

#[test]
fn printf_and_ncat_are_answered_by_the_step_servers() {
    let (ncat, sh) = (need!("ncat"), need!("sh"));
    for (name, answer) in [
        ("server-03", "OK...hola\r\n".to_string()),
        ("server-04", "OK...hola\r\n".to_string()),
        ("server-05", format!("{GREETING}OK...hola\r\n")),
    ] {
        let (server, port) = serve(Tcp, &["run", name, "PORT"]);
        // As a person would type it, with a shell and its pipe.
        let line = format!(r"printf 'hola\r\n' | {ncat} 127.0.0.1 {port}");
        let ncat = crate::stage::run(program(&sh).args(["-c", &line])).exits(0);
        assert_eq!(ncat.text(), answer, "{name}");
        match name {
            "server-03" => assert!(server.finish().exits(0).text().contains("Received 6 bytes\n")),
            "server-04" => assert!(server.wait_for("Received 6 bytes from").len() > 6),
            _ => assert!(server.wait_for(", 6 bytes received\n").contains("Closed: ")),
        }
    }
}

#[test]
fn telnet_is_answered_by_the_step_servers() {
    let telnet = need!("telnet");
    for name in ["server-03", "server-04", "server-05"] {
        let (_server, port) = serve(Tcp, &["run", name, "PORT"]);
        let mut client =
            Running::start(program(&telnet).args(["127.0.0.1", port.to_string().as_str()]));
        if name == "server-05" {
            client.wait_for(GREETING.trim_end());
        }
        client.say(b"hola\r\n");
        // At the end of its input telnet quits, even if an answer is on its way: keep the input
        // open.
        client.wait_for("OK...hola");
        if name != "server-05" {
            client.wait_for_error("Connection closed by foreign host.");
        }
    }
}

#[test]
fn server_04_lets_the_next_client_wait_until_the_first_is_done() {
    let (_server, port) = serve(Tcp, &["run", "server-04", "PORT"]);
    let mut first = connect(port);
    let mut second = connect(port);
    second.write_all(b"second\n").unwrap();
    // There can be no answer until the first client is done.
    first.write_all(b"first\n").unwrap();
    assert_eq!(to_its_end(&mut first), "OK...first\n");
    assert_eq!(to_its_end(&mut second), "OK...second\n");
}

#[test]
fn server_05_answers_100_of_200_clients_when_the_others_vanish() {
    let (server, port) = serve(Tcp, &["run", "server-05", "PORT"]);
    // Each is greeted before the next one connects: if more were waiting than the backlog allows,
    // the kernel would drop SYNs, each of which costs a second.
    let mut clients = Vec::new();
    while clients.len() < 200 {
        let mut client = BufReader::new(connect(port));
        let mut line = String::new();
        client.read_line(&mut line).unwrap();
        assert_eq!(line, GREETING);
        clients.push(client);
    }
    // All 200 are connected now. Every second one vanishes in the middle of a line: half of these
    // by dropping the connection (RST), half by closing with an answer unread (also RST, but
    // later).
    let mut staying = Vec::new();
    for (number, mut client) in clients.into_iter().enumerate() {
        match number % 4 {
            1 => {
                client.get_mut().write_all(b"half a li").unwrap();
                set_socket_linger(client.get_ref(), Some(std::time::Duration::ZERO)).unwrap();
            }
            3 => client.get_mut().write_all(&[b'x'; 3000]).unwrap(),
            _ => staying.push((number, client)),
        }
    }
    assert_eq!(staying.len(), 100);
    // The last one speaks first: a server that serves in order of arrival would not get there.
    for (number, client) in staying.iter_mut().rev() {
        client.get_mut().write_all(format!("client {number}\n").as_bytes()).unwrap();
        let mut line = String::new();
        client.read_line(&mut line).unwrap();
        assert_eq!(line, format!("OK...client {number}\n"));
    }
    for (_, mut client) in staying {
        client.get_ref().shutdown(Shutdown::Write).unwrap();
        assert_eq!(to_its_end(&mut client), "");
    }
    // The server is unharmed: it still listens, and still answers.
    assert!(server.has_port(Tcp, port));
    let mut late = connect(port);
    late.write_all(b"late\n").unwrap();
    late.shutdown(Shutdown::Write).unwrap();
    assert_eq!(to_its_end(&mut late), format!("{GREETING}OK...late\n"));
    let log = server.wait_for(", 5 bytes received\n");
    assert_eq!(log.matches("Connected: ").count(), 201, "{log}");
}

#[test]
fn an_echo_client_that_vanishes_does_not_end_the_server() {
    for (name, words) in [("echo-server", ["--port", "PORT"].as_slice()), ("tcp-server", &["PORT"])]
    {
        let (server, port) = serve(Tcp, &[&["run", name], words].concat());
        let client = connect(port);
        set_socket_linger(&client, Some(std::time::Duration::ZERO)).unwrap();
        drop(client);
        server.wait_for("Vanished: ");
        let mut next = connect(port);
        next.write_all(b"1234").unwrap();
        next.shutdown(Shutdown::Write).unwrap();
        assert_eq!(to_its_end(&mut next), "1234");
    }
}

#[test]
fn bytes_that_arrive_in_many_small_pieces_are_echoed_in_order() {
    let ncat = need!("ncat");
    let (_server, port) = serve(Tcp, &["run", "echo-server", "--port", "PORT"]);
    let bytes: Vec<u8> = (0..100_000u32).flat_map(|number| number.to_be_bytes()).collect();
    let port = port.to_string();
    let client = run_with(program(&ncat).args(["127.0.0.1", &port]), bytes.clone());
    assert!(client.exits(0).output == bytes);
}

fn to_its_end(client: &mut impl Read) -> String {
    let mut text = String::new();
    client.read_to_string(&mut text).expect("receive");
    text
}
