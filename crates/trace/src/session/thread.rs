//! What the tracer knows about a thread and the call it is in.

use libc::pid_t;
use socklab_event::{Args, Counted};
use socklab_kernel::clock;

use super::contact::Contact;
use super::counting::Tally;
use super::lines::CallLine;
use super::table::Shared;
use super::watched::Attempt;
use crate::decode::CallAtEntry;
use crate::memory::Ahead;

/// A thread. It has at most one system call in progress.
#[derive(Debug, Default)]
pub(crate) struct TracedThread {
    /// The process it belongs to.
    pub(crate) pid: pid_t,
    /// The call it is in.
    pub(crate) call: Option<OpenCall>,
    /// A call it is in whose result tells whether it was an attempt.
    pub(crate) attempt: Option<Attempt>,
    /// A call that a signal interrupted. The kernel restarts it, unless a handler installed
    /// without `SA_RESTART` runs first.
    pub(crate) interrupted: Option<OpenCall>,
    /// When it was seized, if it has not stopped since.
    pub(crate) seized: Option<u64>,
    /// A call at whose return it will not stop.
    pub(crate) shortcut: Option<Shortcut>,
    /// It single-steps to the first instruction of a signal handler.
    pub(crate) stepping: bool,
    /// It was created while other threads of its parent were in calls, so what it inherited must
    /// be read from the kernel.
    pub(crate) verify: bool,
    /// Its `PTRACE_EVENT_EXIT` has been seen.
    pub(crate) ending: bool,
    /// It is in a `clone` from which `CLONE_UNTRACED` was taken.
    pub(crate) untraced: bool,
    /// It is in a call that asks for strict seccomp.
    pub(crate) asks_strict: bool,
    /// It is in strict seccomp, as far as we can provide it (see `session::strict`).
    pub(crate) strict: bool,
    /// It was created by another tracee, and has not run yet.
    pub(crate) newborn: bool,
    /// How it deals with its peers.
    pub(crate) contact: Contact,
    /// What is kept of it for its counters.
    pub(crate) tally: Tally,
    /// When it became known.
    pub(crate) born: u64,
}

impl TracedThread {
    pub(crate) fn new(pid: pid_t) -> Self {
        Self { pid, born: clock::now(), ..Self::default() }
    }
}

/// A call that has been entered and has not returned.
#[derive(Debug)]
pub(crate) struct OpenCall {
    pub(crate) entry: CallAtEntry,
    pub(crate) began: u64,
    /// When it was last interrupted, which is its end if it turns out to have failed with EINTR.
    pub(crate) interrupted_at: u64,
    pub(crate) restarts: u32,
    /// Address after its instruction, and the stack pointer: a restarted call has the same.
    pub(crate) instruction: u64,
    pub(crate) stack: u64,
    /// The socket it is made on.
    pub(crate) socket: Option<Shared>,
    /// It is made on a standard stream that is being recorded.
    pub(crate) stdio: bool,
    /// The line of source that makes it.
    pub(crate) line: CallLine,
    /// What it sends or has received, where that was read along with what the line depends on.
    pub(crate) ahead: Option<Ahead>,
    /// What the kernel had counted, where it was read.
    pub(crate) counted: Option<Box<Counted>>,
}

/// A call whose result the program itself writes down (see `session::shortcut`).
#[derive(Debug)]
pub(crate) struct Shortcut {
    pub(crate) call: OpenCall,
    /// The arguments, decoded at entry: when the result is read, the buffer may have changed.
    pub(crate) args: Args,
    /// Index of its slot and landing.
    pub(crate) slot: usize,
    /// The processor's time stamp at the call's `began`.
    pub(crate) ticks: u64,
}
