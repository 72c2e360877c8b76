//! Watches what a program uses together with all that it has started, which no limit of the kernel
//! counts, and ends all of it at the limit. Where the kernel keeps a limit by itself, as in a file
//! system that is full, it only says so.

use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use rustix::fs::{CWD, Mode, OFlags, fstatvfs, openat};
use rustix::io::Errno;
use rustix::process::{Pid, Signal, kill_process, pidfd_send_signal};
use socklab_event::{Event, Place, Process};
use socklab_kernel::{clock, memory, process, tree};
use socklab_lab::Limits;

use super::failure;
use super::room::Room;
use super::terminal::Printed;
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
    /// The process it began with.
    program: u32,
    /// Its first process, or that of its cell; `None` if it has ended already.
    first: Option<OwnedFd>,
    members: Members,
    /// The file systems in memory that it has to itself.
    temporary: Vec<OwnedFd>,
}

/// What is watched of a program besides its processes.
#[derive(Clone, Debug)]
pub(super) struct Uses {
    /// What it prints.
    pub(super) printed: Printed,
    /// A folder on this machine's disk that it may write to.
    pub(super) folder: PathBuf,
    pub(super) limits: Limits,
}

#[derive(Debug)]
enum Members {
    /// The first process of a cell, and one that was started into it: all others descend from them.
    Cell([u32; 2]),
    /// The processes of a command, as the tracer knows them.
    Command(Arc<Watch>, usize),
}

/// What there was before a program started.
#[derive(Clone, Copy, Debug)]
struct Before {
    /// Of files in memory, on the whole machine, in bytes.
    files: Option<u64>,
    /// In the scenario's folder.
    room: Room,
}

impl Watched {
    /// A program in a cell, given by its first process.
    /// Where its cell has a sandbox, `temporary` are the places that are in memory.
    pub(super) fn in_cell(cell: u32, program: u32, temporary: &[&Path]) -> io::Result<Self> {
        let first = Some(process::pidfd(cell)?);
        // It may have ended already; then nobody looks whether these are full.
        let root = PathBuf::from(format!("/proc/{program}/root"));
        let at = |place: &&Path| {
            let path = root.join(place.strip_prefix("/").ok()?);
            let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
            openat(CWD, path, flags, Mode::empty()).ok()
        };
        let temporary = temporary.iter().filter_map(at).collect();
        Ok(Self { program, first, members: Members::Cell([cell, program]), temporary })
    }

    /// A command that has no cell.
    pub(super) fn in_the_open(seen: Arc<Watch>, command: usize, program: u32) -> io::Result<Self> {
        let first = match process::pidfd(program) {
            // It had little to do; what it has started may have more.
            Err(error) if error.raw_os_error() == Some(Errno::SRCH.raw_os_error()) => None,
            first => Some(first?),
        };
        let members = Members::Command(seen, command);
        Ok(Self { program, first, members, temporary: Vec::new() })
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

    fn reached(&self, uses: &Uses, before: &Before) -> Option<LimitReached> {
        let Before { files: files_before, room: room_before } = *before;
        let (limits, roots) = (uses.limits, self.roots());
        let used = tree::usage(&roots, limits.processes);
        if used.threads > limits.processes {
            return Some(LimitReached::Processes(limits.processes));
        }
        if uses.printed.bytes() > limits.output {
            return Some(LimitReached::Output(limits.output));
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
        let may_be_over =
            used.memory > limits.memory || files().is_some_and(|it| it > limits.memory);
        // What a program shares with its children is its own only once.
        let is_over = may_be_over && tree::memory(&roots, limits.processes) > limits.memory;
        is_over.then_some(LimitReached::Memory(limits.memory))
    }

    /// What is full of the places that it has to itself. The kernel refuses more, and nobody has to end
    /// anything.
    fn full(&self, limits: Limits) -> Option<LimitReached> {
        self.temporary.iter().find_map(|place| {
            let about = fstatvfs(place).ok()?;
            // Otherwise it is another one, which belongs to the machine.
            if about.f_blocks.saturating_mul(about.f_frsize) != limits.temporary {
                return None;
            }
            let full = about.f_bfree == 0;
            let many = about.f_files > 0 && about.f_ffree == 0;
            full.then_some(LimitReached::Written(limits.temporary))
                .or_else(|| many.then_some(LimitReached::Files(limits.files)))
        })
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
    pub(super) fn watch(
        &self,
        who: &str,
        watched: Watched,
        uses: Uses,
        seen: &Arc<Watch>,
    ) -> io::Result<()> {
        let (found, who, seen) = (Arc::clone(&self.0), who.to_owned(), Arc::clone(seen));
        let room = Room::taken_in(&uses.folder, uses.limits.files);
        let before = Before { files: memory::of_files(), room };
        let watch = move || {
            let (mut over, mut full) = (false, false);
            let tell = |limit| seen.change(|seen| seen.record(watched.told(limit)));
            loop {
                let there = watched.is_there();
                // What was written last is looked at when it has ended, too.
                if !full && let Some(limit) = watched.full(uses.limits) {
                    tell(limit);
                    full = true;
                }
                if !there {
                    break;
                }
                if !over && let Some(limit) = watched.reached(&uses, &before) {
                    found
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .get_or_insert((who.clone(), limit));
                    tell(limit);
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
