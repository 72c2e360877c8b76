//! Points in time, as bulk downloads, rosters and command lines write them.

use std::fmt;
use std::time::SystemTime;

use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcDateTime};

/// A point in time, with the offset from UTC that it was written with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(OffsetDateTime);

impl Moment {
    /// Reads a time with its offset from UTC: `2026-03-01T23:59:00-05:00`, as RFC 3339 has it, or
    /// with a space, without seconds, with ` UTC`, or with an offset without a colon. `None` without
    /// an offset: then nobody knows which moment it is.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if !text.is_ascii() {
            return None;
        }
        let (date, rest) = text.split_at_checked(10)?;
        let rest = rest.strip_prefix(['T', 't', ' '])?.trim_start();
        let end = rest.find(|c: char| !(c.is_ascii_digit() || ".:".contains(c)))?;
        let (clock, offset) = rest.split_at(end);
        let clock = match clock.matches(':').count() {
            1 => format!("{clock}:00"),
            _ => clock.to_owned(),
        };
        let offset = match offset.trim() {
            "Z" | "z" | "UTC" => "Z".to_owned(),
            other if other.len() == 5 => format!("{}:{}", &other[..3], &other[3..]),
            other => other.to_owned(),
        };
        OffsetDateTime::parse(&format!("{date}T{clock}{offset}"), &Rfc3339).ok().map(Self)
    }
}

impl Moment {
    /// In UTC, without fractions of a second: `2026-06-01T14:33:11Z`.
    pub fn in_utc(self) -> String {
        let seconds = self.0.unix_timestamp();
        let whole = UtcDateTime::from_unix_timestamp(seconds).map_or(self.0, OffsetDateTime::from);
        Self(whole).to_string()
    }
}

impl From<SystemTime> for Moment {
    fn from(time: SystemTime) -> Self {
        let since = time.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let known =
            i64::try_from(since).ok().and_then(|it| UtcDateTime::from_unix_timestamp(it).ok());
        Self(known.unwrap_or(UtcDateTime::UNIX_EPOCH).into())
    }
}

/// As RFC 3339 writes it.
impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.format(&Rfc3339).map_err(|_| fmt::Error)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Option<String> {
        Moment::parse(text).map(|moment| moment.to_string())
    }

    #[test]
    fn times_are_read_as_they_are_written() {
        for (text, wanted) in [
            ("2026-03-01T23:59:00-05:00", "2026-03-01T23:59:00-05:00"),
            ("2026-03-01 23:59 -0500", "2026-03-01T23:59:00-05:00"),
            ("2023-09-05 03:14:12.129848000 Z", "2023-09-05T03:14:12.129848Z"),
            ("2023-09-05 03:14:12.5 -07:00", "2023-09-05T03:14:12.5-07:00"),
            ("2023-09-05 03:14:12 UTC", "2023-09-05T03:14:12Z"),
        ] {
            assert_eq!(told(text).as_deref(), Some(wanted), "{text}");
        }
        for text in ["", "2026-03-01", "2026-03-01T23:59", "2026-02-30T10:00:00Z", "mañana 10:00Z"]
        {
            assert_eq!(told(text), None, "{text}");
        }
    }

    #[test]
    fn a_moment_is_the_same_in_utc() {
        for (text, wanted) in [
            ("2026-03-01 23:59:58.129848000 -05:00", "2026-03-02T04:59:58Z"),
            ("2026-03-01T23:59:58Z", "2026-03-01T23:59:58Z"),
            ("2026-01-01T00:30:00+01:00", "2025-12-31T23:30:00Z"),
        ] {
            assert_eq!(Moment::parse(text).map(Moment::in_utc).as_deref(), Some(wanted));
        }
    }

    #[test]
    fn the_earlier_moment_is_less_wherever_it_was_written() {
        let moment = |text| Moment::parse(text).unwrap();
        assert!(moment("2026-03-01T23:59:00-05:00") < moment("2026-03-02T05:00:00Z"));
    }
}
