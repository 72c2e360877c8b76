//! What the two ends of each conversation said to one another: every byte that is known, in the order
//! of happening, and how many are missing where.
//!
//! A program's own calls say best what it sent. Where they kept only the beginning of a message, the
//! reads that got the rest, or the frames that carried it, fill in. Where neither end's calls were
//! recorded, as in a capture, the frames are all there is.

mod called;
mod ending;
mod framed;
mod known;

use socklab_event::{Endpoint, Protocol, SocketType};

use crate::{Connection, ConnectionKind, Flows, NumberMap, Position};
pub use ending::Ended;
pub use known::{Gap, Piece};

/// A conversation: a connection, or the datagrams between two addresses.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Dialogue {
    /// Stream or separate messages.
    pub kind: DialogueKind,
    /// TCP, UDP or another.
    pub protocol: Protocol,
    /// The end that started it, then the other.
    pub ends: [Speaking; 2],
    /// The connection, if calls of it were recorded: an index into
    /// [`Flows::connections`](crate::Flows).
    pub connection: Option<usize>,
    /// The conversation of frames, if none of its calls was recorded: an index into
    /// [`Ties::conversations`](crate::Ties).
    pub conversation: Option<usize>,
    /// True if its beginning was not recorded: what was said before is not known.
    pub joined_late: bool,
}

/// Whether a dialogue has messages of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DialogueKind {
    /// A stream of bytes: how it is cut into messages says only which calls, or frames, moved it.
    Stream,
    /// Separate messages: datagrams, or those of `SOCK_SEQPACKET`.
    Messages,
}

/// An end of a dialogue.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Speaking {
    /// Its socket, if it was recorded.
    pub socket: Option<usize>,
    /// Its address.
    pub address: Option<Endpoint>,
}

/// What one end said in one call, or in one frame.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Said<'t> {
    /// Who: an index into [`Dialogue::ends`].
    pub side: usize,
    /// The event that tells of it: the call that sent it; if that was not recorded, the call that
    /// received it, or the frame. Of bytes that came out of order, the one that made them whole.
    pub at: Position,
    /// The offset of its first byte among all that this end said.
    pub start: u64,
    /// How many bytes.
    pub total: u64,
    /// All of them, in order: `total` bytes.
    pub pieces: Vec<Piece<'t>>,
}

impl Said<'_> {
    /// How many of its bytes are not known.
    pub fn missing(&self) -> u64 {
        self.pieces.iter().map(|piece| piece.missing()).sum()
    }
}

/// All dialogues of a recording.
#[derive(Debug)]
pub struct Dialogues<'f, 't> {
    flows: &'f Flows<'t>,
    all: Vec<Dialogue>,
    /// The messages of each connection: indices into the transfers.
    sent: NumberMap<usize, Vec<usize>>,
    /// The receives of each connection.
    got: NumberMap<usize, Vec<Position>>,
}

impl<'f, 't> Dialogues<'f, 't> {
    /// Every conversation that came about, in the order of [`Flows::connections`], then those of which
    /// only frames were recorded.
    pub fn of(flows: &'f Flows<'t>) -> Self {
        let mut sent: NumberMap<usize, Vec<usize>> = NumberMap::default();
        for (index, transfer) in flows.transfers.iter().enumerate() {
            if let Some(connection) = transfer.connection {
                sent.entry(connection).or_default().push(index);
            }
        }
        let mut got: NumberMap<usize, Vec<Position>> = NumberMap::default();
        for (at, _, call) in flows.calls() {
            if call.received().is_some()
                && let Some(connection) = flows.connection_at(at)
            {
                got.entry(connection).or_default().push(at);
            }
        }
        let mut found = Self { flows, all: Vec::new(), sent, got };
        let connections = flows.connections.iter().enumerate();
        found.all =
            connections.filter_map(|(index, one)| found.of_connection(index, one)).collect();
        found.all.extend(framed::dialogues(flows));
        found
    }

    /// All of them.
    pub fn all(&self) -> &[Dialogue] {
        &self.all
    }

    /// What was said in one of them, in the order of happening. Empty if there is no such dialogue.
    pub fn said(&self, index: usize) -> Vec<Said<'t>> {
        let Some(dialogue) = self.all.get(index) else { return Vec::new() };
        let mut said = match (dialogue.connection, dialogue.conversation) {
            (Some(connection), _) => self.called(dialogue, connection),
            (None, Some(conversation)) => framed::said(self.flows, dialogue, conversation),
            (None, None) => Vec::new(),
        };
        // What an end said stays in the order of its bytes, whatever came late.
        let mut latest = [0; 2];
        for one in &mut said {
            let latest = &mut latest[one.side.min(1)];
            *latest = one.at.max(*latest);
            one.at = *latest;
        }
        said.sort_by_key(|one| one.at);
        said
    }

    fn of_connection(&self, index: usize, connection: &Connection) -> Option<Dialogue> {
        let flows = self.flows;
        let socket = |side: usize| flows.end_socket(index, side);
        let known = socket(0).or(socket(1)).map(|socket| &flows.sockets[socket])?;
        let nothing = !self.sent.contains_key(&index) && !self.got.contains_key(&index);
        let is_stream = connection.kind == ConnectionKind::Stream;
        let asked = connection.connected.and_then(|at| flows.call(at));
        let pends = asked.is_some_and(|call| call.value().is_none());
        if nothing && (!is_stream || connection.accepted.is_none() && pends) {
            return None;
        }
        let ends = [0, 1].map(|side| {
            let end = &connection.ends[side];
            Speaking { socket: end.socket, address: end.address.clone() }
        });
        let recorded = || connection.ends.iter().filter_map(|end| end.socket);
        let kind = match known.identity.kind {
            SocketType::STREAM => DialogueKind::Stream,
            _ => DialogueKind::Messages,
        };
        let joined_late = kind == DialogueKind::Stream
            && recorded().any(|socket| flows.sockets[socket].created.is_none());
        let protocol = known.identity.protocol;
        Some(Dialogue {
            kind,
            protocol,
            ends,
            connection: Some(index),
            conversation: None,
            joined_late,
        })
    }
}
