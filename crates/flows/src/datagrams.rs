//! Matches each received datagram to the send it came from. Datagrams can be lost and reordered, so
//! they are matched by address, length and content, the oldest first.

use std::collections::{HashMap, VecDeque};

use socklab_event::{Bytes, Endpoint, Event, Payload, SocketId};

use crate::connections::Paired;
use crate::reach::{Addresses, Caller, Sockets};
use crate::ties::Travel;
use crate::{Connection, ConnectionKind, End, Part, Position, Socket, Transfer};

/// So many of the datagrams that could still be received are compared, to learn whether several are
/// equal.
const COMPARED: usize = 64;

/// An end of a datagram conversation: a recorded socket, or an address outside the recording.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Node {
    Socket(usize),
    Outside(Endpoint),
}

/// A datagram that was sent.
struct Datagram<'t> {
    bytes: &'t Bytes,
    /// How many of it can be received: the wire may have lost it, or doubled it.
    copies: usize,
    from_port: Option<u16>,
    to: Option<Endpoint>,
    received_by: Vec<usize>,
    /// True if it could have been received where an older one, equal to it, was taken.
    doubtful: bool,
}

impl Datagram<'_> {
    /// True if no other socket can receive it. A multicast or broadcast datagram reaches many.
    fn is_delivered(&self) -> bool {
        self.received_by.len() >= self.copies
            && !self.to.as_ref().is_some_and(is_multicast_or_broadcast)
    }
}

/// Every datagram sent, with the receives that got it; adds the conversations to `paired`.
pub(crate) fn join(
    order: &[&Event],
    (sockets, socket_at): (&[Socket], &[Option<usize>]),
    addresses: &Addresses,
    paired: &mut Paired,
    travel: &Travel,
) -> Vec<Transfer> {
    let mut matcher = Matcher {
        order,
        sockets,
        addresses,
        travel,
        datagrams: Vec::new(),
        transfers: Vec::new(),
        by_source_port: HashMap::new(),
        by_destination_port: HashMap::new(),
    };
    let mut talks: Vec<Talk> = Vec::new();
    for (at, event) in order.iter().enumerate() {
        let Some(socket) = socket_at[at] else { continue };
        let Some(call) = event.call() else { continue };
        if !is_inet_datagram(&sockets[socket]) {
            continue;
        }
        let sends = call.sends();
        // The peer the socket was connected to when this call was made: it may change later.
        let peer = call.socket.as_ref().and_then(|socket| socket.peer.as_ref());
        if let socklab_event::Args::Connect { address } = &call.args {
            talks.push(Talk {
                at,
                socket,
                address: Some(address.unmapped()),
                about: About::Connect,
            });
        }
        for (index, message) in call.messages().into_iter().enumerate() {
            let address = message.address.or(peer);
            let about = match address {
                Some(to) if sends => {
                    About::Sent(matcher.send(at, index, socket, message.bytes, to))
                }
                Some(from) => About::Got(matcher.receive(at, socket, &message, from)),
                // The program does not ask for the sender's address.
                None if !sends => About::Got(matcher.receive_from_unknown(at, socket, &message)),
                None => continue,
            };
            talks.push(Talk { at, socket, address: address.map(Endpoint::unmapped), about });
        }
    }
    let Matcher { datagrams, mut transfers, .. } = matcher;
    let known = Sockets { order, all: sockets, addresses };
    let mut meeting =
        Meeting { known, conversations: HashMap::new(), takers: HashMap::new(), paired };
    for talk in &talks {
        if let (About::Sent(index), Some(to)) = (talk.about, &talk.address)
            && let Some(taker) = datagrams[index].received_by.first()
        {
            meeting.takers.entry((talk.socket, to.clone())).or_insert(*taker);
        }
    }
    // Who has an address may be several: then it is whoever took a datagram who got it. So who talked
    // to whom is decided when that is known.
    for talk in &talks {
        let other = match talk.about {
            About::Sent(index) => datagrams[index].received_by.first().copied(),
            About::Got(index) => index.map(|index| transfers[index].from),
            About::Connect => None,
        };
        let connection = meeting.conversation(talk, other);
        if let About::Sent(index) = talk.about {
            transfers[index].connection = connection;
        }
        let connected = meeting.paired.connection_at[talk.at];
        meeting.paired.connection_at[talk.at] = match talk.about {
            About::Connect => connection,
            _ => connected.or(connection),
        };
    }
    transfers
}

/// A socket said something to an address, or heard something from it.
struct Talk {
    at: Position,
    socket: usize,
    /// `None` if the program did not ask.
    address: Option<Endpoint>,
    about: About,
}

