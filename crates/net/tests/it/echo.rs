//! The echo service over real sockets.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, UdpSocket};
use std::thread;
use std::time::Duration;

use crate::support::{PATIENCE, ask, assert_same, noise, read_all, reset_on_close, start, tcp};
use socklab_net::server::{
    Config, Cut, DatagramRules, Echo, Rate, RefusalReason, ServerEventKind, Transport,
};
use socklab_prerequisites::not_run;

#[test]
fn a_stream_comes_back_byte_for_byte() {
    let server = start(Echo, &Config::default());
    assert_eq!(ask(server.tcp(), b""), b"");
    assert_eq!(ask(server.tcp(), b"hola\0\xff"), b"hola\0\xff");
    server.event(|event| (event.kind == ServerEventKind::Accepted).then_some(()));
    server.expect(&ServerEventKind::Closed { received: 6, sent: 6, cut: None });
}

#[test]
fn a_client_that_reads_late_gets_everything_and_meanwhile_the_server_buffers_little() {
    let server = start(Echo, &Config::default());
    let data = noise(1_000_000, 1);
    let mut writer = server.tcp();
    let mut reader = writer.try_clone().unwrap();
    // Nothing reads the answers yet. Once the kernel's buffers are full the write blocks, because
    // the server has stopped reading too.
    writer.set_write_timeout(Some(Duration::from_millis(300))).unwrap();
    let mut sent = 0;
    let stuck = loop {
        assert!(sent < 500_000_000, "the server buffers without limit");
        match writer.write(&data[sent % data.len()..]) {
            Ok(count) => sent += count,
            Err(error) => break error,
        }
    };
    assert_eq!(stuck.kind(), ErrorKind::WouldBlock);

    let late_reader = thread::spawn(move || {
        let mut got = Vec::new();
        reader.read_to_end(&mut got).unwrap();
        got
    });
    writer.set_write_timeout(Some(PATIENCE)).unwrap();
    writer.write_all(&data[sent % data.len()..]).unwrap();
    writer.shutdown(Shutdown::Write).unwrap();
    let got = late_reader.join().unwrap();
    assert!(got.len() >= sent);
    for part in got.chunks(data.len()) {
        assert_same(part, &data);
    }
}

#[test]
fn two_hundred_clients_half_of_whom_vanish() {
    let server = start(Echo, &Config::default());
    thread::scope(|scope| {
        for number in 0..200u64 {
            let address = server.address();
            scope.spawn(move || {
                let data = noise(100_000, number);
                let mut stream = tcp(address);
                if number % 2 == 0 {
                    stream.write_all(&data[..50_000]).unwrap();
                    let mut some = [0; 1000];
                    stream.read_exact(&mut some).unwrap();
                    reset_on_close(&stream);
                    return;
                }
                let mut writer = stream.try_clone().unwrap();
                scope.spawn({
                    let data = data.clone();
                    move || {
                        writer.write_all(&data).unwrap();
                        writer.shutdown(Shutdown::Write).unwrap();
                    }
                });
                assert_same(&read_all(stream), &data);
            });
        }
    });
    let events = server.stop();
    let closed = |wanted: fn(&Option<Cut>) -> bool| {
        let of = |what: &ServerEventKind| matches!(what, ServerEventKind::Closed { cut, .. } if wanted(cut));
        events.iter().filter(|event| of(&event.kind)).count()
    };
    assert_eq!(closed(Option::is_none), 100, "clients that read to the end");
    // The server may be stopped before it notices the last resets.
    assert_eq!(closed(|cut| matches!(cut, Some(Cut::Reset | Cut::Stopped))), 100);
}

#[test]
fn clients_beyond_the_limit_are_refused_until_one_has_seen_its_end() {
    let server = start(Echo, &Config { connections: 1, ..Config::default() });
    let mut first = server.tcp();
    first.write_all(b"x").unwrap();
    first.read_exact(&mut [0]).unwrap();
    let mut second = server.tcp();
    assert_eq!(second.read(&mut [0]).unwrap(), 0);
    server.expect(&ServerEventKind::Refused { why: RefusalReason::TooManyConnections });
    assert_eq!(ask(first, b"y"), b"y");
    assert_eq!(ask(server.tcp(), b"z"), b"z");
}

