//! socket-04: send a request.
//!
//! New here: `send` hands bytes to the kernel; what they mean is between the two programs
//! (HTTP).
//!
//! Run: `socklab run socket-04 [HOST [PORT]]`. Without a network:
//! `socklab run socket-04 --lab`, or your own server: `socklab serve http --port 8080` in one
//! terminal, `socklab run socket-04 localhost 8080` in another.
//!
//! Try: leave `Host` out of the request and see what `socklab serve http` prints.
//!
//! The question: `send` returned. Has the server read the request? Has its machine received
//! it?

use std::env::args;
use std::net::{SocketAddr, ToSocketAddrs};
use std::num::NonZeroU16;
use std::os::fd::{AsFd, AsRawFd};

use anyhow::{Context, Result};
use rustix::net::{AddressFamily, SendFlags, SocketType, connect, send, socket};

const HOST: &str = "www.google.com";
const PORT: u16 = 80;
const TRY: &str = "no network, or no server? `socklab run socket-04 --lab`";

pub fn main() -> Result<()> {
    let host = args().nth(1).unwrap_or(HOST.to_string());
    let port = args().nth(2).map_or(Ok(PORT), |text| port_number(&text))?;

    let socket = socket(AddressFamily::INET, SocketType::STREAM, None).context("socket")?;
    println!("Socket created: descriptor {}", socket.as_raw_fd());

    let address = resolve(&host, port)?;
    println!("{host} is {}", address.ip());

    connect(&socket, &address).with_context(|| format!("connect {address} ({TRY})"))?;
    println!("Connected to {address}");

    // Lines end in CR LF, and an empty one ends the request. HTTP/1.1 requires Host (RFC 9112
    // section 3.2): one address may serve many sites. "close" asks the server to close at the end.
    let request = format!("GET / HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n");
    send_all(&socket, request.as_bytes()).with_context(|| format!("send to {address}"))?;
    println!("Sent {} bytes", request.len());
    Ok(())
}

/// `send` may accept only some of the bytes: the rest must be sent with another call.
fn send_all(socket: impl AsFd, mut bytes: &[u8]) -> rustix::io::Result<()> {
    while !bytes.is_empty() {
        let sent = send(&socket, bytes, SendFlags::empty())?;
        bytes = &bytes[sent..];
    }
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
