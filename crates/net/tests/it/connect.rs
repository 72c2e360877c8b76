//! Connecting by name, over real sockets.

use std::io::Read;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use crate::support::{PATIENCE, start};
use rustix::net::{AddressFamily, SocketType, bind, getsockname, socket};
use socklab_net::connect::{self, AttemptOutcome, ConnectError, ConnectOptions};
use socklab_net::resolve::Family;
use socklab_net::server::{Config, Daytime};

#[test]
fn a_name_leads_to_its_server() {
    let server = start(Daytime, &Config::default());
    // Where localhost is also ::1, nothing listens there: the attempt on 127.0.0.1 must follow.
    let options = ConnectOptions::default();
    let mut connected = connect::tcp("localhost", server.address().port(), &options).unwrap();
    assert_eq!(connected.peer, server.address());
    assert_eq!(connected.resolution.name, "localhost");
    let connected_attempts =
        connected.attempts.iter().filter(|it| it.outcome == AttemptOutcome::Connected);
    assert_eq!(connected_attempts.count(), 1);
    let mut line = String::new();
    connected.socket.read_to_string(&mut line).unwrap();
    assert!(line.ends_with("UTC\r\n"), "the socket should be in blocking mode: {line:?}");
}

#[test]
fn a_refusal_lists_every_attempt() {
    // A port held by a socket that does not listen.
    let nobody = socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
    bind(&nobody, &SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap();
    let address = SocketAddr::try_from(getsockname(&nobody).unwrap()).unwrap();
    let port = address.port();
    let options = ConnectOptions { family: Family::V4, ..ConnectOptions::default() };
    let error = connect::tcp("localhost", port, &options).unwrap_err();
    let ConnectError::Refused(failure) = error else { panic!("{error:?}") };
    assert_eq!((failure.host.as_str(), failure.port), ("localhost", port));
    assert_eq!(failure.attempts.len(), 1);
    assert_eq!(failure.attempts[0].outcome, AttemptOutcome::Refused);
}

#[test]
fn the_deadline_covers_everything() {
    let options = ConnectOptions { deadline: Duration::ZERO, ..ConnectOptions::default() };
    let began = Instant::now();
    let error = connect::tcp("127.0.0.1", 9, &options).unwrap_err();
    assert!(matches!(error, ConnectError::TimedOut(_)), "{error:?}");
    assert!(began.elapsed() < PATIENCE);
}

#[test]
fn connecting_udp_sends_nothing() {
    let peer = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = peer.local_addr().unwrap();
    let options = ConnectOptions { family: Family::V4, ..ConnectOptions::default() };
    let connected = connect::udp("localhost", address.port(), &options).unwrap();
    assert_eq!(connected.socket.peer_addr().unwrap(), address);
    peer.set_nonblocking(true).unwrap();
    peer.recv(&mut [0]).unwrap_err();
    connected.socket.send(b"now").unwrap();
    peer.set_nonblocking(false).unwrap();
    assert_eq!(peer.recv(&mut [0; 9]).unwrap(), 3);
}
