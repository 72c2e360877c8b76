//! From a recording to its canonical form.

use std::collections::BTreeMap;

use socklab_event::{
    Args, Call, Errno, Event, Exit, Family, Notice, Process, Signal, Stream, What,
};
use socklab_flows::{ConnectionKind, Flows, NAME_SERVER_PORT, Position, file_name};

use crate::content::Content;
use crate::form::{About, Deed, Kind, Limit, Run, Strand};
use crate::knowledge::{Depths, Manners, is_dialogue};
use crate::names::Named;
use crate::order;
use crate::track::Track;
use crate::unfinished::{self, Room};

/// Reads a run. In `dialogues`, by their indices, what each end sends and receives is one sequence.
pub(crate) fn read(flows: &Flows<'_>, dialogues: Vec<bool>) -> Run {
    let limit = limit(flows);
    let end = limit.as_ref().map_or(flows.order.len(), |limit| limit.at);
    let manners = Manners::of(flows, end);
    let mut reader = Reader {
        flows,
        end,
        dialogues,
        depths: (0..flows.connections.len()).map(|_| Depths::default()).collect(),
        tracks: BTreeMap::new(),
        receipts: BTreeMap::new(),
        named: Named::default(),
        failures: BTreeMap::new(),
        room: Room::default(),
    };
    reader.calls();
    unfinished::mark(flows, &mut reader.tracks);
    let (sequential, order) = order::of(flows, &manners, end);
    let mut strands = reader.strands();
    strands.extend(reader.processes());
    strands.extend(reader.output());
    strands.extend(order);
    let open = (0..flows.timeline.header.columns.len()).map(|it| reader.is_open(it)).collect();
    let is_sampled = flows.calls().any(|(_, _, call)| {
        call.sent().is_some() && call.messages().iter().any(|message| message.bytes.is_cut())
    });
    Run { strands, limit, open, named: reader.named, sequential, is_sampled }
}

/// The connections whose ends each do one thing after the other, in this run.
pub(crate) fn dialogues(flows: &Flows<'_>) -> Vec<bool> {
    let end = limit(flows).map_or(flows.order.len(), |limit| limit.at);
    let manners = Manners::of(flows, end);
    let all = 0..flows.connections.len();
    all.map(|connection| is_dialogue(flows, &manners, connection, end)).collect()
}

/// From where on something may be missing.
fn limit(flows: &Flows<'_>) -> Option<Limit> {
    let missing = |event: &&Event| match &event.what {
        What::Notice(notice) => matches!(
            **notice,
            Notice::EventsLost { .. }
                | Notice::RepeatsCounted { .. }
                | Notice::Counted { .. }
                | Notice::Truncated { .. }
                | Notice::EndMissing
        ),
        _ => false,
    };
    let at = flows.order.iter().position(missing)?;
    Some(Limit { at, seq: flows.order[at].seq })
}

/// What a track is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    /// What was done with a socket.
    Socket(usize),
    /// The datagrams of one end of a conversation.
    Talk(usize, usize),
}

struct Reader<'a, 't> {
    flows: &'a Flows<'t>,
    end: Position,
    dialogues: Vec<bool>,
    depths: Vec<Depths>,
    tracks: BTreeMap<Key, Track>,
    /// How often each thread has received something, from whomever.
    receipts: BTreeMap<(u32, u32), u64>,
    named: Named,
    /// Sockets that could not be made, by the process.
    failures: BTreeMap<usize, Vec<Deed>>,
    room: Room,
}

