//! What bytes should be: a text, or a pattern that they look like.

use serde::{Deserialize, Serialize};
use socklab_judge::Texts;

use super::either::either;

/// A text, or `{ pattern = '…' }`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Expected {
    /// Exactly these bytes.
    Text(String),
    /// Bytes that look like this.
    Pattern(PatternText),
}

/// `{ pattern = '\d+' }`, in the syntax of `regex-lite`. Placeholders in it stand for themselves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PatternText {
    /// The pattern.
    pub pattern: String,
    /// What readers are told that it means.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub says: Option<Texts>,
}

either!(Expected, "want-text-or-pattern", {
    text => Expected::Text,
    map => Expected::Pattern,
});

impl Expected {
    /// The text, or the pattern's.
    pub fn text(&self) -> &str {
        match self {
            Self::Text(text) | Self::Pattern(PatternText { pattern: text, .. }) => text,
        }
    }

    pub(super) fn text_mut(&mut self) -> &mut String {
        match self {
            Self::Text(text) | Self::Pattern(PatternText { pattern: text, .. }) => text,
        }
    }

    /// Words for the reader that stand in the file.
    pub(crate) fn says(&self) -> Option<&Texts> {
        match self {
            Self::Text(_) => None,
            Self::Pattern(pattern) => pattern.says.as_ref(),
        }
    }
}
