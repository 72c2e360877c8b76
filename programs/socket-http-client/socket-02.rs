//! socket-02: a socket, and the address of the server we want to talk to.
//!
//! New here: people use names, sockets use addresses; `getaddrinfo` turns one into the other.
//!
//! Run: `socklab run socket-02 [HOST [PORT]]`. Without a network:
//! `socklab run socket-02 --lab`, or your own server: `socklab serve http --port 8080` in one
//! terminal, `socklab run socket-02 localhost 8080` in another.
//!
//! Try: `localhost`, an address such as `192.0.2.1`, a name that does not exist.
//!
//! The question: the socket and the address are both there. Has the web server noticed
//! anything?

use std::env::args;
use std::net::{SocketAddr, ToSocketAddrs};
use std::num::NonZeroU16;
use std::os::fd::AsRawFd;

use anyhow::{Context, Result};
use rustix::net::{AddressFamily, SocketType, socket};

const HOST: &str = "www.google.com";
const PORT: u16 = 80;
const TRY: &str = "no network, or no server? `socklab run socket-02 --lab`";

pub fn main() -> Result<()> {
    let host = args().nth(1).unwrap_or(HOST.to_string());
    let port = args().nth(2).map_or(Ok(PORT), |text| port_number(&text))?;

    let socket = socket(AddressFamily::INET, SocketType::STREAM, None).context("socket")?;
    println!("Socket created: descriptor {}", socket.as_raw_fd());

    // This may be a conversation of its own, with a DNS server: it can block, and it can fail.
    let address = resolve(&host, port)?;
    println!("{host} is {}", address.ip());
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
