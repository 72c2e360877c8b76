//! From a recording to what others could see of a submission in it.
//!
//! Longer than 400 lines, because one look at the events of a case finds all of it.

use std::collections::BTreeMap;

use socklab_event::{Call, Errno, Exit, Outcome, Process, Signal, Timeline, What};
use socklab_flows::{ConnectionKind, Flows, NAME_SERVER_PORT, Position};

use super::content::{Source, pieces};
use super::form::{Act, CaseForm, Ended, Harm, MOST, Manner, Observed, Talk, Turn};
use super::turns::{Knows, Turns};
use crate::CaseState;

/// A case that was run.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'a> {
    /// The case's name.
    pub case: &'a str,
    /// Its verdict.
    pub state: CaseState,
    /// What happened, up to the end of the case.
    pub timeline: &'a Timeline,
    /// The actors that are the submission, by their names. None: all that have a command line.
    pub submission: &'a [&'a str],
    /// The first harm that it did in this case.
    pub harm: Option<Harm>,
}

/// Looks at a case.
pub fn observe(evidence: &Evidence<'_>) -> Observed {
    let mut case = CaseForm::of_state(evidence.case, evidence.state);
    case.harm = evidence.harm;
    if case.harm.is_some() {
        // Too late and wrong are the same there: it was ended when it was.
        case.state = if case.state == CaseState::Timeout { CaseState::Failed } else { case.state };
        return Observed { case, background: false, manner: Manner::default() };
    }
    let flows = Flows::of(evidence.timeline);
    let ours: Vec<bool> = evidence
        .timeline
        .header
        .columns
        .iter()
        .map(|column| match evidence.submission {
            [] => !column.argv.is_empty(),
            names => names.contains(&column.label.as_str()),
        })
        .collect();
    let look = Look { flows: &flows, ours: &ours };
    case.talks = look.talks(evidence.state == CaseState::Passed);
    if evidence.state != CaseState::Passed {
        case.ended = look.ended();
    }
    case.bound();
    Observed { case, background: look.is_in_background(), manner: look.manner() }
}

struct Look<'a, 't> {
    flows: &'a Flows<'t>,
    /// Which columns are the submission.
    ours: &'a [bool],
}

/// A conversation of the submission with somebody else.
struct Conversation {
    /// The other's name.
    with: String,
    /// Which command serves it, if one does.
    command: Option<usize>,
    /// When the connection was asked for, which orders those of one peer.
    since: Position,
    /// False if it never accepted the connection. Whether the kernel refused it, or let it stand in the
    /// queue and then reset it, is chance.
    is_taken: bool,
    turns: Turns,
    said: Vec<Said>,
    ends: Option<Knows>,
    /// What it knew when the other end read the end of its stream.
    end_seen: Option<Knows>,
}

/// Bytes that the submission sent.
struct Said {
    knowing: Knows,
    bytes: Vec<u8>,
    total: u64,
}

impl Look<'_, '_> {
    fn command_at(&self, at: Position) -> Option<usize> {
        let command = self.flows.processes[self.flows.process_at(at)?].command?;
        usize::try_from(command).ok()
    }

    fn is_ours(&self, command: Option<usize>) -> bool {
        command.is_some_and(|command| self.ours.get(command) == Some(&true))
    }

    /// Whose socket it is: the command of its first call.
    fn owner(&self, socket: Option<usize>) -> Option<usize> {
        self.flows.sockets[socket?].calls.iter().find_map(|at| self.command_at(*at))
    }

    fn label(&self, command: Option<usize>) -> String {
        let columns = &self.flows.timeline.header.columns;
        let Some(column) = command.and_then(|command| columns.get(command)) else {
            return String::new();
        };
        // Those of a crowd do the same, and which of them comes first is chance.
        match column.label.rsplit_once('-') {
            Some((crowd, number)) if number.parse::<u32>().is_ok() => crowd.to_owned(),
            _ => column.label.clone(),
        }
    }

