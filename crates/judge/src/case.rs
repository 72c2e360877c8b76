//! What the rules look at: the conversations of a timeline, with shortcuts for common questions.

use std::collections::HashMap;

use socklab_event::{Args, Call, Endpoint, Errno, Process, Protocol};
use socklab_flows::{Flows, Position};
use socklab_say::Argument;

use crate::waits::Waits;

/// A timeline with its conversations.
pub(crate) struct Case<'t> {
    pub(crate) flows: &'t Flows<'t>,
    /// The waits of all programs.
    pub(crate) waits: Waits,
    by_thread: HashMap<(u32, u32), Vec<Position>>,
    /// Since when the recorder has been ending a process.
    leaving: HashMap<u32, Position>,
}

/// Where a rule applies.
pub(crate) struct Occurrence {
    /// The events that show it, the decisive one first.
    pub(crate) evidence: Vec<Position>,
    /// The arguments of its sentence.
    pub(crate) arguments: Vec<(&'static str, Argument)>,
    /// The decisive call is evidence by its waiting, whatever ended the wait.
    waits: bool,
}

impl Occurrence {
    pub(crate) fn at(at: Position) -> Self {
        Self { evidence: vec![at], arguments: Vec::new(), waits: false }
    }

    /// Where a call waited when the programs were ended: that it waited is what counts, not how the
    /// wait was ended.
    pub(crate) fn waiting(at: Position) -> Self {
        Self { waits: true, ..Self::at(at) }
    }

    /// True if it rests on what the recorder did when it ended the programs: the programs did not do
    /// that, and it deserves no explanation.
    pub(crate) fn is_recorders_doing(&self, flows: &Flows<'_>) -> bool {
        let decisive = self.evidence.first();
        !self.waits && decisive.is_some_and(|at| flows.is_recorders_doing(*at))
    }

    pub(crate) fn and(mut self, more: impl IntoIterator<Item = Position>) -> Self {
        for at in more {
            if !self.evidence.contains(&at) {
                self.evidence.push(at);
            }
        }
        self
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<Argument>) -> Self {
        self.arguments.push((name, value.into()));
        self
    }
}

impl<'t> Case<'t> {
    pub(crate) fn of(flows: &'t Flows<'t>) -> Self {
        let mut by_thread: HashMap<(u32, u32), Vec<Position>> = HashMap::new();
        for (at, event, _) in flows.calls() {
            by_thread.entry((event.place.process, event.place.thread)).or_default().push(at);
        }
        let leaving = leaving(flows);
        Self { flows, waits: Waits::of(flows), by_thread, leaving }
    }

