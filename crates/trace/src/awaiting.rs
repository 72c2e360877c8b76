//! Notifications of what is waited for at the end of a recording.

use std::time::Duration;

use socklab_event::Signal;

pub(crate) type OnAwaiting = Box<dyn FnMut(&Awaiting)>;

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
    /// It waits: for peers, for other processes.
    Waits,
}
