//! Whether an event fits.

use serde::Serialize;

/// Whether an event fits a filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It does not.
    No,
    /// That depends on bytes that were not recorded.
    Unknown,
    /// It does.
    Yes,
}

impl Verdict {
    pub(crate) fn of(fits: bool) -> Self {
        if fits { Self::Yes } else { Self::No }
    }

    /// The opposite; what is not known stays so.
    pub(crate) fn opposite(self) -> Self {
        match self {
            Self::No => Self::Yes,
            Self::Unknown => Self::Unknown,
            Self::Yes => Self::No,
        }
    }
}
