//! Connecting by name, over real sockets.

use std::io::Read;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use crate::support::start;
use rustix::net::{AddressFamily, SocketType, bind, getsockname, socket};
use socklab_net::connect::{self, ConnectError, Options, Outcome};
use socklab_net::resolve::Family;
use socklab_net::server::{Config, Daytime};

#[test]
fn a_name_leads_to_its_server() {
    let server = start(Daytime, &Config::default());
    // Where localhost is ::1 as well, nobody listens there: the race must go on to 127.0.0.1.
    let options = Options::default();
    let mut connected = connect::tcp("localhost", server.address().port(), &options).unwrap();
    assert_eq!(connected.peer, server.address());
    assert_eq!(connected.resolution.name, "localhost");
    let winners = connected.attempts.iter().filter(|it| it.outcome == Outcome::Connected);
    assert_eq!(winners.count(), 1);
    let mut line = String::new();
    connected.socket.read_to_string(&mut line).unwrap();
    assert!(line.ends_with("UTC\r\n"), "the socket is in blocking mode: {line:?}");
}

#[test]
fn nobody_there_is_refused_with_every_attempt_listed() {
    // A port that is taken by a socket that does not listen.
    let nobody = socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
    bind(&nobody, &SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap();
    let address = SocketAddr::try_from(getsockname(&nobody).unwrap()).unwrap();
    let port = address.port();
    let options = Options { family: Family::V4, ..Options::default() };
    let error = connect::tcp("localhost", port, &options).unwrap_err();
    let ConnectError::Refused(failure) = error else { panic!("{error:?}") };
    assert_eq!((failure.host.as_str(), failure.port), ("localhost", port));
    assert_eq!(failure.attempts.len(), 1);
    assert_eq!(failure.attempts[0].outcome, Outcome::Refused);
}

#[test]
fn the_deadline_covers_everything() {
    let options = Options { deadline: Duration::ZERO, ..Options::default() };
    let began = Instant::now();
    let error = connect::tcp("127.0.0.1", 9, &options).unwrap_err();
    assert!(matches!(error, ConnectError::TimedOut(_)), "{error:?}");
    assert!(began.elapsed() < Duration::from_secs(5));
}

#[test]
fn udp_fixes_the_peer_and_sends_nothing() {
    let peer = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = peer.local_addr().unwrap();
    let options = Options { family: Family::V4, ..Options::default() };
    let connected = connect::udp("localhost", address.port(), &options).unwrap();
    assert_eq!(connected.socket.peer_addr().unwrap(), address);
    peer.set_nonblocking(true).unwrap();
    peer.recv(&mut [0]).unwrap_err();
    connected.socket.send(b"now").unwrap();
    peer.set_nonblocking(false).unwrap();
    assert_eq!(peer.recv(&mut [0; 9]).unwrap(), 3);
}
