//! UDP: which message a frame carries, whole or in fragments, and when each message arrived.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;

use socklab_event::{Bytes, Call, Endpoint, Event, Fragment, Headers, Protocol};

use super::conversations::{Way, way};
use super::is_during;
use crate::{NumberMap, Position, Socket};

/// So many messages that may not have had a frame yet are compared.
const COMPARED: usize = 64;

/// The header of a datagram, RFC 768: a fragment's offset counts it.
const HEADER: u64 = 8;

/// A message: the call that sent it, and which of the call's messages it is.
type MessageId = (Position, usize);

/// What a frame carries.
#[derive(Clone, Debug)]
pub(super) struct Carries {
    /// The message, if its call was recorded.
    pub(super) message: Option<MessageId>,
    /// Both ends of the datagram, with the ports that later fragments lack.
    pub(super) way: Way,
    /// Which of its bytes.
    pub(super) bytes: std::ops::Range<u64>,
    /// True if it was complete for its receiver when this arrived.
    pub(super) completes: bool,
}

/// How datagrams travelled.
#[derive(Debug, Default)]
pub(crate) struct Travel {
    frames: NumberMap<Position, Carries>,
    /// When each copy of a message arrived that had a frame; empty if it got lost.
    arrivals: HashMap<MessageId, Vec<u64>>,
}

impl Travel {
    /// Follows every datagram of a recording.
    pub(crate) fn of(order: &[&Event], sockets: &[Socket], socket_at: &[Option<usize>]) -> Self {
        let is_datagram = |event: &&Event| {
            event.frame().is_some_and(|frame| {
                frame.headers.as_ref().is_some_and(|headers| headers.protocol == Protocol::UDP)
            })
        };
        if !order.iter().any(is_datagram) {
            return Self::default();
        }
        let mut following = Following {
            order,
            waiting: HashMap::new(),
            pieces: HashMap::new(),
            found: Self::default(),
        };
        for (at, event) in order.iter().enumerate() {
            if let (Some(call), Some(socket)) = (event.call(), socket_at[at]) {
                following.offer(at, call, socket, &sockets[socket]);
            }
        }
        for (at, event) in order.iter().enumerate() {
            if let Some(frame) = event.frame()
                && let Some(headers) = &frame.headers
                && headers.protocol == Protocol::UDP
                && let Some(way) = way(headers)
            {
                following.see(at, way, headers, frame.arrivals());
            }
        }
        following.found
    }

    /// What a frame carries, if it is a datagram or a part of one.
    pub(super) fn frame(&self, at: Position) -> Option<&Carries> {
        self.frames.get(&at)
    }

    /// When each copy of a message arrived; `None` if no frame with it was recorded.
    pub(crate) fn arrivals(&self, sent: Position, message: usize) -> Option<&[u64]> {
        self.arrivals.get(&(sent, message)).map(Vec::as_slice)
    }
}

/// A message that has had no frame yet.
#[derive(Clone, Copy, Debug)]
struct Message<'t> {
    id: MessageId,
    call: &'t Call,
    bytes: &'t Bytes,
    from: usize,
    to: Option<IpAddr>,
}

/// A datagram that travels in pieces.
#[derive(Debug)]
struct Pieces {
    message: Option<MessageId>,
    way: Way,
    /// Where it ends, once the last piece was seen.
    end: Option<u64>,
    /// The pieces that arrived.
    arrived: Vec<(u64, u64)>,
    /// When the last of them arrived.
    latest: u64,
}

impl Pieces {
    /// True if all of it has arrived.
    fn is_complete(&self) -> bool {
        let mut arrived = self.arrived.clone();
        arrived.sort_unstable();
        let mut reached = 0;
        for (start, end) in arrived {
            if start > reached {
                return false;
            }
            reached = reached.max(end);
        }
        self.end.is_some_and(|end| reached >= end)
    }
}

/// What all pieces of a datagram have in common: RFC 791 §3.2.
type PiecesOf = (IpAddr, IpAddr, u32);

struct Following<'o, 't> {
    order: &'o [&'t Event],
    /// By the ports of both ends, oldest first.
    waiting: HashMap<(u16, u16), VecDeque<Message<'t>>>,
    pieces: HashMap<PiecesOf, Pieces>,
    found: Travel,
}

