//! A thread returns from a system call, or ends in the middle of one.

use libc::pid_t;
use socklab_event::Outcome;
use socklab_kernel::clock;

use super::calls::{Calls, is_restart, outcome_of};
use super::onward::{Handled, RESUME};
use super::shortcut::{Shortcuts, prepare_landings};
use super::strict;

/// Handles the return of the call a thread was in.
pub(super) fn on_return(calls: &mut Calls<'_>, tid: pid_t, result: i64) -> Handled {
    let ended = clock::now();
    let Some(thread) = calls.tracees.thread_mut(tid) else {
        return RESUME;
    };
    let Some(mut call) = thread.call.take() else {
        if let Some(attempt) = thread.attempt.take() {
            calls.on_watched_return(tid, attempt, result);
        }
        strict::on_return(calls, tid, result);
        return RESUME;
    };
    if is_restart(result) {
        call.interrupted_at = ended;
        // Before a handler runs on the thread's stack.
        calls.settle_line(tid, &mut call, Outcome::Unfinished);
        if let Some(thread) = calls.tracees.thread_mut(tid) {
            thread.interrupted = Some(call);
        }
    } else {
        thread.contact.note(&call.entry, result, ended);
        calls.count_after(tid, &mut call, result, ended);
        calls.on_no_room(tid, &call.entry, result);
        calls.finish(tid, call, outcome_of(result), ended);
        prepare_landings(calls, tid);
    }
    RESUME
}

/// Reports the calls that a thread has not returned from when it ends or is released.
pub(super) fn abandon_call(calls: &mut Calls<'_>, shortcuts: &mut Shortcuts, tid: pid_t) {
    shortcuts.collect(calls, tid);
    shortcuts.abandon(calls, tid);
    let Some(thread) = calls.tracees.thread_mut(tid) else {
        return;
    };
    let abandoned = [thread.call.take(), thread.interrupted.take()];
    for call in abandoned.into_iter().flatten() {
        calls.finish(tid, call, Outcome::Unfinished, clock::now());
    }
}
