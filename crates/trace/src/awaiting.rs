//! Notifications of what is waited for at the end of a recording.

use std::time::Duration;

use socklab_event::{Signal, SocketId};

/// Says when the next frame that a wire holds leaves it; `None` if it holds none.
pub(crate) type WireHolds = Box<dyn FnMut() -> Option<u64>>;

pub(crate) type OnAwaiting = Box<dyn FnMut(&Awaiting)>;

pub(crate) type OnStandstill = Box<dyn FnMut(&Standstill)>;

/// No program is left to start, and all of them have waited for two seconds, without a limit, for peers
/// and for each other. Only somebody outside can still change that.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Standstill {
    /// Those that wait for a peer; never empty.
    pub processes: Vec<Standing>,
}

/// A process that waits for a peer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Standing {
    /// Its id.
    pub process: u32,
    /// Its arguments.
    pub argv: Vec<String>,
    /// The call in which it waits.
    pub call: &'static str,
    /// The socket on which it waits.
    pub socket: Option<SocketId>,
}

/// The recording would be over if these programs had ended: they have been waited for long enough
/// for a user to wonder. Calling [`Handle::skip`](crate::Handle::skip) stops the wait.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Awaiting {
    /// The processes waited for; never empty.
    pub processes: Vec<Awaited>,
    /// The signal that they have been sent to end them; `None` while they may go on working.
    pub signalled: Option<Signal>,
    /// How much longer they are waited for. Then they are sent SIGTERM; or SIGKILL, if that was
    /// sent before.
    pub left: Duration,
}

/// A process that is waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Awaited {
    /// Its id.
    pub process: u32,
    /// Its arguments.
    pub argv: Vec<String>,
    /// What it does.
    pub does: Does,
}

/// What a process that is waited for does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Does {
    /// It computes.
    Computes,
    /// It waits for a disk, or for something else that no signal interrupts.
    Uninterruptible,
    /// It sleeps, and has begun to while or after it dealt with a peer.
    Sleeps {
        /// How much longer, if that is known.
        left: Option<Duration>,
    },
    /// It waits, and something is on its way to it, or on the wire.
    Receives,
    /// It waits: for peers, for other processes.
    Waits,
}
