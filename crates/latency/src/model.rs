//! What a wait consists of. Times are nanoseconds; moments are counted from the first event.

use serde::Serialize;
use socklab_flows::{Flows, Position};
use socklab_say::clean;

/// Every wait of a recording.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Latency {
    /// True if packets were recorded.
    pub packets: bool,
    /// In the order in which they began.
    pub waits: Vec<Wait>,
}

/// From when a program asked for something until it had it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Wait {
    /// For what.
    pub asked: Asked,
    /// The connection: an index into [`Flows::connections`](socklab_flows::Flows::connections).
    #[serde(skip)]
    pub connection: usize,
    /// The display names of the program that asked, and of its peer; an address, if a peer was not
    /// recorded.
    pub ends: [String; 2],
    /// The call that asked, by the `seq` of its event.
    pub request: u64,
    /// The call that got the last of the answer, likewise.
    pub answer: u64,
    /// When the first call that asked was entered, since the first event.
    pub began: u64,
    /// From there until the last call that took of the answer returned.
    pub lasted: u64,
    /// For how much of this the recorder held a thread that had to go on: no part of the wait.
    pub recorder: u64,
    /// What the rest consists of, in the order in which the causes first appear. No two have the same
    /// cause and side, and together they last `lasted - recorder`.
    pub parts: Vec<Part>,
}

impl Wait {
    /// How long it would have lasted without the recorder's stops.
    pub fn own(&self) -> u64 {
        self.lasted.saturating_sub(self.recorder)
    }
}

/// What somebody waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Asked {
    /// A connection.
    Connection,
    /// An answer to what it had sent; from a server that speaks first, its first words.
    Answer,
}

/// A part of a wait.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Part {
    /// What went on.
    pub cause: Cause,
    /// Whose program or kernel it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub side: Option<Side>,
    /// How long, in nanoseconds, all pieces together.
    pub took: u64,
    /// How long its longest piece is.
    pub longest: u64,
    /// The event that shows that piece: a call or a frame.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seen: Option<Seen>,
    /// True if a piece of it does not follow with certainty.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub inferred: bool,
}

/// An event that shows what a part of a wait went by with. Of what a program did between two calls, it is
/// the call before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Seen {
    /// Its `seq`.
    pub seq: u64,
    /// When, in nanoseconds since the first event.
    pub at: u64,
    /// The call as programs name it; absent for a frame.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call: Option<String>,
    /// The line that made the call, if it is known: `server.py:12`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<String>,
}

impl Seen {
    pub(crate) fn of(flows: &Flows<'_>, at: Position) -> Self {
        let event = flows.order[at];
        let origin = flows.order.first().map_or(0, |first| first.at);
        let call = event.call();
        Self {
            seq: event.seq,
            at: event.at.saturating_sub(origin),
            call: call.map(|call| clean(call.library_name())),
            line: call.and_then(|call| flows.lines.name(call)).map(|line| clean(&line)),
        }
    }
}

/// One end of a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The end that waits.
    Asker,
    /// The end that it waits for.
    Peer,
}

/// What a part of a wait went by with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Cause {
    /// The program ran on a processor.
    Running,
    /// It was ready to run, and waited for a processor.
    Processor,
    /// It waited for something else than this connection: another socket, a disk, a lock, the time.
    Elsewhere,
    /// It waited for this connection, and nothing came; then it went on by itself, or asked again.
    MoreData,
    /// The program had the turn; whether it ran or waited was not counted.
    Program,
    /// A few bytes waited for an ACK of those before (Nagle's algorithm, RFC 9293 §3.7.4), which came
    /// without delay.
    Nagle,
    /// The same, and the other end delayed that ACK (RFC 9293 §3.8.6.3).
    DelayedAck,
    /// The program had asked the kernel to wait for more (`TCP_CORK`, `MSG_MORE`).
    Cork,
    /// The receiver's window had no room: its program did not read, or the window is small for the distance.
    /// The side is the receiver's.
    Window,
    /// The send buffer was full, and all in it had been sent.
    SendBuffer,
    /// Congestion control let no more be sent: its window was full (RFC 5681), or it spreads segments over time
    /// (BBR).
    Congestion,
    /// One of the last two; not known which.
    Sending,
    /// It had been lost, and was sent again.
    Retransmission,
    /// The connection waited for an `accept`, or could not come about because the accept queue was
    /// full. The side is the listener's.
    AcceptQueue,
    /// A frame was on its way.
    Network,
    /// Somewhere between two calls: in the kernels or on the way. No frames were recorded that would tell.
    Between,
    /// The other end, of which no calls were recorded, and its kernel.
    OtherEnd,
    /// Not known.
    Unknown,
}

/// A piece of a wait, as the walk found it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    pub(crate) cause: Cause,
    pub(crate) side: Option<Side>,
    pub(crate) took: u64,
    pub(crate) seen: Option<Position>,
    pub(crate) inferred: bool,
}
