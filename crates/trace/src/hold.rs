//! Holding threads of a command between two of their calls.
//!
//! A held thread is not resumed from its stop until it is released, so that others get ahead of it:
//! the same way every time, by a condition and never by time.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Tells by its name whether a call is meant.
type IsMeant = Arc<dyn Fn(&str) -> bool + Send + Sync>;

/// Which calls on sockets are meant.
#[derive(Clone)]
pub struct Calls(IsMeant);

impl Calls {
    /// The calls whose names `is_meant` accepts, such as `accept4`.
    pub fn named(is_meant: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        Self(Arc::new(is_meant))
    }

    pub(crate) fn include(&self, name: &str) -> bool {
        (self.0)(name)
    }
}

impl fmt::Debug for Calls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Calls")
    }
}

/// Where threads are held.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum HoldAt {
    /// At their birth: every new thread and every new process, before its first instruction. One
    /// that is to let others go first goes on in steps, each to the return of a system call, up to
    /// its first call on a socket. It has to go on in steps because its parent may wait for a sign
    /// of life, as Python's `Thread.start()` does.
    Birth,
    /// Before such a call.
    Before(Calls),
    /// After such a call, if it has succeeded.
    After(Calls),
    /// Before and after every system call, of whatever kind, up to 60 times a thread.
    EveryCall,
}

/// How long threads are held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HoldUntil {
    /// Until [`Handle::release`](crate::Handle::release) is called.
    Released,
    /// Until nobody else can go on: every other traced thread waits or is held. Then the one that
    /// has been held longest goes on, alone; new threads come last, by turns.
    OthersWait,
}

/// Which threads are held, where, and how long.
#[derive(Clone, Debug)]
pub struct Hold {
    /// Index of the command whose threads they are, those of its descendants included.
    pub command: u32,
    /// Where.
    pub at: HoldAt,
    /// How long.
    pub until: HoldUntil,
}

/// The holds of a recording, shared by those who ask for them and the tracer.
#[derive(Debug, Default)]
pub(crate) struct Holds {
    /// True since the first hold was asked for. Read at every stop.
    any: AtomicBool,
    asked: Mutex<Asked>,
}

#[derive(Debug, Default)]
struct Asked {
    holds: Vec<Hold>,
    releasing: Vec<Release>,
}

/// A command whose holds are to end.
#[derive(Debug)]
struct Release {
    command: u32,
    /// They have ended, but not all threads have gone on yet as far as they can.
    ended: bool,
}

/// A place that a thread has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Point {
    /// It has been born.
    Birth,
    /// It has entered this call on a socket.
    Before(&'static str),
    /// It has returned from this call, and the call succeeded.
    After(&'static str),
    /// It has entered another call or returned from one.
    Call,
}

impl Holds {
    pub(crate) fn add(&self, hold: Hold) {
        self.lock().holds.push(hold);
        self.any.store(true, Ordering::Release);
    }

    /// True if a hold was ever asked for.
    pub(crate) fn any(&self) -> bool {
        self.any.load(Ordering::Acquire)
    }

    /// How long a thread of this command is held at this point; `None` if it is not.
    pub(crate) fn until(&self, command: u32, point: Point) -> Option<HoldUntil> {
        let asked = self.lock();
        let here =
            asked.holds.iter().filter(|hold| hold.command == command).filter(|hold| {
                match (&hold.at, point) {
                    (HoldAt::Birth, Point::Birth) => true,
                    (HoldAt::Before(calls), Point::Before(name))
                    | (HoldAt::After(calls), Point::After(name)) => calls.include(name),
                    (HoldAt::EveryCall, point) => point != Point::Birth,
                    _ => false,
                }
            });
        // Whoever is held until released is not let go because others wait.
        here.map(|hold| hold.until).min_by_key(|until| *until == HoldUntil::OthersWait)
    }

    /// True if threads of this command are to stop at every call.
    pub(crate) fn stops_at_every_call(&self, command: u32) -> bool {
        let asked = self.lock();
        let mut theirs = asked.holds.iter().filter(|hold| hold.command == command);
        theirs.any(|hold| matches!(hold.at, HoldAt::EveryCall))
    }

    pub(crate) fn ask_release(&self, command: u32) {
        self.lock().releasing.push(Release { command, ended: false });
    }

    pub(crate) fn is_release_asked(&self) -> bool {
        !self.lock().releasing.is_empty()
    }

    /// True until a release of the command that was asked for is done.
    pub(crate) fn is_releasing(&self, command: u32) -> bool {
        self.lock().releasing.iter().any(|release| release.command == command)
    }

    /// Everybody waits. Ends the holds of the commands that are to be released, and returns those
    /// commands; if they have ended already, their releases are done.
    pub(crate) fn release(&self) -> Vec<u32> {
        let mut asked = self.lock();
        let Asked { holds, releasing } = &mut *asked;
        releasing.retain(|release| !release.ended);
        let commands: Vec<u32> = releasing.iter().map(|release| release.command).collect();
        releasing.iter_mut().for_each(|release| release.ended = true);
        holds.retain(|hold| hold.until != HoldUntil::Released || !commands.contains(&hold.command));
        commands
    }

    /// Ends all holds.
    pub(crate) fn end(&self) {
        *self.lock() = Asked::default();
    }

    fn lock(&self) -> MutexGuard<'_, Asked> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hold(at: HoldAt, until: HoldUntil) -> Hold {
        Hold { command: 1, at, until }
    }

    #[test]
    fn a_thread_is_held_where_it_was_asked_for_and_nowhere_else() {
        let holds = Holds::default();
        assert!(!holds.any());
        let accept = Calls::named(|name| name.starts_with("accept"));
        holds.add(hold(HoldAt::After(accept), HoldUntil::Released));
        holds.add(hold(HoldAt::Birth, HoldUntil::OthersWait));
        assert!(holds.any());
        assert_eq!(holds.until(1, Point::After("accept4")), Some(HoldUntil::Released));
        assert_eq!(holds.until(1, Point::Birth), Some(HoldUntil::OthersWait));
        for (command, point) in [
            (0, Point::Birth),
            (0, Point::After("accept4")),
            (1, Point::Before("accept4")),
            (1, Point::After("recvfrom")),
        ] {
            assert_eq!(holds.until(command, point), None, "{point:?}");
        }
    }

    #[test]
    fn a_release_ends_what_lasts_until_then_and_not_the_courtesy_to_others() {
        let holds = Holds::default();
        let any = || Calls::named(|_| true);
        holds.add(hold(HoldAt::After(any()), HoldUntil::OthersWait));
        holds.add(hold(HoldAt::After(any()), HoldUntil::Released));
        assert_eq!(holds.until(1, Point::After("accept")), Some(HoldUntil::Released));
        holds.ask_release(1);
        assert!(holds.is_releasing(1) && holds.is_release_asked() && !holds.is_releasing(0));
        assert_eq!(holds.release(), [1]);
        assert!(holds.is_releasing(1), "they have not gone on yet");
        assert_eq!(holds.release(), [0; 0]);
        assert!(!holds.is_releasing(1) && !holds.is_release_asked());
        assert_eq!(holds.until(1, Point::After("accept")), Some(HoldUntil::OthersWait));
        holds.ask_release(1);
        holds.end();
        assert_eq!(holds.until(1, Point::After("accept")), None);
        assert!(!holds.is_releasing(1));
    }
}
