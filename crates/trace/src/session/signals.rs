//! Signals and job control, and their effect on the call a thread is in.

use libc::pid_t;
use socklab_event::{Errno, Process as Life, Signal};

use super::calls::{Calls, outcome_of};
use super::onward::{Handled, Onward, RESUME, unless_vanished};
use crate::arch;
use crate::memory::{Memory, TraceeMemory};
use crate::probe;
use crate::ptrace;

impl Calls<'_> {
    /// Handles a signal that is about to be delivered to a thread.
    pub(super) fn on_signal(&mut self, tid: pid_t, signal: i32) -> Handled {
        let Some(thread) = self.tracees.thread_mut(tid) else {
            return Ok(Onward::Gone);
        };
        if signal == libc::SIGTRAP && std::mem::take(&mut thread.stepping) {
            return self.on_step(tid);
        }
        if signal == libc::SIGSYS
            && let Some(handled) = self.on_refused_call(tid)
        {
            return handled;
        }
        if matches!(signal, libc::SIGXCPU | libc::SIGBUS) {
            self.on_limit(tid, signal);
        }
        let Some(thread) = self.tracees.thread_mut(tid) else {
            return Ok(Onward::Gone);
        };
        let interrupted = thread.interrupted.is_some();
        let disposition = Disposition::of(tid, signal, interrupted);
        if disposition == Disposition::Handled && interrupted {
            // Whether the call is restarted after the handler depends on how the handler was
            // installed. The kernel decides when it sets up the handler's stack frame: step there.
            thread.stepping = true;
            self.reporter.process(self.tracees.place(tid), Life::Signal { signal: Signal(signal) });
            return Ok(Onward::Step(signal));
        }
        if !matches!(disposition, Disposition::Ignored | Disposition::NotAsked) {
            self.reporter.process(self.tracees.place(tid), Life::Signal { signal: Signal(signal) });
        }
        Ok(Onward::Resume(signal))
    }

    /// Handles a thread whose call was interrupted and that has entered a signal handler; or, if
    /// there was none after all, has executed one instruction.
    fn on_step(&mut self, tid: pid_t) -> Handled {
        let Some(registers) = unless_vanished(ptrace::registers(tid), tid)? else {
            return Ok(Onward::Gone);
        };
        let Some(thread) = self.tracees.thread_mut(tid) else {
            return Ok(Onward::Gone);
        };
        let result = match &thread.interrupted {
            // The instruction was the restarted call itself, and it has returned.
            Some(call) if call.instruction == arch::instruction(&registers) => {
                Some(arch::result(&registers))
            }
            Some(_) => {
                let saved = arch::stack(&registers) + arch::SAVED_RESULT;
                let saved = TraceeMemory(tid).array::<8>(saved).map(i64::from_ne_bytes);
                // Otherwise the saved register holds the number of the call, which will be
                // restarted.
                saved.filter(|result| *result == -i64::from(Errno::EINTR.0))
            }
            None => None,
        };
        if let Some(result) = result
            && let Some(call) = thread.interrupted.take()
        {
            let ended = call.interrupted_at;
            self.finish(tid, call, outcome_of(result), ended);
        }
        RESUME
    }

    /// Handles job control stopping the thread's process, which stays stopped until SIGCONT
    /// (`PTRACE_LISTEN`).
    pub(super) fn on_group_stop(&mut self, tid: pid_t, signal: i32) -> Handled {
        let Some(process) = self.tracees.process_of_mut(tid) else {
            return Ok(Onward::Gone);
        };
        if !std::mem::replace(&mut process.stopped, true) {
            self.reporter
                .process(self.tracees.place(tid), Life::Stopped { signal: Signal(signal) });
        }
        Ok(Onward::Listen)
    }

    /// Handles a thread that goes on. If job control had stopped its process, that is over.
    pub(super) fn on_continued(&mut self, tid: pid_t) {
        let Some(process) = self.tracees.process_of_mut(tid) else {
            return;
        };
        if std::mem::take(&mut process.stopped) {
            self.reporter.process(self.tracees.place(tid), Life::Continued);
        }
    }
}

/// What a signal will do, `signal(7)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Disposition {
    Handled,
    Default,
    Ignored,
    /// One of the signals that may arrive by the thousand, so the kernel was not asked.
    NotAsked,
}

impl Disposition {
    /// Reads the masks in `/proc/TID/status`. That costs 20 µs, so it is not done for signals that
    /// some programs send all the time (Go's SIGURG, profilers' SIGPROF), unless a call was
    /// interrupted.
    fn of(tid: pid_t, signal: i32, interrupted: bool) -> Self {
        let frequent = matches!(
            signal,
            libc::SIGURG
                | libc::SIGCHLD
                | libc::SIGWINCH
                | libc::SIGCONT
                | libc::SIGPROF
                | libc::SIGVTALRM
        );
        if frequent && !interrupted {
            return Self::NotAsked;
        }
        let status = probe::status(tid);
        if status.as_ref().is_some_and(|status| status.catches(signal)) {
            Self::Handled
        } else if status.is_some_and(|status| status.ignores(signal))
            || (frequent && signal <= libc::SIGWINCH && signal != libc::SIGPROF)
        {
            Self::Ignored
        } else {
            Self::Default
        }
    }
}
