//! A recording as the author of one of its programs sees it.

use socklab_event::{Args, Call, Endpoint, Event, Family, Outcome, SocketType, Timeline};
use socklab_flows::{Connection, Flows, Position};

/// The port of name servers, whose look-ups are a library's.
use socklab_flows::NAME_SERVER_PORT;

/// What one program did.
pub(super) struct View<'t> {
    pub(super) flows: Flows<'t>,
    actor: String,
    over: u64,
}

/// A call with its position.
pub(super) type Made<'t> = (Position, &'t Call);

impl<'t> View<'t> {
    pub(super) fn of(timeline: &'t Timeline, actor: &str, over: u64) -> Self {
        Self { flows: Flows::of(timeline), actor: actor.to_owned(), over }
    }

    /// The calls of the program, but those that the kernel made for it when it ended.
    pub(super) fn calls(&self) -> impl Iterator<Item = Made<'t>> + '_ {
        let is_own = |at: Position| self.flows.actor_at(at) == Some(self.actor.as_str());
        let calls = self.flows.calls();
        calls.filter_map(move |(at, _, call)| (is_own(at) && !call.implicit).then_some((at, call)))
    }

    /// Its calls on its own sockets of the Internet: not those of a library that asks for names.
    pub(super) fn on_sockets(&self, kind: SocketType) -> impl Iterator<Item = Made<'t>> + '_ {
        self.calls().filter(move |(at, _)| self.socket(*at).is_some_and(|it| self.is(it, kind)))
    }

    fn socket(&self, at: Position) -> Option<usize> {
        self.flows.socket_at(at)
    }

    fn is(&self, socket: usize, kind: SocketType) -> bool {
        let known = &self.flows.sockets[socket];
        let identity = &known.identity;
        let asks_names = || {
            let about = known.calls.iter().filter_map(|at| self.flows.call(*at));
            let mut peers = about.filter_map(Call::peer_address);
            peers.any(|peer| peer.port() == Some(NAME_SERVER_PORT))
        };
        let inet = [Family::INET, Family::INET6].contains(&identity.family);
        inet && identity.kind == kind && !asks_names()
    }

    /// Its streams: accepted connections of a server, or connections that it made, in order.
    pub(super) fn streams(&self) -> Vec<usize> {
        let mut found = Vec::new();
        for (at, call) in self.on_sockets(SocketType::STREAM) {
            let begins = matches!(call.args, Args::Accept { .. } | Args::Connect { .. });
            let socket = self.socket(at).filter(|_| begins && call.value().is_some());
            found.extend(socket.filter(|socket| !found.contains(socket)));
        }
        found
    }

    /// The calls of the program on a socket.
    pub(super) fn on(&self, socket: usize) -> impl Iterator<Item = Made<'t>> + '_ {
        self.calls().filter(move |(at, _)| self.socket(*at) == Some(socket))
    }

    pub(super) fn connection(&self, socket: usize) -> Option<&Connection> {
        self.flows.connections.get(self.flows.sockets[socket].connection?)
    }

    /// The socket at the other end of a stream, if it was recorded.
    pub(super) fn other(&self, socket: usize) -> Option<usize> {
        let connection = self.flows.sockets[socket].connection?;
        self.flows.other_end(connection, Some(socket)).socket
    }

    /// The address of the other end of a stream.
    pub(super) fn far(&self, socket: usize) -> Option<Endpoint> {
        self.flows.sockets[socket].identity.peer.as_ref().map(Endpoint::unmapped)
    }

    /// Who uses a socket.
    pub(super) fn user(&self, socket: usize) -> Option<String> {
        let at = self.flows.used_at(socket)?;
        self.flows.actor_at(at).map(str::to_owned)
    }

    /// All calls on a socket, whoever made them.
    pub(super) fn all_on(&self, socket: usize) -> impl Iterator<Item = Made<'t>> + '_ {
        let calls = self.flows.sockets[socket].calls.iter();
        calls.filter_map(|at| Some((*at, self.flows.call(*at)?)))
    }

    /// Which of the program's calls of this name it is, from 1.
    pub(super) fn nth(&self, at: Position) -> u64 {
        let name = self.flows.call(at).map(Call::library_name);
        let before =
            self.calls().filter(|(one, call)| *one <= at && Some(call.library_name()) == name);
        before.count() as u64
    }

    /// The calls in which the program was at a moment, in nanoseconds of the events' clock.
    pub(super) fn inside(&self, moment: u64) -> Vec<Made<'t>> {
        let is_in = |call: &Call| call.began < moment && (moment < call.ended || self.waits(call));
        self.calls().filter(|(_, call)| is_in(call)).collect()
    }

    /// True if a call had not returned when the case was over.
    pub(super) fn waits(&self, call: &Call) -> bool {
        call.outcome == Outcome::Unfinished || call.ended > self.over
    }

    pub(super) fn event(&self, at: Position) -> &'t Event {
        self.flows.order[at]
    }

    /// The numbers of events.
    pub(super) fn seqs(&self, at: &[Position]) -> Vec<u64> {
        at.iter().map(|at| self.event(*at).seq).collect()
    }
}
