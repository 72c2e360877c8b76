//! Frames on the wire, and the states the kernel moves a socket through.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{Bytes, Endpoint, Flags, Name, Protocol, SocketId, TcpState};

/// A frame sent on the wire, whether it arrived or not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(proptest_derive::Arbitrary))]
pub struct Frame {
    /// The host that sent it.
    pub from: String,
    /// The host it was meant for; absent for broadcasts and for addresses that no host has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// The frame from its Ethernet header on.
    pub bytes: Bytes,
    /// Its headers; absent if they could not be decoded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headers: Option<Headers>,
    /// What became of it.
    pub fate: Fate,
}

/// What became of a frame.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(proptest_derive::Arbitrary))]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Fate {
    /// It arrived untouched.
    Delivered {
        /// When, nanoseconds of `CLOCK_MONOTONIC`.
        at: u64,
    },
    /// It did not arrive.
    Dropped {
        /// The rule that dropped it, as the user wrote it; or why the wire dropped it without a
        /// rule.
        rule: String,
    },
    /// It arrived, but not as it was sent.
    Altered {
        /// `delayed`, `duplicated`, `reordered`, `corrupted`, `rate_limited`.
        how: Vec<Name>,
        /// When each copy arrived, nanoseconds of `CLOCK_MONOTONIC`.
        at: Vec<u64>,
        /// The rule, as the user wrote it.
        rule: String,
    },
}

/// The headers of a frame that matter to a reader of ladders.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(proptest_derive::Arbitrary))]
pub struct Headers {
    /// Source address, with its port where the transport has ports (0 otherwise).
    pub source: Endpoint,
    /// Destination address, with its port likewise.
    pub destination: Endpoint,
    /// The transport's protocol number.
    pub protocol: Protocol,
    /// The transport's own header.
    pub transport: Transport,
    /// The bytes after the transport header.
    pub payload: Bytes,
}

/// A transport header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(proptest_derive::Arbitrary))]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Transport {
    /// TCP, RFC 9293.
    Tcp {
        /// `SYN`, `ACK`, `FIN`, `RST`, `PSH` ….
        flags: Flags,
        /// Sequence number, as in the segment.
        sequence: u32,
        /// Acknowledgement number; meaningful with `ACK`.
        acknowledgement: u32,
        /// Window, as in the segment: unscaled.
        window: u16,
    },
    /// UDP, RFC 768.
    Udp,
    /// ICMP or ICMPv6.
    Icmp {
        /// Type.
        #[serde(rename = "type")]
        kind: u8,
        /// Code.
        code: u8,
        /// In words: `port unreachable`, `echo request` ….
        text: String,
    },
    /// ARP or neighbour discovery.
    Neighbour {
        /// In words: `who has 10.0.0.2?`.
        text: String,
    },
    /// Something else.
    Other,
}

/// A socket changed state in the kernel, as reported by `sock_diag(7)`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(proptest_derive::Arbitrary))]
pub struct State {
    /// The socket.
    pub socket: Arc<SocketId>,
    /// State before, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<TcpState>,
    /// State after.
    pub after: TcpState,
    /// Bytes received and not yet read; for a listening socket, connections not yet accepted.
    #[serde(default)]
    pub receive_queue: u32,
    /// Bytes sent and not yet acknowledged; for a listening socket, the backlog.
    #[serde(default)]
    pub send_queue: u32,
}
