//! Which calls belong together, as far as folding is concerned.

use std::collections::{BTreeMap, BTreeSet};

use socklab_flows::NumberMap;
use socklab_flows::{Flows, Position};

/// What a call belongs to, as far as folding is concerned.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Conversation {
    /// A connection.
    Connection(usize),
    /// A socket that has none.
    Socket(usize),
}

impl Conversation {
    /// The side of the conversation that a call was made on: 0 is the one that started it.
    pub(crate) fn side(self, flows: &Flows<'_>, at: Position) -> usize {
        match self {
            Self::Connection(one) => {
                let first = flows.connections[one].ends[0].socket;
                usize::from(first != flows.socket_at(at))
            }
            Self::Socket(_) => 0,
        }
    }
}

/// The calls of every conversation among these.
pub(crate) fn by_conversation(
    flows: &Flows<'_>,
    shown: &[Position],
) -> BTreeMap<Conversation, Vec<Position>> {
    // All calls of a datagram socket that talked to one peer only belong to that conversation.
    let mut partners: NumberMap<usize, BTreeSet<usize>> = NumberMap::default();
    for (at, ..) in flows.calls() {
        if let (Some(socket), Some(connection)) = (flows.socket_at(at), flows.connection_at(at)) {
            partners.entry(socket).or_default().insert(connection);
        }
    }
    let mut calls: BTreeMap<Conversation, Vec<Position>> = BTreeMap::new();
    for &at in shown {
        let Some(socket) = flows.socket_at(at) else { continue };
        let only = partners.get(&socket).filter(|known| known.len() == 1);
        let only = only.and_then(|known| known.first().copied());
        let conversation = match flows.connection_at(at).or(only) {
            Some(connection) => Conversation::Connection(connection),
            None => Conversation::Socket(socket),
        };
        calls.entry(conversation).or_default().push(at);
    }
    calls
}
