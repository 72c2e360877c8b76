//! TLS records, and what of them is readable: RFC 8446 (1.3), RFC 5246 (1.2).

mod hello;
mod names;

#[cfg(test)]
pub(crate) use hello::tests as tests_hello;
pub use hello::{ClientHello, ServerHello};
pub use names::{Version, alert_name, cipher_name, handshake_name};

use crate::bytes::Reader;

/// The length of the header of a record.
pub const HEADER: usize = 5;

/// The header of a record, RFC 8446 §5.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Header {
    /// What it carries.
    pub kind: Kind,
    /// The version it claims; for compatibility hardly ever the one in use.
    pub version: Version,
    /// How many bytes follow.
    pub length: u16,
}

/// What a record carries, RFC 8446 §5.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// 20.
    ChangeCipherSpec,
    /// 21.
    Alert,
    /// 22.
    Handshake,
    /// 23. In TLS 1.3 whatever is encrypted looks so.
    ApplicationData,
    /// 24, RFC 6520.
    Heartbeat,
}

impl Header {
    /// Reads a header; `None` if there are too few bytes or no record can begin so.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        // RFC 5246 §6.2.3: ciphertext is at most 2048 bytes longer than plaintext.
        const LONGEST: u16 = (1 << 14) + 2048;
        let mut reader = Reader(bytes);
        let kind = match reader.u8()? {
            20 => Kind::ChangeCipherSpec,
            21 => Kind::Alert,
            22 => Kind::Handshake,
            23 => Kind::ApplicationData,
            24 => Kind::Heartbeat,
            _ => return None,
        };
        let (version, length) = (Version(reader.u16()?), reader.u16()?);
        let fits = match kind {
            Kind::ChangeCipherSpec => length == 1,
            Kind::Alert => length >= 2,
            Kind::ApplicationData => true,
            _ => length > 0,
        };
        let known = (0x0300..=0x0304).contains(&version.0);
        (known && fits && length <= LONGEST).then_some(Self { kind, version, length })
    }

    /// The length of the whole record.
    pub fn total(self) -> u64 {
        HEADER as u64 + u64::from(self.length)
    }
}

/// An alert in the clear, RFC 8446 §6.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Alert {
    /// True if it ends the connection; a warning does not have to.
    pub fatal: bool,
    /// What it is about.
    pub description: u8,
}

impl Alert {
    /// Reads the payload of an alert record. Encrypted ones are longer: `None`.
    pub fn parse(payload: &[u8]) -> Option<Self> {
        match payload {
            [level @ 1..=2, description] => {
                Some(Self { fatal: *level == 2, description: *description })
            }
            _ => None,
        }
    }
}

/// A message of a handshake in the clear.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Handshake {
    /// The client's first.
    ClientHello(Box<ClientHello>),
    /// The server's first.
    ServerHello(Box<ServerHello>),
    /// Any other type, RFC 8446 §4 and RFC 5246 §7.4.
    Other(u8),
}

impl Handshake {
    /// Reads a message, of which only the beginning may be at hand; `total` is its length. A hello that
    /// is none is `None`.
    pub(crate) fn parse(kind: u8, body: &[u8], total: usize) -> Option<Self> {
        Some(match kind {
            1 => Self::ClientHello(Box::new(ClientHello::parse(body, total)?)),
            2 => Self::ServerHello(Box::new(ServerHello::parse(body, total)?)),
            other => Self::Other(other),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers() {
        let header = Header::parse(&[0x16, 3, 1, 2, 0]).unwrap();
        assert_eq!((header.kind, header.version.0, header.total()), (Kind::Handshake, 0x0301, 517));
        for (bytes, why) in [
            (&[0x16, 3, 1, 2][..], "cut"),
            (&[0x19, 3, 3, 0, 9], "no such type"),
            (&[0x16, 2, 0, 0, 9], "SSL 2"),
            (&[0x16, 3, 5, 0, 9], "a version that there is not"),
            (&[0x17, 3, 3, 0xff, 0xff], "too long"),
            (&[0x14, 3, 3, 0, 2], "a ChangeCipherSpec is one byte"),
            (&[0x16, 3, 3, 0, 0], "an empty handshake record"),
            (b"HTTP/", "text"),
        ] {
            assert_eq!(Header::parse(bytes), None, "{why}");
        }
    }

    #[test]
    fn alerts_in_the_clear_have_two_bytes() {
        let alert = Alert::parse(&[2, 48]).unwrap();
        assert_eq!((alert.fatal, alert_name(alert.description)), (true, Some("unknown_ca")));
        assert_eq!(alert_name(Alert::parse(&[1, 0]).unwrap().description), Some("close_notify"));
        assert_eq!([&[3, 48][..], &[2], &[2, 48, 0]].map(Alert::parse), [None; 3]);
    }
}
