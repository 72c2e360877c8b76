//! Signals, job control, and what they do to calls under way.

use libc::pid_t;
use socklab_event::{Errno, Process as Life, Signal};

use super::leave::outcome_of;
use super::{Done, Session, vanished};
use crate::arch;
use crate::memory::{Memory, Of};
use crate::probe;
use crate::ptrace::{self, Go};

impl Session<'_> {
    /// A signal is about to be delivered to a thread.
    pub(super) fn on_signal(&mut self, tid: pid_t, signal: i32) -> Done {
        let Some(thread) = self.threads.get_mut(&tid) else {
            return Ok(());
        };
        if signal == libc::SIGTRAP && std::mem::take(&mut thread.stepping) {
            return self.on_step(tid);
        }
        let interrupted = thread.interrupted.is_some();
        let fate = Fate::of(tid, signal, interrupted);
        if fate == Fate::Handled && interrupted {
            // Whether the call is restarted after the handler depends on how the handler was
            // installed. The kernel decides when it enters the handler: go there and look.
            thread.stepping = true;
            self.tell(tid, Life::Signal { signal: Signal(signal) });
            return self.go(tid, Go::Step, signal);
        }
        if !matches!(fate, Fate::Ignored | Fate::Unasked) {
            self.tell(tid, Life::Signal { signal: Signal(signal) });
        }
        self.resume(tid, signal)
    }

    /// A thread that was in a call has entered a signal handler, or, if there was none after all,
    /// has been through one instruction.
    fn on_step(&mut self, tid: pid_t) -> Done {
        let Some(registers) = vanished(ptrace::registers(tid), tid)? else {
            return Ok(());
        };
        let Some(thread) = self.threads.get_mut(&tid) else {
            return Ok(());
        };
        let result = match &thread.interrupted {
            // The instruction was the call itself, restarted, and it has returned.
            Some(call) if call.instruction == arch::instruction(&registers) => {
                Some(arch::result(&registers))
            }
            Some(_) => {
                let saved = arch::stack(&registers) + arch::SAVED_RESULT;
                let saved = Of(tid).array::<8>(saved).map(i64::from_ne_bytes);
                // Anything else there is the call's number, to be made again.
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
        self.resume(tid, 0)
    }

    /// Job control has stopped the thread's process. It stays stopped, as its user wants it, and
    /// hears of SIGCONT (`PTRACE_LISTEN`).
    pub(super) fn on_group_stop(&mut self, tid: pid_t, signal: i32) -> Done {
        if self.release(tid, 0) {
            return Ok(());
        }
        let Some(process) = self.process_of(tid) else {
            return Ok(());
        };
        if !std::mem::replace(&mut process.stopped, true) {
            self.tell(tid, Life::Stopped { signal: Signal(signal) });
        }
        self.go(tid, Go::Listen, 0)
    }

    /// A thread goes on; if job control had stopped its process, that is over.
    pub(super) fn on_continued(&mut self, tid: pid_t) {
        let Some(process) = self.process_of(tid) else {
            return;
        };
        if std::mem::take(&mut process.stopped) {
            self.tell(tid, Life::Continued);
        }
    }
}

/// What a signal will do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Handled,
    Default,
    Ignored,
    /// One of those that come by the thousand, and nobody asked.
    Unasked,
}

impl Fate {
    /// By the masks in `/proc/TID/status`. Asking costs 20 µs, so it is not done for signals that
    /// some programs live on (Go's SIGURG, profilers' SIGPROF) unless a call was interrupted.
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
            return Self::Unasked;
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
