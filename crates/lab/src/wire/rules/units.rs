//! Numbers with units: times, sizes, rates, percentages.

/// A unit's names, the first of which is written, and how many of the smallest it is.
pub(super) type Unit = (&'static [&'static str], u64);

/// In nanoseconds, largest first.
pub(super) const TIMES: &[Unit] = &[
    (&["min"], 60_000_000_000),
    (&["s", "sec", "second", "seconds"], 1_000_000_000),
    (&["ms"], 1_000_000),
    (&["us", "µs", "μs"], 1_000),
    (&["ns"], 1),
];

/// In bytes.
pub(super) const SIZES: &[Unit] = &[
    (&["MiB"], 1 << 20),
    (&["MB"], 1_000_000),
    (&["KiB"], 1 << 10),
    (&["kB"], 1_000),
    (&["B", "byte", "bytes"], 1),
];

/// In bits per second.
pub(super) const RATES: &[Unit] = &[
    (&["Gbit/s", "Gbit", "Gbps"], 1_000_000_000),
    (&["MB/s"], 8_000_000),
    (&["Mbit/s", "Mbit", "Mbps"], 1_000_000),
    (&["kB/s"], 8_000),
    (&["kbit/s", "kbit", "kbps"], 1_000),
    (&["B/s"], 8),
    (&["bit/s", "bit", "bps"], 1),
];

/// In millionths.
pub(super) const SHARES: &[Unit] = &[(&["%", "percent"], 10_000)];

/// How many of the smallest unit `number` times `unit` is. `None` if it isn't a number, if there is
/// no such unit, or if it comes out even in none.
pub(super) fn measure(number: &str, unit: &str, units: &[Unit]) -> Option<u64> {
    let (_, factor) =
        units.iter().find(|(names, _)| names.iter().any(|name| name.eq_ignore_ascii_case(unit)))?;
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let digits = |text: &str| text.bytes().all(|one| one.is_ascii_digit());
    if whole.is_empty() || number.ends_with('.') || !digits(whole) || !digits(part) {
        return None;
    }
    let scale = 10_u64.checked_pow(u32::try_from(part.len()).ok()?)?;
    let part: u64 = if part.is_empty() { 0 } else { part.parse().ok()? };
    let whole = whole.parse::<u64>().ok()?.checked_mul(*factor)?;
    let part = part.checked_mul(*factor)?;
    (part % scale == 0).then(|| whole.checked_add(part / scale))?
}

/// A word such as `40ms` as its number and its unit, either of which may be empty.
pub(super) fn split(word: &str) -> (&str, &str) {
    let end = word.find(|one: char| !one.is_ascii_digit() && one != '.').unwrap_or(word.len());
    word.split_at(end)
}

/// The measure in its largest unit that it comes out even in: `40ms`, `10 kB`.
pub(super) fn written(measure: u64, units: &[Unit], gap: &str) -> String {
    let even = units.iter().find(|(_, factor)| measure > 0 && measure.is_multiple_of(*factor));
    let (names, factor) = even.or(units.last()).copied().unwrap_or((&[""], 1));
    format!("{}{gap}{}", measure / factor, names[0])
}

/// Millionths as a percentage.
pub(super) fn percentage(millionths: u32) -> String {
    let (whole, part) = (millionths / 10_000, millionths % 10_000);
    let text = format!("{whole}.{part:04}");
    format!("{}%", text.trim_end_matches('0').trim_end_matches('.'))
}

/// `1st`, `2nd`, `11th`.
pub(super) fn ordinal(number: u64) -> String {
    let ending = match (number % 100, number % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

/// The number that `2nd` or `second` stands for.
pub(super) fn from_ordinal(word: &str) -> Option<u64> {
    const WORDS: [&str; 10] = [
        "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth",
        "tenth",
    ];
    let word = word.to_ascii_lowercase();
    if let Some(index) = WORDS.iter().position(|one| *one == word) {
        return Some(index as u64 + 1);
    }
    let (number, ending) = split(&word);
    // The ending is not checked: `2th` says as clearly which one is meant.
    matches!(ending, "st" | "nd" | "rd" | "th").then(|| number.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_with_units_are_read_exactly() {
        assert_eq!(measure("40", "ms", TIMES), Some(40_000_000));
        assert_eq!(measure("1.5", "s", TIMES), Some(1_500_000_000));
        assert_eq!(measure("0.5", "%", SHARES), Some(5_000));
        assert_eq!(measure("10", "KB", SIZES), Some(10_000));
        assert_eq!(measure("1.5", "KiB", SIZES), Some(1_536));
        assert_eq!(measure("1", "mbit/S", RATES), Some(1_000_000));
        for (number, unit) in [("", "s"), (".5", "s"), ("1.", "s"), ("1.5", "ns"), ("-1", "s")] {
            assert_eq!(measure(number, unit, TIMES), None, "{number} {unit}");
        }
        assert_eq!(measure("99999999999", "min", TIMES), None);
        assert_eq!(measure("1.99999999999999999999999", "s", TIMES), None);
    }

    #[test]
    fn they_are_written_in_their_largest_even_unit() {
        assert_eq!(written(60_000_000_000, TIMES, ""), "1min");
        assert_eq!(written(1_500_000_000, TIMES, ""), "1500ms");
        assert_eq!(written(0, TIMES, ""), "0ns");
        assert_eq!(written(10_000, SIZES, " "), "10 kB");
        assert_eq!(percentage(50_000), "5%");
        assert_eq!(percentage(5), "0.0005%");
        assert_eq!(percentage(1_000_000), "100%");
        let all: Vec<String> = [1, 2, 3, 4, 11, 12, 13, 21, 102, 111].map(ordinal).into();
        assert_eq!(all.join(" "), "1st 2nd 3rd 4th 11th 12th 13th 21st 102nd 111th");
        assert_eq!(from_ordinal("Second"), Some(2));
        assert_eq!(from_ordinal("22nd"), Some(22));
        assert_eq!(from_ordinal("nd"), None);
    }
}
