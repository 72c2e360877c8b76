//! Ties frames to calls: whose each frame is, what it means, what set it off, which bytes it carried
//! and whom it woke.
//!
//! Both the calls and the frames of a recording have times on one clock, and a frame is sent while
//! the kernel is at work: on the call that sets it off, on a frame that has just arrived, or on a
//! timer. So the cause of a frame is the call under way at its moment on its socket that can send
//! such a frame, or else the frame of the other end that arrived just before, or else a timer, where
//! TCP has one for it. What does not fit any of these is left open.
//!
//! The numbers of a segment do the rest: what it carries of whose messages, whether it was sent
//! before, and what it says about the other direction (RFC 9293).
//!
//! Longer than 400 lines, because what is known of a recording is made here in one pass over it.

mod acknowledging;
mod calls;
mod conversations;
mod datagrams;
mod messages;
mod order;
mod resets;
mod segments;
mod sending;
mod side;
mod tie;
mod waking;

use std::collections::HashMap;

use socklab_event::{Args, Call, Event, Frame, Headers, OptionValue, Outcome, Protocol, Transport};

use crate::grouped::Grouped;
use crate::reach::{Addresses, Sockets};
use crate::{Connection, NumberMap, Position, Socket, Transfer};
use calls::Calls;
use conversations::{Conversations, Way, way};
use messages::Messages;
use segments::{Reading, Segment, Sent, Stream};
use side::Known;

pub(crate) use datagrams::Travel;

pub use conversations::Conversation;
pub use tie::{
    Again, Carried, Cause, Meaning, Resent, ResetReason, Tie, Waited, WaitedFor, Window,
    WindowChange,
};

/// The kernel answers a frame within this time, in nanoseconds, unless a timer has to elapse: the
/// shortest of those is several times as long.
const SOON: u64 = 1_500_000;

/// The clock of the frames and that of the calls may differ by so much, in nanoseconds.
const CLOCKS: u64 = 50_000;

/// After a process's exit was seen, the kernel closes its sockets within this time, in nanoseconds.
const EXIT: u64 = 20_000_000;

/// What frames are tied to.
pub(crate) struct Wire<'a, 't> {
    pub(crate) order: &'a [&'t Event],
    pub(crate) sockets: &'a [Socket],
    /// The socket of each event.
    pub(crate) socket_at: &'a [Option<usize>],
    pub(crate) connections: &'a [Connection],
    pub(crate) transfers: &'a [Transfer],
    pub(crate) addresses: &'a Addresses,
    pub(crate) travel: &'a Travel,
    /// The `accept` calls on each listening socket.
    accepts: NumberMap<usize, Vec<Position>>,
    /// The successful `setsockopt` calls on each socket.
    options: NumberMap<usize, Vec<Position>>,
}

impl<'a, 't> Wire<'a, 't> {
    pub(crate) fn of(
        order: &'a [&'t Event],
        (sockets, socket_at): (&'a [Socket], &'a [Option<usize>]),
        connections: &'a [Connection],
        transfers: &'a [Transfer],
        addresses: &'a Addresses,
        travel: &'a Travel,
    ) -> Self {
        let mut accepts: NumberMap<usize, Vec<Position>> = NumberMap::default();
        for socket in sockets {
            if let (Some(listener), Some(at)) = (socket.listener, socket.created) {
                accepts.entry(listener).or_default().push(at);
            }
        }
        let mut options: NumberMap<usize, Vec<Position>> = NumberMap::default();
        for (at, event) in order.iter().enumerate() {
            if let (Some(call), Some(socket)) = (event.call(), socket_at[at])
                && matches!(call.args, Args::SetOption { .. })
                && call.value().is_some()
            {
                options.entry(socket).or_default().push(at);
            }
        }
        Self {
            order,
            sockets,
            socket_at,
            connections,
            transfers,
            addresses,
            travel,
            accepts,
            options,
        }
    }

    fn call(&self, at: Position) -> Option<&'t Call> {
        self.order.get(at)?.call()
    }

    /// The index of a message among the transfers.
    fn transfer(&self, message: (Position, usize)) -> Option<usize> {
        self.transfers.binary_search_by_key(&message, |one| (one.sent, one.message)).ok()
    }

    fn known(&self) -> Sockets<'_, 't> {
        Sockets { order: self.order, all: self.sockets, addresses: self.addresses }
    }

    /// True if the call at a position was under way at a moment.
    fn is_during(&self, at: Position, moment: u64) -> bool {
        self.call(at).is_some_and(|call| is_during(call, moment))
    }

    /// The same, if the two clocks may differ.
    fn is_about(&self, at: Position, moment: u64) -> bool {
        self.call(at).is_some_and(|call| {
            let (early, late) = (moment.saturating_add(CLOCKS), moment.saturating_sub(CLOCKS));
            is_during(call, moment) || call.began <= early && late <= call.ended
        })
    }

    /// True if all that was done with a socket was recorded.
    fn is_whole(&self, socket: usize) -> bool {
        self.sockets[socket].created.is_some()
    }

    /// The value that a socket option had at a moment, if the program had set it, on the socket or on
    /// the one it was accepted from.
    fn set(&self, socket: usize, name: &str, moment: u64) -> Option<&'t OptionValue> {
        let found = |socket: usize| {
            let calls = self.options.get(&socket).into_iter().flatten().rev();
            calls.filter_map(|at| self.call(*at)).find_map(|call| match &call.args {
                Args::SetOption { option, value, .. }
                    if option.as_str() == name && call.began <= moment =>
                {
                    Some(value)
                }
                _ => None,
            })
        };
        found(socket).or_else(|| found(self.sockets[socket].listener?))
    }

    /// True if a switch was on at a moment.
    fn option(&self, socket: usize, name: &str, moment: u64) -> bool {
        matches!(self.set(socket, name, moment), Some(OptionValue::Int(on)) if *on != 0)
    }

    /// True if `SO_LINGER` was on with 0 seconds.
    fn lingers_not(&self, socket: usize, moment: u64) -> bool {
        matches!(self.set(socket, "SO_LINGER", moment), Some(OptionValue::Linger(Some(0))))
    }
}

