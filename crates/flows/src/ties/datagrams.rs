//! UDP: which message a frame carries, whole or in fragments.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;

use socklab_event::{Endpoint, Fragment, Headers};

use super::Wire;
use super::conversations::Way;
use super::tie::{Carried, Tie};
use crate::{ConnectionKind, Position};

/// So many messages that may not have had a frame yet are compared.
const COMPARED: usize = 64;

/// The header of a datagram, RFC 768: a fragment's offset counts it.
const HEADER: u64 = 8;

/// A message that a program sent.
#[derive(Clone, Copy, Debug)]
struct Message {
    transfer: usize,
    to: Option<IpAddr>,
    from: usize,
}

/// A datagram that travels in pieces.
#[derive(Debug)]
pub(super) struct Pieces {
    carried: Option<Carried>,
    /// The ends of the first piece, with their ports.
    way: Way,
    /// Where it ends, once the last piece was seen.
    end: Option<u64>,
    /// The pieces that arrived, and when.
    arrived: Vec<(u64, u64)>,
}

impl Pieces {
    /// True if all of it has arrived.
    pub(super) fn is_complete(&self) -> bool {
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
pub(super) type PiecesOf = (IpAddr, IpAddr, i32, u32);

/// The messages that had no frame yet.
#[derive(Debug, Default)]
pub(super) struct Datagrams {
    /// By the ports of both ends, oldest first.
    waiting: HashMap<(u16, u16), VecDeque<Message>>,
    pub(super) pieces: HashMap<PiecesOf, Pieces>,
}

impl Datagrams {
    pub(super) fn of(wire: &Wire<'_, '_>) -> Self {
        let mut found = Self::default();
        for (index, transfer) in wire.transfers.iter().enumerate() {
            let kind = transfer.connection.map(|one| wire.connections[one].kind);
            if kind != Some(ConnectionKind::Datagrams) {
                continue;
            }
            let Some(call) = wire.call(transfer.sent) else { continue };
            let messages = call.messages();
            let named = messages.get(transfer.message).and_then(|message| message.address);
            let peer = call.socket.as_ref().and_then(|socket| socket.peer.as_ref());
            let to = named.or(peer).and_then(|address| address.unmapped().ip_port());
            let local = wire.sockets[transfer.from].identity.local.as_ref();
            let (Some((ip, port)), Some(own)) = (to, local.and_then(Endpoint::port)) else {
                continue;
            };
            // A datagram to 0.0.0.0 goes to this machine.
            let to = Some(ip).filter(|ip| !ip.is_unspecified());
            let message = Message { transfer: index, to, from: transfer.from };
            found.waiting.entry((own, port)).or_default().push_back(message);
        }
        found
    }

    /// The message that a frame carries, and the ends of its datagram. The call is the one that was
    /// under way when the frame was sent; a frame that had to wait for the address of the next hop
    /// (arp(7)) comes after it.
    pub(super) fn see(
        &mut self,
        wire: &Wire<'_, '_>,
        at: Position,
        way: Way,
        headers: &Headers,
        tie: &mut Tie,
    ) -> Way {
        let length = headers.payload.total;
        let carried = |transfer: usize, bytes| {
            let sent = wire.transfers[transfer].sent;
            Carried { transfer, sent, bytes }
        };
        let Some(fragment) = headers.fragment else {
            tie.bytes = 0..length;
            let message = self.message(wire, at, way, headers);
            tie.carries = message.map(|one| carried(one, 0..length)).into_iter().collect();
            return way;
        };
        let Fragment { id, offset, more } = fragment;
        let key = (way.0.0, way.1.0, way.2, id);
        // Behind the IP header, and in the datagram.
        let from = u64::from(offset);
        let to = from + length + if offset == 0 { HEADER } else { 0 };
        tie.bytes = from.saturating_sub(HEADER)..to.saturating_sub(HEADER);
        if offset == 0 {
            let message = self.message(wire, at, way, headers);
            let carried = message.map(|one| carried(one, tie.bytes.clone()));
            // Numbers are used again: the first piece begins a new datagram.
            self.pieces.insert(key, Pieces { carried, way, end: None, arrived: Vec::new() });
        }
        let Some(pieces) = self.pieces.get_mut(&key) else { return way };
        if !more {
            pieces.end = Some(to);
        }
        if tie.arrived.is_some() {
            pieces.arrived.push((from, to));
        }
        tie.carries = pieces.carried.clone().into_iter().collect();
        for carried in &mut tie.carries {
            carried.bytes = tie.bytes.clone();
        }
        pieces.way
    }

    fn message(
        &mut self,
        wire: &Wire<'_, '_>,
        at: Position,
        (source, destination, _): Way,
        headers: &Headers,
    ) -> Option<usize> {
        let waiting = self.waiting.get_mut(&(source.1, destination.1))?;
        let payload = headers.payload.moved();
        let now = wire.order[at].at;
        let fits = |message: &Message| {
            let transfer = &wire.transfers[message.transfer];
            let Some(call) = wire.call(transfer.sent) else { return false };
            let total = headers.payload.total;
            let is_long = match headers.fragment {
                Some(_) => transfer.total > total,
                None => transfer.total == total,
            };
            is_long
                && call.began <= now
                && message.to.is_none_or(|to| to == destination.0)
                && call.messages().get(transfer.message).is_some_and(|sent| {
                    let sent = sent.bytes.moved();
                    let shared = sent.len().min(payload.len());
                    sent[..shared] == payload[..shared]
                })
        };
        let during = |message: &Message| wire.is_during(wire.transfers[message.transfer].sent, now);
        let compared = || waiting.iter().take(COMPARED).enumerate();
        let found = compared().find(|(_, one)| during(one) && fits(one));
        let (place, found) = found.or_else(|| compared().find(|(_, one)| fits(one)))?;
        let found = *found;
        waiting.remove(place);
        // What the same socket sent earlier and had no frame will have none.
        let mut index = 0;
        waiting.retain(|one| {
            index += 1;
            index > place || one.from != found.from
        });
        Some(found.transfer)
    }
}
