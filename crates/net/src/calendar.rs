//! Seconds to dates, in UTC: for HTTP's `Date` header and the daytime service.

use std::time::{SystemTime, UNIX_EPOCH};

const DAY: i64 = 86_400;

const WEEKDAYS: [&str; 7] =
    ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A second of the proleptic Gregorian calendar, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Date {
    pub(crate) year: i64,
    /// 1 to 31.
    pub(crate) day: i64,
    pub(crate) weekday: &'static str,
    pub(crate) month: &'static str,
    pub(crate) hour: i64,
    pub(crate) minute: i64,
    pub(crate) second: i64,
}

impl Date {
    /// The date at `unix` seconds since 1970.
    pub(crate) fn at(unix: i64) -> Self {
        let (days, second) = (unix.div_euclid(DAY), unix.rem_euclid(DAY));
        let (year, month, day) = year_month_day(days);
        Self {
            year,
            day,
            // 1970-01-01 was a Thursday.
            weekday: WEEKDAYS[(days + 4).rem_euclid(7) as usize],
            month: MONTHS[month],
            hour: second / 3600,
            minute: second / 60 % 60,
            second: second % 60,
        }
    }

    /// As HTTP writes it: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7).
    pub(crate) fn http(&self) -> String {
        let Self { year, day, weekday, month, hour, minute, second } = self;
        let (weekday, month) = (&weekday[..3], &month[..3]);
        format!("{weekday}, {day:02} {month} {year:04} {hour:02}:{minute:02}:{second:02} GMT")
    }

    /// As daytime servers write it: `Monday, February 22, 1982 17:37:43-UTC` (RFC 867, whose own
    /// example calls that Monday a Tuesday).
    pub(crate) fn daytime(&self) -> String {
        let Self { year, day, weekday, month, hour, minute, second } = self;
        format!("{weekday}, {month} {day}, {year:04} {hour:02}:{minute:02}:{second:02}-UTC")
    }
}

/// Unix time of a system time, on either side of 1970: whole seconds, and the nanoseconds after.
pub(crate) fn unix_time(time: SystemTime) -> (i64, u32) {
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => (after.as_secs().cast_signed(), after.subsec_nanos()),
        Err(error) => {
            let before = error.duration();
            let seconds = -before.as_secs().cast_signed();
            match before.subsec_nanos() {
                0 => (seconds, 0),
                nanos => (seconds - 1, 1_000_000_000 - nanos),
            }
        }
    }
}

/// Year, month (0 to 11) and day of the month from days since 1970-01-01.
///
/// Years are counted from March, so that the leap day is the last of its year and the lengths of
/// the months follow one formula (Howard Hinnant, "chrono-compatible low-level date algorithms").
fn year_month_day(days: i64) -> (i64, usize, i64) {
    const ERA: i64 = 146_097; // days in 400 years
    let since_0000_03_01 = days + 719_468;
    let era = since_0000_03_01.div_euclid(ERA);
    let day_of_era = since_0000_03_01.rem_euclid(ERA);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let months_since_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * months_since_march + 2) / 5 + 1;
    let month = (months_since_march + 2) % 12;
    let year = year_of_era + era * 400 + i64::from(month < 2);
    (year, month as usize, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::time::Duration;

    #[test]
    fn dates_from_the_rfcs() {
        assert_eq!(Date::at(784_111_777).http(), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(Date::at(383_247_463).daytime(), "Monday, February 22, 1982 17:37:43-UTC");
        assert_eq!(Date::at(951_782_400).http(), "Tue, 29 Feb 2000 00:00:00 GMT");
        assert_eq!(Date::at(-1).http(), "Wed, 31 Dec 1969 23:59:59 GMT");
        assert_eq!(Date::at(4_107_542_399).http(), "Sun, 28 Feb 2100 23:59:59 GMT");
        assert_eq!(Date::at(4_107_542_400).http(), "Mon, 01 Mar 2100 00:00:00 GMT");
    }

    #[test]
    fn before_1970_seconds_round_down() {
        let before = UNIX_EPOCH - Duration::from_millis(250);
        assert_eq!(unix_time(before), (-1, 750_000_000));
        assert_eq!(unix_time(UNIX_EPOCH - Duration::from_secs(2)), (-2, 0));
    }

    proptest! {
        #[test]
        fn one_day_later_is_the_next_date(day in -1_000_000i64..1_000_000) {
            let (year, month, of_month) = year_month_day(day);
            let next = year_month_day(day + 1);
            let same_month = next == (year, month, of_month + 1);
            let next_month = next == (year, month + 1, 1) && of_month >= 28;
            let next_year = next == (year + 1, 0, 1) && (month, of_month) == (11, 31);
            prop_assert!(same_month || next_month || next_year);
        }
    }
}
