//! Mistakes whose file is not known yet: what is wrong, and with which part of the text.

use std::ops::Range;

use socklab_say::{Sentence, sentence};

use super::nearest::nearest;

/// What is wrong with a part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mistake {
    /// The bytes that the mistake is about; `None` means all of what is being read.
    pub(super) span: Option<Range<usize>>,
    pub(super) what: Sentence,
}

impl Mistake {
    /// A mistake about these bytes.
    pub(super) fn at(span: Range<usize>, what: Sentence) -> Self {
        Self { span: Some(span), what }
    }

    /// A mistake about all of what is being read; [`Mistake::within`] adds what that is.
    pub(super) fn whole(what: Sentence) -> Self {
        Self { span: None, what }
    }

    /// The same mistake, with this place if it had none.
    pub(super) fn within(self, span: Range<usize>) -> Self {
        Self { span: self.span.or(Some(span)), ..self }
    }
}

/// In English, for logs.
impl std::fmt::Display for Mistake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.what.in_english())
    }
}

impl std::error::Error for Mistake {}

/// Turns serde's own errors into sentences, from their facts rather than their English text.
impl serde::de::Error for Mistake {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        Self::whole(sentence!("mistake-unreadable", what = message.to_string()))
    }

    fn unknown_field(found: &str, known: &'static [&'static str]) -> Self {
        let what = sentence!("mistake-unknown-field", found = found, known = quoted(known));
        Self::whole(perhaps(found, known, what))
    }

    fn unknown_variant(found: &str, known: &'static [&'static str]) -> Self {
        let what = sentence!("mistake-unknown-word", found = found, known = quoted(known));
        Self::whole(perhaps(found, known, what))
    }

    fn missing_field(name: &'static str) -> Self {
        Self::whole(sentence!("mistake-missing-field", name = name))
    }
}

/// A mistake in a word, with the known word that was probably meant.
pub(super) fn perhaps(found: &str, known: &[&str], what: Sentence) -> Sentence {
    match nearest(found, known) {
        Some(near) => sentence!("mistake-perhaps", what = what, near = near),
        None => what,
    }
}

/// Lists words of the format: `call`, `stream`, `exit`.
pub(super) fn quoted(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}
