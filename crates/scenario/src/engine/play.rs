//! The steps of a scenario, one after another, each waiting for what it says and no longer.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use event::{Column, Signal};
use trace::Handle;

use super::actors::{self, Input};
use super::kernel;
use super::puppet::Puppet;
use super::watch::{Seen, Watch};
use crate::format::{Op, Step, Until, Verb};
use crate::peer::Reply;
use crate::recording::{Request, StepEnd, StepTrouble};

/// A scenario being played.
pub(super) struct Play<'a> {
    request: &'a Request,
    watch: Arc<Watch>,
    handle: Handle,
    /// Everybody started so far: the number is the command's in the trace.
    names: Vec<String>,
    columns: Vec<Column>,
    inputs: HashMap<String, Input>,
    puppets: HashMap<String, Puppet>,
    /// When the whole must be over.
    deadline: Instant,
}

/// What came of a play.
#[derive(Debug)]
pub(super) struct Played {
    pub(super) columns: Vec<Column>,
    pub(super) steps: Vec<StepEnd>,
    /// The engine's own failure.
    pub(super) error: Option<String>,
}

/// A step that failed, or the engine.
enum Stop {
    Step(Box<StepTrouble>),
    Engine(io::Error),
}

impl From<StepTrouble> for Stop {
    fn from(trouble: StepTrouble) -> Self {
        Self::Step(Box::new(trouble))
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Engine(error)
    }
}

impl<'a> Play<'a> {
    pub(super) fn new(request: &'a Request, watch: Arc<Watch>, handle: Handle) -> Self {
        let deadline = Instant::now() + Duration::from_millis(request.scenario.deadline_ms);
        Self {
            request,
            watch,
            handle,
            names: Vec::new(),
            columns: Vec::new(),
            inputs: HashMap::new(),
            puppets: HashMap::new(),
            deadline,
        }
    }

    /// Plays everything, up to the first step that fails.
    pub(super) fn play(mut self) -> Played {
        let steps = &self.request.scenario.steps;
        let mut ends = vec![StepEnd::NotReached; steps.len()];
        let mut error = None;
        for (index, step) in steps.iter().enumerate() {
            match self.step(step) {
                Ok(end) => ends[index] = end,
                Err(Stop::Step(trouble)) => {
                    ends[index] = StepEnd::Failed(*trouble);
                    break;
                }
                Err(Stop::Engine(failure)) => {
                    error = Some(format!("line {}: {failure}", step.line));
                    break;
                }
            }
        }
        // From here on things end because we end them, and that is not part of the story: dropping
        // `self` closes everybody's input.
        self.watch.change(|seen| seen.over = Some(lab::now()));
        // What was begun in the background and not joined: has it come to an end?
        let seen = self.watch.lock();
        for (step, end) in steps.iter().zip(&mut ends) {
            if let (Verb::Peer { peer, .. }, StepEnd::Unfinished) = (&step.verb, &*end) {
                let command = self.names.iter().position(|name| name == peer);
                let given = self.puppets.get(peer).map_or(0, |puppet| puppet.given);
                let replies = command.and_then(|command| seen.replies.get(&command));
                if replies.is_some_and(|replies| replies.len() >= given) {
                    *end = StepEnd::Done;
                }
            }
        }
        drop(seen);
        Played { columns: self.columns, steps: ends, error }
    }

    fn step(&mut self, step: &Step) -> Result<StepEnd, Stop> {
        let until = Instant::now() + Duration::from_millis(step.within_ms);
        let deadline = until.min(self.deadline);
        match &step.verb {
            Verb::Start { actor, until } => {
                self.start(actor)?;
                self.wait(actor, until, deadline, step)?;
            }
            Verb::Wait { actor, until } => self.wait(actor, until, deadline, step)?,
            Verb::Join { peer } => return self.replies(peer, deadline, step),
            Verb::Type { actor, text } => {
                let bytes = self.request.variables.bytes(text).map_err(io::Error::other)?;
                let input = self.inputs.get(actor).ok_or_else(|| not_running(actor))?;
                input.write(bytes);
            }
            Verb::EndInput { actor } => {
                self.inputs.remove(actor).ok_or_else(|| not_running(actor))?;
            }
            Verb::Signal { actor, signal } => self.signal(actor, signal)?,
            Verb::Peer { peer, ops } => return self.puppet(peer, ops, deadline, step),
            Verb::Look => self.watch.change(kernel::look_at_all),
        }
        Ok(StepEnd::Done)
    }

