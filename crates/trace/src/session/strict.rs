//! Seccomp's strict mode, which the kernel refuses to threads that have filters, as ours do.
//!
//! A program that asked for protection must not run on without it because it is recorded. So it
//! gets what it asked for: a filter with the same four calls, for this thread only, and the answer
//! that it succeeded. The filter alone would end the thread by SIGSYS; strict mode does it by
//! SIGKILL. The thread stops at every call, so it is ended before the filter sees a forbidden one. The
//! filter holds even if we don't look. One difference is left: of a process whose first thread is
//! ended while others go on, the parent is told SIGSYS, not SIGKILL.

use libc::pid_t;
use socklab_event::{Errno, Notice, Outcome};

use super::calls::{Calls, outcome_of};
use super::filters::Unable;
use super::process::Landings;
use super::tracees::Tracees;
use crate::ptrace::{self, CallEntry};
use crate::syscall::{PR_SET_TSC, Sys};
use crate::{arch, filter, probe};

/// Notes that a thread enters a call that asks for strict mode, if it is one the kernel accepts.
pub(super) fn note_request(tracees: &mut Tracees, tid: pid_t, sys: Sys, words: &[u64; 6]) {
    let asks = match sys {
        Sys::Seccomp => {
            let flags = words[1] as u32;
            words[0] as u32 == libc::SECCOMP_SET_MODE_STRICT && flags == 0 && words[2] == 0
        }
        _ => words[1] == u64::from(libc::SECCOMP_MODE_STRICT),
    };
    if let Some(thread) = tracees.thread_mut(tid) {
        thread.asks_strict = asks;
    }
}

/// Handles the return of a call that is not recorded: if it asked for strict mode, and was refused
/// because of our filters only, provides that mode.
pub(super) fn on_return(calls: &mut Calls<'_>, tid: pid_t, result: i64) {
    let Some(thread) = calls.tracees.thread_mut(tid) else { return };
    if !std::mem::take(&mut thread.asks_strict) {
        return;
    }
    let Some(process) = calls.tracees.process_of_mut(tid) else { return };
    // Strict mode takes the time stamp counter away, which landings read.
    process.landings = Landings::Refused;
    let ours = process.coverage.filters() + 1;
    let refused = outcome_of(result) == Outcome::Error(Errno::EINVAL);
    if !refused || !process.filtered || probe::filters(tid).is_some_and(|all| all != ours) {
        return;
    }
    match confine(calls, tid) {
        Ok(()) => {
            if let Some(thread) = calls.tracees.thread_mut(tid) {
                thread.strict = true;
            }
        }
        Err(Some(why)) => {
            calls.reporter.notice(calls.tracees.place(tid), Notice::StrictRefused { why });
        }
        Err(None) => {}
    }
}

/// Puts a thread that has just returned from its request into strict mode.
fn confine(calls: &mut Calls<'_>, tid: pid_t) -> Result<(), Unable> {
    if probe::filters(tid).is_none() {
        // Older kernels don't tell whether it has filters of its own, and so would fail anyway.
        return Err(Some("this kernel does not count filters (before Linux 5.9)".to_owned()));
    }
    let mut filters = calls.filters();
    filters.scratch(tid)?;
    // A process that has given up its privileges may add filters only with this. To a thread that
    // can't execute programs it makes no difference.
    let no_new_privileges = [libc::PR_SET_NO_NEW_PRIVS as u64, 1, 0, 0, 0, 0];
    filters.inject(tid, libc::SYS_prctl, no_new_privileges)?;
    let counter = |how: i32| [u64::from(PR_SET_TSC), how as u64, 0, 0, 0, 0];
    filters.inject(tid, libc::SYS_prctl, counter(libc::PR_TSC_SIGSEGV))?;
    let flags = libc::SECCOMP_FILTER_FLAG_SPEC_ALLOW as u32;
    if let Err(unable) = filters.add(tid, &filter::strict(), flags) {
        filters.inject(tid, libc::SYS_prctl, counter(libc::PR_TSC_ENABLE))?;
        return Err(unable);
    }
    let succeeded = |registers| ptrace::set_registers(tid, &arch::with_result(&registers, 0));
    ptrace::registers(tid).and_then(succeeded).map_err(|error| Some(format!("ptrace: {error}")))
}

/// Ends a thread in strict mode that enters a call which that mode forbids. False if it goes on.
pub(super) fn ends(calls: &mut Calls<'_>, tid: pid_t, entry: &CallEntry) -> bool {
    if filter::is_strict_call(entry.arch, entry.number) {
        return false;
    }
    let Some(process) = calls.tracees.process_of(tid) else { return true };
    if tid != process.pid {
        // Nobody is told how a thread ended that is not the first.
        let exit = |registers| ptrace::set_registers(tid, &arch::with_exit(&registers));
        let _ = ptrace::registers(tid).and_then(exit);
    } else if process.alive == 1 {
        ptrace::kill(tid);
    }
    true
}
