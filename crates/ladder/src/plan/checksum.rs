//! Whether the transport checksum of a recorded packet is right: RFC 1071.

use socklab_event::Bytes;

/// What is known of a packet's transport checksum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Checksum {
    /// It fits the packet.
    Right(u16),
    /// It does not: the second is the one that would.
    Wrong(u16, u16),
    /// Only the pseudo-header is in it: the sender left the rest to hardware that was never asked, as
    /// on loopback.
    Open(u16),
    /// Too little of the packet was kept.
    Unknown(u16),
}

/// The checksum of a frame from its Ethernet header on. `None` if it has none, or is a piece of a
/// larger datagram.
pub(crate) fn checksum(frame: &Bytes) -> Option<Checksum> {
    let bytes = frame.moved();
    let packet = bytes.get(14..)?;
    let (protocol, ends, segment, length) = match be16(bytes, 12)? {
        0x0800 => {
            let header = usize::from(packet.first()? & 0xf) * 4;
            let total = usize::from(be16(packet, 2)?);
            // Of a fragment, the checksum covers bytes that are elsewhere.
            (be16(packet, 6)? & 0x3fff == 0).then_some(())?;
            let ends = packet.get(12..20)?;
            (*packet.get(9)?, ends, packet.get(header..)?, total.checked_sub(header)?)
        }
        0x86dd => {
            let ends = packet.get(8..40)?;
            (*packet.get(6)?, ends, packet.get(40..)?, usize::from(be16(packet, 4)?))
        }
        _ => return None,
    };
    const ICMP: u8 = 1;
    let at = match protocol {
        6 => 16,
        17 => 6,
        ICMP | 58 => 2,
        _ => return None,
    };
    // What lies behind the datagram in its frame is none of it, and may stand where a checksum would.
    if length < at + 2 {
        return None;
    }
    let sum = be16(segment, at)?;
    if protocol == 17 && sum == 0 {
        // RFC 768: the sender computed none.
        return None;
    }
    let Some(segment) = segment.get(..length) else { return Some(Checksum::Unknown(sum)) };
    let pseudo = match protocol {
        ICMP => 0,
        _ => added(ends) + u64::from(protocol) + length as u64,
    };
    let rest = added(&segment[..at]) + added(&segment[at + 2..]);
    let right = match !folded(pseudo + rest) {
        // RFC 768: 0 would mean that there is none.
        0 if protocol == 17 => 0xffff,
        right => right,
    };
    Some(match sum {
        _ if sum == right => Checksum::Right(sum),
        _ if sum == folded(pseudo) && protocol != ICMP => Checksum::Open(sum),
        _ => Checksum::Wrong(sum, right),
    })
}

fn be16(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn added(bytes: &[u8]) -> u64 {
    let words = bytes
        .chunks(2)
        .map(|word| u64::from(word[0]) << 8 | u64::from(word.get(1).copied().unwrap_or(0)));
    words.sum()
}

fn folded(mut sum: u64) -> u16 {
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    sum as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A datagram of three bytes over loopback, with this checksum.
    fn datagram(sum: [u8; 2]) -> Bytes {
        let mut bytes = vec![0; 12];
        bytes.extend([0x08, 0x00, 0x45, 0, 0, 31, 0, 1, 0x40, 0, 64, 17, 0, 0]);
        bytes.extend([127, 0, 0, 1, 127, 0, 0, 1]);
        bytes.extend([0x2e, 0xe0, 0x2e, 0xe1, 0, 11, sum[0], sum[1], b'u', b'n', b'o']);
        Bytes::whole(bytes)
    }

    #[test]
    fn a_checksum_is_right_open_wrong_or_not_known() {
        // 127.0.0.1 twice, protocol 17, length 11: fe02 + 001c.
        let pseudo = folded(0x7f00 + 1 + 0x7f00 + 1 + 17 + 11);
        let right = !folded(u64::from(pseudo) + 0x2ee0 + 0x2ee1 + 11 + 0x756e + 0x6f00);
        assert_eq!(checksum(&datagram(right.to_be_bytes())), Some(Checksum::Right(right)));
        assert_eq!(checksum(&datagram(pseudo.to_be_bytes())), Some(Checksum::Open(pseudo)));
        assert_eq!(checksum(&datagram([0, 1])), Some(Checksum::Wrong(1, right)));
        assert_eq!(checksum(&datagram([0, 0])), None);
        // By its IP header, the datagram ends within the UDP header.
        let mut short = datagram([0, 1]);
        short.sample[17] = 20 + 7;
        assert_eq!(checksum(&short), None);
        let mut cut = datagram([0, 1]);
        cut.sample.truncate(44);
        assert_eq!(checksum(&cut), Some(Checksum::Unknown(1)));
        for length in 0..42 {
            cut.sample.truncate(42 - length);
            checksum(&cut);
        }
    }
}
