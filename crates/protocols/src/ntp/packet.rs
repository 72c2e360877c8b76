//! The 48-byte header of every NTP packet (RFC 5905 §7.3).
//!
//! ```text
//!  byte 0      1        2      3          4–7         8–11             12–15
//!  LI VN Mode  stratum  poll   precision  root delay  root dispersion  reference id
//!  16–23 reference · 24–31 origin (T1) · 32–39 receive (T2) · 40–47 transmit (T3)
//! ```

use serde::Serialize;
use thiserror::Error;

use super::timestamp::{Short, Timestamp};

/// The length of the header in bytes. Extension fields and a MAC may follow it.
pub const PACKET_LEN: usize = 48;

/// The leap indicator: whether the last minute of the current month has a leap second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Leap {
    /// It has 60 seconds.
    None,
    /// It has 61 seconds.
    Insert,
    /// It has 59 seconds.
    Delete,
    /// The sender's clock is not synchronized: its time must not be used.
    Unsynchronized,
}

/// The association mode. Clients send [`Mode::Client`], servers answer with [`Mode::Server`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// 0: reserved. NTP version 1 had no modes and leaves 0 here.
    Reserved,
    /// 1: a peer that keeps state about the receiver.
    SymmetricActive,
    /// 2: a peer that answers without having been configured to.
    SymmetricPassive,
    /// 3: a request.
    Client,
    /// 4: the answer to a request.
    Server,
    /// 5: sent to all hosts of a network, without a request.
    Broadcast,
    /// 6: control messages, as `ntpq` sends them.
    Control,
    /// 7: private use, long abused for reflection attacks.
    Private,
}

impl Leap {
    const ALL: [Self; 4] = [Self::None, Self::Insert, Self::Delete, Self::Unsynchronized];
}

impl Mode {
    const ALL: [Self; 8] = [
        Self::Reserved,
        Self::SymmetricActive,
        Self::SymmetricPassive,
        Self::Client,
        Self::Server,
        Self::Broadcast,
        Self::Control,
        Self::Private,
    ];
}

/// The header of an NTP packet as it is on the wire. Parsing checks nothing but the length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Packet {
    /// Whether a leap second is due, or the clock is not synchronized.
    pub leap: Leap,
    /// The protocol version, 0 to 7 (only the low three bits are sent). The current one is 4.
    pub version: u8,
    /// The association mode.
    pub mode: Mode,
    /// The distance from a reference clock: 1 has one, 2 to 15 are synchronized over the network, 16
    /// is unsynchronized. 0 marks a kiss-o'-death packet, whose [`Packet::reference_id`] is the kiss
    /// code (RFC 5905 §7.4).
    pub stratum: u8,
    /// The maximum interval between messages, as a power of two in seconds.
    pub poll: i8,
    /// The sender's clock resolution, as a power of two in seconds: −20 is about a microsecond.
    pub precision: i8,
    /// The round-trip delay from the sender to its reference clock.
    pub root_delay: Short,
    /// The maximum error of the sender's clock relative to its reference clock.
    pub root_dispersion: Short,
    /// The sender's source of time: ASCII at stratum 0 and 1, otherwise an IPv4 address or the hash
    /// of an IPv6 one.
    pub reference_id: [u8; 4],
    /// When the sender's clock was last set.
    pub reference: Timestamp,
    /// In an answer, the request's [`Packet::transmit`] copied bit by bit (T1).
    pub origin: Timestamp,
    /// When the request arrived at the server (T2).
    pub receive: Timestamp,
    /// When this packet left its sender (T3 in an answer).
    pub transmit: Timestamp,
}

/// Fewer bytes than the header has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{0} bytes are too few for an NTP packet: the header alone has {PACKET_LEN}")]
pub struct TooShort(pub usize);

