//! Who talked to whom: sockets, connections, and which read got which write's bytes.
//!
//! A timeline is a list of calls; a reader wants conversations. [`Flows::of`] follows every socket
//! through its descriptors, pairs the two ends of each connection by their addresses, and numbers
//! the bytes of each direction, so that each read can be matched with the writes whose bytes it
//! got. Ladders and explanations both build on this crate. Nothing is guessed: where the samples of
//! two ends disagree, their bytes stay unpaired.
//!
//! ```
//! use socklab_event::Timeline;
//! use socklab_flows::Flows;
//!
//! let timeline = Timeline::default();
//! let flows = Flows::of(&timeline);
//! for connection in &flows.connections {
//!     println!("{:?}", connection.ends);
//! }
//! # assert!(flows.connections.is_empty());
//! ```
//!
//! The example `who` lists the conversations of a recording:
//! `cargo run -p socklab-flows --example who -- run.jsonl`.
#![forbid(unsafe_code)]

mod closings;
mod connections;
mod datagrams;
mod dialogue;
mod endings;
mod grouped;
mod holders;
mod limits;
mod lines;
mod lookups;
mod merge;
mod names;
mod numbers;
mod position;
mod processes;
mod protocols;
mod reach;
mod sockets;
mod streams;
mod sweeps;
mod ties;

use grouped::{Grouped, Indices};
use reach::{Addresses, Caller, Sockets};
use socklab_event::{Call, Endpoint, Event, Timeline};
use ties::{Travel, Wire};

pub use closings::{Closing, Deaf};
pub use connections::{Connection, ConnectionKind, End};
pub use dialogue::{Dialogue, DialogueKind, Dialogues, Ended, Gap, Piece, Said, Speaking};
pub use holders::{Holders, Holding};
pub use lines::Lines;
pub use lookups::{Lookup, NAME_SERVER_PORT, Question};
pub use merge::{Recording, merge};
pub use names::file_name;
pub use numbers::{NumberHasher, NumberMap, NumberSet};
pub use position::Position;
pub use processes::RecordedProcess;
pub use protocols::{Spoken, UnitPart};
pub use sockets::Socket;
pub use socklab_protocols::dns::{Answer, RecordType, answer, question};
pub use streams::{Part, Transfer};
pub use ties::{
    Again, Carried, Cause, Conversation, Meaning, Resent, ResetReason, Tie, Ties, Waited,
    WaitedFor, Window, WindowChange,
};

/// The conversations of a timeline.
#[derive(Debug)]
#[non_exhaustive]
pub struct Flows<'t> {
    /// The recording itself.
    pub timeline: &'t Timeline,
    /// The events, causes before effects.
    pub order: Vec<&'t Event>,
    /// Every socket seen, in order of appearance.
    pub sockets: Vec<Socket>,
    /// Every connection, in order of appearance; for UDP, every pair that exchanged datagrams.
    pub connections: Vec<Connection>,
    /// Every message handed to the kernel, with the reads that got its bytes.
    pub transfers: Vec<Transfer>,
    /// Every read that reached the end of the stream, with the call that ended it.
    pub closings: Vec<Closing>,
    /// Name look-ups over DNS.
    pub lookups: Vec<Lookup>,
    /// The closes of each sweep that found nothing to close: a daemon that closes every number,
    /// open or not.
    pub sweeps: Vec<Vec<Position>>,
    /// Every process, in order of appearance.
    pub processes: Vec<RecordedProcess<'t>>,
    /// What the recorded frames mean, and what they have to do with the calls.
    pub ties: Ties,
    /// Which protocols were spoken, where that is certain.
    pub spoken: Spoken,
    /// Who has each socket open, and when.
    pub holders: Holders,
    /// How the lines of source that made the calls are named.
    pub lines: Lines<'t>,
    /// Where the recorder began to end the programs, if it did.
    pub ended_by_recorder: Option<Position>,
    addresses: Addresses,
    process_at: Indices,
    socket_at: Indices,
    connection_at: Indices,
    /// The last process of each id.
    process_of: NumberMap<u32, usize>,
    sent_at: Grouped<usize>,
    got_at: Grouped<(usize, usize)>,
    closing_at: NumberMap<Position, usize>,
    ended_by: NumberMap<Position, usize>,
    deaf: NumberMap<Position, Deaf>,
}

