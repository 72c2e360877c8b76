//! What Linux knows about sockets, processes and time, read in one place.
//!
//! Everything here answers a question that the kernel answers through `/proc`, through netlink's
//! `sock_diag(7)` or through a clock:
//!
//! | question | answer |
//! |---|---|
//! | what time is it, on the clock events carry? | [`clock::now`] |
//! | has a deadline passed, if pauses of the whole machine don't count? | [`Deadline`] |
//! | which TCP and UDP sockets are there, and in what state? | [`table::read`] |
//! | which Unix sockets are there, by which names, and which listen? | [`unix::read`] |
//! | does this process have a socket on this port? | [`table::has_port`] |
//! | which socket is at the other end of this Unix socket? | [`diag::unix_peer`] |
//! | how much memory is what was sent and not read yet? | [`diag::under_way`] |
//! | is this thread running or sleeping, and in which call? | [`process::state`], [`process::system_call`] |
//! | which arguments, executable and sockets does this process have? | [`process`] |
//! | can this process still do something unless somebody else does? | [`waits_forever`] |
//! | what do a process and its descendants use together? | [`tree::usage`] |
//! | which file does a program's name stand for? | [`executables::find`] |
//! | which port is free? | [`port::free`] |
//! | does this session let its processes use enough? | [`session::Needed`] |
//! | what is the value of a `sysctl(8)` setting? | [`sysctl::read`] |
//! | how is a child made to end with its parent? | [`parent::end_with`] |
//! | how does a new process get into a place of its own? | [`Entrance`] |
//! | is the machine's memory short? | [`memory`] |
//! | did others have the processors or the disks? | [`pressure::Watch`] |
//!
//! Addresses are those of [`std::net`]; process and thread ids are `u32`, as in
//! [`std::process::id`]. An answer about another process may be out of date: the process may have
//! ended since.
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
//!
//! The example `listening` lists the sockets that listen on this machine:
//! `cargo run -p socklab-kernel --example listening`.
#![forbid(unsafe_code)]

pub mod clock;
mod deadline;
pub mod diag;
mod entrance;
pub mod executables;
mod forever;
pub mod memory;
pub mod parent;
pub mod port;
pub mod pressure;
pub mod process;
pub mod session;
pub mod status;
pub mod sysctl;
pub mod table;
pub mod timeout;
mod transport;
pub mod tree;
pub mod unix;

pub use deadline::{Deadline, pause, stood_still};
pub use entrance::Entrance;
pub use forever::waits_forever;
pub use transport::Transport;
