//! What a thread does, from its state and the system call it is in.

use socklab_kernel::process::{State, SystemCall};

use crate::decode::{milliseconds, time};
use crate::memory::Memory;

/// What a thread does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doing {
    /// It runs, is ready to, or has just been stopped by its tracer.
    Runs,
    /// It waits for a disk, or for something else that no signal interrupts.
    Uninterruptible,
    /// It sleeps for some time and nothing else; or it waits for another thread, with a limit,
    /// which looks the same: Java's `Thread.sleep` does that.
    Sleeps(Timer),
    /// It waits for descriptors, with a limit: an event loop that has timers.
    Loops(Timer),
    /// It waits without a limit: for peers, children, other threads.
    Waits,
    /// It waits for a child to end, without a limit.
    WaitsForChild,
    /// It has ended, or job control has stopped it.
    Rests,
}

/// When a timed wait is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Timer {
    /// At this time, in nanoseconds of `CLOCK_MONOTONIC`.
    At(u64),
    /// This many nanoseconds after it has begun.
    After(u64),
    /// Unknown.
    Unknown,
}

/// Bits of `futex(2)`'s operation.
const FUTEX_COMMANDS: u64 = 0x7f;
const FUTEX_CLOCK_REALTIME: u64 = 256;

/// What a thread does. `epoch` is Unix time at 0 of `CLOCK_MONOTONIC`, in nanoseconds.
pub(super) fn doing(state: State, call: SystemCall, memory: &impl Memory, epoch: u64) -> Doing {
    match state {
        State::Sleeping => {}
        State::Uninterruptible => return Doing::Uninterruptible,
        State::Stopped | State::Zombie | State::Dead => return Doing::Rests,
        _ => return Doing::Runs,
    }
    let SystemCall::Inside { number, arguments: words, .. } = call else {
        return Doing::Waits;
    };
    let after = |time: Option<u64>| time.map(Timer::After);
    let timespec = |word: usize| time(memory, words[word], 1);
    let at = |word: usize, realtime: bool| {
        let epoch = if realtime { epoch } else { 0 };
        timespec(word).map(|time| Timer::At(time.saturating_sub(epoch)))
    };
    match number {
        libc::SYS_nanosleep => Doing::Sleeps(after(timespec(0)).unwrap_or(Timer::Unknown)),
        libc::SYS_clock_nanosleep => {
            let absolute = words[1] & libc::TIMER_ABSTIME as u64 != 0;
            let timer = match words[0] as i32 {
                _ if !absolute => after(timespec(2)),
                libc::CLOCK_REALTIME => at(2, true),
                libc::CLOCK_MONOTONIC => at(2, false),
                _ => None,
            };
            Doing::Sleeps(timer.unwrap_or(Timer::Unknown))
        }
        libc::SYS_futex => {
            let realtime = words[1] & FUTEX_CLOCK_REALTIME != 0;
            let timer = match (words[1] & FUTEX_COMMANDS) as i32 {
                libc::FUTEX_WAIT => after(timespec(3)),
                libc::FUTEX_LOCK_PI => at(3, true),
                _ => at(3, realtime),
            };
            timer.map_or(Doing::Waits, Doing::Sleeps)
        }
        libc::SYS_futex_waitv => at(3, words[4] == 0).map_or(Doing::Waits, Doing::Sleeps),
        libc::SYS_rt_sigtimedwait => after(timespec(2)).map_or(Doing::Waits, Doing::Sleeps),
        libc::SYS_poll => looping(words[1] != 0, after(milliseconds(words[2]))),
        libc::SYS_ppoll => looping(words[1] != 0, after(timespec(2))),
        libc::SYS_select => looping(waits_for_some(&words), after(time(memory, words[4], 1000))),
        libc::SYS_pselect6 => looping(waits_for_some(&words), after(timespec(4))),
        libc::SYS_epoll_wait | libc::SYS_epoll_pwait => {
            looping(true, after(milliseconds(words[3])))
        }
        libc::SYS_epoll_pwait2 => looping(true, after(timespec(3))),
        libc::SYS_wait4 | libc::SYS_waitid => Doing::WaitsForChild,
        // A timed wait that a stop has interrupted: how long it still lasts, only the kernel knows.
        libc::SYS_restart_syscall => Doing::Sleeps(Timer::Unknown),
        _ => Doing::Waits,
    }
}

fn looping(for_descriptors: bool, timer: Option<Timer>) -> Doing {
    match timer {
        None => Doing::Waits,
        Some(timer) if for_descriptors => Doing::Loops(timer),
        Some(timer) => Doing::Sleeps(timer),
    }
}

