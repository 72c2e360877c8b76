//! The checksums of a frame: those that the kernel left open, and whether they are right.
//!
//! A sender with hardware that computes checksums leaves them to it: the field holds the sum of the
//! pseudo-header only (`CHECKSUM_PARTIAL`, `linux/skbuff.h`). On `lo` no hardware ever does, so there all
//! frames look as if they were damaged.

use etherparse::checksum::Sum16BitWords;
use etherparse::{EtherType, IpNumber, LaxNetSlice, LaxSlicedPacket, ip_number};

/// The length of an Ethernet header.
const ETHERNET: usize = 14;

/// Where the parts of a frame are that checksums cover.
struct Located {
    /// The IPv4 header, which has a checksum of its own.
    header: Option<(usize, usize)>,
    protocol: IpNumber,
    /// What the transport's checksum covers, from where to where in the frame.
    body: (usize, usize),
    /// Where its field is.
    field: usize,
    /// The sum of the pseudo-header, RFC 9293 §3.1, RFC 8200 §8.1; nothing for ICMP.
    pseudo: Sum16BitWords,
}

impl Located {
    /// `None` if there is no checksum that covers exactly this frame: it was not recorded whole, is a
    /// fragment, or of another protocol.
    fn of(frame: &[u8]) -> Option<Self> {
        let packet = LaxSlicedPacket::from_ethernet(frame).ok()?;
        let at = frame.len() - packet.ether_payload()?.payload.len();
        let (header, payload, mut pseudo) = match packet.net.as_ref()? {
            LaxNetSlice::Ipv4(ip) => {
                let header = ip.header();
                let auth = ip.extensions().auth.map_or(0, |auth| auth.slice().len());
                let length = header.slice().len();
                let sum = Sum16BitWords::new()
                    .add_4bytes(header.source())
                    .add_4bytes(header.destination());
                (Some((at, at + length)), (at + length + auth, ip.payload()), sum)
            }
            LaxNetSlice::Ipv6(ip) => {
                let header = ip.header();
                let length = header.slice().len() + ip.extensions().slice().len();
                let sum = Sum16BitWords::new()
                    .add_16bytes(header.source())
                    .add_16bytes(header.destination());
                (None, (at + length, ip.payload()), sum)
            }
            LaxNetSlice::Arp(_) => return None,
        };
        let (start, payload) = payload;
        if payload.incomplete || payload.fragmented {
            return None;
        }
        let length = payload.payload.len();
        let protocol = payload.ip_number;
        let (field, shortest) = match protocol {
            ip_number::TCP => (16, 20),
            ip_number::UDP => (6, 8),
            ip_number::ICMP | ip_number::IPV6_ICMP => (2, 4),
            _ => return None,
        };
        if length < shortest {
            return None;
        }
        if protocol == ip_number::ICMP {
            pseudo = Sum16BitWords::new();
        } else {
            let length = u32::try_from(length).ok()?;
            pseudo = pseudo.add_4bytes(length.to_be_bytes()).add_2bytes([0, protocol.0]);
        }
        Some(Self { header, protocol, body: (start, start + length), field: start + field, pseudo })
    }

    /// The checksum that the transport's field should hold if it were 0, or what is 0 if it is right.
    fn sum(&self, frame: &[u8]) -> u16 {
        // The crate sums in the order of memory, and says so of its result.
        u16::from_be(
            self.pseudo.clone().add_slice(&frame[self.body.0..self.body.1]).ones_complement(),
        )
    }
}

/// Computes the transport's checksum, for a frame whose sender had left it open. One that was not
/// recorded whole stays as it is.
pub fn complete_checksum(frame: &mut [u8]) {
    let Some(located) = Located::of(frame) else { return };
    frame[located.field..located.field + 2].fill(0);
    let sum = match located.sum(frame) {
        // RFC 768: 0 means that there is none.
        0 if located.protocol == ip_number::UDP => 0xffff,
        sum => sum,
    };
    frame[located.field..located.field + 2].copy_from_slice(&sum.to_be_bytes());
}

