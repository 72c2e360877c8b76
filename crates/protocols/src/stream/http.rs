//! The messages of an HTTP/1 connection, RFC 9112.

use super::{Content, Unit, What, http2};
use crate::http::{chunk_length, field, line, request_line, status_line};
use crate::http2::PREFACE;

/// What a request says about its response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    Usual,
    /// HEAD: the response has no body (RFC 9110 §9.3.2).
    Head,
    /// CONNECT: what follows a success is another protocol (RFC 9110 §9.3.6).
    Tunnel,
}

/// Both directions. One that is no HTTP has no units.
pub(super) fn read(client: &Content, server: &Content) -> [Vec<Unit>; 2] {
    let mut units = [Vec::new(), Vec::new()];
    let asked = requests(client, &mut units[0]);
    responses(server, &asked, &mut units[1]);
    units
}

/// What the header of a message says about its body.
#[derive(Debug, Default)]
struct Head {
    /// How long it is.
    bytes: u64,
    length: Option<u64>,
    chunked: bool,
    /// It asks for another protocol, or agrees.
    upgrade: Option<String>,
    /// Where the body ends can't be known.
    unclear: bool,
}

/// What comes behind a message.
enum Next {
    /// Another message, at this offset.
    At(u64),
    /// Nothing that is known.
    Nothing,
}

fn requests(content: &Content, units: &mut Vec<Unit>) -> Vec<Asked> {
    let (mut at, mut asked, mut upgrades) = (0, Vec::new(), false);
    while at < content.end() {
        let known = content.from(at);
        if upgrades && known.starts_with(PREFACE) {
            http2::client(content, at, units);
            break;
        }
        let Some(first) = line(known, 0) else { break };
        let Some(request) = request_line(first.text) else { break };
        let [method, target] =
            [request.method, request.target].map(|word| String::from_utf8_lossy(word).into_owned());
        asked.push(match request.method {
            b"HEAD" => Asked::Head,
            b"CONNECT" => Asked::Tunnel,
            _ => Asked::Usual,
        });
        let head = head(known);
        let what = What::Request { method, target, minor: request.minor };
        let bytes = at..at + head.as_ref().map_or(known.len() as u64, |head| head.bytes);
        units.push(Unit { bytes: bytes.clone(), header: 0, what });
        let Some(head) = head else { break };
        upgrades = head.upgrade.as_deref() == Some("h2c");
        if asked.last() == Some(&Asked::Tunnel) || head.unclear {
            break;
        }
        let body = if head.chunked { None } else { Some(head.length.unwrap_or(0)) };
        let Next::At(next) = body_of(content, bytes.end, body, units) else { break };
        at = next;
    }
    asked
}

fn responses(content: &Content, asked: &[Asked], units: &mut Vec<Unit>) {
    let (mut at, mut number) = (0, 0);
    while at < content.end() {
        let known = content.from(at);
        let Some(first) = line(known, 0) else { break };
        let Some(answer) = status_line(first.text) else { break };
        let reason = String::from_utf8_lossy(answer.reason).into_owned();
        let what = What::Response { status: answer.status, reason, minor: answer.minor };
        let head = head(known);
        let bytes = at..at + head.as_ref().map_or(known.len() as u64, |head| head.bytes);
        units.push(Unit { bytes: bytes.clone(), header: 0, what });
        let Some(head) = head else { break };
        if answer.status == 101 {
            if head.upgrade.as_deref() == Some("h2c") {
                http2::server(content, bytes.end, units);
            }
            break;
        }
        if answer.status < 200 {
            at = bytes.end;
            continue;
        }
        let request = asked.get(number).copied();
        number += 1;
        let Some(request) = request else { break };
        let opens = request == Asked::Tunnel && answer.status < 300;
        if opens || head.unclear {
            break;
        }
        let none = request == Asked::Head || matches!(answer.status, 204 | 304);
        let body = match head.length {
            _ if none => Some(0),
            _ if head.chunked => None,
            Some(length) => Some(length),
            None => {
                // Until the end of the stream (section 6.3).
                if bytes.end < content.end() {
                    let what = What::Body { chunked: false, until_end: true };
                    units.push(Unit { bytes: bytes.end..content.end(), header: 0, what });
                }
                break;
            }
        };
        let Next::At(next) = body_of(content, bytes.end, body, units) else { break };
        at = next;
    }
}

/// Reads a header to its empty line; `None` if that was not recorded, or if a line is no field.
fn head(known: &[u8]) -> Option<Head> {
    let mut head = Head::default();
    let mut at = line(known, 0)?.next;
    loop {
        let line = line(known, at)?;
        at = line.next;
        if line.text.is_empty() {
            head.bytes = at as u64;
            return Some(head);
        }
        let (name, value) = field(line.text)?;
        if name.eq_ignore_ascii_case(b"content-length") {
            let digits = std::str::from_utf8(value).ok().filter(|text| is_number(text));
            let length = digits.and_then(|digits| digits.parse().ok());
            head.unclear |= length.is_none() || head.length.is_some_and(|old| Some(old) != length);
            head.length = length;
        } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
            let last = value.rsplit(|byte| *byte == b',').next().unwrap_or_default();
            head.chunked = last.trim_ascii().eq_ignore_ascii_case(b"chunked");
            head.unclear |= !head.chunked;
        } else if name.eq_ignore_ascii_case(b"upgrade") {
            head.upgrade = Some(String::from_utf8_lossy(value).to_ascii_lowercase());
        }
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The body behind a header: of a known length, or in chunks.
fn body_of(content: &Content, from: u64, length: Option<u64>, units: &mut Vec<Unit>) -> Next {
    let chunked = length.is_none();
    let (end, known) = match length {
        Some(length) => (from.saturating_add(length), true),
        None => chunks(content, from),
    };
    // What was announced and never sent is no piece of the stream.
    if end > from && from < content.end() {
        let what = What::Body { chunked, until_end: false };
        units.push(Unit { bytes: from..end, header: 0, what });
    }
    if known { Next::At(end) } else { Next::Nothing }
}

/// Where a body in chunks ends, or how far it is known; and whether it ends there.
fn chunks(content: &Content, from: u64) -> (u64, bool) {
    let mut at = from;
    loop {
        let known = content.from(at);
        let Some(size) = line(known, 0) else { return (at + known.len() as u64, false) };
        let Some(length) = chunk_length(size.text) else { return (at, false) };
        at += size.next as u64;
        if length == 0 {
            break;
        }
        let Some(end) = at.checked_add(length) else { return (at, false) };
        match content.from(end) {
            [b'\r', b'\n', ..] => at = end + 2,
            [b'\n', ..] => at = end + 1,
            _ => return (end.min(content.end().max(at)), false),
        }
    }
    // The trailer: more fields, and an empty line.
    loop {
        let known = content.from(at);
        let Some(line) = line(known, 0) else { return (at, false) };
        at += line.next as u64;
        if line.text.is_empty() {
            return (at, true);
        }
        if field(line.text).is_none() {
            return (at, false);
        }
    }
}
