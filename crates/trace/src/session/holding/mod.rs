//! The threads that are held, and whose turn it is.
//!
//! Threads that wait for all others go on one at a time. First the one that has been held longest, so
//! that they advance by turns; then the new ones, the one with the fewest steps before
//! the others: it is the one that its parent may wait for, and none gets ahead of those born later.

mod waiting;

use std::collections::{HashMap, HashSet};

use libc::pid_t;
use socklab_kernel::clock;

use self::waiting::{Round, Sleeper};
use super::contact::Contact;
use super::onward::Onward;
use super::thread::TracedThread;
use super::tracees::Tracees;
use crate::hold::{HoldUntil, Holds, Point};
use crate::ptrace::Stop;

/// How often to look whether everybody waits, in nanoseconds.
const LOOK_AFTER: u64 = 300_000;
/// How many times a thread is held at most that goes in steps. A new thread of a language's runtime
/// never calls a socket function; others make thousands of calls, and nothing is to take forever.
const STEPS: u32 = 60;

/// Threads that are held, and what is known of the others.
#[derive(Debug, Default)]
pub(super) struct Holding {
    /// In the order in which they were held.
    held: Vec<Held>,
    /// Threads that go in steps since their birth.
    newborn: HashSet<pid_t>,
    /// How many steps threads have taken.
    steps: HashMap<pid_t, u32>,
    /// What the others had done when a thread was last held or let go.
    round: Round,
    due: Option<u64>,
    /// Where the thread that has just stopped has come to.
    point: Option<Point>,
    /// It has returned from a call, or not, if it has stopped at one.
    call: Option<bool>,
}

#[derive(Debug)]
struct Held {
    tid: pid_t,
    command: u32,
    until: HoldUntil,
    onward: Onward,
    newborn: bool,
}

impl Holding {
    /// When to look whether everybody waits.
    pub(super) fn due(&self) -> Option<u64> {
        self.due
    }

    /// Looks soon whether everybody waits.
    pub(super) fn look_soon(&mut self) {
        // What others did before says nothing about what they do from now on.
        self.round = Round::default();
        self.due = Some(clock::now());
    }

    /// Notes that the thread that has just stopped has entered this call on a socket.
    pub(super) fn note_entry(&mut self, name: &'static str) {
        self.point = Some(Point::Before(name));
    }

    /// Notes that the thread that has just stopped has returned from a call on a socket.
    pub(super) fn note_return(&mut self, name: &'static str, result: i64) {
        if result >= 0 {
            self.point = Some(Point::After(name));
        }
    }

    /// Notes that the thread that has just stopped has entered a call of any kind, or returned from
    /// one.
    pub(super) fn note_call(&mut self, returned: bool) {
        self.call = Some(returned);
    }

    /// True if a thread of this command stops at every call.
    pub(super) fn is_stepping(&self, tid: pid_t, command: u32, holds: &Holds) -> bool {
        let steps = self.newborn.contains(&tid) || holds.stops_at_every_call(command);
        steps && self.has_steps_left(tid)
    }

    fn has_steps_left(&self, tid: pid_t) -> bool {
        self.steps.get(&tid).is_none_or(|taken| *taken < STEPS)
    }

    /// Decides whether a thread is held that has stopped and would go on like this.
    pub(super) fn keep(
        &mut self,
        (tid, stop): (pid_t, Stop),
        onward: Onward,
        tracees: &mut Tracees,
        holds: &Holds,
    ) -> bool {
        let (point, call) = (self.point.take(), self.call.take());
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
        let point = match (born, point, call) {
            (true, ..) => Some(Point::Birth),
            (_, None, Some(_)) => Some(Point::Call),
            (_, point, _) => point,
        };
        let Some(until) = self.until(tid, command, point, call, holds) else { return false };
        let newborn = self.newborn.contains(&tid);
        self.held.push(Held { tid, command, until, onward, newborn });
        self.round = Round::default();
        self.due = Some(clock::now());
        true
    }

    /// How long a thread is held that has come to this point; `None` if it is not.
    fn until(
        &mut self,
        tid: pid_t,
        command: u32,
        point: Option<Point>,
        call: Option<bool>,
        holds: &Holds,
    ) -> Option<HoldUntil> {
        let asked = holds.until(command, point?);
        match point? {
            Point::Birth if asked == Some(HoldUntil::OthersWait) => {
                self.newborn.insert(tid);
            }
            // A new thread has grown up with its first call on a socket.
            Point::Before(_) => {
                self.newborn.remove(&tid);
            }
            _ => {}
        }
        // What is between two calls happens before the first of them returns to the program: for a
        // new thread, stops at returns are enough.
        let steps = self.newborn.contains(&tid) && call == Some(true);
        let every = asked.is_some() && holds.stops_at_every_call(command);
        if (steps || every) && point != Some(Point::Birth) {
            if !self.has_steps_left(tid) {
                self.newborn.remove(&tid);
                return None;
            }
            *self.steps.entry(tid).or_default() += 1;
        }
        asked.or(steps.then_some(HoldUntil::OthersWait))
    }

