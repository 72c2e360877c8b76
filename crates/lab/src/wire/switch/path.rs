//! Packets that are too large for a link on their way. Pure.
//!
//! A switch has no such links: it drops what does not fit, and nobody learns why. So where the path to
//! a host is to be narrower than the hosts' own links, the wire is a router there (RFC 1812 §4.2.2.7,
//! RFC 8201): it sends IPv4 on in pieces if the sender allows, and otherwise, like all IPv6, drops it
//! and tells the sender what would have fitted.

use std::net::{Ipv4Addr, Ipv6Addr};

use etherparse::icmpv4::DestUnreachableHeader;
use etherparse::{EtherType, Icmpv4Type, Icmpv6Type, IpNumber, PacketBuilder};

use crate::wire::checksum::{complete_checksum, complete_header_checksum};

/// The router's address. No host has it.
pub(crate) const ROUTER_V4: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 254);
pub(crate) const ROUTER_V6: Ipv6Addr = Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 0xfe);
const ROUTER_MAC: [u8; 6] = [2, 0, 0, 0, 0xff, 0xfe];

/// The length of an Ethernet header.
const ETHERNET: usize = 14;
/// The flag of IPv4 that forbids to cut a packet, and that which says that more pieces follow: RFC 791
/// §3.1.
const DONT_FRAGMENT: u8 = 0x40;
const MORE: u8 = 0x20;
/// What an error quotes at most, so that it is small enough for any link: RFC 1812 §4.3.2.3, RFC 4443
/// §2.4(c), without its own headers.
const MOST_QUOTED_V4: usize = 576 - 20 - 8;
const MOST_QUOTED_V6: usize = 1280 - 40 - 8;

/// What becomes of a packet on a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Passage {
    /// It passes as it is.
    Fits,
    /// It passes in these pieces, each a frame.
    Pieces(Vec<Vec<u8>>),
    /// It does not pass. The frame, if any, tells its sender why.
    TooBig(Option<Vec<u8>>),
}

/// What becomes of this frame on a link whose largest packet has `mtu` bytes.
pub(crate) fn through(frame: &[u8], mtu: u32) -> Passage {
    let size = usize::try_from(mtu).unwrap_or(usize::MAX);
    let Some((header, packet)) = frame.split_at_checked(ETHERNET) else { return Passage::Fits };
    if packet.len() <= size {
        return Passage::Fits;
    }
    match EtherType(u16::from_be_bytes([header[12], header[13]])) {
        EtherType::IPV4 => v4(header, packet, size, mtu),
        EtherType::IPV6 => Passage::TooBig(too_big_v6(header, packet, mtu)),
        _ => Passage::TooBig(None),
    }
}

fn v4(header: &[u8], packet: &[u8], size: usize, mtu: u32) -> Passage {
    let length = usize::from(packet[0] & 15) * 4;
    if length < 20 || packet.len() < length {
        return Passage::TooBig(None);
    }
    let (ip, payload) = packet.split_at(length);
    // Pieces begin at multiples of eight bytes. With options it takes more than a copy of the header.
    let room = size.saturating_sub(length) / 8 * 8;
    if ip[6] & DONT_FRAGMENT != 0 || room == 0 || length > 20 {
        return Passage::TooBig(too_big_v4(header, packet, mtu));
    }
    let whole = u16::from_be_bytes([ip[2], ip[3]]);
    let payload = &payload[..usize::from(whole).saturating_sub(length).min(payload.len())];
    let first = u16::from_be_bytes([ip[6], ip[7]]);
    let last = payload.len().div_ceil(room).saturating_sub(1);
    let piece = |(number, part): (usize, &[u8])| {
        let mut frame = [header, ip, part].concat();
        let more = number < last || ip[6] & MORE != 0;
        let offset = (first & 0x1fff) + (number * room / 8) as u16;
        let flags = if more { u16::from(MORE) << 8 } else { 0 };
        frame[ETHERNET + 2..ETHERNET + 4]
            .copy_from_slice(&((length + part.len()) as u16).to_be_bytes());
        frame[ETHERNET + 6..ETHERNET + 8].copy_from_slice(&(offset | flags).to_be_bytes());
        complete_header_checksum(&mut frame);
        frame
    };
    Passage::Pieces(payload.chunks(room).enumerate().map(piece).collect())
}

/// ICMP “fragmentation needed”, RFC 1191 §4. None is sent about a later piece or to everybody.
fn too_big_v4(header: &[u8], packet: &[u8], mtu: u32) -> Option<Vec<u8>> {
    let is_later_piece = u16::from_be_bytes([packet[6], packet[7]]) & 0x1fff != 0;
    if is_later_piece || header[0] & 1 != 0 {
        return None;
    }
    let source: [u8; 4] = packet.get(12..16)?.try_into().ok()?;
    let next_hop_mtu = u16::try_from(mtu).ok()?;
    let needed = DestUnreachableHeader::FragmentationNeeded { next_hop_mtu };
    let kind = Icmpv4Type::DestinationUnreachable(needed);
    let builder = PacketBuilder::ethernet2(ROUTER_MAC, header[6..12].try_into().ok()?)
        .ipv4(ROUTER_V4.octets(), source, 64)
        .icmpv4(kind);
    let quoted = &packet[..packet.len().min(MOST_QUOTED_V4)];
    let mut frame = vec![0; builder.size(quoted.len())];
    builder.write_to_slice(&mut frame, quoted).ok()?;
    Some(frame)
}

