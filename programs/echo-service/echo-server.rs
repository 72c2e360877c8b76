//! echo-server: send back whatever arrives (RFC 862), one client after another.
//!
//! New here: a buffer of 16 bytes, so that even a short message takes several `recv` calls.
//!
//! Run: `socklab run echo-server [--port N]`, and in another terminal
//! `socklab run echo-client`.
//!
//! Try: send 33 letters: how many times does `recv` return? Count before you look.
//!
//! The question: the server does not know how long a message is. Why does it not need to?

use std::env::args;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::num::NonZeroU16;
use std::os::fd::{AsFd, OwnedFd};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Error, Result, bail};
use rustix::net::sockopt::set_socket_reuseaddr;
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketType, acceptfrom, bind, listen, recv, send, socket,
};

const PORT: u16 = 10000;
const TRY: &str = "try another port: `socklab run echo-server --port 10001`";
const BACKLOG: i32 = 5;
/// Far too small for real work, but this program is about a stream that arrives in pieces.
const PIECE: usize = 16;

pub fn main() -> Result<()> {
    let address = SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, port_option()?);

    let listener = socket(AddressFamily::INET, SocketType::STREAM, None).context("socket")?;
    // Lets us restart while closed connections of the last run are still in TIME_WAIT.
    set_socket_reuseaddr(&listener, true).context("setsockopt SO_REUSEADDR")?;
    bind(&listener, &address).with_context(|| format!("bind {address} ({TRY})"))?;
    listen(&listener, BACKLOG).with_context(|| format!("listen on {address}"))?;
    println!("Listening on {address}");

    loop {
        let Ok((client, from)) = accept(&listener).inspect_err(report_and_pause) else { continue };
        println!("Connected: {from}");
        match echo(&client) {
            Ok((total, calls)) => println!("Closed: {from}, {total} bytes in {calls} recv calls"),
            Err(error) => println!("Vanished: {from}: {error:#}"),
        }
    }
}

/// Sends each piece back as it arrives, until the client closes its end. Counts the bytes and the
/// calls to `recv`, of which the last one returned 0.
fn echo(client: &OwnedFd) -> Result<(usize, usize)> {
    let (mut total, mut calls) = (0, 0);
    loop {
        let mut piece = [0u8; PIECE];
        let (length, _) = recv(client, &mut piece, RecvFlags::empty()).context("recv")?;
        calls += 1;
        if length == 0 {
            return Ok((total, calls));
        }
        total += length;
        send_all(client, &piece[..length]).context("send")?;
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

/// An `accept` that fails must not end the server: that client is gone, or descriptors are short
/// until another one leaves. The pause keeps an error that stays from making the loop spin.
fn report_and_pause(error: &Error) {
    eprintln!("{error:#}");
    thread::sleep(Duration::from_millis(100));
}

/// The port after `--port`, or the default one.
fn port_option() -> Result<u16> {
    let words: Vec<String> = args().skip(1).collect();
    let text = match words.as_slice() {
        [] => return Ok(PORT),
        [option, number] if option == "--port" => number,
        _ => bail!("usage: echo-server [--port N]"),
    };
    let port = text.parse::<NonZeroU16>();
    Ok(port.with_context(|| format!("a port is a number from 1 to 65535, not {text:?}"))?.get())
}
