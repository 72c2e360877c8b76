//! Who talked to whom: sockets, connections, and which read got which write's bytes.
//!
//! A timeline is a list of calls; a reader wants conversations. [`Flows::of`] follows every
//! socket through its descriptors, pairs the two ends of each connection by their addresses, and
//! lays the bytes of each direction on one line, so that a read can be told which writes it got.
//! Ladders draw this and explanations argue from it, so it lives below both. Nothing is guessed:
//! where the samples of two ends disagree, their bytes stay unpaired.
#![forbid(unsafe_code)]

mod closings;
mod connections;
mod datagrams;
mod lookups;
mod names;
mod sockets;
mod streams;

use std::collections::HashMap;

use socklab_event::{Call, Event, Timeline};

pub use closings::Closing;
pub use connections::{Connection, ConnectionKind, End};
pub use lookups::{Lookup, question};
pub use names::{file_name, program_name};
pub use sockets::Socket;
pub use streams::{Part, Transfer};

/// A place in [`Flows::order`].
pub type Position = usize;

/// The conversations of a timeline.
#[derive(Debug)]
pub struct Flows<'t> {
    /// The events, causes before effects.
    pub order: Vec<&'t Event>,
    /// Every socket seen, in order of appearance.
    pub sockets: Vec<Socket>,
    /// Every connection, in order of appearance; for UDP, every pair that exchanged datagrams.
    pub connections: Vec<Connection>,
    /// Every message handed to the kernel, with the reads that got its bytes.
    pub transfers: Vec<Transfer>,
    /// Every read that learned the other end is done, with what ended it.
    pub closings: Vec<Closing>,
    /// Name look-ups over DNS.
    pub lookups: Vec<Lookup>,
    socket_at: Vec<Option<usize>>,
    connection_at: Vec<Option<usize>>,
    sent_at: HashMap<Position, Vec<usize>>,
    got_at: HashMap<Position, Vec<(usize, usize)>>,
    closing_at: HashMap<Position, usize>,
    ended_by: HashMap<Position, usize>,
}

impl<'t> Flows<'t> {
    /// Follows every socket of the timeline.
    pub fn of(timeline: &'t Timeline) -> Self {
        let order = timeline.in_order();
        let (mut sockets, socket_at) = sockets::follow(&order);
        let mut paired = connections::pair(&order, &mut sockets, &socket_at);
        let mut transfers = streams::join(&order, &sockets, &paired.connections);
        transfers.extend(datagrams::join(&order, &sockets, &socket_at, &mut paired));
        transfers.sort_by_key(|transfer| (transfer.sent, transfer.message));
        let closings = closings::find(&order, &sockets, &paired.connections);
        let lookups = lookups::find(&order, &sockets);

        let mut sent_at: HashMap<Position, Vec<usize>> = HashMap::new();
        let mut got_at: HashMap<Position, Vec<(usize, usize)>> = HashMap::new();
        for (index, transfer) in transfers.iter().enumerate() {
            sent_at.entry(transfer.sent).or_default().push(index);
            for (part, taken) in transfer.parts.iter().enumerate() {
                got_at.entry(taken.received).or_default().push((index, part));
            }
        }
        let closing_at = closings.iter().enumerate().map(|(index, end)| (end.seen, index));
        let closing_at = closing_at.collect();
        let mut ended_by = HashMap::new();
        for (index, closing) in closings.iter().enumerate() {
            closing.closed.map(|closed| *ended_by.entry(closed).or_insert(index));
        }
        let connection_at = paired.connection_at;
        let connections = paired.connections;
        Self {
            order,
            sockets,
            connections,
            transfers,
            closings,
            lookups,
            socket_at,
            connection_at,
            sent_at,
            got_at,
            closing_at,
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

    /// Which socket the call there was made on; for `accept` and `socket`, the new one.
    pub fn socket_at(&self, at: Position) -> Option<usize> {
        self.socket_at.get(at).copied().flatten()
    }

    /// Which connection the call there belongs to.
    pub fn connection_at(&self, at: Position) -> Option<usize> {
        self.connection_at.get(at).copied().flatten()
    }

    /// What the call there sent: indices into `transfers`.
    pub fn sent_at(&self, at: Position) -> &[usize] {
        self.sent_at.get(&at).map_or(&[], Vec::as_slice)
    }

    /// What the call there received: which transfer, and which of its parts.
    pub fn got_at(&self, at: Position) -> &[(usize, usize)] {
        self.got_at.get(&at).map_or(&[], Vec::as_slice)
    }

    /// If the call there learned that the other end is done: what ended it.
    pub fn closing_at(&self, at: Position) -> Option<&Closing> {
        self.closing_at.get(&at).map(|index| &self.closings[*index])
    }

    /// If the call there ended a stream, and the other end read so far: the first such read.
    pub fn ended_by(&self, at: Position) -> Option<&Closing> {
        self.ended_by.get(&at).map(|index| &self.closings[*index])
    }

    /// The other end of a connection, seen from a socket.
    pub fn other_end(&self, connection: usize, socket: Option<usize>) -> &End {
        let [first, second] = &self.connections[connection].ends;
        if first.socket.is_some() && first.socket == socket { second } else { first }
    }
}
