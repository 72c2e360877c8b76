//! Strangers: children that stopped before the stop of their parent that would identify them.
//!
//! That stop never arrives if the parent is killed in the middle of its fork, or if another of its
//! threads executes a program meanwhile, and the child would stay stopped forever. So a stranger
//! that no parent claims is adopted, and the kernel is asked what the parent's stop would have
//! shown.

use std::collections::{HashSet, VecDeque};
use std::rc::Rc;

use libc::pid_t;

use super::process::TracedProcess;
use crate::ptrace::Stop;

/// How long a stranger waits to be claimed, in nanoseconds. On a busy machine the parent may not
/// run for a while between its child's first stop and its own. If the parent's stop arrives even
/// later, the child has been adopted by then.
const PATIENCE: u64 = 500_000_000;

/// How many processes that have ended are remembered.
const MOST_DEPARTED: usize = 8;

/// A thread that no parent has claimed yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stranger {
    pub(super) tid: pid_t,
    /// Its stop, to be handled once the thread is known.
    pub(super) stop: Stop,
    since: u64,
}

/// The strangers, and what helps to identify their parents.
#[derive(Debug, Default)]
pub(super) struct Strangers {
    waiting: Vec<Stranger>,
    /// Adopted children whose parent's stop has not arrived, and may never arrive.
    adopted: HashSet<pid_t>,
    /// The processes that ended last.
    departed: VecDeque<Kin>,
    due: Option<u64>,
}

impl Strangers {
    /// Adds an unknown thread that has stopped.
    pub(super) fn add(&mut self, tid: pid_t, stop: Stop, now: u64) {
        self.waiting.push(Stranger { tid, stop, since: now });
        self.due.get_or_insert(now + PATIENCE);
    }

    /// Forgets a stranger that has ended, or has a newer stop.
    pub(super) fn remove(&mut self, tid: pid_t) {
        self.waiting.retain(|known| known.tid != tid);
    }

    /// Removes a child whose parent is known now, and returns the child's stop.
    pub(super) fn claim(&mut self, child: pid_t) -> Option<Stop> {
        let index = self.waiting.iter().position(|stranger| stranger.tid == child)?;
        Some(self.waiting.swap_remove(index).stop)
    }

    /// When to call [`Strangers::take_patient`] next, in nanoseconds of `CLOCK_MONOTONIC`.
    pub(super) fn due(&self) -> Option<u64> {
        self.due
    }

    /// Takes the strangers that have waited long enough.
    pub(super) fn take_patient(&mut self, now: u64) -> Vec<Stranger> {
        let taken = self.take(|stranger| stranger.since + PATIENCE <= now);
        let since = self.waiting.iter().map(|stranger| stranger.since).min();
        self.due = since.map(|since| since + PATIENCE);
        taken
    }

    /// Takes the strangers for which `wanted` is true.
    pub(super) fn take(&mut self, wanted: impl Fn(&Stranger) -> bool) -> Vec<Stranger> {
        self.waiting.extract_if(.., |stranger| wanted(stranger)).collect()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Forgets all waiting strangers.
    pub(super) fn clear(&mut self) {
        self.waiting.clear();
    }

    pub(super) fn mark_adopted(&mut self, tid: pid_t) {
        self.adopted.insert(tid);
    }

    /// True if the child was adopted before its parent's stop, which has arrived now.
    pub(super) fn was_adopted(&mut self, child: pid_t) -> bool {
        self.adopted.remove(&child)
    }

    /// Remembers a process that has ended: children of it may still turn up.
    pub(super) fn depart(&mut self, process: &TracedProcess) {
        self.departed.truncate(MOST_DEPARTED - 1);
        self.departed.push_front(Kin::of(process));
    }

    /// The process, ended or living, with these arguments: a child that has not run yet has the
    /// same arguments as its parent.
    pub(super) fn kin<'p>(
        &self,
        argv: &(Vec<String>, u64),
        living: impl Iterator<Item = &'p TracedProcess>,
    ) -> Option<Kin> {
        let living = living.map(Kin::of);
        self.departed.iter().cloned().chain(living).find(|kin| *kin.argv == *argv)
    }
}

/// What a child of a process needs to know about it.
#[derive(Clone, Debug)]
pub(super) struct Kin {
    argv: Rc<(Vec<String>, u64)>,
    pub(super) command: u32,
    pub(super) attached: bool,
}

impl Kin {
    fn of(process: &TracedProcess) -> Self {
        let TracedProcess { command, attached, .. } = *process;
        Self { argv: Rc::clone(&process.argv), command, attached }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stranger_is_claimed_with_its_stop_or_taken_when_its_time_is_up() {
        let mut strangers = Strangers::default();
        strangers.add(1, Stop::Trap, 100);
        strangers.add(2, Stop::Exit, 200);
        strangers.add(3, Stop::Trap, 300);
        assert_eq!(strangers.due(), Some(100 + PATIENCE));
        assert_eq!(strangers.claim(2), Some(Stop::Exit));
        assert_eq!(strangers.claim(2), None);
        assert!(strangers.take_patient(99 + PATIENCE).is_empty());
        let taken = strangers.take_patient(100 + PATIENCE);
        assert_eq!(taken.iter().map(|stranger| stranger.tid).collect::<Vec<_>>(), [1]);
        assert_eq!(strangers.due(), Some(300 + PATIENCE));
        strangers.remove(3);
        assert!(strangers.is_empty());
        assert!(strangers.take_patient(u64::MAX).is_empty());
        assert_eq!(strangers.due(), None);
    }

    #[test]
    fn a_late_stop_of_the_parent_finds_the_adoption_once() {
        let mut strangers = Strangers::default();
        strangers.mark_adopted(5);
        assert!(strangers.was_adopted(5));
        assert!(!strangers.was_adopted(5));
    }

    #[test]
    fn a_child_belongs_to_the_command_that_has_its_arguments() {
        let named = |pid, command, name: &str| TracedProcess {
            argv: Rc::new((vec![name.to_owned()], 0)),
            ..TracedProcess::new(pid, command)
        };
        let mut strangers = Strangers::default();
        for old in 0..20 {
            strangers.depart(&named(old, 9, &format!("old {old}")));
        }
        let living = [named(100, 1, "server"), named(101, 2, "client")];
        let command = |name: &str| {
            let argv = (vec![name.to_owned()], 0);
            strangers.kin(&argv, living.iter()).map(|kin| kin.command)
        };
        assert_eq!(command("client"), Some(2));
        assert_eq!(command("old 19"), Some(9));
        assert_eq!(command("old 0"), None);
    }
}
