//! Does the steps of a scenario, one after another. Each waits until its condition is met, and no
//! longer.
//!
//! A little longer than 400 lines: a step has an arm here, and one loop waits for all of them. What
//! an arm does that needs no view of the whole play has a file of its own.

use std::cell::Cell;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::process::{Pid, kill_process};
use socklab_event::{Column, Signal};
use socklab_kernel::{Deadline, clock};
use socklab_lab::WireControl;
use socklab_trace::Handle;

use super::calm::Digesting;
use super::cells::Cells;
use super::commands::{self, Input, Prepared};
use super::doors::Reach;
use super::failure::Failure;
use super::kernel;
use super::names;
use super::peers::Peers;
use super::ports::{is_ready, stays_open};
use super::present;
use super::started::Started;
use super::stuck;
use super::watch::{Missed, Seen, Watch};
use crate::format::{Run, Step, Until, Verb};
use crate::recording::{Isolation, PlaceUsed, Trouble};
use crate::request::Request;
use crate::step_end::{Awaited, StepEnd, StepTrouble};
use crate::variables::Variables;

/// How long to wait at most, after a step has failed, until the programs have settled.
const SETTLED_WITHIN: Duration = Duration::from_millis(400);
/// How many of the last lines of a program's output are quoted.
const QUOTED: usize = 12;

/// A scenario being played.
pub(super) struct Play<'a> {
    request: &'a Request,
    watch: Arc<Watch>,
    /// How to change the rules of the wire, if there is one.
    wire: Option<WireControl>,
    started: Started,
    cells: Cells,
    peers: Peers<'a>,
    /// The open standard inputs of actors, by name.
    inputs: HashMap<String, Input>,
    /// By how much a pause was too long, at most, in ms.
    stretched_ms: u64,
    /// See [`Recording::restless`](crate::Recording::restless).
    restless: Cell<bool>,
}

/// The result of a play.
#[derive(Debug)]
pub(super) struct Played {
    pub(super) columns: Vec<Column>,
    pub(super) steps: Vec<StepEnd>,
    /// Whether the submission was kept apart.
    pub(super) isolation: Isolation,
    /// See [`Recording::memory`](crate::Recording::memory).
    pub(super) memory: u64,
    /// See [`Recording::own_port`](crate::Recording::own_port).
    pub(super) own_port: Option<u16>,
    /// See [`Recording::stretched_ms`](crate::Recording::stretched_ms).
    pub(super) stretched_ms: u64,
    /// See [`Recording::restless`](crate::Recording::restless).
    pub(super) restless: bool,
    /// The reason, if there is one, why the steps say nothing about the programs.
    pub(super) trouble: Option<Trouble>,
}

impl Played {
    /// The result if nothing could be played, for this reason.
    pub(super) fn nothing(what: String) -> Self {
        Self {
            columns: Vec::new(),
            steps: Vec::new(),
            isolation: Isolation::NotNeeded,
            memory: 0,
            own_port: None,
            stretched_ms: 0,
            restless: false,
            trouble: Some(Trouble::Engine { what }),
        }
    }
}

/// A step that goes on in the background: its index, and the numbers of the orders it gave.
struct Background {
    step: usize,
    orders: Range<usize>,
}

impl<'a> Play<'a> {
    pub(super) fn new(
        request: &'a Request,
        place: &PlaceUsed,
        watch: Arc<Watch>,
        tracer: Handle,
        wire: Option<WireControl>,
    ) -> Self {
        let deadline = Deadline::after(Duration::from_millis(request.scenario.deadline_ms));
        Self {
            request,
            started: Started::new(
                Arc::clone(&watch),
                tracer,
                deadline,
                names::host(&request.scenario),
            ),
            cells: Cells::new(request, place),
            peers: Peers::new(request),
            inputs: HashMap::new(),
            stretched_ms: 0,
            restless: Cell::new(false),
            watch,
            wire,
        }
    }

