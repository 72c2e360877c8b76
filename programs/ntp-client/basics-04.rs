//! basics-04: what time is it? Ask an NTP server, with a library.
//!
//! New here: a library that speaks the protocol; we only give it a UDP socket.
//!
//! Run: `socklab run basics-04 [SERVER[:PORT]]`. Without a network:
//! `socklab serve ntp --port 12300` in one terminal, `socklab run basics-04 localhost:12300`
//! in another.
//!
//! Try: a server that does not exist; `localhost:9`, where nobody answers.
//!
//! The question: the answer took time to arrive. How can the library know how late it is?

use std::env::args;
use std::net::{SocketAddr, ToSocketAddrs, UdpSocket};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use sntpc::{Error, NtpContext, StdTimestampGen, sync::get_time};
use sntpc_net_std::UdpSocketWrapper;

const SERVER: &str = "pool.ntp.org";
const PORT: u16 = 123;
const TIMEOUT: Duration = Duration::from_secs(3);

pub fn main() -> Result<()> {
    let server = args().nth(1).unwrap_or(SERVER.to_string());
    let address = resolve(&server)?;

    // Port 0: the kernel chooses a free port, to which the answer will be sent.
    let socket = UdpSocket::bind("0.0.0.0:0").context("bind 0.0.0.0:0")?;
    // UDP guarantees nothing: without a timeout, we would wait forever for a lost answer.
    socket.set_read_timeout(Some(TIMEOUT)).context("setsockopt SO_RCVTIMEO")?;

    // The library sends 48 bytes, waits, and rejects any answer that does not match the request.
    let context = NtpContext::new(StdTimestampGen::default());
    let time = match get_time(address, &UdpSocketWrapper::new(socket), context) {
        Ok(time) => time,
        // The library does not say which call failed, or how: that is the price of convenience.
        Err(Error::Network) => {
            bail!("{address}: nothing could be sent, or no answer in {TIMEOUT:?}")
        }
        Err(reason) => bail!("{address}: the answer was rejected: {reason:?}"),
    };

    println!("Server: {server} ({address}), stratum {}", time.stratum());
    println!("Time: {} seconds since 1970", time.sec());
    println!("Offset: {:+.6} s, to be added to this clock", time.offset() as f64 / 1e6);
    println!("Round trip: {:.6} s", time.roundtrip() as f64 / 1e6);
    Ok(())
}

/// The IPv4 address of `pool.ntp.org`, or of `localhost:12300`.
fn resolve(server: &str) -> Result<SocketAddr> {
    let (name, port) = match server.rsplit_once(':') {
        Some((name, port)) => (name, port_number(port)),
        None => (server, PORT),
    };
    (name, port)
        .to_socket_addrs()
        .with_context(|| {
            format!(
                "resolve {name} (no network? \
                 `socklab serve ntp --port 12300`, then `basics-04 localhost:12300`)"
            )
        })?
        .find(SocketAddr::is_ipv4)
        .with_context(|| format!("resolve {name}: it has no IPv4 address"))
}

fn port_number(text: &str) -> u16 {
    match text.parse() {
        Ok(port) if port > 0 => port,
        _ => {
            eprintln!("basics-04: a port is a number from 1 to 65535, not {text:?}");
            eprintln!("usage: basics-04 [SERVER[:PORT]]");
            std::process::exit(2);
        }
    }
}