    fn start(&mut self, name: &str) -> Result<(), Stop> {
        let actor = self.request.scenario.actors.iter().find(|actor| actor.name == name);
        // The loader has seen that every name in a step is somebody's.
        let actor = actor.ok_or_else(|| not_running(name))?;
        let (command, argv, input) = actors::command(actor, self.request)?;
        self.columns.push(Column { label: name.to_owned(), argv });
        // Started a second time, the name means the new one.
        self.forget(name);
        self.names.push(name.to_owned());
        self.inputs.extend(input.map(|input| (name.to_owned(), input)));
        self.handle.start(command);
        self.await_birth()
    }

    /// An actor started before under this name keeps its column, and gives up the name.
    fn forget(&mut self, name: &str) {
        for known in &mut self.names {
            if known == name {
                known.push_str(" (before)");
            }
        }
    }

    fn await_birth(&self) -> Result<(), Stop> {
        let command = self.names.len() - 1;
        let born = |seen: &mut Seen| seen.commands.get(command).and_then(|command| command.pid);
        match self.watch.wait(self.deadline, false, born) {
            Some(_) => Ok(()),
            None => Err(Stop::from(StepTrouble::NotRunning { who: self.names[command].clone() })),
        }
    }

    fn command(&self, name: &str) -> Result<usize, Stop> {
        let index = self.names.iter().rposition(|known| known == name);
        index.ok_or_else(|| not_running(name).into())
    }

