//! Frames made by the crate that is not asked to read them here: for tests.

use etherparse::{
    IpHeaders, IpNumber, Ipv4Extensions, Ipv4Header, Ipv6Extensions, Ipv6Header, PacketBuilder,
    VlanId,
};
use proptest::collection::vec;
use proptest::prelude::*;

/// A frame and what is in it.
#[derive(Clone, Debug)]
pub(crate) struct Packet {
    pub(crate) frame: Vec<u8>,
    /// Where the checksum's field is.
    pub(crate) field: usize,
    /// Where the transport's header begins.
    pub(crate) body: usize,
    pub(crate) protocol: u8,
    pub(crate) ports: [u16; 2],
    pub(crate) payload: Vec<u8>,
    /// True for UDP over IPv4, where a checksum of 0 means that there is none.
    pub(crate) may_have_none: bool,
}

/// A UDP datagram from an address to itself, over IPv4.
pub(crate) fn udp(address: [u8; 4], from: u16, to: u16, payload: &[u8]) -> Vec<u8> {
    let builder = PacketBuilder::ethernet2([0; 6], [0; 6]).ipv4(address, address, 64).udp(from, to);
    let mut frame = vec![0; builder.size(payload.len())];
    builder.write_to_slice(&mut frame, payload).expect("it fits");
    frame
}

/// Any packet of a transport that has a checksum, with a VLAN tag or without.
pub(crate) fn any_packet() -> impl Strategy<Value = Packet> {
    let protocol = prop_oneof![Just(6u8), Just(17), Just(1)];
    let ports = any::<[u16; 2]>();
    (any::<bool>(), protocol, ports, vec(any::<u8>(), 0..600), any::<Option<u8>>())
        .prop_map(|(six, protocol, ports, payload, tag)| packet(six, protocol, ports, payload, tag))
}

fn packet(six: bool, protocol: u8, ports: [u16; 2], payload: Vec<u8>, tag: Option<u8>) -> Packet {
    let ethernet = PacketBuilder::ethernet2([2, 0, 0, 0, 0, 1], [2, 0, 0, 0, 0, 2]);
    let link = if tag.is_some() { 18 } else { 14 };
    let ip = if six {
        let header = Ipv6Header { source: [1; 16], destination: [2; 16], ..Ipv6Header::default() };
        IpHeaders::Ipv6(header, Ipv6Extensions::default())
    } else {
        let mut header = Ipv4Header::new(0, 64, IpNumber(0), [10, 0, 0, 1], [10, 0, 0, 2])
            .expect("no payload is too long");
        header.identification = 7;
        IpHeaders::Ipv4(header, Ipv4Extensions::default())
    };
    let body = link + if six { 40 } else { 20 };
    let builder = match tag {
        Some(tag) => ethernet.single_vlan(VlanId::try_new(tag.into()).expect("12 bits")).ip(ip),
        None => ethernet.ip(ip),
    };
    let mut frame = Vec::new();
    let (field, protocol) = match (protocol, six) {
        (6, _) => {
            let builder = builder.tcp(ports[0], ports[1], 7, 512).ack(9);
            frame.resize(builder.size(payload.len()), 0);
            builder.write_to_slice(&mut frame, &payload).expect("it fits");
            (body + 16, 6)
        }
        (17, _) => {
            let builder = builder.udp(ports[0], ports[1]);
            frame.resize(builder.size(payload.len()), 0);
            builder.write_to_slice(&mut frame, &payload).expect("it fits");
            (body + 6, 17)
        }
        (_, false) => {
            let builder = builder.icmpv4_echo_request(ports[0], ports[1]);
            frame.resize(builder.size(payload.len()), 0);
            builder.write_to_slice(&mut frame, &payload).expect("it fits");
            (body + 2, 1)
        }
        (_, true) => {
            let builder = builder.icmpv6_echo_request(ports[0], ports[1]);
            frame.resize(builder.size(payload.len()), 0);
            builder.write_to_slice(&mut frame, &payload).expect("it fits");
            (body + 2, 58)
        }
    };
    let may_have_none = protocol == 17 && !six;
    Packet { frame, field, body, protocol, ports, payload, may_have_none }
}
