//! A collector: the kernel's tables of sockets.
//!
//! The tables show states, not transitions: a state seen now may have begun long ago.

use std::net::SocketAddr;
use std::sync::Arc;

use socklab_event::{
    Bytes, Endpoint, Event, Family, Place, Protocol, SocketId, SocketType, State, TcpState,
};
use socklab_kernel::table::{self, Entry, Namespace, Table};
use socklab_kernel::{Transport, clock, process, unix};

use crate::Recorder;

/// The sockets of the calling thread's network namespace, as they are now. Tables that this kernel
/// doesn't have, such as those of IPv6, count as empty.
pub fn states() -> Vec<State> {
    let netns = process::own_network_namespace();
    listed(Namespace::Own, |_| true).map(|entry| state(&entry, netns)).collect()
}

/// The sockets that have this address, or that hold its name in the way of another, in the network
/// namespace of a thread: for a TCP or UDP address (`transport`) all sockets on its port, IPv4 and
/// IPv6; for a Unix address all sockets of that name. Empty for other addresses and for port 0.
///
/// A socket that is bound to a TCP port, but neither listens nor is connected, is in no table.
pub fn holding(thread: u32, address: &Endpoint, transport: Option<Transport>) -> Vec<State> {
    let (namespace, netns) = (Namespace::OfProcess(thread), process::network_namespace(thread));
    if let Some(name) = unix_name(address) {
        let entries = unix::read(namespace).unwrap_or_default();
        let same = entries.iter().filter(|entry| entry.name.as_ref() == Some(&name));
        return same.map(|entry| unix_state(entry, Some(address.clone()), netns)).collect();
    }
    let (Some(port), Some(transport)) = (address.port().filter(|port| *port != 0), transport)
    else {
        return Vec::new();
    };
    let entries = listed(namespace, |table| table.transport() == transport);
    let on_port = entries.filter(|entry| entry.local.port() == port);
    on_port.map(|entry| state(&entry, netns)).collect()
}

/// The state of the socket with this inode, in the network namespace of a thread; `protocol` is
/// the kernel's name for its protocol ([`process::socket_protocol`]). `None` for protocols other
/// than TCP, UDP and Unix sockets, and for a socket in no table: a TCP socket that neither listens
/// nor is connected, a UDP socket that is not bound.
pub fn of_inode(thread: u32, inode: u64, protocol: &str) -> Option<State> {
    let (namespace, netns) = (Namespace::OfProcess(thread), process::network_namespace(thread));
    if protocol.starts_with("UNIX") {
        let entries = unix::read(namespace).ok()?;
        let entry = entries.iter().find(|entry| entry.inode == inode)?;
        return Some(unix_state(entry, entry.name.as_deref().map(unix_address), netns));
    }
    let entries = table::read(namespace, Table::of_protocol(protocol)?).ok()?;
    let entry = entries.iter().find(|entry| entry.inode == Some(inode))?;
    Some(state(entry, netns))
}

/// The Unix address with this name in the kernel's table.
fn unix_address(name: &str) -> Endpoint {
    match name.strip_prefix('@') {
        Some(name) => Endpoint::UnixAbstract { name: Box::new(Bytes::whole(name)) },
        None => Endpoint::Unix { path: name.to_owned() },
    }
}

/// The entries of the wanted tables. Tables that this kernel doesn't have count as empty.
fn listed(namespace: Namespace, wanted: impl Fn(Table) -> bool) -> impl Iterator<Item = Entry> {
    let tables = Table::ALL.into_iter().filter(move |table| wanted(*table));
    tables.filter_map(move |table| table::read(namespace, table).ok()).flatten()
}

/// The name that the kernel's table shows for a Unix address.
fn unix_name(address: &Endpoint) -> Option<String> {
    match address {
        Endpoint::Unix { path } => Some(path.clone()),
        Endpoint::UnixAbstract { name } => {
            let name: Vec<u8> =
                name.sample.iter().map(|byte| if *byte == 0 { b'@' } else { *byte }).collect();
            Some(format!("@{}", String::from_utf8_lossy(&name)))
        }
        _ => None,
    }
}

/// A Unix socket's state in the words of TCP, which describe it well enough.
fn unix_state(entry: &unix::Entry, local: Option<Endpoint>, netns: Option<u64>) -> State {
    State {
        socket: Arc::new(SocketId {
            netns,
            family: Family::UNIX,
            kind: SocketType(entry.kind),
            protocol: Protocol::USUAL,
            local,
            peer: None,
            inode: Some(entry.inode).filter(|inode| *inode != 0),
            peer_inode: None,
        }),
        before: None,
        after: match (entry.listens, entry.connected) {
            (true, _) => TcpState::LISTEN,
            (false, true) => TcpState::ESTABLISHED,
            (false, false) => TcpState::CLOSE,
        },
        receive_queue: 0,
        send_queue: 0,
    }
}

