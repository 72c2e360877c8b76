//! Sockets that are incidental to the program: probes, wake-up pipes, leaked descriptors.

use socklab_event::{Args, Call, Endpoint, Family, Notice};
use socklab_flows::{Flows, NumberSet, Position};

use super::essential::is_essential;
use crate::options::Options;

/// All incidental sockets.
pub(crate) fn of(flows: &Flows<'_>, options: &Options) -> NumberSet<usize> {
    let mut asides = address_probes(flows);
    asides.extend(cache_questions(flows));
    asides.extend(self_pipes(flows));
    asides.extend(handed_down(flows, options));
    asides
}

/// Sockets that leaked from the recorder's own parent, as terminals and job runners leave them
/// open. The program does nothing with them except query and close.
fn handed_down(flows: &Flows<'_>, options: &Options) -> NumberSet<usize> {
    let attached: NumberSet<u32> = flows
        .order
        .iter()
        .filter(|event| matches!(event.notice(), Some(Notice::Attached { .. })))
        .map(|event| event.place.process)
        .collect();
    let mut used = NumberSet::default();
    for (at, event, call) in flows.calls() {
        let passive = matches!(call.args, Args::Close) || !is_essential(call, options);
        if !passive || attached.contains(&event.place.process) {
            let socket = flows.socket_at(at);
            used.extend(socket);
            used.extend(socket.and_then(|socket| flows.sockets[socket].listener));
        }
    }
    let unused = |index: &usize| flows.sockets[*index].created.is_none() && !used.contains(index);
    (0..flows.sockets.len()).filter(unused).collect()
}

/// Sockets on which the C library asks nscd(8).
fn cache_questions(flows: &Flows<'_>) -> NumberSet<usize> {
    let asks = flows.calls().filter(|(_, _, call)| match &call.args {
        Args::Connect { address: Endpoint::Unix { path } } => path.contains("/nscd/"),
        _ => false,
    });
    asks.filter_map(|(at, ..)| flows.socket_at(at)).collect()
}

/// Socket pairs that a networked program uses to wake its own event loop.
fn self_pipes(flows: &Flows<'_>) -> NumberSet<usize> {
    let process = |at: &Position| flows.order[*at].place.process;
    let networked: NumberSet<u32> = flows
        .calls()
        .filter(|(_, _, call)| {
            let family = call.socket.as_ref().map(|socket| socket.family);
            [Some(Family::INET), Some(Family::INET6)].contains(&family)
        })
        .map(|(at, ..)| process(&at))
        .collect();
    let pairs = flows.connections.iter().filter_map(|connection| {
        let [Some(one), Some(other)] = connection.ends.each_ref().map(|end| end.socket) else {
            return None;
        };
        let created = flows.sockets[one].created.or(flows.sockets[other].created)?;
        let is_pair =
            flows.call(created).is_some_and(|call| matches!(call.args, Args::Socketpair { .. }));
        let calls = flows.sockets[one].calls.iter().chain(&flows.sockets[other].calls);
        let users: NumberSet<u32> = calls.map(process).collect();
        let own = users.len() == 1 && users.is_subset(&networked);
        (is_pair && own).then_some([one, other])
    });
    pairs.flatten().collect()
}

/// Sockets with which `getaddrinfo` sorts addresses (RFC 6724): UDP sockets that are connected,
/// asked for their local address, and closed without sending. They count only if the program does
/// something with another socket.
fn address_probes(flows: &Flows<'_>) -> NumberSet<usize> {
    let mut silent: Vec<usize> = Vec::new();
    let mut busy: NumberSet<u32> = NumberSet::default();
    for (index, socket) in flows.sockets.iter().enumerate() {
        let calls = || socket.calls.iter().filter_map(|at| Some((*at, flows.call(*at)?)));
        let only_asks = |call: &Call| {
            matches!(
                call.args,
                Args::Socket { .. } | Args::Connect { .. } | Args::LocalName { .. } | Args::Close
            )
        };
        let connects = |call: &Call| matches!(call.args, Args::Connect { .. });
        let inet = [Family::INET, Family::INET6].contains(&socket.identity.family);
        let connected = inet && calls().any(|(_, call)| connects(call));
        if !socket.is_stream() && connected && calls().all(|(_, call)| only_asks(call)) {
            silent.push(index);
        } else if inet && !flows.lookups.iter().any(|lookup| lookup.socket == index) {
            busy.extend(calls().map(|(at, _)| flows.order[at].place.process));
        }
    }
    // An ICMP message may have come back.
    let conversations = flows.ties.conversations.iter().filter(|one| !one.frames.is_empty());
    let heard: NumberSet<usize> = conversations.flat_map(|one| one.sockets).flatten().collect();
    silent.retain(|index| {
        let mut calls = flows.sockets[*index].calls.iter();
        !heard.contains(index) && calls.any(|at| busy.contains(&flows.order[*at].place.process))
    });
    silent.into_iter().collect()
}
