//! What bytes say that is another thing each time: the time of day.

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Text whose dates and times of day are all the same: `20:38:07`, `2026-11-28`, and the forms that have the
/// name of a month, as those of HTTP (RFC 9110 §5.6.7), daytime (RFC 867) and `ctime(3)`.
pub(crate) fn masked(bytes: &[u8]) -> Vec<u8> {
    let mut masked = bytes.to_vec();
    let words = words(bytes);
    for (index, word) in words.iter().enumerate() {
        if is_month(&bytes[word.clone()]) {
            let near = index.saturating_sub(3)..(index + 7).min(words.len());
            let dated = words[near.clone()].iter().any(|word| is_number(&bytes[word.clone()]));
            let near = words[near].iter().filter(|word| {
                let word = &bytes[(*word).clone()];
                is_number(word) || is_day(word) || is_month(word)
            });
            if dated {
                near.for_each(|word| masked[word.clone()].fill(b'0'));
            }
        }
        // Three numbers that are joined: 20:38:07, 2026-11-28.
        let [Some(first), Some(second), Some(third)] =
            [0, 1, 2].map(|next| words.get(index + next))
        else {
            continue;
        };
        let joined = |sign: u8| {
            let between = |a: &std::ops::Range<usize>, b: &std::ops::Range<usize>| {
                a.end + 1 == b.start && bytes[a.end] == sign
            };
            between(first, second) && between(second, third)
        };
        let numbers =
            [first, second, third].into_iter().all(|word| is_number(&bytes[word.clone()]));
        let pairs = second.len() == 2 && third.len() == 2;
        if numbers && pairs && (joined(b':') || joined(b'-')) {
            for word in [first, second, third] {
                masked[word.clone()].fill(b'0');
            }
        }
    }
    masked
}

/// True for two messages of NTP (RFC 5905 §7.3) in which nothing but times and what is derived from them
/// differs: a client's transmit timestamp is random, or its clock.
pub(crate) fn is_clock(a: &[u8], b: &[u8]) -> bool {
    const TIMES: usize = 16;
    const LENGTH: usize = 48;
    let is_ntp = |bytes: &[u8]| {
        let (version, mode) = (bytes[0] >> 3 & 7, bytes[0] & 7);
        (1..=4).contains(&version) && (mode == 3 || mode == 4) && bytes[1] <= 16
    };
    let long = a.len() >= LENGTH && a.len() == b.len();
    // Not text: in the tables of a text, bytes below 32 are few.
    let binary = |bytes: &[u8]| bytes[1..LENGTH].iter().filter(|byte| **byte < 9).count() >= 4;
    long && is_ntp(a)
        && is_ntp(b)
        && binary(a)
        && binary(b)
        && a[..4] == b[..4]
        && a[12..TIMES] == b[12..TIMES]
        && a[LENGTH..] == b[LENGTH..]
}

/// The words and numbers of a text, by where they are.
fn words(bytes: &[u8]) -> Vec<std::ops::Range<usize>> {
    let class = |byte: u8| match byte {
        byte if byte.is_ascii_digit() => 1,
        byte if byte.is_ascii_alphabetic() => 2,
        _ => 0,
    };
    let mut words = Vec::new();
    let mut from = 0;
    for at in 1..=bytes.len() {
        let ends = at == bytes.len() || class(bytes[at]) != class(bytes[from]);
        if ends {
            if class(bytes[from]) > 0 {
                words.push(from..at);
            }
            from = at;
        }
    }
    words
}

fn is_number(word: &[u8]) -> bool {
    word.len() <= 4 && word.first().is_some_and(u8::is_ascii_digit)
}

fn begins_as(word: &[u8], names: &[&str]) -> bool {
    (3..=9).contains(&word.len())
        && names.iter().any(|name| word[..3].eq_ignore_ascii_case(name.as_bytes()))
}

fn is_month(word: &[u8]) -> bool {
    begins_as(word, &MONTHS)
}

fn is_day(word: &[u8]) -> bool {
    begins_as(word, &DAYS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_day_is_chance() {
        let same = |a: &str, b: &str| masked(a.as_bytes()) == masked(b.as_bytes());
        assert!(same(
            "Date: Sat, 28 Nov 2026 20:38:07 GMT\r\n",
            "Date: Sun, 29 Nov 2026 00:01:02 GMT\r\n"
        ));
        assert!(same("at 2026-11-28 20:38:07", "at 2027-01-02 03:04:05"));
        assert!(same("Saturday, November 28, 2026 20:38", "Saturday, November 29, 2026 20:39"));
    }

    #[test]
    fn other_numbers_are_not() {
        let same = |a: &str, b: &str| masked(a.as_bytes()) == masked(b.as_bytes());
        assert!(!same("Content-Length: 12", "Content-Length: 13"));
        assert!(!same("it may rain", "it may snow"));
        assert!(!same("10.0.0.1:80", "10.0.0.2:80"));
        assert!(!same("[1-2-3]", "[1-2-4]"));
    }
}
