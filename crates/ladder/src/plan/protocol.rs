//! What a message is called in the protocol that it belongs to.

use std::ops::Range;

use socklab_event::Call;
use socklab_flows::{Flows, Position, UnitPart};
use socklab_protocols::datagram::Datagram;
use socklab_protocols::dns;
use socklab_protocols::http2::{self, Body, Frame};
use socklab_protocols::ntp::{Mode, Packet};
use socklab_protocols::stream::{Record, What};
use socklab_protocols::tls::{self, Handshake, Kind, Version};
use socklab_say::{Speaker, clean, say};

/// The name of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Name {
    pub(crate) text: String,
    /// True if people can read the message itself, too.
    pub(crate) is_text: bool,
}

/// So many pieces of one message are named.
const MOST: usize = 4;

/// The name of what the event at a position moved or carried; of a call that moved several datagrams,
/// that of one of them.
pub(crate) fn name(
    flows: &Flows<'_>,
    at: Position,
    message: usize,
    speaker: Speaker,
) -> Option<Name> {
    if let Some(datagram) = flows.spoken.datagram(at, message) {
        let text = match datagram {
            Datagram::Dns(message) => format!("DNS {}", question_and_answer(message, speaker)),
            Datagram::Ntp(packet) => time(packet, speaker),
            _ => return None,
        };
        return Some(Name { text, is_text: false });
    }
    let (said, unknown) = flows.spoken.at(at);
    let begins = |said: &&UnitPart<'_>| said.bytes.start == 0;
    let is_text = said.iter().all(|said| is_text(&said.unit.what));
    // What a body says is shown; it has no name.
    let named: Vec<&UnitPart<'_>> = match is_text {
        true => said.iter().filter(begins).filter(|said| is_head(&said.unit.what)).collect(),
        false => said.iter().filter(|said| !is_text_piece(said)).collect(),
    };
    let mut beyond_header = said.iter().filter(|said| said.bytes.end > said.unit.header);
    let version = beyond_header.find_map(|said| version_in_use(&said.unit.what));
    let mut names: Vec<String> = Vec::new();
    let mut before = "";
    for said in named {
        let text = piece(said, speaker);
        let protocol = protocol(&said.unit.what);
        let repeats = names.last().is_some_and(|last| last.ends_with(&text));
        if repeats && protocol == before && protocol == "TLS" {
            continue;
        }
        names.push(match protocol {
            same if same == before || same.is_empty() => text,
            "TLS" => match version {
                Some(version) => format!("TLS {version} {text}"),
                None => format!("TLS {text}"),
            },
            other => format!("{other} {text}"),
        });
        before = protocol;
    }
    let all = names.len();
    names.truncate(MOST);
    let more = all > MOST || (unknown > 0 && !is_text);
    if more {
        names.push("…".to_owned());
    }
    let text = names.join(", ");
    (all > 0).then_some(Name { text, is_text })
}

/// What a reader calls the protocol of what a call moved, where that is certain: `HTTP`.
pub fn protocol_of(flows: &Flows<'_>, at: Position) -> Option<&'static str> {
    if let Some(said) = flows.spoken.at(at).0.first() {
        let name = protocol(&said.unit.what);
        return Some(if name.is_empty() { "HTTP" } else { name });
    }
    match flows.spoken.datagram(at, 0)? {
        Datagram::Dns(_) => Some("DNS"),
        Datagram::Ntp(_) => Some("NTP"),
        _ => None,
    }
}

/// The name of what a call moved.
pub(crate) fn of_call(flows: &Flows<'_>, at: Position, speaker: Speaker) -> Option<Name> {
    flows.call(at).filter(|call| Call::moves_data(call))?;
    name(flows, at, 0, speaker)
}

fn is_head(what: &What) -> bool {
    matches!(what, What::Request { .. } | What::Response { .. })
}

fn is_text(what: &What) -> bool {
    is_head(what) || matches!(what, What::Body { .. })
}

fn is_text_piece(said: &UnitPart<'_>) -> bool {
    matches!(said.unit.what, What::Body { .. })
}

/// What a reader calls the protocol, before the names of its messages; empty if they say it.
fn protocol(what: &What) -> &'static str {
    match what {
        What::Tls(_) => "TLS",
        What::Preface | What::Frame(_) => "HTTP/2",
        What::Dns(_) => "DNS",
        _ => "",
    }
}

/// The version that the two have agreed on, where a piece is one that follows from that.
fn version_in_use(what: &What) -> Option<Version> {
    match what {
        What::Tls(Record::Encrypted { version, .. }) => *version,
        What::Tls(Record::Handshake(messages)) => {
            messages.iter().flatten().find_map(|message| match message {
                Handshake::ServerHello(hello) if !hello.retry => hello.version,
                _ => None,
            })
        }
        _ => None,
    }
}

/// A piece, and how much of it is here.
fn piece(said: &UnitPart<'_>, speaker: Speaker) -> String {
    let Range { start, end } = said.bytes;
    let unit = said.unit;
    let whole = said.is_whole();
    let what = what(&unit.what, speaker);
    match () {
        () if whole || (start > 0 && start == unit.header && said.ends()) => what,
        () if is_head(&unit.what) => what,
        () if end <= unit.header => match unit.what {
            What::Tls(_) => say!(speaker, "protocol-record-header"),
            What::Frame(_) => say!(speaker, "protocol-frame-header"),
            _ => say!(speaker, "protocol-length"),
        },
        () if start == 0 || start <= unit.header => format!("{what}…"),
        () if said.ends() => say!(speaker, "protocol-rest", what = what),
        () => say!(speaker, "protocol-more", what = what),
    }
}

