//! A server whose process has no file descriptors left. The only test in its file, because the limit
//! applies to the whole process.
#![allow(clippy::unwrap_used)]

#[path = "it/support/mod.rs"]
#[allow(dead_code, reason = "this test needs only a part of it")]
mod support;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::fd::AsRawFd;

use rustix::net::{AddressFamily, SocketType, connect, socket};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use socklab_net::server::{Config, Echo, ServerEventKind};
use support::{PATIENCE, start};

const CLIENTS: usize = 10;

#[test]
fn without_file_descriptors_clients_wait_and_are_served_when_there_are_some_again() {
    let server = start(Echo, &Config::default());
    let sockets: Vec<_> = (0..CLIENTS)
        .map(|_| socket(AddressFamily::INET, SocketType::STREAM, None).unwrap())
        .collect();
    let highest = sockets.iter().map(AsRawFd::as_raw_fd).max().unwrap() as u64;
    let before = getrlimit(Resource::Nofile);
    // Room for two accepted connections, perhaps a few more in gaps.
    setrlimit(Resource::Nofile, Rlimit { current: Some(highest + 3), ..before }).unwrap();

    // The kernel completes the handshakes, so the clients notice nothing yet.
    for socket in &sockets {
        connect(socket, &server.address()).unwrap();
    }
    server.event(|event| {
        matches!(event.kind, ServerEventKind::Trouble { call: "accept", .. }).then_some(())
    });

    // Each client that closes lets the next one be accepted.
    for socket in sockets {
        let mut client = TcpStream::from(socket);
        client.set_read_timeout(Some(PATIENCE)).unwrap();
        client.write_all(b"x").unwrap();
        client.read_exact(&mut [0]).unwrap();
    }
    setrlimit(Resource::Nofile, before).unwrap();
    server.stop();
}