impl<'t> Flows<'t> {
    /// Follows every socket of the timeline.
    pub fn of(timeline: &'t Timeline) -> Self {
        let order = timeline.in_order();
        let ended_by_recorder = endings::first(&order);
        let (processes, process_at) = processes::follow(timeline, &order);
        let (mut sockets, socket_at) = sockets::follow(&order);
        let addresses = Addresses::of(&order, &sockets);
        let mut paired = connections::pair(&order, &mut sockets, &socket_at, &addresses);
        let mut transfers = streams::join(&order, &sockets, &paired.connections);
        let travel = Travel::of(&order, &sockets, &socket_at);
        transfers.extend(datagrams::join(
            &order,
            (&sockets, &socket_at),
            &addresses,
            &mut paired,
            &travel,
        ));
        transfers.sort_by_key(|transfer| (transfer.sent, transfer.message));
        let (closings, deaf) = closings::find(&order, &sockets, &paired.connections);
        let lookups = lookups::find(&order, &sockets);
        let sweeps = sweeps::find(order.iter().enumerate().filter_map(|(at, event)| {
            let place = &event.place;
            Some((at, (place.process, place.thread), event.call()?))
        }));
        let holders = holders::follow(&order, &sockets, &socket_at);
        let lines = Lines::of(order.iter().filter_map(|event| event.call()));

        let sent = transfers.iter().enumerate().map(|(index, transfer)| (transfer.sent, index));
        let sent_at = Grouped::of(order.len(), sent.collect());
        let got = transfers.iter().enumerate().flat_map(|(index, transfer)| {
            let parts = transfer.parts.iter().enumerate();
            parts.map(move |(part, taken)| (taken.received, (index, part)))
        });
        let got_at = Grouped::of(order.len(), got.collect());
        let process_of = processes.iter().enumerate().map(|(index, one)| (one.id, index)).collect();
        let closing_at = closings.iter().enumerate().map(|(index, end)| (end.seen, index));
        let closing_at = closing_at.collect();
        let mut ended_by = NumberMap::default();
        for (index, closing) in closings.iter().enumerate() {
            closing.closed.map(|closed| *ended_by.entry(closed).or_insert(index));
        }
        let connections::Paired { connections, connection_at } = paired;
        let followed = (&sockets[..], &socket_at[..]);
        let wire = Wire::of(&order, followed, &connections, &transfers, &addresses, &travel);
        let ties = Ties::among(&wire);
        let spoken = Spoken::among(&order, &sockets, &connections, &ties);
        Self {
            timeline,
            order,
            sockets,
            connections,
            transfers,
            closings,
            lookups,
            sweeps,
            processes,
            ties,
            spoken,
            holders,
            lines,
            ended_by_recorder,
            addresses,
            process_at: Indices::of(&process_at),
            socket_at: Indices::of(&socket_at),
            connection_at: Indices::of(&connection_at),
            process_of,
            sent_at,
            got_at,
            closing_at,
            deaf: deaf.into_iter().collect(),
            ended_by,
        }
    }

