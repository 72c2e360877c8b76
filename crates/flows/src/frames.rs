//! What ladders ask about frames, answered from their ties.

use std::collections::{HashMap, HashSet};

use socklab_event::{Event, Fate, Transport};

use crate::{Meaning, Position, Ties, Transfer};

/// A frame as part of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FrameFlow {
    /// The connection, if it is a recorded one.
    pub connection: Option<usize>,
    /// Which end of the connection sent it: an index into its `ends`.
    pub side: usize,
    /// True for a retransmission: all its bytes (or its SYN) were sent before.
    pub again: bool,
    /// True for a segment that only acknowledges and that arrived untouched. The third segment of a
    /// handshake does not count: it completes the connection.
    pub bare_ack: bool,
}

/// What every recorded frame belongs to.
#[derive(Clone, Debug, Default)]
pub struct Frames {
    flows: HashMap<Position, FrameFlow>,
    /// The frames of each connection and direction, in order.
    by_direction: HashMap<(usize, usize), Vec<Position>>,
    /// The frame that carried exactly one message, by the call that sent the message.
    carried: HashMap<Position, Position>,
    carries: HashSet<Position>,
    /// For messages without a frame of their own, the frame with the last byte.
    last_byte: HashMap<(Position, usize), Position>,
}

impl Frames {
    pub(crate) fn of(order: &[&Event], ties: &Ties, transfers: &[Transfer]) -> Self {
        let mut frames = Self::default();
        for (at, tie) in ties.all() {
            let Some(frame) = order[at].frame() else { continue };
            let Some(headers) = &frame.headers else { continue };
            if matches!(headers.transport, Transport::Neighbour { .. }) {
                continue;
            }
            let untouched = matches!(frame.fate, Fate::Delivered { .. });
            let plain = match &headers.transport {
                Transport::Tcp { flags, .. } => {
                    let more = ["SYN", "FIN", "RST"].iter().any(|flag| flags.has(flag));
                    flags.has("ACK") && !more && headers.payload.total == 0
                }
                _ => false,
            };
            let bare_ack = plain && untouched && tie.meaning != Meaning::HandshakeAck;
            let again = tie.again.is_some();
            let flow = FrameFlow { connection: tie.connection, side: tie.side, again, bare_ack };
            frames.flows.insert(at, flow);
            if let Some(connection) = tie.connection {
                frames.by_direction.entry((connection, tie.side)).or_default().push(at);
            }
            for carried in &tie.carries {
                let transfer = &transfers[carried.transfer];
                let whole = carried.bytes == (0..transfer.total);
                let alone =
                    tie.carries.len() == 1 && tie.bytes.end - tie.bytes.start == transfer.total;
                let is_first = !frames.carried.contains_key(&transfer.sent);
                if whole && alone && untouched && !again && is_first {
                    frames.carried.insert(transfer.sent, at);
                    frames.carries.insert(at);
                } else if tie.meaning == Meaning::Data && carried.bytes.end == transfer.total {
                    frames.last_byte.insert((transfer.sent, transfer.message), at);
                }
            }
        }
        frames
    }

    /// What the frame at a position belongs to; `None` for frames that belong to no conversation of
    /// programs: neighbour discovery, and frames that could not be decoded.
    pub fn flow(&self, at: Position) -> Option<FrameFlow> {
        self.flows.get(&at).copied()
    }

    /// True if the frame carried exactly what one call sent.
    pub fn carries_one_message(&self, at: Position) -> bool {
        self.carries.contains(&at)
    }

    /// The frame that carried exactly what the call at a position sent.
    pub fn of_message(&self, sent: Position) -> Option<Position> {
        self.carried.get(&sent).copied()
    }

    /// True if frames of this connection were recorded.
    pub fn has(&self, connection: usize) -> bool {
        [0, 1].iter().any(|side| self.by_direction.contains_key(&(connection, *side)))
    }

    /// The frame with the last byte of a message that had no frame of its own.
    pub fn last_byte(&self, transfer: &Transfer) -> Option<Position> {
        self.last_byte.get(&(transfer.sent, transfer.message)).copied()
    }

    /// The frames that one end of a connection sent, in order.
    pub fn sent_by(&self, connection: usize, side: usize) -> &[Position] {
        self.by_direction.get(&(connection, side)).map_or(&[], Vec::as_slice)
    }
}
