use etherparse::{ArpHardwareId, ArpPacket, PacketBuilder, TcpHeader};
use proptest::collection::vec;
use proptest::prelude::*;

use super::super::built::{any_packet, udp};
use super::*;

/// What a whole frame says.
fn read(frame: &[u8]) -> Headers {
    headers(frame, frame.len(), 1024).expect("headers")
}

fn at(address: &str) -> Endpoint {
    match address.parse::<std::net::SocketAddr>() {
        Ok(address) => Endpoint::ip(address.ip(), address.port()),
        Err(_) => Endpoint::ip(address.parse::<std::net::IpAddr>().expect("an address"), 0),
    }
}

/// An Ethernet frame around an IP packet.
fn ethernet(packet: &[u8]) -> Vec<u8> {
    let kind: [u8; 2] = if packet[0] >> 4 == 6 { [0x86, 0xdd] } else { [8, 0] };
    [&[0; 12][..], &kind, packet].concat()
}

/// An IPv4 header, without a checksum, and its payload.
fn four(protocol: u8, id: u16, fragment: u16, payload: &[u8]) -> Vec<u8> {
    let length = 20 + payload.len() as u16;
    let mut packet = vec![0x45, 0];
    packet.extend(length.to_be_bytes());
    packet.extend(id.to_be_bytes());
    packet.extend(fragment.to_be_bytes());
    packet.extend([64, protocol, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]);
    packet.extend(payload);
    packet
}

/// An IPv6 header, and its payload.
fn six(next: u8, payload: &[u8]) -> Vec<u8> {
    let mut packet = vec![0x60, 0, 0, 0];
    packet.extend((payload.len() as u16).to_be_bytes());
    packet.extend([next, 64]);
    for end in [1, 2] {
        packet.extend([0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, end]);
    }
    packet.extend(payload);
    packet
}

/// A TCP header with options, and nothing behind it.
fn segment(flags: u8, options: &[u8]) -> Vec<u8> {
    assert_eq!(options.len() % 4, 0);
    let words = 5 + options.len() as u8 / 4;
    let mut header = vec![0x9c, 0x40, 0x2e, 0xe0, 0, 0, 0, 7, 0, 0, 0, 9, words << 4, flags];
    header.extend([2, 0, 0, 0, 0, 0]);
    header.extend(options);
    header
}

fn tcp(headers: &Headers) -> (Vec<String>, [u32; 2], u16, TcpOptions) {
    let Transport::Tcp { flags, sequence, acknowledgement, window, options } = &headers.transport
    else {
        panic!("{:?}", headers.transport);
    };
    let flags = flags.names().iter().map(|name| name.to_string()).collect();
    (flags, [*sequence, *acknowledgement], *window, options.clone())
}

#[test]
fn a_segment_says_its_flags_numbers_and_options() {
    // As Linux sends a SYN: MSS 65495, SACK permitted, timestamps, no operation, window scale 7.
    let options = [2, 4, 0xff, 0xd7, 4, 2, 8, 10, 0, 0, 0, 5, 0, 0, 0, 0, 1, 3, 3, 7];
    let syn = read(&ethernet(&four(6, 1, 0x4000, &segment(2, &options))));
    assert_eq!((&syn.source, &syn.destination), (&at("10.0.0.1:40000"), &at("10.0.0.2:12000")));
    assert_eq!((syn.protocol, syn.fragment), (Protocol::TCP, None));
    let (flags, numbers, window, options) = tcp(&syn);
    assert_eq!((flags, numbers, window), (vec!["SYN".to_owned()], [7, 9], 512));
    assert_eq!(
        options,
        TcpOptions {
            maximum_segment: Some(65_495),
            window_scale: Some(7),
            selective_permitted: true,
            selective: vec![],
            timestamps: Some((5, 0)),
        }
    );
    assert_eq!(syn.payload, Bytes::default());
    let reset = read(&ethernet(&four(6, 1, 0x4000, &segment(0b1101_0100, &[]))));
    assert_eq!(tcp(&reset).0, ["RST", "ACK", "ECE", "CWR"]);
}

