//! How a recording ends, stage by stage: pure, so that every path can be tested.
//!
//! 1. *Settling*: the last command has ended. The other programs are left alone while one of them
//!    works, since it may need the others; but no longer than the grace period.
//! 2. *Terminating*: the commands are ended one after the other, the last started first: servers
//!    are started before those who use them. A command's own process gets SIGTERM; a master ends
//!    its workers itself. If the process has gone, just waits for a child to end (not every
//!    wrapper passes the signal on), or has had half of the grace period, the command's other
//!    processes get SIGTERM too. What is left after the grace period gets SIGKILL.
//! 3. *Killing*: nothing is left to do but to wait for the ends.

use std::collections::{HashSet, VecDeque};

use libc::pid_t;

use super::looks::Living;

/// Programs are looked at this often, in nanoseconds: first, and at most.
const FIRST_LOOK: u64 = 2_000_000;
const LONGEST_LOOK: u64 = 20_000_000;

/// So many looks in a row must find nobody at work: what one program does may wake another.
const CALM: u32 = 2;

/// How long a process that waits for its children may take to end them itself.
const WRAPPER: u64 = 300_000_000;

/// How long before the user is told who is awaited.
const TELL_AFTER: u64 = 1_000_000_000;

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    /// The recording ends: no more commands start, attached processes are released.
    End,
    /// Send this signal to this process.
    Signal(pid_t, i32),
    /// Say who is waited for, and for how many nanoseconds still: the processes of the command that
    /// got SIGTERM; or, if none did, those at work.
    Tell { signalled: Option<u32>, left: u64 },
    /// All that were left have been sent SIGKILL.
    Killed,
}

#[derive(Debug)]
enum Stage {
    Running,
    Settling {
        /// How many looks in a row have found nobody at work.
        calm: u32,
        /// Don't wait any longer.
        skip: bool,
    },
    Terminating(Terminating),
    Killing,
}

#[derive(Debug, Default)]
struct Terminating {
    /// The commands that have yet to be ended, in this order.
    queue: VecDeque<u32>,
    /// The one that is being ended, and when that began.
    current: Option<(u32, u64)>,
    /// Who has got SIGTERM.
    signalled: HashSet<pid_t>,
    /// Don't wait for the current command any more.
    skip: bool,
}

/// The stages. Times are nanoseconds of `CLOCK_MONOTONIC`.
#[derive(Debug)]
pub(super) struct Stages {
    grace: u64,
    stage: Stage,
    /// When the stage began, or the current command got SIGTERM.
    since: u64,
    look_at: Option<u64>,
    interval: u64,
    told: bool,
}

impl Stages {
    pub(super) fn new(grace: u64) -> Self {
        Self { grace, stage: Stage::Running, since: 0, look_at: None, interval: 0, told: false }
    }

    /// True while programs are left alone as long as they work.
    pub(super) fn is_settling(&self) -> bool {
        matches!(self.stage, Stage::Settling { .. })
    }

    /// When to take the next step.
    pub(super) fn due(&self) -> Option<u64> {
        self.look_at
    }

    /// When the patience with those who work ends.
    pub(super) fn until(&self) -> u64 {
        self.since.saturating_add(self.grace)
    }

    /// The last command has ended.
    pub(super) fn settle(&mut self, now: u64) {
        if matches!(self.stage, Stage::Running) {
            self.enter(Stage::Settling { calm: 0, skip: false }, now);
        }
    }

    /// The programs are to be ended now.
    pub(super) fn terminate(&mut self, now: u64) {
        if matches!(self.stage, Stage::Running | Stage::Settling { .. }) {
            self.enter(Stage::Terminating(Terminating::default()), now);
        }
    }

    /// What is waited for, if anything, is waited for no longer.
    pub(super) fn skip(&mut self, now: u64) {
        match &mut self.stage {
            Stage::Running | Stage::Killing => {}
            Stage::Settling { skip, .. } => *skip = true,
            Stage::Terminating(terminating) => terminating.skip = true,
        }
        if self.look_at.is_some() {
            self.look_at = Some(now);
        }
    }

