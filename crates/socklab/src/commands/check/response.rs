//! HTTP messages in words: what was expected of one, and what is wrong with it.

use socklab_event::Bytes;
use socklab_judge::{HttpFault, HttpKind, HttpWanted};
use socklab_say::{Speaker, count, say};

/// The maximum number of characters of a line shown.
const SHOWN: usize = 48;

/// What is expected; `body` is what is expected of the body, in words.
pub(super) fn wanted(speaker: Speaker, http: &HttpWanted, body: &str) -> String {
    let mut parts = Vec::new();
    parts.extend(http.status.map(|status| say!(speaker, "http-status", status = status)));
    parts.extend(http.header.iter().map(|(name, value)| format!("{name}: {value}")));
    if !body.is_empty() {
        parts.push(say!(speaker, "http-body", bytes = body));
    }
    let colon = if parts.is_empty() { "" } else { ": " };
    let what = format!("{colon}{}", parts.join(", "));
    match http.kind {
        HttpKind::Request => say!(speaker, "want-request", who = http.actor, what = what),
        _ => say!(speaker, "want-response", who = http.actor, what = what),
    }
}

/// What is wrong.
pub(super) fn fault(speaker: Speaker, fault: &HttpFault) -> String {
    let quoted = |bytes: &[u8]| Bytes::beginning(bytes, bytes.len() as u64, SHOWN);
    match fault {
        HttpFault::Nothing => say!(speaker, "http-nothing"),
        HttpFault::StatusLine(line) => say!(speaker, "http-status-line", line = quoted(line)),
        HttpFault::RequestLine(line) => {
            say!(speaker, "http-request-line", line = quoted(line))
        }
        HttpFault::LineEnd(line) => say!(speaker, "http-line-end", line = quoted(line)),
        HttpFault::Field(line) => say!(speaker, "http-field", line = quoted(line)),
        HttpFault::NoEmptyLine(line) => say!(speaker, "http-no-empty-line", line = quoted(line)),
        HttpFault::Length(value) => say!(speaker, "http-length", value = quoted(value)),
        HttpFault::Short { announced, got } => {
            say!(speaker, "http-short", announced = count(*announced), got = count(*got))
        }
        HttpFault::Surplus { bytes, total } => {
            say!(speaker, "http-surplus", bytes = quoted(bytes), total = count(*total))
        }
        HttpFault::Endless => say!(speaker, "http-endless"),
        HttpFault::Chunk => say!(speaker, "http-chunk"),
        HttpFault::Status(status) => say!(speaker, "http-other-status", status = *status),
        HttpFault::Header { name, got: Some(got), .. } => {
            say!(speaker, "http-other-header", name = name, value = quoted(got))
        }
        HttpFault::Header { name, got: None, .. } => say!(speaker, "http-no-header", name = name),
        // A fault of a later version has no words here.
        _ => say!(speaker, "got-different"),
    }
}
