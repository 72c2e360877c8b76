//! What was said, as text, in hexadecimal, and as JSON.

use anstyle::{AnsiColor, Style};
use serde_json::{Value, json};
use socklab_event::Bytes;
use socklab_flows::{Flows, Gap, Piece, Said};
use socklab_say::{Speaker, count, say};

use super::Told;
use crate::hex_dump::hex_dump;
use crate::style::{FAINT, paint};

/// The two ends, on a terminal; elsewhere only the arrows tell them apart.
const SIDES: [Style; 2] = [AnsiColor::Cyan.on_default(), AnsiColor::Magenta.on_default()];

/// Stands before each line: who said it.
const ARROWS: [&str; 2] = ["→", "←"];

/// All of a conversation.
pub(super) fn conversation(
    told: &Told<'_, '_>,
    index: usize,
    said: &[Said<'_>],
    hex: bool,
) -> String {
    let speaker = told.speaker;
    let mut text = String::new();
    let mut line = |line: String| {
        text.push_str(&line);
        text.push('\n');
    };
    if told.dialogue(index).joined_late {
        line(paint(FAINT, say!(speaker, "follow-joined-late")));
    }
    for one in said {
        let side = one.side.min(1);
        let mut offset = one.start;
        if one.total == 0 {
            line(format!("{} {}", ARROWS[side], paint(FAINT, say!(speaker, "empty-datagram"))));
        }
        for piece in &one.pieces {
            match piece {
                Piece::Known(bytes) if hex => {
                    let dump = hex_dump(ARROWS[side], offset, bytes);
                    dump.lines().for_each(|row| line(paint(SIDES[side], row)));
                    offset = offset.saturating_add(bytes.len() as u64);
                }
                Piece::Known(bytes) => {
                    for row in rows(bytes) {
                        line(paint(SIDES[side], format!("{} {row}", ARROWS[side])));
                    }
                }
                Piece::Missing { bytes, why } => {
                    // Without the blank: no data looks like this.
                    line(format!(
                        "{}{}",
                        ARROWS[side],
                        paint(FAINT, missing(speaker, *bytes, *why))
                    ));
                    offset = offset.saturating_add(*bytes);
                }
                _ => {}
            }
        }
    }
    if said.is_empty() {
        line(paint(FAINT, say!(speaker, "follow-silence")));
    }
    let limited = |piece: &Piece<'_>| matches!(piece, Piece::Missing { why: Gap::Limit, .. });
    if told.dialogue(index).connection.is_some()
        && said.iter().any(|one| one.pieces.iter().any(limited))
    {
        line(paint(FAINT, say!(speaker, "follow-more")));
    }
    text
}

/// What is said of bytes that are not there.
fn missing(speaker: Speaker, bytes: u64, why: Gap) -> String {
    let key = match why {
        Gap::Unseen => "follow-gap-unseen",
        Gap::Uncaptured => "follow-gap-lost",
        _ => "follow-gap",
    };
    say!(speaker, key, n = count(bytes))
}

/// Bytes as lines: each ends behind a line feed, which is shown, too. Nothing in them is obeyed by a
/// terminal, and no two texts look the same.
fn rows(bytes: &[u8]) -> impl Iterator<Item = String> {
    bytes.split_inclusive(|byte| *byte == b'\n').map(|line| Bytes::whole(line).to_string())
}

/// A message for scripts.
pub(super) fn json(flows: &Flows<'_>, one: &Said<'_>) -> Value {
    let piece = |piece: &Piece<'_>| match piece {
        Piece::Known(bytes) => serde_json::to_value(Bytes::whole(*bytes)).unwrap_or_default(),
        Piece::Missing { bytes, why } => {
            let why = match why {
                Gap::Unseen => "unseen",
                Gap::Uncaptured => "not_captured",
                _ => "not_recorded",
            };
            json!({ "missing": bytes, "why": why })
        }
        _ => Value::Null,
    };
    let event = flows.order[one.at];
    json!({
        "from": one.side,
        "at": event.at,
        "seq": event.seq,
        "offset": one.start,
        "total": one.total,
        "pieces": one.pieces.iter().map(piece).collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_show_where_they_end() {
        let shown: Vec<String> = rows(b"GET /\r\n\r\n\x1b[2J\xff no end").collect();
        assert_eq!(shown, ["GET /\\r\\n", "\\r\\n", "\\x1b[2J\\xff no end"]);
    }

    proptest::proptest! {
        /// Different bytes look different, and nothing of them reaches the terminal as it is.
        #[test]
        fn what_is_shown_is_safe_and_tells_all(bytes: Vec<u8>, other: Vec<u8>) {
            let shown = |bytes: &[u8]| rows(bytes).collect::<Vec<_>>();
            let text = shown(&bytes);
            proptest::prop_assert!(text.iter().all(|row| !row.contains(socklab_say::is_unsafe)));
            proptest::prop_assert_eq!(bytes == other, text == shown(&other));
        }
    }
}
