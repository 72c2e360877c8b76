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

/// Why something could not be recorded: a word from a fixed list, or the recorder's own text.
pub(crate) fn reason(speaker: Speaker, why: &str) -> String {
    let key = format!("reason-{why}");
    if speaker.knows(&key) { say!(speaker, key) } else { clean(why) }
}