    /// Plays all steps, up to the first that fails.
    pub(super) fn play(mut self) -> Played {
        let steps = &self.request.scenario.steps;
        let mut ends = vec![StepEnd::NotReached; steps.len()];
        let mut background = Vec::new();
        let alone = self.cells.isolation() == Isolation::Isolated;
        self.watch.change(|seen| seen.by_themselves = alone);
        let mut trouble = self.cells.refusal(self.request.isolation);
        let planned = if trouble.is_none() { steps.as_slice() } else { &[] };
        for (index, step) in planned.iter().enumerate() {
            let first = self.peers.orders_given(step);
            match self.step(step) {
                Ok(end) => {
                    if end == StepEnd::Unfinished {
                        let orders = first..self.peers.orders_given(step);
                        background.push(Background { step: index, orders });
                    }
                    ends[index] = end;
                }
                Err(Failure::Step(trouble)) => {
                    ends[index] = StepEnd::Failed(*trouble);
                    // Who gets a processor at last, and ends, can't be asked any more.
                    self.watch.change(|seen| seen.starved_ms = present::starved_ms(seen));
                    // The peer may have failed before the program's calls show the cause, and what
                    // the program does then must not depend on how fast it is.
                    self.watch.until_settled(SETTLED_WITHIN);
                    break;
                }
                Err(Failure::Engine(error)) => {
                    let what = format!("{error} (in the step in line {})", step.line);
                    trouble = Some(Trouble::Engine { what });
                    break;
                }
                Err(Failure::Disturbed(who)) => {
                    trouble = Some(Trouble::Disturbed { who });
                    break;
                }
            }
        }
        // From now on programs end because the engine ends them, which is not recorded: when `self`
        // is dropped, their inputs are closed.
        self.watch.change(|seen| {
            seen.over = Some(clock::now());
            seen.present = present::look(seen);
            seen.starved_ms = seen.starved_ms.max(present::starved_ms(seen));
        });
        // Who is held would never be calm below.
        self.started.let_all_go();
        if trouble.is_none() && !ends.iter().any(|end| matches!(end, StepEnd::Failed(_))) {
            match self.peers.look_around(&self.started, steps) {
                Ok(()) => {}
                Err((index, Failure::Step(trouble))) => ends[index] = StepEnd::Failed(*trouble),
                Err((_, Failure::Disturbed(who))) => trouble = Some(Trouble::Disturbed { who }),
                Err((_, Failure::Engine(error))) => {
                    trouble = Some(Trouble::Engine { what: error.to_string() });
                }
            }
        }
        self.watch.change(|seen| seen.closed = Some(clock::now()));
        for Background { step, orders } in background {
            // A disturbed peer is found below.
            if let Ok(end) = self.peers.settle(&self.watch, &steps[step], orders) {
                ends[step] = end;
            }
        }
        let disturbed = self.peers.disturbed(&self.watch);
        let trouble = trouble.or(disturbed.map(|who| Trouble::Disturbed { who }));
        let trouble = trouble.or_else(|| self.cells.limit());
        let isolation = self.cells.isolation();
        let own_port = self.started.own_port.get();
        let stretched_ms = self.stretched_ms.max(self.peers.stretched_ms());
        let restless = self.restless.get();
        let columns = self.started.into_columns();
        let memory = self.cells.memory();
        Played {
            columns,
            steps: ends,
            isolation,
            memory,
            own_port,
            stretched_ms,
            restless,
            trouble,
        }
    }

    fn step(&mut self, step: &Step) -> Result<StepEnd, Failure> {
        let until = Deadline::after(Duration::from_millis(step.within_ms));
        let deadline = until.min(self.started.deadline);
        match &step.verb {
            Verb::Start { actor, until } => {
                self.start(actor)?;
                self.wait(actor, until, deadline, step)?;
            }
            Verb::Wait { actor, until } => self.wait(actor, until, deadline, step)?,
            Verb::Join { peer, .. } => {
                return self.peers.reply(&self.started, peer, deadline, step);
            }
            Verb::Type { actor, text } => {
                let bytes = self.request.variables.accepted_bytes(text)?;
                let input = self.inputs.get(actor);
                input.ok_or_else(|| Failure::not_running(actor))?.write(bytes);
            }
            Verb::EndInput { actor } => {
                self.inputs.remove(actor).ok_or_else(|| Failure::not_running(actor))?;
            }
            Verb::Signal { actor, signal } => self.signal(actor, *signal, deadline, step)?,
            Verb::Peer { peer, ops } => {
                return self.peers.perform(&mut self.started, peer, ops, deadline, step);
            }
            Verb::Look => self.watch.change(kernel::look_at_all),
            Verb::Pause(ms) => self.pause(*ms),
            Verb::Hold { actor, at, yields } => self.started.hold(actor, *at, *yields)?,
            Verb::Release { actor } => self.release(actor, deadline)?,
            // The linter has seen to it that what is lifted has been there.
            Verb::Wire(change) => {
                let wire = self.wire.as_ref();
                wire.ok_or_else(|| Failure::not_running("wire"))?.change(change);
            }
        }
        Ok(StepEnd::Done)
    }

