//! What the kernel counts about threads and TCP sockets, as the recorder reads it at a call.

use serde::{Deserialize, Serialize};

/// The counters read at a call: where it was entered, and where it returned.
///
/// Reading them takes time, so a recorder does so only when some time has passed since it last read
/// those of the same thread; most calls have none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(proptest_derive::Arbitrary))]
pub struct Counted {
    /// At the call's `began`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Counters>,
    /// At the call's `ended`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Counters>,
}

/// What had been counted up to a moment, since the thread and the socket began to exist. Two readings
/// make a difference; one says little.
///
/// An exec in another thread than the first gives that thread the number of the first one; its counters go
/// on under this number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(proptest_derive::Arbitrary))]
pub struct Counters {
    /// For how long the thread had run on a processor, in nanoseconds: the first field of its `schedstat`
    /// (`Documentation/scheduler/sched-stats.rst`).
    pub ran: u64,
    /// For how long it had been ready to run and waited for a processor, in nanoseconds: the second.
    pub queued: u64,
    /// For how long the recorder had held it at its stops, in nanoseconds: from when the recorder was woken for
    /// a stop, or, if it was busy with those of others, from when it began to be, until it let the thread go on.
    /// What it makes the thread do meanwhile is also in `ran`.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub held: u64,
    /// Of the socket that the call is made on, if it is a connected TCP socket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tcp: Option<TcpCounters>,
}

/// What `TCP_INFO` (tcp(7), `struct tcp_info` of `include/uapi/linux/tcp.h`) says of a connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(proptest_derive::Arbitrary))]
#[serde(default)]
pub struct TcpCounters {
    /// For how long there had been something to send or to be acknowledged, in nanoseconds
    /// (`tcpi_busy_time`).
    pub busy: u64,
    /// For how much of that the peer's window let nothing more be sent (`tcpi_rwnd_limited`).
    pub window_limited: u64,
    /// For how much of that all in the send buffer had been sent, and the buffer had no room for more
    /// (`tcpi_sndbuf_limited`).
    pub buffer_limited: u64,
    /// How many segments had been sent again (`tcpi_total_retrans`).
    pub resent: u32,
    /// How many segments may be under way at a time (`tcpi_snd_cwnd`).
    pub congestion_window: u32,
    /// How many are (`tcpi_unacked`).
    pub unacknowledged: u32,
    /// How many bytes of payload a full segment has (`tcpi_snd_mss`).
    pub segment: u32,
    /// How many bytes the kernel has and has not yet sent (`tcpi_notsent_bytes`).
    pub unsent: u32,
    /// The smoothed round-trip time, in microseconds (`tcpi_rtt`).
    pub round_trip: u32,
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}
