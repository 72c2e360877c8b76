//! Matches the frames on the wire to the conversations and calls they belong to.

use std::collections::{HashMap, HashSet};

use socklab_event::{Endpoint, Event, Fate, Frame, Headers, Protocol, Transport};

use crate::{Connection, ConnectionKind, Position, Socket, Transfer};

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

/// The messages of each connection and sending socket.
struct Messages<'a, 't> {
    conversations: &'a Conversations<'a, 't>,
    by_sender: HashMap<(usize, usize), Vec<usize>>,
}

/// What frames are matched against.
pub(crate) struct Conversations<'a, 't> {
    pub(crate) order: &'a [&'t Event],
    pub(crate) sockets: &'a [Socket],
    pub(crate) connections: &'a [Connection],
    pub(crate) transfers: &'a [Transfer],
}

impl<'a, 't> Messages<'a, 't> {
    fn of(conversations: &'a Conversations<'a, 't>) -> Self {
        let mut by_sender: HashMap<(usize, usize), Vec<usize>> = HashMap::new();
        for (index, transfer) in conversations.transfers.iter().enumerate() {
            if let Some(connection) = transfer.connection {
                by_sender.entry((connection, transfer.from)).or_default().push(index);
            }
        }
        Self { conversations, by_sender }
    }

    fn of_direction(&self, direction: (usize, usize)) -> impl Iterator<Item = &'a Transfer> {
        let socket = self.conversations.connections[direction.0].ends[direction.1].socket;
        let known = socket.and_then(|socket| self.by_sender.get(&(direction.0, socket)));
        let transfers = self.conversations.transfers;
        known.into_iter().flatten().map(move |index| &transfers[*index])
    }
}

