//! Moments that follow from the seed, so that no program can guess what time a peer will say:
//! `{ntp:1999..2022}` is a moment as a timestamp of NTP, `{year:1999..2022}` its year.

/// The seconds of a day.
const DAY: u64 = 86_400;
/// The first and last year that a client can tell from 32 bits of seconds, RFC 4330 section 3.
const YEARS: [u16; 2] = [1968, 2103];
/// The most days that a moment may be earlier than that of its years.
const EARLIER: u32 = 20_000;

/// Which moment: `1999..2022`, or `1999..2022-400` for one that is 400 to 401 days earlier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Moment {
    from: u16,
    to: u16,
    earlier: u32,
}

impl Moment {
    /// True if it is the one that `{year:…}` of the same years is about.
    pub(crate) fn is_own(self) -> bool {
        self.earlier == 0
    }

    /// What stands behind the colon; `None` if it is not a moment.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (years, earlier) = match text.split_once('-') {
            Some((years, days)) => (years, days.parse().ok()?),
            None => (text, 0),
        };
        let (from, to) = years.split_once("..")?;
        let (from, to) = (from.parse().ok()?, to.parse().ok()?);
        let possible = YEARS[0] <= from && from <= to && to <= YEARS[1] && earlier <= EARLIER;
        possible.then_some(Self { from, to, earlier })
    }

    /// Its year. It lies in November or December, days away from the year's end, so that it is the
    /// same in all time zones.
    pub(crate) fn year(self, random: &[u8; 16]) -> u16 {
        let years = u16::from(random[0]) << 8 | u16::from(random[1]);
        self.from + years % (self.to - self.from + 1)
    }

    /// The timestamp, RFC 5905 section 6: seconds since 1900, of which 32 bits are left, and a
    /// fraction. Who takes the fraction for seconds gets a year outside 1968 to 2036.
    pub(crate) fn timestamp(self, random: &[u8; 16]) -> [u8; 8] {
        let word = |at: usize| {
            random[at..at + 4].iter().fold(0, |word, byte| word << 8 | u64::from(*byte))
        };
        let first = first_of_november(self.year(random));
        let mut seconds = first * DAY + word(4) % (50 * DAY);
        let mut fraction = word(8);
        if self.earlier > 0 {
            seconds -= u64::from(self.earlier) * DAY + word(12) % DAY;
            fraction = fraction.rotate_left(self.earlier % 31) ^ word(12);
        }
        let fraction = fraction % 0x7e00_0000 + 0x0100_0000;
        // The era is lost, as it is in a packet.
        let seconds = (seconds % (1 << 32)) as u32;
        let mut bytes = [0; 8];
        bytes[..4].copy_from_slice(&seconds.to_be_bytes());
        bytes[4..].copy_from_slice(&(fraction as u32).to_be_bytes());
        bytes
    }
}

/// The days from 1 January 1900 to 1 November of a year.
fn first_of_november(year: u16) -> u64 {
    let leap_days = |year: u64| year / 4 - year / 100 + year / 400;
    let (year, before) = (u64::from(year), u64::from(year) - 1);
    let own = leap_days(year) - leap_days(before);
    (year - 1900) * 365 + leap_days(before) - leap_days(1899) + 304 + own
}

#[cfg(test)]
mod tests {
    use super::*;

    fn random(seed: u8) -> [u8; 16] {
        std::array::from_fn(|at| {
            seed.wrapping_mul(37).wrapping_add((at as u8).wrapping_mul(91)) ^ 0x5a
        })
    }

    fn seconds(moment: &str, seed: u8) -> u64 {
        let bytes = Moment::parse(moment).unwrap().timestamp(&random(seed));
        bytes[..4].iter().fold(0, |word, byte| word << 8 | u64::from(*byte))
    }

    #[test]
    fn a_day_is_the_one_of_the_calendar() {
        // RFC 5905 figure 4: 1 January 1972 and 31 December 1999.
        assert_eq!(first_of_november(1971) * DAY + 61 * DAY, 2_272_060_800);
        assert_eq!(first_of_november(1999) * DAY + 60 * DAY, 3_155_587_200);
        assert_eq!(first_of_november(2000) * DAY + 61 * DAY, 3_187_296_000);
    }

    #[test]
    fn a_moment_lies_in_the_last_months_of_its_year() {
        for seed in 0..=255 {
            let year = Moment::parse("2009..2022").unwrap().year(&random(seed));
            assert!((2009..=2022).contains(&year), "{year}");
            let first = first_of_november(year) * DAY;
            let after = seconds("2009..2022", seed) - first;
            assert!(after < 50 * DAY, "{after}");
            let days = (first + after - seconds("2009..2022-450", seed)) / DAY;
            assert_eq!(days, 450);
            // In 2036 the 32 bits start again.
            let late = first_of_november(2040) * DAY - (1 << 32);
            assert!(seconds("2040..2040", seed) >= late);
            assert!(seconds("2040..2040", seed) < late + 50 * DAY);
        }
    }

    #[test]
    fn a_fraction_is_no_year_of_our_time_and_its_own() {
        for seed in 0..=255 {
            let at = |text| Moment::parse(text).unwrap().timestamp(&random(seed));
            let (one, other) = (at("1999..2022"), at("1999..2022-450"));
            assert!((1..0x80).contains(&one[4]) && (1..0x80).contains(&other[4]));
            assert_ne!(one[4..], other[4..]);
        }
    }

    #[test]
    fn only_years_that_a_packet_can_hold_are_moments() {
        for wrong in ["", "2020", "2021..2020", "1900..1999", "2000..2104", "2000..2001-x", "x..y"]
        {
            assert_eq!(Moment::parse(wrong), None, "{wrong}");
        }
    }
}
