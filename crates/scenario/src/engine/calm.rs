//! Whether programs have digested what was sent to them.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use socklab_kernel::clock;
use socklab_kernel::process::{self, State, SystemCall, scheduling};
use socklab_kernel::timeout::{self, Timeout};

use super::asleep::Inside;
use super::bystanders::Bystanders;
use super::pulse::Pulse;

/// A sleeping thread that has made the same call without effect this often, and sleeps again, has
/// gone round its loop twice.
const ROUNDS_ASLEEP: u32 = 2;
/// The same of a thread that never sleeps: some make several such calls between two pieces of work.
const ROUNDS_AWAKE: u32 = 40;
/// A thread that only naps has gone round twice when it has woken up this often.
const NAPS: u32 = 2;
/// A thread that waits this long for another thread is not polling.
const LONG: Duration = Duration::from_secs(30);
/// A thread that waits this long for peers has nothing else to do.
const LISTENS: Duration = Duration::from_millis(500);
/// What is not acknowledged for so long is not on its way, it is sent again: `TCP_RTO_MIN` of `include/net/tcp.h`.
const UNDER_WAY: Duration = Duration::from_millis(200);
/// The naps of a bystander are waited for if they end within this time: it may find work then.
const WATCHED: Duration = Duration::from_secs(1);

/// What is known of threads.
pub(super) struct Threads<'a> {
    pub(super) pulse: &'a mut Pulse,
    pub(super) bystanders: &'a mut Bystanders,
    /// The calls that threads are in, as the tracer saw them enter.
    pub(super) inside: &'a HashMap<u32, Inside>,
    /// Who does nothing by itself for so long is calm.
    pub(super) left: Duration,
    /// Who waits for peers for long enough is calm, too: it has digested what came before.
    pub(super) digested: bool,
}

/// How programs were when all their threads slept, each of which is looked at after the other. If it
/// was the same a moment ago, none of them has run in between, so that none can have handed something
/// over to another one behind our back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Calm {
    threads: u64,
    /// The sum of the threads' numbers.
    numbers: u64,
    /// How often they had been given a processor, in total.
    turns: u64,
}

impl Calm {
    fn note(&mut self, thread: u32, turns: u64) {
        self.threads += 1;
        self.numbers += u64::from(thread);
        self.turns = self.turns.wrapping_add(turns);
    }
}

/// Whether a program has digested what it was sent.
#[derive(Debug, Default)]
pub(super) struct Digesting {
    /// How it was when it was looked at last, with what had happened, and since when.
    before: Option<((Calm, u64), Instant)>,
}

impl Digesting {
    /// True if the program is as calm as it was a moment ago, and nothing is on its way to it. On a busy machine,
    /// the kernel may take a while to deliver what a peer has sent over the loopback.
    pub(super) fn is_over(
        &mut self,
        calm: Option<(Calm, u64)>,
        now: Instant,
        is_under_way: impl FnOnce() -> bool,
    ) -> bool {
        match (calm, self.before) {
            (Some(calm), Some((before, since))) if calm == before => {
                now.duration_since(since) >= UNDER_WAY || !is_under_way()
            }
            _ => {
                self.before = calm.map(|calm| (calm, now));
                false
            }
        }
    }
}

/// What a thread is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Doing {
    /// It has ended, or goes round a loop in which nothing happens.
    Nothing,
    /// It sleeps, and has been given a processor so often.
    Sleeps(u64),
    /// It is at work, or may be so at any moment.
    Works,
    /// It is a bystander, and wakes up soon.
    Naps,
}

/// True if the thread does not sleep until somebody else wakes it up.
pub(super) fn naps(process: u32, thread: u32) -> bool {
    process::state(process, thread).is_some_and(|state| !state.has_ended())
        && match process::system_call(process, thread) {
            Ok(SystemCall::Inside { number, arguments, .. }) => {
                timeout::of(process, number, arguments) != Timeout::Never
            }
            _ => true,
        }
}

/// In what time a thread wakes up by itself.
#[derive(Clone, Copy, Debug)]
struct Wakes {
    at_first: Duration,
    at_last: Duration,
    /// It waits for sockets, and for how long at most.
    for_peers: bool,
}

impl Wakes {
    const SOMETIME: Self =
        Self { at_first: Duration::ZERO, at_last: Duration::MAX, for_peers: false };
}

