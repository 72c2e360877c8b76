//! NTP time formats: seconds since 1900, which wrap every 136 years (RFC 5905 §6).
//!
//! Differences are correct across the wrap of 2036 as long as they are computed modulo 2⁶⁴ and
//! interpreted as signed numbers. Dates also need the era: see [`PIVOT`].

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::Serialize;

/// Seconds from 1900-01-01, where NTP era 0 begins, to 1970-01-01.
const UNIX_EPOCH_IN_NTP: i64 = 2_208_988_800;

/// Seconds in an era.
const ERA: i64 = 1 << 32;
const NANOS: u32 = 1_000_000_000;

/// 2020-01-01T00:00:00Z in Unix seconds. A timestamp is interpreted as a date in the 136 years that
/// begin here, since no packet can have been sent before this code was written.
pub const PIVOT: i64 = 1_577_836_800;

/// A point in time: 32 bits of seconds and 32 bits of fraction, without the era.
///
/// Timestamps wrap and so have no order; compare them with [`Timestamp::since`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Timestamp(pub u64);

/// The signed difference of two timestamps in units of 2⁻³² s, up to ±68 years.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Interval(pub i64);

/// NTP short format, an unsigned duration: 16 bits of seconds and 16 bits of fraction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Short(pub u32);

impl Timestamp {
    /// Zero means "unknown" (RFC 5905 §6).
    pub const UNKNOWN: Self = Self(0);

    /// From Unix time. The fraction is rounded up, so that [`Timestamp::to_unix`] returns the same
    /// nanosecond. Nanoseconds beyond a second carry over.
    pub fn from_unix(seconds: i64, nanos: u32) -> Self {
        let seconds = seconds.wrapping_add(i64::from(nanos / NANOS));
        let since_1900 = seconds.wrapping_add(UNIX_EPOCH_IN_NTP).cast_unsigned();
        let fraction = (u64::from(nanos % NANOS) << 32).div_ceil(u64::from(NANOS));
        // The shift drops the era.
        Self((since_1900 << 32).wrapping_add(fraction))
    }

    /// From a time of the system's clock, before or after 1970.
    pub fn from_system(time: SystemTime) -> Self {
        let (seconds, nanos) = unix_time(time);
        Self::from_unix(seconds, nanos)
    }

    /// As Unix seconds and nanoseconds, in the 136 years that begin at [`PIVOT`].
    pub fn to_unix(self) -> (i64, u32) {
        self.to_unix_after(PIVOT)
    }

    /// As Unix seconds and nanoseconds, in the 136 years that begin at `pivot` (Unix seconds).
    pub fn to_unix_after(self, pivot: i64) -> (i64, u32) {
        let in_era_0 = i64::from(self.seconds()) - UNIX_EPOCH_IN_NTP;
        let after_pivot = in_era_0.wrapping_sub(pivot).rem_euclid(ERA);
        let nanos = (u64::from(self.fraction()) * u64::from(NANOS)) >> 32;
        (pivot.saturating_add(after_pivot), nanos as u32)
    }

    /// As a time of the system's clock; `None` if a `SystemTime` cannot express it.
    pub fn to_system(self) -> Option<SystemTime> {
        let (seconds, nanos) = self.to_unix();
        let whole = Duration::from_secs(seconds.unsigned_abs());
        let time =
            if seconds < 0 { UNIX_EPOCH.checked_sub(whole) } else { UNIX_EPOCH.checked_add(whole) };
        time?.checked_add(Duration::from_nanos(u64::from(nanos)))
    }

    /// Seconds since the era began.
    pub const fn seconds(self) -> u32 {
        (self.0 >> 32) as u32
    }

    /// The fraction of a second, in units of 2⁻³² s (233 picoseconds).
    pub const fn fraction(self) -> u32 {
        self.0 as u32
    }

    /// Whether this is [`Timestamp::UNKNOWN`].
    pub const fn is_unknown(self) -> bool {
        self.0 == 0
    }

