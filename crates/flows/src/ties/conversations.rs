//! Which conversation, connection and end a frame belongs to.

use std::collections::HashMap;
use std::net::IpAddr;

use socklab_event::{About, Call, Endpoint, Errno, Event, Headers, IpProtocol, Outcome, Protocol};

use super::{CLOCKS, Wire};
use crate::reach::Caller;
use crate::{ConnectionKind, Position};

/// Two addresses that exchanged frames: a TCP connection from its first SYN to its last segment,
/// whether or not it came about, or all datagrams between two ports.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Conversation {
    /// The end that started it (it sent the first SYN, or the first datagram), then the other. If the
    /// conversation has a connection, the sides are the same.
    pub ends: [Endpoint; 2],
    /// TCP, UDP or another.
    pub protocol: Protocol,
    /// The connection, if one came about and calls of it were recorded.
    pub connection: Option<usize>,
    /// The recorded socket at each end.
    pub sockets: [Option<usize>; 2],
    /// The `connect` that started it, also one that failed, or the send that asked for it.
    pub connect: Option<Position>,
    /// The `connect` of the second end, if both asked at the same time.
    pub crossed: Option<Position>,
    /// The recorded socket that was listening at the second end.
    pub listener: Option<usize>,
    /// True if other calls could have started it as well.
    pub inferred: bool,
    /// Its frames, in order.
    pub frames: Vec<Position>,
}

impl Conversation {
    /// The call with which an end asked for the connection.
    pub fn asked(&self, side: usize) -> Option<Position> {
        let to_itself = self.ends[0] == self.ends[1];
        if side == 0 || to_itself { self.connect } else { self.crossed }
    }
}

/// So many `connect` calls to one address are expected to be under way at the same time.
const AT_ONCE: usize = 64;

/// So many frames are compared with what an ICMP message quotes.
const QUOTED: usize = 64;

/// An address and a port, as on the wire.
pub(super) type Port = (IpAddr, u16);

/// Who sent a frame, and to whom.
pub(super) type Way = (Port, Port, i32);

/// What two ends of a frame are called; `None` if they are not of IP.
pub(super) fn way(headers: &Headers) -> Option<Way> {
    let end = |endpoint: &Endpoint| endpoint.unmapped().ip_port();
    Some((end(&headers.source)?, end(&headers.destination)?, headers.protocol.number()))
}

/// A connection or a failed `connect` that a SYN between two addresses can belong to.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    connect: Option<Position>,
    connection: Option<usize>,
    /// Side 0 of the conversation is this end of the connection.
    first: usize,
    /// Its calls were made within this time.
    since: u64,
    until: u64,
    taken: bool,
}

/// Every conversation, and the one that is going on between two addresses.
#[derive(Default)]
pub(super) struct Conversations {
    pub(super) all: Vec<Conversation>,
    /// The current one by source and destination, and the side of the source.
    current: HashMap<Way, (usize, usize)>,
    /// Connections by the addresses of both ends, from the one that started it.
    streams: HashMap<(Port, Port), Vec<Candidate>>,
    /// `connect` calls that led to no connection, by destination.
    failed: HashMap<Port, Vec<Candidate>>,
    /// Datagram conversations by ports.
    datagrams: HashMap<(u16, u16), Vec<(usize, usize)>>,
}

