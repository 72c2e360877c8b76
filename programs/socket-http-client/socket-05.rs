//! socket-05: receive the answer, to its end.
//!
//! New here: `recv` returns what has arrived so far, not "the answer"; 0 bytes mean the end.
//!
//! Run: `socklab run socket-05 [HOST [PORT]]`. Without a network:
//! `socklab run socket-05 --lab`, or your own server: `socklab serve http --port 8080` in one
//! terminal, `socklab run socket-05 localhost 8080` in another.
//!
//! Try: run it several times. Is the number of `recv` calls always the same?
//!
//! The question: the server sent the page with one call, or with ten. Can a client tell?

use std::env::args;
use std::io::Write;
use std::net::{SocketAddr, ToSocketAddrs};
use std::num::NonZeroU16;
use std::os::fd::{AsFd, AsRawFd};

use anyhow::{Context, Result};
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketType, connect, recv, send, socket};

const HOST: &str = "www.google.com";
const PORT: u16 = 80;
const TRY: &str = "no network, or no server? `socklab run socket-05 --lab`";

pub fn main() -> Result<()> {
    let host = args().nth(1).unwrap_or(HOST.to_string());
    let port = args().nth(2).map_or(Ok(PORT), |text| port_number(&text))?;

    let socket = socket(AddressFamily::INET, SocketType::STREAM, None).context("socket")?;
    println!("Socket created: descriptor {}", socket.as_raw_fd());

    let address = resolve(&host, port)?;
    println!("{host} is {}", address.ip());

    connect(&socket, &address).with_context(|| format!("connect {address} ({TRY})"))?;
    println!("Connected to {address}");

    let request = format!("GET / HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n");
    send_all(&socket, request.as_bytes()).with_context(|| format!("send to {address}"))?;
    println!("Sent {} bytes", request.len());

    let mut answer = Vec::new();
    let mut calls = 0;
    loop {
        // A stream has no message boundaries: one call may return half a line or three answers.
        // It blocks while nothing has arrived, and returns 0 once the server has closed its end.
        let mut piece = [0u8; 4096];
        let (length, _) = recv(&socket, &mut piece, RecvFlags::empty())
            .with_context(|| format!("recv from {address} after {} bytes", answer.len()))?;
        calls += 1;
        if length == 0 {
            break;
        }
        answer.extend_from_slice(&piece[..length]);
    }

    // Print the bytes unchanged: the page need not be UTF-8.
    std::io::stdout().write_all(&answer).context("write to the terminal")?;
    println!("\nReceived {} bytes in {calls} recv calls", answer.len());
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
