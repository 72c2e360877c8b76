//! A program's conversations: with whom, how much was said, and how it ended.

use socklab_event::Protocol;
use socklab_flows::{Connection, End, Position};

use crate::case::Case;
use crate::conduct;

/// A conversation of the program with another actor.
pub(super) struct Talk {
    /// The connection.
    pub(super) connection: usize,
    /// The program's socket; `None` if it has not accepted the connection.
    pub(super) mine: Option<usize>,
    /// The other actor.
    pub(super) peer: String,
    /// True if they exchange datagrams.
    pub(super) datagrams: bool,
    /// The call with which it began: the peer's or the program's `connect`, or the first datagram.
    pub(super) began: Position,
    /// True if the program connected, or sent the first datagram.
    pub(super) mine_began: bool,
    /// Bytes that the program read.
    pub(super) read: u64,
    /// Bytes that the program sent.
    pub(super) sent: u64,
    /// Bytes that the peer sent.
    pub(super) offered: u64,
    /// The first call with which the program read some.
    pub(super) first_read: Option<Position>,
    /// The last call with which the program read some.
    pub(super) last_read: Option<Position>,
    /// The first call with which it sent some.
    pub(super) first_sent: Option<Position>,
    /// The last call with which it sent some.
    pub(super) last_sent: Option<Position>,
    /// The first call with which the peer sent some.
    pub(super) first_offered: Option<Position>,
    /// The last call with which the peer sent some.
    pub(super) last_offered: Option<Position>,
    /// The `close` after which nobody had the program's socket open any more.
    pub(super) closed: Option<Position>,
}

/// All conversations of an actor with other actors.
pub(super) fn talks(case: &Case<'_>, actor: &str) -> Vec<Talk> {
    let flows = case.flows;
    let is_of = |socket: usize| {
        let calls = &flows.sockets[socket].calls;
        calls.iter().any(|at| conduct::is_by(flows, *at, Some(actor)))
    };
    let mut found = Vec::new();
    for (index, connection) in flows.connections.iter().enumerate() {
        let Some(side) = own_side(connection, &is_of) else { continue };
        let [mine, theirs] = [&connection.ends[side], &connection.ends[1 - side]];
        // The server of a client that waits in its backlog has no socket of this connection yet.
        let theirs = theirs.socket.or(connection.listener);
        let Some(peer) = peer_of(case, theirs, actor) else { continue };
        found.extend(talk(case, index, side, mine, peer));
    }
    found
}

/// Which end is the actor's: its socket, or its listening socket, in whose backlog the other waits.
fn own_side(connection: &Connection, is_of: &impl Fn(usize) -> bool) -> Option<usize> {
    let side = (0..2).find(|side| connection.ends[*side].socket.is_some_and(is_of));
    let waits = connection.ends[1].socket.is_none() && connection.listener.is_some_and(is_of);
    side.or(waits.then_some(1))
}

fn peer_of(case: &Case<'_>, socket: Option<usize>, actor: &str) -> Option<String> {
    let used = case.flows.used_at(socket?)?;
    let peer = case.flows.actor_at(used)?;
    (peer != actor).then(|| peer.to_owned())
}

fn talk(case: &Case<'_>, connection: usize, side: usize, mine: &End, peer: String) -> Option<Talk> {
    let known = &case.flows.connections[connection];
    let socket = mine.socket;
    let any = known.ends.iter().find_map(|end| end.socket);
    let datagrams =
        any.is_some_and(|any| case.flows.sockets[any].identity.protocol == Protocol::UDP);
    let mut talk = Talk {
        connection,
        mine: socket,
        peer,
        datagrams,
        began: 0,
        mine_began: side == 0,
        read: 0,
        sent: 0,
        offered: 0,
        first_read: None,
        last_read: None,
        first_sent: None,
        last_sent: None,
        first_offered: None,
        last_offered: None,
        closed: socket.and_then(|socket| case.closed(socket)),
    };
    let calls = |socket: Option<usize>| {
        let calls = socket.map_or(&[][..], |socket| &case.flows.sockets[socket].calls);
        let here = calls.iter().copied().filter(move |at| {
            let here = case.flows.connection_at(*at);
            here.map_or(!datagrams, |other| other == connection)
        });
        here.filter_map(|at| Some((at, case.call(at)?)))
    };
    for (at, call) in calls(socket) {
        if let Some(bytes) = call.received().filter(|_| !call.peeks()) {
            talk.read += bytes;
            if bytes > 0 {
                talk.first_read.get_or_insert(at);
                talk.last_read = Some(at);
            }
        }
        if let Some(bytes) = call.sent() {
            talk.sent += bytes;
            talk.first_sent.get_or_insert(at);
            talk.last_sent = Some(at);
        }
    }
    for (at, call) in calls(known.ends[1 - side].socket) {
        if let Some(bytes) = call.sent() {
            talk.offered += bytes;
            talk.first_offered.get_or_insert(at);
            talk.last_offered = Some(at);
        }
    }
    let any = known.ends.iter().filter_map(|end| end.socket);
    let first = any.filter_map(|socket| calls(Some(socket)).next()).map(|(at, _)| at).min();
    talk.began = known.connected.or(first)?;
    Some(talk)
}
