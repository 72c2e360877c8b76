//! The clock that events carry.
//!
//! It is `CLOCK_MONOTONIC`, which never jumps and is the same for all processes of a machine.
//! [`std::time::Instant`] uses it too, but an `Instant` can't be written to a file: use `Instant`
//! for deadlines, and this clock for times that are recorded.

use rustix::time::{ClockId, clock_gettime};

/// Nanoseconds of `CLOCK_MONOTONIC`, `clock_gettime(2)`. The vDSO answers without a system call.
pub fn now() -> u64 {
    read(ClockId::Monotonic)
}

/// Unix time, in nanoseconds, of the moment at which [`now`] was 0.
///
/// It holds at the time of the call: setting the machine's clock changes it.
pub fn epoch() -> u64 {
    read(ClockId::Realtime).saturating_sub(now())
}

fn read(clock: ClockId) -> u64 {
    let time = clock_gettime(clock);
    // Neither clock is negative: one counts from boot, the other from 1970. Both fit until 2554.
    time.tv_sec.cast_unsigned() * 1_000_000_000 + time.tv_nsec.cast_unsigned()
}

#[cfg(test)]
mod tests {
    use std::time::{SystemTime, UNIX_EPOCH};

    use super::*;

    #[test]
    fn time_does_not_run_backwards() {
        let times: Vec<u64> = (0..1000).map(|_| now()).collect();
        assert!(times.is_sorted());
    }

    #[test]
    fn epoch_and_now_make_the_time_of_day() {
        let ours = u128::from(epoch() + now());
        let theirs = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos();
        assert!(ours.abs_diff(theirs) < 1_000_000_000, "{ours} and {theirs}");
    }
}
