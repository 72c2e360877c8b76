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

impl Frame {
    /// When it arrived as a frame that the receiver's kernel accepts, nanoseconds of
    /// `CLOCK_MONOTONIC`: once, several times, or never.
    pub fn arrivals(&self) -> &[u64] {
        match &self.fate {
            Fate::Delivered { at } => std::slice::from_ref(at),
            Fate::Altered { at, .. } if !self.is_spoilt() => at,
            _ => &[],
        }
    }

    /// True if a rule corrupted it so that its checksum was wrong when it arrived: the receiver's
    /// kernel acts as if it had not come (RFC 9293 §3.10.7.4, RFC 1122 §4.1.3.4).
    pub fn is_spoilt(&self) -> bool {
        let Fate::Altered { how, changed, .. } = &self.fate else { return false };
        if how.iter().all(|how| *how != "corrupted") {
            return false;
        }
        // The Internet checksum is a sum of 16-bit words modulo 65,535 (RFC 1071), so it is right
        // still if what the bytes were changed by adds up to nothing.
        let by = |&(at, arrived): &(u32, u8)| {
            let at = usize::try_from(at).ok()?;
            let differs = i64::from(arrived) - i64::from(*self.bytes.sample.get(at)?);
            Some(if at % 2 == 0 { differs << 8 } else { differs })
        };
        let sum: Option<i64> = changed.iter().map(by).sum();
        changed.is_empty() || sum.is_none_or(|sum| sum % 0xffff != 0)
    }
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
        /// The rule that dropped it, as the user wrote it.
        rule: String,
    },
    /// It did not arrive, and no rule is to blame: that is how the network was.
    Lost {
        /// `link_down`, `too_big` (for a link on its way), `queue_full` (too much was waiting before
        /// it), `refused` (the kernel did not take it).
        why: Name,
    },
    /// It was still on its way when the recording ended: it neither arrived nor got lost.
    UnderWay {
        /// What held it up, as in [`Fate::Altered`].
        how: Vec<Name>,
        /// The rule, as the user wrote it.
        rule: String,
    },
    /// It arrived, but not as it was sent.
    Altered {
        /// `delayed`, `duplicated`, `reordered`, `corrupted`, `rate_limited`; `cut`, if only its beginning arrived; `fragmented`, if a
        /// narrow link on its way made pieces of it; or `injected`, if nobody sent it but the wire
        /// itself.
        how: Vec<Name>,
        /// When each copy arrived, nanoseconds of `CLOCK_MONOTONIC`.
        at: Vec<u64>,
        /// The rule, as the user wrote it.
        rule: String,
        /// Of a corrupted frame: which bytes arrived as others. Offsets from the Ethernet header on,
        /// and what arrived there.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        changed: Vec<(u32, u8)>,
    },
}

impl Fate {
    /// The same with other times, such as those of another clock.
    #[must_use]
    pub fn moved(self, by: impl Fn(u64) -> u64) -> Self {
        match self {
            Self::Delivered { at } => Self::Delivered { at: by(at) },
            Self::Altered { how, at, rule, changed } => {
                Self::Altered { how, at: at.into_iter().map(by).collect(), rule, changed }
            }
            other => other,
        }
    }
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
    /// The bytes after the transport header; of a fragment, the part of them that it carries.
    pub payload: Bytes,
    /// Which part of a datagram this is; absent for a whole one. Later fragments have no transport
    /// header: no ports, and [`Transport::Other`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fragment: Option<Fragment>,
}

