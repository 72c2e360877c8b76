//! Which calls are worth a row, regardless of columns.

use socklab_flows::NumberSet;
use socklab_flows::{Flows, Lookup, Position};

use super::asides;
use super::essential::is_essential;
use super::lookups::Lookups;
use crate::options::{Detail, Options};

/// So many times as long as a call that waited takes what comes from a name server that is near: what
/// takes longer has a row of its own.
const SOON: u64 = 10;

/// The calls that are worth a row.
#[derive(Debug, Default)]
pub(crate) struct Notable {
    calls: NumberSet<Position>,
    /// The name look-ups, each of which has few rows for all its calls.
    pub(crate) lookups: Lookups,
    /// The sockets of these lookups, and those that are incidental to the program.
    quiet: NumberSet<usize>,
}

impl Notable {
    /// Separates the calls that advance a conversation from those that set up, query or clean up.
    pub(crate) fn of(flows: &Flows<'_>, options: &Options) -> Self {
        let mut notable = Self::default();
        let mut asides = NumberSet::default();
        let mut looked_up = Vec::new();
        if options.detail == Detail::Essential {
            let lookups = flows.lookups.iter().enumerate();
            for (index, lookup) in lookups.filter(|(_, one)| folds(flows, one)) {
                notable.lookups.calls.extend(lookup.calls.iter().chain(&lookup.waits));
                notable.quiet.insert(lookup.socket);
                looked_up.push(index);
            }
            asides = asides::of(flows, options);
            let kept = flows.calls().filter(|(_, event, _)| options.keep.contains(&event.seq));
            for socket in kept.filter_map(|(at, ..)| flows.socket_at(at)) {
                // A conversation that is explained is drawn from both ends.
                let connection = flows.sockets[socket].connection;
                let other = connection.and_then(|one| flows.other_end(one, Some(socket)).socket);
                asides.retain(|aside| *aside != socket && Some(*aside) != other);
            }
        }
        notable.quiet.extend(&asides);
        for (at, event, call) in flows.calls() {
            let tells = if notable.lookups.calls.contains(&at) {
                false
            } else if options.keep.contains(&event.seq) {
                true
            } else {
                let aside = flows.socket_at(at).is_some_and(|socket| asides.contains(&socket));
                // At exit the kernel closes every descriptor, which matters only to a peer.
                let tidying = call.implicit && flows.connection_at(at).is_none();
                options.detail == Detail::All || !(aside || tidying) && is_essential(call, options)
            };
            if tells {
                notable.calls.insert(at);
            }
        }
        let Self { calls, lookups, .. } = &mut notable;
        let soon = options.wait_from.saturating_mul(SOON);
        lookups.lay_out(flows, &looked_up, &|at| calls.contains(&at), soon);
        calls.extend(lookups.rows.keys());
        notable
    }

    /// True if the packets of a socket are not worth a row, whatever they are.
    pub(crate) fn is_quiet(&self, socket: usize) -> bool {
        self.quiet.contains(&socket)
    }

    /// True if the call at this position is worth a row.
    pub(crate) fn has(&self, at: Position) -> bool {
        self.calls.contains(&at)
    }
}

/// A lookup is folded unless the name server was recorded too: then it is the subject.
fn folds(flows: &Flows<'_>, lookup: &Lookup) -> bool {
    let recorded = |at: &Position| {
        let connection = flows.connection_at(*at);
        let other = connection.map(|one| flows.other_end(one, Some(lookup.socket)));
        other.is_some_and(|other| other.socket.is_some())
    };
    !lookup.calls.iter().any(recorded)
}
