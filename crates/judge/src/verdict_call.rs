//! Whether a call, or the data of a whole stream, fits an expectation.

use socklab_event::{Args, Bytes, Call, Errno, Flags, OptionValue, Outcome, What};
use socklab_flows::{Flows, Position};

use crate::conduct::is_by;
use crate::expect::{CallWanted, StateWanted, StreamWanted, TransportWanted};

/// Whether something fits; `None` if the recording cannot decide.
pub(crate) type Fit = Option<bool>;

impl CallWanted {
    /// True if the event is a call of this kind by this actor.
    pub(crate) fn is_kind(&self, flows: &Flows<'_>, at: Position) -> bool {
        let made = flows.call(at).is_some_and(|call| self.call.is_made_by(call));
        made && is_by(flows, at, self.actor.as_deref())
    }

    /// Whether the rest fits too.
    pub(crate) fn fits(&self, flows: &Flows<'_>, at: Position) -> Fit {
        let Some(made) = flows.call(at) else { return Some(false) };
        let plain = self.fits_result(made, succeeded(flows, at, made))
            && self.fits_arguments(made)
            && self.fits_socket(made)
            && self.peer.as_deref().is_none_or(|peer| has_peer(flows, at, peer));
        if !plain {
            return Some(false);
        }
        match &self.bytes {
            None => Some(true),
            Some(wanted) => {
                let payloads = made.payloads();
                let mut fits =
                    payloads.iter().map(|one| wanted.fit(&one.bytes.sample, one.bytes.total));
                fits.find(|fit| *fit != Some(false)).unwrap_or(Some(false))
            }
        }
    }

    fn fits_result(&self, made: &Call, succeeded: bool) -> bool {
        let finished = made.outcome != Outcome::Unfinished;
        let took = i64::try_from(made.took() / 1_000_000).unwrap_or(i64::MAX);
        self.ok.is_none_or(|ok| finished && ok == succeeded)
            && self.unfinished.is_none_or(|wanted| wanted != finished)
            && (self.error.is_empty()
                || made.error().is_some_and(|error| self.error.contains(&error)))
            && self.result.is_none_or(|range| made.value().is_some_and(|value| range.has(value)))
            && self.end.is_none_or(|wanted| wanted == made.is_end_of_stream())
            && self.implicit.is_none_or(|wanted| wanted == made.implicit)
            && self.took_ms.is_none_or(|range| range.has(took))
    }

    fn fits_arguments(&self, made: &Call) -> bool {
        let option = match &made.args {
            Args::SetOption { option, value, .. } => Some((option, Some(value))),
            Args::GetOption { option, value, .. } => Some((option, value.as_ref())),
            _ => None,
        };
        let backlog = |range: crate::Range| matches!(made.args, Args::Listen { backlog } if range.has(backlog.into()));
        let how = |wanted| matches!(made.args, Args::Shutdown { how } if how == wanted);
        let value = |wanted: i64| matches!(option, Some((_, Some(OptionValue::Int(value)))) if *value == wanted);
        self.backlog.is_none_or(backlog)
            && self.how.is_none_or(how)
            && self
                .option
                .as_deref()
                .is_none_or(|name| option.is_some_and(|(option, _)| option == name))
            && self.value.is_none_or(value)
            && self.flags.iter().all(|flag| flags(made).is_some_and(|flags| flags.has(flag)))
            && self
                .address
                .as_ref()
                .is_none_or(|wanted| made.addresses().iter().any(|address| wanted.is(address)))
    }

    fn fits_socket(&self, made: &Call) -> bool {
        let socket = made.socket.as_ref();
        let transport = |wanted: TransportWanted| {
            socket.is_some_and(|socket| socket.protocol == wanted.protocol())
        };
        self.transport.is_none_or(transport)
            && self.local.as_ref().is_none_or(|wanted| {
                socket
                    .and_then(|socket| socket.local.as_ref())
                    .is_some_and(|local| wanted.is(local))
            })
    }
}

/// True if the call did what it was made for, at once or later: a `connect` that returns EINPROGRESS
/// goes on by itself (`connect(2)`), and was good if the connection was accepted.
fn succeeded(flows: &Flows<'_>, at: Position, made: &Call) -> bool {
    let goes_on = made.error() == Some(Errno::EINPROGRESS);
    let accepted = |index: usize| flows.connections[index].accepted.is_some();
    made.value().is_some() || goes_on && flows.connection_at(at).is_some_and(accepted)
}