#[test]
fn an_idle_client_is_disconnected() {
    let idle = Some(Duration::from_millis(50));
    let server = start(Echo, &Config { idle, ..Config::default() });
    assert_eq!(read_all(server.tcp()), b"");
    server.expect(&ServerEventKind::Closed { received: 0, sent: 0, cut: Some(Cut::Idle) });
}

#[test]
fn datagrams_of_every_size_come_back() {
    let server = start(Echo, &Config::default());
    let socket = server.udp();
    let mut buffer = vec![0; 70_000];
    for size in [0, 1, 512, 1472, 1473, 9000, 65_506, 65_507] {
        let data = noise(size, size as u64);
        assert_eq!(socket.send(&data).unwrap(), size);
        let count = socket.recv(&mut buffer).unwrap();
        assert_same(&buffer[..count], &data);
        let size = size as u64;
        server.expect(&ServerEventKind::Answered { received: size, sent: size });
    }
}

#[test]
fn datagrams_come_back_over_ipv6() {
    let loopback = (std::net::Ipv6Addr::LOCALHOST, 0);
    if UdpSocket::bind(loopback).is_err() {
        not_run!("an IPv6 loopback");
    }
    let server = start(Echo, &Config::at(loopback));
    assert_eq!(ask(server.tcp(), b"six"), b"six");
    let socket = server.udp();
    socket.send(b"six").unwrap();
    assert_eq!(socket.recv(&mut [0; 9]).unwrap(), 3);
}

/// All of 127.0.0.0/8 is local, so a server on the wildcard address has many addresses.
#[test]
fn the_answer_comes_from_the_address_that_was_asked() {
    for wildcard in ["0.0.0.0:0", "[::]:0"] {
        let address: std::net::SocketAddr = wildcard.parse().unwrap();
        if address.is_ipv6() && UdpSocket::bind(address).is_err() {
            not_run!("an IPv6 loopback");
        }
        let server = start(Echo, &Config::at(address));
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        let asked = (std::net::Ipv4Addr::new(127, 1, 2, 3), server.address().port()).into();
        socket.send_to(b"who?", asked).unwrap();
        let (_, from) = socket.recv_from(&mut [0; 9]).unwrap();
        assert_eq!(from, asked, "{wildcard}");

        socket.set_broadcast(true).unwrap();
        let everybody = ("127.255.255.255", server.address().port());
        socket.send_to(b"all?", everybody).unwrap();
        server.expect(&ServerEventKind::Refused { why: RefusalReason::Broadcast });
    }
}

#[test]
fn low_source_ports_are_not_answered() {
    let transport = Some(Transport::Udp);
    let server = start(Echo, &Config { transport, ..Config::default() });
    // Any free port below 1024 will do; binding one needs a privilege.
    let low = (512..1024).rev().find_map(|port| UdpSocket::bind(("127.0.0.1", port)).ok());
    let Some(low) = low else {
        not_run!("permission to bind a port below 1024");
    };
    low.send_to(b"loop?", server.address()).unwrap();
    server.expect(&ServerEventKind::Refused { why: RefusalReason::LowSourcePort });

    let datagrams = DatagramRules { low_ports: true, ..DatagramRules::default() };
    let server = start(Echo, &Config { datagrams, ..Config::default() });
    low.send_to(b"loop!", server.address()).unwrap();
    server.expect(&ServerEventKind::Answered { received: 5, sent: 5 });
}

#[test]
fn a_flood_is_answered_up_to_the_rate_and_reported_once() {
    let rate = Some(Rate { per_second: 1, burst: 5 });
    let datagrams = DatagramRules { rate, ..DatagramRules::default() };
    let server = start(Echo, &Config { datagrams, ..Config::default() });
    let socket = server.udp();
    for number in 0..5u8 {
        socket.send(&[number]).unwrap();
        socket.recv(&mut [0]).unwrap();
    }
    socket.send(b"one too many").unwrap();
    server.expect(&ServerEventKind::Refused { why: RefusalReason::TooFast });
}