/// What was said.
#[derive(Clone, Copy)]
enum About {
    /// Whom it will talk to.
    Connect,
    /// This datagram, an index into the transfers.
    Sent(usize),
    /// This datagram, if it was recorded how it was sent.
    Got(Option<usize>),
}

fn is_inet_datagram(socket: &Socket) -> bool {
    let identity = &socket.identity;
    let inet =
        [socklab_event::Family::INET, socklab_event::Family::INET6].contains(&identity.family);
    inet && identity.kind == socklab_event::SocketType::DGRAM
}

/// Matches datagrams sent to datagrams received.
struct Matcher<'s, 't> {
    order: &'s [&'t Event],
    sockets: &'s [Socket],
    addresses: &'s Addresses,
    travel: &'s Travel,
    datagrams: Vec<Datagram<'t>>,
    transfers: Vec<Transfer>,
    /// Sent datagrams by source port, oldest first, without the delivered ones.
    by_source_port: HashMap<Option<u16>, Vec<usize>>,
    /// Sent datagrams by destination port, oldest first; delivered ones are pruned from the front.
    by_destination_port: HashMap<u16, VecDeque<usize>>,
}

impl<'t> Matcher<'_, 't> {
    /// Notes a datagram and returns its index.
    fn send(
        &mut self,
        at: Position,
        message: usize,
        from: usize,
        bytes: &'t Bytes,
        to: &Endpoint,
    ) -> usize {
        let from_port = self.sockets[from].identity.local.as_ref().and_then(Endpoint::port);
        let total = bytes.total;
        self.transfers.push(Transfer {
            sent: at,
            message,
            connection: None,
            from,
            start: 0,
            total,
            parts: Vec::new(),
        });
        let copies = self.travel.arrivals(at, message).map_or(1, <[u64]>::len);
        if copies > 0 {
            if let Some(port) = to.port() {
                self.by_destination_port.entry(port).or_default().push_back(self.datagrams.len());
            }
            self.by_source_port.entry(from_port).or_default().push(self.datagrams.len());
        }
        let to = Some(to.unmapped());
        self.datagrams.push(Datagram {
            bytes,
            copies,
            from_port,
            to,
            received_by: Vec::new(),
            doubtful: false,
        });
        self.datagrams.len() - 1
    }

    /// Receives a datagram from an address; returns its index, if it was recorded how it was sent.
    fn receive(
        &mut self,
        at: Position,
        socket: usize,
        got: &Payload<'_>,
        from: &Endpoint,
    ) -> Option<usize> {
        let by_source_port = self.by_source_port.get(&from.port())?;
        let fits = |index: &usize| {
            self.datagrams[*index].from_port == from.port() && self.fits(*index, at, socket, got)
        };
        let mut waiting = by_source_port.iter().copied();
        let index = waiting.find(fits)?;
        let equal: Vec<usize> = waiting.take(COMPARED).filter(fits).collect();
        self.deliver(at, index, socket, got.bytes, &equal);
        Some(index)
    }

    /// Receives a datagram of unknown source; returns its index.
    fn receive_from_unknown(
        &mut self,
        at: Position,
        socket: usize,
        got: &Payload<'_>,
    ) -> Option<usize> {
        let port = self.sockets[socket].identity.local.as_ref()?.port()?;
        let datagrams = &self.datagrams;
        let by_destination_port = self.by_destination_port.get_mut(&port)?;
        while by_destination_port.front().is_some_and(|index| datagrams[*index].is_delivered()) {
            by_destination_port.pop_front();
        }
        let by_destination_port = &self.by_destination_port[&port];
        let mut waiting = by_destination_port.iter().copied();
        let fits = |index: &usize| self.fits(*index, at, socket, got);
        let index = waiting.find(fits)?;
        let equal: Vec<usize> = waiting.take(COMPARED).filter(fits).collect();
        self.deliver(at, index, socket, got.bytes, &equal);
        Some(index)
    }

    /// True if this datagram can be the one the socket received.
    fn fits(&self, index: usize, at: Position, socket: usize, got: &Payload<'_>) -> bool {
        let (datagram, transfer) = (&self.datagrams[index], &self.transfers[index]);
        let netns = self.sockets[transfer.from].identity.netns;
        let reaches = |to: &Endpoint| {
            self.addresses.reach(&self.sockets[socket], netns, to) || is_multicast_or_broadcast(to)
        };
        // Only what has arrived can be received.
        let ended = self.order[at].call().map_or(u64::MAX, |call| call.ended);
        let arrivals = self.travel.arrivals(transfer.sent, transfer.message);
        let had_arrived = |arrived: &[u64]| arrived.iter().any(|arrived| *arrived <= ended);
        let taken = datagram.received_by.iter().filter(|one| **one == socket).count();
        !datagram.is_delivered()
            && taken < datagram.copies
            && arrivals.is_none_or(had_arrived)
            && datagram.to.as_ref().is_some_and(reaches)
            && is_same_datagram(datagram.bytes, got)
    }

    /// Notes that a datagram was received, where those of `equal` could have been as well.
    fn deliver(
        &mut self,
        at: Position,
        index: usize,
        socket: usize,
        bytes: &Bytes,
        equal: &[usize],
    ) {
        for other in equal {
            self.datagrams[*other].doubtful = true;
        }
        let datagram = &mut self.datagrams[index];
        let inferred = datagram.doubtful || !equal.is_empty();
        datagram.received_by.push(socket);
        let got = bytes.total.min(datagram.bytes.total);
        self.transfers[index].parts.push(Part { received: at, bytes: 0..got, inferred });
        if datagram.is_delivered()
            && let Some(by_source_port) = self.by_source_port.get_mut(&datagram.from_port)
        {
            by_source_port.retain(|other| *other != index);
        }
    }
}

