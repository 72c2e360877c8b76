//! Carries data between a terminal or pipe and a peer, as `telnet` and `nc` do.
//!
//! [`stream`] carries two independent byte streams (TCP, or a Unix stream socket); [`udp`] carries datagrams. Both leave the given
//! file descriptors as they found them: in particular, they never set `O_NONBLOCK` on a terminal
//! that other programs share.

mod framing;
mod stdio;
mod stream;
mod summary;
mod udp;

pub use framing::Framing;
pub use stream::{StreamOptions, stream};
pub use summary::{Direction, Ending, Object, Observer, RelaySummary, Side};
pub use udp::{UdpOptions, udp};
