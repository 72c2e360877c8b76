//! The threads that are held, and whose turn it is.
//!
//! Threads that wait for all others go on one at a time, the one held last first: it is the one that
//! another may wait for, such as a parent for a new thread's sign of life; and those that came
//! before it fall as far behind as they can.

mod waiting;

use std::collections::HashMap;

use libc::pid_t;
use socklab_kernel::clock;

use self::waiting::{Round, Sleeper};
use super::onward::Onward;
use super::tracees::Tracees;
use crate::hold::{HoldUntil, Holds, Point};
use crate::ptrace::Stop;

/// How often to look whether everybody waits, in nanoseconds.
const LOOK_AFTER: u64 = 300_000;
/// How many steps a new thread takes at most that calls no socket function: the threads that a
/// language's runtime starts for itself never do.
const STEPS: u32 = 100;
/// After so many calls in a row that had nothing to give, a thread that does not sleep polls.
const VAIN: u32 = 4;

/// Threads that are held, and what is known of the others.
#[derive(Debug, Default)]
pub(super) struct Holding {
    /// In the order in which they were held.
    held: Vec<Held>,
    /// Threads that go in steps since their birth, and how many steps are left.
    newborn: HashMap<pid_t, u32>,
    /// How many calls in a row a thread has made in vain.
    vain: HashMap<pid_t, u32>,
    /// What the others had done when a thread was last held or let go.
    round: Round,
    due: Option<u64>,
    /// Where the thread that has just stopped has come to.
    point: Option<Point>,
    /// It has returned from a call.
    returned: bool,
}

#[derive(Debug)]
struct Held {
    tid: pid_t,
    command: u32,
    until: HoldUntil,
    onward: Onward,
}

impl Holding {
    /// When to look whether everybody waits.
    pub(super) fn due(&self) -> Option<u64> {
        self.due
    }

    /// Looks soon whether everybody waits.
    pub(super) fn look_soon(&mut self) {
        self.due = Some(clock::now());
    }

    /// Notes that the thread that has just stopped has entered this call on a socket.
    pub(super) fn note_entry(&mut self, name: &'static str) {
        self.point = Some(Point::Before(name));
    }

    /// Notes that the thread that has just stopped has returned from a call on a socket.
    pub(super) fn note_return(&mut self, tid: pid_t, name: &'static str, result: i64) {
        if result >= 0 {
            self.point = Some(Point::After(name));
        }
        let vain = self.vain.entry(tid).or_default();
        *vain = if gave_nothing(name, result) { *vain + 1 } else { 0 };
    }

    /// Notes that the thread that has just stopped has returned from a call of any kind.
    pub(super) fn note_step(&mut self) {
        self.returned = true;
    }

    /// True if the thread stops at every call.
    pub(super) fn is_stepping(&self, tid: pid_t) -> bool {
        self.newborn.contains_key(&tid)
    }

    /// Decides whether a thread is held that has stopped and would go on like this.
    pub(super) fn keep(
        &mut self,
        (tid, stop): (pid_t, Stop),
        onward: Onward,
        tracees: &mut Tracees,
        holds: &Holds,
    ) -> bool {
        let (point, returned) = (self.point.take(), std::mem::take(&mut self.returned));
        self.held.retain(|held| held.tid != tid);
        if matches!(stop, Stop::Exec | Stop::Exit | Stop::Exited(_) | Stop::Killed(_)) {
            self.forget(tid);
        }
        let Some(command) = tracees.process_of(tid).map(|process| process.command) else {
            return false;
        };
        let born = stop == Stop::Trap
            && tracees.thread_mut(tid).is_some_and(|thread| std::mem::take(&mut thread.newborn));
        if !matches!(onward, Onward::Resume(_)) {
            return false;
        }
        let point = if born { Some(Point::Birth) } else { point };
        let until = point.and_then(|point| holds.until(command, point));
        if born && until == Some(HoldUntil::OthersWait) {
            self.newborn.insert(tid, STEPS);
        }
        let until = until.or_else(|| self.step(tid, returned, point));
        if let Some(until) = until {
            self.held.push(Held { tid, command, until, onward });
            self.round = Round::default();
            self.due = Some(clock::now());
        }
        until.is_some()
    }

    /// A new thread has come to another stop on its way.
    fn step(&mut self, tid: pid_t, returned: bool, point: Option<Point>) -> Option<HoldUntil> {
        let steps = self.newborn.get_mut(&tid)?;
        match (returned, point) {
            (_, Some(Point::Before(_))) => {
                self.newborn.remove(&tid);
                None
            }
            (true, _) => {
                *steps -= 1;
                if *steps == 0 {
                    self.newborn.remove(&tid);
                }
                Some(HoldUntil::OthersWait)
            }
            _ => None,
        }
    }

    fn forget(&mut self, tid: pid_t) {
        self.newborn.remove(&tid);
        self.vain.remove(&tid);
        self.round.forget(tid);
    }

