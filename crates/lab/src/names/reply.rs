//! An answer on the wire, RFC 1035 §4.1. Pure.

use super::question::{HEADER, Question, kind};

/// How long an answer holds, in seconds.
const TIME_TO_LIVE: u32 = 60;
/// The largest message of our own that we take over UDP, RFC 6891 §6.2.5.
const OUR_ROOM: u16 = 4096;

/// Response codes, RFC 1035 §4.1.1 and RFC 6891 §9.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Code {
    NoError = 0,
    FormatError = 1,
    Failure = 2,
    NoSuchName = 3,
    NotImplemented = 4,
    Refused = 5,
    BadVersion = 16,
}

/// A record of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Record {
    /// Whose record it is, as labels and their lengths.
    pub(super) owner: Vec<u8>,
    pub(super) kind: u16,
    pub(super) data: Vec<u8>,
}

/// What an answer says.
#[derive(Clone, Debug)]
pub(super) struct Reply {
    pub(super) code: Code,
    pub(super) records: Vec<Record>,
    /// Whether it is to be asked for over TCP.
    pub(super) cut_off: bool,
}

impl Reply {
    pub(super) fn of(code: Code) -> Self {
        Self { code, records: Vec::new(), cut_off: false }
    }

    /// The message, with as many of the records as fit in `most` bytes.
    pub(super) fn write(
        self,
        header: &[u8; HEADER],
        question: Option<&Question<'_>>,
        most: usize,
    ) -> Vec<u8> {
        const ANSWER: u8 = 0x80;
        const AUTHORITATIVE: u8 = 0x04;
        const CUT_OFF: u8 = 0x02;
        const RECURSION: u8 = 0x80;
        // The operation and "recursion desired" come back as they were.
        let flags = ANSWER | AUTHORITATIVE | header[2] & 0x79;
        let code = self.code as u8;
        let mut bytes = vec![header[0], header[1], flags, RECURSION | code & 15];
        bytes.extend([0; 8]);
        let Some(question) = question else { return bytes };
        bytes.extend(question.wire);
        bytes.extend(question.kind.to_be_bytes());
        bytes.extend(question.class.to_be_bytes());
        let extension = question.extension.map_or_else(Vec::new, |_| extension(code >> 4));
        let room = most.saturating_sub(extension.len());
        let (mut answers, mut authorities): (u16, u16) = (0, 0);
        if self.cut_off {
            bytes[2] |= CUT_OFF;
        } else {
            for record in &self.records {
                if !append(&mut bytes, record, question, room) {
                    bytes[2] |= CUT_OFF;
                    break;
                }
                answers += 1;
            }
            let last = self.records.last().map(|record| record.kind);
            let is_negative = match self.code {
                Code::NoSuchName => true,
                // The end of a chain of aliases, if that is not what was asked for.
                Code::NoError => {
                    let only_aliases = last == Some(kind::CNAME);
                    last.is_none()
                        || only_aliases && ![kind::CNAME, kind::ANY].contains(&question.kind)
                }
                _ => false,
            };
            if is_negative && append(&mut bytes, &start_of_authority(), question, room) {
                authorities = 1;
            }
        }
        bytes.extend(&extension);
        let counts = [1, answers, authorities, u16::from(!extension.is_empty())];
        for (at, count) in bytes[4..HEADER].chunks_exact_mut(2).zip(counts) {
            at.copy_from_slice(&count.to_be_bytes());
        }
        bytes
    }
}

/// The record that says for how long there is nothing, RFC 2308 §3. It is that of the root, which
/// all names are below, with the least of its numbers for all times.
fn start_of_authority() -> Record {
    let names = [super::question::wire("localhost"), super::question::wire("nobody.invalid")];
    let numbers = [1, 3600, 600, 86_400, TIME_TO_LIVE].map(u32::to_be_bytes);
    let data = [names.concat(), numbers.concat()].concat();
    Record { owner: vec![0], kind: kind::SOA, data }
}

/// Our own OPT record, with the upper bits of the response code.
fn extension(code: u8) -> Vec<u8> {
    let [room, size] = OUR_ROOM.to_be_bytes();
    vec![0, 0, kind::OPT as u8, room, size, code, 0, 0, 0, 0, 0]
}

/// Writes a record if there is room for it.
fn append(bytes: &mut Vec<u8>, record: &Record, question: &Question<'_>, room: usize) -> bool {
    let mut text = if record.owner.eq_ignore_ascii_case(question.wire) {
        // Its name is the question's, which begins behind the header.
        vec![0xc0, HEADER as u8]
    } else {
        record.owner.clone()
    };
    text.extend(record.kind.to_be_bytes());
    text.extend(1u16.to_be_bytes());
    text.extend(TIME_TO_LIVE.to_be_bytes());
    text.extend(u16::try_from(record.data.len()).unwrap_or(0).to_be_bytes());
    text.extend(&record.data);
    let fits = bytes.len() + text.len() <= room;
    if fits {
        bytes.extend(text);
    }
    fits
}
