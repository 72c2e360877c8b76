//! Formats numbers and rounds durations, the same way everywhere.

/// The separators that a language uses in numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Numerals {
    /// The decimal separator.
    pub(crate) decimal: String,
    /// Between groups of three digits.
    pub(crate) group: String,
    /// How many digits a number has at least that is written in groups: 5 where `1998` is not.
    pub(crate) grouped_from: usize,
}

impl Numerals {
    /// A number in plain digits, `-1234.5`, as the language writes it.
    pub(crate) fn write(&self, plain: &str) -> String {
        let (sign, digits) = match plain.strip_prefix('-') {
            Some(digits) => ("-", digits),
            None => ("", plain),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let mut text = String::from(sign);
        for (index, digit) in whole.chars().enumerate() {
            let begins_group = index > 0 && (whole.len() - index).is_multiple_of(3);
            if begins_group && whole.len() >= self.grouped_from {
                text.push_str(&self.group);
            }
            text.push(digit);
        }
        if !fraction.is_empty() {
            text.push_str(&self.decimal);
            text.push_str(fraction);
        }
        text
    }
}

/// A duration, rounded for a reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Duration {
    /// Tenths of a unit, and the key of the text that names the unit.
    Tenths(u64, &'static str),
    /// Whole minutes and seconds.
    Minutes(u64, u64),
    /// Whole hours and minutes.
    Hours(u64, u64),
}

impl Duration {
    /// Two digits below ten units, whole units from there on, rounded to the nearest: readers
    /// compare durations, and more digits would suggest a precision that a traced program does not
    /// have.
    pub(crate) fn of(nanoseconds: u64) -> Self {
        const SECOND: u64 = 1_000_000_000;
        let rounded = |unit: u64| nanoseconds / unit + u64::from(nanoseconds % unit >= unit / 2);
        if nanoseconds < 1_000 {
            return Self::Tenths(nanoseconds * 10, "duration-ns");
        }
        for (unit, key) in [(1_000, "duration-us"), (1_000_000, "duration-ms")] {
            if rounded(unit / 10) < 100 {
                return Self::Tenths(rounded(unit / 10), key);
            }
            if rounded(unit) < 1_000 {
                return Self::Tenths(rounded(unit) * 10, key);
            }
        }
        if rounded(SECOND / 10) < 600 {
            return Self::Tenths(rounded(SECOND / 10), "duration-s");
        }
        let seconds = rounded(SECOND);
        if seconds < 3_600 {
            return Self::Minutes(seconds / 60, seconds % 60);
        }
        let minutes = rounded(60 * SECOND);
        Self::Hours(minutes / 60, minutes % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_grouped_from_the_right() {
        let mut numerals =
            Numerals { decimal: ",".to_owned(), group: ".".to_owned(), grouped_from: 4 };
        let plain = ["0", "98", "998", "1998", "12345", "1234567", "-1234.56"];
        let written = plain.map(|n| numerals.write(n));
        assert_eq!(written, ["0", "98", "998", "1.998", "12.345", "1.234.567", "-1.234,56"]);
        numerals.grouped_from = 5;
        let written = plain.map(|n| numerals.write(n));
        assert_eq!(written, ["0", "98", "998", "1998", "12.345", "1.234.567", "-1234,56"]);
    }

    #[test]
    fn durations_are_rounded_into_the_next_unit() {
        for (nanoseconds, wanted) in [
            (0, Duration::Tenths(0, "duration-ns")),
            (999, Duration::Tenths(9_990, "duration-ns")),
            (1_449, Duration::Tenths(14, "duration-us")),
            (1_450, Duration::Tenths(15, "duration-us")),
            (9_949, Duration::Tenths(99, "duration-us")),
            (9_950, Duration::Tenths(100, "duration-us")),
            (448_500, Duration::Tenths(4_490, "duration-us")),
            (999_499, Duration::Tenths(9_990, "duration-us")),
            (999_500, Duration::Tenths(10, "duration-ms")),
            (999_500_000, Duration::Tenths(10, "duration-s")),
            (59_949_999_999, Duration::Tenths(599, "duration-s")),
            (59_950_000_000, Duration::Minutes(1, 0)),
            (61_000_000_000, Duration::Minutes(1, 1)),
            (3_599_499_999_999, Duration::Minutes(59, 59)),
            (3_599_500_000_000, Duration::Hours(1, 0)),
            (u64::MAX, Duration::Hours(5_124_095, 35)),
        ] {
            assert_eq!(Duration::of(nanoseconds), wanted, "{nanoseconds} ns");
        }
    }
}
