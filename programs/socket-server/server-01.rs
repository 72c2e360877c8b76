//! server-01: a socket with a port of its own.
//!
//! New here: `bind` gives the socket an address, so that others can name it.
//!
//! Run: `socklab run server-01 [PORT]`
//!
//! Try: run it twice at once (it ends too soon? `socklab run server-02` waits). Try port 80.
//!
//! The question: the port is ours now. What does a client that connects to it get?

use std::env::args;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::num::NonZeroU16;

use anyhow::{Context, Result};
use rustix::net::{AddressFamily, SocketType, bind, socket};

const PORT: u16 = 8888;
const TRY: &str = "try another port: `socklab run server-01 8889`";

pub fn main() -> Result<()> {
    // 0.0.0.0 is not an address of its own: it means every address of this machine.
    let address = SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, port_argument()?);

    let listener = socket(AddressFamily::INET, SocketType::STREAM, None).context("socket")?;
    // This fails if another socket has the port, or if the port is below 1024 and we are not root
    // (that limit is set in net.ipv4.ip_unprivileged_port_start).
    bind(&listener, &address).with_context(|| format!("bind {address} ({TRY})"))?;
    println!("Bound to {address}");

    // The socket is bound, but does not listen yet: that comes in server-02.
    Ok(())
}

/// The port given by the user, or the default one.
fn port_argument() -> Result<u16> {
    let Some(text) = args().nth(1) else {
        return Ok(PORT);
    };
    let port = text.parse::<NonZeroU16>();
    Ok(port.with_context(|| format!("a port is a number from 1 to 65535, not {text:?}"))?.get())
}
