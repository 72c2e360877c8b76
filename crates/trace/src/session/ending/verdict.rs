//! Whether a thread is at work: what it does and did, in; whether to wait for it, out.
//!
//! After the last command, the others are left alone as long as they work. What a thread does at
//! one moment does not show that: a server's main loop may sleep for ever, one second at a time,
//! and a job may be one second's sleep. So the rules ask what the thread did *before*:
//!
//! - It runs, or has used the processor since the last look: it works; unless it polls for peers:
//!   it made calls on sockets meanwhile, and none of its last ones found anything.
//! - It sleeps: it works, unless
//!   - the sleep can't end before the patience does: waiting would not help;
//!   - none of its last calls on sockets found anything: it polls for peers, with pauses;
//!   - it slept at the same place before the last command began: that is its routine;
//!   - it has dealt with no peer of late, and woke at the same place twice and hardly used the
//!     processor: a routine too.
//! - It waits for descriptors with a limit, as event loops with timers do: it works (a timer was
//!   set for a job), unless
//!   - the wait can't end before the patience does;
//!   - the limit is the one it had before the first client came: that is its routine;
//!   - it woke at the same place twice and hardly used the processor, and had a limit before the
//!     first client came, or no wait then is known.
//! - It waits without a limit, has ended, or was stopped by job control: it does not work.

use super::doing::{Doing, Timer};
use crate::session::contact::Contact;

/// A place in a program's code, at which it makes a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    pub(super) number: i64,
    pub(super) stack: u64,
    pub(super) instruction: u64,
}

/// What is known about a thread. Times are nanoseconds of `CLOCK_MONOTONIC`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Facts {
    pub(super) doing: Doing,
    /// Where it makes the call it is in.
    pub(super) spot: Option<Spot>,
    /// Where it was in a call when the last command began.
    pub(super) routine: Option<Spot>,
    /// How long it has run, and how often it was given a processor.
    pub(super) ran: u64,
    pub(super) turns: u64,
    pub(super) contact: Contact,
    /// The call it is in has not begun before this.
    pub(super) since: u64,
}

/// The moment of a look, and how far things may go.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    pub(super) now: u64,
    /// When the patience ends.
    pub(super) until: u64,
    /// When the last command began.
    pub(super) last_began: u64,
}

/// What a look leaves for the next one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    at: u64,
    ran: u64,
    turns: u64,
    calls: u64,
    spot: Option<Spot>,
    /// How often it has woken and gone back to the same place, hardly using the processor.
    wakes: u32,
    /// The wait it is in has not begun before this.
    since: u64,
}

/// Why to wait for a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Work {
    Computes,
    Uninterruptible,
    /// It waits for what is on its way to it.
    Receives,
    /// It sleeps, until this time if that is known.
    Sleeps {
        until: Option<u64>,
    },
}

/// After this many wakes at the same place, a sleep is a routine.
const ROUTINE: u32 = 2;

/// After this many calls in vain, it polls. Fewer are made by a server that reads until nothing is
/// left, and then works.
const POLLS: u64 = 3;

/// Timers are computed anew for every wait and rounded: limits this close are the same.
const SAME_LIMIT: u64 = 2_000_000;

/// Using the processor for less than a tenth of the time is hardly using it; and so is this long,
/// which is what it takes to wake up and look.
const WAKE: u64 = 1_000_000;

/// Whether a thread is at work, and what to remember of this look.
pub(super) fn verdict(facts: &Facts, seen: Option<&Seen>, frame: &Frame) -> (Option<Work>, Seen) {
    let ran = seen.map_or(0, |seen| facts.ran.saturating_sub(seen.ran));
    let passed = seen.map_or(0, |seen| frame.now.saturating_sub(seen.at));
    let hardly_ran = ran <= WAKE.max(passed / 10);
    let woke = seen.is_some_and(|seen| seen.turns != facts.turns);
    let same_spot = seen.is_some_and(|seen| seen.spot == facts.spot);
    let wakes = match seen {
        Some(seen) if same_spot && hardly_ran => seen.wakes + u32::from(woke),
        _ => 0,
    };
    let since = match seen {
        // It has not run since: it is still in the same wait.
        Some(seen) if !woke => seen.since.max(facts.since),
        Some(seen) => seen.at.max(facts.since),
        None => facts.since,
    };
    let remembered = Seen {
        at: frame.now,
        ran: facts.ran,
        turns: facts.turns,
        calls: facts.contact.calls,
        spot: facts.spot,
        wakes,
        since,
    };
    (work(facts, seen, &remembered, hardly_ran, frame), remembered)
}

