//! What can be expected of frames on the wire.

use std::fmt;

use socklab_event::{Fate, FrameKind};

use crate::expect_pattern::{Address, BytesWanted, Range};

/// A frame on the wire; anything left out does not matter.
#[derive(Clone, Debug, PartialEq)]
pub struct FrameWanted {
    /// Of which kind.
    pub kind: FrameKind,
    /// Who sends it: an actor; or a host of the wire, if nobody knows whose socket it is.
    pub from: Option<String>,
    /// Who is to get it, likewise.
    pub to: Option<String>,
    /// Its source address.
    pub source: Option<Address>,
    /// Its destination address.
    pub destination: Option<Address>,
    /// What became of it.
    pub fate: Option<FateWanted>,
    /// True: all of it was sent before. False: some of it was not.
    pub again: Option<bool>,
    /// Its window, as in the segment: unscaled.
    pub window: Option<Range>,
    /// Its payload.
    pub bytes: Option<BytesWanted>,
}

impl FrameWanted {
    /// Any frame of this kind.
    pub fn any(kind: FrameKind) -> Self {
        Self {
            kind,
            from: None,
            to: None,
            source: None,
            destination: None,
            fate: None,
            again: None,
            window: None,
            bytes: None,
        }
    }
}

/// Declares [`FateWanted`], so that each word stands in one place.
macro_rules! fates {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)+) => {
        /// What can be expected to become of a frame.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum FateWanted {
            $($(#[$doc])* $name,)+
        }

        impl FateWanted {
            /// All of them, with their words.
            pub const ALL: &'static [(&'static str, Self)] = &[$(($word, Self::$name)),+];
        }
    };
}

fates! {
    /// It arrived, as it was sent or not.
    Arrived = "arrived",
    /// It arrived as it was sent, and when it would have without any rule.
    Delivered = "delivered",
    /// A rule dropped it.
    Dropped = "dropped",
    /// It arrived later.
    Delayed = "delayed",
    /// It arrived more than once.
    Duplicated = "duplicated",
    /// It arrived after one that was sent later.
    Reordered = "reordered",
    /// It arrived with a wrong byte.
    Corrupted = "corrupted",
    /// It arrived later, because the link is slow.
    RateLimited = "rate-limited",
    /// Nobody sent it but the wire.
    Injected = "injected",
}

impl FateWanted {
    /// The word.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(_, fate)| *fate == self).map_or("", |(word, _)| word)
    }

    /// True if this is what became of it.
    pub fn is(self, fate: &Fate) -> bool {
        let altered = |word: &str| match fate {
            Fate::Altered { how, .. } => how.iter().any(|one| one == word),
            _ => false,
        };
        match self {
            Self::Arrived => match fate {
                Fate::Delivered { .. } => true,
                Fate::Altered { at, .. } => !at.is_empty() && !altered("injected"),
                _ => false,
            },
            Self::Delivered => matches!(fate, Fate::Delivered { .. }),
            Self::Dropped => matches!(fate, Fate::Dropped { .. }),
            Self::RateLimited => altered("rate_limited"),
            Self::Delayed
            | Self::Duplicated
            | Self::Reordered
            | Self::Corrupted
            | Self::Injected => altered(self.as_str()),
        }
    }
}

impl fmt::Display for FateWanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
