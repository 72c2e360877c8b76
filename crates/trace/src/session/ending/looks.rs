//! Looks at what the programs do, in `/proc`, and remembers it until the next look.

use std::collections::HashMap;

use libc::pid_t;
use socklab_kernel::process::{self, State, SystemCall};

use super::doing::{Doing, doing};
use super::verdict::{Facts, Frame, Seen, Spot, Work, verdict};
use crate::memory::TraceeMemory;
use crate::session::thread::TracedThread;
use crate::session::tracees::Tracees;

/// What the programs did when they were last looked at.
#[derive(Debug, Default)]
pub(super) struct Looks {
    seen: HashMap<pid_t, Seen>,
    /// Where threads were in a call when the last command began.
    routines: HashMap<pid_t, Spot>,
    /// When that was.
    last_began: u64,
}

/// A process that was started by the recorder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Living {
    pub(super) pid: pid_t,
    /// The command it is or descends from.
    pub(super) command: u32,
    /// Why to wait for it.
    pub(super) work: Option<Work>,
    /// It waits for a child to end.
    pub(super) for_child: bool,
}

impl Looks {
    /// Remembers where every thread is, as the last command is about to begin.
    pub(super) fn note_routines(&mut self, tracees: &Tracees, now: u64) {
        self.last_began = now;
        self.routines.clear();
        for process in tracees.processes().filter(|process| !process.attached) {
            for (tid, _) in tracees.threads_of(process.pid) {
                let spot = call_of(process.pid, tid).and_then(spot_of);
                spot.map(|spot| self.routines.insert(tid, spot));
            }
        }
    }

    /// Looks at every process that was started, in no order.
    pub(super) fn look(&mut self, tracees: &Tracees, now: u64, until: u64) -> Vec<Living> {
        let epoch = socklab_kernel::clock::epoch();
        let frame = Frame { now, until, last_began: self.last_began };
        let ours = tracees.processes().filter(|process| !process.attached);
        let living = ours.map(|process| {
            let (mut work, mut for_child) = (None, false);
            for (tid, thread) in tracees.threads_of(process.pid) {
                let foreign = process.foreign_noticed;
                let facts = self.facts(process.pid, (tid, thread), foreign, epoch);
                for_child |= facts.doing == Doing::WaitsForChild;
                let (works, seen) = verdict(&facts, self.seen.get(&tid), &frame);
                self.seen.insert(tid, seen);
                work = work.or(works);
            }
            Living { pid: process.pid, command: process.command, work, for_child }
        });
        living.collect()
    }

    fn facts(
        &self,
        pid: pid_t,
        (tid, thread): (pid_t, &TracedThread),
        foreign: bool,
        epoch: u64,
    ) -> Facts {
        let ids = (pid.cast_unsigned(), tid.cast_unsigned());
        let state = process::state(ids.0, ids.1).unwrap_or(State::Dead);
        // The numbers of another ABI's calls mean something else.
        let call = call_of(pid, tid).filter(|_| state == State::Sleeping && !foreign);
        let scheduling = process::scheduling(ids.0, ids.1);
        let began = thread.call.as_ref().map_or(0, |call| call.began);
        Facts {
            doing: doing(state, call.unwrap_or(SystemCall::Outside), &TraceeMemory(tid), epoch),
            spot: call.and_then(spot_of),
            routine: self.routines.get(&tid).copied(),
            ran: u64::try_from(scheduling.ran.as_nanos()).unwrap_or(u64::MAX),
            turns: scheduling.turns,
            contact: thread.contact,
            since: began.max(thread.contact.served).max(thread.born),
        }
    }
}

fn call_of(pid: pid_t, tid: pid_t) -> Option<SystemCall> {
    process::system_call(pid.cast_unsigned(), tid.cast_unsigned()).ok()
}

fn spot_of(call: SystemCall) -> Option<Spot> {
    match call {
        SystemCall::Inside { number, stack, instruction, .. } => {
            Some(Spot { number, stack, instruction })
        }
        _ => None,
    }
}