impl Reader<'_, '_> {
    fn calls(&mut self) {
        let (flows, end) = (self.flows, self.end);
        for (at, event, call) in flows.calls().take_while(|(at, ..)| *at < end) {
            for (socket, room) in self.room.told(flows, at, call) {
                if let Some(track) = self.tracks.get_mut(&Key::Socket(socket)) {
                    track.is_full = !room;
                }
            }
            if flows.is_recorders_doing(at) {
                continue;
            }
            let thread = (event.place.process, event.place.thread);
            if call.received().is_some() {
                *self.receipts.entry(thread).or_default() += 1;
            }
            let Some(socket) = flows.socket_at(at) else {
                self.without_socket(at, call);
                continue;
            };
            if self.is_left_out(socket) {
                continue;
            }
            self.name(call);
            self.call(at, thread, socket, call);
        }
    }

    fn call(&mut self, at: Position, thread: (u32, u32), socket: usize, call: &Call) {
        let flows = self.flows;
        let receipts = self.receipts.get(&thread).copied().unwrap_or(0);
        let known = &flows.sockets[socket];
        let connection = flows.connection_at(at).or(known.connection);
        let talks = connection.filter(|it| {
            let datagrams = flows.connections[*it].kind == ConnectionKind::Datagrams;
            datagrams && (call.sends() || call.receives())
        });
        if let Some(talk) = talks {
            let side = flows.other_side(talk, Some(socket));
            let side = 1 - side;
            let track = self.tracks.entry(Key::Talk(talk, side)).or_default();
            let is_matched = flows.connections[talk].ends[1 - side].socket.is_some();
            track.datagrams(at, call, is_matched, side == 0);
            return;
        }
        let stream = connection.filter(|it| flows.connections[*it].kind == ConnectionKind::Stream);
        let track = self.tracks.entry(Key::Socket(socket)).or_default();
        if !known.is_stream() && (call.sends() || call.receives()) {
            track.datagrams(at, call, false, true);
        } else if call.sends() {
            let depth = stream.filter(|it| self.dialogues[*it]).map(|it| {
                let side = 1 - flows.other_side(it, Some(socket));
                self.depths[it].sends(side, call.sent().unwrap_or(0))
            });
            track.sends(at, call, depth, (thread, receipts));
        } else if call.receives() && !call.peeks() {
            let length = call.received().unwrap_or(0);
            let parts = match stream.filter(|it| self.dialogues[*it]) {
                Some(it) => {
                    let side = 1 - flows.other_side(it, Some(socket));
                    let parts = self.depths[it].receives(side, length);
                    parts.into_iter().map(|(length, depth)| (length, Some(depth))).collect()
                }
                None => vec![(length, None)],
            };
            let is_told =
                stream.is_none_or(|it| flows.other_end(it, Some(socket)).socket.is_none());
            if call.is_end_of_stream() && flows.deaf_at(at).is_some() {
                return;
            }
            track.receives(at, call, &parts, is_told);
        } else if call.is_close() {
            if flows.holders.last_close(socket) == Some(at) {
                let mut holders: Vec<u32> =
                    flows.holders.of(socket).iter().map(|one| one.process).collect();
                holders.dedup();
                track.closes(at, (holders.len() == 1).then_some(call.implicit));
            }
        } else {
            track.other(at, call);
        }
    }

    fn without_socket(&mut self, at: Position, call: &Call) {
        let creates = matches!(call.args, Args::Socket { .. } | Args::Socketpair { .. });
        if let (true, Some(error), Some(process)) =
            (creates, call.error(), self.flows.process_at(at))
        {
            let kind = Kind::Fails { call: call.name.clone(), error };
            let deed = Deed { kind, at, calls: 1, received: 0, sent: 0 };
            self.failures.entry(process).or_default().push(deed);
        }
    }

    fn name(&mut self, call: &Call) {
        let (bound, asked) = match &call.args {
            Args::Bind { address } => (Some(address), None),
            Args::Connect { address } => (None, Some(address)),
            Args::Send { to, .. } => (None, to.as_ref()),
            _ => (None, None),
        };
        self.named.used.extend(bound.or(asked).cloned());
        self.named.bound.extend(bound.cloned());
        self.named.asked.extend(asked.cloned());
    }

