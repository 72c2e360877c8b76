//! Questions to a name server and their answers on the wire, RFC 1035 §4. Pure.

use std::net::{IpAddr, Ipv4Addr};

use super::table::Names;

/// How long an answer holds, in seconds.
const TIME_TO_LIVE: u32 = 60;
/// The size of a header.
const HEADER: usize = 12;
/// The largest UDP message that a resolver must take, RFC 1035 §4.2.1.
const LEAST: usize = 512;

/// Record types, RFC 1035 §3.2.2, RFC 3596 §2.1 and RFC 6891 §6.1.1.
mod kind {
    pub(super) const A: u16 = 1;
    pub(super) const PTR: u16 = 12;
    pub(super) const AAAA: u16 = 28;
    pub(super) const OPT: u16 = 41;
    pub(super) const ANY: u16 = 255;
}

/// The class of the Internet, and any class.
const CLASSES: [u16; 2] = [1, 255];

/// Response codes, RFC 1035 §4.1.1.
#[derive(Clone, Copy)]
enum Code {
    NoError = 0,
    FormatError = 1,
    NoSuchName = 3,
    NotImplemented = 4,
    Refused = 5,
}

/// What a message asks.
struct Question<'q> {
    /// The name, as labels and their lengths.
    wire: &'q [u8],
    name: String,
    kind: u16,
    class: u16,
    /// The largest answer that the sender takes over UDP, if it says so (RFC 6891 §6.2.3).
    room: Option<usize>,
}

/// The answer to a message; `None` if the message is no question, and gets none.
///
/// `most` is how large the answer may be, in bytes: `None` for UDP, where the question decides. An
/// answer that does not fit is cut off between records and says so (the bit TC).
pub fn answer(message: &[u8], names: &Names, most: Option<usize>) -> Option<Vec<u8>> {
    let header = message.first_chunk::<HEADER>()?;
    let is_response = header[2] & 0x80 != 0;
    if is_response {
        return None; // To answer an answer would be a loop.
    }
    let operation = header[2] >> 3 & 15;
    if operation != 0 {
        return Some(reply(header, None, Code::NotImplemented, &[], LEAST));
    }
    let Some(question) = Question::parse(message) else {
        return Some(reply(header, None, Code::FormatError, &[], LEAST));
    };
    let most = most.unwrap_or_else(|| question.room.unwrap_or(LEAST));
    let (code, records) = match records(&question, names) {
        Ok(records) => (Code::NoError, records),
        Err(code) => (code, Vec::new()),
    };
    Some(reply(header, Some(&question), code, &records, most))
}

/// The records that answer a question, each a type and its data.
fn records(question: &Question<'_>, names: &Names) -> Result<Vec<(u16, Vec<u8>)>, Code> {
    if !CLASSES.contains(&question.class) {
        return Err(Code::Refused);
    }
    if let Some(address) = reversed(&question.name) {
        let name = names.name_of(address).ok_or(Code::NoSuchName)?;
        let wanted = matches!(question.kind, kind::PTR | kind::ANY);
        return Ok(wanted.then(|| (kind::PTR, wire(name))).into_iter().collect());
    }
    let addresses = names.of(&question.name).ok_or(Code::NoSuchName)?;
    let record = |address: &IpAddr| match address {
        IpAddr::V4(ip) => (kind::A, ip.octets().to_vec()),
        IpAddr::V6(ip) => (kind::AAAA, ip.octets().to_vec()),
    };
    let wanted = |(kind, _): &(u16, Vec<u8>)| [*kind, kind::ANY].contains(&question.kind);
    Ok(addresses.iter().map(record).filter(wanted).collect())
}

/// The IPv4 address in a name such as `1.0.0.127.in-addr.arpa`, RFC 1035 §3.5.
fn reversed(name: &str) -> Option<IpAddr> {
    let name = name.to_ascii_lowercase();
    let text = name.strip_suffix(".in-addr.arpa")?;
    let backwards: Ipv4Addr = text.parse().ok()?;
    let [a, b, c, d] = backwards.octets();
    Some(Ipv4Addr::new(d, c, b, a).into())
}

/// A name as labels and their lengths. Labels are at most 63 bytes long: longer ones are cut.
fn wire(name: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for label in name.split('.').filter(|label| !label.is_empty()) {
        let label = &label.as_bytes()[..label.len().min(63)];
        bytes.extend(u8::try_from(label.len()));
        bytes.extend(label);
    }
    bytes.push(0);
    bytes
}