    /// How much later than `earlier` this is; negative if it is earlier. Correct across the end of
    /// an era.
    pub const fn since(self, earlier: Self) -> Interval {
        Interval(self.0.wrapping_sub(earlier.0).cast_signed())
    }

    /// The timestamp `interval` later.
    pub const fn plus(self, interval: Interval) -> Self {
        Self(self.0.wrapping_add(interval.0.cast_unsigned()))
    }
}

/// As a date and a time of day in UTC, to the millisecond: `2026-11-28 20:38:53.250 UTC`.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DAY: i64 = 86_400;
        let (seconds, nanos) = self.to_unix();
        let (days, second) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
        // In the Gregorian calendar 400 years have 146097 days; counted from 1 March, a leap day is the
        // last one of its year, and five months have 153 days.
        let since_march = days + 719_468;
        let (era, day) = (since_march.div_euclid(146_097), since_march.rem_euclid(146_097));
        let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
        let of_year = day - (365 * year + year / 4 - year / 100);
        let month = (5 * of_year + 2) / 153;
        let of_month = of_year - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        let year = era * 400 + year + i64::from(month <= 2);
        let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
        let millis = nanos / 1_000_000;
        write!(
            f,
            "{year}-{month:02}-{of_month:02} {hour:02}:{minute:02}:{second:02}.{millis:03} UTC"
        )
    }
}

impl Interval {
    /// In seconds. A double holds any interval below 12 days to better than a nanosecond.
    pub fn as_seconds(self) -> f64 {
        self.0 as f64 / ERA as f64
    }
}

impl Short {
    /// `time` rounded up; 18 hours and more become the largest value.
    pub fn from_duration(time: Duration) -> Self {
        let units = (time.as_nanos() << 16).div_ceil(u128::from(NANOS));
        Self(u32::try_from(units).unwrap_or(u32::MAX))
    }

    /// In seconds.
    pub fn as_seconds(self) -> f64 {
        f64::from(self.0) / 65_536.0
    }
}

/// The clock offset and the round-trip delay, from the four timestamps of one exchange (RFC 5905
/// §8): the client sent at `t1`, the server received at `t2` and answered at `t3`, and the client
/// received at `t4`. The offset is what to add to the client's clock.
pub fn offset_and_delay(
    t1: Timestamp,
    t2: Timestamp,
    t3: Timestamp,
    t4: Timestamp,
) -> (Interval, Interval) {
    // The differences wrap by design; their sum needs one bit more than an i64 has.
    let there = i128::from(t2.since(t1).0);
    let back = i128::from(t3.since(t4).0);
    let offset = (there + back) / 2;
    let delay = there - back;
    let fit =
        |value: i128| Interval(value.clamp(i128::from(i64::MIN), i128::from(i64::MAX)) as i64);
    (fit(offset), fit(delay))
}

