//! A fold: events that are drawn as one row.

use socklab_flows::Position;

use super::served::Served;

/// Events that are drawn as one row.
#[derive(Debug)]
pub(crate) struct Fold {
    /// The folded events other than packets, in order.
    pub(crate) members: Vec<Position>,
    /// The folded packets. A fold has members or packets.
    pub(crate) packets: Vec<Position>,
    /// What they have in common.
    pub(crate) kind: FoldKind,
    /// Who served the folded connections.
    pub(crate) served: Served,
    /// What can be said of the repetitions beside their number.
    pub(crate) spread: Spread,
}

/// What the events of a fold have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FoldKind {
    /// This many connections went like the one drawn.
    Connections(usize),
    /// This many sockets that never connected went like the one drawn.
    Sockets(usize),
    /// This many connections took one of this many courses, none of which is drawn.
    Ways(usize, usize),
    /// This many repetitions of what was just drawn of this conversation.
    Again(usize),
    /// This many packets, like those just drawn.
    Packets(usize),
    /// A call that was repeated this many times without success, or with nothing to do; the first
    /// is drawn and says so.
    Loop(Position, usize),
}

/// How the repetitions of a fold vary.
#[derive(Clone, Debug, Default)]
pub(crate) struct Spread {
    /// How long each took, in nanoseconds.
    pub(crate) times: Vec<u64>,
    /// How many bytes each moved.
    pub(crate) sizes: Vec<u64>,
    /// How many of them differ from the others but are not drawn.
    pub(crate) differ: usize,
}

impl Spread {
    /// Adds what is known of other repetitions.
    pub(crate) fn append(&mut self, mut other: Self) {
        self.times.append(&mut other.times);
        self.sizes.append(&mut other.sizes);
        self.differ += other.differ;
    }
}