/// Every recorded frame, tied to the calls.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Ties {
    /// Who exchanged frames, in order of their first.
    pub conversations: Vec<Conversation>,
    /// The ties with the positions of their frames, in order.
    ties: Vec<(Position, Tie)>,
    index: NumberMap<Position, usize>,
    by_direction: NumberMap<(usize, usize), Vec<Position>>,
    /// The frames that each call set off.
    set_off: Grouped<Position>,
    /// The frames with bytes of each message.
    carriers: Grouped<Position>,
    /// The frame that woke a call.
    waker: NumberMap<Position, Position>,
    order: Vec<Position>,
}

impl Ties {
    pub(crate) fn among(wire: &Wire<'_, '_>) -> Self {
        if !wire.order.iter().any(|event| event.frame().is_some()) {
            return Self { order: (0..wire.order.len()).collect(), ..Self::default() };
        }
        let mut calls = Calls::of(wire);
        let messages = Messages::of(wire);
        let mut tying = Tying {
            wire,
            conversations: Conversations::of(wire),
            streams: Vec::new(),
            ties: Vec::new(),
            index: NumberMap::default(),
            pieces: HashMap::new(),
        };
        for (at, event) in wire.order.iter().enumerate() {
            if let Some(frame) = event.frame() {
                tying.see(at, frame, &mut calls, &messages);
            }
        }
        let Tying { conversations, ties, index, .. } = tying;
        let at = {
            let mut at = vec![0; ties.len()];
            index.iter().for_each(|(position, place)| at[*place] = *position);
            at
        };
        let mut ties: Vec<(Position, Tie)> = at.into_iter().zip(ties).collect();
        let conversations = conversations.all;
        let waker = waking::wake(wire, &mut calls, &conversations, &ties);
        for (call, frame) in &waker {
            if let Some(place) = index.get(frame) {
                ties[*place].1.woke.push(*call);
            }
        }
        let mut by_direction: NumberMap<(usize, usize), Vec<Position>> = NumberMap::default();
        for (at, tie) in &mut ties {
            tie.woke.sort_unstable();
            if let Some(connection) = tie.connection {
                by_direction.entry((connection, tie.side)).or_default().push(*at);
            }
        }
        let caused = ties.iter().filter_map(|(at, tie)| Some((tie.cause.call()?, *at)));
        let set_off = Grouped::of(wire.order.len(), caused.collect());
        let carried = ties
            .iter()
            .flat_map(|(at, tie)| tie.carries.iter().map(move |carried| (carried.transfer, *at)));
        let carriers = Grouped::of(wire.transfers.len(), carried.collect());
        let order = order::causal(wire, &ties, &set_off, &waker);
        Self { conversations, ties, index, by_direction, set_off, carriers, waker, order }
    }

    /// The tie of the frame at a position; `None` if there is no frame.
    pub fn of(&self, at: Position) -> Option<&Tie> {
        self.index.get(&at).map(|index| &self.ties[*index].1)
    }

    /// Every frame with its tie, in the order of their times.
    pub fn all(&self) -> impl Iterator<Item = (Position, &Tie)> {
        self.ties.iter().map(|(at, tie)| (*at, tie))
    }

    /// True if frames of this connection were recorded.
    pub fn has(&self, connection: usize) -> bool {
        [0, 1].iter().any(|side| self.by_direction.contains_key(&(connection, *side)))
    }