/// Unix time of a system time before or after 1970: whole seconds, rounded down, and the nanoseconds
/// on top of them.
fn unix_time(time: SystemTime) -> (i64, u32) {
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => (after.as_secs().cast_signed(), after.subsec_nanos()),
        Err(error) => {
            let before = error.duration();
            let seconds = -before.as_secs().cast_signed();
            match before.subsec_nanos() {
                0 => (seconds, 0),
                nanos => (seconds - 1, NANOS - nanos),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SECOND: i64 = ERA;

    #[test]
    fn known_dates() {
        assert_eq!(Timestamp::from_unix(0, 0).seconds(), 2_208_988_800);
        // 2036-02-07T06:28:16Z is second 0 of era 1: the bits are those of "unknown".
        assert!(Timestamp::from_unix(2_085_978_496, 0).is_unknown());
        let later = Timestamp::from_unix(2_085_978_496 + 10, 500_000_000);
        assert_eq!((later.seconds(), later.fraction()), (10, 1 << 31));
        assert_eq!(later.to_unix(), (2_085_978_506, 500_000_000));
    }

    #[test]
    fn differences_are_correct_across_the_end_of_an_era() {
        let before = Timestamp::from_unix(2_085_978_495, 0);
        let after = Timestamp::from_unix(2_085_978_497, 0);
        assert_eq!(after.since(before), Interval(2 * SECOND));
        assert_eq!(before.since(after), Interval(-2 * SECOND));
        assert_eq!(before.plus(Interval(2 * SECOND)), after);
    }

    #[test]
    fn offset_and_delay_of_a_textbook_exchange() {
        let at = |seconds: i64| Timestamp::from_unix(2_085_978_490 + seconds, 0);
        // The server is 10 s ahead, each way takes 1 s, and the server answers after 2 s.
        let (offset, delay) = offset_and_delay(at(0), at(11), at(13), at(4));
        assert_eq!(offset.as_seconds(), 10.0);
        assert_eq!(delay.as_seconds(), 2.0);
    }

    #[test]
    fn before_1970_seconds_round_down() {
        let before = UNIX_EPOCH - Duration::from_millis(250);
        assert_eq!(unix_time(before), (-1, 750_000_000));
        assert_eq!(unix_time(UNIX_EPOCH - Duration::from_secs(2)), (-2, 0));
    }

    #[test]
    fn short_times_round_up_and_saturate() {
        assert_eq!(Short::from_duration(Duration::from_secs(1)), Short(65_536));
        assert_eq!(Short::from_duration(Duration::from_nanos(1)), Short(1));
        assert_eq!(Short::from_duration(Duration::MAX), Short(u32::MAX));
        assert_eq!(Short(32_768).as_seconds(), 0.5);
    }

    #[test]
    fn dates() {
        let date = |seconds, nanos| Timestamp::from_unix(seconds, nanos).to_string();
        assert_eq!(date(1_582_934_400, 250_000_000), "2020-02-29 00:00:00.250 UTC");
        assert_eq!(date(1_609_459_199, 999_999_999), "2020-12-31 23:59:59.999 UTC");
        assert_eq!(date(4_107_542_400, 0), "2100-03-01 00:00:00.000 UTC", "no leap year");
        assert_eq!(date(1_796_000_000, 0), "2026-11-30 00:53:20.000 UTC");
    }

    proptest! {
        #[test]
        fn every_nanosecond_after_the_pivot_survives_the_round_trip(
            after in 0..ERA, nanos in 0..NANOS,
        ) {
            let unix = (PIVOT + after, nanos);
            prop_assert_eq!(Timestamp::from_unix(unix.0, unix.1).to_unix(), unix);
        }

        #[test]
        fn since_undoes_plus(start: u64, step: i64) {
            let start = Timestamp(start);
            prop_assert_eq!(start.plus(Interval(step)).since(start), Interval(step));
        }

        #[test]
        fn no_value_makes_the_arithmetic_panic(t: [u64; 4], seconds: i64, nanos: u32, pivot: i64) {
            let [t1, t2, t3, t4] = t.map(Timestamp);
            let _ = offset_and_delay(t1, t2, t3, t4);
            let _ = Timestamp::from_unix(seconds, nanos).to_unix_after(pivot);
            let _ = t1.to_system();
        }

        #[test]
        fn the_offset_is_found_at_any_time(
            t1: u64, offset in -1_000_000_000_000i64..1_000_000_000_000,
            way in 0i64..1_000_000_000, processing in 0i64..1_000_000_000,
        ) {
            let t1 = Timestamp(t1);
            let t2 = t1.plus(Interval(way + offset));
            let t3 = t2.plus(Interval(processing));
            let t4 = t1.plus(Interval(way + processing + way));
            let expected = (Interval(offset), Interval(2 * way));
            prop_assert_eq!(offset_and_delay(t1, t2, t3, t4), expected);
        }
    }
}
