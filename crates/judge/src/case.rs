//! What the rules look at: the conversations of a timeline, with shortcuts for common questions.
//!
//! Longer than 400 lines, because it is one index with many short questions, and every rule looks
//! here for one before it asks it anew.

use socklab_event::{
    Args, Call, Endpoint, Errno, Event, Notice, OptionValue, Process, Protocol, What,
};
use socklab_flows::{Flows, NumberMap, NumberSet, Position};
use socklab_say::Argument;

use crate::waits::Waits;

/// A timeline with its conversations.
pub(crate) struct Case<'t> {
    pub(crate) flows: &'t Flows<'t>,
    /// The waits of all programs.
    pub(crate) waits: Waits,
    by_thread: NumberMap<(u32, u32), Vec<Position>>,
    /// The calls that [`Case::calls`] returns: every rule asks for them.
    calls: Vec<(Position, &'t Call)>,
    /// Those of them that failed.
    failed: NumberMap<Errno, Vec<(Position, &'t Call)>>,
    /// The sockets of name look-ups, over DNS or from the name service cache.
    lookups: NumberSet<usize>,
    /// Since when the recorder has been ending a process.
    leaving: NumberMap<u32, Position>,
    /// The connects on TCP sockets, by process and port.
    connects: NumberMap<(u32, u16), Vec<Position>>,
    /// The last call that a process made itself.
    last_own: NumberMap<u32, Position>,
    /// The first events of each socket that rules ask about again and again.
    firsts: Vec<Firsts>,
    /// The calls that set an option, by socket.
    options: NumberMap<usize, Vec<Position>>,
    /// The sockets that listened at some time.
    pub(crate) listeners: Vec<usize>,
    /// Processes that ran on when the recording ended.
    released: NumberSet<u32>,
    /// Processes that may have used sockets without being seen.
    half_seen: NumberSet<u32>,
    /// True if events are missing.
    lossy: bool,
    /// True if the programs ran in a network of their own, which the recorder made.
    pub(crate) own_network: bool,
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
        let waited = |at: Position| self.waits && flows.is_pending_at_end(at);
        self.evidence.iter().any(|at| flows.is_recorders_doing(*at) && !waited(*at))
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
        let mut case = Self {
            flows,
            waits: Waits::of(flows),
            by_thread: NumberMap::default(),
            calls: Vec::new(),
            failed: NumberMap::default(),
            lookups: flows.lookups.iter().map(|lookup| lookup.socket).collect(),
            leaving: NumberMap::default(),
            connects: NumberMap::default(),
            last_own: NumberMap::default(),
            firsts: vec![Firsts::default(); flows.sockets.len()],
            options: NumberMap::default(),
            listeners: Vec::new(),
            released: NumberSet::default(),
            half_seen: NumberSet::default(),
            lossy: false,
            own_network: false,
        };
        for (at, event) in flows.order.iter().enumerate() {
            case.see(at, event);
        }
        let sockets = flows.sockets.iter().enumerate();
        let listeners = sockets.filter(|(_, socket)| socket.listening.is_some());
        case.listeners = listeners.map(|(index, _)| index).collect();
        for (at, _, call) in flows.calls() {
            let of_lookup = flows.socket_at(at).is_some_and(|one| case.lookups.contains(&one));
            if of_lookup || is_runtime_internal(call) {
                continue;
            }
            case.calls.push((at, call));
            if let Some(errno) = call.error() {
                case.failed.entry(errno).or_default().push((at, call));
            }
        }
        case
    }

    fn see(&mut self, at: Position, event: &Event) {
        let process = event.place.process;
        match &event.what {
            What::Call(call) => {
                self.by_thread.entry((process, event.place.thread)).or_default().push(at);
                if let Some(socket) = self.flows.socket_at(at) {
                    self.firsts[socket].see(at, call);
                    if matches!(call.args, Args::SetOption { .. }) && call.value().is_some() {
                        self.options.entry(socket).or_default().push(at);
                    }
                }
                if asks_cache(call) {
                    self.lookups.extend(self.flows.socket_at(at));
                }
                if !call.implicit {
                    self.last_own.insert(process, at);
                }
                if let Args::Connect { address } = &call.args
                    && let Some(port) = address.port().filter(|_| is_tcp(call))
                {
                    self.connects.entry((process, port)).or_default().push(at);
                }
            }
            What::Process(own) => match &**own {
                Process::EndedByRecorder { .. } => {
                    self.leaving.entry(process).or_insert(at);
                }
                Process::Released => {
                    self.released.insert(process);
                }
                _ => {}
            },
            What::Notice(notice) => match &**notice {
                Notice::EventsLost { .. }
                | Notice::Truncated { .. }
                | Notice::RepeatsCounted { .. } => self.lossy = true,
                Notice::OwnNetwork => self.own_network = true,
                Notice::IoUring { .. }
                | Notice::ForeignAbi { .. }
                | Notice::NotFollowed { .. }
                | Notice::NotDecoded { .. } => {
                    self.half_seen.insert(process);
                }
                _ => {}
            },
            _ => {}
        }
    }

    /// True if all that was done with a socket was recorded: from its creation on, by processes that
    /// were seen whole.
    pub(crate) fn is_whole(&self, socket: usize) -> bool {
        let known = &self.flows.sockets[socket];
        let of_pair = known.identity.family == socklab_event::Family::UNIX;
        !self.lossy
            && (known.created.is_some() || of_pair)
            && (self.half_seen.is_empty()
                || known
                    .calls
                    .iter()
                    .all(|at| !self.half_seen.contains(&self.flows.order[*at].place.process)))
    }

    /// The connects to a port that the process of an event tried after it.
    pub(crate) fn connects_after(
        &self,
        at: Position,
        port: u16,
    ) -> impl Iterator<Item = Position> + '_ {
        let process = self.flows.order[at].place.process;
        let all = self.connects.get(&(process, port)).map_or(&[][..], Vec::as_slice);
        all[all.partition_point(|one| *one <= at)..].iter().copied()
    }

    /// True for the socket of a name look-up.
    pub(crate) fn looks_up(&self, socket: usize) -> bool {
        self.lookups.contains(&socket)
    }

    /// True if the process of an event ran on when the recording ended.
    pub(crate) fn ran_on(&self, at: Position) -> bool {
        self.released.contains(&self.flows.order[at].place.process)
    }

    /// The close after which nobody has the socket open any more; `None` while somebody has, or if
    /// nobody knows.
    pub(crate) fn closed(&self, socket: usize) -> Option<Position> {
        self.flows.holders.last_close(socket)
    }

    /// True if a socket was open at a position, as far as is known.
    pub(crate) fn is_open(&self, socket: usize, at: Position) -> bool {
        let holders = &self.flows.holders;
        if holders.are_known(socket) {
            return holders.at(socket, at).next().is_some();
        }
        let last = self.before(socket, at).next_back();
        last.is_some_and(|(_, call)| !call.is_close())
    }

    /// The call that gave a socket option the value it had at a position.
    pub(crate) fn option(
        &self,
        socket: usize,
        option: &str,
        at: Position,
    ) -> Option<(Position, &'t OptionValue)> {
        let all = self.options.get(&socket).map_or(&[][..], Vec::as_slice);
        let mut before = all[..all.partition_point(|one| *one < at)].iter().rev();
        let set = before.find_map(|set| match &self.call(*set)?.args {
            Args::SetOption { option: name, value, .. } if *name == option => Some((*set, value)),
            _ => None,
        });
        // What accept returns has the options of the listening socket (socket(7)).
        set.or_else(|| {
            let known = &self.flows.sockets[socket];
            self.option(known.listener?, option, known.created?)
        })
    }

    /// The call before a position with which a socket learned that its connection was cut.
    pub(crate) fn cut_before(&self, socket: usize, at: Position) -> Option<Position> {
        self.firsts[socket].cut.filter(|cut| *cut < at)
    }

    /// The first `shutdown` of a socket's receiving half before a position.
    pub(crate) fn deaf_before(&self, socket: usize, at: Position) -> Option<Position> {
        self.firsts[socket].deaf.filter(|shut| *shut < at)
    }

    /// The first `shutdown` of a socket's sending half before a position.
    pub(crate) fn mute_before(&self, socket: usize, at: Position) -> Option<Position> {
        self.firsts[socket].mute.filter(|shut| *shut < at)
    }

    /// The first `connect` of a socket before a position, whatever came of it.
    pub(crate) fn tried_before(&self, socket: usize, at: Position) -> Option<Position> {
        self.firsts[socket].tried.filter(|tried| *tried < at)
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
        self.calls.iter().copied()
    }

    /// The calls that failed with an error.
    pub(crate) fn failed(&self, errno: Errno) -> impl Iterator<Item = (Position, &'t Call)> + '_ {
        self.failed.get(&errno).into_iter().flatten().copied()
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

    /// True if a process itself made a call on a socket after a position.
    pub(crate) fn works_after(&self, process: u32, at: Position) -> bool {
        self.last_own.get(&process).is_some_and(|last| *last > at)
    }

    /// The call at a position with up to `many` calls of the same thread before it and after it.
    pub(crate) fn calls_around(&self, at: Position, many: usize) -> &[Position] {
        let calls = self.by_thread.get(&self.thread(at)).map_or(&[][..], Vec::as_slice);
        let own = calls.partition_point(|one| *one < at);
        &calls[own.saturating_sub(many)..calls.len().min(own + many + 1)]
    }

    /// The last connection that a thread accepted before a position: the `accept`. Only its last
    /// thousand calls are looked at.
    pub(crate) fn accepted_before(&self, thread: (u32, u32), at: Position) -> Option<Position> {
        let calls = self.by_thread.get(&thread).map_or(&[][..], Vec::as_slice);
        let before = &calls[..calls.partition_point(|one| *one < at)];
        before.iter().rev().take(1_000).copied().find(|one| {
            self.call(*one).is_some_and(|call| {
                matches!(call.args, Args::Accept { .. }) && call.value().is_some()
            })
        })
    }

    /// The calls made on a socket before a position.
    pub(crate) fn before(
        &self,
        socket: usize,
        at: Position,
    ) -> impl DoubleEndedIterator<Item = (Position, &'t Call)> + '_ {
        let calls = &self.flows.sockets[socket].calls;
        let before = &calls[..calls.partition_point(|one| *one < at)];
        before.iter().filter_map(|one| Some((*one, self.call(*one)?)))
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

/// The first time that something happened to a socket.
#[derive(Clone, Copy, Default)]
struct Firsts {
    /// It learned that its connection was cut.
    cut: Option<Position>,
    /// Its receiving half was shut down.
    deaf: Option<Position>,
    /// Its sending half was shut down.
    mute: Option<Position>,
    /// It was passed to `connect`.
    tried: Option<Position>,
}

impl Firsts {
    fn see(&mut self, at: Position, call: &Call) {
        const CUT: [Errno; 3] = [Errno::ECONNRESET, Errno::EPIPE, Errno::ETIMEDOUT];
        let first = |known: &mut Option<Position>, now: bool| {
            if now {
                known.get_or_insert(at);
            }
        };
        first(&mut self.cut, call.error().is_some_and(|error| CUT.contains(&error)));
        first(&mut self.deaf, call.ends_receiving());
        first(&mut self.mute, call.ends_sending());
        first(&mut self.tried, matches!(call.args, Args::Connect { .. }));
    }
}

/// True for Netlink and the name service cache: calls the student's program never makes itself.
fn is_runtime_internal(call: &Call) -> bool {
    let family = call.socket.as_ref().map(|socket| socket.family);
    family == Some(socklab_event::Family::NETLINK) || asks_cache(call)
}

fn asks_cache(call: &Call) -> bool {
    matches!(&call.args, Args::Connect { address: Endpoint::Unix { path } } if path.contains("/nscd/"))
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
