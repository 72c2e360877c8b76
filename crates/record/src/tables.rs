//! A collector: the kernel's tables of TCP and UDP sockets.
//!
//! The tables show states, not transitions: a state seen now may have begun long ago.

use std::net::SocketAddr;

use socklab_event::{
    Endpoint, Event, Family, Place, Protocol, SocketId, SocketType, State, TcpState, What,
};
use socklab_kernel::table::{self, Entry, Namespace, Table};
use socklab_kernel::{Transport, clock, process};

use crate::Recorder;

/// The sockets of the calling thread's network namespace, as they are now. Tables that this kernel
/// doesn't have, such as those of IPv6, count as empty.
pub fn states() -> Vec<State> {
    let netns = process::own_network_namespace();
    let tables = Table::ALL.into_iter().filter_map(|table| table::read(Namespace::Own, table).ok());
    tables.flatten().map(|entry| state(&entry, netns)).collect()
}

fn state(entry: &Entry, netns: Option<u64>) -> State {
    let (protocol, kind) = match entry.table.transport() {
        Transport::Tcp => (Protocol::TCP, SocketType::STREAM),
        Transport::Udp => (Protocol::UDP, SocketType::DGRAM),
    };
    let endpoint = |address: SocketAddr| Endpoint::ip(address.ip(), address.port());
    State {
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
            self.add(Event { seq: 0, at, place, what: What::State(Box::new(state)) });
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
        |event: &&Event| event.call().and_then(|call| call.socket.as_ref()).is_some_and(same);
    events.iter().rev().find(is_owner).map(|event| event.place.clone()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::os::fd::AsRawFd;

    use socklab_event::{Args, Call, Header, Outcome};

    use super::*;
    use crate::Limits;

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
        };
        let place = Place { host: None, process: 7, thread: 8 };
        let mut recorder = Recorder::new(Header::default(), Limits::none());
        let what = What::Call(Box::new(call));
        recorder.add(Event { seq: 0, at: 2, place: place.clone(), what });
        let mut stranger = state.clone();
        (stranger.socket.inode, stranger.socket.local) = (None, None);
        assert!(recorder.add_states(vec![state.clone(), stranger]));
        let places: Vec<_> = recorder.events().iter().map(|event| event.place.clone()).collect();
        assert_eq!(places, [place.clone(), place, Place::default()]);
    }
}
