//! Where threads of a program are held.

use std::fmt;

use serde::{Deserialize, Serialize};
use socklab_judge::CallWord;
use socklab_say::{Sentence, sentence};

use super::either::either;
use super::words::call_word;

/// `at = "birth"` or `at = { after = "accept" }`.
#[derive(Clone, Debug)]
pub(super) enum RawAt {
    Word(String),
    Call(RawCall),
}

either!(RawAt, "want-place", { text => RawAt::Word, map => RawAt::Call });

/// A call: exactly one of these.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawCall {
    before: Option<String>,
    after: Option<String>,
}

/// Where a thread is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum HoldAt {
    /// At its birth, before its first instruction.
    Birth,
    /// Before such a call.
    Before(CallWord),
    /// After such a call, if it has succeeded.
    After(CallWord),
    /// Before and after every system call, of whatever kind.
    EveryCall,
}

impl RawAt {
    pub(super) fn place(self) -> Result<HoldAt, Sentence> {
        match self {
            Self::Word(word) if word == "birth" => Ok(HoldAt::Birth),
            Self::Word(word) if word == "every-call" => Ok(HoldAt::EveryCall),
            Self::Word(word) => Err(sentence!("mistake-hold-at", found = word)),
            Self::Call(RawCall { before: Some(call), after: None }) => {
                call_word(&call).map(HoldAt::Before)
            }
            Self::Call(RawCall { before: None, after: Some(call) }) => {
                call_word(&call).map(HoldAt::After)
            }
            Self::Call(_) => Err(sentence!("mistake-hold-call")),
        }
    }
}

impl fmt::Display for HoldAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Birth => f.write_str("birth"),
            Self::Before(call) => write!(f, "before {call}"),
            Self::After(call) => write!(f, "after {call}"),
            Self::EveryCall => f.write_str("every-call"),
        }
    }
}