impl<'q> Question<'q> {
    fn parse(message: &'q [u8]) -> Option<Self> {
        let number = |at: usize| {
            let bytes = message.get(at..at + 2)?;
            Some(u16::from_be_bytes([bytes[0], bytes[1]]))
        };
        if number(4)? != 1 {
            return None;
        }
        let (mut at, mut labels) = (HEADER, Vec::new());
        loop {
            let length = usize::from(*message.get(at)?);
            at += 1;
            if length == 0 {
                break;
            }
            // Longer lengths are pointers, to which a question has nothing to point.
            let label = (length < 64).then(|| message.get(at..at + length)).flatten()?;
            labels.push(String::from_utf8_lossy(label));
            at += length;
        }
        let wire = &message[HEADER..at];
        let (kind, class) = (number(at)?, number(at + 2)?);
        // The root's name is one zero byte, and then comes the type of the record.
        let extended = message.get(at + 4) == Some(&0) && number(at + 5) == Some(kind::OPT);
        let room = number(at + 7).filter(|_| extended);
        let room = room.map(|room| usize::from(room).clamp(LEAST, 4096));
        (wire.len() < 256).then(|| Self { wire, name: labels.join("."), kind, class, room })
    }
}

/// Writes a message with as many of the records as fit in `most` bytes.
fn reply(
    header: &[u8; HEADER],
    question: Option<&Question<'_>>,
    code: Code,
    records: &[(u16, Vec<u8>)],
    most: usize,
) -> Vec<u8> {
    const ANSWER: u8 = 0x80;
    const AUTHORITATIVE: u8 = 0x04;
    const CUT_OFF: u8 = 0x02;
    const RECURSION: u8 = 0x80;
    // The operation and "recursion desired" come back as they were.
    let flags = ANSWER | AUTHORITATIVE | header[2] & 0x79;
    let mut bytes = vec![header[0], header[1], flags, RECURSION | code as u8];
    bytes.extend([0; 8]);
    let Some(question) = question else { return bytes };
    bytes.extend(question.wire);
    bytes.extend(question.kind.to_be_bytes());
    bytes.extend(question.class.to_be_bytes());
    let extension: &[u8] = match question.room {
        Some(_) => &[0, 0, 41, 0x10, 0, 0, 0, 0, 0, 0, 0],
        None => &[],
    };
    let mut written: u16 = 0;
    for (kind, data) in records {
        // Its name is the question's, which begins behind the header.
        let mut record = vec![0xc0, HEADER as u8];
        record.extend(kind.to_be_bytes());
        record.extend(1u16.to_be_bytes());
        record.extend(TIME_TO_LIVE.to_be_bytes());
        record.extend(u16::try_from(data.len()).unwrap_or(0).to_be_bytes());
        record.extend(data);
        if bytes.len() + record.len() + extension.len() > most {
            bytes[2] |= CUT_OFF;
            break;
        }
        bytes.extend(record);
        written += 1;
    }
    bytes.extend(extension);
    bytes[4..6].copy_from_slice(&1u16.to_be_bytes());
    bytes[6..8].copy_from_slice(&written.to_be_bytes());
    bytes[10..12].copy_from_slice(&u16::from(!extension.is_empty()).to_be_bytes());
    bytes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A question with this name and type, as `getaddrinfo` asks it.
    fn query(name: &str, kind: u16) -> Vec<u8> {
        let mut bytes = vec![0xab, 0xcd, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
        bytes.extend(wire(name));
        bytes.extend(kind.to_be_bytes());
        bytes.extend([0, 1]);
        bytes
    }

    /// The response code, and the type and data of each record of an answer.
    fn read(bytes: &[u8]) -> (u8, Vec<(u16, Vec<u8>)>) {
        let count = usize::from(u16::from_be_bytes([bytes[6], bytes[7]]));
        let mut at = HEADER + bytes[HEADER..].iter().position(|byte| *byte == 0).unwrap() + 5;
        let mut records = Vec::new();
        for _ in 0..count {
            let word = |at: usize| u16::from_be_bytes([bytes[at], bytes[at + 1]]);
            assert_eq!(word(at), 0xc00c, "the name is the question's");
            let length = usize::from(word(at + 10));
            records.push((word(at + 2), bytes[at + 12..at + 12 + length].to_vec()));
            at += 12 + length;
        }
        (bytes[3] & 15, records)
    }

    fn asked(name: &str, kind: u16, names: &Names) -> (u8, Vec<(u16, Vec<u8>)>) {
        let query = query(name, kind);
        let bytes = answer(&query, names, None).expect("an answer");
        assert_eq!(bytes[..2], query[..2], "the question's number");
        assert_eq!(bytes[2], 0x85, "an authoritative answer, recursion was desired");
        assert_eq!(bytes[HEADER..query.len()], query[HEADER..], "the question comes back");
        read(&bytes)
    }

    #[test]
    fn addresses_names_and_their_absence() {
        let names = Names::default();
        let here = vec![(kind::A, vec![127, 0, 0, 1])];
        assert_eq!(asked("0.uk.pool.ntp.org", kind::A, &names), (0, here.clone()));
        assert_eq!(asked("WWW.google.com", kind::ANY, &names), (0, here));
        // There is such a name, but it has no address of that kind, and no mail server.
        for kind in [kind::AAAA, 15, 65] {
            assert_eq!(asked("www.google.com", kind, &names), (0, Vec::new()));
        }
        assert_eq!(asked("no-such-name.invalid", kind::A, &names), (3, Vec::new()));
        let localhost = vec![(kind::PTR, b"\x09localhost\0".to_vec())];
        assert_eq!(asked("1.0.0.127.in-addr.arpa", kind::PTR, &names), (0, localhost));
        assert_eq!(asked("1.1.168.192.in-addr.arpa", kind::PTR, &names), (3, Vec::new()));
        let six = names.with("six.example", ["::1".parse().unwrap()]);
        assert_eq!(asked("six.example", kind::A, &six), (0, Vec::new()));
        let mut one = vec![0; 16];
        one[15] = 1;
        assert_eq!(asked("six.example", kind::AAAA, &six), (0, vec![(kind::AAAA, one)]));
    }

    #[test]
    fn an_answer_that_does_not_fit_says_so() {
        let many = (1..=100).map(|last| IpAddr::from([127, 0, 0, last]));
        let names = Names::default().with("many.example", many);
        let question = query("many.example", kind::A);
        let bytes = answer(&question, &names, None).unwrap();
        assert!(bytes.len() <= 512 && bytes[2] & 2 != 0);
        assert_eq!(read(&bytes).1.len(), (512 - question.len()) / 16);
        let whole = answer(&question, &names, Some(65_535)).unwrap();
        assert!(whole[2] & 2 == 0 && read(&whole).1.len() == 100);
        let mut extended = question;
        extended[11] = 1;
        extended.extend([0, 0, 41, 0x10, 0, 0, 0, 0, 0, 0, 0]);
        let bytes = answer(&extended, &names, None).unwrap();
        assert!(bytes[2] & 2 == 0 && read(&bytes).1.len() == 100);
        assert_eq!((bytes[11], &bytes[bytes.len() - 11..][..3]), (1, &[0, 0, 41][..]));
    }

    #[test]
    fn what_is_no_question_gets_no_records() {
        let names = Names::default();
        assert_eq!(answer(b"", &names, None), None);
        let mut response = query("a.example", kind::A);
        response[2] |= 0x80;
        assert_eq!(answer(&response, &names, None), None);
        let mut update = query("a.example", kind::A);
        update[2] = 5 << 3;
        assert_eq!(answer(&update, &names, None).unwrap()[3] & 15, 4);
        let mut two = query("a.example", kind::A);
        two[5] = 2;
        assert_eq!(answer(&two, &names, None).unwrap()[3] & 15, 1);
        let mut chaos = query("a.example", kind::A);
        *chaos.last_mut().unwrap() = 3;
        assert_eq!(answer(&chaos, &names, None).unwrap()[3] & 15, 5);
    }

    proptest! {
        #[test]
        fn any_bytes_get_a_well_formed_answer_or_none(
            message: Vec<u8>, flags: u8, most in proptest::option::of(12usize..70_000)
        ) {
            let names = Names::default().without("a");
            let mut message = message;
            if let Some(byte) = message.get_mut(2) {
                *byte = flags;
            }
            if let Some(bytes) = answer(&message, &names, most) {
                prop_assert_eq!(&bytes[..2], &message[..2]);
                prop_assert!(bytes[2] & 0x80 != 0 && bytes.len() < 800);
                // Nobody answers it in turn.
                prop_assert_eq!(answer(&bytes, &names, most), None);
            }
        }

        #[test]
        fn every_name_gets_its_addresses(
            name in "[a-zA-Z0-9-]{1,20}(\\.[a-z0-9_]{1,20}){0,4}", ip: [u8; 4]
        ) {
            let names = Names::all_at(IpAddr::from(ip));
            let wanted = match names.of(&name) {
                Some(_) => (0, vec![(kind::A, ip.to_vec())]),
                None => (3, Vec::new()),
            };
            prop_assert_eq!(asked(&name, kind::A, &names), wanted);
        }
    }
}