/// True if the socket at the other end of a call belongs to this actor.
pub(crate) fn has_peer(flows: &Flows<'_>, at: Position, actor: &str) -> bool {
    let used = flows.peer_at(at).and_then(|socket| flows.used_at(socket));
    used.is_some_and(|used| is_by(flows, used, Some(actor)))
}

impl StreamWanted {
    /// The actor's sockets that may be meant, each with the bytes that went through it in this
    /// direction, and in which events.
    pub(crate) fn candidates(&self, flows: &Flows<'_>) -> Vec<(Bytes, Vec<Position>)> {
        let mut streams: Vec<(usize, Bytes, Vec<Position>)> = Vec::new();
        for (at, _, call) in flows.calls() {
            let moves = if self.sent { call.sends() } else { call.receives() && !call.peeks() };
            let Some(socket) = flows.socket_at(at).filter(|_| moves) else { continue };
            if !is_by(flows, at, Some(&self.actor))
                || self.peer.as_deref().is_some_and(|peer| !has_peer(flows, at, peer))
            {
                continue;
            }
            let index = streams.iter().position(|(known, ..)| *known == socket);
            let index = index.unwrap_or_else(|| {
                streams.push((socket, Bytes::default(), Vec::new()));
                streams.len() - 1
            });
            let (_, bytes, events) = &mut streams[index];
            append(bytes, call);
            events.push(at);
        }
        for (socket, bytes, _) in streams.iter_mut().filter(|(_, bytes, _)| bytes.is_cut()) {
            if self.sent {
                complete_from_peer(bytes, *socket, flows);
            }
        }
        streams.into_iter().map(|(_, bytes, events)| (bytes, events)).collect()
    }
}

/// Adds what a call moved. Bytes after a gap in the recording have no known offset.
fn append(bytes: &mut Bytes, call: &Call) {
    let messages = call.messages();
    for message in &messages {
        if !bytes.is_cut() {
            bytes.sample.extend_from_slice(message.bytes.moved());
        }
        bytes.total += message.bytes.total;
    }
    if messages.is_empty() {
        bytes.total += call.sent().or(call.received()).unwrap_or(0);
    }
}

/// Completes the sample from the other end of the connection. Bytes that never passed through the
/// sender (`sendfile`) were not recorded there, but what the other end received was sent.
fn complete_from_peer(bytes: &mut Bytes, socket: usize, flows: &Flows<'_>) {
    if !flows.sockets[socket].is_stream() {
        return;
    }
    let connection = flows.sockets[socket].connection;
    let other = connection.and_then(|one| flows.other_end(one, Some(socket)).socket);
    let Some(other) = other else { return };
    let mut received = Bytes::default();
    let calls = flows.sockets[other].calls.iter().filter_map(|at| flows.call(*at));
    calls.filter(|call| call.received().is_some()).for_each(|call| append(&mut received, call));
    let most = usize::try_from(bytes.total).unwrap_or(usize::MAX).min(received.sample.len());
    if most > bytes.sample.len() && received.sample.starts_with(&bytes.sample) {
        received.cut(most);
        bytes.sample = received.sample;
    }
}

impl StateWanted {
    pub(crate) fn fits(&self, flows: &Flows<'_>, at: Position) -> bool {
        let What::State(state) = &flows.order[at].what else { return false };
        let is = |wanted: &Option<crate::Address>, endpoint: &Option<socklab_event::Endpoint>| {
            wanted
                .as_ref()
                .is_none_or(|wanted| endpoint.as_ref().is_some_and(|endpoint| wanted.is(endpoint)))
        };
        self.state.is_none_or(|wanted| state.after == wanted)
            && is_by(flows, at, self.actor.as_deref())
            && is(&self.local, &state.socket.local)
            && is(&self.remote, &state.socket.peer)
            && self.receive_queue.is_none_or(|range| range.has(state.receive_queue.into()))
            && self.send_queue.is_none_or(|range| range.has(state.send_queue.into()))
    }
}

pub(crate) fn flags(call: &Call) -> Option<&Flags> {
    match &call.args {
        Args::Socket { flags, .. }
        | Args::Accept { flags, .. }
        | Args::Send { flags, .. }
        | Args::Recv { flags, .. }
        | Args::Fcntl { flags, .. } => Some(flags),
        _ => None,
    }
}
