//! echo-client: send a message and see it come back, in pieces of at most 16 bytes.
//!
//! New here: the client knows how much must come back, and calls `recv` until it has it all.
//!
//! Run: `socklab run echo-server` in one terminal, and in another
//! `socklab run echo-client [--host HOST] [--port N] [MESSAGE]`. Without a message it asks.
//!
//! Try: a message of 16 letters, of 17, with an ñ as the 16th. Stop the server half-way.
//!
//! The question: would a UDP client that asks for 16 bytes at a time get all the pieces?

use std::env::args;
use std::io::{BufRead, Write, stdin, stdout};
use std::net::{SocketAddr, ToSocketAddrs};
use std::num::NonZeroU16;
use std::os::fd::AsFd;

use anyhow::{Context, Result, bail};
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketType, connect, recv, send, socket};

const HOST: &str = "localhost";
const PORT: u16 = 10000;
const TRY: &str = "no network, or no server? `socklab run echo-server`, \
                   and in another terminal `socklab run echo-client --host localhost`";
const PIECE: usize = 16;
/// The most bytes to send before reading their echo: far fewer than the kernels can buffer.
const WINDOW: usize = 16 * 1024;

pub fn main() -> Result<()> {
    let (host, port, message) = arguments()?;
    let address = resolve(&host, port)?;

    let socket = socket(AddressFamily::INET, SocketType::STREAM, None).context("socket")?;
    connect(&socket, &address).with_context(|| format!("connect {address} ({TRY})"))?;
    let message = match message {
        Some(message) => message.into_bytes(),
        None => ask("Message: ")?,
    };
    println!("Sending {} bytes to {address}", message.len());

    let mut out = stdout().lock();
    let mut received = 0;
    // If we sent a very long message before reading any of its echo, all buffers could fill up:
    // the server would wait for us to read, and we for the server. So: one part at a time.
    for part in message.chunks(WINDOW) {
        send_all(&socket, part).with_context(|| format!("send to {address}"))?;
        let expected = received + part.len();
        while received < expected {
            let mut piece = [0u8; PIECE];
            let (length, _) = recv(&socket, &mut piece, RecvFlags::empty())
                .with_context(|| format!("recv from {address} after {received} bytes"))?;
            if length == 0 {
                bail!("{address} closed after {received} of {} bytes", message.len());
            }
            received += length;
            // A piece may end in the middle of a character: the network carries bytes.
            writeln!(out, "Received {length}: {}", String::from_utf8_lossy(&piece[..length]))
                .context("write to the terminal")?;
        }
    }
    writeln!(out, "All {received} bytes came back").context("write to the terminal")?;
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

/// Host, port and message: first the options, then the words of the message.
fn arguments() -> Result<(String, u16, Option<String>)> {
    let (mut host, mut port) = (HOST.to_string(), PORT);
    let mut words = args().skip(1).peekable();
    while let Some(option) = words.next_if(|word| word.starts_with("--")) {
        match (option.as_str(), words.next()) {
            ("--host", Some(name)) => host = name,
            ("--port", Some(number)) => port = port_number(&number)?,
            _ => bail!("usage: echo-client [--host HOST] [--port N] [MESSAGE]"),
        }
    }
    let message: Vec<String> = words.collect();
    Ok((host, port, (!message.is_empty()).then(|| message.join(" "))))
}

fn port_number(text: &str) -> Result<u16> {
    let port = text.parse::<NonZeroU16>();
    Ok(port.with_context(|| format!("a port is a number from 1 to 65535, not {text:?}"))?.get())
}
