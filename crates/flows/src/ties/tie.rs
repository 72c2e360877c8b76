//! What a frame means, and what it has to do with the calls.

use std::ops::Range;

use crate::Position;

/// One frame: whose it is, what it means, what set it off, what it carried and whom it woke.
///
/// What does not follow from the recording is left out: [`Cause::Unknown`], `None`, an empty list.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tie {
    /// The conversation it belongs to: an index into [`Ties::conversations`](super::Ties). `None` for
    /// frames of no programs: neighbour discovery, and what could not be decoded.
    pub conversation: Option<usize>,
    /// The connection, if the calls of one of its ends were recorded: an index into
    /// [`Flows::connections`](crate::Flows::connections). A `connect` that failed has made none.
    pub connection: Option<usize>,
    /// Which end sent it: an index into the `ends` of its conversation and of its connection.
    pub side: usize,
    /// What it is.
    pub meaning: Meaning,
    /// The bytes it carries: of a segment, as offsets in its direction of the stream (RFC 9293 §3.4:
    /// its sequence number minus that of the first byte, counted on beyond 2³²); of a datagram, of
    /// the datagram. Empty if it carries none, or if the stream's beginning was not recorded.
    pub bytes: Range<u64>,
    /// True for a segment with FIN: no byte comes after its own.
    pub fin: bool,
    /// How many bytes of the other direction it acknowledges, counted from the stream's beginning,
    /// without SYN and FIN.
    pub acknowledges: Option<u64>,
    /// True if it acknowledges the other end's FIN.
    pub acknowledges_fin: bool,
    /// How much its sender is ready to receive beyond that.
    pub window: Option<Window>,
    /// If all that it carries was sent before: what is known about that.
    pub again: Option<Again>,
    /// What set it off.
    pub cause: Cause,
    /// The messages whose bytes it carries, in order.
    pub carries: Vec<Carried>,
    /// If the program had handed over its bytes earlier than the kernel sent them: why.
    pub waited: Option<Waited>,
    /// Of a FIN or an RST: the `close` or `shutdown` behind it.
    pub ended_by: Option<Position>,
    /// When it arrived (of several copies the first), nanoseconds of `CLOCK_MONOTONIC`. `None` if it
    /// was dropped, or the kernel did not accept it ([`Frame::is_spoilt`](socklab_event::Frame)).
    pub arrived: Option<u64>,
    /// The calls that were waiting when it arrived, and returned because of it.
    pub woke: Vec<Position>,
}

/// What a frame is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Meaning {
    /// The SYN that asks for a connection.
    Syn,
    /// The kernel's answer to a SYN, whether or not a program has called `accept`.
    SynAck,
    /// The first ACK of who asked: for it, the connection exists.
    HandshakeAck,
    /// Data of a stream; it may also have FIN (see [`Tie::fin`]).
    Data,
    /// Acknowledges data: because it arrived, because it was read, or for no reason that is known.
    Ack,
    /// Acknowledges data that arrived some time ago: the kernel had waited for something to send
    /// along with the ACK (RFC 9293 §3.8.6.3). By the clock of the end that acknowledges: what the
    /// wire holds back makes no ACK a delayed one.
    DelayedAck,
    /// Acknowledges nothing new although data arrived: something before that data is missing, or
    /// it had arrived already (RFC 5681 §2).
    DuplicateAck {
        /// The how manieth in a row that acknowledges the same, from 1.
        number: u32,
    },
    /// Acknowledges nothing new, but offers a larger window.
    WindowUpdate,
    /// Asks whether the other end's window, which was 0, has opened (RFC 9293 §3.8.6.1).
    WindowProbe,
    /// Asks whether the other end still exists (`SO_KEEPALIVE`, RFC 9293 §3.8.4).
    KeepAlive,
    /// Answers a probe.
    ProbeAnswer,
    /// No more bytes will come, and no data with it.
    Fin,
    /// Cuts the connection, or refuses it.
    Rst(ResetReason),
    /// A datagram, whole.
    Datagram,
    /// A piece of a datagram that did not fit into one frame.
    Fragment,
    /// An ICMP message; if it reports an error, about this frame.
    Icmp {
        /// The frame that it quotes.
        about: Option<Position>,
    },
    /// Anything else: neighbour discovery, other protocols, a segment that nothing above explains.
    Other,
}

