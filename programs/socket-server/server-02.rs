//! server-02: wait for a client.
//!
//! New here: `listen` lets clients connect; `accept` returns a second socket, for one client.
//!
//! Run: `socklab run server-02 [PORT]`, and in another terminal `telnet localhost 8888`.
//!
//! Try: run it again at once: "Address already in use". `ss -tan | grep 8888` shows who has
//! it.
//!
//! The question: which of the three calls (bind, listen, accept) made the program wait?

use std::env::args;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::num::NonZeroU16;
use std::os::fd::{AsFd, OwnedFd};

use anyhow::{Context, Result};
use rustix::net::{AddressFamily, SocketType, acceptfrom, bind, listen, socket};

const PORT: u16 = 8888;
const TRY: &str = "try another port: `socklab run server-02 8889`";
/// How many connections may wait to be accepted (Linux allows one more).
const BACKLOG: i32 = 10;

pub fn main() -> Result<()> {
    let address = SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, port_argument()?);

    let listener = socket(AddressFamily::INET, SocketType::STREAM, None).context("socket")?;
    bind(&listener, &address).with_context(|| format!("bind {address} ({TRY})"))?;
    // From here on the kernel completes handshakes by itself, whether we call accept or not.
    listen(&listener, BACKLOG).with_context(|| format!("listen on {address}"))?;
    println!("Listening on {address}");

    // accept blocks until there is a client. The new socket is for this client alone; the old
    // one keeps listening. accept also returns the client's address and port.
    let (_client, from) = accept(&listener)?;
    println!("Connected: {from}");
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
