//! Times of a filter.

const SECOND: u64 = 1_000_000_000;

/// The units, in nanoseconds. The micro sign has two code points.
const UNITS: [(&str, u64); 7] = [
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("\u{3bc}s", 1_000),
    ("ms", 1_000_000),
    ("s", SECOND),
    ("min", 60 * SECOND),
];

/// The longest time, in nanoseconds: a page counts in floating-point numbers, which are exact so far.
const MOST: u128 = 1_000_000 * SECOND as u128;

/// True if the word is the name of a unit.
pub(crate) fn is_unit(word: &str) -> bool {
    UNITS.iter().any(|(name, _)| *name == word)
}

/// A time such as `10ms`, `1.2s` or `1,2s`, in nanoseconds; digits beyond those are ignored.
pub(crate) fn parse(text: &str) -> Option<u64> {
    let digits = text.find(|char: char| !char.is_ascii_digit() && !".,".contains(char))?;
    let (number, unit) = text.split_at(digits);
    let unit = UNITS.iter().find(|(name, _)| *name == unit)?.1;
    let (whole, fraction) = number.split_once(['.', ',']).unwrap_or((number, "0"));
    let is_number = |digits: &str, most| {
        (1..=most).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    if !is_number(whole, 9) || !is_number(fraction, 12) {
        return None;
    }
    let [whole, part] = [whole, fraction].map(|digits| digits.parse::<u128>().ok());
    let scale = 10_u128.pow(u32::try_from(fraction.len()).ok()?);
    let time = whole? * u128::from(unit) + part? * u128::from(unit) / scale;
    u64::try_from(time).ok().filter(|_| time <= MOST)
}

/// The time as it can be read again, exactly.
pub(crate) fn written(time: u64) -> String {
    let largest = UNITS.iter().rev().skip(1).find(|(_, unit)| *unit <= time);
    let (name, unit) = match largest {
        Some((_, 1_000)) => ("us", 1_000),
        Some((name, unit)) => (*name, *unit),
        None => ("s", SECOND),
    };
    let (whole, rest) = (time / unit, time % unit);
    if rest == 0 {
        return format!("{whole}{name}");
    }
    let width = unit.ilog10() as usize;
    let fraction = format!("{rest:0width$}");
    format!("{whole}.{}{name}", fraction.trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn times_are_read() {
        for (text, time) in [
            ("0s", Some(0)),
            ("10ms", Some(10_000_000)),
            ("1.2s", Some(1_200_000_000)),
            ("1,2s", Some(1_200_000_000)),
            ("448µs", Some(448_000)),
            ("448\u{3bc}s", Some(448_000)),
            ("1.5us", Some(1_500)),
            ("2min", Some(120 * SECOND)),
            ("1.9ns", Some(1)),
            ("999999999s", None),
            ("10", None),
            ("ms", None),
            (".5s", None),
            ("1.s", None),
            ("1.2.3s", None),
            ("-1s", None),
            ("1h", None),
        ] {
            assert_eq!(parse(text), time, "{text}");
        }
        let written = [0, 7, 1_500, 10_000_000, 1_200_000_000, 120 * SECOND].map(written);
        assert_eq!(written, ["0s", "7ns", "1.5us", "10ms", "1.2s", "120s"]);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(time in 0..MOST as u64) {
            prop_assert_eq!(parse(&written(time)), Some(time));
        }
    }
}
