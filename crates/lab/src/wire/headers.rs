//! The headers of a frame, decoded from its bytes.
//!
//! A frame may have been recorded only in part: a slot of the ring holds 2 KB, and a frame on `lo` can
//! be 64 KB long. So sizes are taken from the headers, never from what is there.

use std::net::Ipv4Addr;

use etherparse::{
    ArpOperation, ArpPacketSlice, EtherType, IpAuthHeaderSlice, IpNumber, Ipv6ExtensionsSlice,
    Ipv6FragmentHeaderSlice, Ipv6Header, Ipv6RawExtHeaderSlice, LaxIpSlice, LaxIpv4Slice,
    LaxIpv6Slice, LaxNetSlice, LaxSlicedPacket, TcpHeader, TcpOptionElement, TcpOptionReadError,
    TcpOptionsIterator, TcpSlice, UdpHeader, UdpHeaderSlice, ip_number,
};
use socklab_event::{
    About, Bytes, Endpoint, Family, Flags, Fragment, Headers, Name, Protocol, TcpOptions, Transport,
};

use super::icmp;

/// The length of the header that ICMP and ICMPv6 messages have in common, RFC 792, RFC 4443.
const ICMP_HEADER: usize = 8;

/// Decodes an Ethernet frame of which `frame` is the beginning and that was `length` bytes long on the
/// wire. `sample` bytes of its payload are kept at most.
///
/// `None` if it is neither IP nor ARP, or is cut or damaged before that can be told.
pub fn headers(frame: &[u8], length: usize, sample: usize) -> Option<Headers> {
    let packet = LaxSlicedPacket::from_ethernet(frame).ok()?;
    let link = frame.len() - packet.ether_payload()?.payload.len();
    let room = length.max(frame.len()) - link;
    match packet.net? {
        LaxNetSlice::Arp(arp) => neighbour(&arp),
        LaxNetSlice::Ipv4(ip) => Some(Packet::v4(&ip, room).headers(sample)),
        LaxNetSlice::Ipv6(ip) => Some(Packet::v6(&ip, room).headers(sample)),
    }
}

/// An IP packet, as far as its headers go.
struct Packet<'a> {
    source: Endpoint,
    destination: Endpoint,
    protocol: IpNumber,
    fragment: Option<Fragment>,
    /// What is there of the bytes after the IP headers.
    body: &'a [u8],
    /// How many there were.
    total: usize,
}

impl<'a> Packet<'a> {
    /// A packet of `room` bytes at most.
    fn v4(ip: &LaxIpv4Slice<'a>, room: usize) -> Self {
        let header = ip.header();
        let auth = ip.extensions().auth.map_or(0, |auth| auth.slice().len());
        let offset = header.fragments_offset().byte_offset();
        Self {
            source: Endpoint::ip(header.source_addr(), 0),
            destination: Endpoint::ip(header.destination_addr(), 0),
            protocol: ip.payload().ip_number,
            fragment: header.is_fragmenting_payload().then(|| Fragment {
                id: header.identification().into(),
                offset: offset.into(),
                more: header.more_fragments(),
            }),
            body: ip.payload().payload,
            total: match usize::from(header.total_len()) {
                // A packet of more than 64 KB that never leaves the machine ("BIG TCP", Linux 6.3).
                0 => room,
                length => length.min(room),
            }
            .saturating_sub(header.slice().len() + auth),
        }
    }

    /// A packet of `room` bytes at most.
    fn v6(ip: &LaxIpv6Slice<'a>, room: usize) -> Self {
        let header = ip.header();
        let extensions = ip.extensions();
        Self {
            source: Endpoint::ip(header.source_addr(), 0),
            destination: Endpoint::ip(header.destination_addr(), 0),
            protocol: ip.payload().ip_number,
            fragment: fragment_header(extensions).filter(|_| extensions.is_fragmenting_payload()),
            body: ip.payload().payload,
            total: match usize::from(header.payload_length()) {
                // A jumbogram, RFC 2675; on loopback up to 512 KB.
                0 => room,
                length => (Ipv6Header::LEN + length).min(room),
            }
            .saturating_sub(Ipv6Header::LEN + extensions.slice().len()),
        }
    }

    fn headers(self, sample: usize) -> Headers {
        let read = self.transport(sample);
        let (transport, [from, to], skipped) =
            read.unwrap_or_else(|| (Transport::Other, self.ports(), 0));
        Headers {
            source: with_port(self.source, from),
            destination: with_port(self.destination, to),
            protocol: protocol(self.protocol),
            transport,
            payload: rest(self.body, self.total, skipped, sample),
            fragment: self.fragment,
        }
    }