impl Conversations {
    pub(super) fn of(wire: &Wire<'_, '_>) -> Self {
        let mut found = Self::default();
        for (index, connection) in wire.connections.iter().enumerate() {
            let ends = connection
                .ends
                .each_ref()
                .map(|end| end.address.as_ref().and_then(|address| address.unmapped().ip_port()));
            let [Some(a), Some(b)] = ends else { continue };
            if connection.kind == ConnectionKind::Datagrams {
                found.datagrams.entry((a.1, b.1)).or_default().push((index, 0));
                found.datagrams.entry((b.1, a.1)).or_default().push((index, 1));
                continue;
            }
            let calls = |socket: usize| {
                let calls = &wire.sockets[socket].calls;
                calls.iter().filter_map(|at| wire.call(*at))
            };
            let sockets = || connection.ends.iter().filter_map(|end| end.socket);
            let connect = connection.connected.and_then(|at| wire.call(at));
            let first = sockets().flat_map(calls).map(|call| call.began).min();
            let last = sockets().flat_map(calls).map(|call| call.ended).max();
            let accepted = connection.accepted.is_some();
            let since = connect.map(|call| call.began).or(first.filter(|_| !accepted));
            let candidate = Candidate {
                connect: connection.connected,
                connection: Some(index),
                first: 0,
                since: since.unwrap_or(0),
                until: last.unwrap_or(u64::MAX),
                taken: false,
            };
            found.streams.entry((a, b)).or_default().push(candidate);
            found.streams.entry((b, a)).or_default().push(Candidate {
                first: 1,
                connect: connection.crossed,
                ..candidate
            });
        }
        let tied = wire.connections.iter().flat_map(|one| [one.connected, one.crossed]);
        let tied: crate::NumberSet<Position> = tied.flatten().collect();
        for (at, event) in wire.order.iter().enumerate().filter(|(at, _)| !tied.contains(at)) {
            if let Some((to, candidate)) = lone(at, event) {
                found.failed.entry(to).or_default().push(candidate);
            }
        }
        for candidates in found.streams.values_mut() {
            candidates.sort_by_key(|candidate| (candidate.until, candidate.since));
        }
        found.failed.values_mut().for_each(|all| all.sort_by_key(|candidate| candidate.since));
        found
    }

    /// The conversation that a frame belongs to, and which end sent it. A SYN that `opens` begins a
    /// new one.
    pub(super) fn find(
        &mut self,
        wire: &Wire<'_, '_>,
        at: Position,
        way: Way,
        opens: bool,
    ) -> (usize, usize) {
        let found = match self.current.get(&way) {
            Some(known) if !opens => *known,
            _ => {
                let known = match way.2 {
                    number if number == Protocol::TCP.number() => None,
                    _ => self.datagrams(wire, (way.0, way.1)),
                };
                self.begin(wire, at, way, opens, known)
            }
        };
        self.all[found.0].frames.push(at);
        found
    }

    /// The same for a datagram, of which the connection and the sending end may be known.
    pub(super) fn of_datagram(
        &mut self,
        wire: &Wire<'_, '_>,
        at: Position,
        way: Way,
        known: Option<(usize, usize)>,
    ) -> (usize, usize) {
        let current = self.current.get(&way);
        let is_other = |number: usize| {
            known.is_some_and(|(connection, _)| self.all[number].connection != Some(connection))
        };
        if current.is_some_and(|(number, _)| is_other(*number)) {
            let found = self.begin(wire, at, way, false, known);
            self.all[found.0].frames.push(at);
            return found;
        }
        self.find(wire, at, way, false)
    }

    /// The frame that an ICMP message is about: the last one between these ends with the bytes that
    /// it quotes.
    pub(super) fn quoted(&self, wire: &Wire<'_, '_>, quoted: &About) -> Option<Position> {
        let end = |endpoint: &Endpoint| endpoint.unmapped().ip_port();
        let (source, destination) = (end(&quoted.source)?, end(&quoted.destination)?);
        let ways = (source, destination, quoted.protocol.number());
        let (number, _) = self.current(ways)?;
        let frames = self.all[number].frames.iter().rev().take(QUOTED).copied();
        let own = frames.filter(|at| {
            let headers = wire.order[*at].frame().and_then(|frame| frame.headers.as_ref());
            headers.is_some_and(|headers| way(headers) == Some(ways))
        });
        let fits = |at: &Position| {
            let headers = wire.order[*at].frame().and_then(|frame| frame.headers.as_ref());
            headers.is_some_and(|headers| {
                let (sent, told) = (headers.payload.moved(), quoted.payload.moved());
                let shared = sent.len().min(told.len());
                sent[..shared] == told[..shared]
            })
        };
        own.clone().find(fits).or_else(|| own.clone().next())
    }

