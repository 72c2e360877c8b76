//! Which protocols were spoken: what the bytes of calls and frames are, where that is certain.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;

use socklab_event::{Call, Endpoint, Event, Family, SocketType};
use socklab_protocols::datagram::{self, Datagram};
use socklab_protocols::ntp::{Mode, Packet};
use socklab_protocols::stream::{self, Content, Unit};

use crate::streams::{self, Piece};
use crate::ties::{Meaning, Ties};
use crate::{Connection, ConnectionKind, NumberMap, Position, Socket};

/// The port of time servers.
const TIME_SERVER_PORT: u16 = 123;

/// The first bytes of a stream decide what it is: no start line and no hello is longer.
const BEGINNING: u64 = 1 << 15;

/// What is known of what was said.
#[derive(Debug, Default)]
pub struct Spoken {
    /// What each direction of a stream consists of.
    directions: Vec<Vec<Unit>>,
    /// Which bytes of which direction each call moved and each frame carried.
    moved: NumberMap<Position, (usize, Range<u64>)>,
    /// The datagrams that are known, by event and by message of the event.
    datagrams: NumberMap<(Position, usize), Datagram>,
}

/// A piece of a stream in a call or a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnitPart<'f> {
    /// The whole piece.
    pub unit: &'f Unit,
    /// Which of its bytes are here, as offsets from its first.
    pub bytes: Range<u64>,
}

impl UnitPart<'_> {
    /// True if all of it is here.
    pub fn is_whole(&self) -> bool {
        self.bytes.start == 0 && self.ends()
    }

    /// True if its last byte is here.
    pub fn ends(&self) -> bool {
        self.bytes.end == self.unit.bytes.end - self.unit.bytes.start
    }
}

impl Spoken {
    pub(crate) fn among(
        order: &[&Event],
        sockets: &[Socket],
        connections: &[Connection],
        ties: &Ties,
    ) -> Self {
        let mut spoken = Self::default();
        let mut by_side: NumberMap<(usize, usize), usize> = NumberMap::default();
        for (index, connection) in connections.iter().enumerate() {
            if connection.kind != ConnectionKind::Stream || connection.is_to_itself() {
                continue;
            }
            let ends = connection.ends.each_ref().map(|end| Some(&sockets[end.socket?]));
            if ends.iter().flatten().all(|socket| socket.is_stream()) {
                let ways = [[ends[0], ends[1]], [ends[1], ends[0]]].map(|way| Way::of(order, way));
                let found = spoken.streams(ways.each_ref().map(Option::as_ref));
                by_side.extend(found.into_iter().map(|(side, at)| ((index, side), at)));
            }
        }
        spoken.frames(order, ties, &by_side);
        sockets.iter().for_each(|socket| spoken.messages(order, socket));
        spoken
    }

