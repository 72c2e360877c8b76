//! Link types: what stands before the network's header of a captured packet.
//!
//! All become Ethernet, so that a frame is the same thing everywhere. A link without addresses gets zeros,
//! as `lo` has.

use super::Order;

/// The link types that are known here, `tcpdump.org/linktypes.html`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Link {
    Ethernet,
    /// IPv4 or IPv6 and nothing before it.
    RawIp,
    /// BSD's loopback: an address family, in the byte order of the machine that captured.
    Null,
    /// OpenBSD's loopback: the same in network order.
    Loop,
    /// Linux's `any` device ("cooked").
    Cooked,
    /// Its second version.
    Cooked2,
    Unknown(u32),
}

/// The two ways to say IP in an Ethernet header.
const IPV4: [u8; 2] = [0x08, 0x00];
const IPV6: [u8; 2] = [0x86, 0xdd];

/// The length of an Ethernet header.
const ETHERNET: usize = 14;

impl Link {
    pub(super) fn of(number: u32) -> Self {
        match number {
            1 => Self::Ethernet,
            // 12 and 14 are what BSD and OpenBSD wrote before 101 was agreed on.
            12 | 14 | 101 | 228 | 229 => Self::RawIp,
            0 => Self::Null,
            108 => Self::Loop,
            113 => Self::Cooked,
            276 => Self::Cooked2,
            other => Self::Unknown(other),
        }
    }

    /// A packet as an Ethernet frame, and how long that was on the wire. `None` if it is cut within
    /// the link's header, or the link is unknown.
    pub(super) fn ethernet(self, bytes: Vec<u8>, length: usize) -> Option<(Vec<u8>, usize)> {
        let (source, kind, skipped) = match self {
            Self::Ethernet => return Some((bytes, length)),
            Self::Unknown(_) => return None,
            Self::RawIp => ([0; 6], version(bytes.first()?)?, 0),
            Self::Null | Self::Loop => {
                let family: [u8; 4] = *bytes.first_chunk()?;
                let [little, big] = [Order::Little, Order::Big].map(|order| order.u32(family));
                let small = if self == Self::Loop { big } else { little.min(big) };
                let kind = match small {
                    2 => IPV4,
                    // Linux, BSD, FreeBSD, macOS.
                    10 | 24 | 28 | 30 => IPV6,
                    _ => return None,
                };
                ([0; 6], kind, 4)
            }
            Self::Cooked => {
                let kind = *bytes.get(14..)?.first_chunk()?;
                (address(bytes[5], bytes.get(6..)?)?, kind, 16)
            }
            Self::Cooked2 => {
                let kind = *bytes.get(..20)?.first_chunk()?;
                (address(bytes[11], bytes.get(12..)?)?, kind, 20)
            }
        };
        let mut frame = Vec::with_capacity(ETHERNET + bytes.len() - skipped);
        // Whom it was for, a cooked header does not say.
        frame.extend([0; 6]);
        frame.extend(source);
        frame.extend(kind);
        frame.extend(&bytes[skipped..]);
        Some((frame, length.saturating_sub(skipped) + ETHERNET))
    }
}

/// The sender's hardware address in a cooked header, if it is one of Ethernet's.
fn address(length: u8, bytes: &[u8]) -> Option<[u8; 6]> {
    let address = *bytes.first_chunk()?;
    Some(if length == 6 { address } else { [0; 6] })
}

fn version(first: &u8) -> Option<[u8; 2]> {
    match first >> 4 {
        4 => Some(IPV4),
        6 => Some(IPV6),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_link_becomes_ethernet() {
        let ip = [0x45, 1, 2, 3];
        let four = |number, before: &[u8]| {
            let bytes = [before, &ip].concat();
            let length = bytes.len() + 1000;
            Link::of(number).ethernet(bytes, length)
        };
        let plain = [&[0; 12][..], &IPV4, &ip].concat();
        let expected = Some((plain.clone(), 1018));
        for number in [12, 14, 101, 228] {
            assert_eq!(four(number, &[]), expected);
        }
        assert_eq!(four(0, &[2, 0, 0, 0]), expected);
        assert_eq!(four(0, &[0, 0, 0, 2]), expected);
        assert_eq!(four(108, &[0, 0, 0, 2]), expected);
        assert_eq!(four(108, &[2, 0, 0, 0]), None);
        let mac = [2, 0, 0, 0, 0, 9];
        let known = Some(([&[0; 6][..], &mac, &IPV4, &ip].concat(), 1018));
        let cooked = [&[0, 4, 0, 1, 0, 6][..], &mac, &[0, 0], &IPV4].concat();
        assert_eq!(four(113, &cooked), known);
        let loopback = [&[0, 0, 3, 4, 0, 6][..], &[0; 8], &IPV4].concat();
        assert_eq!(four(113, &loopback), expected);
        let second = [&IPV4[..], &[0, 0, 0, 0, 0, 2, 0, 1, 4, 6], &mac, &[0, 0]].concat();
        assert_eq!(four(276, &second), known);
        assert_eq!(four(147, &[]), None);
        let six = [0x60, 0, 0, 0];
        let frame = [&[0; 12][..], &IPV6, &six].concat();
        assert_eq!(Link::of(101).ethernet(six.to_vec(), 4), Some((frame, 18)));
    }

    #[test]
    fn what_is_cut_within_the_links_header_is_no_frame() {
        for number in [0, 108, 113, 276, 101] {
            let link = Link::of(number);
            let header = match number {
                101 => 1,
                0 | 108 => 4,
                113 => 16,
                _ => 20,
            };
            for length in 0..header {
                assert_eq!(link.ethernet(vec![0; length], 99), None, "{number} {length}");
            }
        }
    }
}
