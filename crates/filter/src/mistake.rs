//! What is wrong with a filter, and where.

use std::fmt;
use std::ops::Range;

use socklab_say::{Sentence, clean, sentence};

use crate::words::{ALIKE, WORDS};

/// A text that is no filter.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Mistake {
    /// The text.
    pub text: String,
    /// The word at fault, as bytes of the text; empty and at the end if something is missing there.
    pub at: Range<usize>,
    /// What is wrong with it.
    pub what: What,
}

/// What is wrong with a word of a filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum What {
    /// Something else was expected here, or the filter ends too early.
    Expected(Wanted),
    /// This parenthesis closes none.
    Unopened,
    /// This parenthesis is not closed.
    Unclosed,
    /// The second quote is missing.
    Unquoted,
    /// A backslash with something behind it that has no meaning.
    Escape,
    /// The time ends before it begins.
    EndsFirst,
    /// Too many parentheses and `not` in one another.
    Deep,
}

/// What may stand in a place of a filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Wanted {
    /// A term, `not` or a parenthesis.
    Term,
    /// A port: 1 to 65535.
    Port,
    /// A descriptor.
    Descriptor,
    /// A time such as `10ms`.
    Time,
    /// An address or a name.
    Host,
    /// A program's name, or the number of a process.
    Process,
    /// A call.
    Call,
    /// Bytes.
    Bytes,
}

impl Wanted {
    /// Every one, with the key of its text. A page gets the texts by these keys.
    pub const ALL: [(Self, &'static str); 8] = [
        (Self::Term, "filter-want-term"),
        (Self::Port, "filter-want-port"),
        (Self::Descriptor, "filter-want-fd"),
        (Self::Time, "filter-want-time"),
        (Self::Host, "filter-want-host"),
        (Self::Process, "filter-want-process"),
        (Self::Call, "filter-want-call"),
        (Self::Bytes, "filter-want-bytes"),
    ];

    /// What may stand there, in words.
    pub fn sentence(self) -> Sentence {
        let key = Self::ALL.iter().find(|(one, _)| *one == self).map_or("", |(_, key)| key);
        match self {
            Self::Term => sentence!(key, words = terms().collect::<Vec<_>>().join(", ")),
            _ => sentence!(key),
        }
    }
}

/// The words that begin a term.
fn terms() -> impl Iterator<Item = &'static str> {
    WORDS.into_iter().filter(|word| !["and", "or"].contains(word)).chain(["("])
}

impl Mistake {
    /// The word at fault; empty if something is missing at the end.
    pub fn word(&self) -> &str {
        self.text.get(self.at.clone()).unwrap_or_default()
    }

    /// A word that was probably meant.
    pub fn near(&self) -> Option<&'static str> {
        let asked = self.what == What::Expected(Wanted::Term);
        asked.then(|| near(self.word())).flatten()
    }

    /// What is wrong, in words.
    pub fn sentence(&self) -> Sentence {
        let word = clean(self.word());
        let what = match self.what {
            What::Expected(wanted) if word.is_empty() => {
                sentence!("filter-ends-early", expected = wanted.sentence())
            }
            What::Expected(wanted) => {
                sentence!("filter-expected", found = word, expected = wanted.sentence())
            }
            What::Unopened => sentence!("filter-unopened"),
            What::Unclosed => sentence!("filter-unclosed"),
            What::Unquoted => sentence!("filter-unquoted"),
            What::Escape => sentence!("filter-escape", found = word),
            What::EndsFirst => sentence!("filter-ends-first"),
            What::Deep => sentence!("filter-deep"),
        };
        match self.near() {
            Some(near) => sentence!("filter-perhaps", what = what, near = near),
            None => what,
        }
    }

    /// The text in one line, and below it a line that marks the word at fault.
    pub fn marked(&self) -> (String, String) {
        let plain = |one: char| if socklab_say::is_unsafe(one) { ' ' } else { one };
        let width =
            |range: Range<usize>| self.text.get(range).map_or(0, |part| part.chars().count());
        let before = width(0..self.at.start);
        let marks = width(self.at.clone()).max(1);
        let line = self.text.chars().map(plain).collect();
        (line, format!("{}{}", " ".repeat(before), "^".repeat(marks)))
    }
}

/// The word of the language that this one resembles.
fn near(found: &str) -> Option<&'static str> {
    let word = found.to_lowercase();
    if let Some((_, meant)) = ALIKE.iter().find(|(alike, _)| *alike == word) {
        return Some(meant);
    }
    let most = if word.chars().count() < 4 { 1 } else { 2 };
    let distance = |known: &'static str| (strsim::osa_distance(known, &word), known);
    let nearest = WORDS.into_iter().map(distance).min_by_key(|(distance, _)| *distance);
    nearest.filter(|(distance, known)| *distance <= most && *known != found).map(|(_, known)| known)
}

/// In English, for programmers.
impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence().in_english())
    }
}

impl std::error::Error for Mistake {}