fn work(
    facts: &Facts,
    before: Option<&Seen>,
    seen: &Seen,
    hardly_ran: bool,
    frame: &Frame,
) -> Option<Work> {
    let contact = &facts.contact;
    let fruitless = contact.fruitless >= POLLS;
    let polls = fruitless && before.is_some_and(|before| contact.calls > before.calls);
    let served = contact.served >= frame.last_began;
    let routine = seen.wakes >= ROUTINE;
    match facts.doing {
        Doing::Rests => None,
        Doing::Uninterruptible => Some(Work::Uninterruptible),
        Doing::Runs => (!polls).then_some(Work::Computes),
        _ if !hardly_ran => (!polls).then_some(Work::Computes),
        Doing::Waits | Doing::WaitsForChild => None,
        Doing::Sleeps(timer) => {
            let slept_before = facts.spot.is_some() && facts.spot == facts.routine;
            let idle = fruitless || slept_before || (routine && !served);
            sleeps(timer, seen, frame).filter(|_| !idle)
        }
        Doing::Loops(timer) => {
            let idle = match (timer, contact.idle_wait) {
                (Timer::After(limit), Some(Some(idle))) if limit.abs_diff(idle) <= SAME_LIMIT => {
                    true
                }
                (_, Some(None)) => false,
                _ => routine,
            };
            sleeps(timer, seen, frame).filter(|_| !idle)
        }
    }
}