/// A part of an IP datagram, RFC 791 §3.2, RFC 8200 §4.5.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(proptest_derive::Arbitrary))]
pub struct Fragment {
    /// The number that all fragments of one datagram share.
    pub id: u32,
    /// Where in the datagram's payload this part begins, in bytes. The payload includes the
    /// transport header, so the second fragment begins 8 bytes later than what it carries of a UDP
    /// datagram's data.
    pub offset: u32,
    /// True if another fragment follows.
    pub more: bool,
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
        /// Window, as in the segment: unscaled. See [`TcpOptions::window_scale`].
        window: u16,
        /// Its options.
        #[serde(default, skip_serializing_if = "TcpOptions::is_empty")]
        options: TcpOptions,
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
        /// The largest packet that would have got through, in bytes, if this says so (RFC 1191,
        /// RFC 8201).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mtu: Option<u32>,
        /// What it is about, if it is an error.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        about: Option<Box<About>>,
    },
    /// ARP or neighbour discovery.
    Neighbour {
        /// In words: `who has 10.0.0.2?`.
        text: String,
    },
    /// Something else.
    Other,
}

/// The options of a TCP segment that a reader needs, RFC 9293 §3.2.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(proptest_derive::Arbitrary))]
#[serde(default)]
pub struct TcpOptions {
    /// In a SYN: the largest segment that its sender takes, in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maximum_segment: Option<u16>,
    /// In a SYN: its sender's later windows count in units of 2 to this power, if the other SYN has
    /// this option, too; the window of a SYN itself counts bytes. RFC 7323 §2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window_scale: Option<u8>,
    /// In a SYN: selective acknowledgements are welcome. RFC 2018 §2.
    #[serde(skip_serializing_if = "is_false")]
    pub selective_permitted: bool,
    /// What arrived beyond the acknowledgement number: blocks of sequence numbers, each up to but not
    /// including its second. The first may lie before it and then arrived twice. RFC 2018 §3,
    /// RFC 2883.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub selective: Vec<(u32, u32)>,
    /// The sender's clock, and what it last saw of its peer's. RFC 7323 §3.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timestamps: Option<(u32, u32)>,
}

impl TcpOptions {
    /// True if none is there.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

fn is_false(flag: &bool) -> bool {
    !flag
}

/// The packet that an ICMP error is about, as far as it is quoted there: its IP header and at least
/// 8 bytes, RFC 792; most systems quote more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(proptest_derive::Arbitrary))]
pub struct About {
    /// Who had sent it, with its port.
    pub source: Endpoint,
    /// To whom, with its port.
    pub destination: Endpoint,
    /// Its transport's protocol number.
    pub protocol: Protocol,
    /// Of a TCP segment: its sequence number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequence: Option<u32>,
    /// What it carried.
    pub payload: Bytes,
    /// Which part of a datagram it was; absent for a whole one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fragment: Option<Fragment>,
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A frame of which these bytes arrived as others.
    fn corrupted(changed: &[(u32, u8)]) -> Frame {
        let how = vec![Name::of("corrupted")];
        let (rule, changed) = ("corrupt it".to_owned(), changed.to_vec());
        Frame {
            from: "client".to_owned(),
            to: None,
            bytes: Bytes::whole([0, 200, 10, 200, 10, 10]),
            headers: None,
            fate: Fate::Altered { how, at: vec![7], rule, changed },
        }
    }

    #[test]
    fn a_corrupted_frame_is_accepted_only_with_its_checksum_mended() {
        assert!(corrupted(&[(1, 55)]).is_spoilt() && corrupted(&[(1, 55)]).arrivals().is_empty());
        // What one byte gains the other one loses, in the same half of a word.
        let mended = corrupted(&[(1, 190), (3, 210)]);
        assert!(!mended.is_spoilt() && mended.arrivals() == [7]);
        assert!(corrupted(&[(1, 190), (4, 20)]).is_spoilt(), "in different halves");
        // +1 and −1 in the same half.
        assert!(!corrupted(&[(0, 1), (4, 9)]).is_spoilt());
        assert!(corrupted(&[]).is_spoilt(), "nobody recorded which");
        assert!(corrupted(&[(9, 1)]).is_spoilt(), "what was there was not recorded");
        let delayed = Fate::Altered {
            how: vec![Name::of("delayed")],
            at: vec![9],
            rule: String::new(),
            changed: Vec::new(),
        };
        let delayed = Frame { fate: delayed, ..corrupted(&[]) };
        assert!(!delayed.is_spoilt() && delayed.arrivals() == [9]);
    }
}
