//! Frames of the wire, tied to the conversations and calls they belong to.

use std::collections::{HashMap, HashSet};

use socklab_event::{Endpoint, Fate, Frame, Headers, Protocol, Transport};
use socklab_flows::{ConnectionKind, Flows, Position, Transfer};

/// What each frame belongs to.
#[derive(Debug, Default)]
pub(crate) struct Segments {
    ends: HashMap<Position, Ends>,
    /// The frames of each connection and direction, in order.
    by_direction: HashMap<(usize, usize), Vec<Position>>,
    /// Frames that carried exactly one message, by the call that sent it.
    absorbed: HashMap<Position, Position>,
    absorbs: HashSet<Position>,
    /// For every message on a recorded wire, the frame that carried its last byte.
    carriers: HashMap<(Position, usize), Position>,
}

/// The messages of each connection and sending socket.
struct Messages<'a, 't> {
    flows: &'a Flows<'t>,
    by_sender: HashMap<(usize, usize), Vec<usize>>,
}

impl<'a, 't> Messages<'a, 't> {
    fn of(flows: &'a Flows<'t>) -> Self {
        let mut by_sender: HashMap<(usize, usize), Vec<usize>> = HashMap::new();
        for (index, transfer) in flows.transfers.iter().enumerate() {
            if let Some(connection) = transfer.connection {
                by_sender.entry((connection, transfer.from)).or_default().push(index);
            }
        }
        Self { flows, by_sender }
    }

    fn of_direction(&self, direction: (usize, usize)) -> impl Iterator<Item = &'a Transfer> {
        let socket = self.flows.connections[direction.0].ends[direction.1].socket;
        let known = socket.and_then(|socket| self.by_sender.get(&(direction.0, socket)));
        let flows = self.flows;
        known.into_iter().flatten().map(move |index| &flows.transfers[*index])
    }
}

/// The conversation of a frame, and which of its ends sent it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ends {
    /// The connection, if it is one of those recorded.
    pub(crate) connection: Option<usize>,
    /// 0 if the frame comes from the connection's first end.
    pub(crate) side: usize,
    /// True if its bytes were sent before.
    pub(crate) again: bool,
}

impl Segments {
    /// Finds the conversation of every frame.
    pub(crate) fn of(flows: &Flows<'_>, shown: &[Position]) -> Self {
        let mut segments = Self::default();
        let index = Index::of(flows);
        let messages = Messages::of(flows);
        let mut streams: HashMap<(usize, usize), Stream> = HashMap::new();
        for &at in shown {
            let Some(frame) = flows.order[at].frame() else { continue };
            let Some(headers) = &frame.headers else { continue };
            if matches!(headers.transport, Transport::Neighbour { .. }) {
                continue;
            }
            let found = index.find(headers);
            let mut ends = Ends { connection: found.map(|one| one.0), side: 0, again: false };
            if let Some((connection, side)) = found {
                ends.side = side;
                let stream = streams.entry((connection, side)).or_default();
                let payload = stream.place(headers);
                ends.again = payload.as_ref().is_some_and(|(_, again)| *again);
                segments.by_direction.entry((connection, side)).or_default().push(at);
                segments.carry(&messages, (connection, side), at, frame, payload);
            }
            segments.ends.insert(at, ends);
        }
        segments
    }

    /// The conversation of the frame at a position; `None` if it is not to be drawn.
    pub(crate) fn ends(&self, at: Position) -> Option<Ends> {
        self.ends.get(&at).copied()
    }

    /// True if the frame is drawn as the arrow of the call that caused it.
    pub(crate) fn is_absorbed(&self, at: Position) -> bool {
        self.absorbs.contains(&at)
    }

    /// The frame that is drawn as the arrow of the send at a position.
    pub(crate) fn absorbed_by(&self, sent: Position) -> Option<Position> {
        self.absorbed.get(&sent).copied()
    }

    /// True if frames of this connection were recorded.
    pub(crate) fn has(&self, connection: usize) -> bool {
        [0, 1].iter().any(|side| self.by_direction.contains_key(&(connection, *side)))
    }

    /// The frame of its own that carried the last byte of a message.
    pub(crate) fn carrier(&self, transfer: &Transfer) -> Option<Position> {
        self.carriers.get(&(transfer.sent, transfer.message)).copied()
    }

    /// The last frame towards the caller of `at`, on its connection, before it returned.
    pub(crate) fn before(&self, flows: &Flows<'_>, at: Position) -> Option<Position> {
        let connection = flows.connection_at(at)?;
        let first = flows.connections[connection].ends[0].socket;
        let towards = usize::from(first == flows.socket_at(at));
        let frames = self.by_direction.get(&(connection, towards))?;
        frames.iter().rev().find(|frame| **frame < at).copied()
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
        let stream = messages.flows.connections[direction.0].kind == ConnectionKind::Stream;
        let mine = messages.of_direction(direction);
        for transfer in mine.filter(|one| one.sent < at) {
            let whole = transfer.start..transfer.start.saturating_add(transfer.total);
            let exact = if stream {
                whole == range
            } else {
                transfer.total == range.end && !self.absorbed.contains_key(&transfer.sent)
            };
            let untouched = matches!(frame.fate, Fate::Delivered { .. });
            if exact && untouched && !again && !self.absorbed.contains_key(&transfer.sent) {
                self.absorbed.insert(transfer.sent, at);
                self.absorbs.insert(at);
                return;
            }
            if stream && range.start < whole.end && whole.end <= range.end {
                self.carriers.insert((transfer.sent, transfer.message), at);
            }
        }
    }
}

/// Where a direction of a stream stands.
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

/// Finds conversations by the addresses of a frame.
struct Index {
    streams: HashMap<(Endpoint, Endpoint), (usize, usize)>,
    ports: HashMap<(u16, u16), (usize, usize)>,
}

impl Index {
    fn of(flows: &Flows<'_>) -> Self {
        let mut index = Self { streams: HashMap::new(), ports: HashMap::new() };
        for (number, connection) in flows.connections.iter().enumerate() {
            let [Some(a), Some(b)] = connection.ends.each_ref().map(|end| end.address.clone())
            else {
                continue;
            };
            if connection.kind == ConnectionKind::Stream {
                index.streams.insert((a.clone(), b.clone()), (number, 0));
                index.streams.insert((b, a), (number, 1));
            } else if let (Some(a), Some(b)) = (a.port(), b.port()) {
                index.ports.entry((a, b)).or_insert((number, 0));
                index.ports.entry((b, a)).or_insert((number, 1));
            }
        }
        index
    }

    fn find(&self, headers: &Headers) -> Option<(usize, usize)> {
        let (source, destination) = (&headers.source, &headers.destination);
        if headers.protocol == Protocol::UDP {
            return self.ports.get(&(source.port()?, destination.port()?)).copied();
        }
        self.streams.get(&(source.unmapped(), destination.unmapped())).copied()
    }
}