/// What a piece is, without the name of its protocol.
fn what(what: &What, speaker: Speaker) -> String {
    match what {
        What::Request { method, target, minor } => {
            clean(&format!("{method} {target} HTTP/1.{minor}"))
        }
        What::Response { status, reason, .. } => clean(format!("{status} {reason}").trim_end()),
        What::Tls(record) => self::record(record, speaker),
        What::Preface => say!(speaker, "protocol-preface"),
        What::Frame(frame) => self::frame(frame, speaker),
        What::Dns(message) => question_and_answer(message, speaker),
        _ => String::new(),
    }
}

fn record(record: &Record, speaker: Speaker) -> String {
    match record {
        Record::Handshake(messages) => {
            let names = messages.iter().map(|message| match message {
                None => say!(speaker, "protocol-rest-of-handshake"),
                Some(message) => handshake(message, speaker),
            });
            names.collect::<Vec<_>>().join(", ")
        }
        Record::Alert(alert) => {
            let level = if alert.fatal { "fatal" } else { "warning" };
            let name = tls::alert_name(alert.description)
                .map_or_else(|| alert.description.to_string(), str::to_owned);
            say!(speaker, "protocol-alert", level = level, name = name)
        }
        Record::ChangeCipherSpec => "ChangeCipherSpec".to_owned(),
        Record::Encrypted { kind, version, .. } => {
            // In TLS 1.3 the header says "application data" of whatever is encrypted.
            let told = version.is_some_and(|version| version < Version::TLS_1_3);
            match kind {
                Kind::ApplicationData if told => say!(speaker, "protocol-application-data"),
                Kind::Alert => say!(speaker, "protocol-encrypted-alert"),
                Kind::Handshake => say!(speaker, "protocol-encrypted-handshake"),
                _ => say!(speaker, "protocol-encrypted"),
            }
        }
        Record::Unknown(Kind::Alert) => say!(speaker, "protocol-some-alert"),
        _ => say!(speaker, "protocol-record"),
    }
}

fn handshake(message: &Handshake, speaker: Speaker) -> String {
    match message {
        Handshake::ClientHello(hello) => match &hello.server_name {
            Some(name) => format!("ClientHello {}", clean(name)),
            None => "ClientHello".to_owned(),
        },
        Handshake::ServerHello(hello) if hello.retry => "HelloRetryRequest".to_owned(),
        Handshake::ServerHello(_) => "ServerHello".to_owned(),
        Handshake::Other(kind) => match tls::handshake_name(*kind) {
            Some(name) => name.to_owned(),
            None => say!(speaker, "protocol-type", n = kind),
        },
        _ => String::new(),
    }
}

fn frame(frame: &Frame, speaker: Speaker) -> String {
    let mut words = vec![match frame.name() {
        Some(name) => name.to_owned(),
        None => say!(speaker, "protocol-type", n = frame.kind),
    }];
    if frame.is_ack() {
        words.push("ACK".to_owned());
    }
    if frame.stream > 0 {
        words.push(say!(speaker, "protocol-stream", n = frame.stream));
    }
    if frame.kind == 0 {
        words.push(format!("{} B", speaker.number(frame.length.into())));
    }
    if frame.ends_stream() {
        words.push("END_STREAM".to_owned());
    }
    words.extend(match frame.body {
        Body::Reset(error) | Body::GoAway { error, .. } => Some(self::error(error)),
        Body::Window(more) => Some(format!("+{}", speaker.number(more.into()))),
        _ => None,
    });
    words.join(" ")
}

/// An error code of HTTP/2.
fn error(code: u32) -> String {
    http2::error_name(code).map_or_else(|| format!("{code:#x}"), str::to_owned)
}

fn question_and_answer(message: &dns::Message, speaker: Speaker) -> String {
    let asked = format!("{} {}", message.kind, clean(&message.name));
    let Some(answer) = &message.answer else { return format!("{asked}?") };
    if answer.code != 0 {
        let code = dns::code_name(answer.code);
        return format!(
            "{asked} = {}",
            code.map_or_else(|| answer.code.to_string(), str::to_owned)
        );
    }
    let addresses: Vec<String> = answer.addresses.iter().map(ToString::to_string).collect();
    match &addresses[..] {
        _ if answer.cut => format!("{asked} = {}", say!(speaker, "protocol-cut")),
        [] => {
            let n = socklab_say::count(answer.records);
            format!("{asked} = {}", say!(speaker, "protocol-records", n = n))
        }
        [one] => format!("{asked} = {one}"),
        [one, others @ ..] => format!("{asked} = {one} +{}", others.len()),
    }
}

fn time(packet: &Packet, speaker: Speaker) -> String {
    let version = packet.version;
    match packet.mode {
        Mode::Client => say!(speaker, "protocol-time-request", version = version),
        _ => {
            let stratum = packet.stratum;
            say!(speaker, "protocol-time-answer", version = version, stratum = stratum)
        }
    }
}
