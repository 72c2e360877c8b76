//! What each connection carried, and when.

use socklab_event::{Args, Call, Endpoint, Errno, Fate, kind_of_socket};
use socklab_flows::{Connection, ConnectionKind, Flows, NumberMap, Position};
use socklab_say::clean;

use crate::ending;
use crate::model::{CallError, Carried, Conversation, FrameCount, Gap, Mention, Party};

/// Every conversation that came about.
pub(crate) fn of(flows: &Flows<'_>, origin: u64) -> Vec<Conversation> {
    let calls = calls_of(flows);
    let sent = sent(flows);
    let frames = frames(flows);
    let all = flows.connections.iter().enumerate();
    let all = all.filter(|(index, _)| came_about(flows, *index, &calls[*index]));
    let conversation = |(index, connection): (usize, &Connection)| {
        let talk = Talk { flows, origin, index, connection, calls: &calls[index] };
        let (began, lasted) = talk.lasted();
        Conversation {
            protocol: talk.protocol(),
            ends: [0, 1].map(|side| talk.party(side)),
            carried: talk.carried(&sent[index]),
            began: began.saturating_sub(origin),
            lasted,
            longest_gap: talk.longest_gap(),
            round_trips: talk.round_trips(),
            errors: talk.errors(),
            ending: ending::of(&talk),
            frames: flows
                .timeline
                .header
                .wire
                .then(|| frames.get(&index).copied().unwrap_or_default()),
            inferred: connection.inferred,
            to_itself: connection.is_to_itself(),
            connection: index,
        }
    };
    all.map(conversation).collect()
}

/// The calls of each connection, in order.
fn calls_of(flows: &Flows<'_>) -> Vec<Vec<Position>> {
    let mut calls = vec![Vec::new(); flows.connections.len()];
    for (at, ..) in flows.calls() {
        if let Some(connection) = flows.connection_at(at) {
            calls[connection].push(at);
        }
    }
    calls
}

/// How many bytes each end of each connection sent.
fn sent(flows: &Flows<'_>) -> Vec<[u64; 2]> {
    let mut sent = vec![[0_u64; 2]; flows.connections.len()];
    for transfer in &flows.transfers {
        let Some(connection) = transfer.connection else { continue };
        let side = 1 - flows.other_side(connection, Some(transfer.from));
        let sum = &mut sent[connection][side];
        *sum = sum.saturating_add(transfer.total);
    }
    sent
}

/// The frames of each connection.
fn frames(flows: &Flows<'_>) -> NumberMap<usize, FrameCount> {
    let mut frames: NumberMap<usize, FrameCount> = NumberMap::default();
    for (at, tie) in flows.ties.all() {
        if let Some(connection) = tie.connection {
            frames.entry(connection).or_default().add(flows, at, tie.again.is_some());
        }
    }
    frames
}

/// All frames; `None` if none were recorded.
pub(crate) fn all_frames(flows: &Flows<'_>) -> Option<FrameCount> {
    let mut all = FrameCount::default();
    for (at, tie) in flows.ties.all() {
        all.add(flows, at, tie.again.is_some());
    }
    flows.timeline.header.wire.then_some(all)
}

impl FrameCount {
    fn add(&mut self, flows: &Flows<'_>, at: Position, again: bool) {
        let Some(frame) = flows.order[at].frame() else { return };
        self.sent += 1;
        self.again += u64::from(again);
        let under_way = matches!(frame.fate, Fate::UnderWay { .. });
        self.lost += u64::from(frame.arrivals().is_empty() && !under_way);
    }
}

/// True unless all that is known of a connection is that somebody asked for it.
pub(crate) fn came_about(flows: &Flows<'_>, index: usize, calls: &[Position]) -> bool {
    let connection = &flows.connections[index];
    if connection.accepted.is_some() {
        return true;
    }
    let asked = connection.connected.and_then(|at| flows.call(at));
    let waits = asked.is_some_and(|call| call.value().is_none());
    if !waits {
        return true;
    }
    let answers = |call: &Call| match call.error() {
        None => call.sent().or(call.received()).is_some_and(|bytes| bytes > 0),
        Some(_) => false,
    };
    calls.iter().filter_map(|at| flows.call(*at)).any(answers)
        || asked.is_some_and(|call| call.error() == Some(Errno::EINPROGRESS))
            && !flows.is_unanswered(index)
}

/// A connection and its calls.
pub(crate) struct Talk<'a, 't> {
    pub(crate) flows: &'a Flows<'t>,
    pub(crate) origin: u64,
    pub(crate) index: usize,
    pub(crate) connection: &'a Connection,
    pub(crate) calls: &'a [Position],
}

