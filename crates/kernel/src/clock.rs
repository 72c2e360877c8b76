//! The clock that events carry.
//!
//! It is `CLOCK_MONOTONIC`: it never jumps, it is the same for all processes of a machine, and it
//! is what [`std::time::Instant`] counts too. Only an `Instant` cannot be written down; use one for
//! deadlines, and this clock for times that are recorded.

use rustix::time::{ClockId, clock_gettime};

/// Nanoseconds of `CLOCK_MONOTONIC`, `clock_gettime(2)`. The vDSO answers without a system call.
pub fn now() -> u64 {
    read(ClockId::Monotonic)
}

/// Unix time, in nanoseconds, of the moment at which [`now`] was 0.
///
/// Correct when asked: whoever sets the machine's clock later moves it.
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
