//! socket-01: the first step of every network program: a socket.
//!
//! New here: `socket` asks the kernel for one end of a conversation, and gets a small number
//! back.
//!
//! Run: `socklab run socket-01`
//!
//! Try: `ls -l /proc/self/fd` in a shell: what are the numbers 0, 1 and 2?
//!
//! The question: who is at the other end of this socket?

use std::os::fd::AsRawFd;

use anyhow::{Context, Result};
use rustix::net::{AddressFamily, SocketType, socket};

pub fn main() -> Result<()> {
    // INET: the Internet, version 4. STREAM: bytes in order, none lost, which means TCP.
    // No packet leaves the machine: so far there is no one to send it to.
    let socket = socket(AddressFamily::INET, SocketType::STREAM, None).context("socket")?;
    println!("Socket created: descriptor {}", socket.as_raw_fd());

    // There is no close: when a program ends, the kernel closes what it left open. Rust closes
    // the descriptor even earlier: here, where the variable that owns it goes out of scope.
    Ok(())
}