    fn signal(&mut self, actor: &str, signal: &str) -> Result<(), Stop> {
        let command = self.command(actor)?;
        let seen = self.watch.lock();
        let known = &seen.commands[command];
        let number = (1..=31).find(|number| Signal(*number).name() == Some(signal));
        let (Some(pid), None, Some(number)) = (known.pid, known.exit, number) else {
            return Err(not_running(actor).into());
        };
        drop(seen);
        let pid = i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw);
        let signal = rustix::process::Signal::from_named_raw(number);
        match (pid, signal) {
            (Some(pid), Some(signal)) => {
                Ok(rustix::process::kill_process(pid, signal).map_err(io::Error::from)?)
            }
            _ => Err(not_running(actor).into()),
        }
    }

    fn wait(
        &self,
        actor: &str,
        conditions: &[Until],
        deadline: Instant,
        step: &Step,
    ) -> Result<(), Stop> {
        if conditions.is_empty() {
            return Ok(());
        }
        let command = self.command(actor)?;
        let variables = &self.request.variables;
        let glance =
            conditions.iter().any(|until| matches!(until, Until::BlockedIn(_) | Until::Kernel(_)));
        let met = self.watch.wait(deadline, glance, |seen| {
            if conditions.iter().any(|until| is_met(seen, command, until, variables)) {
                return Some(true);
            }
            // Nothing more is to be hoped for from a program that has ended, but the kernel's
            // tables may still change.
            let kernel = conditions.iter().any(|until| matches!(until, Until::Kernel(_)));
            (seen.commands[command].exit.is_some() && !kernel).then_some(false)
        });
        if met == Some(true) {
            return Ok(());
        }
        let seen = self.watch.lock();
        let known = &seen.commands[command];
        let awaited = conditions.iter().map(ToString::to_string).collect::<Vec<_>>().join(" / ");
        let who = actor.to_owned();
        Err(Stop::from(match known.exit {
            Some(exit) => StepTrouble::Ended { who, awaited, exit, output: tail(&known.output) },
            None => StepTrouble::TimedOut {
                who,
                awaited,
                after_ms: step.within_ms,
                blocked_in: seen.blocked(command, None),
            },
        }))
    }

    /// Starts the peer if it does not run yet.
    fn awaken(&mut self, name: &str) -> Result<usize, Stop> {
        if let Some(command) = self.names.iter().position(|known| known == name) {
            return Ok(command);
        }
        let (command, orders, replies) = actors::peer(name)?;
        let index = self.names.len();
        self.names.push(name.to_owned());
        self.columns.push(Column { label: name.to_owned(), argv: Vec::new() });
        let puppet = Puppet::new(orders, replies, index, &self.watch, &self.request.variables)?;
        self.puppets.insert(name.to_owned(), puppet);
        self.handle.start(command);
        self.await_birth()?;
        Ok(index)
    }

    fn puppet(
        &mut self,
        name: &str,
        ops: &[Op],
        deadline: Instant,
        step: &Step,
    ) -> Result<StepEnd, Stop> {
        let command = self.awaken(name)?;
        for op in ops {
            if let Op::SendPieces(pieces) = op {
                for piece in pieces {
                    let end = self.order(command, name, Op::Send(piece.clone()), deadline, step)?;
                    if !matches!(end, StepEnd::Done) {
                        return Ok(end);
                    }
                    self.until_read(command, name, piece);
                }
                continue;
            }
            let end = self.order(command, name, op.clone(), deadline, step)?;
            if matches!(end, StepEnd::DoneWithError { .. }) {
                return Ok(end);
            }
        }
        Ok(if step.background { StepEnd::Unfinished } else { StepEnd::Done })
    }

    fn order(
        &mut self,
        command: usize,
        name: &str,
        op: Op,
        deadline: Instant,
        step: &Step,
    ) -> Result<StepEnd, Stop> {
        let puppet = self.puppets.get_mut(name).ok_or_else(|| not_running(name))?;
        let address = puppet.find(&op, &self.names, &self.watch.lock(), &self.request.variables);
        let address = address.map_err(|who| Stop::from(StepTrouble::Nowhere { who }))?;
        // A little less than the step's own time, so that the peer can still tell what it got.
        let left = deadline.saturating_duration_since(Instant::now()).as_millis();
        let left = u64::try_from(left).unwrap_or(u64::MAX);
        let within = (!step.background).then_some(left.saturating_sub(left / 10 + 1).max(1));
        puppet.order(op, address, within).or_else(|error| match error.kind() {
            // It has died, perhaps as it should (SIGPIPE); its end is in the timeline.
            io::ErrorKind::BrokenPipe => Ok(()),
            _ => Err(error),
        })?;
        let given = puppet.given;
        if step.background {
            return Ok(StepEnd::Unfinished);
        }
        self.reply(command, name, given, deadline, step)
    }

    fn replies(&self, name: &str, deadline: Instant, step: &Step) -> Result<StepEnd, Stop> {
        let command = self.command(name)?;
        let given = self.puppets.get(name).map_or(0, |puppet| puppet.given);
        self.reply(command, name, given, deadline, step)
    }

    /// Waits for the reply to the order with this number, and looks at all up to it.
    fn reply(
        &self,
        command: usize,
        name: &str,
        given: usize,
        deadline: Instant,
        step: &Step,
    ) -> Result<StepEnd, Stop> {
        let who = name.to_owned();
        let found = self.watch.wait(deadline, false, |seen| {
            let replies = seen.replies.get(&command).map_or(&[][..], Vec::as_slice);
            let bad = replies.iter().take(given).rfind(|reply| **reply != Reply::Done);
            if replies.len() >= given {
                return Some(Ok(bad
                    .filter(|_| replies.len() == given)
                    .cloned()
                    .unwrap_or(Reply::Done)));
            }
            seen.commands[command].exit.map(Err)
        });
        match found {
            Some(Ok(Reply::Done)) => Ok(StepEnd::Done),
            Some(Ok(Reply::Failed { call, error })) if step.may_fail => {
                Ok(StepEnd::DoneWithError { call, error })
            }
            Some(Ok(Reply::Failed { call, error })) => {
                Err(Stop::from(StepTrouble::Call { who, call, error }))
            }
            Some(Ok(Reply::Mismatch { how, expected, got, skipped, stopped })) => {
                let trouble = StepTrouble::Mismatch { who, how, expected, got, skipped, stopped };
                Err(Stop::from(trouble))
            }
            // Its end is what the step is about, and in the timeline.
            Some(Err(_)) if step.may_fail => Ok(StepEnd::Done),
            Some(Err(exit)) => {
                let awaited = "reply".to_owned();
                Err(Stop::from(StepTrouble::Ended { who, awaited, exit, output: String::new() }))
            }
            None => {
                let seen = self.watch.lock();
                Err(Stop::from(StepTrouble::TimedOut {
                    who,
                    awaited: step.verb_text(),
                    after_ms: step.within_ms,
                    blocked_in: seen.blocked(command, None),
                }))
            }
        }
    }

    /// Waits until the other end has read all that this peer has sent, so that the next piece
    /// arrives by itself. A program that does not read is not waited for long.
    fn until_read(&mut self, command: usize, name: &str, piece: &str) {
        let length = self.request.variables.bytes(piece).map_or(0, |bytes| bytes.len() as u64);
        let Some(puppet) = self.puppets.get_mut(name) else { return };
        puppet.sent += length;
        let sent = puppet.sent;
        let bound = Instant::now() + Duration::from_secs(1);
        self.watch.wait(bound.min(self.deadline), false, |seen| {
            let ends = seen.commands[command].socket.as_ref()?.ends()?;
            let received = seen.received.get(&(ends.1, ends.0)).copied().unwrap_or(0);
            (received >= sent).then_some(())
        });
    }
}

