//! Pairs the two ends of each connection.

use std::collections::{HashMap, HashSet};

use socklab_event::{Args, Call, Endpoint, Errno, Event, OptionValue, Outcome, Protocol};

use crate::reach::{Addresses, Caller, Sockets};
use crate::{Flows, Position, Socket};

/// Two ends of a conversation, either of which may be outside the recording.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Connection {
    /// Stream or datagrams.
    pub kind: ConnectionKind,
    /// The end that started it (connected, or sent first), then the other.
    pub ends: [End; 2],
    /// The listening socket, if it was recorded.
    pub listener: Option<usize>,
    /// The `connect` call, or the send that asked for it (`MSG_FASTOPEN`).
    pub connected: Option<Position>,
    /// The `connect` of the other end, if that asked at the same time (simultaneous open,
    /// RFC 9293 §3.5): then nobody listened and nobody accepted.
    pub crossed: Option<Position>,
    /// The `accept` call.
    pub accepted: Option<Position>,
    /// True if another recorded socket with the same addresses could be one of its ends: then the
    /// two that appeared first are paired.
    pub inferred: bool,
}

impl Connection {
    /// True if one socket is both ends.
    pub fn is_to_itself(&self) -> bool {
        let [one, other] = self.ends.each_ref().map(|end| end.socket);
        one.is_some() && one == other
    }
}

/// What a connection carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConnectionKind {
    /// A stream of bytes.
    Stream,
    /// Separate datagrams.
    Datagrams,
}

/// One end of a connection.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct End {
    /// Its socket, if it was recorded.
    pub socket: Option<usize>,
    /// Its address; a v4-mapped one is unmapped.
    pub address: Option<Endpoint>,
}

impl Flows<'_> {
    /// True if a non-blocking connect got no answer: there may be nobody at the address.
    pub fn is_unanswered(&self, connection: usize) -> bool {
        let connection = &self.connections[connection];
        let pending = connection.connected.and_then(|at| self.call(at));
        let pending = pending.is_some_and(|call| call.error() == Some(Errno::EINPROGRESS));
        let socket = connection.ends[0].socket.map(|socket| &self.sockets[socket]);
        let mut calls = socket.into_iter().flat_map(|socket| &socket.calls);
        let answered = |call: &Call| match &call.args {
            Args::Connect { .. } => call.value().is_some(),
            Args::PeerName { .. } => call.value().is_some(),
            Args::GetOption { value: Some(OptionValue::Error(errno)), .. } => errno.0 == 0,
            _ => call.sent().is_some(),
        };
        pending && !calls.any(|at| self.call(*at).is_some_and(answered))
    }
}

pub(crate) struct Paired {
    pub(crate) connections: Vec<Connection>,
    pub(crate) connection_at: Vec<Option<usize>>,
}

/// Pairs connected sockets; the conversations of datagram sockets are added later.
pub(crate) fn pair(
    order: &[&Event],
    sockets: &mut [Socket],
    socket_at: &[Option<usize>],
    addresses: &Addresses,
) -> Paired {
    let (partner, guessed) = partners(sockets);
    let mut connections: Vec<Connection> = Vec::new();
    for index in 0..sockets.len() {
        if sockets[index].connection.is_some() || !is_connected(&sockets[index]) {
            continue;
        }
        let other = partner.get(&index).copied();
        let known = Sockets { order, all: sockets, addresses };
        let inferred = guessed.contains(&index);
        let connection = Connection { inferred, ..joined(&known, index, other) };
        for end in [Some(index), other].into_iter().flatten() {
            sockets[end].connection = Some(connections.len());
        }
        connections.push(connection);
    }
    let connection_at = socket_at.iter().map(|socket| sockets[(*socket)?].connection).collect();
    Paired { connections, connection_at }
}

/// True if it is connected as a stream is: a datagram socket only remembers a destination.
fn is_connected(socket: &Socket) -> bool {
    let identity = &socket.identity;
    let unix = identity.peer_inode.is_some();
    unix || (socket.is_stream() && identity.ends().is_some() && socket.listening.is_none())
}

