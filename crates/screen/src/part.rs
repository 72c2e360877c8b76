//! The part of a recording that some conversations are: their calls, packets and processes.

use socklab_event::{Args, Process, Timeline, What};
use socklab_flows::{Flows, NumberSet, Position};

use crate::talks::{Members, TalkKey};

/// A recording of these conversations alone.
pub fn part(flows: &Flows<'_>, keys: &[TalkKey]) -> Timeline {
    let members = Members::of(flows);
    let keys: NumberSet<u64> = keys.iter().map(|key| key.0).collect();
    let mut kept: NumberSet<Position> = NumberSet::default();
    let mut connections: NumberSet<usize> = NumberSet::default();
    let mut attempts: NumberSet<Position> = NumberSet::default();
    for (at, event, _) in flows.calls() {
        if !keys.contains(&event.seq) {
            continue;
        }
        match flows.connection_at(at) {
            Some(connection) if members.of_connection(connection).first() == Some(&at) => {
                connections.insert(connection);
            }
            _ => {
                attempts.insert(at);
                kept.extend(members.of_attempt(flows, at));
            }
        }
    }
    for connection in connections.iter().copied() {
        kept.extend(members.of_connection(connection));
        let ends = [0, 1].into_iter().filter_map(|side| flows.end_socket(connection, side));
        let listener = flows.connections[connection].listener;
        for socket in ends.chain(listener) {
            // What the socket did besides belongs to it; what it accepted, or said to others, does not.
            kept.extend(flows.sockets[socket].calls.iter().filter(|at| {
                let accepts = |at| {
                    flows.call(at).is_some_and(|call| matches!(call.args, Args::Accept { .. }))
                };
                flows.connection_at(**at).is_none() && !accepts(**at)
            }));
        }
    }
    for (at, tie) in flows.ties.all() {
        let of_attempt = || {
            let conversation = &flows.ties.conversations[tie.conversation?];
            conversation.connect.filter(|connect| attempts.contains(connect))
        };
        if tie.connection.is_some_and(|one| connections.contains(&one)) || of_attempt().is_some() {
            kept.insert(at);
        }
    }
    let processes: NumberSet<u32> =
        kept.iter().map(|at| flows.order[*at].place.process).filter(|id| *id > 0).collect();
    let events = flows.order.iter().enumerate().filter(|(at, event)| match &event.what {
        What::Process(process) => {
            matches!(**process, Process::Start { .. } | Process::Exec { .. })
                || processes.contains(&event.place.process)
        }
        What::Notice(_) => processes.contains(&event.place.process),
        _ => kept.contains(at),
    });
    let events = events.map(|(_, event)| (*event).clone()).collect();
    Timeline { header: flows.timeline.header.clone(), events }
}