    fn forget(&mut self, tid: pid_t) {
        self.newborn.remove(&tid);
        self.steps.remove(&tid);
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
        let others = tracees.everybody().filter(|(tid, _)| !is_held(tid));
        let others: Vec<Sleeper> = others.map(|(tid, thread)| sleeper(tid, thread)).collect();
        if !self.round.all_wait(&others) {
            return None;
        }
        // Those that only let others go first can go on: a release is not due yet.
        if asked && self.whose_turn().is_none() {
            let released = holds.release();
            let theirs = |held: &&mut Held| released.contains(&held.command);
            self.held.iter_mut().filter(theirs).for_each(|held| held.until = HoldUntil::OthersWait);
        }
        self.round = Round::default();
        let next = self.whose_turn()?;
        let Held { tid, onward, .. } = self.held.remove(next);
        Some((tid, onward))
    }

    fn whose_turn(&self) -> Option<usize> {
        let yields = |held: &Held| held.until == HoldUntil::OthersWait;
        let longest = self.held.iter().position(|held| !held.newborn && yields(held));
        let steps = |at: &usize| self.steps.get(&self.held[*at].tid).copied().unwrap_or(0);
        longest.or_else(|| {
            let newborn = (0..self.held.len()).rev().filter(|at| yields(&self.held[*at]));
            newborn.min_by_key(steps)
        })
    }

    /// Lets all threads go.
    pub(super) fn let_all_go(&mut self) -> Vec<(pid_t, Onward)> {
        self.newborn.clear();
        self.due = None;
        self.held.drain(..).map(|held| (held.tid, held.onward)).collect()
    }
}

/// What has to be known of a thread to see whether it waits.
fn sleeper(tid: pid_t, thread: &TracedThread) -> Sleeper {
    let Contact { calls, fruitless, served, .. } = thread.contact;
    Sleeper { tid, pid: thread.pid, calls, fruitless, served }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hold::{Calls, Hold, HoldAt};
    use crate::session::process::TracedProcess;

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
        assert!(holding.is_stepping(11, 0, &holds) && !holding.is_stepping(10, 0, &holds));
        holding.note_call(false);
        assert!(!keep(&mut holding, 11, Stop::Call), "it enters a call");
        holding.note_call(true);
        assert!(keep(&mut holding, 11, Stop::Call));
        assert_eq!(holding.held.len(), 1);
        holding.note_call(false);
        holding.note_entry("recvfrom");
        assert!(!keep(&mut holding, 11, Stop::Filter));
        assert!(!holding.is_stepping(11, 0, &holds) && holding.held.is_empty());
        holding.note_call(true);
        assert!(!keep(&mut holding, 11, Stop::Call));
    }

    #[test]
    fn a_thread_that_goes_in_steps_is_let_go_at_last() {
        for at in [HoldAt::Birth, HoldAt::EveryCall] {
            let (mut tracees, mut holding) = (tracees(), Holding::default());
            let born = matches!(at, HoldAt::Birth);
            let holds = holds(at, HoldUntil::OthersWait);
            assert_eq!(holding.keep((11, Stop::Trap), GO, &mut tracees, &holds), born);
            for _ in 0..STEPS {
                assert!(holding.is_stepping(11, 0, &holds));
                holding.note_call(true);
                assert!(holding.keep((11, Stop::Call), GO, &mut tracees, &holds));
            }
            holding.note_call(true);
            assert!(!holding.keep((11, Stop::Call), GO, &mut tracees, &holds));
            assert!(!holding.is_stepping(11, 0, &holds));
        }
    }

    #[test]
    fn new_threads_go_last_and_the_newest_of_them_first() {
        let (mut tracees, mut holding) = (tracees(), Holding::default());
        let holds = holds(HoldAt::Birth, HoldUntil::OthersWait);
        let any = Calls::named(|_| true);
        holds.add(Hold { command: 0, at: HoldAt::After(any), until: HoldUntil::OthersWait });
        tracees.add_thread(12, TracedThread { newborn: true, ..TracedThread::new(10) });
        tracees.add_thread(13, TracedThread::new(10));
        for tid in [11, 12] {
            assert!(holding.keep((tid, Stop::Trap), GO, &mut tracees, &holds));
        }
        for tid in [10, 13] {
            holding.note_return("recvfrom", 5);
            assert!(holding.keep((tid, Stop::Call), GO, &mut tracees, &holds));
        }
        let mut turns = Vec::new();
        while let Some(next) = holding.whose_turn() {
            turns.push(holding.held.remove(next).tid);
        }
        assert_eq!(turns, [10, 13, 12, 11]);
    }

    #[test]
    fn a_thread_is_held_after_a_call_that_succeeded() {
        let (mut tracees, mut holding) = (tracees(), Holding::default());
        let accept = Calls::named(|name| name == "accept");
        let holds = holds(HoldAt::After(accept), HoldUntil::Released);
        let mut keep =
            |holding: &mut Holding| holding.keep((10, Stop::Call), GO, &mut tracees, &holds);
        holding.note_return("accept", -i64::from(libc::EAGAIN));
        assert!(!keep(&mut holding));
        holding.note_return("accept", 4);
        assert!(keep(&mut holding));
        // Whatever it stops for next, it is held no longer: it has been killed.
        assert!(!holding.keep((10, Stop::Exit), GO, &mut tracees, &holds));
        assert!(holding.held.is_empty());
    }
}
