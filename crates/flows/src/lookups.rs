//! Name look-ups: the conversations with port 53 that `getaddrinfo` holds on a program's behalf.

use socklab_event::{Args, Call, Endpoint, Errno, Event, SocketId};
use socklab_protocols::dns::{Answer, RecordType, answer, question};

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