impl Step {
    fn verb_text(&self) -> String {
        match &self.verb {
            Verb::Peer { ops, .. } => {
                let names = ops.iter().map(|op| match serde_json::to_value(op) {
                    Ok(serde_json::Value::Object(map)) => {
                        map.keys().next().cloned().unwrap_or_default()
                    }
                    Ok(serde_json::Value::String(word)) => word,
                    _ => String::new(),
                });
                names.collect::<Vec<_>>().join(", ")
            }
            _ => "join".to_owned(),
        }
    }
}

fn is_met(seen: &mut Seen, command: usize, until: &Until, variables: &crate::Variables) -> bool {
    let known = &seen.commands[command];
    match until {
        Until::Listening => known.listens.is_some(),
        Until::Bound => known.bound.is_some(),
        Until::Connected => known.connected,
        Until::Exited => known.exit.is_some(),
        Until::Received(bytes) => known.received >= *bytes,
        Until::Sent(bytes) => known.sent >= *bytes,
        Until::Printed(text) => known.output.contains(&variables.text(text)),
        Until::Called { call, times } => {
            let calls = known.calls.iter();
            let made = calls.filter(|(name, _)| judge::Call::is_called(call, name));
            made.map(|(_, count)| count).sum::<u32>() >= *times
        }
        Until::BlockedIn(call) => seen.blocked(command, Some(call)).is_some(),
        Until::Kernel(kernel) => kernel::look(seen, kernel, variables),
    }
}

fn not_running(who: &str) -> NotRunning {
    NotRunning(who.to_owned())
}

/// Somebody is told to do something who does not run.
struct NotRunning(String);

impl From<NotRunning> for Stop {
    fn from(NotRunning(who): NotRunning) -> Self {
        Self::from(StepTrouble::NotRunning { who })
    }
}

/// The last lines of an output.
fn tail(output: &str) -> String {
    let lines: Vec<&str> = output.trim_end().lines().collect();
    lines[lines.len().saturating_sub(6)..].join("\n")
}
