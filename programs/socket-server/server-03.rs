//! server-03: receive from one client, answer it, and end.
//!
//! New here: `recv` and `send` on the socket that `accept` returned, not on the one that
//! listens.
//!
//! Run: `socklab run server-03 [PORT]`, and in another terminal `telnet localhost 8888`.
//!
//! Try: connect with two telnets at once. Type in the second one first.
//!
//! The question: the second telnet says "Connected", though nobody accepted it. Who answered?

use std::env::args;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::num::NonZeroU16;
use std::os::fd::{AsFd, OwnedFd};

use anyhow::{Context, Result};
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketType, acceptfrom, bind, listen, recv, send, socket,
};

const PORT: u16 = 8888;
const TRY: &str = "try another port: `socklab run server-03 8889`";
/// How many connections may wait to be accepted (Linux allows one more).
const BACKLOG: i32 = 10;

pub fn main() -> Result<()> {
    let address = SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, port_argument()?);

    let listener = socket(AddressFamily::INET, SocketType::STREAM, None).context("socket")?;
    bind(&listener, &address).with_context(|| format!("bind {address} ({TRY})"))?;
    listen(&listener, BACKLOG).with_context(|| format!("listen on {address}"))?;
    println!("Listening on {address}");

    let (client, from) = accept(&listener)?;
    println!("Connected: {from}");

    // recv blocks until the client sends something, or closes: in that case it returns 0.
    let mut data = [0u8; 1024];
    let (length, _) = recv(&client, &mut data, RecvFlags::empty())
        .with_context(|| format!("recv from {from}"))?;
    println!("Received {length} bytes");

    if length > 0 {
        let answer = [b"OK...", &data[..length]].concat();
        send_all(&client, &answer).with_context(|| format!("send to {from}"))?;
    }
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

/// Waits for a client; returns its socket and its address.
fn accept(listener: impl AsFd) -> Result<(OwnedFd, SocketAddrV4)> {
    let (client, from) = acceptfrom(listener).context("accept")?;
    let from = from.context("accept: a client without an address")?;
    Ok((client, SocketAddrV4::try_from(from)?))
}

/// The port given by the user, or the default one.
fn port_argument() -> Result<u16> {
    let Some(text) = args().nth(1) else {
        return Ok(PORT);
    };
    let port = text.parse::<NonZeroU16>();
    Ok(port.with_context(|| format!("a port is a number from 1 to 65535, not {text:?}"))?.get())
}