/// A timed wait that can end while there is patience.
fn sleeps(timer: Timer, seen: &Seen, frame: &Frame) -> Option<Work> {
    let (at_the_earliest, until) = match timer {
        Timer::At(until) => (until, Some(until)),
        Timer::After(length) => (seen.since.saturating_add(length), None),
        Timer::Unknown => (0, None),
    };
    (at_the_earliest <= frame.until).then_some(Work::Sleeps { until })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: u64 = 1_000_000;
    /// The last command began at 100 ms and ended at 1 s; there is patience until 6 s.
    const BEGAN: u64 = 100 * MS;
    const NOW: u64 = 1000 * MS;
    const UNTIL: u64 = 6000 * MS;

    fn facts(doing: Doing) -> Facts {
        let spot = Some(Spot { number: 1, stack: 2, instruction: 3 });
        let contact = Contact::default();
        Facts { doing, spot, routine: None, ran: 0, turns: 0, contact, since: NOW }
    }

    /// What is said of a thread that is looked at every 20 ms; `change` makes the next facts.
    fn looks(mut facts: Facts, count: u64, change: impl Fn(&mut Facts)) -> Vec<bool> {
        let mut seen = None;
        let look = |look| {
            let frame = Frame { now: NOW + 20 * MS * look, until: UNTIL, last_began: BEGAN };
            let (work, now_seen) = verdict(&facts, seen.as_ref(), &frame);
            seen = Some(now_seen);
            change(&mut facts);
            work.is_some()
        };
        (0..count).map(look).collect()
    }

    fn once(facts: Facts) -> bool {
        looks(facts, 1, |_| {})[0]
    }

    fn served(facts: Facts) -> Facts {
        Facts { contact: Contact { served: NOW, calls: 9, ..facts.contact }, ..facts }
    }

    const SECOND: Timer = Timer::After(1000 * MS);

    #[test]
    fn one_look() {
        let sleeps = |timer| facts(Doing::Sleeps(timer));
        let with = |facts: Facts, contact: Contact| Facts { contact, ..facts };
        let idle = |idle_wait| Contact { idle_wait, ..Contact::default() };
        let fruitless = |fruitless| Contact { fruitless, ..Contact::default() };
        let routine = |facts: Facts| Facts { routine: facts.spot, ..facts };
        let loops = |limit: u64| facts(Doing::Loops(Timer::After(limit * MS)));
        for (what, facts, works) in [
            ("runs", facts(Doing::Runs), true),
            ("reads a disk", facts(Doing::Uninterruptible), true),
            ("accepts", facts(Doing::Waits), false),
            ("waits for a child", facts(Doing::WaitsForChild), false),
            ("is stopped", facts(Doing::Rests), false),
            ("sleeps after a client", served(sleeps(SECOND)), true),
            ("sleeps in a thread of its own", sleeps(SECOND), true),
            ("sleeps until then", sleeps(Timer::At(UNTIL)), true),
            ("sleeps for an unknown time", sleeps(Timer::Unknown), true),
            ("sleeps too long", sleeps(Timer::At(UNTIL + 1)), false),
            ("sleeps for a day", sleeps(Timer::After(86_400_000 * MS)), false),
            ("sleeps where it slept before", routine(sleeps(SECOND)), false),
            ("has read until nothing was left", with(sleeps(SECOND), fruitless(2)), true),
            ("polls with pauses", with(sleeps(SECOND), fruitless(3)), false),
            ("has a timer", loops(300), true),
            ("had no timer before", with(loops(300), idle(Some(None))), true),
            ("had this limit before", with(loops(500), idle(Some(Some(501 * MS)))), false),
            ("had another limit", with(loops(300), idle(Some(Some(500 * MS)))), true),
            ("has a timer for tomorrow", loops(86_400_000), false),
        ] {
            assert_eq!(once(facts), works, "{what}");
        }
    }

    #[test]
    fn a_sleep_that_began_long_ago_may_end_in_time() {
        let length = Timer::After(UNTIL);
        let since = |since| Facts { since, ..facts(Doing::Sleeps(length)) };
        assert!(once(since(0)));
        assert!(!once(since(NOW)));
    }

    #[test]
    fn waking_at_the_same_place_twice_is_a_routine() {
        let wakes = |facts: &mut Facts| {
            facts.turns += 1;
            facts.ran += MS / 2;
        };
        let alone = facts(Doing::Sleeps(Timer::Unknown));
        assert_eq!(looks(alone, 4, wakes), [true, true, false, false]);
        assert_eq!(looks(alone, 9, |_| {}), [true; 9], "it has not woken");
        // Who has just dealt with a client sleeps for the client, even ten times.
        assert_eq!(looks(served(alone), 9, wakes), [true; 9]);
        let cron = facts(Doing::Loops(Timer::After(70 * MS)));
        assert_eq!(looks(cron, 4, wakes), [true, true, false, false]);
        let asked = Contact { idle_wait: Some(None), ..Contact::default() };
        assert_eq!(looks(Facts { contact: asked, ..cron }, 9, wakes), [true; 9]);
    }

    #[test]
    fn somebody_who_computes_between_looks_works() {
        let computes = |facts: &mut Facts| {
            facts.turns += 5;
            facts.ran += 12 * MS;
        };
        let waits = facts(Doing::Waits);
        assert_eq!(looks(waits, 3, computes), [false, true, true]);
        let sleeps = facts(Doing::Sleeps(Timer::Unknown));
        assert_eq!(looks(sleeps, 9, computes), [true; 9], "no routine");
    }

    #[test]
    fn spinning_for_peers_is_no_work() {
        let spins = |facts: &mut Facts| {
            facts.ran += 20 * MS;
            facts.contact.calls += 1000;
            facts.contact.fruitless += 1000;
        };
        assert_eq!(looks(facts(Doing::Runs), 3, spins), [true, false, false]);
        assert_eq!(looks(facts(Doing::Loops(SECOND)), 3, spins), [true, false, false]);
        // It polled, and now it computes.
        let polled = Contact { fruitless: 9, calls: 9, ..Contact::default() };
        assert_eq!(looks(Facts { contact: polled, ..facts(Doing::Runs) }, 3, |_| {}), [true; 3]);
    }
}
