//! The steps of a scenario, one after another, each waiting for what it says and no longer.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use socklab_event::{Column, Signal};
use socklab_trace::Handle;

use super::actors::{self, Input};
use super::kernel;
use super::puppet::Puppet;
use super::watch::{Seen, Watch};
use crate::format::{Step, Until, Verb};
use crate::recording::{Request, StepEnd, StepTrouble, Trouble};

/// How long, when a step has failed, the programs may go on until they wait for something.
const CALM_WITHIN: Duration = Duration::from_millis(100);

/// A scenario being played.
pub(super) struct Play<'a> {
    pub(super) request: &'a Request,
    pub(super) watch: Arc<Watch>,
    pub(super) handle: Handle,
    /// Everybody started so far: the number is the command's in the trace.
    pub(super) names: Vec<String>,
    pub(super) columns: Vec<Column>,
    inputs: HashMap<String, Input>,
    pub(super) puppets: HashMap<String, Puppet>,
    /// When the whole must be over.
    pub(super) deadline: Instant,
}

/// What came of a play.
#[derive(Debug)]
pub(super) struct Played {
    pub(super) columns: Vec<Column>,
    pub(super) steps: Vec<StepEnd>,
    /// Why they say nothing.
    pub(super) trouble: Option<Trouble>,
}

/// A step that failed, or the engine.
pub(super) enum Stop {
    Step(Box<StepTrouble>),
    Engine(io::Error),
    /// Somebody else gave this peer orders.
    Disturbed(String),
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
        let mut trouble = None;
        // What was begun in the background: the step, and the numbers of its orders.
        let mut begun = Vec::new();
        for (index, step) in steps.iter().enumerate() {
            let first = self.given(step);
            match self.step(step) {
                Ok(end) => {
                    if end == StepEnd::Unfinished {
                        begun.push((index, first..self.given(step)));
                    }
                    ends[index] = end;
                }
                Err(Stop::Step(trouble)) => {
                    ends[index] = StepEnd::Failed(*trouble);
                    // What a program does wrong, it does just now: the peer may have noticed first.
                    let bound = Instant::now() + CALM_WITHIN;
                    self.watch.wait(bound, true, |seen| seen.is_calm().then_some(()));
                    break;
                }
                Err(Stop::Engine(failure)) => {
                    let what = format!("line {}: {failure}", step.line);
                    trouble = Some(Trouble::Engine { what });
                    break;
                }
                Err(Stop::Disturbed(who)) => {
                    trouble = Some(Trouble::Disturbed { who });
                    break;
                }
            }
        }
        // From here on things end because we end them, and that is not part of the story: dropping
        // `self` closes everybody's input.
        self.watch.change(|seen| seen.over = Some(socklab_kernel::clock::now()));
        for (index, orders) in begun {
            // A disturbed peer is one of those below.
            if let Ok(end) = self.settle(&steps[index], orders) {
                ends[index] = end;
            }
        }
        for (name, puppet) in &self.puppets {
            if puppet.replies(&self.watch.lock()).is_err() {
                trouble.get_or_insert(Trouble::Disturbed { who: name.clone() });
            }
        }
        Played { columns: self.columns, steps: ends, trouble }
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
            Verb::Signal { actor, signal } => self.signal(actor, *signal)?,
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

    pub(super) fn await_birth(&self) -> Result<(), Stop> {
        let command = self.names.len() - 1;
        let born = |seen: &mut Seen| seen.commands.get(command).and_then(|command| command.pid);
        match self.watch.wait(self.deadline, false, born) {
            Some(_) => Ok(()),
            None => Err(Stop::from(StepTrouble::NotRunning { who: self.names[command].clone() })),
        }
    }

    pub(super) fn command(&self, name: &str) -> Result<usize, Stop> {
        let index = self.names.iter().rposition(|known| known == name);
        index.ok_or_else(|| not_running(name).into())
    }

    fn signal(&mut self, actor: &str, signal: Signal) -> Result<(), Stop> {
        let command = self.command(actor)?;
        let seen = self.watch.lock();
        let known = &seen.commands[command];
        let (Some(pid), None) = (known.pid, known.exit) else {
            return Err(not_running(actor).into());
        };
        drop(seen);
        let pid = i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw);
        let signal = rustix::process::Signal::from_named_raw(signal.0);
        match (pid, signal) {
            (Some(pid), Some(signal)) => {
                match rustix::process::kill_process(pid, signal) {
                    // It has ended, and the tracer has not told it yet.
                    Err(rustix::io::Errno::SRCH) => Err(not_running(actor).into()),
                    sent => Ok(sent.map_err(io::Error::from)?),
                }
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
            let made = calls.filter(|(name, _)| call.may_be(name));
            made.map(|(_, count)| count).sum::<u32>() >= *times
        }
        Until::BlockedIn(call) => seen.blocked(command, Some(*call)).is_some(),
        Until::Kernel(kernel) => kernel::look(seen, kernel, variables),
    }
}

pub(super) fn not_running(who: &str) -> NotRunning {
    NotRunning(who.to_owned())
}

/// Somebody is told to do something who does not run.
pub(super) struct NotRunning(String);

impl From<NotRunning> for Stop {
    fn from(NotRunning(who): NotRunning) -> Self {
        Self::from(StepTrouble::NotRunning { who })
    }
}

/// The last lines of an output.
fn tail(output: &str) -> String {
    let lines: Vec<&str> = output.trim_end().lines().collect();
    lines[lines.len().saturating_sub(12)..].join("\n")
}