#[test]
fn options_that_are_not_known_are_passed_over_and_damaged_ones_end_the_list() {
    let read = |bytes: &[u8]| options(bytes);
    // MD5 (RFC 2385) in front of a window scale.
    let signed = [&[19, 18][..], &[0xaa; 16], &[1, 3, 3, 7, 0, 0]].concat();
    assert_eq!(read(&signed).window_scale, Some(7));
    let selective = [5, 18, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 5, 0, 0, 0, 6];
    assert_eq!(read(&selective).selective, [(1, 2), (5, 6)]);
    for damaged in [&[99][..], &[99, 0, 3, 3, 7], &[99, 200, 3, 3, 7], &[3], &[3, 9, 9]] {
        let _ = read(damaged);
    }
    assert_eq!(read(&[99, 200, 3, 3, 7]), TcpOptions::default());
}

#[test]
fn sizes_are_those_on_the_wire_however_little_was_recorded() {
    // A segment of 60,000 bytes, as the ring saw it.
    let data = vec![b'x'; 60_000];
    let builder = PacketBuilder::ethernet2([0; 6], [0; 6])
        .ipv4([127, 0, 0, 1], [127, 0, 0, 1], 64)
        .tcp(40_000, 12_000, 7, 512);
    let mut whole = vec![0; builder.size(data.len())];
    builder.write_to_slice(&mut whole, &data).expect("it fits");
    for captured in [54, 60, 1500, 60_054] {
        let read = headers(&whole[..captured], whole.len(), 100).expect("headers");
        assert_eq!(read.payload.total, 60_000);
        assert_eq!(read.payload.sample.len(), (captured - 54).min(100));
    }
    // Ethernet fills short frames up: not part of the datagram.
    let mut short = udp([127, 0, 0, 1], 40_000, 12_000, b"hola");
    short.resize(60, 0);
    assert_eq!(read(&short).payload, Bytes::whole("hola"));
}

#[test]
fn a_header_that_was_cut_is_read_as_far_as_it_goes() {
    let options = [2, 4, 0xff, 0xd7, 4, 2, 8, 10, 0, 0, 0, 5, 0, 0, 0, 0, 1, 3, 3, 7];
    let mut packet = segment(2, &options);
    packet.extend(b"hola");
    let whole = ethernet(&four(6, 1, 0x4000, &packet));
    let cut = headers(&whole[..14 + 20 + 20], whole.len(), 99).expect("headers");
    assert_eq!(tcp(&cut).0, ["SYN"]);
    assert_eq!((cut.payload.total, cut.payload.sample.len()), (4, 0));
    let ports = headers(&whole[..14 + 20 + 8], whole.len(), 99).expect("headers");
    assert_eq!((ports.transport, ports.source.port()), (Transport::Other, Some(40_000)));
    assert_eq!(headers(&whole[..14 + 10], whole.len(), 99), None);
    assert_eq!(headers(&whole[..9], whole.len(), 99), None);
}

#[test]
fn a_packet_of_more_than_64_kilobytes_says_0_of_its_length() {
    let mut packet = four(6, 1, 0x4000, &segment(16, &[]));
    packet[2..4].fill(0);
    let frame = ethernet(&packet);
    assert_eq!(headers(&frame, 200_054, 0).expect("headers").payload.total, 200_000);
    let mut packet = six(6, &segment(16, &[]));
    packet[4..6].fill(0);
    let frame = ethernet(&packet);
    assert_eq!(headers(&frame, 200_074, 0).expect("headers").payload.total, 200_000);
}

#[test]
fn later_fragments_have_no_ports() {
    let datagram = [&[0x9c, 0x40, 0x2e, 0xe0, 0x0b, 0xb8, 0, 0][..], &[b'x'; 1472]].concat();
    let first = read(&ethernet(&four(17, 77, 0x2000, &datagram)));
    assert_eq!(first.source.port(), Some(40_000));
    assert_eq!(first.transport, Transport::Udp);
    assert_eq!(first.fragment, Some(Fragment { id: 77, offset: 0, more: true }));
    assert_eq!(first.payload.total, 1472);
    let last = read(&ethernet(&four(17, 77, 185, b"the rest")));
    assert_eq!(last.source, at("10.0.0.1"));
    assert_eq!((last.protocol, &last.transport), (Protocol::UDP, &Transport::Other));
    assert_eq!(last.fragment, Some(Fragment { id: 77, offset: 1480, more: false }));
    assert_eq!(last.payload, Bytes::whole("the rest"));
}

