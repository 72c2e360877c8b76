//! HTTP archives, version 1.2: <http://www.softwareishard.com/blog/har-12-spec/>. Every request seen on
//! a TCP stream, with its response, as far as they were recorded.

mod entry;
mod message;
mod tape;

use serde_json::json;
use socklab_event::Protocol;
use socklab_flows::{Dialogue, DialogueKind, Dialogues, Flows};
use socklab_say::{Speaker, count, say};

use entry::Talk;
use message::{Framing, Head, Message, Start, Stop};
use tape::Tape;

/// The archive, as JSON; `None` if the recording has no HTTP request in it that could be read.
pub fn http_archive(flows: &Flows<'_>, speaker: Speaker) -> Option<Vec<u8>> {
    let dialogues = Dialogues::of(flows);
    let mut entries = Vec::new();
    let (mut hidden, mut unasked) = (0_u64, 0_u64);
    for (index, dialogue) in dialogues.all().iter().enumerate() {
        let is_tcp = dialogue.protocol == Protocol::TCP || dialogue.protocol == Protocol::MPTCP;
        if dialogue.kind != DialogueKind::Stream || !is_tcp {
            continue;
        }
        let said = dialogues.said(index);
        let tapes = [0, 1].map(|side| Tape::of(&said, side));
        let Some(exchanges) = exchanges(&tapes) else { continue };
        hidden += u64::from(exchanges.hidden);
        unasked += exchanges.unasked;
        let talk =
            Talk { flows, speaker, dialogue, number: index, tapes: &tapes, exchanges: &exchanges };
        entries.extend(talk.entries());
    }
    if entries.is_empty() {
        return None;
    }
    entries.sort_by_key(|(began, _)| *began);
    let entries: Vec<_> = entries.into_iter().map(|(_, entry)| entry).collect();
    let mut comments = Vec::new();
    if flows.timeline.header.epoch == 0 {
        comments.push(say!(speaker, "har-no-time"));
    }
    if hidden > 0 {
        comments.push(say!(speaker, "har-hidden", n = count(hidden)));
    }
    if unasked > 0 {
        comments.push(say!(speaker, "har-unasked", n = count(unasked)));
    }
    let mut log = json!({
        "version": "1.2",
        "creator": { "name": "socklab", "version": env!("CARGO_PKG_VERSION") },
        "entries": entries,
    });
    if !comments.is_empty() {
        log["comment"] = json!(comments.join(" "));
    }
    let mut out = serde_json::to_vec_pretty(&json!({ "log": log })).ok()?;
    out.push(b'\n');
    Some(out)
}

/// The requests on one connection, each with its response.
#[derive(Debug, Default)]
struct Exchanges {
    /// The side that asks.
    client: usize,
    all: Vec<Exchange>,
    /// True if bytes that were not recorded hide further messages.
    hidden: bool,
    /// Responses to requests that are not there.
    unasked: u64,
}

/// A request, its response, and the interim responses before that (1xx).
#[derive(Debug)]
struct Exchange {
    request: Message,
    response: Option<Message>,
    interim: Vec<Head>,
}

/// What is on a connection; `None` if that is not HTTP.
fn exchanges(tapes: &[Tape<'_>; 2]) -> Option<Exchanges> {
    let asks = |side: &usize| message::head(&tapes[*side], 0, true).is_ok();
    let client = [0, 1].into_iter().find(asks)?;
    let mut found = Exchanges { client, ..Exchanges::default() };
    let mut stop = None;
    let mut at = 0;
    let mut requests = Vec::new();
    while stop.is_none() {
        match next(&tapes[client], at, None, true) {
            Ok((request, ended)) => {
                at = request.to;
                stop = ended;
                requests.push(request);
            }
            Err(why) => stop = Some(why),
        }
    }
    found.hidden = stop == Some(Stop::Hidden);
    let mut requests = requests.into_iter();
    let mut current = requests.next();
    let mut interim = Vec::new();
    let (mut at, mut stop) = (0, None);
    while stop.is_none() {
        let method = current.as_ref().and_then(|one| one.head.method().map(str::to_owned));
        let (response, ended) = match next(&tapes[1 - client], at, method.as_deref(), false) {
            Ok(found) => found,
            Err(why) => {
                stop = Some(why);
                continue;
            }
        };
        at = response.to;
        stop = ended;
        let Start::Response { status, .. } = response.head.start else { continue };
        if (100..200).contains(&status) && status != 101 {
            interim.push(response.head);
            continue;
        }
        let Some(request) = current.take() else {
            found.unasked += 1;
            continue;
        };
        let interim = std::mem::take(&mut interim);
        found.all.push(Exchange { request, response: Some(response), interim });
        let tunnel = method.as_deref() == Some("CONNECT") && (200..300).contains(&status);
        if status == 101 || tunnel {
            // What follows speaks another protocol.
            return Some(found);
        }
        current = requests.next();
    }
    found.hidden |= stop == Some(Stop::Hidden);
    let left = current.into_iter().chain(requests);
    for request in left {
        let interim = std::mem::take(&mut interim);
        found.all.push(Exchange { request, response: None, interim });
    }
    Some(found)
}

/// The message at an offset, and why there are none behind it, if so.
fn next(
    tape: &Tape<'_>,
    mut from: u64,
    asked: Option<&str>,
    requests: bool,
) -> Result<(Message, Option<Stop>), Stop> {
    // Empty lines before a message are to be ignored (RFC 9112 §2.2).
    while tape.known(from, 2) == b"\r\n" {
        from += 2;
    }
    let head = message::head(tape, from, requests)?;
    let begins = from.saturating_add(head.size);
    let framing: Framing = head.framing(asked);
    let (body, to, stop) = message::body(tape, begins, framing);
    Ok((Message { head, from, to, body }, stop))
}

impl Head {
    fn method(&self) -> Option<&str> {
        match &self.start {
            Start::Request { method, .. } => Some(method),
            Start::Response { .. } => None,
        }
    }
}

/// The port of the side that is asked, if it has one.
fn server(dialogue: &Dialogue, client: usize) -> Option<(String, u16)> {
    let address = dialogue.ends[1 - client].address.as_ref()?.unmapped();
    let (ip, port) = address.ip_port()?;
    Some((ip.to_string(), port))
}
