//! tcp-client: connect, send a sentence, read the answer to its end.
//!
//! New here: a stream socket; `connect` comes first, and then no call needs an address.
//!
//! Run: `socklab run tcp-server` in one terminal, `socklab run tcp-client [HOST [PORT]]` in
//! another.
//!
//! Try: run the client before the server: compare with udp-client. Look at both ports with
//! `ss -tan`.
//!
//! The question: the client has a port too. Who chose it, and when?

use std::env::args;
use std::io::{BufRead, Write, stdin, stdout};
use std::net::{SocketAddr, ToSocketAddrs};
use std::num::NonZeroU16;
use std::os::fd::AsFd;

use anyhow::{Context, Result};
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, Shutdown, SocketType, connect, getsockname, recv, send,
    shutdown, socket,
};

const HOST: &str = "localhost";
const PORT: u16 = 12000;
const TRY: &str = "no network, or no server? `socklab run tcp-server`, \
                   and in another terminal `socklab run tcp-client localhost`";

pub fn main() -> Result<()> {
    let host = args().nth(1).unwrap_or(HOST.to_string());
    let port = args().nth(2).map_or(Ok(PORT), |text| port_number(&text))?;
    let address = resolve(&host, port)?;

    let socket = socket(AddressFamily::INET, SocketType::STREAM, None).context("socket")?;
    connect(&socket, &address).with_context(|| format!("connect {address} ({TRY})"))?;
    let own = SocketAddr::try_from(getsockname(&socket).context("getsockname")?)?;
    println!("Connected: {own} to {address}");

    let sentence = ask("Input lowercase sentence: ")?;
    send_all(&socket, &sentence).with_context(|| format!("send to {address}"))?;
    // This tells the server that we have sent everything: its recv returns 0. We can still receive.
    shutdown(&socket, Shutdown::Write).context("shutdown")?;

    // A stream does not mark where an answer ends. This one ends where the server closes.
    let mut answer = Vec::new();
    loop {
        let mut piece = [0u8; 1024];
        let (length, _) = recv(&socket, &mut piece, RecvFlags::empty())
            .with_context(|| format!("recv from {address}"))?;
        if length == 0 {
            break;
        }
        answer.extend_from_slice(&piece[..length]);
    }
    println!("From {address}: {}", String::from_utf8_lossy(&answer));
    Ok(())
}

/// Reads a line from the terminal, without its line ending: bytes, which need not be UTF-8.
fn ask(prompt: &str) -> Result<Vec<u8>> {
    print!("{prompt}");
    stdout().flush().context("write to the terminal")?;
    let mut line = Vec::new();
    stdin().lock().read_until(b'\n', &mut line).context("read from the terminal")?;
    while line.last().is_some_and(|byte| b"\r\n".contains(byte)) {
        line.pop();
    }
    Ok(line)
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