/// True if `select` was given descriptors.
fn waits_for_some(words: &[u64; 6]) -> bool {
    words[0] != 0 && words[1..4].iter().any(|set| *set != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A program whose memory holds 1.5 s as a `timespec`, wherever it is read.
    struct OneAndAHalf;

    impl Memory for OneAndAHalf {
        fn read(&self, _: u64, into: &mut [u8]) -> usize {
            let words = [1_u64.to_ne_bytes(), 500_000_000_u64.to_ne_bytes()].concat();
            into.copy_from_slice(&words[..into.len()]);
            into.len()
        }
    }

    const LENGTH: u64 = 1_500_000_000;
    const EPOCH: u64 = 1_000_000_000;

    fn inside(number: i64, arguments: [u64; 6]) -> Doing {
        let call = SystemCall::Inside { number, arguments, stack: 1, instruction: 2 };
        doing(State::Sleeping, call, &OneAndAHalf, EPOCH)
    }

    #[test]
    fn a_state_says_more_than_a_call() {
        let call = SystemCall::Inside {
            number: libc::SYS_accept,
            arguments: [0; 6],
            stack: 0,
            instruction: 0,
        };
        let in_state = |state| doing(state, call, &OneAndAHalf, 0);
        assert_eq!(in_state(State::Running), Doing::Runs);
        assert_eq!(in_state(State::Traced), Doing::Runs);
        assert_eq!(in_state(State::Uninterruptible), Doing::Uninterruptible);
        assert_eq!(in_state(State::Sleeping), Doing::Waits);
        for state in [State::Stopped, State::Zombie, State::Dead] {
            assert_eq!(in_state(state), Doing::Rests);
        }
        assert_eq!(doing(State::Sleeping, SystemCall::Outside, &OneAndAHalf, 0), Doing::Waits);
    }

    #[test]
    fn sleeps_and_their_ends() {
        let (after, monotonic) = (Timer::After(LENGTH), Timer::At(LENGTH));
        let realtime = Timer::At(LENGTH - EPOCH);
        for (number, words, timer) in [
            (libc::SYS_nanosleep, [8, 0, 0, 0, 0, 0], after),
            (libc::SYS_clock_nanosleep, [1, 0, 8, 0, 0, 0], after),
            (libc::SYS_clock_nanosleep, [1, 1, 8, 0, 0, 0], monotonic),
            (libc::SYS_clock_nanosleep, [0, 1, 8, 0, 0, 0], realtime),
            (libc::SYS_clock_nanosleep, [7, 1, 8, 0, 0, 0], Timer::Unknown),
            (libc::SYS_futex, [8, 128, 0, 8, 0, 0], after),
            (libc::SYS_futex, [8, 128 | 9, 0, 8, 0, 0], monotonic),
            (libc::SYS_futex, [8, 256 | 128 | 9, 0, 8, 0, 0], realtime),
            (libc::SYS_poll, [0, 0, 20, 0, 0, 0], Timer::After(20_000_000)),
            (libc::SYS_select, [0, 0, 0, 0, 8, 0], Timer::After(1_000_000_000 + 500_000_000_000)),
            (libc::SYS_pselect6, [9, 0, 0, 0, 8, 0], after),
            (libc::SYS_restart_syscall, [0; 6], Timer::Unknown),
        ] {
            assert_eq!(inside(number, words), Doing::Sleeps(timer), "{number} {words:?}");
        }
    }

    #[test]
    fn waiting_for_descriptors_with_a_limit_is_not_sleeping() {
        let limit = Timer::After(20_000_000);
        assert_eq!(inside(libc::SYS_poll, [8, 1, 20, 0, 0, 0]), Doing::Loops(limit));
        assert_eq!(inside(libc::SYS_epoll_wait, [8, 8, 1, 20, 0, 0]), Doing::Loops(limit));
        let limit = Timer::After(LENGTH);
        assert_eq!(inside(libc::SYS_ppoll, [8, 1, 8, 0, 0, 0]), Doing::Loops(limit));
        assert_eq!(inside(libc::SYS_pselect6, [9, 8, 0, 0, 8, 0]), Doing::Loops(limit));
        assert_eq!(inside(libc::SYS_epoll_pwait2, [8, 8, 1, 8, 0, 0]), Doing::Loops(limit));
    }

    #[test]
    fn without_a_limit_it_waits() {
        let forever = u64::from(u32::MAX);
        for (number, words) in [
            (libc::SYS_accept4, [3, 0, 0, 0, 0, 0]),
            (libc::SYS_recvfrom, [3, 8, 8, 0, 0, 0]),
            (libc::SYS_poll, [8, 1, forever, 0, 0, 0]),
            (libc::SYS_epoll_wait, [8, 8, 1, forever, 0, 0]),
            (libc::SYS_select, [9, 8, 0, 0, 0, 0]),
            (libc::SYS_futex, [8, 128, 0, 0, 0, 0]),
            (libc::SYS_rt_sigsuspend, [8, 8, 0, 0, 0, 0]),
        ] {
            assert_eq!(inside(number, words), Doing::Waits, "{number} {words:?}");
        }
        assert_eq!(inside(libc::SYS_wait4, [forever, 0, 0, 0, 0, 0]), Doing::WaitsForChild);
    }
}
