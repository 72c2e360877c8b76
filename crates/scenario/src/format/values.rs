//! Values that can be written in more than one way: a number or a range, one word or several.

use serde::Deserialize;

use super::either::either;

/// A number, or `{ at_least = 1, at_most = 3 }`.
#[derive(Clone, Copy, Debug)]
pub(super) enum RawRange {
    Exactly(i64),
    Between(Between),
}

/// See [`RawRange`].
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Between {
    pub(super) at_least: Option<i64>,
    pub(super) at_most: Option<i64>,
}

impl From<RawRange> for socklab_judge::Range {
    fn from(raw: RawRange) -> Self {
        match raw {
            RawRange::Exactly(number) => Self::exactly(number),
            RawRange::Between(Between { at_least, at_most }) => Self { at_least, at_most },
        }
    }
}

/// A word, or a list of words.
#[derive(Clone, Debug, Default)]
pub(super) struct OneOrMany(pub(super) Vec<String>);

/// An exit code, or a word.
#[derive(Clone, Debug)]
pub(super) enum RawExit {
    Code(i64),
    Word(String),
}

either!(RawRange, "want-range", {
    number => RawRange::Exactly,
    map => RawRange::Between,
});
either!(OneOrMany, "want-words", {
    text => |word| OneOrMany(vec![word]),
    list => OneOrMany,
});
either!(RawExit, "want-exit", {
    number => RawExit::Code,
    text => RawExit::Word,
});