    /// The transport's header, the ports in it and its length. `None` if there is none, or one that
    /// is unknown, damaged or cut.
    fn transport(&self, sample: usize) -> Option<(Transport, [u16; 2], usize)> {
        if self.is_later_fragment() {
            return None;
        }
        match self.protocol {
            ip_number::TCP => self.tcp(),
            ip_number::UDP => {
                let udp = UdpHeaderSlice::from_slice(self.body).ok()?;
                let ports = [udp.source_port(), udp.destination_port()];
                Some((Transport::Udp, ports, UdpHeader::LEN))
            }
            ip_number::ICMP | ip_number::IPV6_ICMP => {
                let transport = self.control_message(sample)?;
                Some((transport, [0; 2], ICMP_HEADER.min(self.total)))
            }
            _ => None,
        }
    }

    fn tcp(&self) -> Option<(Transport, [u16; 2], usize)> {
        let fixed: [u8; TcpHeader::MIN_LEN] = *self.body.first_chunk()?;
        let length = usize::from(fixed[12] >> 4) * 4;
        let mut plain = fixed;
        let whole = TcpSlice::from_slice(self.body);
        let tcp = match &whole {
            Ok(tcp) => tcp.clone(),
            // Its options are cut off, or are said to end before they begin: read what is there.
            Err(_) => {
                plain[12] = 5 << 4;
                TcpSlice::from_slice(&plain).ok()?
            }
        };
        let names = [
            (tcp.fin(), "FIN"),
            (tcp.syn(), "SYN"),
            (tcp.rst(), "RST"),
            (tcp.psh(), "PSH"),
            (tcp.ack(), "ACK"),
            (tcp.urg(), "URG"),
            (tcp.ece(), "ECE"),
            (tcp.cwr(), "CWR"),
        ];
        let set = names.into_iter().filter(|(set, _)| *set);
        let transport = Transport::Tcp {
            flags: set.map(|(_, name)| Name::of(name)).collect::<Flags>(),
            sequence: tcp.sequence_number(),
            acknowledgement: tcp.acknowledgment_number(),
            window: tcp.window_size(),
            options: options(tcp.options()),
        };
        let ports = [tcp.source_port(), tcp.destination_port()];
        Some((transport, ports, length.max(TcpHeader::MIN_LEN)))
    }

    /// A message of ICMP or ICMPv6; those of neighbour discovery as such.
    fn control_message(&self, sample: usize) -> Option<Transport> {
        let [kind, code, ..] = *self.body else { return None };
        let six = self.protocol == ip_number::IPV6_ICMP;
        if six && let Some(text) = icmp::neighbour(self.body) {
            return Some(Transport::Neighbour { text });
        }
        let words = |at: usize| self.body.get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes);
        let mtu = match (six, kind, code) {
            // RFC 1191 §4: 0 from routers that do not tell.
            (false, 3, 4) => words(4).map(|word| word & 0xffff).filter(|mtu| *mtu > 0),
            (true, 2, _) => words(4),
            _ => None,
        };
        let about = if icmp::is_error(six, kind) { self.about(sample) } else { None };
        let text = icmp::words(six, kind, code).into_owned();
        Some(Transport::Icmp { kind, code, text, mtu, about: about.map(Box::new) })
    }

    /// The packet that an error quotes.
    fn about(&self, sample: usize) -> Option<About> {
        let quote = self.body.get(ICMP_HEADER..)?;
        // What the quoted packet was long, its own header says: the quote is shorter.
        let packet = match LaxIpSlice::from_slice(quote).ok()?.0 {
            LaxIpSlice::Ipv4(ip) => Packet::v4(&ip, usize::MAX),
            LaxIpSlice::Ipv6(ip) => Packet::v6(&ip, usize::MAX),
        };
        let [from, to] = packet.ports();
        let tcp = packet.protocol == ip_number::TCP && !packet.is_later_fragment();
        let sequence = packet.body.get(4..8).and_then(|bytes| bytes.try_into().ok());
        let skipped = match packet.protocol {
            _ if packet.is_later_fragment() => 0,
            ip_number::TCP => {
                let length = packet.body.get(12).map_or(TcpHeader::MIN_LEN, |byte| {
                    usize::from(byte >> 4).max(TcpHeader::MIN_LEN / 4) * 4
                });
                length.min(packet.total)
            }
            ip_number::UDP => UdpHeader::LEN.min(packet.total),
            ip_number::ICMP | ip_number::IPV6_ICMP => ICMP_HEADER.min(packet.total),
            _ => 0,
        };
        Some(About {
            source: with_port(packet.source, from),
            destination: with_port(packet.destination, to),
            protocol: protocol(packet.protocol),
            sequence: sequence.filter(|_| tcp).map(u32::from_be_bytes),
            payload: rest(packet.body, packet.total, skipped, sample),
            fragment: packet.fragment,
        })
    }

    /// The ports: TCP's and UDP's stand in the first four bytes, and so they do in a header that is
    /// cut, such as the 8 bytes that an ICMP error must quote.
    fn ports(&self) -> [u16; 2] {
        match (self.protocol, self.body.first_chunk()) {
            (ip_number::TCP | ip_number::UDP, Some(&[a, b, c, d])) if !self.is_later_fragment() => {
                [u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d])]
            }
            _ => [0; 2],
        }
    }

    fn is_later_fragment(&self) -> bool {
        self.fragment.is_some_and(|fragment| fragment.offset > 0)
    }
}