    /// The frames that one end of a connection sent, in order.
    pub fn sent_by(&self, connection: usize, side: usize) -> &[Position] {
        self.by_direction.get(&(connection, side)).map_or(&[], Vec::as_slice)
    }

    /// The frames that the call at a position set off, in order.
    pub fn set_off(&self, call: Position) -> &[Position] {
        self.set_off.at(call)
    }

    /// The frames with bytes of a message, an index into
    /// [`Flows::transfers`](crate::Flows::transfers), in order: also those that were lost, and those
    /// sent again.
    pub fn carriers(&self, transfer: usize) -> &[Position] {
        self.carriers.at(transfer)
    }

    /// The frame that the call at a position waited for.
    pub fn waker(&self, call: Position) -> Option<Position> {
        self.waker.get(&call).copied()
    }

    /// The positions of all events, each cause before its effects, also where the clock of the
    /// frames disagrees with that of the calls: a call before the first frame it set off, a frame
    /// before what it woke returned.
    pub fn order(&self) -> &[Position] {
        &self.order
    }
}

/// True if a call was under way at a moment.
fn is_during(call: &Call, moment: u64) -> bool {
    let late = if call.implicit { EXIT } else { 0 };
    let ended = call.ended.saturating_add(late);
    let open = call.outcome == Outcome::Unfinished;
    call.began <= moment && (moment <= ended || open)
}

/// The length of a TCP header, in bytes, RFC 9293 §3.1.
const HEADERS: std::ops::RangeInclusive<u64> = 20..=60;

/// What all pieces of a segment have in common: RFC 791 §3.2.
fn pieces_of(headers: &Headers, id: u32) -> Option<(Way, u32)> {
    let ((source, _), (destination, _), protocol) = way(headers)?;
    Some((((source, 0), (destination, 0), protocol), id))
}

/// The state between two frames.
struct Tying<'a, 't> {
    wire: &'a Wire<'a, 't>,
    conversations: Conversations,
    /// The TCP connection of each conversation.
    streams: Vec<Stream>,
    ties: Vec<Tie>,
    index: NumberMap<Position, usize>,
    /// The segments that travel in pieces, by what all pieces have in common.
    pieces: HashMap<(Way, u32), Pieces>,
}

/// A segment that travels in several IP fragments.
#[derive(Clone, Copy, Debug)]
struct Pieces {
    /// The first, which has the header.
    first: Position,
    /// How long that header is, once the second was seen.
    header: Option<u64>,
}

impl<'a, 't> Tying<'a, 't> {
    fn see(
        &mut self,
        at: Position,
        frame: &'t Frame,
        calls: &mut Calls<'a, 't>,
        messages: &Messages,
    ) {
        let mut tie = Tie {
            conversation: None,
            connection: None,
            side: 0,
            meaning: Meaning::Other,
            bytes: 0..0,
            fin: false,
            acknowledges: None,
            acknowledges_fin: false,
            window: None,
            again: None,
            cause: Cause::Unknown,
            carries: Vec::new(),
            waited: None,
            ended_by: None,
            arrived: frame.arrivals().iter().min().copied(),
            woke: Vec::new(),
        };
        if let Some(headers) = &frame.headers {
            let fragment = headers.fragment.filter(|_| headers.protocol != Protocol::UDP);
            match &headers.transport {
                _ if fragment.is_some_and(|fragment| fragment.offset > 0) => {
                    self.piece(at, headers, &mut tie, messages);
                }
                Transport::Tcp { .. } => {
                    self.segment(at, frame, headers, &mut tie, calls, messages);
                }
                Transport::Udp | Transport::Other if headers.protocol == Protocol::UDP => {
                    self.datagram(at, headers, &mut tie);
                }
                Transport::Icmp { .. } => self.icmp(at, headers, &mut tie),
                _ => {}
            }
            if let Some(fragment) = fragment.filter(|fragment| fragment.offset == 0)
                && let Some(key) = pieces_of(headers, fragment.id)
            {
                // Numbers are used again: the first piece begins a new segment.
                self.pieces.insert(key, Pieces { first: at, header: None });
            }
        }
        self.index.insert(at, self.ties.len());
        self.ties.push(tie);
    }