/// For each end, the other end. Ports are reused in long recordings, so ends with equal addresses
/// are paired in order of appearance. Also returns the ends for which there was a choice.
fn partners(sockets: &[Socket]) -> (HashMap<usize, usize>, HashSet<usize>) {
    type Key = (Protocol, Endpoint, Endpoint);
    let mut waiting: HashMap<Key, Vec<usize>> = HashMap::new();
    let mut by_inode: HashMap<u64, usize> = HashMap::new();
    let mut partner = HashMap::new();
    let mut guessed = HashSet::new();
    for (index, socket) in sockets.iter().enumerate().filter(|(_, socket)| is_connected(socket)) {
        let identity = &socket.identity;
        if identity.is_own_peer() {
            partner.insert(index, index);
        } else if let Some(&other) = identity.peer_inode.and_then(|inode| by_inode.get(&inode)) {
            partner.insert(index, other);
            partner.insert(other, index);
        } else if let Some((local, peer)) = identity.ends() {
            let mirror = (identity.protocol, peer.clone(), local.clone());
            let waits = waiting.entry(mirror).or_default();
            let mut fitting = waits
                .iter()
                .enumerate()
                .filter(|(_, other)| sockets[**other].identity.is_other_end_of(identity));
            let found = fitting.next().map(|(place, _)| place);
            let choice = fitting.next().is_some();
            match found {
                Some(place) => {
                    let other = waits.remove(place);
                    guessed.extend([index, other].into_iter().filter(|_| choice));
                    partner.insert(index, other);
                    partner.insert(other, index);
                }
                None => waiting.entry((identity.protocol, local, peer)).or_default().push(index),
            }
        }
        if let Some(inode) = identity.inode {
            by_inode.insert(inode, index);
        }
    }
    (partner, guessed)
}

fn joined(known: &Sockets<'_, '_>, one: usize, other: Option<usize>) -> Connection {
    let Sockets { order, all: sockets, .. } = *known;
    let accepted = |socket: &usize| sockets[*socket].created.filter(|at| is_accept(order, *at));
    let connects = |socket: usize| {
        // A second connect only asks about the progress of the first (EALREADY, EISCONN).
        let connects = |at: &&Position| {
            let call = order[**at].call();
            call.is_some_and(|call| {
                let begins = call.value().is_some()
                    || matches!(call.error(), Some(Errno::EINPROGRESS | Errno::EINTR))
                    || call.outcome == Outcome::Unfinished;
                call.asks().is_some() && begins
            })
        };
        sockets[socket].calls.iter().find(connects).copied()
    };
    let began = |socket: usize| Some(order[connects(socket)?].call()?.began);
    // Of two that asked for each other, the first.
    let later = other.filter(|other| *other != one).and_then(|other| began(one).zip(began(other)));
    let turned = accepted(&one).is_some() || later.is_some_and(|(one, other)| other < one);
    let (first, second) = if turned { (other, Some(one)) } else { (Some(one), other) };
    let identity = &sockets[one].identity;
    let (local, peer) = identity.ends().map_or((None, None), |(a, b)| (Some(a), Some(b)));
    let (near, far) = if turned { (peer, local) } else { (local, peer) };
    let connected = first.and_then(connects);
    let crossed = second.filter(|second| first != Some(*second)).and_then(connects);
    let accepted = second.as_ref().and_then(accepted);
    let listener = match second {
        Some(second) => sockets[second].listener,
        // Connected, but not accepted (yet): it waits in the backlog of the socket listening there.
        None => far.as_ref().and_then(|far| {
            let at = connected.unwrap_or(order.len());
            let (netns, protocol) = (identity.netns, identity.protocol);
            known.reached(Caller { at, socket: first, netns, protocol }, far)
        }),
    };
    Connection {
        kind: ConnectionKind::Stream,
        ends: [End { socket: first, address: near }, End { socket: second, address: far }],
        listener,
        connected,
        crossed,
        accepted,
        inferred: false,
    }
}

fn is_accept(order: &[&Event], at: Position) -> bool {
    order[at].call().is_some_and(|call| matches!(call.args, Args::Accept { .. }))
}
