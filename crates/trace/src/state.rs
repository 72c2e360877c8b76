//! What the tracer knows about every thread and process.

use std::cell::RefCell;
use std::os::fd::OwnedFd;
use std::rc::Rc;

use libc::pid_t;
use socklab_event::{Args, Exit};

use crate::decode::Asked;
use crate::filter::Descriptors;
use crate::table::{Shared, Table};

/// A thread: it has at most one system call under way.
#[derive(Debug, Default)]
pub(crate) struct Thread {
    /// The process it belongs to.
    pub(crate) pid: pid_t,
    /// The call it is in.
    pub(crate) call: Option<InCall>,
    /// A call that a signal interrupted and the kernel will restart, unless a handler that does
    /// not want that (no `SA_RESTART`) runs first.
    pub(crate) interrupted: Option<InCall>,
    /// When it was seized, if it has not stopped since.
    pub(crate) seized: Option<u64>,
    /// A call it has been let go from without waiting for the return.
    pub(crate) shortcut: Option<Shortcut>,
    /// It steps to the first instruction of a signal handler.
    pub(crate) stepping: bool,
    /// It was born while other threads of its parent were in calls: what it inherited must be
    /// looked at rather than concluded.
    pub(crate) verify: bool,
    /// Its `PTRACE_EVENT_EXIT` has been seen.
    pub(crate) ending: bool,
}

/// A call that has been entered.
#[derive(Debug)]
pub(crate) struct InCall {
    pub(crate) asked: Asked,
    pub(crate) began: u64,
    /// When it was last interrupted; what its end is, if it turns out to have failed with EINTR.
    pub(crate) interrupted_at: u64,
    pub(crate) restarts: u32,
    /// Address behind its instruction, and top of the stack: a restarted call has the same.
    pub(crate) instruction: u64,
    pub(crate) stack: u64,
    /// The socket it is made on.
    pub(crate) socket: Option<Shared>,
    /// It is made on a standard stream that is being observed.
    pub(crate) stdio: bool,
}

/// A call whose result the program itself notes (see `session::shortcut`).
#[derive(Debug)]
pub(crate) struct Shortcut {
    pub(crate) call: InCall,
    /// Decoded at entry: the buffer may have changed by the time of the result.
    pub(crate) args: Args,
    /// Index of its slot and landing.
    pub(crate) slot: usize,
    /// The time stamp that belongs to the call's `began`.
    pub(crate) ticks: u64,
}

/// Where the calls of a process can land.
#[derive(Clone, Debug, Default)]
pub(crate) enum Landings {
    /// Not decided: so many calls until it pays.
    #[default]
    Undecided,
    /// In this page of code.
    At {
        code: u64,
        /// For every slot: its code has been written; it is in use.
        slots: Vec<(bool, bool)>,
    },
    /// Nowhere.
    Refused,
}

/// A process: threads that share memory and, nearly always, descriptors.
#[derive(Debug)]
pub(crate) struct Process {
    pub(crate) pid: pid_t,
    /// Which command it is or descends from.
    pub(crate) command: u32,
    /// Threads that have not begun to end.
    pub(crate) alive: u32,
    pub(crate) table: Rc<RefCell<Table>>,
    pub(crate) coverage: Coverage,
    /// A page of the process that the tracer may write to.
    pub(crate) scratch: Option<u64>,
    pub(crate) landings: Landings,
    /// Calls that could have been shortcuts.
    pub(crate) sends: u32,
    /// Stopped at every system call, because filters cannot be used.
    pub(crate) stepped: bool,
    /// It may get descriptors unseen (io_uring): unknown ones are looked at.
    pub(crate) uncertain: bool,
    /// It was running before the tracer came.
    pub(crate) attached: bool,
    /// It has been started and not yet executed its program.
    pub(crate) fresh: bool,
    pub(crate) stopped: bool,
    pub(crate) foreign_noticed: bool,
    pub(crate) pidfd: Option<OwnedFd>,
    pub(crate) argv: Rc<(Vec<String>, u64)>,
    pub(crate) exe: Option<String>,
}

impl Process {
    pub(crate) fn new(pid: pid_t, command: u32) -> Self {
        Self {
            pid,
            command,
            alive: 1,
            table: Rc::default(),
            coverage: Coverage::default(),
            scratch: None,
            landings: Landings::default(),
            sends: 0,
            stepped: false,
            uncertain: false,
            attached: false,
            fresh: false,
            stopped: false,
            foreign_noticed: false,
            pidfd: None,
            argv: Rc::default(),
            exe: None,
        }
    }

    /// What `fork` makes of it, with or without descriptors of its own.
    pub(crate) fn forked(&self, pid: pid_t, shares_table: bool) -> Self {
        let table = match shares_table {
            true => Rc::clone(&self.table),
            false => Rc::new(RefCell::new(self.table.borrow().clone())),
        };
        Self {
            table,
            coverage: self.coverage.clone(),
            scratch: self.scratch,
            // Nothing of the child is on its way to a landing.
            landings: match &self.landings {
                Landings::At { code, slots } => Landings::At {
                    code: *code,
                    slots: slots.iter().map(|(written, _)| (*written, false)).collect(),
                },
                other => other.clone(),
            },
            stepped: self.stepped,
            uncertain: self.uncertain,
            attached: self.attached,
            argv: Rc::clone(&self.argv),
            exe: self.exe.clone(),
            ..Self::new(pid, self.command)
        }
    }
}

/// Which descriptors the filters of a process stop at.
#[derive(Clone, Debug, Default)]
pub(crate) struct Coverage {
    ranges: Vec<Descriptors>,
}

impl Coverage {
    pub(crate) fn of(ranges: Vec<Descriptors>) -> Self {
        Self { ranges }
    }

    pub(crate) fn contains(&self, fd: i32) -> bool {
        self.ranges.iter().any(|range| range.contains(&fd.cast_unsigned()))
    }

    /// True before the first filter with descriptors.
    pub(crate) fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    pub(crate) fn push(&mut self, range: Descriptors) {
        self.ranges.push(range);
    }

    pub(crate) fn truncate(&mut self, filters: usize) {
        self.ranges.truncate(filters);
    }

    /// The range to cover next, given that `fd` is a socket.
    ///
    /// The first few sockets get a filter each, so that files next to them cost nothing. A program
    /// that goes on opening sockets is a server; every filter makes all its calls a little
    /// slower, so then everything from this descriptor on is covered, and at last everything.
    pub(crate) fn next(&self, fd: i32) -> Descriptors {
        let fd = fd.cast_unsigned();
        match self.ranges.len() {
            0..4 => fd..=fd,
            4..8 => fd..=u32::MAX,
            _ => 0..=u32::MAX,
        }
    }
}

/// A command of the recording.
#[derive(Debug, Default)]
pub(crate) struct Running {
    pub(crate) label: String,
    pub(crate) pid: pid_t,
    /// Somebody of it listens or is bound.
    pub(crate) ready: bool,
    pub(crate) exit: Option<Exit>,
}
