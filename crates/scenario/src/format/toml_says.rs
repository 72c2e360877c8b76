//! What the TOML reader says, for people who do not know its insides.

use std::ops::Range;

use super::op;
use super::sentence::{Place, Sentence, say};

/// The sentence for a message of the reader, about this part of a text.
pub(super) fn sentence(message: &str, text: &str, span: Range<usize>) -> Sentence {
    let quoted = |rest: &str| rest.split('`').next().unwrap_or_default().to_owned();
    let known = |rest: &str| {
        let behind = rest.split_once("expected ").map_or("", |(_, known)| known);
        behind.strip_prefix("one of ").unwrap_or(behind).to_owned()
    };
    if let Some(rest) = message.strip_prefix("unknown field `") {
        return say!("unknown-field", found = quoted(rest), known = known(rest));
    }
    if let Some(rest) = message.strip_prefix("unknown variant `") {
        return say!("unknown-word", found = quoted(rest), known = known(rest));
    }
    if let Some(rest) = message.strip_prefix("missing field `") {
        return say!("missing-field", name = quoted(rest));
    }
    let kinds = ["invalid type: ", "invalid value: "];
    let kinds = kinds.iter().find_map(|start| message.strip_prefix(start));
    if let Some((found, wanted)) = kinds.and_then(|kinds| kinds.split_once(", expected ")) {
        let word = text.get(span).unwrap_or_default().trim_matches(['"', '\'']);
        if let Some(example) = op::example(word).filter(|_| found == "unit variant") {
            return say!("op-needs", word = word, example = example);
        }
        return say!("wrong-kind", found = kind(found), wanted = want(wanted));
    }
    say!("syntax", what = message.replace('\n', "; "))
}

/// What was found.
fn kind(found: &str) -> Sentence {
    let (kind, value) = found.split_once(' ').unwrap_or((found, ""));
    let bare = value.trim_start_matches("point ").trim_matches('`');
    match kind {
        "string" => say!("kind-text", value = value),
        "integer" | "floating" => say!("kind-number", value = bare),
        "boolean" => say!("kind-boolean", value = bare),
        "sequence" => say!("kind-list"),
        "map" | "newtype" => say!("kind-table"),
        "unit" => say!("kind-word"),
        _ => say!("kind-other", value = found),
    }
}

/// What could stand there.
fn want(wanted: &str) -> Place {
    let sentence = match wanted {
        "a string" | "string" => say!("want-text"),
        "u16" => say!("want-number-to", most = u32::from(u16::MAX)),
        "u32" => say!("want-number-to", most = u32::MAX),
        "u64" | "usize" | "i32" | "i64" => say!("want-number"),
        "a boolean" => say!("want-boolean"),
        "a sequence" => say!("want-list"),
        "struct Texts" => say!("want-texts"),
        "struct SetOption" => return example("option"),
        "struct ConnectMany" => return example("connect_many"),
        "struct SendTo" => return example("send_to"),
        "struct Exchange" => return example("exchange"),
        "a map" => say!("want-table"),
        _ if wanted.starts_with("struct ") => say!("want-table"),
        _ if wanted.starts_with("a number, or") => say!("want-range"),
        _ if wanted.starts_with("a word, or") => say!("want-words"),
        _ if wanted.starts_with("an exit code") => say!("want-exit"),
        _ if wanted.starts_with("a condition") => say!("want-condition"),
        _ => return wanted.into(),
    };
    sentence.into()
}

fn example(word: &str) -> Place {
    op::example(word).unwrap_or_default().into()
}