    /// True for what says more about the machine than about the programs: questions to the kernel and to
    /// name servers, and pairs with which a process wakes itself.
    fn is_left_out(&self, socket: usize) -> bool {
        let flows = self.flows;
        let known = &flows.sockets[socket];
        let foreign = matches!(known.identity.family, Family::NETLINK | Family::PACKET);
        let port = known.identity.peer.as_ref().and_then(socklab_event::Endpoint::port);
        let asked = known.calls.first().copied().into_iter().chain(known.calls.get(1).copied());
        let asks = asked.filter_map(|at| flows.call(at)?.peer_address()?.port());
        let looks_up = port.into_iter().chain(asks).any(|port| port == NAME_SERVER_PORT);
        let pair = known.created.and_then(|at| flows.call(at));
        let pair = known.identity.peer_inode.is_some()
            && pair.is_none_or(|call| matches!(call.args, Args::Socketpair { .. }));
        let wakes_itself = pair && {
            let other = known.connection.map(|it| flows.other_end(it, Some(socket)).socket);
            let both = [Some(socket), other.flatten()].into_iter().flatten();
            let mut who = both
                .flat_map(|socket| &flows.sockets[socket].calls)
                .map(|at| flows.order[*at].place.process);
            let first = who.next();
            who.all(|one| Some(one) == first)
        };
        foreign || looks_up || wakes_itself
    }

    fn command_at(&self, at: Position) -> Option<usize> {
        let command = self.flows.processes[self.flows.process_at(at)?].command?;
        usize::try_from(command).ok()
    }

    fn strands(&mut self) -> Vec<Strand> {
        let mut strands = Vec::new();
        for (key, mut track) in std::mem::take(&mut self.tracks) {
            let first = track.deeds.first().or(track.incoming.first()).map(|deed| deed.at);
            if first.is_some_and(|at| is_killed(self.flows, at)) {
                track.deeds.retain(|deed| !deed.is_by_kernel());
            }
            let (about, incoming) = match key {
                Key::Talk(connection, side) => {
                    (About::End { connection, side, incoming: false }, None)
                }
                Key::Socket(socket) => {
                    let known = &self.flows.sockets[socket];
                    match known.connection.filter(|_| known.is_stream()) {
                        Some(connection) => {
                            let side = 1 - self.flows.other_side(connection, Some(socket));
                            let end = |incoming| About::End { connection, side, incoming };
                            (end(false), Some(end(true)))
                        }
                        None => {
                            let incoming = std::mem::take(&mut track.incoming);
                            track.deeds.extend(incoming);
                            (About::Socket, None)
                        }
                    }
                }
            };
            for (about, deeds) in [(Some(about), track.deeds), (incoming, track.incoming)] {
                let first = deeds.iter().map(|deed| deed.at).min();
                if let (Some(about), Some(first)) = (about, first) {
                    let ends = match about {
                        About::End { connection, .. } => {
                            self.flows.connections[connection].ends.each_ref().map(|end| end.socket)
                        }
                        _ => [None; 2],
                    };
                    let killed =
                        ends.into_iter().flatten().any(|it| is_socket_killed(self.flows, it));
                    let is_killed = killed || is_killed(self.flows, first);
                    strands.push(Strand {
                        command: self.command_at(first),
                        about,
                        deeds,
                        is_killed,
                    });
                }
            }
        }
        strands
    }

