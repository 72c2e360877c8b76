//! Looks in the kernel's tables for the socket states that steps wait for.

use socklab_event::{Endpoint, State};
use socklab_judge::Address;
use socklab_record::tables;

use super::watch::Seen;
use crate::format::KernelCondition;
use crate::variables::Variables;

/// Looks once. If matching sockets are found, their states are recorded as events.
pub(super) fn look(seen: &mut Seen, wanted: &KernelCondition, variables: &Variables) -> bool {
    let matches = |address: &Option<String>, endpoint: &Option<Endpoint>| match address {
        None => true,
        Some(text) => Address::parse(&variables.text(text))
            .is_some_and(|address| endpoint.as_ref().is_some_and(|endpoint| address.is(endpoint))),
    };
    let fits = |state: &State| {
        wanted.state.is_none_or(|wanted| wanted == state.after)
            && matches(&wanted.local, &state.socket.local)
            && matches(&wanted.remote, &state.socket.peer)
            && wanted.receive_queue.is_none_or(|range| range.has(state.receive_queue.into()))
            && wanted.send_queue.is_none_or(|range| range.has(state.send_queue.into()))
    };
    let found: Vec<State> = tables::states().into_iter().filter(fits).collect();
    let count = wanted.count.unwrap_or(socklab_judge::Range::at_least(1));
    if !count.has(i64::try_from(found.len()).unwrap_or(i64::MAX)) {
        return false;
    }
    seen.record_states(found);
    true
}

/// Records the states of all sockets as events.
pub(super) fn look_at_all(seen: &mut Seen) {
    seen.record_states(tables::states());
}