    /// The conversations with others, by their connections.
    fn conversations(&self) -> BTreeMap<usize, (usize, Conversation)> {
        let mut found = BTreeMap::new();
        for (index, connection) in self.flows.connections.iter().enumerate() {
            let owners = connection.ends.each_ref().map(|end| self.owner(end.socket));
            let listens = self.owner(connection.listener);
            let ours = [self.is_ours(owners[0]), self.is_ours(owners[1].or(listens))];
            let side = match ours {
                [true, false] => 0,
                [false, true] => 1,
                _ => continue,
            };
            let other = &connection.ends[1 - side];
            let port = other.address.as_ref().and_then(socklab_event::Endpoint::port);
            if port.is_none() || port == Some(NAME_SERVER_PORT) {
                continue;
            }
            let since = connection.connected.or(connection.accepted).unwrap_or(0);
            let datagrams = connection.kind == ConnectionKind::Datagrams;
            let conversation = Conversation {
                with: self.label(owners[1 - side]),
                command: owners[side].or(listens.filter(|_| side == 1)),
                since,
                is_taken: datagrams || connection.ends[side].socket.is_some(),
                turns: Turns::new(datagrams, other.socket.is_some()),
                said: Vec::new(),
                ends: None,
                end_seen: None,
            };
            found.insert(index, (side, conversation));
        }
        found
    }

    /// What happened in each conversation. `passed`: the case went on to its last step.
    fn talks(&self, passed: bool) -> Vec<Talk> {
        let flows = self.flows;
        let mut conversations = self.conversations();
        let mut closing: BTreeMap<Position, Vec<usize>> = BTreeMap::new();
        for (index, (side, _)) in &conversations {
            let own = flows.connections[*index].ends[*side].socket;
            if let Some(at) = own.and_then(|own| flows.holders.last_close(own)) {
                closing.entry(at).or_default().push(*index);
            }
        }
        for at in 0..flows.order.len() {
            if flows.is_recorders_doing(at) {
                continue;
            }
            if let (Some(call), Some(index)) = (flows.call(at), flows.connection_at(at))
                && let Some((side, conversation)) = conversations.get_mut(&index)
            {
                let own = flows.connections[index].ends[*side].socket;
                if own.is_some() && flows.socket_at(at) == own {
                    conversation.own(call);
                } else {
                    conversation.turns.other(call);
                    if call.is_end_of_stream() {
                        let knows = conversation.turns.knows();
                        conversation.end_seen.get_or_insert(knows);
                    }
                }
            }
            for index in closing.get(&at).into_iter().flatten() {
                if let Some((_, conversation)) = conversations.get_mut(index) {
                    conversation.end();
                }
            }
        }
        let mut all: Vec<Conversation> = conversations.into_values().map(|(_, it)| it).collect();
        all.sort_by(|a, b| (&a.with, a.since).cmp(&(&b.with, b.since)));
        self.compared(&all, passed)
    }

    /// What happened in each conversation, joined where the same happened in several.
    fn compared(&self, all: &[Conversation], passed: bool) -> Vec<Talk> {
        let killed: Vec<bool> = (0..self.ours.len()).map(|it| self.was_killed(it)).collect();
        let mut done: Vec<(String, Vec<Turn>)> = Vec::new();
        for (index, one) in all.iter().enumerate() {
            let cut = one.command.is_some_and(|command| killed.get(command) == Some(&true));
            let turns = one.deeds(&others(all, index), cut, passed);
            // Somebody may wait in the queue to the end.
            if one.is_taken || !turns.is_empty() {
                done.push((one.with.clone(), turns));
            }
        }
        let mut talks: Vec<Talk> = Vec::new();
        let mut count: BTreeMap<String, u32> = BTreeMap::new();
        let crowds = self.crowds();
        let mut from = 0;
        while from < done.len() {
            let to = from + done[from..].iter().take_while(|it| it.0 == done[from].0).count();
            if crowds.contains(&done[from].0) {
                done[from..to].sort();
            }
            from = to;
        }
        for (with, turns) in done {
            let number = count.entry(with.clone()).or_default();
            *number += 1;
            if turns.is_empty() {
                continue;
            }
            match talks.last_mut() {
                Some(last)
                    if last.with == with
                        && last.turns == turns
                        && last.first + last.times == *number =>
                {
                    last.times += 1;
                }
                _ => talks.push(Talk { with, first: *number, times: 1, turns }),
            }
        }
        talks
    }