#[test]
fn version_6_has_headers_between() {
    // Hop-by-hop options, then a fragment header, then UDP.
    let datagram = [0x9c, 0x40, 0x2e, 0xe0, 0, 12, 0, 0, b'h', b'o', b'l', b'a'];
    let hop = [44, 0, 1, 4, 0, 0, 0, 0];
    let part = [17, 0, 0, 1, 0, 0, 0, 77];
    let first = read(&ethernet(&six(0, &[&hop[..], &part, &datagram].concat())));
    assert_eq!(first.source, at("[fe80::1]:40000"));
    assert_eq!(first.fragment, Some(Fragment { id: 77, offset: 0, more: true }));
    assert_eq!(first.payload, Bytes::whole("hola"));
    let part = [17, 0, 0, 8, 0, 0, 0, 77];
    let last = read(&ethernet(&six(44, &[&part[..], b"rest"].concat())));
    assert_eq!((last.source, last.transport), (at("fe80::1"), Transport::Other));
    assert_eq!(last.fragment, Some(Fragment { id: 77, offset: 8, more: false }));
    // One that is all there is does not fragment anything (RFC 6946).
    let part = [17, 0, 0, 0, 0, 0, 0, 77];
    let whole = read(&ethernet(&six(44, &[&part[..], &datagram].concat())));
    assert_eq!((whole.fragment, whole.transport), (None, Transport::Udp));
    // Extensions that go on beyond what is there.
    let cut = ethernet(&six(0, &[&[60, 0, 1, 4, 0, 0, 0, 0][..], &[43, 9, 0]].concat()));
    assert_eq!(read(&cut).transport, Transport::Other);
}

#[test]
fn an_error_says_what_it_is_about() {
    let lost = four(
        17,
        5,
        0,
        &[0x9c, 0x40, 0, 9, 0, 16, 0, 0, b'a', b'n', b'y', b'b', b'o', b'd', b'y', b'?'],
    );
    let error = [&[3, 3, 0, 0, 0, 0, 0, 0][..], &lost].concat();
    let read_it = read(&ethernet(&four(1, 6, 0, &error)));
    let Transport::Icmp { kind: 3, code: 3, text, mtu: None, about: Some(about) } =
        read_it.transport
    else {
        panic!("{read_it:?}");
    };
    assert_eq!(text, "port unreachable");
    assert_eq!((about.source, about.destination), (at("10.0.0.1:40000"), at("10.0.0.2:9")));
    assert_eq!((about.protocol, about.sequence), (Protocol::UDP, None));
    assert_eq!(about.payload, Bytes::whole("anybody?"));
    // A router that quotes 8 bytes of a segment, and that knows the next link.
    let lost = four(6, 5, 0x4000, &segment(16, &[]));
    let error = [&[3, 4, 0, 0, 0, 0, 5, 0x14][..], &lost[..28]].concat();
    let read_it = read(&ethernet(&four(1, 6, 0, &error)));
    let Transport::Icmp { text, mtu: Some(1300), about: Some(about), .. } = read_it.transport
    else {
        panic!("{read_it:?}");
    };
    assert_eq!((text.as_str(), about.sequence), ("fragmentation needed", Some(7)));
    assert_eq!(about.destination, at("10.0.0.2:12000"));
    // IPv6.
    let lost = six(6, &segment(16, &[]));
    let error = [&[2, 0, 0, 0, 0, 0, 5, 0][..], &lost].concat();
    let read_it = read(&ethernet(&six(58, &error)));
    let Transport::Icmp { text, mtu: Some(1280), about: Some(about), .. } = read_it.transport
    else {
        panic!("{read_it:?}");
    };
    assert_eq!(text, "packet too big");
    assert_eq!(about.source, at("[fe80::1]:40000"));
    // A question quotes nothing.
    let ping = read(&ethernet(&four(1, 6, 0, &[8, 0, 0, 0, 0, 1, 0, 2, b'p', b'i', b'n', b'g'])));
    assert_eq!(ping.payload, Bytes::whole("ping"));
    let text = "echo request".to_owned();
    assert_eq!(ping.transport, Transport::Icmp { kind: 8, code: 0, text, mtu: None, about: None });
}

