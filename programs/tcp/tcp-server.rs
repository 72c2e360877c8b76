//! tcp-server: answer each client with its text in upper case.
//!
//! New here: the backlog of `listen`; the address that `accept` returns is the client's.
//!
//! Run: `socklab run tcp-server [PORT]`, and in another terminal `socklab run tcp-client`.
//!
//! Try: `socklab connect localhost 12000` and type several lines. Start a second server.
//!
//! The question: two clients are connected to port 12000. How does the kernel tell them
//! apart?

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

const PORT: u16 = 12000;
const TRY: &str = "try another port: `socklab run tcp-server 12001`";
/// How many connections the kernel completes and keeps waiting while we serve one client (Linux
/// allows one more). It is not the number of clients that a server can have.
const BACKLOG: i32 = 1;

pub fn main() -> Result<()> {
    let address = SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, port_argument()?);

    let listener = socket(AddressFamily::INET, SocketType::STREAM, None).context("socket")?;
    // Lets us restart while closed connections of the last run are still in TIME_WAIT.
    set_socket_reuseaddr(&listener, true).context("setsockopt SO_REUSEADDR")?;
    bind(&listener, &address).with_context(|| format!("bind {address} ({TRY})"))?;
    listen(&listener, BACKLOG).with_context(|| format!("listen on {address}"))?;
    println!("The server is ready to receive on {address}");

    loop {
        let Ok((client, from)) = accept(&listener).inspect_err(report_and_pause) else { continue };
        println!("Connected: {from}");
        match serve(&client) {
            Ok(total) => println!("Closed: {from}, {total} bytes received"),
            Err(error) => println!("Vanished: {from}: {error:#}"),
        }
    }
}

/// Answers whatever arrives, piece by piece, until the client has sent everything.
fn serve(client: &OwnedFd) -> Result<usize> {
    let mut total = 0;
    loop {
        let mut piece = [0u8; 1024];
        let (length, _) = recv(client, &mut piece, RecvFlags::empty()).context("recv")?;
        if length == 0 {
            return Ok(total);
        }
        total += length;
        send_all(client, &upper(&piece[..length])).context("send")?;
    }
}

/// Upper-cases letters, not bytes: in UTF-8, ñ is two bytes (C3 B1), and so is Ñ (C3 91). Looking
/// at one byte at a time would leave it lower-case. Bytes that are not UTF-8 stay as they are, and
/// so does a letter of which `recv` returned only the first half.
fn upper(bytes: &[u8]) -> Vec<u8> {
    let mut answer = Vec::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        answer.extend_from_slice(chunk.valid().to_uppercase().as_bytes());
        answer.extend_from_slice(chunk.invalid());
    }
    answer
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
