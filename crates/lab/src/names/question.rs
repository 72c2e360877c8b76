//! What a message to a name server asks, RFC 1035 §4.1. Pure.

/// The size of a header.
pub(super) const HEADER: usize = 12;
/// The largest UDP message that every resolver takes, RFC 1035 §4.2.1.
pub(super) const LEAST: usize = 512;
/// The largest one of ours over UDP. No network of a place cuts it into fragments.
const MOST: usize = 4096;

/// Record types, RFC 1035 §3.2.2, RFC 3596 §2.1 and RFC 6891 §6.1.1.
pub(super) mod kind {
    pub(in crate::names) const A: u16 = 1;
    pub(in crate::names) const CNAME: u16 = 5;
    pub(in crate::names) const SOA: u16 = 6;
    pub(in crate::names) const PTR: u16 = 12;
    pub(in crate::names) const AAAA: u16 = 28;
    pub(in crate::names) const OPT: u16 = 41;
    /// Of these, only questions are: the transfer of a zone, and two that are obsolete.
    pub(in crate::names) const IXFR: u16 = 251;
    pub(in crate::names) const AXFR: u16 = 252;
    pub(in crate::names) const MAILB: u16 = 253;
    pub(in crate::names) const MAILA: u16 = 254;
    pub(in crate::names) const ANY: u16 = 255;
}

/// The class of the Internet, and any class.
const CLASSES: [u16; 2] = [1, 255];

/// A question.
#[derive(Clone, Copy, Debug)]
pub(super) struct Question<'q> {
    /// The name, as labels and their lengths.
    pub(super) wire: &'q [u8],
    /// The type of record.
    pub(super) kind: u16,
    pub(super) class: u16,
    /// What the sender says about itself (EDNS, RFC 6891).
    pub(super) extension: Option<Extension>,
}

/// The parts of an OPT record that matter here.
#[derive(Clone, Copy, Debug)]
pub(super) struct Extension {
    /// The largest answer that the sender takes over UDP.
    pub(super) room: usize,
    /// 0 is the only version there is.
    pub(super) version: u8,
}

impl<'q> Question<'q> {
    /// The one question of a message; `None` if it has none, or several, or is malformed.
    pub(super) fn parse(message: &'q [u8]) -> Option<Self> {
        if number(message, 4)? != 1 {
            return None;
        }
        let mut at = HEADER;
        loop {
            let length = usize::from(*message.get(at)?);
            at += 1;
            if length == 0 {
                break;
            }
            // Longer lengths are pointers, to which a question has nothing to point.
            (length < 64).then(|| message.get(at..at + length)).flatten()?;
            at += length;
        }
        let wire = &message[HEADER..at];
        let (kind, class) = (number(message, at)?, number(message, at + 2)?);
        let extension = Extension::parse(&message[at + 4..]);
        (wire.len() < 256).then_some(Self { wire, kind, class, extension })
    }

    /// The name as text, without the dot of the root.
    pub(super) fn name(&self) -> String {
        let (mut rest, mut labels) = (self.wire, Vec::new());
        while let Some((length, behind)) = rest.split_first().filter(|(length, _)| **length > 0) {
            let (label, others) = behind.split_at_checked((*length).into()).unwrap_or_default();
            labels.push(String::from_utf8_lossy(label));
            rest = others;
        }
        labels.join(".")
    }

    /// Whether it is about the Internet.
    pub(super) fn is_about_internet(&self) -> bool {
        CLASSES.contains(&self.class)
    }

    /// The largest answer over UDP.
    pub(super) fn room(&self) -> usize {
        self.extension.map_or(LEAST, |extension| extension.room.clamp(LEAST, MOST))
    }
}

impl Extension {
    /// The OPT record, if that is what comes first behind the question.
    fn parse(bytes: &[u8]) -> Option<Self> {
        // The root's name is one zero byte, and then comes the type of the record.
        let is_one = bytes.first() == Some(&0) && number(bytes, 1)? == kind::OPT;
        let (room, version) = (number(bytes, 3)?.into(), *bytes.get(6)?);
        is_one.then_some(Self { room, version })
    }
}

fn number(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// A name as labels and their lengths. Labels are at most 63 bytes long: longer ones are cut.
pub(super) fn wire(name: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for label in name.split('.').filter(|label| !label.is_empty()) {
        let label = &label.as_bytes()[..label.len().min(63)];
        bytes.extend(u8::try_from(label.len()));
        bytes.extend(label);
    }
    bytes.push(0);
    bytes
}
