//! What the tracer knows about a process.

use std::cell::RefCell;
use std::os::fd::OwnedFd;
use std::rc::Rc;

use libc::pid_t;

use super::coverage::Coverage;
use super::table::Table;
use crate::confines::Confined;
use crate::ring::{Carries, Ring};

/// Where a process's calls return to when the tracer does not stop at their return (see
/// `session::shortcut`).
#[derive(Clone, Debug, Default)]
pub(crate) enum Landings {
    /// Not set up yet: it pays off only for programs that send a lot.
    #[default]
    Undecided,
    /// The landings are in the page of code at this address.
    At { code: u64, slots: Vec<Slot> },
    /// The process gets no landings.
    Refused,
}

/// The state of one landing and of the memory it writes to.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Slot {
    /// The landing's code has been written.
    pub(crate) written: bool,
    /// A call that has been entered will return to the landing.
    pub(crate) used: bool,
}

/// A process: threads that share memory and, nearly always, descriptors.
#[derive(Debug)]
pub(crate) struct TracedProcess {
    pub(crate) pid: pid_t,
    /// Index of the command that it is, or descends from.
    pub(crate) command: u32,
    /// How many bytes of its messages are recorded, if not as many as of others'.
    pub(crate) sample: Option<usize>,
    /// How many bytes of what passes through its standard streams are recorded.
    pub(crate) stdio_sample: Option<usize>,
    /// How many of its threads have not begun to exit.
    pub(crate) alive: u32,
    pub(crate) table: Rc<RefCell<Table>>,
    pub(crate) coverage: Coverage,
    /// Address of a page of the process that the tracer may write to.
    pub(crate) scratch: Option<u64>,
    pub(crate) landings: Landings,
    /// How many calls it has made that were suitable for a shortcut.
    pub(crate) sends: u32,
    /// It carries our first filter.
    pub(crate) filtered: bool,
    /// Stopped at every system call, because filters cannot be used.
    pub(crate) stepped: bool,
    /// It may get sockets without the tracer noticing (io_uring), so the kernel is asked about
    /// unknown descriptors.
    pub(crate) uncertain: bool,
    /// It was running already when the tracer attached to it.
    pub(crate) attached: bool,
    /// It has been started, but has not executed its program yet.
    pub(crate) fresh: bool,
    /// Job control has stopped it.
    pub(crate) stopped: bool,
    /// Its calls in another ABI have been reported.
    pub(crate) foreign_noticed: bool,
    pub(crate) pidfd: Option<OwnedFd>,
    /// Its rings (`io_uring(7)`). Those that a child of it inherits are not looked at.
    pub(crate) rings: Vec<Ring>,
    /// What its rings were seen to carry.
    pub(crate) carries: Carries,
    /// It is in a sandbox, and its attempts are recorded.
    pub(crate) confined: Option<Rc<Confined>>,
    /// Where its C library opens the files in which users are looked up: the addresses behind the calls
    /// with which `nsswitch.conf(5)` was opened as that library does it.
    pub(crate) looks_up: Vec<u64>,
    /// It has asked for its parent's number and was told that there is none it could see.
    pub(crate) asked_for_parent: bool,
    /// Its descriptors may not be duplicated.
    pub(crate) guarded: bool,
    /// Its arguments, and how many more were left out.
    pub(crate) argv: Rc<(Vec<String>, u64)>,
    pub(crate) exe: Option<String>,
}

impl TracedProcess {
    pub(crate) fn new(pid: pid_t, command: u32) -> Self {
        Self {
            pid,
            command,
            sample: None,
            stdio_sample: None,
            alive: 1,
            table: Rc::default(),
            coverage: Coverage::default(),
            scratch: None,
            landings: Landings::default(),
            sends: 0,
            filtered: false,
            stepped: false,
            uncertain: false,
            attached: false,
            fresh: false,
            stopped: false,
            foreign_noticed: false,
            pidfd: None,
            rings: Vec::new(),
            carries: Carries::default(),
            confined: None,
            looks_up: Vec::new(),
            asked_for_parent: false,
            guarded: false,
            argv: Rc::default(),
            exe: None,
        }
    }

    /// The child that `fork` makes of it, with or without a descriptor table of its own.
    pub(crate) fn forked(&self, pid: pid_t, shares_table: bool) -> Self {
        let table = match shares_table {
            true => Rc::clone(&self.table),
            false => Rc::new(RefCell::new(self.table.borrow().clone())),
        };
        Self {
            table,
            sample: self.sample,
            stdio_sample: self.stdio_sample,
            coverage: self.coverage.clone(),
            scratch: self.scratch,
            // The child is in no call that will return to a landing.
            landings: match &self.landings {
                Landings::At { code, slots } => Landings::At {
                    code: *code,
                    slots: slots.iter().map(|slot| Slot { used: false, ..*slot }).collect(),
                },
                other => other.clone(),
            },
            filtered: self.filtered,
            stepped: self.stepped,
            uncertain: self.uncertain,
            attached: self.attached,
            confined: self.confined.clone(),
            looks_up: self.looks_up.clone(),
            guarded: self.guarded,
            argv: Rc::clone(&self.argv),
            exe: self.exe.clone(),
            ..Self::new(pid, self.command)
        }
    }
}