    /// The call at a position, if the event there is one.
    pub fn call(&self, at: Position) -> Option<&'t Call> {
        self.order.get(at)?.call()
    }

    /// Every call with its position.
    pub fn calls(&self) -> impl Iterator<Item = (Position, &'t Event, &'t Call)> + '_ {
        let calls = self.order.iter().enumerate();
        calls.filter_map(|(at, event)| Some((at, *event, event.call()?)))
    }

    /// The socket that the call at a position was made on; for `accept` and `socket`, the new one.
    pub fn socket_at(&self, at: Position) -> Option<usize> {
        self.socket_at.at(at)
    }

    /// The connection that the call at a position belongs to.
    pub fn connection_at(&self, at: Position) -> Option<usize> {
        self.connection_at.at(at)
    }

    /// What the call at a position sent: indices into `transfers`.
    pub fn sent_at(&self, at: Position) -> &[usize] {
        self.sent_at.at(at)
    }

    /// What the call at a position received: pairs of a transfer and one of its parts, as indices.
    pub fn got_at(&self, at: Position) -> &[(usize, usize)] {
        self.got_at.at(at)
    }

    /// If the call at a position read the end of a stream: what ended it.
    pub fn closing_at(&self, at: Position) -> Option<&Closing> {
        self.closing_at.get(&at).map(|index| &self.closings[*index])
    }

    /// If the call at a position read 0 bytes as if a stream had ended, and it had not: why.
    pub fn deaf_at(&self, at: Position) -> Option<Deaf> {
        self.deaf.get(&at).copied()
    }

    /// If the call at a position ended a stream, and the other end noticed: the first read that
    /// did.
    pub fn ended_by(&self, at: Position) -> Option<&Closing> {
        self.ended_by.get(&at).map(|index| &self.closings[*index])
    }

    /// The process an event belongs to; `None` for events without a process, such as frames.
    pub fn process_at(&self, at: Position) -> Option<usize> {
        self.process_at.at(at)
    }

    /// The actor an event belongs to: the label of its process's command.
    pub fn actor_at(&self, at: Position) -> Option<&'t str> {
        self.processes[self.process_at(at)?].actor()
    }

    /// The display name of the process an event belongs to.
    pub fn name_at(&self, at: Position) -> String {
        match self.process_at(at) {
            Some(process) => self.processes[process].name(),
            None => format!("#{}", self.order[at].place.process),
        }
    }

    /// The process with this id; if there were several, the last.
    pub fn process(&self, id: u32) -> Option<&RecordedProcess<'t>> {
        self.process_of.get(&id).map(|index| &self.processes[*index])
    }

    /// The processes of a command, and those that it started, by their ids.
    pub fn processes_of(&self, command: usize) -> impl Iterator<Item = u32> + '_ {
        let ours = self
            .processes
            .iter()
            .filter(move |process| process.command.is_some_and(|index| index as usize == command));
        ours.map(|process| process.id)
    }

    /// The call that shows which process uses a socket: the first that moved data through it, or
    /// else the first made on it. A connection accepted by one process may be served by another.
    pub fn used_at(&self, socket: usize) -> Option<Position> {
        let calls = &self.sockets[socket].calls;
        let moves = |at: &&Position| self.call(**at).is_some_and(Call::moves_data);
        calls.iter().find(moves).or(calls.first()).copied()
    }

    /// Which end of a connection is opposite a socket: an index into its `ends`.
    pub fn other_side(&self, connection: usize, socket: Option<usize>) -> usize {
        let first = self.connections[connection].ends[0].socket;
        usize::from(first.is_some() && first == socket)
    }

    /// The other end of a connection, seen from a socket.
    pub fn other_end(&self, connection: usize, socket: Option<usize>) -> &End {
        &self.connections[connection].ends[self.other_side(connection, socket)]
    }

    /// The recorded socket at an end of a connection (side 0 started it). For a connection not
    /// accepted yet, the listening socket in whose backlog it waits.
    pub fn end_socket(&self, connection: usize, side: usize) -> Option<usize> {
        let Connection { ends, listener, .. } = &self.connections[connection];
        ends[side].socket.or(listener.filter(|_| side == 1))
    }

    /// True if a connection or a datagram to `address` from the namespace `netns` reaches a socket,
    /// judging by the addresses alone.
    pub fn is_at(&self, socket: usize, netns: Option<u64>, address: &Endpoint) -> bool {
        self.addresses.reach(&self.sockets[socket], netns, address)
    }

    /// The recorded sockets of which one gets what the call at a position sends, if it is not known
    /// which: several may have one address (`SO_REUSEPORT`, socket(7)), and only what one of them
    /// takes says whom the kernel chose.
    pub fn sharing_at(&self, at: Position) -> Vec<usize> {
        let known = Sockets { order: &self.order, all: &self.sockets, addresses: &self.addresses };
        let call = self.call(at);
        let own = call.and_then(|call| call.socket.as_ref());
        let (Some(call), Some(own), None) = (call, own, self.peer_at(at)) else {
            return Vec::new();
        };
        let caller =
            Caller { at, socket: self.socket_at(at), netns: own.netns, protocol: own.protocol };
        let messages = call.messages();
        let address = messages.first().and_then(|message| message.address).or(own.peer.as_ref());
        address.map_or_else(Vec::new, |address| known.sharing(caller, address))
    }

    /// The recorded socket that the call at a position talks to, or tried to: the other end of its
    /// connection, or else the socket that its address reaches at that moment.
    pub fn peer_at(&self, at: Position) -> Option<usize> {
        let (call, socket) = (self.call(at)?, self.socket_at(at));
        if let Some(connection) = self.connection_at(at) {
            return self.end_socket(connection, self.other_side(connection, socket));
        }
        let own = call.socket.as_ref()?;
        let known = Sockets { order: &self.order, all: &self.sockets, addresses: &self.addresses };
        let caller = Caller { at, socket, netns: own.netns, protocol: own.protocol };
        known.reached(caller, call.peer_address()?)
    }
}