impl<'t> Talk<'_, 't> {
    pub(crate) fn call(&self, at: Position) -> Option<&'t Call> {
        self.flows.call(at)
    }

    pub(crate) fn mention(&self, at: Position) -> Mention {
        Mention::of(self.flows, at, self.origin)
    }

    /// Which end made a call.
    pub(crate) fn side(&self, at: Position) -> usize {
        1 - self.flows.other_side(self.index, self.flows.socket_at(at))
    }

    fn protocol(&self) -> String {
        let sockets = [0, 1].into_iter().filter_map(|side| self.flows.end_socket(self.index, side));
        let socket = sockets.map(|socket| &self.flows.sockets[socket].identity).next();
        socket.map_or_else(String::new, |one| kind_of_socket(one.family, one.kind, one.protocol))
    }

    fn party(&self, side: usize) -> Party {
        let flows = self.flows;
        let at = flows.end_socket(self.index, side).and_then(|socket| flows.used_at(socket));
        let process = at.and_then(|at| flows.process_at(at));
        let address = self.connection.ends[side].address.as_ref();
        let who = at.map(|at| clean(&flows.name_at(at)));
        // A client's port is the kernel's choice, and says nothing about what it does.
        let place = match address {
            Some(address) if side == 0 => {
                address.ip_port().filter(|_| who.is_none()).map(|(ip, _)| ip.to_string())
            }
            address => address.map(shown),
        };
        Party {
            who,
            process: process.map(|process| flows.processes[process].id),
            address: address.map(shown),
            place: place.unwrap_or_default(),
        }
    }

    fn carried(&self, sent: &[u64; 2]) -> [Carried; 2] {
        let recorded = self.connection.ends.each_ref().map(|end| end.socket.is_some());
        let itself = self.connection.is_to_itself();
        let mut received = [0_u64; 2];
        for at in self.calls {
            if let Some(bytes) = self.call(*at).and_then(Call::received) {
                let from = if itself { 0 } else { 1 - self.side(*at) };
                received[from] = received[from].saturating_add(bytes);
            }
        }
        [0, 1].map(|side| {
            let other = if itself { side } else { 1 - side };
            Carried {
                sent: recorded[side].then_some(sent[side]),
                received: recorded[other].then_some(received[side]),
            }
        })
    }

    /// When it began, on the clock of events, and how long it lasted.
    fn lasted(&self) -> (u64, u64) {
        let moment = |at: Position| self.flows.order[at].at;
        let Connection { connected, accepted, .. } = *self.connection;
        let connected = connected.and_then(|at| self.call(at)).map(|call| call.began);
        let accepted = accepted.and_then(|at| self.call(at)).map(|call| call.ended);
        let moves = |at: &&Position| self.call(**at).is_some_and(Call::moves_data);
        let first = self.calls.iter().find(moves).or(self.calls.first()).copied().map(moment);
        let began = connected.or(accepted).or(first).unwrap_or(self.origin);
        let last = self.calls.last().copied().map_or(began, moment);
        (began, last.saturating_sub(began))
    }

    fn longest_gap(&self) -> Option<Gap> {
        let counts = |at: &Position| self.call(*at).is_some_and(advances);
        let events: Vec<Position> = self.calls.iter().copied().filter(counts).collect();
        let moment = |at: Position| self.flows.order[at].at;
        // Of several that are equally long, the first.
        let longest =
            events.windows(2).rev().max_by_key(|pair| moment(pair[1]) - moment(pair[0]))?;
        Some(Gap {
            lasted: moment(longest[1]) - moment(longest[0]),
            after: self.mention(longest[0]),
            before: self.mention(longest[1]),
        })
    }

    fn round_trips(&self) -> u64 {
        let asks_side = usize::from(self.connection.ends[0].socket.is_none());
        let datagrams = self.connection.kind == ConnectionKind::Datagrams;
        let (mut asked, mut trips) = (false, 0);
        for at in self.calls.iter().copied().filter(|at| self.side(*at) == asks_side) {
            let Some(call) = self.call(at) else { continue };
            let moved = |bytes: Option<u64>| bytes.is_some_and(|bytes| bytes > 0 || datagrams);
            let (question, answer) = match asks_side {
                0 => (call.sent(), call.received()),
                _ => (call.received(), call.sent()),
            };
            if moved(question) {
                asked = true;
            } else if moved(answer) && asked {
                (asked, trips) = (false, trips + 1);
            }
        }
        trips
    }

    fn errors(&self) -> Vec<CallError> {
        let mut errors: Vec<CallError> = Vec::new();
        for at in self.calls {
            let Some(call) = self.call(*at) else { continue };
            let Some(error) = call.error().filter(|error| fails(*error)) else { continue };
            let is_same = |known: &&mut CallError| {
                let (who, name) = (&known.first.who, known.first.call.as_deref());
                known.error == error
                    && name == Some(call.library_name())
                    && *who == clean(&self.flows.name_at(*at))
            };
            match errors.iter_mut().find(is_same) {
                Some(known) => known.times += 1,
                None => errors.push(CallError { error, times: 1, first: self.mention(*at) }),
            }
        }
        errors
    }
}

/// True for an error that is more than “not now”.
fn fails(error: Errno) -> bool {
    !error.is_not_now() && error != Errno::EINPROGRESS && error != Errno::EALREADY
}

/// True for a call by which a connection gets somewhere.
fn advances(call: &Call) -> bool {
    let accepts = matches!(call.args, Args::Accept { .. }) && call.value().is_some();
    call.asks().is_some()
        || accepts
        || call.moves_data()
        || call.is_close()
        || call.ends_sending()
        || call.ends_receiving()
        || (call.sends() || call.receives()) && call.error().is_some_and(fails)
}

pub(crate) fn shown(endpoint: &Endpoint) -> String {
    clean(&endpoint.to_string())
}
