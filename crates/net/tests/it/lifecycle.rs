//! Starting, observing and stopping servers.

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, UdpSocket};
use std::thread;
use std::time::Duration;

use crate::support::{ask, read_all, start};
use socklab_net::server::{
    self, BindError, Config, Cut, Daytime, Echo, Http, Ntp, ServerEventKind, Transport, Upper,
};

#[test]
fn stopping_ends_every_conversation_at_once() {
    let server = start(Echo, &Config::default());
    let mut clients: Vec<_> = (0..50).map(|_| server.tcp()).collect();
    for client in &mut clients {
        client.write_all(b"x").unwrap();
        client.read_exact(&mut [0]).unwrap();
    }
    // One client does not read, so that the server blocks in a write to it.
    let stuck = &mut clients[0];
    stuck.set_write_timeout(Some(Duration::from_millis(200))).unwrap();
    while stuck.write(&[0; 100_000]).is_ok() {}

    let events = server.stop();
    let stopped = events.iter().filter(|event| {
        matches!(event.kind, ServerEventKind::Closed { cut: Some(Cut::Stopped), .. })
    });
    assert_eq!(stopped.count(), 50);
    for mut client in clients.into_iter().skip(1) {
        assert_eq!(client.read(&mut [0]).unwrap(), 0);
    }
}

#[test]
fn a_stopped_server_frees_its_port() {
    let server = start(Echo, &Config::default());
    let address = server.address();
    assert_eq!(ask(server.tcp(), b"x"), b"x");
    server.stop();
    let again = start(Echo, &Config::at(address));
    assert_eq!(ask(again.tcp(), b"y"), b"y");
}

#[test]
fn a_stopper_ends_the_wait_from_another_thread() {
    let server = server::start(Upper, &Config::default(), |_| {}).unwrap();
    let stopper = server.stopper();
    thread::spawn(move || stopper.stop());
    server.wait();
}

#[test]
fn tcp_and_udp_share_the_port_the_kernel_chose() {
    let server = start(Upper, &Config::default());
    assert_eq!(ask(server.tcp(), "año".as_bytes()), "AÑO".as_bytes());
    let socket = server.udp();
    socket.send("straße".as_bytes()).unwrap();
    let mut buffer = [0; 99];
    let count = socket.recv(&mut buffer).unwrap();
    assert_eq!(&buffer[..count], b"STRASSE");
}

#[test]
fn a_bind_error_names_the_address() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let error = server::start(Echo, &Config::at(address), |_| {}).unwrap_err();
    assert!(error.to_string().starts_with(&format!("bind tcp {address}: ")), "{error}");
    let BindError::Socket { source, .. } = error else { panic!("{error:?}") };
    assert_eq!(source.kind(), ErrorKind::AddrInUse);

    let taken = UdpSocket::bind("127.0.0.1:0").unwrap();
    let config = Config::at(taken.local_addr().unwrap());
    let error = server::start(Ntp::default(), &config, |_| {}).unwrap_err();
    assert!(matches!(error, BindError::Socket { transport: Transport::Udp, .. }), "{error:?}");
}

#[test]
fn a_service_is_not_offered_over_other_transports() {
    let refused = |error: BindError| matches!(error, BindError::NotOffered { .. });
    let over = |transport| Config { transport: Some(transport), ..Config::default() };
    assert!(refused(server::start(Http::default(), &over(Transport::Udp), |_| {}).unwrap_err()));
    assert!(refused(server::start(Http::default(), &over(Transport::Both), |_| {}).unwrap_err()));
    assert!(refused(server::start(Ntp::default(), &over(Transport::Tcp), |_| {}).unwrap_err()));
}

#[test]
fn daytime_is_one_line_and_over_udp_only_if_configured() {
    let server = start(Daytime, &Config::default());
    let line = String::from_utf8(read_all(server.tcp())).unwrap();
    assert!(line.ends_with("-UTC\r\n") && line.lines().count() == 1, "{line:?}");
    UdpSocket::bind(server.address()).expect("the UDP port should be free");

    let both = Config { transport: Some(Transport::Both), ..Config::default() };
    let server = start(Daytime, &both);
    let socket = server.udp();
    socket.send(b"").unwrap();
    assert!(socket.recv(&mut [0; 99]).unwrap() > 20);
}

#[test]
fn a_panicking_observer_does_not_affect_the_service() {
    let panic = |_: &server::ServerEvent| panic!("this panic is part of a test");
    let server = server::start(Echo, &Config::default(), panic).unwrap();
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    for _ in 0..3 {
        assert_eq!(ask(crate::support::tcp(server.local_addr()), b"fine"), b"fine");
        socket.send_to(b"fine", server.local_addr()).unwrap();
        assert_eq!(socket.recv(&mut [0; 9]).unwrap(), 4);
    }
    server.stop();
}

#[test]
fn events_are_json() {
    let server = start(Echo, &Config::default());
    assert_eq!(ask(server.tcp(), b"x"), b"x");
    let events = server.stop();
    let json = serde_json::to_value(&events).unwrap();
    assert_eq!(json[0]["event"], "accepted");
    assert_eq!(json[0]["service"], "echo");
    assert_eq!(json[0]["transport"], "tcp");
    assert_eq!(json[1]["event"], "closed");
    assert_eq!(json[1]["received"], 1);
    assert_eq!(json[1]["cut"], serde_json::Value::Null);
}
