//! The kernel's tables of sockets, `proc_net(5)`, as events.

use std::net::SocketAddr;

use socklab_event::{
    Endpoint, Event, Family, Place, Protocol, SocketId, SocketType, State, TcpState, What,
};
use socklab_judge::Address;
use socklab_kernel::table::{self, Entry, Namespace, Table};
use socklab_kernel::{Transport, clock};

use super::watch::Seen;
use crate::Variables;
use crate::format::KernelCondition;

/// A socket as the tables have it.
#[derive(Clone, Debug)]
struct Line {
    socket: SocketId,
    state: TcpState,
    receive_queue: u32,
    send_queue: u32,
}

/// Looks once. If what is there fits, it becomes events.
pub(super) fn look(seen: &mut Seen, wanted: &KernelCondition, variables: &Variables) -> bool {
    let matches = |address: &Option<String>, endpoint: &Option<Endpoint>| match address {
        None => true,
        Some(text) => Address::parse(&variables.text(text))
            .is_some_and(|address| endpoint.as_ref().is_some_and(|endpoint| address.is(endpoint))),
    };
    let found: Vec<Line> = lines(seen)
        .into_iter()
        .filter(|line| {
            wanted.state.is_none_or(|state| state == line.state)
                && matches(&wanted.local, &line.socket.local)
                && matches(&wanted.remote, &line.socket.peer)
                && wanted.receive_queue.is_none_or(|range| range.has(line.receive_queue.into()))
                && wanted.send_queue.is_none_or(|range| range.has(line.send_queue.into()))
        })
        .collect();
    let count = wanted.count.unwrap_or(socklab_judge::Range::at_least(1));
    if !count.has(i64::try_from(found.len()).unwrap_or(i64::MAX)) {
        return false;
    }
    tell(seen, found);
    true
}

/// Everything that is there becomes events.
pub(super) fn look_at_all(seen: &mut Seen) {
    let lines = lines(seen);
    tell(seen, lines);
}

fn tell(seen: &mut Seen, lines: Vec<Line>) {
    let at = clock::now();
    for line in lines {
        let place = owner(seen, &line.socket);
        let state = State {
            socket: line.socket,
            before: None,
            after: line.state,
            receive_queue: line.receive_queue,
            send_queue: line.send_queue,
        };
        seen.record(Event { seq: 0, at, place, what: What::State(Box::new(state)) });
    }
}

/// Whose socket it is: by its inode, or by its addresses once it belongs to nobody (TIME_WAIT).
fn owner(seen: &Seen, socket: &SocketId) -> Place {
    let calls = seen.events.iter().rev().filter_map(|event| Some((&event.place, event.call()?)));
    let mut own = calls.filter_map(|(place, call)| Some((place, call.socket.as_ref()?)));
    let same = |known: &SocketId| match (known.inode, socket.inode) {
        (Some(a), Some(b)) => a == b,
        _ => known.local == socket.local && known.peer == socket.peer,
    };
    own.find(|(_, known)| same(known)).map(|(place, _)| place.clone()).unwrap_or_default()
}

fn lines(seen: &Seen) -> Vec<Line> {
    let netns = seen.events.iter().find_map(|event| event.call()?.socket.as_ref()?.netns);
    // Without IPv6 there are no tables of it.
    let tables = Table::ALL.into_iter().filter_map(|table| table::read(Namespace::Own, table).ok());
    tables.flatten().map(|entry| line(&entry, netns)).collect()
}

/// An entry in the words of events.
fn line(entry: &Entry, netns: Option<u64>) -> Line {
    let (protocol, kind) = match entry.table.transport() {
        Transport::Tcp => (Protocol::TCP, SocketType::STREAM),
        Transport::Udp => (Protocol::UDP, SocketType::DGRAM),
    };
    let endpoint = |address: SocketAddr| Endpoint::ip(address.ip(), address.port());
    Line {
        socket: SocketId {
            netns,
            family: if entry.local.is_ipv4() { Family::INET } else { Family::INET6 },
            kind,
            protocol,
            local: Some(endpoint(entry.local)),
            peer: entry.remote.map(endpoint),
            inode: entry.inode,
            peer_inode: None,
        },
        state: TcpState(entry.state.into()),
        send_queue: entry.send_queue,
        receive_queue: entry.receive_queue,
    }
}
