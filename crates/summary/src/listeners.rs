//! Who listened, and whom it accepted.

use socklab_event::{Args, Call, Errno};
use socklab_flows::{Connection, Flows, NumberMap};
use socklab_say::clean;

use crate::attempts::failures;
use crate::conversations::shown;
use crate::model::Listener;

pub(crate) fn of(flows: &Flows<'_>) -> Vec<Listener> {
    let mut queues: NumberMap<usize, Queue> = NumberMap::default();
    for (index, socket) in flows.sockets.iter().enumerate() {
        if socket.listening.is_some() {
            queues.entry(index).or_default();
        }
        if let Some(listener) = socket.listener {
            queues.entry(listener).or_default().accepted += 1;
        }
    }
    let end = flows.order.last().map_or(0, |last| last.at);
    for connection in &flows.connections {
        let Some(listener) = connection.listener else { continue };
        let closed = flows.holders.last_close(listener).map_or(end, |at| flows.order[at].at);
        queues.entry(listener).or_default().see(flows, connection, closed);
    }
    let refused = failures(flows);
    let refused: Vec<_> =
        refused.iter().filter(|one| one.error == Some(Errno::ECONNREFUSED)).collect();
    let mut listeners: Vec<(usize, Queue)> = queues.into_iter().collect();
    listeners.sort_by_key(|(index, _)| *index);
    let told = |(index, queue): (usize, Queue)| {
        let socket = &flows.sockets[index];
        let call = socket.listening.and_then(|at| flows.call(at));
        let backlog = call.and_then(|call| match call.args {
            Args::Listen { backlog } => Some(i64::from(backlog)),
            _ => None,
        });
        let shown_at = socket.listening.or_else(|| flows.used_at(index));
        let is_there = |one: &&&crate::attempts::Failure<'_>| {
            let from = one.call.socket.as_deref();
            let netns = from.and_then(|socket| socket.netns);
            from.is_some_and(|from| from.protocol == socket.identity.protocol)
                && flows.is_at(index, netns, one.to)
        };
        Listener {
            who: shown_at.map_or_else(String::new, |at| clean(&flows.name_at(at))),
            address: socket.identity.local.as_ref().map(shown),
            backlog,
            accepted: queue.accepted,
            never_accepted: queue.never_accepted,
            refused: refused.iter().filter(is_there).count() as u64,
            most_waiting: most_at_a_time(queue.waits),
            others: queue.others,
        }
    };
    listeners.into_iter().map(told).collect()
}

/// What is known of a listener's backlog.
#[derive(Default)]
struct Queue {
    accepted: u64,
    never_accepted: u64,
    /// When each connection waited: from when its `connect` had returned until `accept` was called.
    waits: Vec<(u64, u64)>,
    others: bool,
}

impl Queue {
    fn see(&mut self, flows: &Flows<'_>, connection: &Connection, closed: u64) {
        let call = |at: Option<usize>| at.and_then(|at| flows.call(at));
        // A connect in the background doesn't tell when the connection came about.
        let connected = call(connection.connected).filter(|call| call.value().is_some());
        let accept = call(connection.accepted);
        let never = accept.is_none() && connection.ends[1].socket.is_none();
        self.never_accepted += u64::from(never && call(connection.connected).is_some_and(is_made));
        self.others |= connected.is_none();
        let until = if never { Some(closed) } else { accept.map(|call| call.began) };
        if let (Some(connected), Some(until)) = (connected, until)
            && connected.ended < until
        {
            self.waits.push((connected.ended, until));
        }
    }
}

fn is_made(connect: &Call) -> bool {
    connect.value().is_some()
}

/// How many of these times overlap, at most.
fn most_at_a_time(waits: Vec<(u64, u64)>) -> u64 {
    let changes = waits.into_iter().flat_map(|(from, until)| [(from, true), (until, false)]);
    let mut changes: Vec<(u64, bool)> = changes.collect();
    // At the same moment one goes before another comes.
    changes.sort_unstable();
    let (mut now, mut most) = (0_u64, 0);
    for (_, comes) in changes {
        now = if comes { now + 1 } else { now.saturating_sub(1) };
        most = most.max(now);
    }
    most
}
