//! Name look-ups: the conversations with port 53 that `getaddrinfo` holds on a program's behalf.

use std::fmt;
use std::net::IpAddr;

use socklab_event::{Args, Call, Endpoint, Errno, Event, SocketId};

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
    /// The calls that waited for it and for nothing else: `poll` and its kin.
    pub waits: Vec<Position>,
    /// True if it asks by TCP.
    pub by_stream: bool,
    /// The name server.
    pub server: Endpoint,
    /// The names asked for, without duplicates.
    pub names: Vec<String>,
    /// What was asked, in order, without duplicates.
    pub questions: Vec<Question>,
    /// True if an answer arrived, to any question.
    pub answered: bool,
    /// The call that told that nobody has the port that was asked (ICMP): on the socket itself, or as
    /// an error that `poll` reports for it.
    pub refused: Option<Position>,
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
    /// Every receive that brought an answer, in order, and what it says; `None` if the recording
    /// has too little of it, or if it is no answer.
    pub answers: Vec<(Position, Option<Answer>)>,
}

impl Question {
    /// True if the first answer says that there is no such name (NXDOMAIN, RFC 8020).
    pub fn is_denied(&self) -> bool {
        self.answers.iter().find_map(|(_, says)| says.as_ref()).is_some_and(|says| says.code == 3)
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
                    if let Some(known) = known {
                        known.answered.get_or_insert(*at);
                        known.answers.push((*at, answer(bytes, kind)));
                    }
                } else {
                    server = server.or_else(|| Some(address.unmapped()));
                    match known {
                        Some(known) => known.asked.push(*at),
                        None => questions.push(Question {
                            name,
                            kind,
                            asked: vec![*at],
                            answered: None,
                            answers: Vec::new(),
                        }),
                    }
                }
            }
        }
        let server = server?;
        let refused = if answered { None } else { refused(order, &followed.calls) };
        let mut names: Vec<String> = Vec::new();
        for question in &questions {
            if !names.contains(&question.name) {
                names.push(question.name.clone());
            }
        }
        let (calls, waits) = (followed.calls.clone(), Vec::new());
        let by_stream = followed.is_stream();
        Some(Lookup {
            socket,
            calls,
            waits,
            by_stream,
            server,
            names,
            questions,
            answered,
            refused,
        })
    };
    let mut lookups: Vec<Lookup> = sockets.iter().enumerate().filter_map(lookup).collect();
    if lookups.is_empty() {
        return lookups;
    }
    for (at, event) in order.iter().enumerate() {
        let Some(Args::Poll { waits, .. }) = event.call().map(|call| &call.args) else { continue };
        let waits_for = |lookup: &&mut Lookup| {
            let identity = &sockets[lookup.socket].identity;
            let only = waits
                .iter()
                .all(|wait| wait.socket.as_ref().is_some_and(|socket| identity.is_same(socket)));
            !waits.is_empty() && only
        };
        if let Some(lookup) = lookups.iter_mut().find(waits_for) {
            lookup.waits.push(at);
        }
    }
    lookups
}

/// The call by which a program without an answer learned that nobody has the port.
fn refused(order: &[&Event], calls: &[Position]) -> Option<Position> {
    let (first, last) = (*calls.first()?, *calls.last()?);
    let asks =
        |socket: &SocketId| socket.peer.as_ref().and_then(Endpoint::port) == Some(NAME_SERVER_PORT);
    let told = |call: &Call| match &call.args {
        Args::Poll { waits, .. } => waits
            .iter()
            .any(|wait| wait.got.has("POLLERR") && wait.socket.as_deref().is_some_and(asks)),
        _ => call.error() == Some(Errno::ECONNREFUSED) && call.socket.as_deref().is_some_and(asks),
    };
    let of = &order[first].place;
    let same = |event: &Event| (event.place.process, event.place.thread) == (of.process, of.thread);
    let mut calls = (first..=last).filter(|at| same(order[*at]));
    calls.find(|at| order[*at].call().is_some_and(told))
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
