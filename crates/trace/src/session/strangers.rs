//! Children that stopped before their parent's stop told whose they are.
//!
//! That news never comes if the parent is killed in the middle of its fork, or if another of its
//! threads executes a program meanwhile: the child would stay stopped for good. So a stranger that
//! nobody claims is adopted: what its parent would have told is asked of the kernel instead.

use std::rc::Rc;

use libc::pid_t;
use socklab_event::Notice;
use socklab_kernel::clock;

use super::commands::kill;
use super::{Done, Session};
use crate::probe;
use crate::ptrace::Stop;
use crate::state::{Landings, Process, Thread};

/// How long a stranger waits for its parent's news, nanoseconds: on a busy machine the parent may
/// not run for a while between its child's birth and its own stop. If it comes later still, it
/// finds its child known already.
const PATIENCE: u64 = 500_000_000;

/// How many processes that have ended are remembered.
const MOST_DEPARTED: usize = 8;

/// A thread nobody has claimed yet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stranger {
    tid: pid_t,
    /// Its stop, to be treated once it is known.
    stop: Stop,
    since: u64,
}

impl Session<'_> {
    /// A thread we do not know: a child that was quicker than the news of its birth, which the
    /// parent's stop will bring; or the end of a thread already struck off.
    pub(super) fn on_stranger(&mut self, tid: pid_t, stop: Stop) -> Done {
        self.strangers.retain(|known| known.tid != tid);
        if matches!(stop, Stop::Exited(_) | Stop::Killed(_)) {
            return Ok(());
        }
        let stranger = Stranger { tid, stop, since: clock::now() };
        if self.waiting.ending {
            return self.adopt_stranger(stranger);
        }
        self.strangers.push(stranger);
        if self.waiting.strangers.is_none() {
            self.waiting.strangers = Some(stranger.since + PATIENCE);
            self.set_alarm();
        }
        Ok(())
    }

    /// A child has become known: whatever it has been waiting with is treated now.
    pub(super) fn greet(&mut self, child: pid_t) -> Done {
        match self.strangers.iter().position(|stranger| stranger.tid == child) {
            Some(index) => {
                let stop = self.strangers.swap_remove(index).stop;
                self.on_known_stop(child, stop)
            }
            None => Ok(()),
        }
    }

    /// Adopts those that have waited long enough.
    pub(super) fn adopt_the_patient(&mut self) -> Done {
        let now = clock::now();
        self.adopt_strangers(|stranger| stranger.since + PATIENCE <= now)?;
        let since = self.strangers.iter().map(|stranger| stranger.since).min();
        self.waiting.strangers = since.map(|since| since + PATIENCE);
        Ok(())
    }

    /// Adopts those whose parent is none of ours any more, now that a process has ended.
    pub(super) fn adopt_orphans(&mut self) -> Done {
        if self.strangers.is_empty() {
            return Ok(());
        }
        let ours: Vec<pid_t> = self.processes.keys().copied().collect();
        self.adopt_strangers(|stranger| {
            let parent = number(stranger.tid, "PPid");
            parent.is_none_or(|parent| !ours.contains(&parent))
        })
    }

    /// Adopts all of them: nobody is waited for any more.
    pub(super) fn adopt_everybody(&mut self) -> Done {
        self.adopt_strangers(|_| true)
    }

    fn adopt_strangers(&mut self, which: impl Fn(&Stranger) -> bool) -> Done {
        let (adopted, others) = self.strangers.drain(..).partition(which);
        self.strangers = others;
        let adopted: Vec<Stranger> = adopted;
        adopted.into_iter().try_for_each(|stranger| self.adopt_stranger(stranger))
    }

    fn adopt_stranger(&mut self, Stranger { tid, stop, .. }: Stranger) -> Done {
        self.adopted.insert(tid);
        let pid = number(tid, "Tgid").unwrap_or(tid);
        if let Some(process) = self.processes.get_mut(&pid).filter(|_| pid != tid) {
            process.alive += 1;
            self.threads.insert(tid, Thread { pid, ..Thread::default() });
            return self.on_known_stop(tid, stop);
        }
        let parent = number(tid, "PPid").filter(|parent| self.processes.contains_key(parent));
        let mut process = self.unclaimed(tid, parent);
        let attached = process.attached;
        // Which filters it has, and who else has its memory, only the parent could have told.
        let stepped = std::mem::replace(&mut process.stepped, true);
        process.landings = Landings::Refused;
        self.processes.insert(tid, process);
        self.threads.insert(tid, Thread { pid: tid, ..Thread::default() });
        self.tell_start(tid, parent);
        if !stepped {
            let why = "its parent was killed while it was being born".to_owned();
            self.notice(tid, Notice::Slow { why });
        }
        self.adopt_all(tid, tid);
        if self.waiting.ending && !attached {
            kill(tid);
        }
        self.on_known_stop(tid, stop)
    }

    /// What can be known of a process whose birth nobody told. It has not run yet, so its arguments
    /// are its parent's: they tell which command it belongs to where no parent does.
    fn unclaimed(&self, tid: pid_t, parent: Option<pid_t>) -> Process {
        if let Some(parent) = parent.and_then(|parent| self.processes.get(&parent)) {
            return Process { table: Rc::default(), ..parent.forked(tid, false) };
        }
        let argv = Rc::new(probe::argv(tid));
        let living = self.processes.values().map(Kin::of);
        let kin = self.departed.iter().cloned().chain(living).find(|kin| kin.argv == argv);
        let (command, attached) = match kin {
            Some(kin) => (kin.command, kin.attached),
            None => (0, self.commands.is_empty()),
        };
        Process { attached, argv, exe: probe::exe(tid), ..Process::new(tid, command) }
    }

    /// A process has ended: children of it may yet turn up.
    pub(super) fn depart(&mut self, process: &Process) {
        self.departed.truncate(MOST_DEPARTED - 1);
        self.departed.push_front(Kin::of(process));
    }
}

/// What tells whose child somebody is.
#[derive(Clone, Debug)]
pub(super) struct Kin {
    argv: Rc<(Vec<String>, u64)>,
    command: u32,
    attached: bool,
}

impl Kin {
    fn of(process: &Process) -> Self {
        let Process { command, attached, .. } = *process;
        Self { argv: Rc::clone(&process.argv), command, attached }
    }
}

/// A numeric field of a thread's status.
fn number(tid: pid_t, field: &str) -> Option<pid_t> {
    probe::status(tid)?.number(field)
}