    fn segment(
        &mut self,
        at: Position,
        frame: &'t Frame,
        headers: &'t Headers,
        tie: &mut Tie,
        calls: &mut Calls<'a, 't>,
        messages: &Messages,
    ) {
        let Some(segment) = Segment::of(frame, headers) else { return };
        let Some(way) = way(headers) else { return };
        let current = self.conversations.current(way);
        let now = self.wire.order[at].at;
        let asks = segment.syn && !segment.ack;
        let over = current.is_some_and(|(number, side)| {
            self.streams[number].is_over_for(side, &segment)
                || asks && self.conversations.is_followed(self.wire, way, now)
        });
        let opens = asks && (over || current.is_none());
        let (number, side) = self.conversations.find(self.wire, at, way, opens);
        self.streams.resize_with(self.conversations.all.len(), Stream::default);
        let conversation = &self.conversations.all[number];
        self.streams[number].is_to_itself = way.0 == way.1;
        tie.conversation = Some(number);
        tie.connection = conversation.connection;
        tie.side = side;
        let sent = Sent {
            at,
            now,
            segment: &segment,
            own: conversation.sockets[side],
            connect: conversation.asked(side),
            listener: conversation.listener.filter(|_| side == 1),
        };
        let known = Known { order: self.wire.order, ties: &self.ties, index: &self.index };
        let mut reading = Reading { wire: self.wire, calls, messages };
        self.streams[number].see(side, &sent, &mut reading, &known, tie);
    }

    /// A piece of a segment behind the first: it belongs to what the first belongs to.
    fn piece(&mut self, at: Position, headers: &Headers, tie: &mut Tie, messages: &Messages) {
        let Some(fragment) = headers.fragment else { return };
        tie.meaning = Meaning::Fragment;
        let key = pieces_of(headers, fragment.id);
        let Some((key, pieces)) = key.and_then(|key| Some((key, self.pieces.get_mut(&key)?)))
        else {
            return;
        };
        let Some(&first) = self.index.get(&pieces.first) else { return };
        let first = &self.ties[first];
        (tie.conversation, tie.connection, tie.side) =
            (first.conversation, first.connection, first.side);
        tie.cause = first.cause;
        // A piece's offset counts the header, whose length follows from where the second begins.
        let carried = first.bytes.end.saturating_sub(first.bytes.start);
        let header = u64::from(fragment.offset).checked_sub(carried);
        let header = header.filter(|header| HEADERS.contains(header) && header % 4 == 0);
        pieces.header = pieces.header.or(header);
        let pieces = *pieces;
        if !fragment.more {
            // They leave in order, and later ones with the number are of another segment.
            self.pieces.remove(&key);
        }
        if first.bytes.is_empty() {
            return;
        }
        let Some(header) = pieces.header else { return };
        let start = first.bytes.start + u64::from(fragment.offset).saturating_sub(header);
        tie.bytes = start..start.saturating_add(headers.payload.total);
        tie.carries = messages.carried(self.wire, tie.connection, tie.side, &tie.bytes);
        if let Some(number) = tie.conversation {
            self.conversations.all[number].frames.push(at);
            self.streams[number].goes_on(tie.side, tie.bytes.end);
        }
    }

    fn datagram(&mut self, at: Position, headers: &Headers, tie: &mut Tie) {
        let Some(carries) = self.wire.travel.frame(at) else { return };
        tie.meaning = match headers.fragment {
            Some(_) => Meaning::Fragment,
            None => Meaning::Datagram,
        };
        tie.bytes = carries.bytes.clone();
        let transfer = carries.message.and_then(|message| self.wire.transfer(message));
        let known = transfer.and_then(|index| {
            let transfer = &self.wire.transfers[index];
            let connection = transfer.connection?;
            let first = self.wire.connections[connection].ends[0].socket;
            Some((connection, usize::from(first != Some(transfer.from))))
        });
        let (number, side) = self.conversations.of_datagram(self.wire, at, carries.way, known);
        self.streams.resize_with(self.conversations.all.len(), Stream::default);
        tie.conversation = Some(number);
        tie.connection = self.conversations.all[number].connection;
        tie.side = side;
        if let Some(transfer) = transfer {
            let sent = self.wire.transfers[transfer].sent;
            tie.carries = vec![Carried { transfer, sent, bytes: carries.bytes.clone() }];
            if self.wire.is_about(sent, self.wire.order[at].at) {
                tie.cause = Cause::Call(sent);
            }
        }
    }

    fn icmp(&mut self, at: Position, headers: &Headers, tie: &mut Tie) {
        let Transport::Icmp { about: Some(quoted), .. } = &headers.transport else {
            tie.meaning = Meaning::Icmp { about: None };
            return;
        };
        let about = self.conversations.quoted(self.wire, quoted);
        tie.meaning = Meaning::Icmp { about };
        let Some(about) = about else { return };
        tie.cause = Cause::Frame(about);
        let theirs = self.index.get(&about).map(|index| &self.ties[*index]);
        if let Some(theirs) = theirs {
            tie.conversation = theirs.conversation;
            tie.connection = theirs.connection;
            tie.side = 1 - theirs.side;
            if let Some(number) = tie.conversation {
                self.conversations.all[number].frames.push(at);
            }
        }
    }
}