    /// Reads both directions of a connection; returns where what is known of each side is.
    fn streams(&mut self, ways: [Option<&Way<'_>>; 2]) -> Vec<(usize, usize)> {
        let may_be = |way: &&Way<'_>| stream::may_begin(way.begins());
        if !ways.iter().flatten().any(may_be) {
            return Vec::new();
        }
        // Most streams are none that is known: their beginnings are enough to see that.
        if read(ways, BEGINNING).iter().all(Vec::is_empty) {
            return Vec::new();
        }
        let units = read(ways, u64::MAX);
        let mut found = Vec::new();
        for (side, (units, way)) in units.into_iter().zip(ways).enumerate() {
            let Some(way) = way.filter(|_| !units.is_empty()) else { continue };
            let index = self.directions.len();
            self.directions.push(units);
            for piece in way.all() {
                self.moved.insert(piece.at, (index, piece.bytes.clone()));
            }
            found.push((side, index));
        }
        found
    }

    /// The frames: those of the streams that are known by their calls, and those of conversations
    /// without calls.
    fn frames(
        &mut self,
        order: &[&Event],
        ties: &Ties,
        by_side: &NumberMap<(usize, usize), usize>,
    ) {
        let mut by_conversation = NumberMap::default();
        for (index, conversation) in ties.conversations.iter().enumerate() {
            if conversation.connection.is_some() {
                continue;
            }
            let ways = [0, 1].map(|side| Way::of_frames(order, ties, &conversation.frames, side));
            let found = self.streams(ways.each_ref().map(Option::as_ref));
            by_conversation.extend(found.into_iter().map(|(side, at)| ((index, side), at)));
        }
        for (at, tie) in ties.all() {
            let by_call = tie.connection.and_then(|index| by_side.get(&(index, tie.side)));
            let alone = || by_conversation.get(&(tie.conversation?, tie.side));
            if let Some(direction) = by_call.or_else(alone)
                && !tie.bytes.is_empty()
            {
                self.moved.insert(at, (*direction, tie.bytes.clone()));
            }
            if tie.meaning == Meaning::Datagram
                && let Some(headers) = order[at].frame().and_then(|frame| frame.headers.as_ref())
                && !headers.payload.is_cut()
            {
                let bytes = headers.payload.moved();
                let ends = [&headers.source, &headers.destination];
                let by_port = ends.iter().any(|end| end.port() == Some(TIME_SERVER_PORT));
                let known = datagram::read(bytes).or_else(|| {
                    let packet = datagram::time_packet(bytes).filter(|_| by_port)?;
                    Some(Datagram::Ntp(Box::new(packet)))
                });
                known.map(|known| self.datagrams.insert((at, 0), known));
            }
        }
    }

    /// The datagrams of a socket.
    fn messages(&mut self, order: &[&Event], socket: &Socket) {
        let identity = &socket.identity;
        let internet = matches!(identity.family, Family::INET | Family::INET6);
        if identity.kind != SocketType::DGRAM || !internet {
            return;
        }
        let is_time =
            |address: Option<&Endpoint>| address.and_then(Endpoint::port) == Some(TIME_SERVER_PORT);
        let mut times: Vec<((Position, usize), Packet, bool)> = Vec::new();
        for at in &socket.calls {
            let Some(call) = order[*at].call().filter(|call| call.moves_data()) else { continue };
            let own = call.socket.as_deref();
            for (index, message) in call.messages().into_iter().enumerate() {
                let known = !message.bytes.is_cut() && !message.may_be_cut;
                let bytes = message.bytes.moved();
                if !known || bytes.is_empty() {
                    continue;
                }
                if let Some(packet) = datagram::time_packet(bytes) {
                    let peer = message.address.or(own.and_then(|own| own.peer.as_ref()));
                    let port = is_time(peer) || is_time(own.and_then(|own| own.local.as_ref()));
                    times.push(((*at, index), packet, port));
                } else if let Some(known) = datagram::read(bytes) {
                    self.datagrams.insert((*at, index), known);
                }
            }
        }
        // Requests are known by their answers, and answers whose form alone doesn't tell by requests.
        let of = |mode: Mode| times.iter().filter(move |(_, packet, _)| packet.mode == mode);
        let key = |packet: &Packet, time: u64| (packet.version, time);
        let asked: HashSet<(u8, u64)> = of(Mode::Client)
            .filter(|(_, packet, _)| !packet.transmit.is_unknown())
            .map(|(_, packet, _)| key(packet, packet.transmit.0))
            .collect();
        let is_answer = |packet: &Packet, port: bool| {
            port || datagram::is_time(packet) || asked.contains(&key(packet, packet.origin.0))
        };
        let answered: HashSet<(u8, u64)> = of(Mode::Server)
            .filter(|(_, packet, port)| is_answer(packet, *port))
            .map(|(_, packet, _)| key(packet, packet.origin.0))
            .collect();
        for (at, packet, port) in &times {
            let known = match packet.mode {
                Mode::Server => is_answer(packet, *port),
                _ => *port || answered.contains(&key(packet, packet.transmit.0)),
            };
            if known {
                self.datagrams.insert(*at, Datagram::Ntp(Box::new(*packet)));
            }
        }
    }

    /// What a call moved of a stream, or a frame carried, in order; and how many of its bytes are not
    /// known.
    pub fn at(&self, at: Position) -> (Vec<UnitPart<'_>>, u64) {
        let Some((direction, moved)) = self.moved.get(&at) else { return (Vec::new(), 0) };
        let units = &self.directions[*direction];
        let first = units.partition_point(|unit| unit.bytes.end <= moved.start);
        let here = units[first..].iter().take_while(|unit| unit.bytes.start < moved.end);
        let mut unknown = moved.end.saturating_sub(moved.start);
        let said = here.map(|unit| {
            let start = unit.bytes.start.max(moved.start);
            let end = unit.bytes.end.min(moved.end);
            unknown = unknown.saturating_sub(end - start);
            UnitPart { unit, bytes: start - unit.bytes.start..end - unit.bytes.start }
        });
        let said = said.collect();
        (said, unknown)
    }

    /// What one message of a call is, or the datagram in a frame (message 0).
    pub fn datagram(&self, at: Position, message: usize) -> Option<&Datagram> {
        self.datagrams.get(&(at, message))
    }
}

/// One direction of a stream, as its calls or its frames show it.
struct Way<'t> {
    sent: Vec<Piece<'t>>,
    got: Vec<Piece<'t>>,
}

