//! server-04: serve one client after another, forever.
//!
//! New here: the loop; a client that fails must not end the server; `SO_REUSEADDR`.
//!
//! Run: `socklab run server-04 [PORT]`, and in another terminal `telnet localhost 8888`.
//! Ctrl-C ends it.
//!
//! Try: connect and say nothing. Then connect from a third terminal and type a line.
//!
//! The question: how long does the third terminal wait for its answer, and what ends the
//! wait?

use std::env::args;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::num::NonZeroU16;
use std::os::fd::{AsFd, OwnedFd};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Error, Result};
use rustix::net::sockopt::set_socket_reuseaddr;
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketType, acceptfrom, bind, listen, recv, send, socket,
};

const PORT: u16 = 8888;
const TRY: &str = "try another port: `socklab run server-04 8889`";
/// How many connections may wait to be accepted (Linux allows one more).
const BACKLOG: i32 = 10;

pub fn main() -> Result<()> {
    let address = SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, port_argument()?);

    let listener = socket(AddressFamily::INET, SocketType::STREAM, None).context("socket")?;
    // Connections that a server closed stay in TIME_WAIT for a minute. With this option they
    // don't count as "address in use", so the server can be restarted at once.
    set_socket_reuseaddr(&listener, true).context("setsockopt SO_REUSEADDR")?;
    bind(&listener, &address).with_context(|| format!("bind {address} ({TRY})"))?;
    listen(&listener, BACKLOG).with_context(|| format!("listen on {address}"))?;
    println!("Listening on {address}");

    loop {
        let Ok((client, from)) = accept(&listener).inspect_err(report_and_pause) else { continue };
        println!("Connected: {from}");

        match answer(&client) {
            Ok(length) => println!("Received {length} bytes from {from}"),
            Err(error) => eprintln!("{from}: {error:#}"),
        }
        // `client` is closed here, at the end of its block: that tells the client that we are done.
    }
}

/// Answers one message with "OK..." and the message. If the client closed without sending any, the
/// length is 0: that ends the conversation, not the server.
fn answer(client: &OwnedFd) -> Result<usize> {
    let mut data = [0u8; 1024];
    let (length, _) = recv(client, &mut data, RecvFlags::empty()).context("recv")?;
    if length > 0 {
        send_all(client, &[b"OK...", &data[..length]].concat()).context("send")?;
    }
    Ok(length)
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

/// An `accept` that fails must not end the server: that client is gone, or descriptors are short
/// until another one leaves. The pause keeps an error that stays from making the loop spin.
fn report_and_pause(error: &Error) {
    eprintln!("{error:#}");
    thread::sleep(Duration::from_millis(100));
}

/// The port given by the user, or the default one.
fn port_argument() -> Result<u16> {
    let Some(text) = args().nth(1) else {
        return Ok(PORT);
    };
    let port = text.parse::<NonZeroU16>();
    Ok(port.with_context(|| format!("a port is a number from 1 to 65535, not {text:?}"))?.get())
}
