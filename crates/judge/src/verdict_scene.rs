//! A timeline with its questions answered: who made which call, and who was at the other end.

use std::collections::BTreeMap;

use socklab_event::{Args, Call, Endpoint, Event, Exit, Process, SocketId, SocketType, Timeline};

/// A timeline, indexed.
pub(crate) struct Scene<'t> {
    /// In the order of time, causes before effects.
    pub(crate) events: Vec<&'t Event>,
    actors: BTreeMap<u32, &'t str>,
    /// Every socket seen, with its owner.
    sockets: Vec<(&'t SocketId, u32)>,
}

impl<'t> Scene<'t> {
    pub(crate) fn new(timeline: &'t Timeline) -> Self {
        let events = timeline.in_order();
        let mut actors = BTreeMap::new();
        for event in &events {
            if let Some(Process::Start { command, .. }) = event.process()
                && let Some(column) = timeline.header.columns.get(*command as usize)
            {
                actors.insert(event.place.process, column.label.as_str());
            }
        }
        let mut sockets: Vec<(&SocketId, u32)> = Vec::new();
        for event in &events {
            if let Some(socket) = event.call().and_then(|call| call.socket.as_ref())
                && !sockets.iter().any(|(known, _)| *known == socket)
            {
                sockets.push((socket, event.place.process));
            }
        }
        Self { events, actors, sockets }
    }

    /// Whose process it was.
    pub(crate) fn actor(&self, event: &Event) -> Option<&'t str> {
        self.actors.get(&event.place.process).copied()
    }

    pub(crate) fn is_by(&self, event: &Event, actor: Option<&str>) -> bool {
        actor.is_none_or(|actor| self.actor(event) == Some(actor))
    }

    /// Whose socket is at the other end of a call's.
    pub(crate) fn peer(&self, call: &Call) -> Option<&'t str> {
        let socket = call.socket.as_ref()?;
        let connected = self.sockets.iter().find(|(other, _)| socket.is_other_end_of(other));
        let owner = connected.map(|(_, owner)| *owner).or_else(|| {
            let address = match &call.args {
                Args::Send { to, .. } => to.as_ref(),
                Args::Recv { from, .. } => from.as_ref(),
                Args::Connect { address } => Some(address),
                _ => None,
            };
            self.holder(socket, address.or(socket.peer.as_ref())?)
        })?;
        self.actors.get(&owner).copied()
    }

    /// Who has a socket of the same kind at this address.
    fn holder(&self, like: &SocketId, address: &Endpoint) -> Option<u32> {
        let wanted = address.unmapped();
        let at = |local: &Endpoint| {
            let local = local.unmapped();
            local == wanted || (local.is_any_address() && local.port() == wanted.port())
        };
        let connected =
            |socket: &SocketId| socket.kind == SocketType::STREAM && socket.peer.is_some();
        self.sockets
            .iter()
            .filter(|(socket, _)| socket.protocol == like.protocol && !connected(socket))
            .find(|(socket, _)| socket.local.as_ref().is_some_and(at))
            .map(|(_, owner)| *owner)
    }

    /// How an actor's program ended; `None` if it still ran when the recording was over, or never
    /// did.
    pub(crate) fn exit(&self, actor: &str) -> Option<(&'t Event, Exit)> {
        // The program itself, not its children: the first process that started under this name
        // and has no parent. Started again, the name means the later one.
        let program = self.events.iter().rev().find(|event| {
            matches!(event.process(), Some(Process::Start { parent: None, .. }))
                && self.is_by(event, Some(actor))
        })?;
        self.events.iter().find_map(|event| match event.process() {
            Some(Process::Exit { status }) if event.place.process == program.place.process => {
                Some((*event, *status))
            }
            _ => None,
        })
    }

    /// What an actor printed, and in which events.
    pub(crate) fn output(
        &self,
        actor: &str,
        wanted: Option<socklab_event::Stream>,
    ) -> (Vec<u8>, u64, Vec<&'t Event>) {
        let (mut bytes, mut total, mut from) = (Vec::new(), 0, Vec::new());
        for event in self.events.iter().filter(|event| self.is_by(event, Some(actor))) {
            if let Some(Process::Stdio { stream, bytes: part }) = event.process() {
                let printed = *stream != socklab_event::Stream::Stdin;
                if printed && wanted.is_none_or(|wanted| wanted == *stream) {
                    // Behind a gap nothing is in its place any more.
                    if bytes.len() as u64 == total {
                        bytes.extend_from_slice(&part.sample);
                    }
                    total += part.total;
                    from.push(*event);
                }
            }
        }
        (bytes, total, from)
    }
}