    /// The conversation that frames between two addresses belong to at the moment.
    pub(super) fn current(&self, way: Way) -> Option<(usize, usize)> {
        self.current.get(&way).copied()
    }

    /// True if a SYN belongs to a later `connect` between the same ends than the current one, which
    /// had succeeded.
    pub(super) fn is_followed(&self, wire: &Wire<'_, '_>, way: Way, now: u64) -> bool {
        let Some((current, 0)) = self.current(way) else { return false };
        let connect = self.all[current].connect.and_then(|at| wire.call(at));
        let succeeded = connect.is_some_and(|call| call.value().is_some() && call.ended < now);
        let candidates = self.streams.get(&(way.0, way.1)).map_or(&[][..], Vec::as_slice);
        let from = candidates.partition_point(|candidate| candidate.until < now);
        let next = |one: &Candidate| !one.taken && one.connect.is_some() && one.since <= now;
        succeeded && candidates[from..].iter().any(next)
    }

    fn begin(
        &mut self,
        wire: &Wire<'_, '_>,
        at: Position,
        way: Way,
        opens: bool,
        known: Option<(usize, usize)>,
    ) -> (usize, usize) {
        let (source, destination, protocol) = way;
        let protocol = Protocol::Ip(IpProtocol(protocol));
        let now = wire.order[at].at;
        let mut side = 0;
        let mut new = Conversation {
            ends: [source, destination].map(|(ip, port)| Endpoint::ip(ip, port)),
            protocol,
            connection: None,
            sockets: [None, None],
            connect: None,
            crossed: None,
            listener: None,
            inferred: false,
            frames: Vec::new(),
        };
        if let Some((connection, from)) = known {
            side = from;
            new.connection = Some(connection);
        } else if protocol == Protocol::TCP {
            if let Some(found) = self.stream((source, destination), now, opens) {
                side = found.first;
                new.connection = found.connection;
            } else if opens
                && let Some((found, doubtful)) = self.refused(wire, source, destination, now)
            {
                new.connect = found.connect;
                new.inferred = doubtful;
                new.sockets[0] = found.connect.and_then(|at| wire.socket_at[at]);
            }
        }
        if side == 1 {
            new.ends.reverse();
        }
        if let Some(connection) = new.connection {
            let connection = &wire.connections[connection];
            new.sockets = connection.ends.each_ref().map(|end| end.socket);
            new.listener = connection.listener;
            new.inferred |= connection.inferred;
            new.connect = connection.connected;
            new.crossed = connection.crossed;
        }
        if protocol == Protocol::TCP && new.listener.is_none() && new.sockets[1].is_none() {
            let netns = new.sockets[0].and_then(|one| wire.sockets[one].identity.netns);
            let caller = Caller { at, socket: new.sockets[0], netns, protocol };
            new.listener = wire.known().reached(caller, &new.ends[1]);
        }
        let index = self.all.len();
        self.all.push(new);
        self.current.insert((destination, source, way.2), (index, 1 - side));
        self.current.insert(way, (index, side));
        (index, side)
    }

    /// The connection that a segment belongs to that is the first one, or a SYN.
    fn stream(&mut self, ends: (Port, Port), now: u64, opens: bool) -> Option<Candidate> {
        let candidates = self.streams.get_mut(&ends)?;
        // Ports are reused, so a pair of addresses may have had several connections: here by when
        // they ended. The first that had not ended yet is the one.
        let from = candidates.partition_point(|candidate| candidate.until < now);
        let fits =
            |one: &&mut Candidate| !(one.taken || opens && one.first == 1 && one.connect.is_none());
        let begun = |one: &&mut Candidate| one.since <= now.saturating_add(CLOCKS);
        let found = candidates[from..].iter_mut().filter(begun).find(fits);
        let found = match found {
            Some(found) => found,
            // The last segments may come after the last call.
            None if !opens => candidates[..from].iter_mut().filter(begun).rfind(fits)?,
            None => return None,
        };
        found.taken = true;
        let (found, mirror) = (*found, (ends.1, ends.0));
        let others = self.streams.get_mut(&mirror).into_iter().flatten();
        for other in others.filter(|other| other.connection == found.connection) {
            other.taken = true;
        }
        Some(found)
    }

