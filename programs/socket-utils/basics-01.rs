//! basics-01: the name of this machine, and its addresses.
//!
//! New here: `uname` knows the host's name; `getaddrinfo` turns a name into addresses.
//!
//! Run: `socklab run basics-01`
//!
//! Try: compare with `hostname` and with `getent ahosts $(hostname)`. Look at `/etc/hosts`.
//!
//! The question: the name comes from the kernel. Where does the address come from?

use std::net::ToSocketAddrs;

use anyhow::{Context, Result};

pub fn main() -> Result<()> {
    // No packet is sent for this: the kernel keeps the name that was set when the machine started.
    let system = rustix::system::uname();
    let name = system.nodename().to_string_lossy();
    println!("Host name: {name}");

    // The addresses do need a look-up: /etc/hosts first, then DNS, as /etc/nsswitch.conf says.
    // The 0 is a port, which getaddrinfo copies into each answer and we do not need.
    let addresses = (&*name, 0)
        .to_socket_addrs()
        .with_context(|| format!("resolve {name} (is the name in /etc/hosts?)"))?;
    for address in addresses {
        println!("Address: {}", address.ip());
    }
    Ok(())
}
