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

/// `{ about = 1000 }`, or `{ at_least = 800, at_most = 2000 }`, in ms.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawWaited {
    about: Option<u32>,
    at_least: Option<u32>,
    at_most: Option<u32>,
}

impl RawWaited {
    /// The range; `None` if it says nothing, or two things at once, or nothing is in it.
    ///
    /// About a second: a timer that was set a moment before the first thing could be seen seems to
    /// be shorter, and everything takes longer on a busy machine.
    pub(super) fn range(self) -> Option<socklab_judge::Range> {
        let (least, most) = match self {
            Self { about: Some(ms @ 1..), at_least: None, at_most: None } => {
                let ms = i64::from(ms);
                (Some(ms - ms / 5), Some(ms + ms / 2 + 500))
            }
            Self { about: None, at_least, at_most } => {
                (at_least.map(i64::from), at_most.map(i64::from))
            }
            _ => return None,
        };
        let (any, sound) = (least.or(most), least.zip(most).is_none_or(|(a, b)| a < b));
        any.filter(|_| sound).map(|_| socklab_judge::Range { at_least: least, at_most: most })
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
