//! basics-02: from a name to all its addresses, IPv4 and IPv6.
//!
//! New here: the name is given by the user, and one name may have many addresses.
//!
//! Run: `socklab run basics-02 [NAME]`. Without a network: `socklab run basics-02 --lab`.
//!
//! Try: `localhost`, the name of your machine, `192.0.2.1`, a name that does not exist.
//!
//! The question: why is there more than one address, and which one would a client use?

use std::env::args;
use std::net::ToSocketAddrs;

use anyhow::{Context, Result};

const NAME: &str = "www.google.com";

pub fn main() -> Result<()> {
    let name = args().nth(1).unwrap_or(NAME.to_string());

    // getaddrinfo may ask a DNS server and wait for its answer: this call can take seconds. The
    // addresses come sorted, so that a client should try the first one first (RFC 6724).
    let addresses = (name.as_str(), 0)
        .to_socket_addrs()
        .with_context(|| format!("resolve {name} (no network? `socklab run basics-02 --lab`)"))?;

    for address in addresses {
        let family = if address.is_ipv4() { "IPv4" } else { "IPv6" };
        println!("{name} has {family} address {}", address.ip());
    }
    Ok(())
}
