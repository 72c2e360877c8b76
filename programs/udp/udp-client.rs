//! udp-client: send one datagram, wait for one datagram.
//!
//! New here: a datagram socket: no connection, every message carries its address.
//!
//! Run: `socklab run udp-server` in one terminal, `socklab run udp-client [HOST [PORT]]` in
//! another.
//!
//! Try: run the client before the server. Ctrl-C, start the server: does it get the old
//! message?
//!
//! The question: how does the server know where to answer? The client never called `bind`.

use std::env::args;
use std::io::{BufRead, Write, stdin, stdout};
use std::net::{SocketAddr, ToSocketAddrs};
use std::num::NonZeroU16;

use anyhow::{Context, Result};
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketType, recvfrom, sendto, socket};

const HOST: &str = "localhost";
const PORT: u16 = 12000;
const TRY: &str = "no network, or no server? `socklab run udp-server`, \
                   and in another terminal `socklab run udp-client localhost`";

pub fn main() -> Result<()> {
    let host = args().nth(1).unwrap_or(HOST.to_string());
    let port = args().nth(2).map_or(Ok(PORT), |text| port_number(&text))?;
    let address = resolve(&host, port)?;

    let socket = socket(AddressFamily::INET, SocketType::DGRAM, None).context("socket")?;
    let sentence = ask("Input lowercase sentence: ")?;

    // One call, one datagram, however long or short, even empty. The kernel chooses our port
    // now. That sendto succeeds does not mean that the datagram arrives.
    sendto(&socket, &sentence, SendFlags::empty(), &address)
        .with_context(|| format!("sendto {address} ({TRY})"))?;

    // This blocks until a datagram arrives. If ours or the answer is lost, or no server is
    // there, it blocks forever. The buffer must have room for the largest datagram: what does
    // not fit is discarded.
    let mut answer = vec![0u8; 65_536];
    let (length, _, from) =
        recvfrom(&socket, &mut answer, RecvFlags::empty()).context("recvfrom")?;
    let from = SocketAddr::try_from(from.context("recvfrom: a sender without an address")?)?;
    println!("From {from}: {}", String::from_utf8_lossy(&answer[..length]));
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
