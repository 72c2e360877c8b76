//! The words of the event schema, in the reader's language.

use socklab_say::{Speaker, clean, say};

/// The name of a field; without a text in `say`, the name as it is.
pub(crate) fn field(speaker: Speaker, name: &str) -> String {
    let key = format!("fact-{name}");
    if speaker.knows(&key) { say!(speaker, key) } else { clean(name) }
}

/// A value from a fixed list (`delivered`, `listening`); without a text in `say`, the word as it
/// is.
pub(crate) fn value(speaker: Speaker, word: &str) -> String {
    let key = format!("value-{word}");
    if speaker.knows(&key) { say!(speaker, key) } else { clean(word) }
}

/// Why something could not be recorded: a word from a fixed list, perhaps with an error behind it, or the
/// recorder's own text.
pub(crate) fn reason(speaker: Speaker, why: &str) -> String {
    let (word, error) =
        why.split_once(": ").map_or((why, None), |(word, error)| (word, Some(error)));
    let key = format!("reason-{word}");
    match error {
        _ if !speaker.knows(&key) => clean(why),
        Some(error) => format!("{}: {}", say!(speaker, key), clean(error)),
        None => say!(speaker, key),
    }
}
