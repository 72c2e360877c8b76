//! udp-server: answer every datagram with its text in upper case.
//!
//! New here: `bind` on a datagram socket, and one socket that serves every client.
//!
//! Run: `socklab run udp-server [PORT]`, and in another terminal `socklab run udp-client`.
//!
//! Try: two clients at once. Send an empty line. Start a second server.
//!
//! The question: there is no `listen` and no `accept`. What do they do that UDP does not
//! need?

use std::env::args;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::num::NonZeroU16;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Error, Result};
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketType, bind, recvfrom, sendto, socket,
};

const PORT: u16 = 12000;
const TRY: &str = "try another port: `socklab run udp-server 12001`";

pub fn main() -> Result<()> {
    let address = SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, port_argument()?);

    let socket = socket(AddressFamily::INET, SocketType::DGRAM, None).context("socket")?;
    // A client can let the kernel choose its port. A server can't: clients must know it.
    bind(&socket, &address).with_context(|| format!("bind {address} ({TRY})"))?;
    println!("The server is ready to receive on {address}");

    // Room for the largest datagram: in a smaller buffer the kernel would cut it off.
    let mut message = vec![0u8; 65_536];
    loop {
        let received = recvfrom(&socket, &mut message, RecvFlags::empty()).context("recvfrom");
        let Ok((length, _, from)) = received.inspect_err(report_and_pause) else { continue };
        // The datagram's headers say who sent it: that is where to send the answer.
        let from = SocketAddrV4::try_from(from.context("recvfrom: no sender's address")?)?;
        println!("{length} bytes from {from}");

        let answer = upper(&message[..length]);
        if let Err(error) = sendto(&socket, &answer, SendFlags::empty(), &from) {
            // Some letters grow (ŉ has 2 bytes, ʼN has 3), so an answer may be too long for a
            // datagram. Then one client gets none, but the others must not lose the server.
            eprintln!("sendto {from}: {error}");
        }
    }
}

/// Upper-cases letters, not bytes: in UTF-8, ñ is two bytes (C3 B1), and so is Ñ (C3 91). Looking
/// at one byte at a time would leave it lower-case. Bytes that are not UTF-8 stay as they are.
fn upper(bytes: &[u8]) -> Vec<u8> {
    let mut answer = Vec::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        answer.extend_from_slice(chunk.valid().to_uppercase().as_bytes());
        answer.extend_from_slice(chunk.invalid());
    }
    answer
}

/// A `recvfrom` that fails, for want of memory say, must not end the server. The pause keeps an
/// error that stays from making the loop spin.
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