    fn processes(&mut self) -> Vec<Strand> {
        let mut exits: BTreeMap<usize, (Position, Exit)> = BTreeMap::new();
        for (at, event) in self.flows.order.iter().enumerate().take(self.end) {
            if let (Some(Process::Exit { status }), Some(process)) =
                (event.process(), self.flows.process_at(at))
            {
                exits.insert(process, (at, *status));
            }
        }
        let mut strands = Vec::new();
        let mut known = vec![false; self.flows.timeline.header.columns.len()];
        for (index, process) in self.flows.processes.iter().enumerate() {
            let command = process.command.and_then(|command| usize::try_from(command).ok());
            let seen = command.and_then(|command| known.get_mut(command));
            let is_command = seen.is_some_and(|seen| !std::mem::replace(seen, true));
            let mut deeds = self.failures.remove(&index).unwrap_or_default();
            let exit = exits.get(&index);
            let forced = process.ended_by_recorder.is_some()
                || exit.is_some_and(|(at, _)| self.flows.is_recorders_doing(*at));
            let last = self.flows.order.len().saturating_sub(1);
            let deed = |kind, at| Deed { kind, at, calls: 1, received: 0, sent: 0 };
            match exit {
                _ if forced && is_command => {
                    let at = self.flows.ended_by_recorder.unwrap_or(last);
                    deeds.extend((at < self.end).then(|| deed(Kind::Stays, at)));
                }
                Some((at, exit)) if !forced => deeds.push(deed(Kind::Exits(*exit), *at)),
                _ => {}
            }
            // A scripted peer has no program of its own.
            let program = process.argv.first().map_or("", |program| file_name(program)).to_owned();
            let about = About::Process { program, is_command };
            strands.push(Strand { command, about, deeds, is_killed: false });
        }
        strands
    }

    fn output(&self) -> Vec<Strand> {
        let mut all: BTreeMap<(usize, u8), (Stream, Position, Content)> = BTreeMap::new();
        for (at, event) in self.flows.order.iter().enumerate().take(self.end) {
            let Some(Process::Stdio { stream, bytes }) = event.process() else { continue };
            let key = match stream {
                Stream::Stdin => continue,
                Stream::Stdout => 1,
                Stream::Stderr => 2,
            };
            let Some(command) = self.command_at(at) else { continue };
            if self.flows.is_recorders_doing(at) {
                continue;
            }
            let entry = all.entry((command, key));
            let (.., content) = entry.or_insert_with(|| (*stream, at, Content::default()));
            content.push(at, bytes.total, &bytes.sample);
        }
        let strand = |((command, _), (stream, at, content)): ((usize, u8), (Stream, _, _))| {
            let kind = Kind::Prints { content };
            let deeds = vec![Deed { kind, at, calls: 1, received: 0, sent: 0 }];
            let is_killed = is_killed(self.flows, at);
            Strand { command: Some(command), about: About::Output(stream), deeds, is_killed }
        };
        all.into_iter().map(strand).collect()
    }

    /// True if the end of a command's own process was not recorded, nor that the recorder ended it: whoever
    /// ran it stopped looking.
    fn is_open(&self, command: usize) -> bool {
        let wanted = u32::try_from(command).ok();
        let own = self.flows.processes.iter().find(|one| one.command == wanted);
        own.is_none_or(|own| own.exit.is_none() && own.ended_by_recorder.is_none())
    }
}

/// True if a signal that comes from elsewhere ended the process: when it came is chance, and what it did
/// last with it.
pub(crate) fn is_killed(flows: &Flows<'_>, at: Position) -> bool {
    let process = flows.process_at(at).map(|process| &flows.processes[process]);
    let signals = [Signal::KILL, Signal::TERM, Signal::INT, Signal::HUP];
    process.is_some_and(|process| {
        let exit = process.exit.filter(|_| process.ended_by_recorder.is_none());
        matches!(exit, Some(Exit::Signal(signal)) if signals.contains(&signal))
    })
}

/// True if such a signal ended the process that had the socket.
pub(crate) fn is_socket_killed(flows: &Flows<'_>, socket: usize) -> bool {
    flows.sockets[socket].calls.first().is_some_and(|at| is_killed(flows, *at))
}

/// The errors of a connection that was cut, whichever call gets to know of it.
pub(crate) fn cuts(error: Errno) -> bool {
    matches!(error, Errno::ECONNRESET | Errno::EPIPE)
}