    /// The `connect` without a connection that sent this SYN: the kernel has forgotten its port.
    /// Also says whether it could have been another one.
    fn refused(
        &mut self,
        wire: &Wire<'_, '_>,
        source: Port,
        destination: Port,
        now: u64,
    ) -> Option<(Candidate, bool)> {
        // A connect to 0.0.0.0 goes to this machine.
        let any = match destination.0 {
            IpAddr::V4(ip) if ip.is_loopback() => Some(IpAddr::from([0u8; 4])),
            IpAddr::V6(ip) if ip.is_loopback() => Some(IpAddr::from([0u8; 16])),
            _ => None,
        };
        let keys = [Some(destination), any.map(|ip| (ip, destination.1))];
        let port_of = |candidate: &Candidate| {
            let socket = wire.call(candidate.connect?)?.socket.as_deref()?;
            socket.local.as_ref()?.port().filter(|port| *port != 0)
        };
        let mut fitting = Vec::new();
        for key in keys.into_iter().flatten() {
            let Some(all) = self.failed.get(&key) else { continue };
            let begun = all.partition_point(|one| one.since <= now.saturating_add(CLOCKS));
            for index in (0..begun).rev().take(AT_ONCE) {
                let one = all[index];
                let port = port_of(&one);
                let is_its_port = port.is_none_or(|port| port == source.1);
                if !one.taken && one.until >= now && is_its_port {
                    fitting.push((port.is_none(), one.since, key, index));
                }
            }
        }
        fitting.sort_unstable_by_key(|(unknown, since, ..)| (*unknown, *since));
        let (unknown, _, key, index) = *fitting.first()?;
        let found = self.failed.get_mut(&key)?.get_mut(index)?;
        found.taken = true;
        Some((*found, unknown && fitting.len() > 1))
    }

    fn datagrams(&self, wire: &Wire<'_, '_>, ends: (Port, Port)) -> Option<(usize, usize)> {
        let candidates = self.datagrams.get(&(ends.0.1, ends.1.1))?;
        // The address of a socket that is bound to any is not that on the wire.
        let is = |connection: usize, side: usize, port: Port| {
            let address = wire.connections[connection].ends[side].address.as_ref();
            address
                .and_then(|address| address.unmapped().ip_port())
                .is_some_and(|(ip, _)| ip == port.0 || ip.is_unspecified() || port.0.is_multicast())
        };
        let fits = |one: &&(usize, usize)| is(one.0, one.1, ends.0) && is(one.0, 1 - one.1, ends.1);
        candidates.iter().find(fits).copied()
    }
}

/// A call on a stream that asked for a connection and is not known to have led to one.
fn lone(at: Position, event: &Event) -> Option<(Port, Candidate)> {
    let call = event.call()?;
    let address = call.asks()?;
    let is_tcp = call.socket.as_ref().is_none_or(|socket| socket.protocol == Protocol::TCP);
    if !is_tcp || asks_again(call) {
        return None;
    }
    let candidate = Candidate {
        connect: Some(at),
        connection: None,
        first: 0,
        since: call.began,
        until: match call.outcome {
            Outcome::Unfinished => u64::MAX,
            _ => call.ended,
        },
        taken: false,
    };
    Some((address.unmapped().ip_port()?, candidate))
}

/// True for a `connect` that only asks about an earlier one.
fn asks_again(call: &Call) -> bool {
    matches!(call.error(), Some(Errno::EALREADY | Errno::EISCONN))
}
