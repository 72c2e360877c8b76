//! Which calls are worth a row, whoever made them.

use std::collections::{HashMap, HashSet};

use socklab_flows::{Flows, Lookup, Position};

use super::asides;
use super::essential::is_essential;
use crate::options::{Detail, Options};

/// The calls that tell something, whoever made them.
#[derive(Debug, Default)]
pub(crate) struct Notable {
    calls: HashSet<Position>,
    /// The first call of each name look-up, which stands for all of its calls.
    pub(crate) lookups: HashMap<Position, usize>,
    /// The other calls of look-ups.
    pub(crate) in_lookups: HashSet<Position>,
}

impl Notable {
    /// Tells the calls that move a conversation on from those that set up, enquire or tidy.
    pub(crate) fn of(flows: &Flows<'_>, options: &Options) -> Self {
        let mut notable = Self::default();
        let mut asides = HashSet::new();
        if options.detail == Detail::Essential {
            let lookups = flows.lookups.iter().enumerate();
            for (index, lookup) in lookups.filter(|(_, one)| folds(flows, one)) {
                if let Some((first, others)) = lookup.calls.split_first() {
                    notable.lookups.insert(*first, index);
                    notable.in_lookups.extend(others);
                }
            }
            asides = asides::of(flows, options);
            let kept = flows.calls().filter(|(_, event, _)| options.keep.contains(&event.seq));
            for socket in kept.filter_map(|(at, ..)| flows.socket_at(at)) {
                // What is explained is not drawn by half.
                let connection = flows.sockets[socket].connection;
                let other = connection.and_then(|one| flows.other_end(one, Some(socket)).socket);
                asides.retain(|aside| *aside != socket && Some(*aside) != other);
            }
        }
        for (at, event, call) in flows.calls() {
            let tells = if options.keep.contains(&event.seq) || notable.lookups.contains_key(&at) {
                true
            } else if notable.in_lookups.contains(&at) {
                false
            } else {
                let aside = flows.socket_at(at).is_some_and(|socket| asides.contains(&socket));
                // The kernel closes everything at exit; it matters where someone is listening.
                let tidying = call.implicit && flows.connection_at(at).is_none();
                options.detail == Detail::All || !(aside || tidying) && is_essential(call, options)
            };
            if tells {
                notable.calls.insert(at);
            }
        }
        notable
    }

    /// True if this is such a call.
    pub(crate) fn has(&self, at: Position) -> bool {
        self.calls.contains(&at)
    }
}

/// A look-up is folded unless the name server itself is in the recording: then it is the subject.
fn folds(flows: &Flows<'_>, lookup: &Lookup) -> bool {
    let recorded = |at: &Position| {
        let connection = flows.connection_at(*at);
        let other = connection.map(|one| flows.other_end(one, Some(lookup.socket)));
        other.is_some_and(|other| other.socket.is_some())
    };
    !lookup.calls.iter().any(recorded)
}
