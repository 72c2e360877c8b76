//! The conversations of a peer, by name. They know nothing of one another, but each may accept from
//! the listening socket of the one without a name.

use std::collections::BTreeMap;

use super::conversation::Conversation;
use super::protocol::{Deed, Order, Reply};
use crate::format::Op;
use crate::variables::Variables;

/// All conversations of a peer.
pub(super) struct Conversations {
    variables: Variables,
    /// The one without a name.
    first: Conversation,
    others: BTreeMap<String, Conversation>,
}

impl Conversations {
    pub(super) fn new(variables: Variables) -> Self {
        let first = Conversation::new(variables.clone());
        Self { variables, first, others: BTreeMap::new() }
    }

    /// Carries out an order.
    pub(super) fn perform(&mut self, order: &Order) -> Reply {
        if order.on.is_empty() {
            return self.first.perform(order);
        }
        let new = || Conversation::new(self.variables.clone());
        let other = self.others.entry(order.on.clone()).or_insert_with(new);
        let borrows = matches!(order.deed, Deed::Op(Op::Accept)) && other.listener.is_none();
        if !borrows {
            return other.perform(order);
        }
        other.listener = self.first.listener.take();
        let reply = other.perform(order);
        self.first.listener = other.listener.take();
        reply
    }
}
