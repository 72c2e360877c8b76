//! The times beside the rows: since the start, or of the day.

use serde::Serialize;
use socklab_say::{Speaker, say};
use time::{OffsetDateTime, UtcOffset};

use crate::model::{Ladder, Row};

/// What the times beside the rows are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Times {
    /// Seconds since the first event.
    #[default]
    SinceStart,
    /// The time of day.
    OfDay(Clock),
    /// There are none.
    None,
}

/// How the clock of the events becomes the time of day.
///
/// Both run at the same rate. If the time of day was set while the recording ran, it goes on here as if
/// it had not been.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Clock {
    /// Unix time, in nanoseconds, of the moment `at` = 0: [`socklab_event::Header::epoch`].
    pub epoch: u64,
    /// The reader's zone: seconds east of UTC. One for all rows, as the heading names it once.
    pub offset: i32,
}

impl Clock {
    /// The moment in the reader's zone; in UTC if there is no such zone.
    fn at(self, at: u64) -> OffsetDateTime {
        let unix = i128::from(self.epoch) + i128::from(at);
        // 2^65 nanoseconds after 1970 is long before the year 9999.
        let utc = OffsetDateTime::from_unix_timestamp_nanos(unix);
        utc.unwrap_or(OffsetDateTime::UNIX_EPOCH).to_offset(self.zone())
    }

    fn zone(self) -> UtcOffset {
        UtcOffset::from_whole_seconds(self.offset).unwrap_or(UtcOffset::UTC)
    }

    fn time(self, at: u64, speaker: Speaker) -> String {
        let time = self.at(at).time();
        let (hours, minutes, seconds, nanoseconds) = time.as_hms_nano();
        let seconds = (u64::from(hours) * 60 + u64::from(minutes)) * 60 + u64::from(seconds);
        speaker.time_of_day(seconds * 1_000_000_000 + u64::from(nanoseconds))
    }

    /// The day of a moment as ISO 8601 writes it, and the zone.
    fn day(self, at: u64) -> [String; 2] {
        let date = self.at(at).date();
        let day = format!("{}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day());
        let (hours, minutes, _) = self.zone().as_hms();
        let sign = if self.offset < 0 { '-' } else { '+' };
        let zone = match self.offset {
            0 => "UTC".to_owned(),
            _ => format!("UTC{sign}{:02}:{:02}", hours.unsigned_abs(), minutes.unsigned_abs()),
        };
        [day, zone]
    }
}

impl Times {
    /// The time of a moment `since` the `origin`; empty if there are to be none. Since the start it is
    /// told to the millisecond, or to the microsecond if it is to be `fine`.
    pub(crate) fn of(self, since: u64, origin: u64, speaker: Speaker, fine: bool) -> String {
        match self {
            Self::SinceStart if fine => speaker.seconds(since),
            Self::SinceStart => speaker.clock(since),
            Self::OfDay(clock) => clock.time(origin.saturating_add(since), speaker),
            Self::None => String::new(),
        }
    }
}

impl Ladder {
    /// The time of a row, as [`Times::of`] tells it.
    pub(crate) fn time(&self, row: &Row, fine: bool) -> String {
        self.times.of(row.at, self.origin, self.speaker, fine)
    }

    /// What stands above the times: their unit, or the first day and the zone.
    pub(crate) fn above_times(&self) -> Vec<String> {
        match self.times {
            Times::SinceStart => vec![say!(self.speaker, "ladder-seconds")],
            Times::OfDay(clock) => clock.day(self.origin).to_vec(),
            Times::None => Vec::new(),
        }
    }

    /// What stands above the times since the row above.
    pub(crate) fn above_since(&self) -> String {
        say!(self.speaker, "ladder-since-above")
    }

    /// The time since the row above, or since the last event of a fold there; empty for the first row.
    pub(crate) fn since_above(&self, index: usize) -> String {
        let Some(above) = index.checked_sub(1).map(|above| &self.rows[above]) else {
            return String::new();
        };
        let (from, to) = (above.until.unwrap_or(above.at), self.rows[index].at);
        // What belongs together stands together: a row may tell of an earlier moment than the one above.
        let sign = if to < from { '-' } else { '+' };
        format!("{sign}{}", self.speaker.duration(to.abs_diff(from)))
    }

    /// What stands between two rows where nothing was recorded for long.
    pub(crate) fn silence(&self, row: &Row) -> Option<String> {
        let time = self.speaker.duration(row.silence?);
        Some(say!(self.speaker, "ladder-silence", time = time))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_has_its_time_and_day_in_the_zone_of_the_reader() {
        // 2026-01-01 00:30:05 UTC is still the year before in Bogotá.
        let clock = Clock { epoch: 1_767_227_405_000_000_000, offset: -5 * 3600 };
        assert_eq!(clock.time(448_999, Speaker::ENGLISH), "19:30:05.000448");
        assert_eq!(clock.day(0), ["2025-12-31", "UTC-05:00"]);
        let utc = Clock { offset: 0, ..clock };
        assert_eq!(utc.time(0, Speaker::ENGLISH), "00:30:05.000000");
        assert_eq!(utc.day(0), ["2026-01-01", "UTC"]);
        let kathmandu = Clock { offset: 5 * 3600 + 45 * 60, ..clock };
        assert_eq!(kathmandu.day(0)[1], "UTC+05:45");
    }

    #[test]
    fn no_recording_has_a_time_that_cannot_be_said() {
        for offset in [i32::MIN, i32::MAX, 0] {
            let clock = Clock { epoch: u64::MAX, offset };
            assert_eq!(clock.time(u64::MAX, Speaker::ENGLISH).len(), 15);
        }
    }
}
