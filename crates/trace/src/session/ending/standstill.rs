//! Programs that all wait for somebody who will not come: a reader should know why nothing happens.
//!
//! A server whose client was started first, or two programs that were written as one, wait for ever, and
//! say nothing. All commands have been started then, so who they wait for could only be somebody outside.

use libc::pid_t;
use socklab_kernel::process::{self, State, SystemCall};

use super::doing::{Doing, doing};
use crate::awaiting::{OnStandstill, Standing, Standstill};
use crate::memory::TraceeMemory;
use crate::session::thread::TracedThread;
use crate::session::tracees::Tracees;
use crate::waits_for::waits_for;

/// How often to look, and how long it must last, in nanoseconds.
const EVERY: u64 = 500_000_000;
const LASTS: u64 = 2_000_000_000;

/// Looks, from time to time, whether everybody waits.
#[derive(Default)]
pub(super) struct StandstillWatch {
    on_standstill: Option<OnStandstill>,
    due: Option<u64>,
    /// Since when nobody has run, and how often they had been given a processor until then.
    since: Option<(u64, u64)>,
}

impl StandstillWatch {
    pub(super) fn new(on_standstill: Option<OnStandstill>) -> Self {
        Self { on_standstill, ..Self::default() }
    }

    /// No program is left to start.
    pub(super) fn begin(&mut self, now: u64) {
        self.due = self.on_standstill.as_ref().map(|_| now + EVERY);
    }

    /// Nothing is to be said any more.
    pub(super) fn end(&mut self) {
        self.due = None;
    }

    pub(super) fn due(&self) -> Option<u64> {
        self.due
    }

    /// Looks, if it is time to, and says so once.
    pub(super) fn step(&mut self, tracees: &Tracees, now: u64) {
        if self.due.is_none_or(|due| due > now) {
            return;
        }
        self.due = Some(now + EVERY);
        let Some((standing, turns)) = standing(tracees) else {
            self.since = None;
            return;
        };
        let since = match self.since {
            Some((since, before)) if before == turns => since,
            _ => now,
        };
        self.since = Some((since, turns));
        if now.saturating_sub(since) >= LASTS {
            self.end();
            if let Some(on_standstill) = &mut self.on_standstill {
                on_standstill(&Standstill { processes: standing });
            }
        }
    }
}

/// Who waits for a peer, if everybody waits and nobody for a user; and how often all of them have been
/// given a processor.
fn standing(tracees: &Tracees) -> Option<(Vec<Standing>, u64)> {
    let (mut standing, mut turns) = (Vec::new(), 0);
    for process in tracees.processes() {
        if process.attached || process.foreign_noticed {
            return None;
        }
        let mut waits = None;
        for (tid, thread) in tracees.threads_of(process.pid) {
            turns += process::scheduling(process.pid.cast_unsigned(), tid.cast_unsigned()).turns;
            if !stands(process.pid, tid, thread) {
                return None;
            }
            waits = waits.or_else(|| thread.call.as_ref().filter(|call| call.socket.is_some()));
        }
        if let Some(call) = waits {
            standing.push(Standing {
                process: process.pid.cast_unsigned(),
                argv: process.argv.0.clone(),
                call: call.entry.row.name,
                socket: call.socket.as_ref().map(|socket| (*socket.borrow().id).clone()),
            });
        }
    }
    standing.sort_by_key(|one| one.process);
    (!standing.is_empty()).then_some((standing, turns))
}

/// True if a thread waits, without a limit, in a call on a socket, or for another thread or process.
fn stands(pid: pid_t, tid: pid_t, thread: &TracedThread) -> bool {
    let ids = (pid.cast_unsigned(), tid.cast_unsigned());
    let state = process::state(ids.0, ids.1).unwrap_or(State::Dead);
    let call = process::system_call(ids.0, ids.1).ok();
    let does = doing(state, call.unwrap_or(SystemCall::Outside), &TraceeMemory(tid), 0);
    match (does, call) {
        (Doing::Rests, _) => true,
        (Doing::Waits | Doing::WaitsForChild, Some(SystemCall::Inside { number, .. })) => {
            thread.call.as_ref().is_some_and(|call| !call.stdio) || waits_for(number).is_some()
        }
        _ => false,
    }
}