impl<'t> Way<'t> {
    /// From the calls of its two ends; `None` if the beginning of neither was recorded.
    fn of(order: &[&'t Event], [from, to]: [Option<&Socket>; 2]) -> Option<Self> {
        let all = |socket: Option<&Socket>, moved: fn(&Call) -> Option<u64>| {
            let Some(socket) = socket.filter(|socket| socket.created.is_some()) else {
                return Vec::new();
            };
            // Urgent data take numbers of the stream and are not read in its place.
            let mut calls = socket.calls.iter().filter_map(|at| order[*at].call());
            match calls.any(Call::is_out_of_band) {
                true => Vec::new(),
                false => streams::pieces(order, socket, moved),
            }
        };
        let mut way = Self { sent: all(from, Call::sent), got: all(to, Call::received) };
        // From the first doubt about the order on, nothing is known.
        let doubts = way.all().filter(|piece| piece.contended).map(|piece| piece.bytes.start);
        if let Some(doubt) = doubts.min() {
            way.sent.retain(|piece| piece.bytes.end <= doubt);
            way.got.retain(|piece| piece.bytes.end <= doubt);
        }
        (!way.sent.is_empty() || !way.got.is_empty()).then_some(way)
    }

    /// From the frames of a conversation that one side sent.
    fn of_frames(
        order: &[&'t Event],
        ties: &Ties,
        frames: &[Position],
        side: usize,
    ) -> Option<Self> {
        let mut sent = Vec::new();
        for at in frames {
            let Some(tie) = ties.of(*at) else { continue };
            let Some(frame) = order[*at].frame().filter(|frame| !frame.is_spoilt()) else {
                continue;
            };
            let Some(headers) = &frame.headers else { continue };
            let stream = matches!(tie.meaning, Meaning::Data | Meaning::Syn | Meaning::Fin);
            if tie.side == side && stream && !tie.bytes.is_empty() {
                let sample = Cow::Borrowed(headers.payload.moved());
                sent.push(Piece { at: *at, bytes: tie.bytes.clone(), contended: false, sample });
            }
        }
        sent.sort_by_key(|piece| piece.bytes.start);
        (!sent.is_empty()).then_some(Self { sent, got: Vec::new() })
    }

    fn all(&self) -> impl Iterator<Item = &Piece<'t>> {
        self.sent.iter().chain(&self.got)
    }

    /// The first bytes.
    fn begins(&self) -> &[u8] {
        self.all().find(|piece| piece.bytes.start == 0).map_or(&[], |piece| &piece.sample)
    }

    /// The calls that began before so many bytes; `None` if the two ends contradict each other.
    fn content(&self, most: u64) -> Option<Content> {
        let all = || self.all().filter(|piece| piece.bytes.start < most);
        let end = all().map(|piece| piece.bytes.end).max().unwrap_or_default();
        Content::of(all().map(|piece| (piece.bytes.start, &piece.sample[..])), end)
    }
}

/// Reads what began within so many bytes of both directions.
fn read(ways: [Option<&Way<'_>>; 2], most: u64) -> [Vec<Unit>; 2] {
    let contents = ways.map(|way| way.and_then(|way| way.content(most)).unwrap_or_default());
    let units = stream::read(contents.each_ref());
    if units.iter().any(|units| !units.is_empty()) {
        return units;
    }
    // Who asked for the connection need not be who asks for something.
    let [first, second] = contents.each_ref();
    let [second, first] = stream::read([second, first]);
    [first, second]
}
