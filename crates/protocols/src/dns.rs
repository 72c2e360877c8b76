//! Messages to and from name servers, RFC 1035 §4.1.

use std::fmt;
use std::net::IpAddr;

/// A whole message.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Message {
    /// Ties an answer to its question.
    pub id: u16,
    /// The name asked for.
    pub name: String,
    /// The type of record asked for.
    pub kind: RecordType,
    /// What it answers; `None` for a question.
    pub answer: Option<Answer>,
}

impl Message {
    /// Reads a message; `None` if it is not one from its first byte to its last, asks several
    /// questions or none, or is about anything but the Internet.
    pub fn parse(message: &[u8]) -> Option<Self> {
        let word = |at: usize| Some(u16::from_be_bytes([*message.get(at)?, *message.get(at + 1)?]));
        let flags = word(2)?;
        // A standard query (RFC 1035 §4.1.1). Of the three bits behind RA, one has to be 0.
        if flags & 0x7800 != 0 || flags & 0x0040 != 0 {
            return None;
        }
        let (name, kind) = question(message)?;
        let mut at = after_name(message, HEADER)? + 4;
        let is_response = flags & 0x8000 != 0;
        let counts = [word(6)?, word(8)?, word(10)?];
        // A question has no answers (RFC 1035 §4.1.1); what it has behind it is EDNS or a signature.
        if !is_response && (counts[0] > 0 || flags & 0xf != 0) {
            return None;
        }
        for _ in 0..counts.iter().map(|count| u32::from(*count)).sum() {
            at = after_name(message, at)?;
            at += 10 + usize::from(word(at + 8)?);
        }
        let answer = match is_response {
            true => Some(answer(message, kind)?),
            false => None,
        };
        (at == message.len()).then_some(Self { id: word(0)?, name, kind, answer })
    }
}

/// What an answer says, RFC 1035 §4.1.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answer {
    /// The response code, RCODE: 0 no error, 2 SERVFAIL, 3 NXDOMAIN (there is no such name), 5
    /// REFUSED. With 0 and no record, the name exists (RFC 2308 §2.2).
    pub code: u8,
    /// True if it did not fit into a datagram (TC): whoever wants all of it asks by TCP.
    pub cut: bool,
    /// How many records of the type asked for it has.
    pub records: usize,
    /// The addresses in them.
    pub addresses: Vec<IpAddr>,
}

/// The type of a DNS record, RFC 1035 §3.2.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RecordType(pub u16);

/// `A`, `AAAA` …; types without a name here as RFC 3597 §5 writes them: `TYPE99`.
impl fmt::Display for RecordType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self.0 {
            1 => "A",
            2 => "NS",
            5 => "CNAME",
            6 => "SOA",
            12 => "PTR",
            15 => "MX",
            16 => "TXT",
            28 => "AAAA",
            33 => "SRV",
            64 => "SVCB",
            65 => "HTTPS",
            other => return write!(f, "TYPE{other}"),
        };
        f.write_str(name)
    }
}

/// The name and the type of record a DNS message asks for, RFC 1035 §4.1; `None` if it is not a DNS
/// message.
pub fn question(message: &[u8]) -> Option<(String, RecordType)> {
    let count = |at: usize| Some(u16::from_be_bytes([*message.get(at)?, *message.get(at + 1)?]));
    if count(4)? != 1 {
        return None;
    }
    let mut name = String::new();
    let mut at = HEADER;
    loop {
        let length = usize::from(*message.get(at)?);
        if length == 0 {
            break;
        }
        let label = (length < 64).then(|| message.get(at + 1..at + 1 + length)).flatten()?;
        let readable = label.iter().all(u8::is_ascii_graphic);
        if !readable {
            return None;
        }
        if !name.is_empty() {
            name.push('.');
        }
        name.extend(label.iter().map(|byte| char::from(*byte)));
        at += 1 + length;
    }
    let (kind, class) = (count(at + 1)?, count(at + 3)?);
    (!name.is_empty() && class == 1).then_some((name, RecordType(kind)))
}

