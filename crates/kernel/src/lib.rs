//! What Linux knows about sockets, processes and time, read in one place.
//!
//! Everything here answers a question that the kernel answers through `/proc`, through netlink's
//! `sock_diag(7)` or through a clock:
//!
//! | question | answer |
//! |---|---|
//! | what time is it, on the clock events carry? | [`clock::now`] |
//! | which TCP and UDP sockets are there, and in what state? | [`table::read`] |
//! | does this process have a socket on this port? | [`table::has_port`] |
//! | which socket is at the other end of this Unix socket? | [`diag::unix_peer`] |
//! | what is this thread doing: does it run or sleep, and in which call? | [`process::state`], [`process::system_call`] |
//! | what was it started with, what does it execute, which sockets has it? | [`process`] |
//! | which port is free? | [`port::free`] |
//! | how is a setting of `sysctl(8)` set? | [`sysctl::read`] |
//! | how does a child end when its parent does? | [`parent::end_with`] |
//!
//! Addresses are those of [`std::net`], process and thread ids are `u32` as in
//! [`std::process::id`]. An answer about another process is about a moment in the past: the process
//! may have ended since.
//!
//! ```
//! use std::net::TcpListener;
//! use socklab_kernel::{Transport, table};
//!
//! let listener = TcpListener::bind("0.0.0.0:0")?;
//! let port = listener.local_addr()?.port();
//! assert!(table::has_port(std::process::id(), Transport::Tcp, port));
//! # Ok::<(), std::io::Error>(())
//! ```
#![forbid(unsafe_code)]

pub mod clock;
pub mod diag;
pub mod parent;
pub mod port;
pub mod process;
pub mod status;
pub mod sysctl;
pub mod table;
mod transport;

pub use transport::Transport;
