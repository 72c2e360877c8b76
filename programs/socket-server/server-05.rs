//! server-05: many clients at once, a thread for each.
//!
//! New here: the first thread keeps accepting while each of the others talks with its own
//! client.
//!
//! Run: `socklab run server-05 [PORT]`, and `telnet localhost 8888` in as many terminals as
//! you like.
//!
//! Try: end one telnet by closing its window. Do the others notice? Does the server?
//!
//! The question: a thread for each client is simple. What does it cost with 10,000 clients?

use std::env::args;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::num::NonZeroU16;
use std::os::fd::{AsFd, OwnedFd};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};
use rustix::net::sockopt::set_socket_reuseaddr;
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketType, acceptfrom, bind, listen, recv, send, socket,
};

const PORT: u16 = 8888;
const TRY: &str = "try another port: `socklab run server-05 8889`";
/// How many connections may wait to be accepted (Linux allows one more).
const BACKLOG: i32 = 10;
const GREETING: &[u8] = b"Welcome to the server. Type something and hit enter\n";

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
        // The socket and the address move into the new thread: it alone serves this client.
        let started = accept(&listener).and_then(|(client, from)| {
            let conversation = thread::Builder::new().spawn(move || converse(&client, from));
            conversation.with_context(|| format!("{from}: start a thread"))
        });
        // Out of descriptors or threads? When clients leave, some become free: wait and carry on.
        if let Err(error) = started {
            eprintln!("{error:#}");
            thread::sleep(Duration::from_millis(100));
        }
    }
}

fn converse(client: &OwnedFd, from: SocketAddrV4) {
    println!("Connected: {from}");
    match greet_and_answer(client) {
        Ok(total) => println!("Closed: {from}, {total} bytes received"),
        // Sending to a client that has vanished is an error like any other: Rust programs ignore
        // SIGPIPE, which would otherwise end the whole process here.
        Err(error) => println!("Vanished: {from}: {error:#}"),
    }
}

/// Answers each piece with "OK..." and the piece, until the client closes its end.
fn greet_and_answer(client: &OwnedFd) -> Result<usize> {
    send_all(client, GREETING).context("send")?;
    let mut total = 0;
    loop {
        let mut data = [0u8; 1024];
        let (length, _) = recv(client, &mut data, RecvFlags::empty()).context("recv")?;
        if length == 0 {
            return Ok(total);
        }
        total += length;
        send_all(client, &[b"OK...", &data[..length]].concat()).context("send")?;
    }
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
