//! Who served the connections of a fold. For a server with several processes or threads, that is
//! what the reader wants to see.

use std::collections::BTreeSet;

use socklab_event::Call;
use socklab_flows::{Flows, Position};
use socklab_say::{Speaker, count, say};

use super::unit::Unit;

/// Who served the folded connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Served {
    /// The process or thread that also served the connection that is drawn; or it is not known.
    BySame,
    /// This many processes; true if the one drawn is not among them.
    Processes(usize, bool),
    /// This many threads; true if the one drawn is not among them.
    Threads(usize, bool),
}

impl Served {
    /// Finds who served the connections of the `folded` calls; `drawn` are the calls of the one
    /// connection that stays.
    pub(crate) fn of(
        flows: &Flows<'_>,
        folded: &[Position],
        drawn: Option<&Vec<Position>>,
    ) -> Self {
        let units = servers(flows, folded);
        let shown = drawn.map(|drawn| servers(flows, drawn)).unwrap_or_default();
        let processes =
            |units: &BTreeSet<Unit>| -> BTreeSet<u32> { units.iter().map(|unit| unit.0).collect() };
        let (all, own) = (processes(&units), processes(&shown));
        match (all.len(), units.len()) {
            (0, _) => Self::BySame,
            (1, _) if !own.is_empty() && all.is_disjoint(&own) => Self::Processes(1, true),
            (1, 1) => Self::BySame,
            (1, threads) => Self::Threads(threads, !shown.is_empty() && units.is_disjoint(&shown)),
            (count, _) => Self::Processes(count, !own.is_empty() && all.is_disjoint(&own)),
        }
    }

    /// In words; empty if there is nothing to say.
    pub(crate) fn say(self, speaker: Speaker) -> String {
        let (number, key) = match self {
            Self::BySame => return String::new(),
            Self::Processes(1, true) => return say!(speaker, "ladder-by-another-process"),
            Self::Processes(count, true) => (count, "ladder-by-other-processes"),
            Self::Processes(count, false) => (count, "ladder-by-processes"),
            Self::Threads(count, true) => (count, "ladder-by-other-threads"),
            Self::Threads(count, false) => (count, "ladder-by-threads"),
        };
        say!(speaker, key, n = count(number))
    }
}

/// The threads that moved data on the accepted sockets. The thread that accepted may have left that
/// to a worker.
fn servers(flows: &Flows<'_>, calls: &[Position]) -> BTreeSet<Unit> {
    let mut units = BTreeSet::new();
    for &at in calls {
        let Some(connection) = flows.connection_at(at) else { continue };
        let Some(accepted) = flows.connections[connection].accepted else { continue };
        let served = flows.socket_at(at) == flows.socket_at(accepted);
        let moves = flows.call(at).is_some_and(Call::moves_data);
        if served && moves {
            let place = &flows.order[at].place;
            units.insert((place.process, place.thread));
        }
    }
    units
}
