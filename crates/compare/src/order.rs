//! In which order a program serves its connections. Only where that is the program's own choice: in a command
//! all of whose connections are served by one thread that never waits for several sockets at once. A pool of
//! threads, or a loop around `poll`, takes whoever comes first.

use std::collections::{BTreeMap, BTreeSet};

use socklab_event::Args;
use socklab_flows::{ConnectionKind, Flows, Position};

use crate::form::{About, Deed, Kind, Step, Strand};
use crate::knowledge::Manners;
use crate::reading::{cuts, is_killed};

/// Which commands serve one connection after the other, and in which order they do.
pub(crate) fn of(flows: &Flows<'_>, manners: &Manners, end: Position) -> (Vec<bool>, Vec<Strand>) {
    let commands = flows.timeline.header.columns.len();
    let mut threads: Vec<BTreeSet<(u32, u32)>> = vec![BTreeSet::new(); commands];
    let mut deeds: Vec<Vec<Deed>> = vec![Vec::new(); commands];
    let mut done: BTreeMap<usize, BTreeSet<(usize, Step)>> = BTreeMap::new();
    for (at, event, call) in flows.calls().take_while(|(at, ..)| *at < end) {
        let stream = |it: &usize| flows.connections[*it].kind == ConnectionKind::Stream;
        let Some(connection) = flows.connection_at(at).filter(stream) else { continue };
        let command = flows.process_at(at).and_then(|process| flows.processes[process].command);
        let command = command.and_then(|command| usize::try_from(command).ok());
        let Some(command) = command.filter(|command| *command < commands) else { continue };
        if flows.is_recorders_doing(at) || is_killed(flows, at) {
            continue;
        }
        let accepts = matches!(call.args, Args::Accept { .. });
        let socket = flows.socket_at(at);
        let closes =
            call.is_close() && socket.and_then(|it| flows.holders.last_close(it)) == Some(at);
        let step = match () {
            () if accepts || call.asks().is_some() => Step::Begins,
            // Whether the connection was cut before or after is chance.
            () if call.sent().is_some() || call.error().is_some_and(cuts) && call.sends() => {
                Step::Answers
            }
            () if call.ends_sending() || closes => Step::Ends,
            () if call.received().is_some() => {
                threads[command].insert((event.place.process, event.place.thread));
                continue;
            }
            () => continue,
        };
        threads[command].insert((event.place.process, event.place.thread));
        if done.entry(command).or_default().insert((connection, step)) {
            let kind = Kind::Serves { connection, step };
            deeds[command].push(Deed { kind, at, calls: 1, received: 0, sent: 0 });
        }
    }
    let sequential: Vec<bool> = threads
        .iter()
        .map(|threads| threads.len() == 1 && threads.iter().all(|one| !manners.multiplexes(*one)))
        .collect();
    let strands = deeds.into_iter().enumerate().filter(|(command, _)| sequential[*command]);
    let strands = strands.map(|(command, deeds)| Strand {
        command: Some(command),
        about: About::Order,
        deeds,
        is_killed: false,
    });
    let strands = strands.collect();
    (sequential, strands)
}
