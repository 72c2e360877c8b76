//! Making a tracee execute a system call that its program does not contain.

use std::collections::VecDeque;
use std::io;

use libc::pid_t;

use crate::arch::{self, CALL_INSTRUCTION};
use crate::memory::{Memory, TraceeMemory};
use crate::ptrace::{self, CallInfo, Go, Stop};

/// Why a call could not be injected.
#[derive(Debug)]
pub(crate) enum InjectError {
    /// The thread is not just after a `syscall` instruction.
    Elsewhere,
    /// Its memory may not be read: it is not "dumpable", `prctl(2)`.
    Unreadable,
    /// The thread ended in the meantime; its end is among the deferred stops.
    Gone,
    /// A ptrace request failed.
    Ptrace(io::Error),
}

impl From<io::Error> for InjectError {
    fn from(error: io::Error) -> Self {
        Self::Ptrace(error)
    }
}

/// Makes thread `tid` of process `pid`, which has just returned from a system call, execute
/// another one, and then restores the thread's state. Returns the call's result.
///
/// The thread goes back to the `syscall` instruction it has just executed, and executes it again.
/// Its signals are blocked meanwhile, except SIGSTOP, which can't be blocked and is sent again
/// afterwards. If the thread ends, its end is added to `deferred`.
pub(crate) fn inject(
    pid: pid_t,
    tid: pid_t,
    (number, arguments): (i64, [u64; 6]),
    deferred: &mut VecDeque<(pid_t, Stop)>,
) -> Result<i64, InjectError> {
    let saved = ptrace::registers(tid)?;
    let call = arch::instruction(&saved).wrapping_sub(CALL_INSTRUCTION.len() as u64);
    match TraceeMemory(tid).array(call) {
        Some(CALL_INSTRUCTION) => {}
        Some(_) => return Err(InjectError::Elsewhere),
        None => return Err(InjectError::Unreadable),
    }
    let mask = ptrace::signal_mask(tid)?;
    ptrace::set_signal_mask(tid, u64::MAX)?;
    ptrace::set_registers(tid, &arch::with_call(&saved, number, arguments))?;
    let mut stop_again = false;
    let result = execute(tid, &mut stop_again, deferred)?;
    ptrace::set_registers(tid, &saved)?;
    ptrace::set_signal_mask(tid, mask)?;
    if stop_again {
        // SAFETY: no pointers.
        unsafe { libc::syscall(libc::SYS_tgkill, pid, tid, libc::SIGSTOP) };
    }
    Ok(result)
}

/// Runs the thread to the end of its system call.
///
/// A single step would need one stop less. But the kernel reports a step over a system call by
/// forcing SIGTRAP, and if the program ignores that signal, forcing it resets the disposition.
fn execute(
    tid: pid_t,
    stop_again: &mut bool,
    deferred: &mut VecDeque<(pid_t, Stop)>,
) -> Result<i64, InjectError> {
    loop {
        ptrace::go(tid, Go::ToCall, 0)?;
        match ptrace::wait_for(tid)? {
            Stop::Call => {
                if let CallInfo::Return(result) = ptrace::call_info(tid)? {
                    return Ok(result);
                }
            }
            Stop::Signal(libc::SIGSTOP) | Stop::Group(_) => *stop_again = true,
            end @ (Stop::Exit | Stop::Exited(_) | Stop::Killed(_)) => {
                deferred.push_back((tid, end));
                return Err(InjectError::Gone);
            }
            // The base filter's stop, or one that the tracer requested: go on.
            Stop::Filter | Stop::Trap | Stop::Signal(_) | Stop::Child | Stop::Exec => {}
        }
    }
}
