//! What a relay carried, and how it ended.

use std::io;

use serde::{Serialize, Serializer};

/// The direction in which bytes travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From the input to the peer.
    ToPeer,
    /// From the peer to the output.
    FromPeer,
}

/// Called with every piece of data as it passes; for UDP, with every datagram. It is called on the
/// thread that carries the data, so both directions may call it at the same time.
pub type Observer<'a> = &'a (dyn Fn(Direction, &[u8]) + Sync);

/// The two sides that can end a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Our input reached its end.
    Input,
    /// The peer ended its side, or is gone.
    Peer,
}

/// What a relay carried, and how it ended.
#[derive(Debug, Serialize)]
#[non_exhaustive]
pub struct RelaySummary {
    /// Bytes sent to the peer, that is, accepted by our kernel.
    pub sent: u64,
    /// Bytes received from the peer and written to the output.
    pub received: u64,
    /// The side that ended first; `None` if something failed before either did.
    pub first_to_end: Option<Side>,
    /// How the conversation ended.
    pub ending: Ending,
}

/// How a conversation ended.
#[derive(Debug, Serialize)]
#[serde(tag = "how", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Ending {
    /// Normally: all data was carried.
    Finished,
    /// The peer reset the connection (RST); data in either direction may be lost.
    Reset,
    /// No socket is bound to that UDP port, as the peer's kernel reported (ICMP port unreachable).
    Refused,
    /// The input had ended, and the peer sent nothing within the time limit.
    Silence,
    /// A system call failed.
    Failed {
        /// The system call that failed.
        call: &'static str,
        /// What it was used on.
        on: Object,
        /// The system's error. `BrokenPipe` means that the reader of the output is gone.
        #[serde(serialize_with = "as_text")]
        source: io::Error,
    },
}

impl Ending {
    pub(super) fn failed(call: &'static str, on: Object, source: impl Into<io::Error>) -> Self {
        Self::Failed { call, on, source: source.into() }
    }
}

/// The three things a relay works on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Object {
    /// Where bytes for the peer are read.
    Input,
    /// Where bytes from the peer are written.
    Output,
    /// The socket.
    Socket,
}

fn as_text<S: Serializer>(error: &io::Error, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(error)
}