/// A socket of a table of TCP or UDP sockets, in the network namespace `netns`.
fn state(entry: &Entry, netns: Option<u64>) -> State {
    let (protocol, kind) = match entry.table.transport() {
        Transport::Tcp => (Protocol::TCP, SocketType::STREAM),
        Transport::Udp => (Protocol::UDP, SocketType::DGRAM),
    };
    let endpoint = |address: SocketAddr| Endpoint::ip(address.ip(), address.port());
    State {
        socket: Arc::new(SocketId {
            netns,
            family: if entry.local.is_ipv4() { Family::INET } else { Family::INET6 },
            kind,
            protocol,
            local: Some(endpoint(entry.local)),
            peer: entry.remote.map(endpoint),
            inode: entry.inode,
            peer_inode: None,
        }),
        before: None,
        after: TcpState(entry.state.into()),
        receive_queue: entry.receive_queue,
        send_queue: entry.send_queue,
    }
}

impl Recorder {
    /// Records states that were just read, each with the place of the last recorded call on that
    /// socket. False if the recording is full.
    pub fn add_states(&mut self, states: Vec<State>) -> bool {
        let at = clock::now();
        for state in states {
            let place = owner(self.events(), &state.socket);
            self.add(Event { seq: 0, at, place, what: state.into() });
        }
        !self.is_full()
    }
}

/// The place of the last call on a socket, which is found by its inode, or by its addresses once it
/// has no inode (TIME_WAIT).
fn owner(events: &[Event], socket: &SocketId) -> Place {
    let same = |known: &SocketId| match (known.inode, socket.inode) {
        (Some(known), Some(inode)) => known == inode,
        _ => known.local == socket.local && known.peer == socket.peer,
    };
    let is_owner =
        |event: &&Event| event.call().and_then(|call| call.socket.as_deref()).is_some_and(same);
    events.iter().rev().find(is_owner).map(|event| event.place.clone()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::os::fd::AsRawFd;
    use std::os::unix::net::UnixListener;

    use socklab_event::{Args, Call, Header, Outcome};

    use super::*;
    use crate::Limits;

    #[test]
    fn the_sockets_that_hold_an_address_are_found_by_its_port_or_name() {
        let us = std::process::id();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        // Whatever the address asked for, the port is what two sockets may quarrel about.
        let address = Endpoint::ip([0, 0, 0, 0], port);
        let found = holding(us, &address, Some(Transport::Tcp));
        assert!(found.iter().any(|state| state.after == TcpState::LISTEN), "{found:?}");
        assert!(holding(us, &address, None).is_empty());
        assert!(holding(us, &Endpoint::ip([0, 0, 0, 0], 0), Some(Transport::Tcp)).is_empty());
        let udp = holding(us, &address, Some(Transport::Udp));
        assert!(udp.iter().all(|state| state.socket.protocol == Protocol::UDP), "{udp:?}");

        let folder = std::env::temp_dir().join(format!("socklab-holding-{us}"));
        let path = folder.to_str().unwrap().to_owned();
        let listener = UnixListener::bind(&path).unwrap();
        let address = Endpoint::Unix { path: path.clone() };
        let found = holding(us, &address, None);
        let inode = process::socket_inode(us, listener.as_raw_fd());
        let [state] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!((state.after, state.socket.inode), (TcpState::LISTEN, inode));
        assert_eq!(of_inode(us, inode.unwrap(), "UNIX-STREAM").as_ref(), Some(state));
        assert_eq!(of_inode(us, inode.unwrap(), "TCP"), None);
        drop(listener);
        assert!(holding(us, &address, None).is_empty(), "only the path is left of it");
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn a_state_has_the_place_of_its_socket() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let inode = process::socket_inode(std::process::id(), listener.as_raw_fd());
        let mut ours = states();
        ours.retain(|state| state.socket.inode == inode);
        let [state] = ours.as_slice() else { panic!("{ours:?}") };
        assert_eq!(state.after, TcpState::LISTEN);
        assert_eq!(state.socket.netns, process::network_namespace(std::process::id()));
        let call = Call {
            name: "listen".into(),
            fd: Some(3),
            socket: Some(state.socket.clone()),
            args: Args::Listen { backlog: 1 },
            outcome: Outcome::Value(0),
            began: 1,
            ended: 2,
            restarts: 0,
            implicit: false,
            source: None,
            counted: None,
        };
        let place = Place { host: None, process: 7, thread: 8 };
        let mut recorder = Recorder::new(Header::default(), Limits::none());
        recorder.add(Event { seq: 0, at: 2, place: place.clone(), what: call.into() });
        let mut stranger = state.clone();
        let id = Arc::make_mut(&mut stranger.socket);
        (id.inode, id.local) = (None, None);
        assert!(recorder.add_states(vec![state.clone(), stranger]));
        let places: Vec<_> = recorder.events().iter().map(|event| event.place.clone()).collect();
        assert_eq!(places, [place.clone(), place, Place::default()]);
    }
}
