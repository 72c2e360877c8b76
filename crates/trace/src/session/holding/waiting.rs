//! Does everybody wait?
//!
//! A thread waits if it sleeps until somebody else does something. One that sleeps for a short time
//! goes on by itself: it waits only once it has woken up in vain. (Python's threads sleep 5 ms at a
//! time for their turn, and then ask for it.) A thread that polls never sleeps, or not long.

use std::collections::HashMap;
use std::time::Duration;

use libc::pid_t;
use socklab_kernel::process::{self, State, SystemCall};

use crate::memory::{Memory, TraceeMemory};

/// A sleep of no more than this ends by itself soon.
const SHORT: Duration = Duration::from_millis(10);
/// The same, if the sleep is a nap between calls on sockets.
const NAP: Duration = Duration::from_secs(1);
/// After so many calls in vain, a thread polls.
const FRUITLESS: u64 = 4;
/// A thread that has run for so long without a call that gave it something waits by running.
const SPINS: Duration = Duration::from_millis(100);

/// A thread that may be asleep.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sleeper {
    pub(super) tid: pid_t,
    pub(super) pid: pid_t,
    /// How many calls it has made that wait for peers or deal with one.
    pub(super) calls: u64,
    /// How many of these it has made in vain since it last dealt with a peer.
    pub(super) fruitless: u64,
    /// When one of them last dealt with a peer.
    pub(super) served: u64,
}

/// How much the others had run, and what they had done, when they were first looked at since somebody
/// was held or let go, or since they dealt with a peer again.
#[derive(Debug, Default)]
pub(super) struct Round(HashMap<pid_t, First>);

#[derive(Clone, Copy, Debug)]
struct First {
    thread: Sleeper,
    ran: Duration,
    /// How often it had been given a processor when it was first seen asleep since it was last seen
    /// awake.
    asleep: Option<u64>,
}

/// What a thread is seen to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seen {
    /// It waits, and has been given a processor so often.
    Waits(u64),
    /// It polls.
    Polls,
    /// It is going on, or will by itself.
    GoesOn,
}

impl Round {
    pub(super) fn forget(&mut self, tid: pid_t) {
        self.0.remove(&tid);
    }

    /// True if all of them wait at the same time. They are looked at one after another, so a first
    /// one could be woken by a last one before that goes to sleep: all must still sleep, without
    /// having run meanwhile, when they are looked at again.
    pub(super) fn all_wait(&mut self, threads: &[Sleeper]) -> bool {
        let mut first = Vec::with_capacity(threads.len());
        for thread in threads {
            match self.look(thread) {
                Seen::GoesOn => return false,
                seen => first.push(seen),
            }
        }
        threads.iter().zip(first).all(|(thread, seen)| self.look(thread) == seen)
    }

    fn look(&mut self, thread: &Sleeper) -> Seen {
        let Sleeper { tid, pid, calls, .. } = *thread;
        let (pid, number) = (pid.cast_unsigned(), tid.cast_unsigned());
        let state = process::state(pid, number);
        let now = process::scheduling(pid, number);
        let fresh = First { thread: *thread, ran: now.ran, asleep: None };
        let first = self.0.entry(tid).or_insert(fresh);
        if first.thread.served != thread.served {
            *first = fresh;
        }
        let polls = thread.fruitless >= first.thread.fruitless + FRUITLESS;
        let ran = now.ran.saturating_sub(first.ran);
        if state == Some(State::Sleeping) {
            first.asleep.get_or_insert(now.turns);
        } else {
            first.asleep = None;
        }
        let asleep = first.asleep;
        let call = || process::system_call(pid, number).ok();
        match state {
            None => Seen::Waits(0),
            Some(state) if state.has_ended() => Seen::Waits(0),
            _ if polls => Seen::Polls,
            Some(State::Sleeping) => {
                let call = call();
                let limit = if calls > 0 && call.is_some_and(is_nap) { NAP } else { SHORT };
                let longest = call.and_then(|call| longest(call, tid));
                let short = longest.is_some_and(|longest| longest <= limit);
                // Without statistics it can't be seen to have woken up.
                let in_vain = asleep.is_some_and(|first| now.turns > first) || now.turns == 0;
                if short && !in_vain { Seen::GoesOn } else { Seen::Waits(now.turns) }
            }
            // A parent that lets its child use its memory until the child executes a program.
            Some(State::Uninterruptible) if call().is_some_and(is_birth) => Seen::Waits(now.turns),
            Some(State::Running) if ran > SPINS => Seen::Polls,
            // Stopped by job control.
            Some(State::Stopped) => Seen::Waits(now.turns),
            _ => Seen::GoesOn,
        }
    }
}