/// What a DNS message answers that was asked for one type of record; `None` if it is no answer, or if
/// not all of its answers are here.
pub fn answer(message: &[u8], kind: RecordType) -> Option<Answer> {
    const INTERNET: u16 = 1;
    let word = |at: usize| Some(u16::from_be_bytes([*message.get(at)?, *message.get(at + 1)?]));
    let flags = word(2)?;
    if flags & 0x8000 == 0 {
        return None;
    }
    let [_, code] = (flags & 0xf).to_be_bytes();
    let cut = flags & 0x0200 != 0;
    let mut answer = Answer { code, cut, records: 0, addresses: Vec::new() };
    let mut at = HEADER;
    for _ in 0..word(4)? {
        at = after_name(message, at)? + 4;
    }
    for _ in 0..word(6)? {
        at = after_name(message, at)?;
        let (of, class, length) = (word(at)?, word(at + 2)?, usize::from(word(at + 8)?));
        let data = message.get(at + 10..at + 10 + length)?;
        at += 10 + length;
        if of != kind.0 || class != INTERNET {
            continue;
        }
        answer.records += 1;
        let address = match of {
            1 => <[u8; 4]>::try_from(data).ok().map(IpAddr::from),
            28 => <[u8; 16]>::try_from(data).ok().map(IpAddr::from),
            _ => None,
        };
        answer.addresses.extend(address);
    }
    Some(answer)
}

/// The name of a response code, RFC 6895 §2.3.
pub fn code_name(code: u8) -> Option<&'static str> {
    const NAMES: [&str; 11] = [
        "NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED", "YXDOMAIN", "YXRRSET",
        "NXRRSET", "NOTAUTH", "NOTZONE",
    ];
    NAMES.get(usize::from(code)).copied()
}

/// The length of the header of a DNS message.
const HEADER: usize = 12;

/// Where a name ends that begins here: with an empty label, or with a pointer to the rest of it.
fn after_name(message: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match *message.get(at)? {
            0 => return Some(at + 1),
            0xc0.. => return Some(at + 2),
            length => at += 1 + usize::from(length),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A question for the address of `a.test`, and what comes behind it.
    fn asked(flags: u16, counts: [u16; 3], rest: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0x12, 0x34];
        bytes.extend(flags.to_be_bytes());
        bytes.extend([0, 1]);
        counts.iter().for_each(|count| bytes.extend(count.to_be_bytes()));
        bytes.extend(b"\x01a\x04test\0\0\x01\0\x01");
        bytes.extend(rest);
        bytes
    }

    const RECORD: &[u8] = b"\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04\x7f\0\0\x01";

    #[test]
    fn a_question_and_its_answer() {
        let question = Message::parse(&asked(0x0100, [0, 0, 0], b"")).unwrap();
        assert_eq!((&*question.name, question.kind), ("a.test", RecordType(1)));
        assert_eq!((question.id, question.answer), (0x1234, None));
        let answer = Message::parse(&asked(0x8180, [1, 0, 0], RECORD)).unwrap().answer.unwrap();
        assert_eq!((answer.code, &answer.addresses[..]), (0, &["127.0.0.1".parse().unwrap()][..]));
        let extended = asked(0x0120, [0, 0, 1], b"\0\0\x29\x04\xd0\0\0\0\0\0\0");
        assert!(Message::parse(&extended).is_some());
    }

    #[test]
    fn what_is_not_a_message_from_first_to_last_byte_is_none() {
        let tempting = [
            (asked(0x0100, [0, 0, 0], b"!"), "more behind it"),
            (asked(0x0100, [0, 0, 1], b""), "an announced record is missing"),
            (asked(0x8180, [1, 0, 0], &RECORD[..15]), "a record is cut"),
            (asked(0x0100, [1, 0, 0], RECORD), "a question with an answer"),
            (asked(0x2900, [0, 0, 0], b""), "an update"),
            (asked(0x0140, [0, 0, 0], b""), "a bit that must be 0"),
            (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n".to_vec(), "text"),
            (vec![0; 64], "zeros"),
        ];
        for (bytes, why) in tempting {
            assert_eq!(Message::parse(&bytes), None, "{why}");
        }
    }
}
