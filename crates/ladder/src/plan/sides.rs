//! The two sides of a program that talks to itself, and the client and server roles of the groups.

use std::collections::{BTreeSet, HashMap, HashSet};

use socklab_flows::{Connection, Flows};

use super::group::Group;
use super::unit::Unit;

/// The columns of threads, and of the sockets on the server side of a split program.
struct Lanes {
    units: HashMap<Unit, usize>,
    sockets: HashMap<usize, usize>,
}

impl Lanes {
    fn of(groups: &[Group]) -> Self {
        let mut lanes = Self { units: HashMap::new(), sockets: HashMap::new() };
        for (lane, group) in groups.iter().enumerate() {
            lanes.units.extend(group.units.iter().map(|unit| (*unit, lane)));
            lanes.sockets.extend(group.serves.iter().map(|socket| (*socket, lane)));
        }
        lanes
    }

    /// The column of a socket: its side's, otherwise that of the first thread with a column to make
    /// a call on it.
    fn of_socket(&self, flows: &Flows<'_>, socket: usize) -> Option<usize> {
        let user = |at: &socklab_flows::Position| self.units.get(&unit(flows, *at)).copied();
        let first = || flows.sockets[socket].calls.iter().find_map(user);
        self.sockets.get(&socket).copied().or_else(first)
    }
}

/// What connects a program to itself: the socket that asked, and those of the other side.
struct Inner {
    asks: Option<usize>,
    serves: [Option<usize>; 2],
}

/// Splits each program that holds both ends of a connection, or asked for one at a socket of its own,
/// into two sides. Calls on the accepted sockets and their listeners, and threads that make no other
/// calls, get a column of their own.
pub(crate) fn split(groups: Vec<Group>, flows: &Flows<'_>) -> Vec<Group> {
    let lanes = Lanes::of(&groups);
    let mut inner: HashMap<usize, Vec<Inner>> = HashMap::new();
    // One socket that is both ends is not two sides.
    let splits = |one: &&Connection| is_inet(one) && !one.is_to_itself();
    let connections = flows.connections.iter().enumerate();
    for (index, connection) in connections.filter(|(_, one)| splits(one)) {
        let ends = connection.ends.each_ref();
        let [first, second] =
            [0, 1].map(|side| lanes.of_socket(flows, flows.end_socket(index, side)?));
        if let Some(lane) = first.filter(|_| first == second) {
            let [asks, accepted] = ends.map(|end| end.socket);
            let serves = [accepted, connection.listener];
            inner.entry(lane).or_default().push(Inner { asks, serves });
        }
    }
    for (asks, listener) in unanswered(flows) {
        let [first, second] = [asks, listener].map(|one| lanes.of_socket(flows, one));
        if let Some(lane) = first.filter(|_| first == second) {
            let (asks, serves) = (Some(asks), [Some(listener), None]);
            inner.entry(lane).or_default().push(Inner { asks, serves });
        }
    }
    let mut result = Vec::new();
    for (lane, mut group) in groups.into_iter().enumerate() {
        let Some(connections) = inner.get(&lane) else {
            result.push(group);
            continue;
        };
        let clients: BTreeSet<usize> = connections.iter().filter_map(|one| one.asks).collect();
        let serves: BTreeSet<usize> =
            connections.iter().flat_map(|one| one.serves).flatten().collect();
        let [asking, serving] = [&clients, &serves].map(|sockets| users(sockets, flows));
        let only_serves = |unit: &Unit| serving.contains(unit) && !asking.contains(unit);
        let units = group.units.iter().copied().filter(only_serves).collect();
        group.units.retain(|unit| !only_serves(unit));
        group.side = Some(false);
        group.connects = 1;
        let side = Some(true);
        // Show the command line only once.
        let line = String::new();
        let server = Group { units, line, side, serves, connects: 0, accepts: 1, ..group.clone() };
        result.extend([group, server]);
    }
    result
}

/// The sockets that asked for a connection that did not come about, each with the socket that was
/// listening there.
fn unanswered(flows: &Flows<'_>) -> Vec<(usize, usize)> {
    let asked = flows
        .calls()
        .filter(|(at, _, call)| call.asks().is_some() && flows.connection_at(*at).is_none());
    let both = asked.filter_map(|(at, ..)| Some((flows.socket_at(at)?, flows.peer_at(at)?)));
    both.filter(|(_, peer)| flows.sockets[*peer].listening.is_some()).collect()
}

/// The threads that made calls on these sockets.
fn users(sockets: &BTreeSet<usize>, flows: &Flows<'_>) -> HashSet<Unit> {
    let calls = sockets.iter().flat_map(|socket| &flows.sockets[*socket].calls);
    calls.map(|at| unit(flows, *at)).collect()
}

fn unit(flows: &Flows<'_>, at: socklab_flows::Position) -> Unit {
    let place = &flows.order[at].place;
    (place.process, place.thread)
}

fn is_inet(connection: &Connection) -> bool {
    connection.ends.iter().any(|end| end.address.as_ref().is_some_and(|a| a.port().is_some()))
}

/// Counts, for every group, the connections it started or tried to start, and those it received.
pub(crate) fn count_roles(groups: &mut [Group], flows: &Flows<'_>) {
    let lanes = Lanes::of(groups);
    let lane = |socket: usize| lanes.of_socket(flows, socket);
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
        let Some(lane) = lane(index) else { continue };
        let connects = |at: &socklab_flows::Position| {
            flows.call(*at).is_some_and(|call| call.asks().is_some())
        };
        if socket.listening.is_some() {
            groups[lane].accepts += 1;
        } else if socket.is_stream() && socket.calls.iter().any(connects) {
            groups[lane].connects += 1;
        }
    }
}
