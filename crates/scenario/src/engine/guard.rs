//! Watches what a program uses together with all that it has started, which no limit of the kernel
//! counts, and ends all of it at the limit. What the kernel keeps by itself, as the size of a file system
//! in memory, the tracer sees.

use std::io;
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use rustix::io::Errno;
use rustix::process::{Pid, Signal, kill_process, pidfd_send_signal};
use socklab_event::{Event, Place, Process};
use socklab_kernel::{clock, diag, memory, process, tree};
use socklab_lab::{Limits, Room};

use super::failure;
use super::terminal::Printed;
use super::watch::Watch;
use crate::recording::LimitReached;

/// How often it is looked at.
const EVERY: Duration = Duration::from_millis(20);

/// What was found.
#[derive(Clone, Debug, Default)]
pub(super) struct Guard {
    /// Whose program reached which limit first.
    limit: Arc<Mutex<Option<(String, LimitReached)>>>,
    /// The most memory that a submission had, in bytes.
    memory: Arc<AtomicU64>,
}

/// A program with all that it has started.
#[derive(Debug)]
pub(super) struct Watched {
    /// The process it began with.
    program: u32,
    /// The number of its command, and what was seen of that.
    command: usize,
    seen: Arc<Watch>,
    /// Its first process, or that of its cell; `None` if it has ended already.
    first: Option<OwnedFd>,
    members: Members,
}

/// What is watched of a program besides its processes.
#[derive(Clone, Debug)]
pub(super) struct Uses {
    /// What it prints.
    pub(super) printed: Printed,
    /// A folder on this machine's disk that it may write to.
    pub(super) folder: PathBuf,
    pub(super) limits: Limits,
    /// Whether its memory is that of the submission.
    pub(super) counted: bool,
}

#[derive(Debug)]
enum Members {
    /// The first process of a cell, and one that was started into it: all others descend from them.
    Cell([u32; 2]),
    /// The processes of the command, as the tracer knows them.
    Command,
}

/// What there was before a program started.
#[derive(Clone, Copy, Debug)]
struct Before {
    /// Of files in memory, on the whole machine, in bytes; or what is left of them, if others had some.
    files: Option<u64>,
    /// In the scenario's folder.
    room: Room,
}

impl Watched {
    /// A command in a cell, which is given by its first process; it began with this one of its own.
    pub(super) fn in_cell(
        cell: u32,
        (command, program): (usize, u32),
        seen: &Arc<Watch>,
    ) -> io::Result<Self> {
        let first = Some(process::pidfd(cell)?);
        let members = Members::Cell([cell, program]);
        Ok(Self { program, command, seen: Arc::clone(seen), first, members })
    }

    /// A command that has no cell.
    pub(super) fn in_the_open(
        (command, program): (usize, u32),
        seen: &Arc<Watch>,
    ) -> io::Result<Self> {
        let first = match process::pidfd(program) {
            // It had little to do; what it has started may have more.
            Err(error) if error.raw_os_error() == Some(Errno::SRCH.raw_os_error()) => None,
            first => Some(first?),
        };
        Ok(Self { program, command, seen: Arc::clone(seen), first, members: Members::Command })
    }