/// Why an end sent RST. See RFC 9293 §3.5.2 and RFC 2525 §2.17.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ResetReason {
    /// It answers a SYN, and no recorded socket listens there.
    NobodyListens,
    /// The socket was closed while so many bytes had arrived and were not read.
    Unread(u64),
    /// The socket was closed with `SO_LINGER` at 0 seconds (socket(7)).
    Linger,
    /// Its socket had been closed before, and then something arrived.
    Closed,
    /// The listening socket was closed before a program accepted the connection.
    NeverAccepted,
    /// The wire sent it, not an end: the rule, as the user wrote it.
    Rule(String),
    /// Not known.
    Unknown,
}

/// What set a frame off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// A call: the frame was sent while the kernel was at work on it.
    Call(Position),
    /// A frame of the other end, or one that it received besides (ICMP), that had just arrived.
    Frame(Position),
    /// A timer of the kernel: neither a call nor a frame came just before.
    Timer {
        /// The frame since which it ran: what was not acknowledged, since it was sent; or what was to
        /// be acknowledged, since it arrived. `None` if that is not known.
        since: Option<Position>,
    },
    /// Not known.
    Unknown,
}

impl Cause {
    /// The call, if it was one.
    pub fn call(self) -> Option<Position> {
        match self {
            Self::Call(at) => Some(at),
            _ => None,
        }
    }

    /// The frame, if it was one.
    pub fn frame(self) -> Option<Position> {
        match self {
            Self::Frame(at) => Some(at),
            _ => None,
        }
    }
}

/// What is known about a segment, or a SYN or FIN, that was sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Again {
    /// The frame that had carried it (or its first byte) most recently.
    pub of: Position,
    /// What made the kernel send it again.
    pub by: Resent,
}

/// What made the kernel send something again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Resent {
    /// No ACK had come in time (RFC 6298), or a tail loss probe (RFC 8985 §7).
    Timer,
    /// So many duplicate ACKs had come (RFC 5681 §3.2; with SACK, Linux needs fewer than three, RFC
    /// 8985).
    DuplicateAcks(u32),
    /// An ACK that came while it was making up for a loss showed that this was missing too.
    Acknowledgement,
    /// The other end had sent again what this answers.
    Repetition,
    /// Not known.
    Unknown,
}

/// Bytes of one message in a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Carried {
    /// The message: an index into [`Flows::transfers`](crate::Flows::transfers).
    pub transfer: usize,
    /// The call that sent it.
    pub sent: Position,
    /// Which bytes of the message.
    pub bytes: Range<u64>,
}

/// How much an end was ready to receive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Window {
    /// As in the segment.
    pub raw: u16,
    /// In bytes: scaled as the two ends agreed (RFC 7323 §2.3). `None` if their SYNs, where they did,
    /// were not recorded.
    pub bytes: Option<u64>,
    /// Whether that is news.
    pub change: WindowChange,
}

/// How a window differs from the one that the same end announced before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WindowChange {
    /// It is 0, and was not: nothing more may be sent.
    Closed,
    /// It is 0, as before.
    StillClosed,
    /// It was 0, and is no longer.
    Opened,
    /// Nothing of the kind.
    None,
}

/// Why bytes that a program had handed over were not sent at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Waited {
    /// The first call whose bytes waited; it had returned before.
    pub sent: Position,
    /// For what.
    pub why: WaitedFor,
}

/// What bytes waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WaitedFor {
    /// Nagle's algorithm (RFC 9293 §3.7.4): too few to fill a segment while something was not yet
    /// acknowledged. They left when the ACK came.
    Acknowledgement,
    /// The same, but they left because later calls added enough to fill a segment.
    More,
    /// The other end's window had no room for them.
    Window,
    /// The program had asked the kernel to wait (`TCP_CORK`, `MSG_MORE`).
    Cork,
    /// Not known; often the congestion window (RFC 5681).
    Unknown,
}
