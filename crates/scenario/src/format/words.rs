//! Words of the format that stand for things of the kernel: calls, signals, states.

use socklab_event::{Signal, TcpState};
use socklab_judge::CallWord;
use socklab_say::{Sentence, sentence};
use toml::Spanned;

use super::mistake::Mistake;

/// The short names of the TCP states in the kernel's tables, and a word for any state.
const STATES: [&str; 12] = [
    "ESTABLISHED",
    "SYN_SENT",
    "SYN_RECV",
    "FIN_WAIT1",
    "FIN_WAIT2",
    "TIME_WAIT",
    "CLOSE",
    "CLOSE_WAIT",
    "LAST_ACK",
    "LISTEN",
    "CLOSING",
    ANY_STATE,
];
const ANY_STATE: &str = "ANY";

/// The signal with this name, if it is a proper name, unlike `SIG40`.
pub(super) fn signal(name: &str) -> Option<Signal> {
    Signal::from_name(name).filter(|signal| signal.name().is_some())
}

/// The signal with this name; a mistake if there is none.
pub(super) fn known_signal(word: &Spanned<String>) -> Result<Signal, Mistake> {
    let unknown =
        || Mistake::at(word.span(), sentence!("mistake-unknown-signal", found = word.get_ref()));
    signal(word.get_ref()).ok_or_else(unknown)
}

/// The calls that a word stands for.
pub(super) fn call_word(word: &str) -> Result<CallWord, Sentence> {
    CallWord::parse(word).ok_or_else(|| {
        let names: Vec<&str> = CallWord::words().take(20).collect();
        sentence!("mistake-unknown-call", found = word, known = names.join(", "))
    })
}

/// The TCP state with this name; `None` for `ANY`.
pub(super) fn state(word: &str) -> Result<Option<TcpState>, Sentence> {
    if !STATES.contains(&word) {
        let known = STATES.join(", ");
        return Err(sentence!("mistake-unknown-word", found = word, known = known));
    }
    Ok(TcpState::from_short_name(word))
}

/// The value of a word, which must be one of `known`.
pub(super) fn chosen<T: Copy>(word: &Spanned<String>, known: &[(&str, T)]) -> Result<T, Mistake> {
    let found = known.iter().find(|(name, _)| name == word.get_ref()).map(|(_, value)| *value);
    found.ok_or_else(|| {
        let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
        let known = names.join(", ");
        Mistake::at(
            word.span(),
            sentence!("mistake-unknown-word", found = word.get_ref(), known = known),
        )
    })
}