    /// Waits a moment. Whether it is still there.
    fn is_there(&self) -> bool {
        let ended = |first| process::has_ended_within(first, EVERY);
        match (self.first.as_ref().map_or(Ok(true), ended), &self.members) {
            (Ok(true), Members::Command) => {
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
            Members::Command => {
                let seen = self.seen.lock();
                let command = seen.commands.get(self.command).into_iter();
                command.flat_map(|it| &it.living).copied().collect()
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

    /// Which limit it has reached; its page tables take so many bytes.
    fn reached(&self, uses: &Uses, before: &Before, tables: u64) -> Option<LimitReached> {
        let Before { files: files_before, room: room_before } = *before;
        let (limits, roots) = (uses.limits, self.roots());
        let used = tree::usage(&roots, limits.processes);
        if used.threads > limits.processes {
            return Some(LimitReached::Processes(limits.processes));
        }
        let (prints, moved) = {
            let seen = self.seen.lock();
            seen.commands
                .get(self.command)
                .map_or((0, 0), |it| (it.prints, it.received.saturating_add(it.sent)))
        };
        let most = limits.prints_after(moved);
        if prints > most {
            return Some(LimitReached::Prints(most));
        }
        let most = limits.output_after(moved);
        if uses.printed.bytes() > most {
            return Some(LimitReached::Output(most));
        }
        if used.processor > limits.processor {
            let nanoseconds = u64::try_from(limits.processor.as_nanos()).unwrap_or(u64::MAX);
            return Some(LimitReached::Processor(nanoseconds));
        }
        let room = Room::taken_in(&uses.folder, limits.files + room_before.files);
        if room.bytes.saturating_sub(room_before.bytes) > limits.temporary {
            return Some(LimitReached::Written(limits.temporary));
        }
        if room.files > limits.files + room_before.files {
            return Some(LimitReached::Files(limits.files));
        }
        // Files in memory are in no process. Somebody on this machine has made large ones.
        let files = || Some(memory::of_files()?.saturating_sub(files_before?));
        let grown = files().filter(|grown| *grown > limits.memory).unwrap_or(0);
        let kernel = tables.saturating_add(self.sent(uses));
        let may_be_over = used.memory.saturating_add(kernel) > limits.memory || grown > 0;
        // What a program shares with its children is its own only once.
        let all = || tree::memory(&roots, limits.processes, grown).saturating_add(kernel);
        (may_be_over && all() > limits.memory).then_some(LimitReached::Memory(limits.memory))
    }

    /// The memory of sockets and of what was sent and nobody has read, in bytes; 0 if there are too few
    /// for it to matter. Only a cell is in a network that others don't send in. What there is in it
    /// counts for the submission.
    fn sent(&self, uses: &Uses) -> u64 {
        /// A TCP socket may have room for some 30 MB (`tcp_rmem` and `tcp_wmem`, `tcp(7)`).
        const FEW: u64 = 16;
        /// What the kernel needs at least for a socket that has sent nothing.
        const EMPTY: u64 = 2048;
        let is_its_own = uses.counted && matches!(self.members, Members::Cell(_));
        match is_its_own.then(diag::sockets).flatten() {
            Some(count @ FEW..) => count * EMPTY + diag::under_way(uses.limits.memory),
            _ => 0,
        }
    }

    /// The limit as an event.
    fn told(&self, limit: LimitReached) -> Event {
        let (of, most) = limit.resource();
        let place = Place { host: None, process: self.program, thread: self.program };
        Event { seq: 0, at: clock::now(), place, what: Process::Limit { of, most }.into() }
    }
}

impl Guard {
    /// Watches a program until all of it is gone.
    pub(super) fn watch(&self, who: &str, watched: Watched, uses: Uses) -> io::Result<()> {
        let (found, who) = (Arc::clone(&self.limit), who.to_owned());
        let most = Arc::clone(&self.memory);
        let room = Room::taken_in(&uses.folder, uses.limits.files);
        let mut before = Before { files: memory::of_files(), room };
        let watch = move || {
            let mut over = false;
            while watched.is_there() {
                let footprint = match uses.counted {
                    true => tree::footprint(&watched.roots(), uses.limits.processes),
                    false => tree::Footprint::default(),
                };
                most.fetch_max(footprint.peak, Ordering::Relaxed);
                before.files = before.files.and_then(|files| Some(files.min(memory::of_files()?)));
                if !over && let Some(limit) = watched.reached(&uses, &before, footprint.tables) {
                    found
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .get_or_insert((who.clone(), limit));
                    watched.seen.change(|seen| seen.record(watched.told(limit)));
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

    /// The most memory that a submission had until now, in bytes.
    pub(super) fn memory(&self) -> u64 {
        self.memory.load(Ordering::Relaxed)
    }

    /// The first limit that was reached.
    pub(super) fn found(&self) -> Option<(String, LimitReached)> {
        self.limit.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
