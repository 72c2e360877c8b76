//! What bytes say that is another thing each time: the time of day.

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Text whose dates and times of day are all the same: `20:38:07`, `2026-11-28`, the forms that have the
/// name of a month, as those of HTTP (RFC 9110 §5.6.7), daytime (RFC 867) and `ctime(3)`, and the times in a message
/// of NTP that is printed in hexadecimal.
pub(crate) fn masked(bytes: &[u8]) -> Vec<u8> {
    let mut masked = bytes.to_vec();
    mask_dumped_clocks(&mut masked);
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

/// How long a message of NTP is at least, RFC 5905 §7.3.
const LENGTH: usize = 48;
/// Where its times begin.
const TIMES: usize = 16;

/// True for two messages of NTP in which nothing but times and what is derived from them differs: a client's
/// transmit timestamp is random, or its clock.
pub(crate) fn is_clock(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len()
        && is_ntp(a)
        && is_ntp(b)
        && a[..4] == b[..4]
        && a[12..TIMES] == b[12..TIMES]
        && a[LENGTH..] == b[LENGTH..]
}

fn is_ntp(bytes: &[u8]) -> bool {
    if bytes.len() < LENGTH {
        return false;
    }
    let (version, mode) = (bytes[0] >> 3 & 7, bytes[0] & 7);
    // Not text: in the tables of a text, bytes below 32 are few.
    let binary = bytes[1..LENGTH].iter().filter(|byte| **byte < 9).count() >= 4;
    (1..=4).contains(&version) && (mode == 3 || mode == 4) && bytes[1] <= 16 && binary
}

/// Masks what [`is_clock`] does not compare where a text shows a message of NTP as pairs of hexadecimal digits, with
/// one sign or nothing between two pairs.
fn mask_dumped_clocks(text: &mut [u8]) {
    for gap in [0, 1] {
        let step = 2 + gap;
        let mut from = 0;
        while from + 2 <= text.len() {
            let dumped = dumped(&text[from..], step);
            if is_ntp(&dumped) {
                for byte in (4..12).chain(TIMES..LENGTH) {
                    text[from + byte * step..][..2].fill(b'0');
                }
            }
            // Not in the middle of one.
            from += (dumped.len() * step).max(1);
        }
    }
}

/// The bytes that a text begins with.
fn dumped(text: &[u8], step: usize) -> Vec<u8> {
    let digit = |sign: u8| char::from(sign).to_digit(16).and_then(|it| u8::try_from(it).ok());
    let pairs = text.chunks(step).map_while(|pair| {
        let value = digit(*pair.first()?)? << 4 | digit(*pair.get(1)?)?;
        (pair.get(2).is_none_or(|sign| !sign.is_ascii_hexdigit())).then_some(value)
    });
    pairs.collect()
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
    fn so_is_that_of_a_message_of_ntp_in_hexadecimal() {
        let message = |first: u8, stratum: u8, times: u8| {
            let mut bytes = [times; LENGTH];
            bytes[..4].copy_from_slice(&[first, stratum, 6, 0xec]);
            bytes[4..TIMES].copy_from_slice(&[0, 0, 7, times, 0, 0, times, 8, b'G', b'P', b'S', 0]);
            bytes
        };
        let shown = |bytes: &[u8], between: &str| {
            let pairs: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            masked(format!("rejected: {}\n", pairs.join(between)).as_bytes())
        };
        for between in [" ", ""] {
            let one = shown(&message(0x24, 2, 0xf1), between);
            assert_eq!(one, shown(&message(0x24, 2, 0x8a), between));
            assert_ne!(one, shown(&message(0xe4, 2, 0xf1), between));
            assert_ne!(one, shown(&message(0x24, 3, 0xf1), between));
            assert_ne!(shown(&[0xf1; 48], between), shown(&[0x8a; 48], between));
            let cut = |times| shown(&message(0x24, 2, times)[..47], between);
            assert_ne!(cut(0xf1), cut(0x8a));
        }
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
