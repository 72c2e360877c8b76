//! What the rules need to know of one frame.

use socklab_event::{Headers, IpProtocol, Protocol, Transport};

use super::judge::Passing;
use super::rule::Kind;
use super::streams::{Placed, Streams};

/// A frame on its way, and its place among the others.
pub(super) struct Facts<'a> {
    pub(super) passing: &'a Passing<'a>,
    pub(super) placed: Option<Placed>,
}

impl<'a> Facts<'a> {
    pub(super) fn of(passing: &'a Passing<'a>, streams: &mut Streams) -> Self {
        let placed = passing.headers.and_then(|headers| streams.place(headers));
        Self { passing, placed }
    }

    pub(super) fn headers(&self) -> Option<&'a Headers> {
        self.passing.headers
    }

    /// True for what hosts send to find each other, without any program: how much of it there is
    /// depends on how long it takes, so that nobody could count on it.
    pub(super) fn is_housekeeping(&self) -> bool {
        let Some(headers) = self.headers() else { return false };
        match &headers.transport {
            Transport::Neighbour { .. } => true,
            // RFC 2710, 3810: listeners of groups; RFC 4861: routers and neighbours.
            Transport::Icmp { kind, .. } if headers.protocol == Protocol::ICMPV6 => {
                matches!(kind, 130..=137 | 143)
            }
            _ => headers.protocol == Protocol::Ip(IpProtocol::IGMP),
        }
    }

    pub(super) fn is(&self, kind: Kind) -> bool {
        if kind == Kind::Frame {
            return !self.is_housekeeping();
        }
        let Some(headers) = self.headers() else { return false };
        let carries = headers.payload.total > 0;
        match (kind, &headers.transport) {
            (Kind::Fragment, _) => headers.fragment.is_some(),
            (Kind::Arp, Transport::Neighbour { .. }) => true,
            (Kind::Icmp, Transport::Icmp { .. }) => !self.is_housekeeping(),
            (Kind::Udp, Transport::Udp) => true,
            (_, Transport::Tcp { flags, .. }) => {
                let [syn, ack, fin, rst] = ["SYN", "ACK", "FIN", "RST"].map(|flag| flags.has(flag));
                match kind {
                    Kind::Segment => true,
                    Kind::Syn => syn && !ack,
                    Kind::SynAck => syn && ack,
                    Kind::Ack => ack && !syn && !fin && !rst && !carries,
                    Kind::Fin => fin,
                    Kind::Rst => rst,
                    Kind::Psh => flags.has("PSH"),
                    Kind::Urg => flags.has("URG"),
                    Kind::Data => carries,
                    Kind::Retransmission => self.placed.is_some_and(|placed| placed.again),
                    _ => false,
                }
            }
            _ => false,
        }
    }

    /// Where the payload begins in the frame: behind all headers, whatever they are.
    pub(super) fn payload_start(&self) -> Option<usize> {
        const ETHERNET: usize = 14;
        let frame = self.passing.frame;
        let word = |at: usize| {
            Some(usize::from(u16::from_be_bytes([*frame.get(at)?, *frame.get(at + 1)?])))
        };
        // RFC 791: total length at 2; RFC 8200: payload length at 4, without the 40 bytes before it.
        let end = match frame.get(ETHERNET)? >> 4 {
            4 => ETHERNET + word(ETHERNET + 2)?,
            6 => ETHERNET + 40 + word(ETHERNET + 4)?,
            _ => return None,
        };
        let payload = usize::try_from(self.headers()?.payload.total).ok()?;
        end.checked_sub(payload)
    }
}
