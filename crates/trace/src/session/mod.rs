//! One recording in progress: the loop that hands every stop to its handler.
//!
//! Stops come from `waitpid` and go to the module named after what happened: `enter` and `leave`
//! for system calls, `signals`, and `life` for threads and processes. `calls` decodes a call that
//! has returned, applies it to the tables of `descriptors` (through `effects`) and passes it to the
//! `reporter`; `filters` makes sure that later calls stop the program too. The state is in
//! `tracees`, `strangers`, `sockets`, `commands` and `shortcuts`. Each handler borrows only the
//! parts it needs, and returns how the thread goes on.
//!
//! The loop, what it keeps, and what it lends to the handlers are one thing, so this file is longer
//! than others.

mod attaching;
mod bounds;
mod calls;
mod commands;
mod contact;
mod counting;
mod coverage;
mod descriptors;
mod effects;
mod ending;
mod enter;
mod filters;
mod holding;
mod in_use;
mod kept;
mod leave;
mod life;
mod lines;
mod onward;
mod paths;
mod plan;
mod process;
mod refusals;
mod reporter;
mod rings;
mod seized;
mod shortcut;
mod signals;
mod sockets;
mod start;
mod strangers;
mod strict;
mod table;
mod thread;
mod tracees;
mod untraced;
pub(crate) mod watched;

use std::io;
use std::time::Duration;

use libc::pid_t;
use socklab_event::Event;
use socklab_kernel::clock;

use calls::Calls;
use commands::{Commands, Due};
use counting::Counting;
use ending::{Ending, Next};
use enter::Entering;
use holding::Holding;
use life::Lives;
use lines::Lines;
use onward::{Handled, Onward, RESUME, unless_vanished};
use reporter::Reporter;
use shortcut::Shortcuts;
use sockets::Sockets;
use strangers::Strangers;
use tracees::Tracees;

pub(crate) use plan::Plan;

use crate::command::Command;
use crate::control::{Handle, Steering};
use crate::error::Error;
use crate::options::{self, Finish, Options};
use crate::probe;
use crate::ptrace::{self, CallInfo, Go, Stop};
use crate::summary::{EndReason, Summary};
use crate::tracer::Elsewhere;

pub(crate) struct Session<'s> {
    options: Options,
    handle: Handle,
    sink: &'s mut dyn FnMut(Event),
    tracees: Tracees,
    strangers: Strangers,
    sockets: Sockets,
    commands: Commands,
    /// The end of the recording, if programs are given time to end.
    ending: Option<Ending>,
    shortcuts: Shortcuts,
    holding: Holding,
    lines: Lines,
    counting: Counting,
    reporter: Reporter,
    /// Events from elsewhere.
    elsewhere: Option<Elsewhere>,
    /// When to ask for them.
    elsewhere_due: Option<u64>,
    /// When to ask the kernel's tables whether programs can be reached whose calls can't be decoded.
    undecoded_due: Option<u64>,
    /// How many seccomp filters the tracer runs under itself (in a container, for instance). All
    /// programs it starts inherit them.
    foreign_filters: usize,
    /// When the alarm that interrupts `waitpid` is set to ring.
    alarm: Option<u64>,
}

/// The clock is read after this many stops: a busy tracer never waits, so no alarm interrupts it.
const STOPS_BETWEEN_LOOKS: u64 = 64;

/// How often the kernel's tables are asked, in nanoseconds.
const UNDECODED: u64 = 20_000_000;

/// How often events from elsewhere are asked for, in nanoseconds.
const ELSEWHERE: u64 = 100_000_000;

/// How long to wait for a request while there are no tracees to wait for.
const IDLE: Duration = Duration::from_millis(100);

impl<'s> Session<'s> {
    /// Makes the whole recording.
    pub(crate) fn record(plan: Plan, sink: &'s mut dyn FnMut(Event)) -> Result<Summary, Error> {
        let ending = match plan.options.ending {
            options::Ending::AtOnce => None,
            options::Ending::Gentle { grace } => {
                Some(Ending::new(grace, plan.on_awaiting, plan.wire_holds, plan.on_standstill))
            }
        };
        let mut session = Self {
            lines: Lines::new(&plan.options),
            counting: Counting::default(),
            options: plan.options,
            ending,
            handle: plan.handle,
            sink,
            tracees: Tracees::default(),
            strangers: Strangers::default(),
            sockets: Sockets::default(),
            commands: Commands::new(plan.commands, plan.keep_open),
            shortcuts: Shortcuts::default(),
            holding: Holding::default(),
            reporter: Reporter::new(plan.on_enter),
            elsewhere_due: plan.elsewhere.as_ref().map(|_| clock::now() + ELSEWHERE),
            elsewhere: plan.elsewhere,
            undecoded_due: None,
            foreign_filters: probe::own_filters(),
            alarm: None,
        };
        let done = session.begin(plan.attach).and_then(|()| session.follow());
        if done.is_err() {
            session.abandon();
        }
        session.hand_over();
        done?;
        let cost = *session.reporter.cost();
        let (commands, end) = session.commands.into_ends();
        Ok(Summary { commands, end, cost })
    }