impl Packet {
    /// Parses the header at the start of `bytes`; anything after it is ignored.
    ///
    /// # Errors
    /// [`TooShort`] if there are fewer than [`PACKET_LEN`] bytes.
    pub fn parse(bytes: &[u8]) -> Result<Self, TooShort> {
        let header: &[u8; PACKET_LEN] = bytes.first_chunk().ok_or(TooShort(bytes.len()))?;
        Ok(Self {
            leap: Leap::ALL[usize::from(header[0] >> 6)],
            version: header[0] >> 3 & 0b111,
            mode: Mode::ALL[usize::from(header[0] & 0b111)],
            stratum: header[1],
            poll: header[2].cast_signed(),
            precision: header[3].cast_signed(),
            root_delay: Short(u32::from_be_bytes(field(header, 4))),
            root_dispersion: Short(u32::from_be_bytes(field(header, 8))),
            reference_id: field(header, 12),
            reference: Timestamp(u64::from_be_bytes(field(header, 16))),
            origin: Timestamp(u64::from_be_bytes(field(header, 24))),
            receive: Timestamp(u64::from_be_bytes(field(header, 32))),
            transmit: Timestamp(u64::from_be_bytes(field(header, 40))),
        })
    }

    /// The header in wire format.
    pub fn to_bytes(&self) -> [u8; PACKET_LEN] {
        let mut bytes = [0; PACKET_LEN];
        bytes[0] = (self.leap as u8) << 6 | (self.version & 0b111) << 3 | self.mode as u8;
        bytes[1] = self.stratum;
        bytes[2] = self.poll.cast_unsigned();
        bytes[3] = self.precision.cast_unsigned();
        bytes[4..8].copy_from_slice(&self.root_delay.0.to_be_bytes());
        bytes[8..12].copy_from_slice(&self.root_dispersion.0.to_be_bytes());
        bytes[12..16].copy_from_slice(&self.reference_id);
        let timestamps = [self.reference, self.origin, self.receive, self.transmit];
        for (place, timestamp) in bytes[16..].chunks_exact_mut(8).zip(timestamps) {
            place.copy_from_slice(&timestamp.0.to_be_bytes());
        }
        bytes
    }
}

fn field<const N: usize>(header: &[u8; PACKET_LEN], at: usize) -> [u8; N] {
    std::array::from_fn(|i| header[at + i])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_classic_first_byte() {
        // The 0x1b that many scripts send: no leap second, version 3, client.
        let mut bytes = [0; PACKET_LEN];
        bytes[0] = 0x1b;
        let packet = Packet::parse(&bytes).unwrap();
        assert_eq!((packet.leap, packet.version, packet.mode), (Leap::None, 3, Mode::Client));
    }

    #[test]
    fn fields_are_where_the_rfc_puts_them() {
        let bytes: [u8; PACKET_LEN] = std::array::from_fn(|i| i as u8);
        let packet = Packet::parse(&bytes).unwrap();
        assert_eq!((packet.stratum, packet.poll, packet.precision), (1, 2, 3));
        assert_eq!(packet.root_delay, Short(0x0405_0607));
        assert_eq!(packet.root_dispersion, Short(0x0809_0a0b));
        assert_eq!(packet.reference_id, [12, 13, 14, 15]);
        assert_eq!(packet.reference, Timestamp(0x1011_1213_1415_1617));
        assert_eq!(packet.origin, Timestamp(0x1819_1a1b_1c1d_1e1f));
        assert_eq!(packet.receive, Timestamp(0x2021_2223_2425_2627));
        assert_eq!(packet.transmit, Timestamp(0x2829_2a2b_2c2d_2e2f));
    }

    #[test]
    fn one_byte_less_is_too_short() {
        assert_eq!(Packet::parse(&[0; 47]), Err(TooShort(47)));
        assert_eq!(Packet::parse(&[]), Err(TooShort(0)));
    }

    proptest! {
        #[test]
        fn any_48_bytes_survive_the_round_trip(bytes: [[u8; 16]; 3]) {
            let bytes = bytes.concat();
            let packet = Packet::parse(&bytes).unwrap();
            prop_assert_eq!(&packet.to_bytes()[..], &bytes[..]);
        }

        #[test]
        fn any_length_is_parsed_or_too_short(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert_eq!(Packet::parse(&bytes).is_ok(), bytes.len() >= PACKET_LEN);
        }
    }
}