impl Frames {
    pub(crate) fn of(conversations: &Conversations<'_, '_>) -> Self {
        let mut frames = Self::default();
        let index = Index::of(conversations);
        let messages = Messages::of(conversations);
        let mut streams: HashMap<(usize, usize), Stream> = HashMap::new();
        let mut handshakes = HashSet::new();
        for (at, event) in conversations.order.iter().enumerate() {
            let Some(frame) = event.frame() else { continue };
            let Some(headers) = &frame.headers else { continue };
            if matches!(headers.transport, Transport::Neighbour { .. }) {
                continue;
            }
            let bare_ack = is_bare_ack(frame, headers, &mut handshakes);
            let found = index.find(at, headers);
            let connection = found.map(|(connection, _)| connection);
            let mut flow = FrameFlow { connection, side: 0, again: false, bare_ack };
            if let Some((connection, side)) = found {
                flow.side = side;
                let stream = streams.entry((connection, side)).or_default();
                let payload = stream.place(headers);
                flow.again = payload.as_ref().is_some_and(|(_, again)| *again);
                frames.by_direction.entry((connection, side)).or_default().push(at);
                frames.carry(&messages, (connection, side), at, frame, payload);
            }
            frames.flows.insert(at, flow);
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

    fn carry(
        &mut self,
        messages: &Messages<'_, '_>,
        direction: (usize, usize),
        at: Position,
        frame: &Frame,
        placed: Option<(std::ops::Range<u64>, bool)>,
    ) {
        let Some((range, again)) = placed.filter(|(range, _)| !range.is_empty()) else { return };
        let stream = messages.conversations.connections[direction.0].kind == ConnectionKind::Stream;
        let mine = messages.of_direction(direction);
        for transfer in mine.filter(|one| one.sent < at) {
            let whole = transfer.start..transfer.start.saturating_add(transfer.total);
            let exact = if stream {
                whole == range
            } else {
                transfer.total == range.end && !self.carried.contains_key(&transfer.sent)
            };
            let untouched = matches!(frame.fate, Fate::Delivered { .. });
            if exact && untouched && !again && !self.carried.contains_key(&transfer.sent) {
                self.carried.insert(transfer.sent, at);
                self.carries.insert(at);
                return;
            }
            if stream && range.start < whole.end && whole.end <= range.end {
                self.last_byte.insert((transfer.sent, transfer.message), at);
            }
        }
    }
}

/// The progress of one direction of a stream.
#[derive(Default)]
struct Stream {
    first: Option<u32>,
    sent: u64,
}

impl Stream {
    /// Which bytes of the stream a segment carries, and whether they were sent before.
    fn place(&mut self, headers: &Headers) -> Option<(std::ops::Range<u64>, bool)> {
        let total = headers.payload.total;
        let Transport::Tcp { flags, sequence, .. } = &headers.transport else {
            return Some((0..total, false));
        };
        if flags.has("SYN") {
            let again = self.first == Some(sequence.wrapping_add(1));
            self.first = Some(sequence.wrapping_add(1));
            return Some((0..0, again));
        }
        let start = u64::from(sequence.wrapping_sub(self.first?));
        let end = start + total;
        let again = total > 0 && end <= self.sent;
        self.sent = self.sent.max(end);
        Some((start..end, again))
    }
}

/// A connection that frames between two addresses can belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Candidate {
    /// Its first call.
    first: Position,
    connection: usize,
    /// Which end the frames come from.
    side: usize,
}

/// Looks up the conversation of a frame by its addresses.
struct Index {
    /// Ports are reused, so a pair of addresses may have had several connections, here in order.
    streams: HashMap<(Endpoint, Endpoint), Vec<Candidate>>,
    ports: HashMap<(u16, u16), (usize, usize)>,
}

impl Index {
    fn of(conversations: &Conversations<'_, '_>) -> Self {
        let mut index = Self { streams: HashMap::new(), ports: HashMap::new() };
        for (number, connection) in conversations.connections.iter().enumerate() {
            let [Some(a), Some(b)] = connection.ends.each_ref().map(|end| end.address.clone())
            else {
                continue;
            };
            if connection.kind == ConnectionKind::Stream {
                let sockets = connection.ends.iter().filter_map(|end| end.socket);
                let calls =
                    sockets.filter_map(|socket| conversations.sockets[socket].calls.first());
                let first = calls.min().copied().unwrap_or(0);
                for (side, key) in [(a.clone(), b.clone()), (b, a)].into_iter().enumerate() {
                    index.streams.entry(key).or_default().push(Candidate {
                        first,
                        connection: number,
                        side,
                    });
                }
            } else if let (Some(a), Some(b)) = (a.port(), b.port()) {
                index.ports.entry((a, b)).or_insert((number, 0));
                index.ports.entry((b, a)).or_insert((number, 1));
            }
        }
        index.streams.values_mut().for_each(|candidates| candidates.sort_unstable());
        index
    }

    fn find(&self, at: Position, headers: &Headers) -> Option<(usize, usize)> {
        let (source, destination) = (&headers.source, &headers.destination);
        if headers.protocol == Protocol::UDP {
            return self.ports.get(&(source.port()?, destination.port()?)).copied();
        }
        let candidates = self.streams.get(&(source.unmapped(), destination.unmapped()))?;
        let begun = candidates.partition_point(|candidate| candidate.first < at);
        let Candidate { connection, side, .. } = candidates[begun.saturating_sub(1)];
        Some((connection, side))
    }
}

/// True if this is an ACK and nothing more. `handshakes` holds the conversations whose last segment
/// was a SYN,ACK: the ACK that follows completes the handshake.
fn is_bare_ack(
    frame: &Frame,
    headers: &Headers,
    handshakes: &mut HashSet<(Endpoint, Endpoint)>,
) -> bool {
    let ends = (headers.source.clone(), headers.destination.clone());
    let back = (ends.1.clone(), ends.0.clone());
    let completes = handshakes.remove(&ends) | handshakes.remove(&back);
    let Transport::Tcp { flags, .. } = &headers.transport else { return false };
    if flags.has("SYN") && flags.has("ACK") {
        handshakes.insert(ends);
    }
    let plain = flags.has("ACK") && !["SYN", "FIN", "RST"].iter().any(|flag| flags.has(flag));
    let untouched = matches!(frame.fate, Fate::Delivered { .. });
    plain && headers.payload.total == 0 && !completes && untouched
}
