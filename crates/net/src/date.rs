//! Dates in the formats of HTTP and of the daytime service.

use std::time::{SystemTime, UNIX_EPOCH};

use time::UtcDateTime;

/// An HTTP `Date`: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7).
///
/// A time before 1970 is written as the start of 1970, the earliest date `httpdate` can write. The
/// latest is in the year 9999; Linux clocks end in 2262.
pub(crate) fn http(now: SystemTime) -> String {
    httpdate::fmt_http_date(now.max(UNIX_EPOCH))
}

/// A daytime line without its line break: `Monday, February 22, 1982 17:37:43-UTC`.
///
/// RFC 867 prescribes no format; this is the first of the two it suggests. (The RFC's own example
/// calls that Monday a Tuesday.)
pub(crate) fn daytime(now: SystemTime) -> String {
    let now = UtcDateTime::from(now);
    let (weekday, month, day, year) = (now.weekday(), now.month(), now.day(), now.year());
    let (hour, minute, second) = now.as_hms();
    format!("{weekday}, {month} {day}, {year:04} {hour:02}:{minute:02}:{second:02}-UTC")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn at(unix: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(unix)
    }

    #[test]
    fn dates_from_the_rfcs() {
        assert_eq!(http(at(784_111_777)), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(daytime(at(383_247_463)), "Monday, February 22, 1982 17:37:43-UTC");
    }

    #[test]
    fn leap_days_and_the_year_2100() {
        assert_eq!(http(at(951_782_400)), "Tue, 29 Feb 2000 00:00:00 GMT");
        assert_eq!(http(at(4_107_542_399)), "Sun, 28 Feb 2100 23:59:59 GMT");
        assert_eq!(daytime(at(4_107_542_400)), "Monday, March 1, 2100 00:00:00-UTC");
    }

    #[test]
    fn a_clock_outside_the_usual_range_does_not_panic() {
        let before_1970 = UNIX_EPOCH - Duration::from_secs(1);
        assert_eq!(http(before_1970), "Thu, 01 Jan 1970 00:00:00 GMT");
        assert_eq!(daytime(before_1970), "Wednesday, December 31, 1969 23:59:59-UTC");
        // The last second a 64-bit nanosecond clock can hold, which is what Linux keeps.
        let last = at(i64::MAX as u64 / 1_000_000_000);
        assert_eq!(http(last), "Fri, 11 Apr 2262 23:47:16 GMT");
        assert_eq!(daytime(last), "Friday, April 11, 2262 23:47:16-UTC");
    }
}
