//! Carries data between a terminal or pipe and a peer, as `telnet` and `nc` do.
//!
//! [`tcp`] carries two independent byte streams; [`udp`] carries datagrams. Both leave the given
//! file descriptors as they found them: in particular, they never set `O_NONBLOCK` on a terminal
//! that other programs share.

mod framing;
mod stdio;
mod summary;
mod tcp;
mod udp;

pub use framing::Framing;
pub use summary::{Direction, Ending, Object, Observer, RelaySummary, Side};
pub use tcp::{TcpOptions, tcp};
pub use udp::{UdpOptions, udp};
