//! The two sides of a program that talks to itself, and who is client to whom.

use std::collections::{BTreeSet, HashMap, HashSet};

use flows::{Connection, Flows};

use super::cast::Unit;
use super::groups::Group;

/// Splits a program that holds both ends of a connection into its two sides, by thread: the
/// threads that only serve get a column of their own.
pub(crate) fn split(groups: Vec<Group>, flows: &Flows<'_>) -> Vec<Group> {
    let lanes = lanes(&groups);
    let inner: Vec<&Connection> = flows
        .connections
        .iter()
        .filter(|connection| is_inet(connection))
        .filter(|connection| {
            let ends = connection.ends.each_ref();
            let [first, second] = ends.map(|end| lane_of(flows, &lanes, end.socket?));
            first.is_some() && first == second
        })
        .collect();
    let [clients, servers] = users(&inner, flows);
    let mut result = Vec::new();
    for mut group in groups {
        let serves = |unit: &Unit| servers.contains(unit) && !clients.contains(unit);
        let serving: Vec<Unit> = group.units.iter().copied().filter(serves).collect();
        if serving.is_empty() || !group.units.iter().any(|unit| clients.contains(unit)) {
            result.push(group);
            continue;
        }
        let server = Group { units: serving, side: Some(true), ..group.clone() };
        group.units.retain(|unit| !serves(unit));
        group.side = Some(false);
        result.extend([group, server]);
    }
    result
}

/// Who used the beginning ends of these connections, and who the others and their listeners.
fn users(connections: &[&Connection], flows: &Flows<'_>) -> [HashSet<Unit>; 2] {
    let mut sockets = [BTreeSet::new(), BTreeSet::new()];
    for connection in connections {
        sockets[0].extend(connection.ends[0].socket);
        sockets[1].extend(connection.ends[1].socket);
        sockets[1].extend(connection.listener);
    }
    sockets.map(|sockets| {
        let calls = sockets.into_iter().flat_map(|socket| &flows.sockets[socket].calls);
        calls.map(|at| unit(flows, *at)).collect()
    })
}

fn unit(flows: &Flows<'_>, at: flows::Position) -> Unit {
    let place = &flows.order[at].place;
    (place.process, place.thread)
}

fn lanes(groups: &[Group]) -> HashMap<Unit, usize> {
    let units = |(lane, group): (usize, &Group)| {
        group.units.iter().map(|unit| (*unit, lane)).collect::<Vec<_>>()
    };
    groups.iter().enumerate().flat_map(units).collect()
}

/// The column of whoever made the first call on a socket.
fn lane_of(flows: &Flows<'_>, lanes: &HashMap<Unit, usize>, socket: usize) -> Option<usize> {
    let first = flows.sockets[socket].calls.first()?;
    lanes.get(&unit(flows, *first)).copied()
}

fn is_inet(connection: &Connection) -> bool {
    connection.ends.iter().any(|end| end.address.as_ref().is_some_and(|a| a.port().is_some()))
}

/// Counts, for every group, the connections it began and those it received.
pub(crate) fn count_roles(groups: &mut [Group], flows: &Flows<'_>) {
    let lanes = lanes(groups);
    let lane = |socket: usize| lane_of(flows, &lanes, socket);
    for connection in &flows.connections {
        let [first, second] = connection.ends.each_ref().map(|end| end.socket.and_then(lane));
        if first == second {
            continue;
        }
        if let Some(first) = first {
            groups[first].connects += 1;
        }
        if let Some(second) = second {
            groups[second].accepts += 1;
        }
    }
    for (index, socket) in flows.sockets.iter().enumerate() {
        if let Some(lane) = lane(index).filter(|_| socket.listening.is_some()) {
            groups[lane].accepts += 1;
        }
    }
}
