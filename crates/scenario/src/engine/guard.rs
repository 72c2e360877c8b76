//! Watches what a program uses together with all that it has started, which no limit of the kernel
//! counts, and ends all of it at the limit.

use std::io;
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use rustix::io::Errno;
use rustix::process::{Pid, Signal, kill_process, pidfd_send_signal};
use socklab_kernel::{memory, process, tree};
use socklab_lab::Limits;

use super::failure;
use super::watch::Watch;
use crate::recording::LimitReached;

/// How often it is looked at.
const EVERY: Duration = Duration::from_millis(20);

/// Whose program reached which limit first.
#[derive(Clone, Debug, Default)]
pub(super) struct Guard(Arc<Mutex<Option<(String, LimitReached)>>>);

/// A program with all that it has started.
#[derive(Debug)]
pub(super) struct Watched {
    /// Its first process, or that of its cell; `None` if it has ended already.
    first: Option<OwnedFd>,
    members: Members,
}

#[derive(Debug)]
enum Members {
    /// The first process of a cell, and one that was started into it: all others descend from them.
    Cell([u32; 2]),
    /// The processes of a command, as the tracer knows them.
    Command(Arc<Watch>, usize),
}

impl Watched {
    /// A program in a cell, given by its first process.
    pub(super) fn in_cell(cell: u32, program: u32) -> io::Result<Self> {
        Ok(Self { first: Some(process::pidfd(cell)?), members: Members::Cell([cell, program]) })
    }

    /// A command that has no cell.
    pub(super) fn in_the_open(seen: Arc<Watch>, command: usize, program: u32) -> io::Result<Self> {
        let first = match process::pidfd(program) {
            // It had little to do; what it has started may have more.
            Err(error) if error.raw_os_error() == Some(Errno::SRCH.raw_os_error()) => None,
            first => Some(first?),
        };
        Ok(Self { first, members: Members::Command(seen, command) })
    }

    /// Waits a moment. Whether it is still there.
    fn is_there(&self) -> bool {
        let ended = |first| process::has_ended_within(first, EVERY);
        match (self.first.as_ref().map_or(Ok(true), ended), &self.members) {
            (Ok(true), Members::Command(..)) => {
                let others = !self.roots().is_empty();
                if others {
                    thread::park_timeout(EVERY);
                }
                others
            }
            (ended, _) => matches!(ended, Ok(false)),
        }
    }

    fn roots(&self) -> Vec<u32> {
        match &self.members {
            Members::Cell(both) => both.to_vec(),
            Members::Command(seen, number) => {
                let seen = seen.lock();
                seen.commands.get(*number).into_iter().flat_map(|it| &it.living).copied().collect()
            }
        }
    }

    /// Ends it: all that is in a cell ends with the cell's first process. Elsewhere there may be more of
    /// it the next time.
    fn end(&self) {
        // They may have ended already.
        if let Members::Cell(_) = self.members {
            let _ = self.first.as_ref().map(|first| pidfd_send_signal(first, Signal::KILL));
            return;
        }
        for process in self.roots() {
            if let Some(process) = i32::try_from(process).ok().and_then(Pid::from_raw) {
                let _ = kill_process(process, Signal::KILL);
            }
        }
    }

    fn reached(&self, limits: Limits, files_before: Option<u64>) -> Option<LimitReached> {
        let roots = self.roots();
        let used = tree::usage(&roots, limits.processes);
        if used.threads > limits.processes {
            return Some(LimitReached::Processes(limits.processes));
        }
        // Files in memory are in no process. Somebody on this machine has made large ones.
        let files = || Some(memory::of_files()?.saturating_sub(files_before?));
        let may_be_over =
            used.memory > limits.memory || files().is_some_and(|it| it > limits.memory);
        // What a program shares with its children is its own only once.
        let is_over = may_be_over && tree::memory(&roots, limits.processes) > limits.memory;
        is_over.then_some(LimitReached::Memory(limits.memory))
    }
}

impl Guard {
    /// Watches a program until all of it is gone.
    pub(super) fn watch(&self, who: &str, watched: Watched, limits: Limits) -> io::Result<()> {
        let (found, who) = (Arc::clone(&self.0), who.to_owned());
        let files_before = memory::of_files();
        let watch = move || {
            let mut over = false;
            while watched.is_there() {
                if let Some(limit) = watched.reached(limits, files_before).filter(|_| !over) {
                    let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
                    found.get_or_insert((who.clone(), limit));
                    over = true;
                }
                if over {
                    watched.end();
                }
            }
        };
        let started = thread::Builder::new().spawn(watch);
        started.map(drop).map_err(failure::of("clone", "a thread that watches what a program uses"))
    }

    /// The first limit that was reached.
    pub(super) fn found(&self) -> Option<(String, LimitReached)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