    fn pause(&mut self, ms: u64) {
        let begin = clock::now();
        let end = Deadline::after(Duration::from_millis(ms));
        self.watch.wait(end.min(self.started.deadline), false, |_| None::<()>);
        let took = (clock::now() - begin) / 1_000_000;
        self.stretched_ms = self.stretched_ms.max(took.saturating_sub(ms));
    }

    fn start(&mut self, name: &str) -> Result<(), Failure> {
        let actor = self.request.scenario.actors.iter().find(|actor| actor.name == name);
        // The loader has checked that there is such an actor.
        let actor = actor.ok_or_else(|| Failure::not_running(name))?;
        let Prepared { command, argv, input, printed } = commands::of_actor(actor, self.request)?;
        self.started.rename(name);
        let number = self.started.announce(name, argv);
        if actor.run == Run::Submission {
            self.started.mark_submission();
        }
        self.inputs.extend(input.map(|input| (name.to_owned(), input)));
        let command = match actor.run {
            Run::Submission => self.cells.contain(number, command)?,
            Run::Command(_) => command,
        };
        self.started.start(command)?;
        let program = self.watch.lock().commands[number].pid;
        if let Some(program) = program {
            let counted = actor.run == Run::Submission;
            let program = (program, counted);
            self.cells.watch(number, name, program, printed, &self.watch)?;
        }
        Ok(())
    }

    /// Sends a signal to a program: to its first process, or to what is left of it. SIGKILL ends all
    /// of it, with every process it has started, before the next step. If it has ended by itself, that is
    /// done already: a program that is about to end may be faster than the signal, or not.
    fn signal(
        &mut self,
        actor: &str,
        signal: Signal,
        deadline: Deadline,
        step: &Step,
    ) -> Result<(), Failure> {
        let number = self.started.known(actor)?;
        let kills = signal == Signal::KILL;
        let targets: Vec<u32> = {
            let seen = self.watch.lock();
            let command = &seen.commands[number];
            let first = command.pid.filter(|_| command.exit.is_none() && !kills);
            first.map_or_else(|| command.living.iter().copied().collect(), |pid| vec![pid])
        };
        if kills && targets.is_empty() {
            return Ok(());
        }
        let signal = rustix::process::Signal::from_named_raw(signal.0);
        let Some(signal) = signal.filter(|_| !targets.is_empty()) else {
            return Err(Failure::not_running(actor));
        };
        if let Some(cell) = self.cells.of(number).filter(|_| kills) {
            cell.kill(deadline.left())?;
        }
        let mut sent = false;
        for pid in targets {
            sent |= send(pid, signal)?;
        }
        if kills {
            return self.bury(number, actor, deadline, step);
        }
        // It has ended, but the tracer has not reported that yet.
        if sent { Ok(()) } else { Err(Failure::not_running(actor)) }
    }

    /// Waits until no process of a killed program is left, and kills those that it was just starting.
    fn bury(
        &self,
        number: usize,
        actor: &str,
        deadline: Deadline,
        step: &Step,
    ) -> Result<(), Failure> {
        let gone = self.watch.wait(deadline, true, |seen| {
            let living = &seen.commands[number].living;
            for pid in living {
                // One that can't be signalled is missed at the deadline.
                let _ = send(*pid, rustix::process::Signal::KILL);
            }
            living.is_empty().then_some(())
        });
        gone.ok_or_else(|| {
            let awaited = Awaited::OneOf(vec![Until::Exited]);
            let (who, after_ms) = (actor.to_owned(), step.within_ms);
            let (blocked_in, stuck) = (None, false);
            Failure::from(StepTrouble::TimedOut { who, awaited, after_ms, blocked_in, stuck })
        })
    }

    /// Lets go the threads that are held, once nobody else can go on. If that takes too long, holds
    /// nobody any more: a right program is right without that.
    fn release(&self, actor: &str, deadline: Deadline) -> Result<(), Failure> {
        let released = self.started.release(actor)?;
        if self.watch.wait(deadline, true, |_| released().then_some(())).is_none() {
            self.started.let_all_go();
        }
        Ok(())
    }

