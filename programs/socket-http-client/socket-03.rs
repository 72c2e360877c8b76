//! socket-03: connect: the first packets leave.
//!
//! New here: `connect` takes an address and a port, and returns once the server's kernel has
//! accepted.
//!
//! Run: `socklab run socket-03 [HOST [PORT]]`. Without a network:
//! `socklab run socket-03 --lab`, or your own server: `socklab serve http --port 8080` in one
//! terminal, `socklab run socket-03 localhost 8080` in another.
//!
//! Try: a port where nobody listens (`localhost 9`); an address that no machine has
//! (`192.0.2.1`, RFC 5737).
//!
//! The question: one of those two fails at once, the other, on most networks, after two
//! minutes. Why?

use std::env::args;
use std::net::{SocketAddr, ToSocketAddrs};
use std::num::NonZeroU16;
use std::os::fd::AsRawFd;

use anyhow::{Context, Result};
use rustix::net::{AddressFamily, SocketType, connect, socket};

const HOST: &str = "www.google.com";
const PORT: u16 = 80;
const TRY: &str = "no network, or no server? `socklab run socket-03 --lab`";

pub fn main() -> Result<()> {
    let host = args().nth(1).unwrap_or(HOST.to_string());
    let port = args().nth(2).map_or(Ok(PORT), |text| port_number(&text))?;

    let socket = socket(AddressFamily::INET, SocketType::STREAM, None).context("socket")?;
    println!("Socket created: descriptor {}", socket.as_raw_fd());

    let address = resolve(&host, port)?;
    println!("{host} is {}", address.ip());

    // Our kernel sends SYN, the server's answers SYN+ACK, ours ACK. The call blocks until then.
    // Our kernel also chooses a port for our end of the connection.
    connect(&socket, &address).with_context(|| format!("connect {address} ({TRY})"))?;
    println!("Connected to {address}");
    Ok(())
}

/// Finds an IPv4 address, because an `AF_INET` socket can use no other.
fn resolve(host: &str, port: u16) -> Result<SocketAddr> {
    (host, port)
        .to_socket_addrs()
        .with_context(|| format!("resolve {host} ({TRY})"))?
        .find(SocketAddr::is_ipv4)
        .with_context(|| format!("resolve {host} ({TRY}): no IPv4 address"))
}

fn port_number(text: &str) -> Result<u16> {
    let port = text.parse::<NonZeroU16>();
    Ok(port.with_context(|| format!("a port is a number from 1 to 65535, not {text:?}"))?.get())
}