    /// Looks whether everybody waits, and returns the thread whose turn it is then.
    pub(super) fn next(&mut self, tracees: &Tracees, holds: &Holds) -> Option<(pid_t, Onward)> {
        let asked = holds.is_release_asked();
        if !asked && self.held.iter().all(|held| held.until == HoldUntil::Released) {
            self.due = None;
            return None;
        }
        self.due = Some(clock::now() + LOOK_AFTER);
        let is_held = |tid: &pid_t| self.held.iter().any(|held| held.tid == *tid);
        let others: Vec<Sleeper> = tracees
            .everybody()
            .filter(|(tid, _)| !is_held(tid))
            .map(|(tid, pid)| Sleeper { tid, pid, polls: self.polls(tid) })
            .collect();
        if !self.round.all_wait(&others) {
            return None;
        }
        // Those that only let others go first can go on: a release is not due yet.
        if asked && self.last_that_yields().is_none() {
            let released = holds.release();
            let theirs = |held: &&mut Held| released.contains(&held.command);
            self.held.iter_mut().filter(theirs).for_each(|held| held.until = HoldUntil::OthersWait);
        }
        self.round = Round::default();
        let last = self.last_that_yields()?;
        let Held { tid, onward, .. } = self.held.remove(last);
        Some((tid, onward))
    }

    fn last_that_yields(&self) -> Option<usize> {
        self.held.iter().rposition(|held| held.until == HoldUntil::OthersWait)
    }

    fn polls(&self, tid: pid_t) -> bool {
        self.vain.get(&tid).is_some_and(|vain| *vain >= VAIN)
    }

    /// Lets all threads go, because the recording ends.
    pub(super) fn let_all_go(&mut self) -> Vec<(pid_t, Onward)> {
        self.newborn.clear();
        self.due = None;
        self.held.drain(..).map(|held| (held.tid, held.onward)).collect()
    }
}

/// True if a call that has returned had nothing to give: it would have blocked, or nothing was
/// ready.
fn gave_nothing(name: &str, result: i64) -> bool {
    let blocks = [libc::EAGAIN, libc::EINTR].iter().any(|errno| result == -i64::from(*errno));
    let waits =
        ["poll", "ppoll", "select", "pselect6"].contains(&name) || name.starts_with("epoll_");
    blocks || (waits && result == 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hold::{Calls, Hold, HoldAt};
    use crate::session::process::TracedProcess;
    use crate::session::thread::TracedThread;

    const GO: Onward = Onward::Resume(0);

    /// A process 10 of command 0 with the threads 10 and 11, of which 11 is new.
    fn tracees() -> Tracees {
        let mut tracees = Tracees::default();
        tracees.add_process(TracedProcess::new(10, 0));
        tracees.add_thread(10, TracedThread::new(10));
        tracees.add_thread(11, TracedThread { newborn: true, ..TracedThread::new(10) });
        tracees
    }

    fn holds(at: HoldAt, until: HoldUntil) -> Holds {
        let holds = Holds::default();
        holds.add(Hold { command: 0, at, until });
        holds
    }

    #[test]
    fn a_new_thread_goes_in_steps_up_to_its_first_call_on_a_socket() {
        let (mut tracees, mut holding) = (tracees(), Holding::default());
        let holds = holds(HoldAt::Birth, HoldUntil::OthersWait);
        let mut keep =
            |holding: &mut Holding, tid, stop| holding.keep((tid, stop), GO, &mut tracees, &holds);
        assert!(!keep(&mut holding, 10, Stop::Trap), "it is not new");
        assert!(keep(&mut holding, 11, Stop::Trap));
        assert!(holding.is_stepping(11) && !holding.is_stepping(10));
        assert!(!keep(&mut holding, 11, Stop::Call), "it enters a call");
        holding.note_step();
        assert!(keep(&mut holding, 11, Stop::Call));
        assert_eq!(holding.held.len(), 1);
        holding.note_entry("recvfrom");
        assert!(!keep(&mut holding, 11, Stop::Filter));
        assert!(!holding.is_stepping(11) && holding.held.is_empty());
        holding.note_step();
        assert!(!keep(&mut holding, 11, Stop::Call));
    }

    #[test]
    fn a_thread_that_never_calls_a_socket_is_let_go_at_last() {
        let (mut tracees, mut holding) = (tracees(), Holding::default());
        let holds = holds(HoldAt::Birth, HoldUntil::OthersWait);
        assert!(holding.keep((11, Stop::Trap), GO, &mut tracees, &holds));
        for _ in 0..STEPS {
            holding.note_step();
            assert!(holding.keep((11, Stop::Call), GO, &mut tracees, &holds));
        }
        holding.note_step();
        assert!(!holding.keep((11, Stop::Call), GO, &mut tracees, &holds));
    }

    #[test]
    fn a_thread_is_held_after_a_call_that_succeeded() {
        let (mut tracees, mut holding) = (tracees(), Holding::default());
        let accept = Calls::named(|name| name == "accept");
        let holds = holds(HoldAt::After(accept), HoldUntil::Released);
        let mut keep =
            |holding: &mut Holding| holding.keep((10, Stop::Call), GO, &mut tracees, &holds);
        holding.note_return(10, "accept", -i64::from(libc::EAGAIN));
        assert!(!keep(&mut holding));
        holding.note_return(10, "accept", 4);
        assert!(keep(&mut holding));
        // Whatever it stops for next, it is held no longer: it has been killed.
        assert!(!holding.keep((10, Stop::Exit), GO, &mut tracees, &holds));
        assert!(holding.held.is_empty());
    }

    #[test]
    fn polling_is_calling_again_and_again_for_nothing() {
        let mut holding = Holding::default();
        for _ in 0..VAIN {
            assert!(!holding.polls(10));
            holding.note_return(10, "pselect6", 0);
        }
        assert!(holding.polls(10));
        holding.note_return(10, "recvfrom", 0);
        assert!(!holding.polls(10), "the end of a stream is something");
    }
}
