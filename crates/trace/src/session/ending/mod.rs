//! The end of a recording: whom to wait for, and how to end those who run until they are ended.
//!
//! `doing` says what a thread does, `verdict` whether it is at work, `looks` collects the facts,
//! `arriving` finds what is on its way to those who wait, and `stages` decides what is done when.
//! Before that, `standstill` looks whether the programs wait for somebody who will not come.

mod arriving;
mod doing;
mod looks;
mod stages;
mod standstill;
mod verdict;

use std::time::Duration;

use libc::pid_t;
use socklab_event::{Process as Life, Signal};
use socklab_kernel::clock;

use arriving::Arriving;
use looks::{Living, Looks};
use stages::{Act, Stages};
use standstill::StandstillWatch;
use verdict::Work;

use super::reporter::Reporter;
use super::tracees::Tracees;
use crate::awaiting::{Awaited, Awaiting, Does, OnAwaiting, OnStandstill, WireHolds};
use crate::ptrace;

/// The end of a recording whose programs are given time to end.
pub(super) struct Ending {
    stages: Stages,
    looks: Looks,
    arriving: Arriving,
    standstill: StandstillWatch,
    on_awaiting: Option<OnAwaiting>,
}

/// What the session must do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Nothing.
    Nothing,
    /// End the recording: nobody is at work any more.
    End,
    /// All that were left have been killed.
    Bury,
}

impl Ending {
    pub(super) fn new(
        grace: Duration,
        on_awaiting: Option<OnAwaiting>,
        wire: Option<WireHolds>,
        on_standstill: Option<OnStandstill>,
    ) -> Self {
        let grace = u64::try_from(grace.as_nanos()).unwrap_or(u64::MAX);
        let arriving = Arriving::new(wire);
        let standstill = StandstillWatch::new(on_standstill);
        let (stages, looks) = (Stages::new(grace), Looks::default());
        Self { stages, looks, arriving, standstill, on_awaiting }
    }

    /// The last command is about to begin.
    pub(super) fn on_last_begins(&mut self, tracees: &Tracees, now: u64) {
        self.looks.note_routines(tracees, now);
        self.standstill.begin(now);
    }

    /// A process has executed a program.
    pub(super) fn on_exec(&mut self, pid: pid_t) {
        self.arriving.note(pid);
    }

    /// The last command has ended.
    pub(super) fn on_last_ended(&mut self, now: u64) {
        self.standstill.end();
        self.stages.settle(now);
    }

    /// The recording is being ended.
    pub(super) fn on_end(&mut self, now: u64) {
        self.standstill.end();
        self.stages.terminate(now);
    }

    /// Stop waiting for whatever is waited for.
    pub(super) fn skip(&mut self, now: u64) {
        self.stages.skip(now);
    }

    /// When to call [`Ending::step`].
    pub(super) fn due(&self) -> Option<u64> {
        self.stages.due().into_iter().chain(self.standstill.due()).min()
    }

    /// Looks at the programs and does what is to be done.
    pub(super) fn step(
        &mut self,
        tracees: &Tracees,
        roots: &[pid_t],
        reporter: &mut Reporter,
        now: u64,
    ) -> Next {
        self.standstill.step(tracees, now);
        if self.stages.due().is_none_or(|due| due > now) {
            return Next::Nothing;
        }
        let until = self.stages.until();
        let mut living = self.looks.look(tracees, now, until);
        if self.stages.is_settling() && living.iter().all(|living| living.work.is_none()) {
            self.arriving.count_as_work(&mut living, until);
        }
        let spent = clock::now().saturating_sub(now);
        let mut next = Next::Nothing;
        for act in self.stages.step(now, &living, roots, spent) {
            match act {
                Act::End => next = Next::End,
                Act::Killed => next = Next::Bury,
                Act::Signal(pid, signal) => {
                    let life = Life::EndedByRecorder { signal: Signal(signal) };
                    reporter.process(tracees.place(pid), life);
                    ptrace::send(pid, signal);
                    if tracees.process(pid).is_some_and(|process| process.stopped) {
                        // A program that job control has stopped can't handle SIGTERM.
                        ptrace::send(pid, libc::SIGCONT);
                    }
                }
                Act::Tell { signalled, left } => self.tell(tracees, &living, signalled, left, now),
            }
        }
        next
    }

    fn tell(
        &mut self,
        tracees: &Tracees,
        living: &[Living],
        signalled: Option<u32>,
        left: u64,
        now: u64,
    ) {
        let Some(on_awaiting) = &mut self.on_awaiting else { return };
        let concerned =
            living.iter().filter(|living| signalled.is_none_or(|c| c == living.command));
        let awaited = concerned.filter_map(|living| {
            let does = match living.work {
                Some(Work::Computes) => Does::Computes,
                Some(Work::Uninterruptible) => Does::Uninterruptible,
                Some(Work::Receives) => Does::Receives,
                Some(Work::Sleeps { until }) => {
                    let left = until.map(|until| until.saturating_sub(now));
                    Does::Sleeps { left: left.map(Duration::from_nanos) }
                }
                None if signalled.is_some() => Does::Waits,
                None => return None,
            };
            let argv = tracees.process(living.pid).map(|process| process.argv.0.clone());
            let process = living.pid.cast_unsigned();
            Some(Awaited { process, argv: argv.unwrap_or_default(), does })
        });
        let processes: Vec<Awaited> = awaited.collect();
        if !processes.is_empty() {
            let signalled = signalled.map(|_| Signal::TERM);
            on_awaiting(&Awaiting { processes, signalled, left: Duration::from_nanos(left) });
        }
    }
}