#[test]
fn neighbours_are_told_in_words() {
    let said = |headers: Option<Headers>| match headers.expect("headers").transport {
        Transport::Neighbour { text } => text,
        other => panic!("{other:?}"),
    };
    let arp = |operation, sender, target| {
        let packet = ArpPacket::new(
            ArpHardwareId::ETHERNET,
            EtherType::IPV4,
            operation,
            &[2, 0, 0, 0, 0, 1],
            sender,
            &[0; 6],
            target,
        );
        let builder = PacketBuilder::ethernet2([2, 0, 0, 0, 0, 1], [0xff; 6])
            .arp(packet.expect("lengths fit"));
        let mut frame = vec![0; builder.size()];
        builder.write_to_slice(&mut frame).expect("it fits");
        said(headers(&frame, frame.len(), 0))
    };
    let [here, there] = [&[10, 0, 0, 1], &[10, 0, 0, 2]];
    assert_eq!(arp(ArpOperation::REQUEST, here, there), "who has 10.0.0.2?");
    assert_eq!(arp(ArpOperation::REPLY, here, there), "10.0.0.1 is at 02:00:00:00:00:01");
    assert_eq!(arp(ArpOperation::REQUEST, here, here), "10.0.0.1 is at 02:00:00:00:00:01");
    assert_eq!(arp(ArpOperation::REQUEST, &[0; 4], there), "does anybody have 10.0.0.2?");
    let target = [0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2];
    let discovery = |kind: u8, options: &[u8]| {
        let message = [&[kind, 0, 0, 0, 0, 0, 0, 0][..], &target, options].concat();
        let frame = ethernet(&six(58, &message));
        said(headers(&frame, frame.len(), 0))
    };
    assert_eq!(discovery(135, &[]), "who has fe80::2?");
    assert_eq!(discovery(136, &[]), "fe80::2 is here");
    assert_eq!(discovery(136, &[2, 1, 2, 0, 0, 0, 0, 2]), "fe80::2 is at 02:00:00:00:00:02");
    assert_eq!(discovery(136, &[1, 0]), "fe80::2 is here");
}

#[test]
fn what_is_neither_ip_nor_arp_has_no_headers() {
    let mut frame = udp([127, 0, 0, 1], 40_000, 12_000, b"hola");
    frame[12..14].copy_from_slice(&[0x88, 0xcc]);
    assert_eq!(headers(&frame, frame.len(), 99), None);
    assert_eq!(TcpHeader::MIN_LEN, 20);
}

proptest! {
    #[test]
    fn what_was_built_is_read(packet in any_packet(), sample in 0..700usize) {
        let read = headers(&packet.frame, packet.frame.len(), sample).unwrap();
        prop_assert_eq!(read.protocol.number(), i32::from(packet.protocol));
        prop_assert_eq!(read.payload.total, packet.payload.len() as u64);
        let shown = packet.payload.len().min(sample);
        prop_assert_eq!(&read.payload.sample, &packet.payload[..shown]);
        if [6, 17].contains(&packet.protocol) {
            let ports = [&read.source, &read.destination].map(|end| end.port().unwrap());
            prop_assert_eq!(ports, packet.ports);
        }
        // However little was recorded: the same size.
        for captured in packet.body + 20..packet.frame.len() {
            let cut = headers(&packet.frame[..captured], packet.frame.len(), sample).unwrap();
            prop_assert_eq!(cut.payload.total, read.payload.total);
        }
    }

    #[test]
    fn whatever_comes_is_survived(
        mut frame in vec(any::<u8>(), 0..300), six: bool, length in 0..70_000usize, sample in 0..99usize,
    ) {
        if let Some(kind) = frame.get_mut(12..16) {
            let kinds: [[u8; 3]; 2] = [[8, 0, 0x45], [0x86, 0xdd, 0x60]];
            kind[..3].copy_from_slice(&kinds[usize::from(six)]);
        }
        if let Some(read) = headers(&frame, length, sample) {
            prop_assert!(read.payload.sample.len() <= sample);
            prop_assert!(read.payload.total <= length.max(frame.len()) as u64);
            prop_assert!(read.payload.sample.len() as u64 <= read.payload.total);
        }
    }
}
