//! Watches what a program in a cell uses together with all that it has started, which no limit of
//! the kernel counts, and ends its cell at the limit.

use std::io;
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use rustix::process::{Signal, pidfd_send_signal};
use socklab_kernel::{process, tree};
use socklab_lab::Limits;

use super::failure;
use crate::recording::LimitReached;

/// How often it is looked at.
const EVERY: Duration = Duration::from_millis(20);

/// Whose program reached which limit first.
#[derive(Clone, Debug, Default)]
pub(super) struct Guard(Arc<Mutex<Option<(String, LimitReached)>>>);

impl Guard {
    /// Watches a program and the cell it is in, given by its first process, until the cell is gone.
    pub(super) fn watch(
        &self,
        who: &str,
        first: u32,
        program: u32,
        limits: Limits,
    ) -> io::Result<()> {
        let cell = process::pidfd(first)?;
        let (found, who) = (Arc::clone(&self.0), who.to_owned());
        let watch = move || {
            while matches!(process::has_ended_within(&cell, EVERY), Ok(false)) {
                if let Some(limit) = reached(first, program, limits) {
                    let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
                    found.get_or_insert((who, limit));
                    drop(found);
                    return end(&cell);
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

fn reached(first: u32, program: u32, limits: Limits) -> Option<LimitReached> {
    let used = tree::usage(&[first, program], limits.processes);
    if used.threads > limits.processes {
        return Some(LimitReached::Processes(limits.processes));
    }
    // What a program shares with its children is its own only once.
    let is_over = used.memory > limits.memory
        && tree::memory(&[first, program], limits.processes) > limits.memory;
    is_over.then_some(LimitReached::Memory(limits.memory))
}

/// All that is in the cell ends with its first process.
fn end(cell: &OwnedFd) {
    // It may have ended already.
    let _ = pidfd_send_signal(cell, Signal::KILL);
}