fn is_birth(call: SystemCall) -> bool {
    let births = [libc::SYS_vfork, libc::SYS_clone, libc::SYS_clone3];
    matches!(call, SystemCall::Inside { number, .. } if births.contains(&number))
}

fn is_nap(call: SystemCall) -> bool {
    let naps = [libc::SYS_nanosleep, libc::SYS_clock_nanosleep];
    matches!(call, SystemCall::Inside { number, .. } if naps.contains(&number))
}

/// How long a thread in this call sleeps at most; `None` if it is not limited.
fn longest(call: SystemCall, tid: pid_t) -> Option<Duration> {
    let SystemCall::Inside { number, arguments, .. } = call else { return None };
    let at = |address: u64| time(&TraceeMemory(tid), address, 1);
    match number {
        libc::SYS_nanosleep => at(arguments[0]),
        libc::SYS_clock_nanosleep => limited(at(arguments[2])?, arguments[1] != 0, arguments[0]),
        libc::SYS_futex => {
            let operation = arguments[1] as i32;
            let clock = match operation & libc::FUTEX_CLOCK_REALTIME {
                0 => libc::CLOCK_MONOTONIC,
                _ => libc::CLOCK_REALTIME,
            };
            match operation & 0x7f {
                libc::FUTEX_WAIT => at(arguments[3]),
                libc::FUTEX_WAIT_BITSET => limited(at(arguments[3])?, true, clock as u64),
                _ => None,
            }
        }
        libc::SYS_poll => milliseconds(arguments[2]),
        libc::SYS_epoll_wait | libc::SYS_epoll_pwait => milliseconds(arguments[3]),
        libc::SYS_ppoll => at(arguments[2]),
        libc::SYS_pselect6 => at(arguments[4]),
        libc::SYS_epoll_pwait2 => at(arguments[3]),
        libc::SYS_select => time(&TraceeMemory(tid), arguments[4], 1_000),
        // What was left of a sleep that a signal interrupted.
        libc::SYS_restart_syscall => Some(Duration::ZERO),
        _ => None,
    }
}

fn milliseconds(argument: u64) -> Option<Duration> {
    // It is an int; a negative one means forever.
    u64::try_from(argument as i32).ok().map(Duration::from_millis)
}

/// What is left until a time on a clock, or the time itself if it is a duration.
fn limited(time: Duration, absolute: bool, clock: u64) -> Option<Duration> {
    if !absolute {
        return Some(time);
    }
    let clock = match clock as i32 {
        libc::CLOCK_REALTIME => rustix::time::ClockId::Realtime,
        libc::CLOCK_MONOTONIC => rustix::time::ClockId::Monotonic,
        _ => return None,
    };
    let now = rustix::time::clock_gettime(clock);
    let now = Duration::new(u64::try_from(now.tv_sec).ok()?, u32::try_from(now.tv_nsec).ok()?);
    Some(time.saturating_sub(now))
}

