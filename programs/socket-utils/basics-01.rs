//! basics-01: the name of this machine, and its addresses.
//!
//! New here: `uname` returns the host's name; `getaddrinfo` turns a name into addresses.
//!
//! Run: `socklab run basics-01`
//!
//! Try: compare with `hostname` and with `getent ahosts $(hostname)`. Look at `/etc/hosts`.
//!
//! The question: the name comes from the kernel. Where does the address come from?

use std::net::ToSocketAddrs;

use anyhow::{Context, Result};

pub fn main() -> Result<()> {
    // This sends no packet: the kernel stores the name, which was set when the machine started.
    let system = rustix::system::uname();
    let name = system.nodename().to_string_lossy();
    println!("Host name: {name}");

    // The addresses need a lookup: usually /etc/hosts first, then DNS (see /etc/nsswitch.conf).
    // The 0 is a port, which getaddrinfo copies into each result; we do not need it.
    let addresses = (&*name, 0)
        .to_socket_addrs()
        .with_context(|| format!("resolve {name} (is the name in /etc/hosts?)"))?;
    for address in addresses {
        println!("Address: {}", address.ip());
    }
    Ok(())
}
