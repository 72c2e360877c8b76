//! What is wrong with a rule, and where. As data: who tells a reader chooses the language.

use std::fmt;
use std::ops::Range;

/// A text that is no rule.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RuleError {
    /// The text.
    pub text: String,
    /// The word at fault, as bytes of the text; empty and at the end if something is missing there.
    pub at: Range<usize>,
    /// What is wrong with it.
    pub mistake: RuleMistake,
}

/// What is wrong with a word of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RuleMistake {
    /// Something else was expected here, or the rule ends too early. Never empty.
    Expected(Vec<Expected>),
    /// The number is outside of what makes sense here.
    OutOfRange {
        /// The least that may stand here, as written.
        least: &'static str,
        /// The most that may stand here, as written.
        most: &'static str,
    },
    /// This is said twice.
    Twice,
    /// It ends before it begins.
    EndsFirst,
    /// A host cannot be cut off from itself.
    SameHost,
    /// The second number must be larger: the first frame waits for it.
    NotLater,
    /// Frames of this kind carry no byte of a stream.
    NoStream {
        /// The kind.
        kind: &'static str,
    },
    /// `the SYN`: there may be many. `the 1st SYN` or `every SYN`?
    WhichOne {
        /// The kind.
        kind: &'static str,
    },
}

/// What may stand in a place of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Expected {
    /// This word.
    Word(&'static str),
    /// A number of a frame or a connection: `1st`, `2nd`.
    Ordinal,
    /// A number.
    Number,
    /// A time: `40ms`, `2s`.
    Duration,
    /// A number of bytes: `10 kB`.
    Size,
    /// A rate: `1 Mbit/s`.
    Rate,
    /// A percentage: `5%`.
    Percentage,
    /// A host's name or address.
    Host,
    /// A port: 1 to 65535.
    Port,
    /// Nothing: the rule is complete.
    End,
}

impl RuleError {
    /// The word at fault; empty if something is missing at the end.
    pub fn word(&self) -> &str {
        self.text.get(self.at.clone()).unwrap_or_default()
    }

    /// The words of the language that were expected there.
    pub fn expected_words(&self) -> Vec<&'static str> {
        let RuleMistake::Expected(expected) = &self.mistake else { return Vec::new() };
        let word = |one: &Expected| match one {
            Expected::Word(word) => Some(*word),
            _ => None,
        };
        expected.iter().filter_map(word).collect()
    }

    /// The text in one line, and below it a line that marks the word at fault.
    pub fn marked(&self) -> (String, String) {
        let plain = |one: char| if one.is_control() { ' ' } else { one };
        let width =
            |range: Range<usize>| self.text.get(range).map_or(0, |part| part.chars().count());
        let before = width(0..self.at.start);
        let marks = width(self.at.clone()).max(1);
        let line = self.text.chars().map(plain).collect();
        (line, format!("{}{}", " ".repeat(before), "^".repeat(marks)))
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Word(word) => return write!(f, "`{word}`"),
            Self::Ordinal => "a number such as 1st",
            Self::Number => "a number",
            Self::Duration => "a time such as 40ms",
            Self::Size => "a size such as 10 kB",
            Self::Rate => "a rate such as 1 Mbit/s",
            Self::Percentage => "a percentage such as 5%",
            Self::Host => "a host's name or address",
            Self::Port => "a port",
            Self::End => "the end of the rule",
        })
    }
}

/// In English and in one line, for programmers.
impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = self.word();
        write!(f, "wire rule {:?}, ", self.text)?;
        match word {
            "" => f.write_str("at its end")?,
            word => write!(f, "at {word:?}")?,
        }
        match &self.mistake {
            RuleMistake::Expected(expected) => {
                f.write_str(": expected ")?;
                for (index, one) in expected.iter().enumerate() {
                    let joint = if index == 0 { "" } else { ", " };
                    write!(f, "{joint}{one}")?;
                }
                Ok(())
            }
            RuleMistake::OutOfRange { least, most } => write!(f, ": not within {least} … {most}"),
            RuleMistake::Twice => f.write_str(": said twice"),
            RuleMistake::EndsFirst => f.write_str(": ends before it begins"),
            RuleMistake::SameHost => f.write_str(": the same host twice"),
            RuleMistake::NotLater => f.write_str(": must be larger than the first number"),
            RuleMistake::NoStream { kind } => write!(f, ": a {kind} has no byte of a stream"),
            RuleMistake::WhichOne { kind } => {
                write!(f, ": which one? `the 1st {kind}` or `every {kind}`")
            }
        }
    }
}

impl std::error::Error for RuleError {}
