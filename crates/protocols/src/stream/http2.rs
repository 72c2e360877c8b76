//! The frames of an HTTP/2 connection.

use super::{Content, Unit, What};
use crate::http2::{Frame, HEADER, PREFACE};

/// True if a client's stream begins with the whole preface.
pub(super) fn begins(content: &Content) -> bool {
    content.from(0).starts_with(PREFACE)
}

/// What a client sends from its preface on.
pub(super) fn client(content: &Content, at: u64, units: &mut Vec<Unit>) {
    let end = at + PREFACE.len() as u64;
    units.push(Unit { bytes: at..end, header: 0, what: What::Preface });
    frames(content, end, units);
}

/// What a server sends, whose preface is a frame with its settings (RFC 9113 §3.4).
pub(super) fn server(content: &Content, at: u64, units: &mut Vec<Unit>) {
    let first = Frame::parse(content.from(at));
    if first.is_some_and(|first| first.kind == 4 && !first.is_ack()) {
        frames(content, at, units);
    }
}

fn frames(content: &Content, mut at: u64, units: &mut Vec<Unit>) {
    while at < content.end() {
        let Some(frame) = Frame::parse(content.from(at)) else { break };
        let bytes = at..at + HEADER as u64 + u64::from(frame.length);
        at = bytes.end;
        units.push(Unit { bytes, header: HEADER as u64, what: What::Frame(frame) });
    }
}
