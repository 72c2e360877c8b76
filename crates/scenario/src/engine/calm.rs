//! Whether programs have digested what was sent to them.

use std::collections::HashMap;
use std::time::Duration;

use socklab_kernel::clock;
use socklab_kernel::process::{self, State, SystemCall, scheduling};
use socklab_kernel::timeout::{self, Timeout};

use super::asleep::Inside;
use super::bystanders::Bystanders;
use super::pulse::Pulse;

/// A sleeping thread that has made the same call without effect this often, and sleeps again, has
/// gone round its loop twice.
const ROUNDS_ASLEEP: u32 = 2;
/// The same of a thread that never sleeps.
const ROUNDS_AWAKE: u32 = 3;
/// A thread that only naps has gone round twice when it has woken up this often.
const NAPS: u32 = 2;
/// A thread that waits this long for another thread is not polling.
const LONG: Duration = Duration::from_secs(30);
/// A thread that waits this long for peers has nothing else to do.
const LISTENS: Duration = Duration::from_millis(500);
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

/// What a thread is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Doing {
    /// It does nothing by itself.
    Waits,
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
    /// True if no thread of these processes will do anything by itself in the time that is left: each
    /// sleeps until something happens, or goes round a loop in which nothing happens.
    pub(super) fn are_calm(&mut self, processes: impl Iterator<Item = u32>) -> bool {
        let mut napping = Vec::new();
        for process in processes {
            for thread in process::threads(process).unwrap_or_default() {
                match self.doing(process, thread) {
                    Doing::Waits => {}
                    Doing::Naps => napping.push((process, thread)),
                    Doing::Works if self.bystanders.watches(thread) => return false,
                    Doing::Works => {
                        // What it hands over to bystanders, they find when they wake up next.
                        self.pulse.forget_naps(self.bystanders.all());
                        return false;
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
        have_looked
    }

    fn doing(&mut self, process: u32, thread: u32) -> Doing {
        match process::state(process, thread) {
            None => Doing::Waits,
            Some(state) if state.has_ended() => Doing::Waits,
            Some(State::Sleeping) if self.bystanders.watches(thread) => {
                let wakes = self.wakes(process, thread);
                let soon = wakes.is_some_and(|wakes| wakes.at_last <= WATCHED);
                if soon && !self.bystanders.is_idle(thread) { Doing::Naps } else { Doing::Waits }
            }
            Some(State::Sleeping) if self.sleeps_on(process, thread) => Doing::Waits,
            Some(State::Sleeping) => Doing::Works,
            Some(_) if self.pulse.most(thread) >= ROUNDS_AWAKE => Doing::Waits,
            Some(_) => Doing::Works,
        }
    }

    fn sleeps_on(&mut self, process: u32, thread: u32) -> bool {
        let Some(wakes) = self.wakes(process, thread) else { return true };
        let listens = self.digested && wakes.for_peers && wakes.at_first > LISTENS;
        listens
            || wakes.at_first > self.left
            || self.pulse.most(thread) >= ROUNDS_ASLEEP
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
