//! What a datagram is.

use crate::dns;
use crate::ntp::{Mode, PACKET_LEN, Packet};

/// A datagram that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Datagram {
    /// A message to or from a name server.
    Dns(dns::Message),
    /// A message to or from a time server.
    Ntp(Box<Packet>),
}

/// What a datagram is, whatever its port: a DNS message fits from its first byte to its last; of time
/// messages only [answers](is_time) are so certain.
pub fn read(bytes: &[u8]) -> Option<Datagram> {
    let time = || time_packet(bytes).filter(is_time).map(Box::new).map(Datagram::Ntp);
    dns::Message::parse(bytes).map(Datagram::Dns).or_else(time)
}

/// A packet of a client or a server, of a version that is in use and a length that RFC 5905 §7.3 and
/// RFC 7822 allow. Many other messages look so: it takes a port, or an answer, to call it one.
pub fn time_packet(bytes: &[u8]) -> Option<Packet> {
    let packet = Packet::parse(bytes).ok()?;
    let exchanged = matches!(packet.mode, Mode::Client | Mode::Server);
    let fits = (1..=4).contains(&packet.version) && packet.stratum <= 16;
    let length = bytes.len() >= PACKET_LEN && bytes.len().is_multiple_of(4);
    (exchanged && fits && length).then_some(packet)
}

/// True for an answer of a time server that no other protocol is likely to send: its two times are set,
/// and less than a second apart, and its stratum is that of a server.
pub fn is_time(packet: &Packet) -> bool {
    let served = packet.transmit.since(packet.receive).as_seconds();
    let set = !packet.transmit.is_unknown() && !packet.receive.is_unknown();
    packet.mode == Mode::Server
        && (1..16).contains(&packet.stratum)
        && set
        && (0.0..1.0).contains(&served)
}

/// True if this answers that: the time that the client put in comes back bit by bit.
pub fn answers(answer: &Packet, request: &Packet) -> bool {
    request.mode == Mode::Client
        && answer.mode == Mode::Server
        && answer.version == request.version
        && answer.origin == request.transmit
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ntp::Timestamp;

    fn served() -> Packet {
        let mut packet = Packet::parse(&[0x24; PACKET_LEN]).unwrap();
        packet.stratum = 2;
        packet.receive = Timestamp(0xe900_0000_0000_0000);
        packet.transmit = Timestamp(0xe900_0000_1000_0000);
        packet
    }

    #[test]
    fn an_answer_is_known_by_its_times() {
        assert!(matches!(read(&served().to_bytes()), Some(Datagram::Ntp(_))));
        let late = Packet { transmit: Timestamp(0xe900_0002_0000_0000), ..served() };
        assert_eq!(read(&late.to_bytes()), None);
        assert_eq!(read(&Packet { stratum: 0, ..served() }.to_bytes()), None);
    }

    #[test]
    fn a_structure_that_begins_with_the_number_35_is_no_request() {
        let mut bytes = [0; PACKET_LEN];
        bytes[0] = 0x23;
        assert_eq!(read(&bytes), None, "although it could be one");
        assert!(time_packet(&bytes).is_some());
        assert_eq!(time_packet(&[b'#'; PACKET_LEN]), None, "text");
    }
}
