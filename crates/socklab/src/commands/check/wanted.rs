//! What a case expects, in words.

use socklab_event::{Bytes, Stream, TcpState};
use socklab_judge::{BytesWanted, ExitWanted, FrameWanted, Part, Range, Subject};
use socklab_say::{Speaker, count, say};

use super::explain::SHOWN;
use super::response;
use crate::scenario::{like, wording};

/// What is expected, in words.
pub(super) fn wanted_text(speaker: Speaker, subject: &Subject) -> String {
    match subject {
        Subject::Call(call) => {
            let who = call.actor.as_deref().unwrap_or_default();
            if let Some(peer) = &call.peer {
                if call.end == Some(true) {
                    return say!(speaker, "want-end-of-stream", who = who, peer = peer);
                }
                if call.call.as_str() == "close" {
                    return say!(speaker, "want-close", who = who, peer = peer);
                }
            }
            let address = call.address.as_ref().or(call.local.as_ref());
            let mut object = address.map(|address| format!(" {address}")).unwrap_or_default();
            let transport = call.transport.as_ref().map(|one| one.to_string().to_uppercase());
            object.extend(transport.map(|transport| format!(" ({transport})")));
            let what =
                say!(speaker, "want-call", who = who, call = call.call.as_str(), object = object);
            match call.bytes.as_ref().map(|bytes| bytes_text(speaker, bytes)) {
                Some(bytes) if !bytes.is_empty() => {
                    say!(speaker, "want-call-bytes", what = what, bytes = bytes)
                }
                _ => what,
            }
        }
        Subject::Stream(stream) => {
            let key = if stream.sent { "want-sent" } else { "want-received" };
            say!(speaker, key, who = stream.actor, bytes = bytes_text(speaker, &stream.bytes))
        }
        Subject::Http(http) => response::wanted(speaker, http, &bytes_text(speaker, &http.body)),
        Subject::Exit { actor, wanted } => match wanted {
            ExitWanted::Code(code) => {
                let exit = wording::exit(speaker, socklab_event::Exit::Code(*code));
                say!(speaker, "want-exit", who = actor, exit = exit)
            }
            ExitWanted::Signal(signal) => {
                say!(speaker, "want-exit", who = actor, exit = signal.to_string())
            }
            ExitWanted::Failure => say!(speaker, "want-failure", who = actor),
            ExitWanted::Any => say!(speaker, "want-end", who = actor),
            ExitWanted::Running => say!(speaker, "want-running", who = actor),
        },
        Subject::Output { actor, stream, bytes } => {
            let key = match stream {
                Some(Stream::Stderr) => "want-stderr",
                Some(_) => "want-stdout",
                None => "want-output",
            };
            say!(speaker, key, who = actor, bytes = bytes_text(speaker, bytes))
        }
        Subject::Signal { actor, signal } => {
            say!(speaker, "want-exit", who = actor, exit = signal.to_string())
        }
        Subject::State(state) => {
            state.state.and_then(TcpState::short_name).unwrap_or_default().to_owned()
        }
        Subject::Frame(frame) => frame_text(speaker, frame),
    }
}

/// A frame that is expected: its kind, whose it is, and the conditions in the words of the format.
fn frame_text(speaker: Speaker, frame: &FrameWanted) -> String {
    let mut conditions: Vec<String> = Vec::new();
    let ends = [("from", frame.from.as_ref()), ("to", frame.to.as_ref())];
    conditions.extend(ends.iter().filter_map(|(word, name)| Some(format!("{word} {}", (*name)?))));
    conditions.extend(frame.source.iter().map(|address| format!("local {address}")));
    conditions.extend(frame.destination.iter().map(|address| format!("remote {address}")));
    conditions.extend(frame.fate.iter().map(|fate| format!("fate {fate}")));
    conditions.extend(frame.again.iter().map(|again| format!("again {again}")));
    conditions.extend(frame.resent.iter().map(|resent| format!("resent {resent}")));
    conditions.extend(frame.reason.iter().map(|reason| format!("reason {reason}")));
    conditions.extend(frame.window.iter().map(|window| format!("window {window}")));
    conditions.extend(frame.bytes.iter().map(|bytes| bytes_text(speaker, bytes)));
    let kind = frame.word();
    match conditions.is_empty() {
        true => say!(speaker, "want-frame", kind = kind),
        false => {
            say!(speaker, "want-frame-like", kind = kind, conditions = conditions.join(", "))
        }
    }
}

pub(crate) fn bytes_text(speaker: Speaker, wanted: &BytesWanted) -> String {
    let part = |key: &str, bytes: &Vec<u8>| {
        say!(speaker, key, bytes = Bytes::beginning(bytes, bytes.len() as u64, SHOWN))
    };
    let length = wanted.length.map(|length| length_text(speaker, length));
    let first: Vec<String> = wanted.first_byte.iter().map(|byte| format!("0x{byte:02x}")).collect();
    let first = first.join(", ");
    let counted = match (length, first.is_empty()) {
        (Some(length), false) => {
            Some(say!(speaker, "bytes-length-first", length = length, bytes = first))
        }
        (None, false) => Some(say!(speaker, "bytes-first", bytes = first)),
        (length, true) => length,
    };
    let parts = [
        wanted.equals.as_ref().map(|bytes| part("bytes-equal", bytes)),
        wanted.starts_with.as_ref().map(|bytes| part("bytes-start", bytes)),
        wanted.contains.as_ref().map(|bytes| {
            part(
                match (wanted.once, wanted.whole) {
                    (true, _) => "bytes-contain-once",
                    (false, true) => "bytes-contain-whole",
                    (false, false) => "bytes-contain",
                },
                bytes,
            )
        }),
        (!wanted.patterns.is_empty()).then(|| {
            let all = wanted.patterns.iter().map(|pattern| {
                let what = like(speaker, pattern.says(), pattern.source());
                match pattern.part() {
                    Part::Whole => what,
                    Part::Beginning => say!(speaker, "bytes-start-like", what = what),
                    Part::Somewhere => say!(speaker, "bytes-contain-like", what = what),
                }
            });
            all.collect::<Vec<_>>().join(", ")
        }),
        counted,
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// How many bytes there should be.
fn length_text(speaker: Speaker, length: Range) -> String {
    if length == Range::at_least(1) {
        return say!(speaker, "bytes-some");
    }
    let last = length.at_most.or(length.at_least).unwrap_or_default().unsigned_abs();
    say!(speaker, "bytes-length", range = range_text(speaker, length), last = count(last))
}

/// A range of numbers, in words.
pub(super) fn range_text(speaker: Speaker, range: Range) -> String {
    match (range.at_least, range.at_most) {
        (Some(least), Some(most)) if least != most => {
            say!(speaker, "range-between", least = least, most = most)
        }
        (Some(least), None) => say!(speaker, "range-least", least = least),
        (None, Some(most)) => say!(speaker, "range-most", most = most),
        _ => range.to_string(),
    }
}