/// A `timespec`, or a `timeval` if a unit of its second part is 1,000 ns; `None` at address 0.
fn time(memory: &impl Memory, address: u64, unit: u64) -> Option<Duration> {
    let bytes: [u8; 16] = memory.array(address)?;
    let word = |at: usize| bytes[at..at + 8].try_into().map(u64::from_ne_bytes).ok();
    let nanoseconds = word(8)?.checked_mul(unit)?;
    Duration::from_secs(word(0)?).checked_add(Duration::from_nanos(nanoseconds))
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;
    use std::thread;

    use super::*;

    fn own(tid: pid_t) -> Sleeper {
        Sleeper { tid, pid: std::process::id().cast_signed(), calls: 0, fruitless: 0, served: 0 }
    }

    /// A thread of this process that does `this`, and its id.
    fn doing(this: impl FnOnce() + Send + 'static) -> pid_t {
        let (tell, told) = channel();
        thread::spawn(move || {
            // SAFETY: gettid only returns a number.
            let _ = tell.send(unsafe { libc::gettid() });
            this();
        });
        told.recv().unwrap()
    }

    /// Looks until the thread is seen like this.
    fn becomes(round: &mut Round, thread: Sleeper, is: impl Fn(Seen) -> bool) {
        while !is(round.look(&thread)) {
            thread::yield_now();
        }
    }

    #[test]
    fn a_thread_that_sleeps_until_it_is_told_waits() {
        let (keep, kept) = channel::<()>();
        let tid = doing(move || assert!(kept.recv().is_err()));
        let mut round = Round::default();
        becomes(&mut round, own(tid), |seen| matches!(seen, Seen::Waits(_)));
        assert!(round.all_wait(&[own(tid)]));
        drop(keep);
        becomes(&mut round, own(tid), |seen| seen == Seen::Waits(0));
    }

    #[test]
    fn short_sleeps_are_waiting_only_once_they_have_ended_in_vain() {
        let (stop, stopped) = channel::<()>();
        let tid = doing(move || {
            while stopped.try_recv() == Err(std::sync::mpsc::TryRecvError::Empty) {
                thread::sleep(Duration::from_millis(8));
            }
        });
        let process = std::process::id();
        let mut round = Round::default();
        loop {
            let Seen::Waits(turns) = round.look(&own(tid)) else { continue };
            // It may have waited for something else, such as a lock, before its first nap.
            let call = process::system_call(process, tid.cast_unsigned());
            let same = process::scheduling(process, tid.cast_unsigned()).turns == turns;
            if same && call.is_ok_and(is_nap) {
                assert!(round.0[&tid].asleep.is_some_and(|first| turns > first));
                break;
            }
        }
        drop(stop);
    }

    #[test]
    fn a_nap_between_calls_on_sockets_is_no_waiting() {
        let tid = doing(|| thread::sleep(Duration::from_millis(800)));
        let mut round = Round::default();
        becomes(&mut round, own(tid), |seen| matches!(seen, Seen::Waits(_)));
        let serves = Sleeper { calls: 1, ..own(tid) };
        assert_eq!(round.look(&serves), Seen::GoesOn);
    }

    #[test]
    fn a_thread_that_runs_goes_on_until_it_has_run_for_long() {
        let (stop, stopped) = channel::<()>();
        let tid =
            doing(move || while stopped.try_recv() == Err(std::sync::mpsc::TryRecvError::Empty) {});
        let mut round = Round::default();
        assert!(!round.all_wait(&[own(tid)]));
        let polls = Sleeper { fruitless: FRUITLESS, ..own(tid) };
        assert!(round.all_wait(&[polls]), "its calls give it nothing");
        becomes(&mut round, own(tid), |seen| seen == Seen::Polls);
        drop(stop);
    }

    #[test]
    fn a_time_is_read_from_memory() {
        struct At8([u64; 2]);
        impl Memory for At8 {
            fn read(&self, address: u64, into: &mut [u8]) -> usize {
                let bytes = self.0.map(u64::to_ne_bytes).concat();
                if address != 8 {
                    return 0;
                }
                into.copy_from_slice(&bytes[..into.len()]);
                into.len()
            }
        }
        assert_eq!(time(&At8([2, 5]), 8, 1), Some(Duration::new(2, 5)));
        assert_eq!(time(&At8([2, 5]), 8, 1_000), Some(Duration::new(2, 5_000)));
        assert_eq!(time(&At8([2, 5]), 0, 1), None);
        assert_eq!(time(&At8([u64::MAX, u64::MAX]), 8, 1_000), None);
        assert_eq!(milliseconds(u64::from(u32::MAX)), None);
        assert_eq!(milliseconds(7), Some(Duration::from_millis(7)));
        let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
        let now = Duration::from_secs(now.tv_sec.cast_unsigned());
        let left = limited(now + Duration::from_secs(100), true, libc::CLOCK_MONOTONIC as u64);
        assert!(left.is_some_and(|left| left > Duration::from_secs(50)));
    }
}
