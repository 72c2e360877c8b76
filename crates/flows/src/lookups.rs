//! Name look-ups: the conversations with port 53 that `getaddrinfo` holds on a program's behalf.

use std::fmt;

use socklab_event::{Endpoint, Event};

use crate::{Position, Socket};

/// The port of name servers.
pub const NAME_SERVER_PORT: u16 = 53;

/// A conversation with a name server.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Lookup {
    /// Its socket.
    pub socket: usize,
    /// The calls on that socket.
    pub calls: Vec<Position>,
    /// The name server.
    pub server: Endpoint,
    /// The names asked for, without duplicates.
    pub names: Vec<String>,
    /// What was asked, in order, without duplicates.
    pub questions: Vec<Question>,
    /// True if an answer arrived, to any question.
    pub answered: bool,
}

/// A question to a name server.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Question {
    /// The name.
    pub name: String,
    /// The type of record wanted.
    pub kind: RecordType,
    /// The sends that asked it, in order.
    pub asked: Vec<Position>,
    /// The receive that brought its answer.
    pub answered: Option<Position>,
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

impl Lookup {
    /// The types of record asked for a name, in order.
    pub fn kinds<'l>(&'l self, name: &'l str) -> impl Iterator<Item = RecordType> + 'l {
        self.questions.iter().filter(move |one| one.name == name).map(|one| one.kind)
    }
}

pub(crate) fn find(order: &[&Event], sockets: &[Socket]) -> Vec<Lookup> {
    let lookup = |(socket, followed): (usize, &Socket)| {
        let mut server = None;
        let mut questions: Vec<Question> = Vec::new();
        let mut answered = false;
        for at in &followed.calls {
            let Some(call) = order[*at].call() else { continue };
            let peer = call.socket.as_ref().and_then(|socket| socket.peer.as_ref());
            for message in call.messages() {
                let Some(address) =
                    message.address.or(peer).filter(|one| one.port() == Some(NAME_SERVER_PORT))
                else {
                    continue;
                };
                let bytes = message.bytes.moved();
                let bytes = if followed.is_stream() { without_length(bytes) } else { bytes };
                let Some((name, kind)) = question(bytes) else { continue };
                // Case does not matter in names (RFC 1035 §2.3.3), and resolvers play with it.
                let known = questions
                    .iter_mut()
                    .find(|one| one.kind == kind && one.name.eq_ignore_ascii_case(&name));
                if call.receives() {
                    answered = true;
                    known.map(|known| known.answered.get_or_insert(*at));
                } else {
                    server = server.or_else(|| Some(address.unmapped()));
                    match known {
                        Some(known) => known.asked.push(*at),
                        None => questions.push(Question {
                            name,
                            kind,
                            asked: vec![*at],
                            answered: None,
                        }),
                    }
                }
            }
        }
        let server = server?;
        let mut names: Vec<String> = Vec::new();
        for question in &questions {
            if !names.contains(&question.name) {
                names.push(question.name.clone());
            }
        }
        Some(Lookup { socket, calls: followed.calls.clone(), server, names, questions, answered })
    };
    sockets.iter().enumerate().filter_map(lookup).collect()
}

/// A message without the length that precedes it on TCP, RFC 1035 §4.2.2. Whoever reads may have read
/// that by itself.
fn without_length(bytes: &[u8]) -> &[u8] {
    match bytes {
        [a, b, message @ ..] if usize::from(u16::from_be_bytes([*a, *b])) == message.len() => {
            message
        }
        _ => bytes,
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
    let mut at = 12;
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
