//! When a system call that a thread sleeps in ends by itself.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

/// When a call ends by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Timeout {
    /// It doesn't: it waits until something happens.
    Never,
    /// At this moment of `CLOCK_MONOTONIC`, in nanoseconds.
    At(u64),
    /// This many nanoseconds after it began.
    After(u64),
    /// At some time that can't be told from outside.
    Sometime,
}

const CLOCK_MONOTONIC: u64 = 1;
const TIMER_ABSTIME: u64 = 1;
const FUTEX_WAIT: u64 = 0;
/// `FUTEX_WAIT_BITSET` takes an absolute time, by default of `CLOCK_MONOTONIC`.
const FUTEX_WAIT_BITSET: u64 = 9;
const FUTEX_CLOCK_REALTIME: u64 = 256;
/// The command of a futex without its flags, `FUTEX_CMD_MASK`.
const FUTEX_COMMAND: u64 = !(128 | FUTEX_CLOCK_REALTIME);

/// When the call with this number and these arguments, in which a thread of `process` sleeps, ends
/// by itself. Knows the numbers of x86-64; elsewhere every call counts as one that does not.
pub fn of(process: u32, number: i64, arguments: [u64; 6]) -> Timeout {
    if !cfg!(target_arch = "x86_64") {
        return Timeout::Never;
    }
    let [first, second, third, fourth, fifth, _] = arguments;
    // An int: the upper half of its register may hold anything.
    let milliseconds = |argument: u64| match u64::try_from((argument as u32).cast_signed()) {
        Err(_) => Timeout::Never,
        Ok(length) => Timeout::After(length * 1_000_000),
    };
    let absolute = |address| time(process, address, 1).map_or(Timeout::Sometime, Timeout::At);
    let timespec = |address| time(process, address, 1).map_or(Timeout::Sometime, Timeout::After);
    let timeval = |address| time(process, address, 1000).map_or(Timeout::Sometime, Timeout::After);
    match number {
        7 => milliseconds(third),          // poll
        232 | 281 => milliseconds(fourth), // epoll_wait, epoll_pwait
        // select, pselect6, ppoll, rt_sigtimedwait, epoll_pwait2
        23 | 270 if fifth == 0 => Timeout::Never,
        271 | 128 if third == 0 => Timeout::Never,
        441 if fourth == 0 => Timeout::Never,
        23 => timeval(fifth),
        270 => timespec(fifth),
        271 | 128 => timespec(third),
        441 => timespec(fourth),
        35 => timespec(first),    // nanosleep
        219 => Timeout::Sometime, // restart_syscall
        // clock_nanosleep
        230 if second & TIMER_ABSTIME == 0 => timespec(third),
        230 if first == CLOCK_MONOTONIC => absolute(third),
        230 => Timeout::Sometime,
        202 if fourth == 0 => Timeout::Never, // futex
        202 if second & FUTEX_COMMAND == FUTEX_WAIT_BITSET
            && second & FUTEX_CLOCK_REALTIME == 0 =>
        {
            absolute(fourth)
        }
        // FUTEX_WAIT takes a time from now on.
        202 if second & FUTEX_COMMAND == FUTEX_WAIT => timespec(fourth),
        202 => Timeout::Sometime,
        _ => Timeout::Never,
    }
}

/// Reads a `struct timespec`, or a `struct timeval`, from the memory of a process, in nanoseconds. A
/// `unit` of its second number has so many.
fn time(process: u32, address: u64, unit: u64) -> io::Result<u64> {
    let mut bytes = [0; 16];
    File::open(format!("/proc/{process}/mem"))?.read_exact_at(&mut bytes, address)?;
    let (seconds, rest) = bytes.split_at(8);
    let number =
        |half: &[u8]| half.iter().rev().fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
    let (seconds, rest) = (number(seconds), number(rest));
    Ok(seconds.saturating_mul(1_000_000_000).saturating_add(rest.saturating_mul(unit)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_arch = "x86_64")]
    fn a_call_without_a_timeout_never_ends_by_itself() {
        let me = std::process::id();
        let forever = u64::from(u32::MAX);
        assert_eq!(of(me, 7, [0, 1, forever, 0, 0, 0]), Timeout::Never);
        assert_eq!(of(me, 7, [0, 1, 500, 0, 0, 0]), Timeout::After(500_000_000));
        assert_eq!(of(me, 23, [4, 1, 0, 0, 0, 0]), Timeout::Never);
        assert_eq!(of(me, 45, [4, 1, 2, 3, 4, 5]), Timeout::Never);
        assert_eq!(of(me, 35, [1; 6]), Timeout::Sometime);
        let time: [u64; 2] = [12, 345];
        let address = std::ptr::from_ref(&time).addr() as u64;
        assert_eq!(of(me, 230, [1, 1, address, 0, 0, 0]), Timeout::At(12_000_000_345));
        assert_eq!(of(me, 230, [0, 0, address, 0, 0, 0]), Timeout::After(12_000_000_345));
        assert_eq!(of(me, 230, [0, 1, address, 0, 0, 0]), Timeout::Sometime);
        assert_eq!(of(me, 35, [address, 0, 0, 0, 0, 0]), Timeout::After(12_000_000_345));
        assert_eq!(of(me, 270, [4, 1, 0, 0, address, 0]), Timeout::After(12_000_000_345));
        assert_eq!(of(me, 23, [4, 1, 0, 0, address, 0]), Timeout::After(12_000_345_000));
        assert_eq!(of(me, 202, [0, 137, 0, address, 0, 0]), Timeout::At(12_000_000_345));
        assert_eq!(of(me, 202, [0, 128, 0, address, 0, 0]), Timeout::After(12_000_000_345));
        assert_eq!(of(me, 202, [0, 128, 0, 8, 0, 0]), Timeout::Sometime);
        assert_eq!(of(me, 230, [1, 1, 8, 0, 0, 0]), Timeout::Sometime);
    }
}
