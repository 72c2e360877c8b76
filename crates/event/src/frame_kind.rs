//! What people call a frame: a SYN, data, a datagram, a fragment.

use std::fmt;

use crate::{Headers, IpProtocol, Protocol, Transport};

/// A kind of frame. Several may fit one frame: a SYN is a segment, too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FrameKind {
    /// Any frame, except those with which hosts find each other without any program
    /// ([`Headers::is_housekeeping`]).
    #[default]
    Frame,
    /// TCP.
    Segment,
    /// TCP with SYN and without ACK.
    Syn,
    /// TCP with both.
    SynAck,
    /// TCP with ACK and nothing else: no payload, no SYN, FIN or RST.
    Ack,
    /// TCP with FIN.
    Fin,
    /// TCP with RST.
    Rst,
    /// TCP with PSH.
    Psh,
    /// TCP with URG.
    Urg,
    /// TCP with payload.
    Data,
    /// UDP, the first fragment of a datagram included.
    Udp,
    /// Each fragment of a datagram that was too large, the first included.
    Fragment,
    /// ICMP and ICMPv6.
    Icmp,
    /// ARP and neighbour discovery.
    Arp,
}

impl FrameKind {
    /// Every kind with its word.
    pub const ALL: [(Self, &'static str); 14] = [
        (Self::Frame, "frame"),
        (Self::Segment, "segment"),
        (Self::Syn, "SYN"),
        (Self::SynAck, "SYN-ACK"),
        (Self::Ack, "ACK"),
        (Self::Fin, "FIN"),
        (Self::Rst, "RST"),
        (Self::Psh, "PSH"),
        (Self::Urg, "URG"),
        (Self::Data, "data"),
        (Self::Udp, "UDP"),
        (Self::Fragment, "fragment"),
        (Self::Icmp, "ICMP"),
        (Self::Arp, "ARP"),
    ];

    /// The word.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("frame", |(_, word)| word)
    }

    /// The kind that a word means, in capitals or not, of one or several: `SYNs`, `syn,ack`, `TCP`
    /// and `datagram` are understood as well.
    pub fn from_word(word: &str) -> Option<Self> {
        let word = word.to_ascii_lowercase().replace([',', '+', '/'], "-");
        let known = |word: &str| {
            let same = |(_, name): &&(Self, &str)| name.eq_ignore_ascii_case(word);
            Self::ALL.iter().find(same).map(|(kind, _)| *kind).or(match word {
                "synack" => Some(Self::SynAck),
                "tcp" => Some(Self::Segment),
                "datagram" => Some(Self::Udp),
                "packet" => Some(Self::Frame),
                _ => None,
            })
        };
        known(&word).or_else(|| known(word.strip_suffix('s')?))
    }
}

impl fmt::Display for FrameKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl Headers {
    /// True if the frame is of this kind.
    pub fn is(&self, kind: FrameKind) -> bool {
        let carries = self.payload.total > 0;
        match (kind, &self.transport) {
            (FrameKind::Frame, _) => !self.is_housekeeping(),
            (FrameKind::Fragment, _) => self.fragment.is_some(),
            (FrameKind::Arp, Transport::Neighbour { .. }) | (FrameKind::Udp, Transport::Udp) => {
                true
            }
            (FrameKind::Icmp, Transport::Icmp { .. }) => !self.is_housekeeping(),
            (_, Transport::Tcp { flags, .. }) => {
                let [syn, ack, fin, rst] = ["SYN", "ACK", "FIN", "RST"].map(|flag| flags.has(flag));
                match kind {
                    FrameKind::Segment => true,
                    FrameKind::Syn => syn && !ack,
                    FrameKind::SynAck => syn && ack,
                    FrameKind::Ack => ack && !syn && !fin && !rst && !carries,
                    FrameKind::Fin => fin,
                    FrameKind::Rst => rst,
                    FrameKind::Psh => flags.has("PSH"),
                    FrameKind::Urg => flags.has("URG"),
                    FrameKind::Data => carries,
                    _ => false,
                }
            }
            _ => false,
        }
    }