/// What follows `skipped` bytes of a body that was `total` bytes long.
fn rest(body: &[u8], total: usize, skipped: usize, sample: usize) -> Bytes {
    let there = &body[..body.len().min(total)];
    let there = there.get(skipped..).unwrap_or_default();
    Bytes {
        sample: there[..there.len().min(sample)].to_vec(),
        total: total.saturating_sub(skipped) as u64,
    }
}

/// The fragment header among the extension headers, RFC 8200 §4.5.
fn fragment_header(extensions: &Ipv6ExtensionsSlice<'_>) -> Option<Fragment> {
    // The crate's own iterator trusts the list to be whole, and one that was cut is not.
    let mut kind = extensions.first_header()?;
    let mut left = extensions.slice();
    loop {
        if kind == ip_number::IPV6_FRAG {
            let header = Ipv6FragmentHeaderSlice::from_slice(left).ok()?;
            return Some(Fragment {
                id: header.identification(),
                offset: header.fragment_offset().byte_offset().into(),
                more: header.more_fragments(),
            });
        }
        let length = if kind == ip_number::AUTH {
            let header = IpAuthHeaderSlice::from_slice(left).ok()?;
            kind = header.next_header();
            header.slice().len()
        } else {
            let header = Ipv6RawExtHeaderSlice::from_slice(left).ok()?;
            kind = header.next_header();
            header.slice().len()
        };
        left = left.get(length..)?;
    }
}

fn options(bytes: &[u8]) -> TcpOptions {
    let mut read = TcpOptions::default();
    let mut left = TcpOptionsIterator::from_slice(bytes);
    loop {
        let before = left.rest();
        match left.next() {
            None => return read,
            Some(Ok(TcpOptionElement::Noop)) => {}
            Some(Ok(TcpOptionElement::MaximumSegmentSize(size))) => {
                read.maximum_segment = Some(size);
            }
            Some(Ok(TcpOptionElement::WindowScale(scale))) => read.window_scale = Some(scale),
            Some(Ok(TcpOptionElement::SelectiveAcknowledgementPermitted)) => {
                read.selective_permitted = true;
            }
            Some(Ok(TcpOptionElement::SelectiveAcknowledgement(first, others))) => {
                read.selective =
                    std::iter::once(first).chain(others.into_iter().flatten()).collect();
            }
            Some(Ok(TcpOptionElement::Timestamp(own, echoed))) => {
                read.timestamps = Some((own, echoed));
            }
            // One that a reader need not see, such as MPTCP's: its second byte is its length.
            Some(Err(TcpOptionReadError::UnknownId(_))) => {
                let length = usize::from(*before.get(1).unwrap_or(&0)).max(2);
                let Some(after) = before.get(length..) else { return read };
                left = TcpOptionsIterator::from_slice(after);
            }
            Some(Err(_)) => return read,
        }
    }
}

/// ARP, RFC 826; only Ethernet's about IPv4 addresses.
fn neighbour(arp: &ArpPacketSlice<'_>) -> Option<Headers> {
    let address = |bytes: &[u8]| Some(Ipv4Addr::from(<[u8; 4]>::try_from(bytes).ok()?));
    if arp.proto_addr_type() != EtherType::IPV4 {
        return None;
    }
    let (sender, target) =
        (address(arp.sender_protocol_addr())?, address(arp.target_protocol_addr())?);
    let text = match arp.operation() {
        // RFC 5227: somebody asks whether the address that it wants to use is taken, or says that it
        // uses it.
        ArpOperation::REQUEST if sender.is_unspecified() => format!("does anybody have {target}?"),
        ArpOperation::REQUEST if sender != target => format!("who has {target}?"),
        ArpOperation::REQUEST | ArpOperation::REPLY => {
            format!("{sender} is at {}", hardware_address(arp.sender_hw_addr()))
        }
        ArpOperation(other) => format!("ARP operation {other}"),
    };
    Some(Headers {
        source: Endpoint::ip(sender, 0),
        destination: Endpoint::ip(target, 0),
        protocol: Protocol::USUAL,
        transport: Transport::Neighbour { text },
        payload: Bytes::default(),
        fragment: None,
    })
}

/// `02:00:00:00:00:01`.
pub(crate) fn hardware_address(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(":")
}

fn protocol(number: IpNumber) -> Protocol {
    Protocol::of(Family::INET, number.0.into())
}

fn with_port(endpoint: Endpoint, port: u16) -> Endpoint {
    match endpoint.ip_port() {
        Some((ip, _)) => Endpoint::ip(ip, port),
        None => endpoint,
    }
}

#[cfg(test)]
#[path = "headers_tests.rs"]
mod tests;