/// Computes the checksum of the IPv4 header of a frame, if it has one.
pub(crate) fn complete_header_checksum(frame: &mut [u8]) {
    let Some((header, packet)) = frame.split_at_mut_checked(ETHERNET) else { return };
    if header[12..] != EtherType::IPV4.0.to_be_bytes() || packet.is_empty() {
        return;
    }
    let length = usize::from(packet[0] & 15) * 4;
    let Some(ip) = packet.get_mut(..length).filter(|ip| ip.len() >= 20) else { return };
    ip[10..12].fill(0);
    // The crate sums in the order of memory.
    let sum = u16::from_be(Sum16BitWords::new().add_slice(ip).ones_complement());
    ip[10..12].copy_from_slice(&sum.to_be_bytes());
}

/// True if all checksums of a frame are right, so that its receiver takes it. `None` if that can't be
/// said: it was not recorded whole, is a fragment, or of a protocol that has none.
pub fn is_intact(frame: &[u8]) -> Option<bool> {
    let located = Located::of(frame)?;
    let header = located.header.is_none_or(|(start, end)| {
        Sum16BitWords::new().add_slice(&frame[start..end]).ones_complement() == 0
    });
    let field = &frame[located.field..located.field + 2];
    let none = located.protocol == ip_number::UDP && field == [0, 0] && located.header.is_some();
    Some(header && (none || located.sum(frame) == 0))
}

#[cfg(test)]
mod tests {
    use etherparse::PacketBuilder;
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::super::built::{Packet, any_packet, udp};
    use super::*;

    #[test]
    fn what_the_kernel_left_open_is_completed() {
        let mut frame = udp([127, 0, 0, 1], 40_000, 12_000, b"hola");
        let right = frame.clone();
        assert_eq!(is_intact(&frame), Some(true));
        // What the kernel leaves there: the sum of the pseudo-header.
        frame[40..42].copy_from_slice(&0xfe1fu16.to_be_bytes());
        assert_eq!(is_intact(&frame), Some(false));
        complete_checksum(&mut frame);
        assert_eq!(frame, right);
    }

    #[test]
    fn a_datagram_without_a_checksum_is_intact_in_version_4_only() {
        let mut frame = udp([127, 0, 0, 1], 40_000, 12_000, b"hola");
        frame[40..42].fill(0);
        assert_eq!(is_intact(&frame), Some(true));
        let builder = PacketBuilder::ethernet2([0; 6], [0; 6]).ipv6([1; 16], [2; 16], 64).udp(1, 2);
        let mut six = vec![0; builder.size(4)];
        builder.write_to_slice(&mut six, b"hola").expect("it fits");
        assert_eq!(is_intact(&six), Some(true));
        six[60..62].fill(0);
        assert_eq!(is_intact(&six), Some(false));
    }

    #[test]
    fn what_was_cut_or_is_a_part_is_left_alone() {
        let frame = udp([127, 0, 0, 1], 40_000, 12_000, b"hola");
        let mut cut = frame[..44].to_vec();
        complete_checksum(&mut cut);
        assert_eq!(cut, &frame[..44]);
        assert_eq!(is_intact(&cut), None);
        let mut fragment = frame;
        fragment[20] |= 0x20;
        assert_eq!(is_intact(&fragment), None);
    }

    proptest! {
        #[test]
        fn a_completed_checksum_is_right_and_notices_a_flipped_bit(
            packet in any_packet(), open in any::<[u8; 2]>(), bit in any::<prop::sample::Index>(),
        ) {
            let Packet { mut frame, field, body, .. } = packet.clone();
            prop_assert_eq!(is_intact(&frame), Some(true));
            let right = frame.clone();
            frame[field..field + 2].copy_from_slice(&open);
            complete_checksum(&mut frame);
            prop_assert_eq!(is_intact(&frame), Some(true));
            // 0 and 0xffff are the same sum.
            let either = [[0; 2], [0xff; 2]].contains(&[right[field], right[field + 1]]);
            prop_assert!(either || frame == right);
            let bit = bit.index((frame.len() - body) * 8);
            frame[body + bit / 8] ^= 1 << (bit % 8);
            let none = frame[field..field + 2] == [0, 0];
            prop_assert_eq!(is_intact(&frame), Some(none && packet.may_have_none));
        }

        #[test]
        fn whatever_comes_is_survived(mut frame in vec(any::<u8>(), 0..200)) {
            let _ = is_intact(&frame);
            let before = frame.clone();
            complete_checksum(&mut frame);
            prop_assert_eq!(before.len(), frame.len());
            if Located::of(&before).is_some() {
                prop_assert!(Located::of(&frame).is_some());
            }
        }
    }
}