impl<'t> Following<'_, 't> {
    /// Adds what a call sent.
    fn offer(&mut self, at: Position, call: &'t Call, from: usize, socket: &Socket) {
        if !call.sends() || socket.identity.protocol != Protocol::UDP {
            return;
        }
        let Some(own) = socket.identity.local.as_ref().and_then(Endpoint::port) else { return };
        let peer = call.socket.as_ref().and_then(|socket| socket.peer.as_ref());
        for (index, message) in call.messages().into_iter().enumerate() {
            let to = message.address.or(peer).and_then(|address| address.unmapped().ip_port());
            let Some((ip, port)) = to else { continue };
            // A datagram to 0.0.0.0 goes to this machine.
            let to = Some(ip).filter(|ip| !ip.is_unspecified());
            let message = Message { id: (at, index), call, bytes: message.bytes, from, to };
            self.waiting.entry((own, port)).or_default().push_back(message);
        }
    }

    fn see(&mut self, at: Position, way: Way, headers: &Headers, arrived: &[u64]) {
        let length = headers.payload.total;
        let Some(Fragment { id, offset, more }) = headers.fragment else {
            let message = self.message(at, way, headers);
            if let Some(message) = message {
                self.found.arrivals.insert(message, arrived.to_vec());
            }
            let carries = Carries { message, way, bytes: 0..length, completes: true };
            self.found.frames.insert(at, carries);
            return;
        };
        let key = (way.0.0, way.1.0, id);
        // Behind the IP header, and in the datagram.
        let from = u64::from(offset);
        let to = from.saturating_add(length).saturating_add(if offset == 0 { HEADER } else { 0 });
        let bytes = from.saturating_sub(HEADER)..to.saturating_sub(HEADER);
        if offset == 0 {
            let message = self.message(at, way, headers);
            if let Some(message) = message {
                self.found.arrivals.insert(message, Vec::new());
            }
            // Numbers are used again: the first piece begins a new datagram.
            let new = Pieces { message, way, end: None, arrived: Vec::new(), latest: 0 };
            self.pieces.insert(key, new);
        }
        let Some(pieces) = self.pieces.get_mut(&key) else {
            let carries = Carries { message: None, way, bytes, completes: false };
            self.found.frames.insert(at, carries);
            return;
        };
        if !more {
            pieces.end = Some(to);
        }
        let was_complete = pieces.is_complete();
        if let Some(first) = arrived.iter().min() {
            pieces.arrived.push((from, to));
            pieces.latest = pieces.latest.max(*first);
        }
        let completes = !was_complete && pieces.is_complete();
        if let Some(message) = pieces.message.filter(|_| completes) {
            self.found.arrivals.insert(message, vec![pieces.latest]);
        }
        let carries = Carries { message: pieces.message, way: pieces.way, bytes, completes };
        self.found.frames.insert(at, carries);
    }

    /// The message that a frame carries. Its call is the one that was under way when the frame was
    /// sent; a frame that had to wait for the address of the next hop (arp(7)) comes after it.
    fn message(
        &mut self,
        at: Position,
        (source, destination, _): Way,
        headers: &Headers,
    ) -> Option<MessageId> {
        let waiting = self.waiting.get_mut(&(source.1, destination.1))?;
        let payload = headers.payload.moved();
        let total = headers.payload.total;
        let now = self.order[at].at;
        let fits = |message: &Message<'_>| {
            let is_long = match headers.fragment {
                Some(_) => message.bytes.total > total,
                None => message.bytes.total == total,
            };
            let sent = message.bytes.moved();
            let shared = sent.len().min(payload.len());
            is_long
                && message.call.began <= now
                && message.to.is_none_or(|to| to == destination.0)
                && sent[..shared] == payload[..shared]
        };
        let compared = || waiting.iter().take(COMPARED).enumerate();
        let found = compared().find(|(_, one)| is_during(one.call, now) && fits(one));
        let (place, found) = found.or_else(|| compared().find(|(_, one)| fits(one)))?;
        let found = *found;
        waiting.remove(place);
        // What the same socket sent earlier and had no frame will have none.
        let mut index = 0;
        let skipped = waiting.iter().take(place).any(|one| one.from == found.from);
        if skipped {
            waiting.retain(|one| {
                index += 1;
                index > place || one.from != found.from
            });
        }
        Some(found.id)
    }
}
