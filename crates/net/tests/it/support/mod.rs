//! Shared by the integration tests: a server whose events can be awaited.
#![allow(unreachable_pub)]

use std::fmt::Debug;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use socklab_net::server::{self, Behaviour, Config, Server, ServerEvent, ServerEventKind};

/// Longer than anything here takes, so that a hang becomes a failure.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct TestServer {
    pub running: Server,
    events: Receiver<ServerEvent>,
}

pub(crate) fn start(behaviour: impl Behaviour, config: &Config) -> TestServer {
    let (sender, events) = channel();
    let observer = move |event: &ServerEvent| {
        // The receiver is gone if the test has ended.
        let _ = sender.send(event.clone());
    };
    TestServer { running: server::start(behaviour, config, observer).unwrap(), events }
}

impl TestServer {
    pub(crate) fn address(&self) -> SocketAddr {
        self.running.local_addr()
    }

    pub(crate) fn tcp(&self) -> TcpStream {
        tcp(self.address())
    }

    /// A connected UDP socket, which receives from the server's address only.
    pub(crate) fn udp(&self) -> UdpSocket {
        let socket = UdpSocket::bind((self.address().ip(), 0)).unwrap();
        socket.connect(self.address()).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        socket
    }

    /// Waits for the next event for which `wanted` returns something, and returns that.
    pub(crate) fn event<T>(&self, wanted: impl Fn(&ServerEvent) -> Option<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let event =
                self.events.recv_timeout(left).expect("the event should have been reported");
            if let Some(found) = wanted(&event) {
                return found;
            }
        }
    }

    pub(crate) fn expect(&self, kind: &ServerEventKind) {
        self.event(|event| (event.kind == *kind).then_some(()));
    }

    /// Every event so far, once the server has ended.
    pub(crate) fn stop(self) -> Vec<ServerEvent> {
        self.running.stop();
        self.events.iter().collect()
    }
}

/// A connection with time limits, on which nothing can hang.
pub(crate) fn tcp(server: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(server).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// Reads until the peer ends its side.
pub(crate) fn read_all(mut stream: impl Read) -> Vec<u8> {
    let mut all = Vec::new();
    stream.read_to_end(&mut all).unwrap();
    all
}

/// Sends `request`, ends our side, and reads the answer to its end.
pub(crate) fn ask(mut stream: TcpStream, request: &[u8]) -> Vec<u8> {
    stream.write_all(request).unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    read_all(stream)
}

/// Makes closing `stream` send an RST: SO_LINGER with no time.
pub(crate) fn reset_on_close(stream: &TcpStream) {
    rustix::net::sockopt::set_socket_linger(stream, Some(Duration::ZERO)).unwrap();
}

/// Pseudo-random bytes, in which any loss or swap shows.
pub(crate) fn noise(length: usize, seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(2).wrapping_add(1);
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        // xorshift64
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_ne_bytes());
    }
    bytes.truncate(length);
    bytes
}

/// Like assert_eq for large values: says where they differ instead of printing megabytes.
pub(crate) fn assert_same<T: PartialEq + Debug>(got: &[T], expected: &[T]) {
    let differ = got.iter().zip(expected).position(|(a, b)| a != b);
    assert_eq!((got.len(), differ), (expected.len(), None), "lengths, first difference");
}