    fn enter(&mut self, stage: Stage, now: u64) {
        self.stage = stage;
        (self.since, self.told) = (now, false);
        (self.look_at, self.interval) = (Some(now), FIRST_LOOK);
    }

    /// What to do now, given who is alive. `roots` are the commands' own processes, and `spent` is
    /// how long it took to look at all of them.
    pub(super) fn step(
        &mut self,
        now: u64,
        living: &[Living],
        roots: &[pid_t],
        spent: u64,
    ) -> Vec<Act> {
        let mut acts = Vec::new();
        if let Stage::Settling { calm, skip } = &mut self.stage {
            let works = living.iter().any(|living| living.work.is_some());
            *calm = if works { 0 } else { *calm + 1 };
            if *calm < CALM && !*skip && now < self.since.saturating_add(self.grace) {
                acts.extend(self.tell(now, None));
                self.rest(now, spent);
                return acts;
            }
            acts.push(Act::End);
            self.terminate(now);
        }
        if let Stage::Terminating(terminating) = &mut self.stage {
            let current = terminating.step(now, self.grace, living, roots, &mut acts);
            match current {
                Some((_, began)) if began != self.since => {
                    (self.since, self.told) = (began, false);
                    self.interval = FIRST_LOOK;
                }
                Some((command, _)) => acts.extend(self.tell(now, Some(command))),
                None => {
                    acts.push(Act::Killed);
                    self.enter(Stage::Killing, now);
                    self.look_at = None;
                    return acts;
                }
            }
            self.rest(now, spent);
        }
        acts
    }

    fn rest(&mut self, now: u64, spent: u64) {
        // Looking takes at most a fifth of the time, even at thousands of threads.
        self.look_at = Some(now + self.interval.max(4 * spent));
        self.interval = (self.interval * 2).min(LONGEST_LOOK);
    }

    fn tell(&mut self, now: u64, signalled: Option<u32>) -> Option<Act> {
        let tell = !self.told && now >= self.since + TELL_AFTER;
        self.told |= tell;
        tell.then(|| Act::Tell { signalled, left: self.until().saturating_sub(now) })
    }
}

impl Terminating {
    /// Ends the commands, one after the other. Returns the one that is being ended, and when it got
    /// its signal; `None` when all have ended or been killed.
    fn step(
        &mut self,
        now: u64,
        grace: u64,
        living: &[Living],
        roots: &[pid_t],
        acts: &mut Vec<Act>,
    ) -> Option<(u32, u64)> {
        if self.queue.is_empty() && self.current.is_none() {
            let mut commands: Vec<u32> = living.iter().map(|living| living.command).collect();
            commands.sort_unstable();
            commands.dedup();
            self.queue = commands.into_iter().rev().collect();
        }
        let mut signal = |pid, signal| acts.push(Act::Signal(pid, signal));
        loop {
            let Some((command, began)) = self.current else {
                self.current = Some((self.queue.pop_front()?, now));
                continue;
            };
            let left: Vec<&Living> =
                living.iter().filter(|living| living.command == command).collect();
            let is_over = now >= began.saturating_add(grace) || self.skip;
            if left.is_empty() || is_over {
                left.iter().for_each(|living| signal(living.pid, libc::SIGKILL));
                (self.current, self.skip) = (None, false);
                continue;
            }
            let root = left.iter().copied().find(|living| roots.contains(&living.pid));
            let passed = now - began;
            let everybody = root.is_none_or(|root| {
                let nobody_works = left.iter().all(|living| living.work.is_none());
                let just_waits = root.for_child && nobody_works && passed >= WRAPPER;
                self.signalled.contains(&root.pid) && (just_waits || passed >= grace / 2)
            });
            for living in left {
                let addressed = everybody || root.is_some_and(|root| root.pid == living.pid);
                if addressed && self.signalled.insert(living.pid) {
                    signal(living.pid, libc::SIGTERM);
                }
            }
            return Some((command, began));
        }
    }
}

#[cfg(test)]
mod tests;