    /// The names of peers of which there are several.
    fn crowds(&self) -> Vec<String> {
        let columns = &self.flows.timeline.header.columns;
        let names = columns.iter().enumerate().map(|(index, column)| (index, &column.label));
        names
            .map(|(index, label)| (self.label(Some(index)), label))
            .filter(|(a, b)| a != *b)
            .map(|(name, _)| name)
            .collect()
    }

    /// The process that runs a command itself.
    fn root(&self, command: usize) -> Option<usize> {
        let wanted = u32::try_from(command).ok();
        self.flows.processes.iter().position(|it| it.command.is_some() && it.command == wanted)
    }

    /// True if a signal ended a process of it that a scenario, too, may send. When it arrives is chance,
    /// so that what the program did last says nothing.
    fn was_killed(&self, command: usize) -> bool {
        let signals = [Signal::KILL, Signal::TERM, Signal::INT, Signal::HUP];
        let command = u32::try_from(command).ok();
        let theirs = self.flows.processes.iter().filter(|it| it.command == command);
        let mut exits = theirs.filter_map(|process| process.exit);
        exits.any(|exit| matches!(exit, Exit::Signal(signal) if signals.contains(&signal)))
    }

    fn own_commands(&self) -> impl Iterator<Item = usize> {
        self.ours.iter().enumerate().filter_map(|(index, ours)| ours.then_some(index))
    }

    fn exits(&self) -> impl Iterator<Item = (usize, Exit)> {
        self.own_commands().filter_map(|command| {
            let root = &self.flows.processes[self.root(command)?];
            let exit = root.exit.filter(|_| root.ended_by_recorder.is_none())?;
            Some((command, exit))
        })
    }

    fn ended(&self) -> Vec<Ended> {
        let ended = self.exits().map(|(command, exit)| Ended {
            who: self.label(Some(command)),
            well: exit.is_success(),
        });
        ended.collect()
    }

    /// True if a command has ended with success, and a process that it had started made a call on a
    /// socket later.
    fn is_in_background(&self) -> bool {
        self.exits().any(|(command, exit)| {
            let root = self.root(command);
            let id = root.map(|root| self.flows.processes[root].id);
            let gone = self.flows.order.iter().position(|event| {
                let exits = matches!(event.process(), Some(Process::Exit { .. }));
                exits && Some(event.place.process) == id
            });
            let Some(gone) = gone.filter(|_| exit.is_success()) else { return false };
            (gone..self.flows.order.len()).any(|at| {
                let other = self.flows.process_at(at).is_some_and(|it| Some(it) != root);
                let calls = self.flows.call(at).is_some_and(|call| !call.implicit);
                other && calls && self.command_at(at) == Some(command)
            })
        })
    }

    fn manner(&self) -> Manner {
        let mut manner = Manner::default();
        let mut threads: BTreeMap<u32, u32> = BTreeMap::new();
        for (at, event) in self.flows.order.iter().enumerate() {
            if !self.is_ours(self.command_at(at)) {
                continue;
            }
            let place = &event.place;
            match &event.what {
                What::Process(process) => {
                    if let Process::Start { parent: Some(_), .. } = **process {
                        manner.ways.insert("processes".to_owned());
                    }
                }
                What::Call(call) if !call.implicit => {
                    let inet = call
                        .socket
                        .as_ref()
                        .is_some_and(|it| it.local.as_ref().is_some_and(|it| it.port().is_some()));
                    if call.moves_data() && inet {
                        let first = threads.entry(place.process).or_insert(place.thread);
                        if *first != place.thread {
                            manner.ways.insert("threads".to_owned());
                        }
                        if let socklab_event::Args::Recv { room, .. } = call.args {
                            manner.rooms.insert(room);
                        }
                    }
                    let name = call.library_name();
                    if ["poll", "select", "epoll_wait"].contains(&name) {
                        manner.ways.insert(name.to_owned());
                    }
                }
                _ => {}
            }
        }
        manner.exits = self
            .exits()
            .map(|(_, exit)| match exit {
                Exit::Code(code) => code.to_string(),
                Exit::Signal(signal) => signal.to_string(),
                Exit::Unknown => "?".to_owned(),
            })
            .collect();
        manner
    }
}

