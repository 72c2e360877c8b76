//! Questions to a name server and their answers. Pure.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use super::asked::Asked;
use super::entry::{Asks, Entry, Manner, Trouble};
use super::question::{HEADER, LEAST, Question, kind, wire};
use super::reply::{Code, Record, Reply};
use super::table::{Known, Names};

/// How a question came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// As a datagram. What does not fit in the answer is left out, and the answer says so (TC).
    Udp,
    /// Over a connection.
    Tcp,
}

/// An answer, and when to give it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The message.
    pub bytes: Vec<u8>,
    /// How long to wait before it is sent.
    pub delay: Duration,
}

/// The longest chain of aliases that is followed.
const CHAIN: usize = 8;
/// The largest message, RFC 1035 §4.2.2.
const LARGEST: usize = 65_535;

/// The answer to a message; `None` if nothing is to come back: the message is no question, or the
/// name's [`Manner`] says so.
pub fn answer(message: &[u8], names: &Names, asked: &mut Asked, over: Over) -> Option<Answer> {
    let header = message.first_chunk::<HEADER>()?;
    let is_response = header[2] & 0x80 != 0;
    if is_response {
        return None; // To answer an answer would be a loop.
    }
    let now = |bytes| Some(Answer { bytes, delay: Duration::ZERO });
    let operation = header[2] >> 3 & 15;
    if operation != 0 {
        return now(Reply::of(Code::NotImplemented).write(header, None, LEAST));
    }
    let Some(question) = Question::parse(message) else {
        return now(Reply::of(Code::FormatError).write(header, None, LEAST));
    };
    let (reply, delay) = reply(&question, names, asked, over)?;
    let most = if over == Over::Tcp { LARGEST } else { question.room() };
    Some(Answer { bytes: reply.write(header, Some(&question), most), delay })
}

/// What to say, and how long to wait before it.
fn reply(
    question: &Question<'_>,
    names: &Names,
    asked: &mut Asked,
    over: Over,
) -> Option<(Reply, Duration)> {
    let refused = match question.kind {
        _ if question.extension.is_some_and(|extension| extension.version > 0) => {
            Some(Code::BadVersion)
        }
        _ if !question.is_about_internet() => Some(Code::Refused),
        kind::AXFR | kind::IXFR => Some(Code::Refused),
        kind::MAILA | kind::MAILB => Some(Code::NotImplemented),
        _ => None,
    };
    if let Some(code) = refused {
        return Some((Reply::of(code), Duration::ZERO));
    }
    let name = question.name();
    if let Some(address) = reversed(&name) {
        return Some((pointer(question, names.name_of(address)), Duration::ZERO));
    }
    let before = match names.find(&name) {
        Known::Entry(key, _) => asked.count(key, question.kind),
        _ => 0,
    };
    let manner = match names.find(&name) {
        Known::Entry(_, entry) if applies(&entry.manner, question.kind, before) => entry.manner,
        _ => Manner::default(),
    };
    let reply = match manner.trouble {
        Some(Trouble::Silence) => return None,
        Some(Trouble::NoSuchName) => Reply::of(Code::NoSuchName),
        Some(Trouble::Failure) => Reply::of(Code::Failure),
        Some(Trouble::Refusal) => Reply::of(Code::Refused),
        Some(Trouble::CutOff) if over == Over::Udp => {
            Reply { cut_off: true, ..Reply::of(Code::NoError) }
        }
        Some(Trouble::CutOff) | None => records(question, name, names, before),
    };
    Some((reply, manner.delay))
}

/// Whether a question of this type is one that the manner is about, when there were so many before.
fn applies(manner: &Manner, kind: u16, before: u32) -> bool {
    let asks = match manner.asks {
        Some(Asks::Ipv4) => kind == kind::A,
        Some(Asks::Ipv6) => kind == kind::AAAA,
        None => true,
    };
    asks && manner.first.is_none_or(|first| before < first)
}

/// The records of a name, at the end of its chain of aliases.
fn records(question: &Question<'_>, name: String, names: &Names, before: u32) -> Reply {
    let mut records = Vec::new();
    let (mut name, mut owner) = (name, question.wire.to_vec());
    let wants_alias = matches!(question.kind, kind::CNAME | kind::ANY);
    for _ in 0..=CHAIN {
        let entry = match names.find(&name) {
            Known::Entry(_, entry) => entry,
            Known::Between => return Reply { records, ..Reply::of(Code::NoError) },
            // Of the last name of the chain, RFC 6604 §3.
            Known::Nothing => return Reply { records, ..Reply::of(Code::NoSuchName) },
        };
        let is_target_missing = entry.manner == Entry::missing().manner;
        if is_target_missing {
            return Reply { records, ..Reply::of(Code::NoSuchName) };
        }
        let Some(alias) = &entry.alias else {
            records.extend(addresses(entry, question.kind, &owner, before));
            return Reply { records, ..Reply::of(Code::NoError) };
        };
        let data = wire(alias);
        records.push(Record { owner, kind: kind::CNAME, data: data.clone() });
        if wants_alias {
            return Reply { records, ..Reply::of(Code::NoError) };
        }
        (name, owner) = (alias.clone(), data);
    }
    Reply::of(Code::Failure) // It goes round in circles.
}

/// The records of a name's addresses that were asked for.
fn addresses(entry: &Entry, asked: u16, owner: &[u8], before: u32) -> Vec<Record> {
    let record = |address: &IpAddr| {
        let (kind, data) = match address {
            IpAddr::V4(ip) => (kind::A, ip.octets().to_vec()),
            IpAddr::V6(ip) => (kind::AAAA, ip.octets().to_vec()),
        };
        Record { owner: owner.to_vec(), kind, data }
    };
    let wanted = |record: &Record| [record.kind, kind::ANY].contains(&asked);
    let mut records: Vec<Record> = entry.addresses.iter().map(record).filter(wanted).collect();
    if entry.rotating && !records.is_empty() {
        let turn = before as usize % records.len();
        records.rotate_left(turn);
    }
    records
}

/// The name of an address.
fn pointer(question: &Question<'_>, name: Option<&str>) -> Reply {
    let Some(name) = name else { return Reply::of(Code::NoSuchName) };
    let is_wanted = matches!(question.kind, kind::PTR | kind::ANY);
    let owner = question.wire.to_vec();
    let record = is_wanted.then(|| Record { owner, kind: kind::PTR, data: wire(name) });
    Reply { records: record.into_iter().collect(), ..Reply::of(Code::NoError) }
}

/// The address in a name such as `1.0.0.127.in-addr.arpa` (RFC 1035 §3.5), or in the 32 digits of
/// one that ends in `ip6.arpa` (RFC 3596 §2.5).
fn reversed(name: &str) -> Option<IpAddr> {
    let name = name.to_ascii_lowercase();
    if let Some(text) = name.strip_suffix(".in-addr.arpa") {
        let backwards: Ipv4Addr = text.parse().ok()?;
        let [a, b, c, d] = backwards.octets();
        return Some(Ipv4Addr::new(d, c, b, a).into());
    }
    let digits = name.strip_suffix(".ip6.arpa")?.split('.').rev();
    let mut address: u128 = 0;
    let mut count = 0;
    for digit in digits {
        let [digit] = digit.as_bytes() else { return None };
        address = address << 4 | u128::from(char::from(*digit).to_digit(16)?);
        count += 1;
    }
    (count == 32).then(|| Ipv6Addr::from(address).into())
}

#[cfg(test)]
#[path = "message_tests.rs"]
mod tests;
