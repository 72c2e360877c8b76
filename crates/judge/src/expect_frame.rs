//! What can be expected of frames on the wire.

use std::fmt;

use socklab_event::{Fate, FrameKind};
use socklab_flows::{Meaning, Resent, ResetReason};

use crate::expect_pattern::{Address, BytesWanted, Range};

/// A frame on the wire; anything left out does not matter.
#[derive(Clone, Debug, PartialEq)]
pub struct FrameWanted {
    /// Of which kind.
    pub kind: FrameKind,
    /// What it means in its conversation.
    pub meaning: Option<MeaningWanted>,
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
    /// What made the kernel send it again.
    pub resent: Option<ResentWanted>,
    /// Why it is an RST.
    pub reason: Option<ReasonWanted>,
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
            meaning: None,
            from: None,
            to: None,
            source: None,
            destination: None,
            fate: None,
            again: None,
            resent: None,
            reason: None,
            window: None,
            bytes: None,
        }
    }

    /// The word for its kind, or for what it means.
    pub fn word(&self) -> &'static str {
        self.meaning.map_or(self.kind.word(), MeaningWanted::as_str)
    }
}

/// Declares what can be expected in a word, so that each word stands in one place.
macro_rules! words {
    ($(#[$of:meta])* $all:ident { $($(#[$doc:meta])* $name:ident = $word:literal,)+ }) => {
        $(#[$of])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $all {
            $($(#[$doc])* $name,)+
        }

        impl $all {
            /// All of them, with their words.
            pub const ALL: &'static [(&'static str, Self)] = &[$(($word, Self::$name)),+];

            /// The word.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)+
                }
            }
        }

        impl fmt::Display for $all {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}

words! {
    /// What a frame can mean besides being of a kind; only its conversation tells.
    MeaningWanted {
    /// The ACK that completes a handshake.
    HandshakeAck = "handshake-ack",
    /// An ACK that waited for something to be sent along with.
    DelayedAck = "delayed-ack",
    /// An ACK that acknowledges the same as the one before, because something is missing.
    DuplicateAck = "duplicate-ack",
    /// It only offers a larger window.
    WindowUpdate = "window-update",
    /// It asks whether a closed window has opened.
    WindowProbe = "window-probe",
    /// It asks whether the other end still exists.
    KeepAlive = "keep-alive",
    /// It answers either of these.
    ProbeAnswer = "probe-answer",
    }
}

words! {
    /// What can have made the kernel send something again.
    ResentWanted {
    /// No ACK had come in time.
    Timer = "timer",
    /// Duplicate ACKs had come.
    DuplicateAcks = "duplicate-acks",
    }
}

words! {
    /// Why an end can have sent RST.
    ReasonWanted {
    /// Nobody listens there.
    NobodyListens = "nobody-listens",
    /// The socket was closed while bytes were unread.
    Unread = "unread",
    /// The socket was closed with `SO_LINGER` at 0 seconds.
    Linger = "linger",
    /// The socket had been closed before.
    Closed = "closed",
    /// The listening socket was closed before a program accepted the connection.
    NeverAccepted = "never-accepted",
    /// The wire sent it.
    Rule = "rule",
    }
}

words! {
    /// What can be expected to become of a frame.
    FateWanted {
    /// It arrived, as it was sent or not.
    Arrived = "arrived",
    /// It arrived as it was sent, and when it would have without any rule.
    Delivered = "delivered",
    /// A rule dropped it.
    Dropped = "dropped",
    /// It got lost without a rule: the network is like that.
    Lost = "lost",
    /// It was still on its way when the recording ended.
    UnderWay = "under-way",
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
}

impl MeaningWanted {
    /// True if this is what it means.
    pub(crate) fn is(self, meaning: &Meaning) -> bool {
        match self {
            Self::HandshakeAck => matches!(meaning, Meaning::HandshakeAck),
            Self::DelayedAck => matches!(meaning, Meaning::DelayedAck),
            Self::DuplicateAck => matches!(meaning, Meaning::DuplicateAck { .. }),
            Self::WindowUpdate => matches!(meaning, Meaning::WindowUpdate),
            Self::WindowProbe => matches!(meaning, Meaning::WindowProbe),
            Self::KeepAlive => matches!(meaning, Meaning::KeepAlive),
            Self::ProbeAnswer => matches!(meaning, Meaning::ProbeAnswer),
        }
    }
}

impl ResentWanted {
    /// True if this made the kernel do it.
    pub(crate) fn is(self, by: Resent) -> bool {
        match self {
            Self::Timer => matches!(by, Resent::Timer),
            Self::DuplicateAcks => matches!(by, Resent::DuplicateAcks(_)),
        }
    }
}

impl ReasonWanted {
    /// The word for a reason; `None` if it is not known.
    pub(crate) fn of(reason: &ResetReason) -> Option<Self> {
        Some(match reason {
            ResetReason::NobodyListens => Self::NobodyListens,
            ResetReason::Unread(_) => Self::Unread,
            ResetReason::Linger => Self::Linger,
            ResetReason::Closed => Self::Closed,
            ResetReason::NeverAccepted => Self::NeverAccepted,
            ResetReason::Rule(_) => Self::Rule,
            _ => return None,
        })
    }
}

impl FateWanted {
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
            Self::Lost => matches!(fate, Fate::Lost { .. }),
            Self::UnderWay => matches!(fate, Fate::UnderWay { .. }),
            Self::RateLimited => altered("rate_limited"),
            Self::Delayed
            | Self::Duplicated
            | Self::Reordered
            | Self::Corrupted
            | Self::Injected => altered(self.as_str()),
        }
    }
}