impl Threads<'_> {
    /// `Some` if no thread of these processes will do anything by itself in the time that is left:
    /// each sleeps until something happens, or goes round a loop in which nothing happens.
    pub(super) fn are_calm(&mut self, processes: impl Iterator<Item = u32>) -> Option<Calm> {
        let mut napping = Vec::new();
        let mut calm = Calm::default();
        for process in processes {
            for thread in process::threads(process).unwrap_or_default() {
                match self.doing(process, thread) {
                    Doing::Nothing => {}
                    Doing::Sleeps(turns) => calm.note(thread, turns),
                    Doing::Naps => napping.push((process, thread)),
                    Doing::Works if self.bystanders.watches(thread) => return None,
                    Doing::Works => {
                        // What it hands over to bystanders, they find when they wake up next.
                        self.pulse.forget_naps(self.bystanders.all());
                        return None;
                    }
                }
            }
        }
        // Everybody else is done, so each of these has to look once more.
        let mut have_looked = true;
        for (process, thread) in &napping {
            have_looked &= self.pulse.nap(*thread, scheduling(*process, *thread).turns) > 0;
        }
        if have_looked {
            self.bystanders.found_nothing(napping.into_iter().map(|(_, thread)| thread));
        }
        have_looked.then_some(calm)
    }

    fn doing(&mut self, process: u32, thread: u32) -> Doing {
        let turns = || scheduling(process, thread).turns;
        let before = turns();
        match process::state(process, thread) {
            None => Doing::Nothing,
            Some(state) if state.has_ended() => Doing::Nothing,
            Some(State::Sleeping) if self.bystanders.watches(thread) => {
                let Some(wakes) = self.wakes(process, thread) else { return Doing::Sleeps(before) };
                let soon = wakes.at_last <= WATCHED && !self.bystanders.is_idle(thread);
                if soon { Doing::Naps } else { Doing::Nothing }
            }
            Some(State::Sleeping) if self.sleeps_on(process, thread) => match turns() {
                after if after == before => Doing::Sleeps(after),
                _ => Doing::Works,
            },
            Some(State::Sleeping) if self.goes_round(process, thread) => Doing::Nothing,
            Some(_) if self.pulse.most(thread) >= ROUNDS_AWAKE => Doing::Nothing,
            Some(_) => Doing::Works,
        }
    }

    fn sleeps_on(&self, process: u32, thread: u32) -> bool {
        let Some(wakes) = self.wakes(process, thread) else { return true };
        let listens = self.digested && wakes.for_peers && wakes.at_first > LISTENS;
        listens || wakes.at_first > self.left
    }

    fn goes_round(&mut self, process: u32, thread: u32) -> bool {
        self.pulse.most(thread) >= ROUNDS_ASLEEP
            || self.pulse.expired(thread) >= 1
            || self.pulse.nap(thread, scheduling(process, thread).turns) >= NAPS
    }

    /// When the thread wakes up by itself; `None` if it doesn't.
    fn wakes(&self, process: u32, thread: u32) -> Option<Wakes> {
        // Where the kernel does not say what it sleeps in, sleeping is all that is known.
        let Ok(SystemCall::Inside { number, arguments, .. }) =
            process::system_call(process, thread)
        else {
            return None;
        };
        let now = clock::now();
        let until = |moment: u64| Duration::from_nanos(moment.saturating_sub(now));
        let at = |moment, for_peers| {
            Some(Wakes { at_first: until(moment), at_last: until(moment), for_peers })
        };
        match timeout::of(process, number, arguments) {
            Timeout::Never => None,
            Timeout::At(moment) => at(moment, false),
            // Nobody takes turns in waiting for so long. (Go's runtime has a thread that watches over
            // the others, and waits a minute for them.)
            Timeout::After(length) if Duration::from_nanos(length) >= LONG => None,
            Timeout::After(length) => {
                let call = self.inside.get(&thread).filter(|call| call.number == number);
                let known = call.and_then(|call| at(call.began.saturating_add(length), true));
                known.or(Some(Wakes { at_last: Duration::from_nanos(length), ..Wakes::SOMETIME }))
            }
            _ => Some(Wakes::SOMETIME),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_under_way_is_waited_for_until_it_would_be_sent_again() {
        let (begin, calm) = (Instant::now(), Some((Calm::default(), 1)));
        let after = |ms| begin + Duration::from_millis(ms);
        let mut digesting = Digesting::default();
        // Once is not enough, and anything that happens begins anew.
        assert!(!digesting.is_over(calm, begin, || false));
        assert!(!digesting.is_over(Some((Calm::default(), 2)), after(1), || false));
        assert!(!digesting.is_over(None, after(2), || false));
        assert!(!digesting.is_over(calm, after(3), || false));
        assert!(!digesting.is_over(calm, after(4), || true));
        assert!(digesting.is_over(calm, after(5), || false));
        assert!(!digesting.is_over(calm, after(202), || true));
        assert!(digesting.is_over(calm, after(203), || true));
    }
}