/// ICMPv6 “packet too big”, RFC 4443 §3.2. None is sent about an error.
fn too_big_v6(header: &[u8], packet: &[u8], mtu: u32) -> Option<Vec<u8>> {
    let source: [u8; 16] = packet.get(8..24)?.try_into().ok()?;
    let is_error =
        packet[6] == IpNumber::IPV6_ICMP.0 && packet.get(40).is_some_and(|kind| *kind < 128);
    if is_error {
        return None;
    }
    let kind = Icmpv6Type::PacketTooBig { mtu };
    let builder = PacketBuilder::ethernet2(ROUTER_MAC, header[6..12].try_into().ok()?)
        .ipv6(ROUTER_V6.octets(), source, 64)
        .icmpv6(kind);
    let quoted = &packet[..packet.len().min(MOST_QUOTED_V6)];
    let mut frame = vec![0; builder.size(quoted.len())];
    builder.write_to_slice(&mut frame, quoted).ok()?;
    complete_checksum(&mut frame);
    Some(frame)
}

#[cfg(test)]
mod tests {
    use etherparse::checksum::Sum16BitWords;
    use proptest::prelude::*;
    use socklab_event::{Endpoint, Transport};

    use super::*;
    use crate::wire::{headers, is_intact};

    fn udp4(length: usize, may_be_cut: bool) -> Vec<u8> {
        let builder = PacketBuilder::ethernet2([2, 0, 0, 0, 0, 1], [2, 0, 0, 0, 0, 2])
            .ipv4([10, 0, 0, 1], [10, 0, 0, 2], 64)
            .udp(40_000, 7);
        let payload: Vec<u8> = (0..length).map(|at| at as u8).collect();
        let mut frame = vec![0; builder.size(length)];
        builder.write_to_slice(&mut frame, &payload).unwrap();
        frame[ETHERNET + 6] = if may_be_cut { 0 } else { DONT_FRAGMENT };
        complete_header_checksum(&mut frame);
        frame
    }

    fn udp6(length: usize) -> Vec<u8> {
        let address = |last| Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, last).octets();
        let builder = PacketBuilder::ethernet2([2, 0, 0, 0, 0, 1], [2, 0, 0, 0, 0, 2])
            .ipv6(address(1), address(2), 64)
            .udp(40_000, 7);
        let mut frame = vec![0; builder.size(length)];
        builder.write_to_slice(&mut frame, &vec![7; length]).unwrap();
        frame
    }

    /// What an answer says: its destination, and the MTU.
    fn told(frame: &[u8]) -> (Endpoint, Option<u32>) {
        assert_eq!(is_intact(frame), Some(true));
        let headers = headers(frame, frame.len(), 64).unwrap();
        let Transport::Icmp { mtu, about, .. } = headers.transport else {
            panic!("{:?}", headers.transport)
        };
        let about = about.unwrap();
        assert_eq!(about.destination.port(), Some(7), "it quotes the ports");
        (headers.destination, mtu)
    }

    #[test]
    fn the_sender_learns_what_fits() {
        let Passage::TooBig(Some(answer)) = through(&udp4(1400, false), 1300) else { panic!() };
        let (to, mtu) = told(&answer);
        assert_eq!((to.to_string().as_str(), mtu), ("10.0.0.1:0", Some(1300)));
        let Passage::TooBig(Some(answer)) = through(&udp6(1400), 1300) else { panic!() };
        let (to, mtu) = told(&answer);
        assert_eq!((to.to_string().as_str(), mtu), ("[fd00::1]:0", Some(1300)));
        assert!(answer.len() <= ETHERNET + 1280);
    }

    #[test]
    fn what_fits_exactly_passes() {
        assert_eq!(through(&udp4(1272, false), 1300), Passage::Fits);
        assert!(matches!(through(&udp4(1273, false), 1300), Passage::TooBig(Some(_))));
        assert_eq!(through(&udp6(1252), 1300), Passage::Fits);
        assert!(matches!(through(&udp6(1253), 1300), Passage::TooBig(Some(_))));
    }

    #[test]
    fn nobody_is_told_of_an_error_that_does_not_fit() {
        let mut error = udp6(1400);
        error[ETHERNET + 6] = IpNumber::IPV6_ICMP.0;
        error[ETHERNET + 40] = 2;
        assert_eq!(through(&error, 1300), Passage::TooBig(None));
    }

    proptest! {
        #[test]
        fn pieces_together_are_the_packet(length in 0_usize..5000, mtu in 68_u32..1500) {
            let frame = udp4(length, true);
            let pieces = match through(&frame, mtu) {
                Passage::Fits => vec![frame.clone()],
                Passage::Pieces(pieces) => pieces,
                Passage::TooBig(_) => panic!("it may be cut"),
            };
            let mut whole = Vec::new();
            for (number, piece) in pieces.iter().enumerate() {
                prop_assert!(piece.len() <= ETHERNET + mtu as usize);
                let ip = &piece[ETHERNET..ETHERNET + 20];
                prop_assert_eq!(Sum16BitWords::new().add_slice(ip).ones_complement(), 0);
                prop_assert_eq!(usize::from(u16::from_be_bytes([ip[2], ip[3]])), piece.len() - ETHERNET);
                let word = u16::from_be_bytes([ip[6], ip[7]]);
                prop_assert_eq!(usize::from(word & 0x1fff) * 8, whole.len());
                prop_assert_eq!(word & 0x2000 != 0, number + 1 < pieces.len());
                whole.extend_from_slice(&piece[ETHERNET + 20..]);
            }
            prop_assert_eq!(whole, &frame[ETHERNET + 20..]);
        }

        #[test]
        fn any_bytes_can_be_asked_about(mut frame: Vec<u8>, mtu in 0_u32..100, kind in 0_u8..3) {
            if frame.len() > 14 {
                let kinds = [[8, 0], [0x86, 0xdd], [8, 6]];
                frame[12..14].copy_from_slice(&kinds[usize::from(kind)]);
            }
            let _ = through(&frame, mtu);
            complete_header_checksum(&mut frame);
        }
    }
}
