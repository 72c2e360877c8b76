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

/// Which boot of which machine this is (random(4)); empty if `/proc` does not say. Within one, [`now`]
/// is the same clock for everybody.
pub fn boot() -> String {
    let id = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    id.trim().to_owned()
}

/// Turns times of `CLOCK_REALTIME`, as the kernel puts on packets, into times of [`now`].
///
/// Both clocks run at the same rate: `adjtime(3)` and NTP change it for both. But the time of day can
/// be set, so that the difference between them has to be looked at now and then: [`Conversion::watch`].
#[derive(Clone, Copy, Debug)]
pub struct Conversion {
    measured: Measured,
    steps: u32,
}

/// The difference between the two clocks, as far as it could be found out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Measured {
    /// By how much it may be wrong, in nanoseconds.
    within: u64,
    /// `CLOCK_REALTIME` minus `CLOCK_MONOTONIC`. It wraps if the time of day is set to before boot.
    difference: u64,
}

/// How often the difference is looked at. Between two readings of the one clock stands one of the
/// other; what counts is the pair that is closest together, when nothing interrupted them.
const READINGS: usize = 16;

/// A smaller change of the difference is taken for a change of what was measured, not of the clock.
const NO_STEP: u64 = 1_000;

/// By how much a time may lie outside the interval that it must be in. A processor that the machine
/// took away between two readings can make the difference wrong by this much.
const TOLERANCE: u64 = 10_000;

impl Conversion {
    /// Finds out how far apart the clocks are.
    pub fn new() -> Self {
        Self { measured: Measured::now(), steps: 0 }
    }

    /// Looks again. True if the time of day was set since; times from before are then converted
    /// wrongly, unless [`Conversion::between`] is asked before the next look.
    pub fn watch(&mut self) -> bool {
        let measured = Measured::now();
        let apart = measured.difference.wrapping_sub(self.measured.difference).cast_signed();
        let sure = measured.within + self.measured.within + NO_STEP;
        let stepped = apart.unsigned_abs() > sure;
        if stepped {
            self.steps += 1;
        }
        if stepped || measured.within < self.measured.within {
            self.measured = measured;
        }
        stepped
    }

    /// How often the time of day was found to have been set.
    pub fn steps(&self) -> u32 {
        self.steps
    }

    /// By how many nanoseconds a converted time may be wrong.
    pub fn within(&self) -> u64 {
        self.measured.within
    }

    /// The time of [`now`] at which `CLOCK_REALTIME` was `realtime`, in nanoseconds.
    pub fn monotonic(&self, realtime: u64) -> u64 {
        realtime.wrapping_sub(self.measured.difference)
    }

    /// As [`Conversion::monotonic`], for something that is known to have happened after `earliest`
    /// and before now. If the time of day was set meanwhile, so that it does not lie there, the
    /// difference is found out again; a time that cannot be right either way becomes the nearest one
    /// that can.
    pub fn between(&mut self, earliest: u64, realtime: u64) -> u64 {
        let fits = |at: u64| {
            at.saturating_add(TOLERANCE) >= earliest && at <= now().saturating_add(TOLERANCE)
        };
        let at = self.monotonic(realtime);
        if fits(at) {
            return at;
        }
        self.watch();
        let again = self.monotonic(realtime);
        if fits(again) { again } else { again.clamp(earliest, now().max(earliest)) }
    }
}

impl Default for Conversion {
    fn default() -> Self {
        Self::new()
    }
}

impl Measured {
    fn now() -> Self {
        let measure = |_| {
            let before = now();
            let realtime = read(ClockId::Realtime);
            let width = now() - before;
            Self { within: width / 2 + 1, difference: realtime.wrapping_sub(before + width / 2) }
        };
        // The tightest of several readings; there is always one.
        (0..READINGS).map(measure).min().unwrap_or_else(|| measure(0))
    }
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

    /// What the kernel would write on a packet now.
    fn stamp() -> u64 {
        read(ClockId::Realtime)
    }

    #[test]
    fn a_time_of_day_lies_between_the_times_around_it() {
        let conversion = Conversion::new();
        let sure = conversion.within();
        for _ in 0..1000 {
            let before = now();
            let at = conversion.monotonic(stamp());
            let after = now();
            assert!(before <= at + sure && at <= after + sure, "{before} {at} {after} ± {sure}");
        }
    }

    #[test]
    fn a_clock_that_was_set_is_noticed_and_not_one_that_was_not() {
        let mut conversion = Conversion::new();
        assert!(!conversion.watch());
        // As if the clock had been set back by a minute: times of the past were a minute later.
        let minute = 60_000_000_000;
        conversion.measured.difference = conversion.measured.difference.wrapping_add(minute);
        assert!(conversion.watch());
        assert_eq!(conversion.steps(), 1);
        assert!(!conversion.watch());
        assert!(conversion.monotonic(stamp()).abs_diff(now()) < 1_000_000_000);
    }

    #[test]
    fn what_happened_in_an_interval_is_put_there_although_the_clock_was_set() {
        let hour: u64 = 3_600_000_000_000;
        for wrong in [hour, hour.wrapping_neg()] {
            let mut conversion = Conversion::new();
            let difference = conversion.measured.difference;
            conversion.measured.difference = difference.wrapping_add(wrong);
            let earliest = now();
            let at = conversion.between(earliest, stamp());
            assert!(earliest <= at + TOLERANCE && at <= now() + TOLERANCE);
            assert_eq!(conversion.steps(), 1);
            // A packet from before the clock was set, which nothing can be known of any more.
            let lost = conversion.between(earliest, stamp().wrapping_add(wrong));
            assert!((earliest..=now()).contains(&lost));
        }
    }

    #[test]
    fn what_lies_in_its_interval_is_not_moved() {
        let mut conversion = Conversion::new();
        let (earliest, stamp) = (now(), stamp());
        assert_eq!(conversion.between(earliest, stamp), conversion.monotonic(stamp));
        assert_eq!(conversion.steps(), 0);
    }
}