    /// Checks the commands and attaches to the requested processes.
    fn begin(&mut self, attach: Vec<u32>) -> Result<(), Error> {
        if let Some(deadline) = self.options.deadline {
            self.commands.set_deadline(deadline);
        }
        self.commands.check()?;
        let columns = self.commands.queued();
        for (index, pid) in attach.into_iter().enumerate() {
            let command = u32::try_from(columns + index).unwrap_or(u32::MAX);
            self.lives(|mut lives| lives.attach(pid, command))?;
        }
        Ok(())
    }

    /// Handles stops until the recording is over.
    fn follow(&mut self) -> Result<(), Error> {
        while self.go_on()? {
            self.update_alarm();
            let looks = self.reporter.cost().stops.is_multiple_of(STOPS_BETWEEN_LOOKS);
            if looks && self.alarm.is_some_and(|at| at <= clock::now()) {
                self.on_alarm();
            }
            let counts = self.options.counters;
            if counts {
                self.counting.on_wait();
            }
            match self.next_stop() {
                Ok((tid, stop)) => {
                    let since = counts.then(|| self.counting.on_woken());
                    self.note_stop(tid, since);
                    let onward = self.on_stop(tid, stop)?;
                    self.hand_over();
                    if !self.is_held(tid, stop, onward) {
                        self.let_go(tid, onward)?;
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => self.on_alarm(),
                Err(error) if error.raw_os_error() == Some(libc::ECHILD) => self.on_nobody(),
                Err(error) => return Err(Error::call("waitpid", "the tracees", error)),
            }
        }
        Ok(())
    }

    /// Carries out requests and starts commands that are due. False when the recording is over.
    fn go_on(&mut self) -> Result<bool, Error> {
        for request in self.handle.requests() {
            match request {
                Steering::Stop if !self.commands.are_ending() => self.end(EndReason::Stopped),
                Steering::Stop | Steering::Skip => self.skip(),
                Steering::NoMore => self.commands.close(),
                Steering::Start(command) if !self.commands.are_ending() => self.start(*command)?,
                Steering::Start(_) => {}
                Steering::Look => self.holding.look_soon(),
                Steering::LetAllGo => self.let_all_go(),
            }
        }
        while let Some(command) = self.commands.next(&self.tracees) {
            self.start(command)?;
        }
        if self.commands.queued() > 0 && self.tracees.undecoded().next().is_some() {
            self.undecoded_due.get_or_insert_with(|| clock::now() + UNDECODED);
        }
        if self.commands.take_last_ended() && self.options.finish == Finish::LastEnded {
            match &mut self.ending {
                Some(ending) => ending.on_last_ended(clock::now()),
                None => self.end(EndReason::LastEnded),
            }
        }
        let busy = self.tracees.are_left() || !self.strangers.is_empty() || ptrace::has_news();
        Ok(busy || (self.commands.are_open() && !self.commands.are_ending()))
    }

    fn start(&mut self, command: Command) -> Result<(), Error> {
        if let Some(ending) = self.ending.as_mut().filter(|_| self.commands.is_last_started()) {
            ending.on_last_begins(&self.tracees, clock::now());
        }
        start::start(command, &self.options, &mut self.commands, &mut self.tracees)
    }

    fn next_stop(&mut self) -> io::Result<(pid_t, Stop)> {
        match self.tracees.next_deferred() {
            Some(stop) => Ok(stop),
            None => {
                let stop = ptrace::wait_any()?;
                self.reporter.cost().stops += 1;
                Ok(stop)
            }
        }
    }

    /// The thread has been held since then.
    fn note_stop(&mut self, tid: pid_t, since: Option<u64>) {
        if let (Some(thread), Some(since)) = (self.tracees.thread_mut(tid), since) {
            thread.tally.stop(since);
        }
    }

    fn on_stop(&mut self, tid: pid_t, stop: Stop) -> Handled {
        if !self.tracees.knows_thread(tid) {
            self.on_stranger(tid, stop);
            return Ok(Onward::Gone);
        }
        self.calls(|mut calls, shortcuts| shortcuts.collect(&mut calls, tid));
        let seized = self.tracees.thread_mut(tid).and_then(|thread| thread.seized.take());
        if let (Some(seized), Stop::Trap | Stop::Group(_) | Stop::Signal(_)) = (seized, stop) {
            self.entering(|mut entering| seized::report_call(&mut entering, tid, seized))?;
        }
        match stop {
            Stop::Filter | Stop::Call => self.on_call(tid, stop),
            Stop::Signal(signal) => self.calls(|mut calls, _| calls.on_signal(tid, signal)),
            Stop::Group(_) if self.is_to_be_released(tid) => RESUME,
            Stop::Group(signal) => self.calls(|mut calls, _| calls.on_group_stop(tid, signal)),
            Stop::Trap => {
                let foreign = self.foreign_filters;
                self.lives(|mut lives| lives.on_trap(tid, foreign))
            }
            Stop::Child => self.lives(|mut lives| lives.on_child(tid)),
            Stop::Exec => {
                if let Some(ending) = &mut self.ending {
                    ending.on_exec(tid);
                }
                self.lives(|mut lives| lives.on_exec(tid))
            }
            Stop::Exit => self.lives(|mut lives| lives.on_ending(tid)),
            Stop::Exited(_) | Stop::Killed(_) => {
                self.lives(|mut lives| lives.on_end(tid, stop)).map(|()| Onward::Gone)
            }
        }
    }

    /// Handles a thread that enters a call or has returned from one. The stop at the entry comes
    /// from a filter, or from ptrace if the process is stopped at every call.
    fn on_call(&mut self, tid: pid_t, stop: Stop) -> Handled {
        let entered = self.tracees.thread(tid).is_some_and(|thread| thread.call.is_some());
        match unless_vanished(ptrace::call_info(tid), tid)? {
            // Threads stopped at every call stop at the entry twice; the filter's stop comes second
            // and adds nothing.
            Some(_) if stop == Stop::Filter && entered => RESUME,
            Some(CallInfo::Entry(entry)) => {
                let onward = self.entering(|mut entering| entering.on_entry(tid, &entry));
                if let Some(name) = self.call_to_hold(tid) {
                    self.holding.note_entry(name);
                }
                if stop == Stop::Call && self.is_stepping(tid) {
                    self.holding.note_call(false);
                }
                onward
            }
            Some(CallInfo::Return(result)) if stop == Stop::Call => {
                if let Some(name) = self.call_to_hold(tid).filter(|_| !calls::is_restart(result)) {
                    self.holding.note_return(name, result);
                }
                if self.is_stepping(tid) {
                    self.holding.note_call(true);
                }
                self.calls(|mut calls, _| leave::on_return(&mut calls, tid, result))
            }
            Some(CallInfo::Return(_) | CallInfo::None) => RESUME,
            None => Ok(Onward::Gone),
        }
    }

    /// Handles the stop of an unknown thread: a child whose stop arrived before that of its parent,
    /// or a thread that was given up and has ended.
    fn on_stranger(&mut self, tid: pid_t, stop: Stop) {
        self.strangers.remove(tid);
        if matches!(stop, Stop::Exited(_) | Stop::Killed(_)) {
            return;
        }
        self.strangers.add(tid, stop, clock::now());
        if self.commands.are_killed() {
            self.adopt_everybody();
        }
    }

    fn adopt_everybody(&mut self) {
        let everybody = self.strangers.take(|_| true);
        self.lives(|mut lives| lives.adopt_all(everybody));
    }

    /// Hands the events made so far to the sink.
    fn hand_over(&mut self) {
        for event in self.reporter.drain() {
            (self.sink)(event);
        }
    }

    /// Lets a thread go on, to its next stop; or detaches from it, if its process was attached to
    /// and the recording is ending.
    fn let_go(&mut self, tid: pid_t, onward: Onward) -> Result<(), Error> {
        let (how, signal) = match onward {
            Onward::Gone => return Ok(()),
            Onward::Resume(signal) => (self.how_far(tid), signal),
            Onward::Step(signal) => (Go::Step, signal),
            Onward::Listen => (Go::Listen, 0),
        };
        if matches!(onward, Onward::Resume(_)) && self.is_to_be_released(tid) {
            self.lives(|mut lives| lives.release(tid, signal));
            self.hand_over();
            return Ok(());
        }
        if let Some(thread) = self.tracees.thread_mut(tid).filter(|_| self.options.counters) {
            thread.tally.go(clock::now());
        }
        ptrace::go(tid, how, signal).map_err(|error| Error::call("ptrace", tid, error))
    }

    fn how_far(&self, tid: pid_t) -> Go {
        let in_call = self
            .tracees
            .thread(tid)
            .is_some_and(|thread| thread.call.is_some() || thread.attempt.is_some());
        let stepped = self.tracees.process_of(tid).is_some_and(|process| process.stepped);
        let all = stepped || in_call || self.is_stepping(tid);
        if all { Go::ToCall } else { Go::On }
    }

    /// True if a thread stops at every call because it may be held there.
    fn is_stepping(&self, tid: pid_t) -> bool {
        let holds = self.handle.holds();
        holds.any()
            && self
                .tracees
                .process_of(tid)
                .is_some_and(|process| self.holding.is_stepping(tid, process.command, holds))
    }

    /// The call on a socket that a thread is in, if there are threads to hold.
    fn call_to_hold(&self, tid: pid_t) -> Option<&'static str> {
        let thread = self.tracees.thread(tid).filter(|_| self.handle.holds().any())?;
        thread.call.as_ref().filter(|call| !call.stdio).map(|call| call.entry.row.name)
    }

    /// Holds a thread that has stopped, if it is to be held there.
    fn is_held(&mut self, tid: pid_t, stop: Stop, onward: Onward) -> bool {
        let holds = self.handle.holds();
        if !holds.any() || self.commands.are_ending() {
            return false;
        }
        // The program would go on past its call's return.
        self.options.shortcuts = false;
        self.holding.keep((tid, stop), onward, &mut self.tracees, holds)
    }

    /// Lets everybody go who is held.
    fn let_all_go(&mut self) {
        for (tid, onward) in self.holding.let_all_go() {
            // A failure means that the thread has vanished, which its end will tell.
            let _ = self.let_go(tid, onward);
        }
    }

    /// Lets go the thread whose turn it is.
    fn step_holding(&mut self) -> Result<(), Error> {
        match self.holding.next(&self.tracees, self.handle.holds()) {
            Some((tid, onward)) => self.let_go(tid, onward),
            None => Ok(()),
        }
    }

    fn is_to_be_released(&self, tid: pid_t) -> bool {
        self.commands.are_ending()
            && self.tracees.process_of(tid).is_some_and(|process| process.attached)
    }

    /// When something is due even if no thread stops.
    fn due(&self) -> Option<u64> {
        let ending = self.ending.as_ref().and_then(Ending::due);
        let due = [self.commands.due(), self.shortcuts.due(), self.strangers.due(), ending];
        let more = [self.undecoded_due, self.elsewhere_due, self.holding.due()];
        due.into_iter().chain(more).flatten().min()
    }

    /// Sets the alarm if the time of the next due thing has changed. What is due now is done now: an
    /// alarm that rings before the wait begins interrupts nothing until it rings again.
    fn update_alarm(&mut self) {
        let due = self.due();
        if due == self.alarm {
            return;
        }
        match due.is_some_and(|at| at <= clock::now()) {
            true => self.on_alarm(),
            false => self.set_alarm(),
        }
    }

    fn set_alarm(&mut self) {
        self.alarm = self.due();
        let left = |at: u64| Duration::from_nanos(at.saturating_sub(clock::now()));
        self.handle.alarm(self.alarm.map(left));
    }

    /// Does what is due. Called when the alarm has rung or there is a request.
    fn on_alarm(&mut self) {
        let now = clock::now();
        let is_due = |at: Option<u64>| at.is_some_and(|at| at <= now);
        if is_due(self.shortcuts.due()) {
            self.calls(|mut calls, shortcuts| shortcuts.collect_all(&mut calls));
        }
        if is_due(self.holding.due()) {
            // A failure means that the thread has vanished, which its end will tell.
            let _ = self.step_holding();
        }
        if is_due(self.strangers.due()) {
            let patient = self.strangers.take_patient(now);
            self.lives(|mut lives| lives.adopt_all(patient));
        }
        if self.undecoded_due.take_if(|due| *due <= now).is_some() {
            let undecoded = self.tracees.undecoded();
            let reachable = undecoded.filter(|process| probe::is_reachable(process.pid));
            let ready: Vec<u32> = reachable.map(|process| process.command).collect();
            ready.into_iter().for_each(|command| self.tracees.mark_ready(command));
        }
        while let Some(due) = self.commands.take_due(now) {
            match due {
                Due::End(reason) => self.end(reason),
                Due::GiveUp => {
                    self.tracees.forget_threads();
                    self.strangers.clear();
                }
            }
        }
        if is_due(self.ending.as_ref().and_then(Ending::due)) {
            self.step_ending(now);
        }
        self.hand_over();
        if is_due(self.elsewhere_due) {
            let events = self.elsewhere.as_mut().map(|events| events()).unwrap_or_default();
            events.into_iter().for_each(|event| (self.sink)(event));
            self.elsewhere_due = Some(now + ELSEWHERE);
        }
        // The alarm repeats until it is set again.
        self.set_alarm();
    }

    /// Handles `waitpid` reporting that there are no tracees: those thought to be alive have ended.
    fn on_nobody(&mut self) {
        self.strangers.clear();
        for tid in self.tracees.tids() {
            self.tracees.defer(tid, Stop::Killed(0));
        }
        if !self.tracees.has_threads() && self.commands.are_open() {
            self.handle.wait(IDLE);
            self.on_alarm();
        }
    }

    /// Begins to end the recording: the processes we started are ended as the options say, those we
    /// attached to are stopped in order to detach from them.
    fn end(&mut self, reason: EndReason) {
        if !self.commands.begin_end(reason) {
            return;
        }
        self.calls(|mut calls, shortcuts| shortcuts.collect_all(&mut calls));
        self.let_all_go();
        let attached = self.tracees.processes().filter(|process| process.attached);
        for (tid, _) in attached.flat_map(|process| self.tracees.threads_of(process.pid)) {
            let _ = ptrace::interrupt(tid);
        }
        match &mut self.ending {
            Some(ending) => ending.on_end(clock::now()),
            None => self.kill(),
        }
        self.hand_over();
    }

    /// Kills the processes we started.
    fn kill(&mut self) {
        self.commands.bury();
        self.adopt_everybody();
        let ours = self.tracees.processes().filter(|process| !process.attached);
        ours.for_each(|process| ptrace::kill(process.pid));
    }

    /// Goes on with ending the programs, if that has begun.
    fn step_ending(&mut self, now: u64) {
        let roots = self.commands.roots();
        let Some(ending) = &mut self.ending else { return };
        match ending.step(&self.tracees, &roots, &mut self.reporter, now) {
            Next::Nothing => {}
            Next::End => self.end(EndReason::LastEnded),
            Next::Bury => self.kill(),
        }
    }

    /// Stops waiting for programs at the end.
    fn skip(&mut self) {
        if let Some(ending) = &mut self.ending {
            ending.skip(clock::now());
        }
    }

    /// Cleans up after an error: leaves no tracee behind.
    fn abandon(&mut self) {
        self.end(EndReason::Stopped);
        self.ending = None;
        self.kill();
        while self.tracees.has_threads() {
            self.update_alarm();
            match self.next_stop() {
                Ok((tid, Stop::Exited(_) | Stop::Killed(_))) => {
                    self.tracees.remove_thread(tid);
                }
                Ok((tid, _)) => {
                    let _ = self.let_go(tid, Onward::Resume(0));
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => self.on_alarm(),
                Err(_) => break,
            }
        }
    }

    fn calls<T>(&mut self, handle: impl FnOnce(Calls<'_>, &mut Shortcuts) -> T) -> T {
        let calls = Calls {
            options: &self.options,
            tracees: &mut self.tracees,
            sockets: &mut self.sockets,
            lines: &mut self.lines,
            counting: &self.counting,
            reporter: &mut self.reporter,
        };
        handle(calls, &mut self.shortcuts)
    }

    fn entering<T>(&mut self, handle: impl FnOnce(Entering<'_, '_>) -> T) -> T {
        self.calls(|mut calls, shortcuts| handle(Entering { calls: &mut calls, shortcuts }))
    }

    fn lives<T>(&mut self, handle: impl FnOnce(Lives<'_, '_>) -> T) -> T {
        let Self { options, tracees, sockets, lines, counting, reporter, .. } = self;
        let Self { shortcuts, strangers, commands, .. } = self;
        let calls = &mut Calls { options, tracees, sockets, lines, counting, reporter };
        handle(Lives { calls, shortcuts, strangers, commands })
    }
}