/// Finds out who talked to whom.
struct Meeting<'s, 't, 'p> {
    known: Sockets<'s, 't>,
    conversations: HashMap<(usize, Node), usize>,
    /// Who took the first datagram that a socket sent to an address.
    takers: HashMap<(usize, Endpoint), usize>,
    paired: &'p mut Paired,
}

impl Meeting<'_, '_, '_> {
    /// The conversation that something was said in, created if necessary; `other` is the socket at
    /// the other end, if that is known.
    fn conversation(&mut self, talk: &Talk, other: Option<usize>) -> Option<usize> {
        let socket = talk.socket;
        let address = match (&talk.address, other) {
            (Some(address), _) => address.clone(),
            (None, Some(other)) => self.local(other)?,
            (None, None) => return None,
        };
        address.port()?;
        let other = match other.or_else(|| self.reached(talk, &address)) {
            Some(other) => Node::Socket(other),
            None => Node::Outside(address.clone()),
        };
        let key = (socket, other.clone());
        if let Some(&known) = self.conversations.get(&key) {
            return Some(known);
        }
        let index = self.paired.connections.len();
        let (other_socket, mirror) = match &other {
            Node::Socket(other) => (Some(*other), Some((*other, Node::Socket(socket)))),
            Node::Outside(_) => (None, None),
        };
        if let Some(mirror) = mirror {
            self.conversations.insert(mirror, index);
        }
        self.conversations.insert(key, index);
        let local = self.local(socket);
        self.paired.connections.push(Connection {
            kind: ConnectionKind::Datagrams,
            ends: [
                End { socket: Some(socket), address: local },
                End { socket: other_socket, address: Some(address) },
            ],
            listener: None,
            connected: None,
            crossed: None,
            accepted: None,
            inferred: false,
        });
        Some(index)
    }

    fn local(&self, socket: usize) -> Option<Endpoint> {
        self.known.all[socket].identity.local.as_ref().map(Endpoint::unmapped)
    }

    /// The socket that has an address. Of several, the kernel chooses one for each datagram
    /// (`SO_REUSEPORT`, socket(7)): that is known only of what was taken.
    fn reached(&self, talk: &Talk, address: &Endpoint) -> Option<usize> {
        let SocketId { netns, protocol, .. } = self.known.all[talk.socket].identity;
        let caller = Caller { at: talk.at, socket: Some(talk.socket), netns, protocol };
        let taker = || self.takers.get(&(talk.socket, address.clone())).copied();
        let taker = match talk.about {
            About::Connect => taker(),
            _ => None,
        };
        taker.or_else(|| match &self.known.sharing(caller, address)[..] {
            [only] => Some(*only),
            _ if is_multicast_or_broadcast(address) => self.known.reached(caller, address),
            _ => None,
        })
    }
}

fn is_multicast_or_broadcast(address: &Endpoint) -> bool {
    address.ip_port().is_some_and(|(ip, _)| match ip {
        std::net::IpAddr::V4(ip) => ip.is_multicast() || ip.is_broadcast(),
        std::net::IpAddr::V6(ip) => ip.is_multicast(),
    })
}

/// True for the same datagram, possibly truncated to the size of the receiver's buffer.
fn is_same_datagram(sent: &Bytes, got: &Payload<'_>) -> bool {
    let (sent_bytes, got_bytes) = (sent.moved(), got.bytes.moved());
    let shared = sent_bytes.len().min(got_bytes.len());
    let cut = got.may_be_cut && got.bytes.total < sent.total;
    (cut || got.bytes.total == sent.total) && sent_bytes[..shared] == got_bytes[..shared]
}