    /// The calls one thread made from one position to another.
    pub(crate) fn by_thread(
        &self,
        thread: (u32, u32),
        between: std::ops::Range<Position>,
    ) -> impl Iterator<Item = (Position, &'t Call)> + '_ {
        let calls = self.by_thread.get(&thread).map_or(&[][..], Vec::as_slice);
        let from = calls.partition_point(|at| *at < between.start);
        let calls = calls[from..].iter().copied().take_while(move |at| *at < between.end);
        calls.filter_map(|at| Some((at, self.call(at)?)))
    }

    /// Every call with its position, except those of name look-ups: they are made by the C library,
    /// and would only mislead a student.
    pub(crate) fn calls(&self) -> impl Iterator<Item = (Position, &'t Call)> + '_ {
        let of_lookup = |at: Position| {
            let socket = self.flows.socket_at(at);
            self.flows.lookups.iter().any(|lookup| Some(lookup.socket) == socket)
        };
        let calls = self.flows.calls().map(|(at, _, call)| (at, call));
        calls.filter(move |(at, call)| !of_lookup(*at) && !is_runtime_internal(call))
    }

    /// The calls that failed with an error.
    pub(crate) fn failed(&self, errno: Errno) -> impl Iterator<Item = (Position, &'t Call)> + '_ {
        self.calls().filter(move |(_, call)| call.error() == Some(errno))
    }

    /// The call at a position.
    pub(crate) fn call(&self, at: Position) -> Option<&'t Call> {
        self.flows.call(at)
    }

    /// The socket of the call at a position.
    pub(crate) fn socket(&self, at: Position) -> Option<&socklab_flows::Socket> {
        self.flows.socket_at(at).map(|socket| &self.flows.sockets[socket])
    }

    /// The `listen` on the socket of the call at a position, if it was already listening.
    pub(crate) fn listens(&self, at: Position) -> Option<Position> {
        self.socket(at)?.listening.filter(|listen| *listen < at)
    }

    /// The calls made on a socket before a position.
    pub(crate) fn before(
        &self,
        socket: usize,
        at: Position,
    ) -> impl DoubleEndedIterator<Item = (Position, &'t Call)> + '_ {
        let calls = self.flows.sockets[socket].calls.iter().copied().filter(move |one| *one < at);
        calls.filter_map(|one| Some((one, self.call(one)?)))
    }

    /// The display name of the program that made a call: its label, or its own name.
    pub(crate) fn program(&self, at: Position) -> String {
        self.flows.name_at(at)
    }

    /// The display names of two programs, with the descriptors added if the names are the same.
    pub(crate) fn distinct_names(&self, one: Position, other: Position) -> [String; 2] {
        let names = [self.program(one), self.program(other)];
        if names[0] != names[1] {
            return names;
        }
        [one, other].map(|at| {
            let fd = self.call(at).and_then(|call| call.fd).unwrap_or(0);
            format!("{} (socket {fd})", self.program(at))
        })
    }

    /// The display name of a process.
    pub(crate) fn program_of(&self, process: u32) -> String {
        let known = self.flows.process(process);
        known.map_or_else(|| format!("#{process}"), |known| known.name())
    }

    /// True if the recorder was already ending a process: what it does from then on is not its own
    /// doing.
    pub(crate) fn is_leaving(&self, process: u32, at: Position) -> bool {
        self.leaving.get(&process).is_some_and(|since| *since <= at)
    }

    /// True if a socket's peer is on this machine's loopback.
    pub(crate) fn is_local(&self, socket: usize) -> bool {
        self.flows.sockets[socket].identity.peer.as_ref().is_some_and(is_loopback)
    }

    /// The thread that made a call.
    pub(crate) fn thread(&self, at: Position) -> (u32, u32) {
        let place = &self.flows.order[at].place;
        (place.process, place.thread)
    }
}

fn leaving(flows: &Flows<'_>) -> HashMap<u32, Position> {
    let mut leaving = HashMap::new();
    for (at, event) in flows.order.iter().enumerate() {
        if matches!(event.process(), Some(Process::EndedByRecorder { .. })) {
            leaving.entry(event.place.process).or_insert(at);
        }
    }
    leaving
}

/// True for Netlink and the name service cache: calls the student's program never makes itself.
fn is_runtime_internal(call: &Call) -> bool {
    let family = call.socket.as_ref().map(|socket| socket.family);
    family == Some(socklab_event::Family::NETLINK)
        || matches!(&call.args, Args::Connect { address: Endpoint::Unix { path } } if path.contains("/nscd/"))
}

/// True for a call on a TCP socket.
pub(crate) fn is_tcp(call: &Call) -> bool {
    call.socket.as_ref().is_some_and(|socket| socket.protocol == Protocol::TCP)
}

/// True for a call on a UDP socket.
pub(crate) fn is_udp(call: &Call) -> bool {
    call.socket.as_ref().is_some_and(|socket| socket.protocol == Protocol::UDP)
}

/// An address as it is usually written.
pub(crate) fn address_text(address: &Endpoint) -> String {
    address.unmapped().to_string()
}

/// An address without its port.
pub(crate) fn host(address: &Endpoint) -> String {
    address.unmapped().ip_port().map_or_else(|| address_text(address), |(ip, _)| ip.to_string())
}

/// A port as a sentence's argument.
pub(crate) fn port(address: &Endpoint) -> u64 {
    address.port().unwrap_or(0).into()
}

/// True for addresses of this machine's own loopback.
pub(crate) fn is_loopback(address: &Endpoint) -> bool {
    let ip = address.unmapped().ip_port().map(|(ip, _)| ip);
    ip.is_some_and(|ip| ip.is_loopback() || ip.is_unspecified())
}