    /// True for what hosts send to find each other, without any program: ARP, neighbours and
    /// routers (RFC 4861), listeners of groups (RFC 2710, 3376, 3810). How much of it there is depends
    /// on how long a scenario takes.
    pub fn is_housekeeping(&self) -> bool {
        match &self.transport {
            Transport::Neighbour { .. } => true,
            Transport::Icmp { kind, .. } if self.protocol == Protocol::ICMPV6 => {
                matches!(kind, 130..=137 | 143)
            }
            _ => self.protocol == Protocol::Ip(IpProtocol::IGMP),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Bytes, Endpoint, Flags, Name, TcpOptions};

    fn headers(protocol: Protocol, transport: Transport, payload: u64) -> Headers {
        let [source, destination] = [1, 2].map(|port| Endpoint::ip([127, 0, 0, 1], port));
        let payload = Bytes { sample: Vec::new(), total: payload };
        Headers { source, destination, protocol, transport, payload, fragment: None }
    }

    fn kinds(headers: &Headers) -> String {
        let fits = FrameKind::ALL.iter().filter(|(kind, _)| headers.is(*kind));
        fits.map(|(_, word)| *word).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_segment_is_called_by_its_flags_and_its_payload() {
        let segment = |flags: &str, payload| {
            let flags: Flags = flags.split(' ').map(|flag| Name::from(flag.to_owned())).collect();
            let transport = Transport::Tcp {
                flags,
                sequence: 1,
                acknowledgement: 1,
                window: 1,
                options: TcpOptions::default(),
            };
            kinds(&headers(Protocol::TCP, transport, payload))
        };
        assert_eq!(segment("SYN", 0), "frame segment SYN");
        assert_eq!(segment("SYN ACK", 0), "frame segment SYN-ACK");
        assert_eq!(segment("ACK", 0), "frame segment ACK");
        assert_eq!(segment("PSH ACK", 4), "frame segment PSH data");
        assert_eq!(segment("FIN ACK", 0), "frame segment FIN");
        assert_eq!(segment("FIN ACK", 4), "frame segment FIN data");
        assert_eq!(segment("RST", 0), "frame segment RST");
        assert_eq!(segment("URG ACK", 1), "frame segment URG data");
    }

    #[test]
    fn other_frames_are_called_by_their_protocol() {
        let mut datagram = headers(Protocol::UDP, Transport::Udp, 9);
        assert_eq!(kinds(&datagram), "frame UDP");
        datagram.fragment = Some(crate::Fragment { id: 1, offset: 0, more: true });
        assert_eq!(kinds(&datagram), "frame UDP fragment");
        let icmp = |protocol, kind| {
            let text = String::new();
            let transport = Transport::Icmp { kind, code: 0, text, mtu: None, about: None };
            kinds(&headers(protocol, transport, 0))
        };
        assert_eq!(icmp(Protocol::ICMP, 3), "frame ICMP");
        // In version 4, this number is another one.
        assert_eq!(icmp(Protocol::ICMP, 143), "frame ICMP");
        assert_eq!(icmp(Protocol::ICMPV6, 1), "frame ICMP");
        assert_eq!(icmp(Protocol::ICMPV6, 143), "");
        let neighbour = Transport::Neighbour { text: String::new() };
        assert_eq!(kinds(&headers(Protocol::USUAL, neighbour, 0)), "ARP");
        let igmp = Protocol::Ip(IpProtocol::IGMP);
        assert_eq!(kinds(&headers(igmp, Transport::Other, 8)), "");
        assert_eq!(kinds(&headers(Protocol::RAW, Transport::Other, 8)), "frame");
    }

    #[test]
    fn words_are_understood_as_people_write_them() {
        for (kind, word) in FrameKind::ALL {
            assert_eq!(FrameKind::from_word(word), Some(kind));
            assert_eq!(FrameKind::from_word(&format!("{}s", word.to_lowercase())), Some(kind));
            assert_eq!(kind.to_string(), word);
        }
        assert_eq!(FrameKind::from_word("SYN,ACK"), Some(FrameKind::SynAck));
        assert_eq!(FrameKind::from_word("syn+ack"), Some(FrameKind::SynAck));
        assert_eq!(FrameKind::from_word("datagrams"), Some(FrameKind::Udp));
        assert_eq!(FrameKind::from_word("sin"), None);
        assert_eq!(FrameKind::from_word(""), None);
    }
}
