//! Does a call, or a stream of them, fit what was expected of it?

use socklab_event::{Args, Bytes, Call, Event, Outcome, SocketId};

use crate::expect::{CallWanted, StateWanted, StreamWanted, TransportWanted};
use crate::verdict_scene::Scene;

/// Whether something fits, where the record can tell.
pub(crate) type Fit = Option<bool>;

impl CallWanted {
    /// Is it this call, as far as who and what it is go?
    pub(crate) fn is_kind(&self, scene: &Scene<'_>, event: &Event) -> Option<bool> {
        let call = event.call()?;
        Some(self.call.is_made_by(call) && scene.is_by(event, self.actor.as_deref()))
    }

    /// Does all the rest fit too?
    pub(crate) fn fits(&self, scene: &Scene<'_>, made: &Call) -> Fit {
        let plain =
            self.fits_result(made) && self.fits_arguments(made) && self.fits_socket(scene, made);
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

    fn fits_result(&self, made: &Call) -> bool {
        let finished = made.outcome != Outcome::Unfinished;
        let took = i64::try_from(made.took() / 1_000_000).unwrap_or(i64::MAX);
        self.ok.is_none_or(|ok| finished && ok == made.value().is_some())
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
        let value = |wanted: i64| matches!(option, Some((_, Some(socklab_event::OptionValue::Int(value)))) if *value == wanted);
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

    fn fits_socket(&self, scene: &Scene<'_>, made: &Call) -> bool {
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
            && self.peer.as_deref().is_none_or(|peer| scene.peer(made) == Some(peer))
    }
}

impl StreamWanted {
    /// The sockets of the actor that can be meant, each with what went through it in this
    /// direction and in which events.
    pub(crate) fn candidates<'t>(&self, scene: &Scene<'t>) -> Vec<(Bytes, Vec<&'t Event>)> {
        let mut streams: Vec<(&SocketId, Bytes, Vec<&'t Event>)> = Vec::new();
        for event in scene.events.iter().filter(|event| scene.is_by(event, Some(&self.actor))) {
            let Some(call) = event.call() else { continue };
            let moves = if self.sent { call.sends() } else { call.receives() && !call.peeks() };
            let Some(socket) = call.socket.as_ref().filter(|_| moves) else { continue };
            if self.peer.as_deref().is_some_and(|peer| scene.peer(call) != Some(peer)) {
                continue;
            }
            let index = streams.iter().position(|(known, ..)| known.is_same(socket));
            let index = index.unwrap_or_else(|| {
                streams.push((socket, Bytes::default(), Vec::new()));
                streams.len() - 1
            });
            let (_, bytes, events) = &mut streams[index];
            let messages = call.messages();
            for message in &messages {
                // Behind a gap nothing is in its place any more.
                if !bytes.is_cut() {
                    bytes.sample.extend_from_slice(message.bytes.moved());
                }
                bytes.total += message.bytes.total;
            }
            if messages.is_empty() {
                bytes.total += call.sent().or(call.received()).unwrap_or(0);
            }
            events.push(event);
        }
        for (socket, bytes, _) in streams.iter_mut().filter(|(_, bytes, _)| bytes.is_cut()) {
            if self.sent {
                fill(bytes, socket, scene);
            }
        }
        streams.into_iter().map(|(_, bytes, events)| (bytes, events)).collect()
    }
}

/// Bytes that never passed through the sender (`sendfile`) are in no record of it; but what the
/// other end of a connection received, was sent.
fn fill(bytes: &mut Bytes, socket: &SocketId, scene: &Scene<'_>) {
    if socket.kind != socklab_event::SocketType::STREAM {
        return;
    }
    let mut arrived = Vec::new();
    let calls = scene.events.iter().filter_map(|event| event.call());
    let theirs =
        |call: &&Call| call.socket.as_ref().is_some_and(|other| other.is_other_end_of(socket));
    for call in calls.filter(theirs).filter(|call| call.received().is_some()) {
        let messages = call.messages();
        messages.iter().for_each(|message| arrived.extend_from_slice(message.bytes.moved()));
        if messages.is_empty() || messages.iter().any(|message| message.bytes.is_cut()) {
            break;
        }
    }
    let most = usize::try_from(bytes.total).unwrap_or(usize::MAX).min(arrived.len());
    if most > bytes.sample.len() && arrived.starts_with(&bytes.sample) {
        arrived.truncate(most);
        bytes.sample = arrived;
    }
}

impl StateWanted {
    pub(crate) fn fits(&self, scene: &Scene<'_>, event: &Event) -> bool {
        let socklab_event::What::State(state) = &event.what else { return false };
        let is = |wanted: &Option<crate::Address>, endpoint: &Option<socklab_event::Endpoint>| {
            wanted
                .as_ref()
                .is_none_or(|wanted| endpoint.as_ref().is_some_and(|endpoint| wanted.is(endpoint)))
        };
        self.state.is_none_or(|wanted| state.after == wanted)
            && scene.is_by(event, self.actor.as_deref())
            && is(&self.local, &state.socket.local)
            && is(&self.remote, &state.socket.peer)
            && self.receive_queue.is_none_or(|range| range.has(state.receive_queue.into()))
            && self.send_queue.is_none_or(|range| range.has(state.send_queue.into()))
    }
}

fn flags(call: &Call) -> Option<&socklab_event::Flags> {
    match &call.args {
        Args::Socket { flags, .. }
        | Args::Accept { flags, .. }
        | Args::Send { flags, .. }
        | Args::Recv { flags, .. }
        | Args::Fcntl { flags, .. } => Some(flags),
        _ => None,
    }
}
