//! What a rule says, as data.

use std::net::IpAddr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use socklab_event::FrameKind;

/// A wire rule; see the [module](super) for what can be written.
///
/// It is parsed from text with `FromStr` and written back, in one canonical form, with `Display`.
/// Two rules are equal if they mean the same.
#[derive(Clone, Debug)]
pub struct Rule {
    pub(super) text: String,
    pub(super) meaning: Meaning,
}

impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        self.meaning == other.meaning
    }
}

impl Eq for Rule {}

/// As its author wrote it.
impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Rule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

impl Rule {
    /// The rule as its author wrote it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The names of all hosts that the rule is about, so that they can be checked.
    pub fn hosts(&self) -> Vec<&str> {
        self.parties().filter_map(Party::name).collect()
    }

    /// The addresses that the rule is about.
    pub fn addresses(&self) -> Vec<IpAddr> {
        let address = |party: &Party| match party {
            Party::Address(address) => Some(*address),
            Party::Named(_) => None,
        };
        self.parties().filter_map(address).collect()
    }

    fn parties(&self) -> impl Iterator<Item = &Party> {
        let meaning = &self.meaning;
        let of_act: [Option<&Party>; 2] = match &meaning.act {
            Act::Die(host) => [Some(host), None],
            Act::Partition(one, other) => [Some(one), Some(other)],
            _ => [None, None],
        };
        let moments = [&meaning.start, &meaning.end].into_iter().flatten();
        let marks = moments.filter_map(Moment::mark).chain(match &meaning.act {
            Act::Reset(Limit::Mark(mark)) => Some(mark),
            _ => None,
        });
        let selections = std::iter::once(&meaning.selection).chain(marks.map(|mark| &mark.of));
        let of_selections = selections.flat_map(|one| [one.from.as_ref(), one.to.as_ref()]);
        of_act.into_iter().chain(of_selections).flatten()
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Meaning {
    pub(super) act: Act,
    /// The frames that the rule is about, and counts.
    pub(super) selection: Selection,
    /// Those among them that it acts on.
    pub(super) choice: Choice,
    /// How often it acts at most.
    pub(super) times: Option<u64>,
    pub(super) start: Option<Moment>,
    pub(super) end: Option<Moment>,
}

impl Meaning {
    pub(super) fn of(act: Act) -> Self {
        Self {
            act,
            selection: Selection::default(),
            choice: Choice::Every,
            times: None,
            start: None,
            end: None,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Act {
    Drop,
    /// By nanoseconds.
    Delay(u64),
    Duplicate,
    /// The frame with the first number is sent after the one with the second.
    Reorder(u64, u64),
    /// A byte, counted from 1.
    Corrupt {
        byte: u64,
        of: Origin,
        mend: bool,
    },
    Lose {
        millionths: u32,
        seed: u64,
    },
    /// Bits per second.
    Rate(u64),
    Reset(Limit),
    Die(Party),
    Partition(Party, Party),
}

/// What a byte of a frame is counted from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    Frame,
    Payload,
}

/// The kinds of frames that belong to no connection.
pub(super) const WITHOUT_CONNECTION: [FrameKind; 4] =
    [FrameKind::Udp, FrameKind::Fragment, FrameKind::Icmp, FrameKind::Arp];

/// What a rule calls segments that are sent again.
pub(super) const RETRANSMISSION: &str = "retransmission";

/// How long a connection lives that will be reset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Limit {
    /// Bytes of the stream in one direction.
    Bytes(u64),
    Mark(Mark),
}

/// Some frames.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Selection {
    pub(super) kind: FrameKind,
    /// Only segments all of which were sent before.
    pub(super) again: bool,
    pub(super) byte: Option<StreamByte>,
    pub(super) from: Option<Party>,
    pub(super) to: Option<Party>,
    pub(super) from_port: Option<u16>,
    pub(super) to_port: Option<u16>,
    pub(super) connection: Option<u64>,
}

/// A byte of a stream, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct StreamByte {
    pub(super) number: u64,
    pub(super) of: Option<Direction>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    /// From the end that connected.
    Request,
    Answer,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Choice {
    Every,
    Nth(u64),
    EveryNth(u64),
}

/// One certain frame: the Nth of some.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) number: u64,
    pub(super) of: Selection,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    /// Nanoseconds after the first frame.
    Time(u64),
    /// Right after this frame.
    Mark(Mark),
}

impl Selection {
    /// The word for their kind.
    pub(super) fn word(&self) -> &'static str {
        if self.again { RETRANSMISSION } else { self.kind.word() }
    }
}

impl Moment {
    fn mark(&self) -> Option<&Mark> {
        match self {
            Self::Mark(mark) => Some(mark),
            Self::Time(_) => None,
        }
    }
}

/// A host, by its name on the wire or by its address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Party {
    Named(String),
    Address(IpAddr),
}

impl Party {
    pub(super) fn of(word: &str) -> Self {
        word.parse().map_or_else(|_| Self::Named(word.to_owned()), Self::Address)
    }

    fn name(&self) -> Option<&str> {
        match self {
            Self::Named(name) => Some(name),
            Self::Address(_) => None,
        }
    }
}

/// True if such frames may carry a byte of a stream.
pub(super) fn has_stream(kind: FrameKind) -> bool {
    use FrameKind::{Data, Fin, Psh, Segment, Urg};
    matches!(kind, Segment | Data | Fin | Psh | Urg)
}