/// What everybody else has said, by name.
fn others(all: &[Conversation], index: usize) -> Vec<(&str, &[u8])> {
    let others = all.iter().enumerate().filter(|(other, _)| *other != index);
    let said = others.map(|(_, it)| (it.with.as_str(), it.turns.bytes()));
    said.filter(|(_, bytes)| !bytes.is_empty()).take(MOST).collect()
}

impl Conversation {
    /// A call of the submission.
    fn own(&mut self, call: &Call) {
        let gone = [Errno::ECONNRESET, Errno::EPIPE, Errno::ETIMEDOUT];
        if call.error().is_some_and(|error| gone.contains(&error)) || call.is_end_of_stream() {
            self.turns.learns_end();
        } else if call.received().is_some() {
            self.turns.receives(call);
        } else if call.sent().is_some() {
            let knowing = self.turns.knows();
            for message in call.messages() {
                let (bytes, total) = (message.bytes.moved().to_vec(), message.bytes.total);
                self.said.push(Said { knowing, bytes, total });
            }
            if let socklab_event::Args::SendFile { .. } = call.args {
                let total = call.sent().unwrap_or(0);
                self.said.push(Said { knowing, bytes: Vec::new(), total });
            }
        } else if call.ends_sending() {
            self.end();
        }
    }

    fn end(&mut self) {
        self.ends.get_or_insert(self.turns.knows());
    }

    /// What it did, turn by turn. `cut`: it was killed, so nothing in answer to the other's last word
    /// counts, nor that the stream ends.
    fn deeds(&self, others: &[(&str, &[u8])], cut: bool, passed: bool) -> Vec<Turn> {
        // A case that is not passed ends at once: whether there was time to end a stream that the other
        // end has ended, too, is chance.
        // One that is passed ends when its last step is done. What the program does then is recorded only
        // if it is fast; but whoever still has a connection waits for the end of the stream, or until the
        // program does nothing more. So what counts is what the other end has seen.
        let ends = match passed && self.turns.is_recorded() {
            true => self.end_seen.map(|knows| self.ends.unwrap_or(knows)),
            false => self.ends,
        };
        let ends = ends.filter(|ends| !cut && (passed || !ends.end));
        let turns = self.turns.all(self.said.iter().map(|said| said.total).sum());
        let mut source = Source::new(self.turns.bytes(), others);
        let mut done: Vec<Turn> = Vec::new();
        for (number, turn) in turns.iter().enumerate() {
            let in_turn = |knowing: Knows| turns.of(knowing) == number;
            let said = self.said.iter().filter(|said| in_turn(said.knowing));
            let mut acts = Vec::new();
            if self.turns.is_datagrams() {
                for said in said {
                    acts.push(Act::Sends(pieces(&mut source, turn, &said.bytes, said.total)));
                }
            } else {
                let (mut bytes, mut total) = (Vec::new(), 0);
                for said in said {
                    // Where a sample is cut, the bytes after it are not in their places.
                    if bytes.len() as u64 == total {
                        bytes.extend_from_slice(&said.bytes);
                    }
                    total += said.total;
                }
                if total > 0 {
                    acts.push(Act::Sends(pieces(&mut source, turn, &bytes, total)));
                }
            }
            if !self.turns.is_datagrams() && ends.is_some_and(in_turn) {
                acts.push(Act::Ends);
            }
            let last = number + 1 == turns.len();
            if turn.is_reset || (cut && number >= turns.last_word()) {
                acts.clear();
            }
            if last && self.turns.waits() {
                acts.push(Act::Waited);
            }
            push(&mut done, number, acts);
        }
        done
    }
}

/// Adds a turn, or counts it if the same happened in the one before it.
fn push(done: &mut Vec<Turn>, number: usize, did: Vec<Act>) {
    let number = u32::try_from(number).unwrap_or(u32::MAX);
    if did.is_empty() {
        return;
    }
    match done.last_mut() {
        Some(last) if last.did == did && last.first.saturating_add(last.times) == number => {
            last.times += 1;
        }
        _ => done.push(Turn { first: number, times: 1, did }),
    }
}

/// True if the call waited to the end.
pub(super) fn is_waiting(call: &Call) -> bool {
    call.receives() && call.outcome == Outcome::Unfinished
}