    /// Waits until one of the conditions is met.
    fn wait(
        &self,
        actor: &str,
        conditions: &[Until],
        deadline: Deadline,
        step: &Step,
    ) -> Result<(), Failure> {
        if conditions.is_empty() {
            return Ok(());
        }
        let command = self.started.known(actor)?;
        let variables = &self.request.variables;
        let in_kernel = conditions.iter().any(|until| matches!(until, Until::Kernel(_)));
        let port = self.started.port_wanted(command, conditions);
        let unseen =
            |until: &Until| matches!(until, Until::BlockedIn(_) | Until::Calm | Until::Exited);
        let glance = in_kernel || port.is_some() || conditions.iter().any(unseen);
        let mut digesting = Digesting::default();
        // An `alarm(2)` that ends a program can't be foreseen, nor what only the kernel does.
        let ends_by_itself = |it: &Until| {
            matches!(it, Until::Exited | Until::Calm | Until::BlockedIn(_) | Until::Kernel(_))
        };
        let mut find = |seen: &mut Seen| {
            if let Some(datagrams) = port {
                match self.started.reach(seen, command, variables.port, datagrams) {
                    Reach::Nowhere => {}
                    Reach::Asked(_) if stays_open(seen, command, variables.port, datagrams) => {
                        return Some(true);
                    }
                    Reach::Asked(_) => {}
                    // Perhaps it opens the right one in a moment.
                    _ if seen.are_calm(Some(command), deadline).is_some() => return Some(true),
                    _ => {}
                }
            }
            let others = conditions.iter().filter(|it| port.is_none() || !is_ready(it));
            let mut met = false;
            for until in others {
                met |= match until {
                    Until::Calm => {
                        let calm = seen.are_calm(Some(command), deadline);
                        // Where others are, what is under way may be theirs.
                        let is_under_way = || seen.by_themselves && stuck::is_under_way();
                        digesting.is_over(calm, Instant::now(), is_under_way)
                    }
                    _ => is_met(seen, command, until, variables),
                };
            }
            if met {
                return Some(true);
            }
            // No event follows the end of a program, but the kernel's tables may still change.
            let known = &seen.commands[command];
            (known.exit.is_some() && known.living.is_empty() && !in_kernel).then_some(false)
        };
        let mut wait = |deadline| match conditions.iter().any(ends_by_itself) {
            true => self.watch.wait(deadline, glance, &mut find).ok_or(Missed::Late),
            false => self.watch.wait_while_possible(deadline, glance, &mut find),
        };
        let met = match conditions.contains(&Until::Calm) {
            true => wait(deadline),
            false => {
                let bound = self.started.deadline;
                self.watch.wait_while_it_goes_on(deadline, step.within_ms, bound, wait)
            }
        };
        let stuck = met == Err(Missed::Never);
        let met = met.ok();
        if let Some(datagrams) = port {
            self.started.port_found(actor, command, datagrams, variables.port)?;
        }
        // A program that never becomes calm has done nothing wrong: it may have had the time.
        let patient = met.is_none() && conditions.contains(&Until::Calm);
        self.restless.set(self.restless.get() || patient);
        if met == Some(true)
            || patient
            || port.is_some_and(|it| self.started.is_reached(command, it, variables.port))
        {
            return Ok(());
        }
        let seen = self.watch.lock();
        let known = &seen.commands[command];
        let (who, awaited) = (actor.to_owned(), Awaited::OneOf(conditions.to_vec()));
        // If its end was awaited, its first process has ended, but what it has started is at work.
        let exit = known.exit.filter(|_| !conditions.contains(&Until::Exited));
        Err(Failure::from(match exit {
            Some(exit) => {
                StepTrouble::Ended { who, awaited, exit, output: last_lines(&known.output) }
            }
            None => StepTrouble::TimedOut {
                who,
                awaited,
                after_ms: step.within_ms,
                blocked_in: seen.blocked(command, None),
                stuck,
            },
        }))
    }
}

fn is_met(seen: &mut Seen, command: usize, until: &Until, variables: &Variables) -> bool {
    let known = &seen.commands[command];
    match until {
        Until::Listening => known.listens.is_some(),
        Until::Bound => known.bound.is_some(),
        Until::Connected => known.connected,
        Until::Exited => seen.has_ended(command),
        Until::Calm => known.exit.is_some() && known.living.is_empty(),
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

/// Sends a signal to a process; false if there is none.
fn send(pid: u32, signal: rustix::process::Signal) -> std::io::Result<bool> {
    match i32::try_from(pid).ok().and_then(Pid::from_raw).map(|pid| kill_process(pid, signal)) {
        None | Some(Err(rustix::io::Errno::SRCH)) => Ok(false),
        Some(sent) => Ok(sent.map(|()| true)?),
    }
}

fn last_lines(output: &str) -> String {
    let lines: Vec<&str> = output.trim_end().lines().collect();
    lines[lines.len().saturating_sub(QUOTED)..].join("\n")
}
