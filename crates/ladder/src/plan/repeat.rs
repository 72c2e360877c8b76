//! Finds consecutive repetitions in a sequence.

/// The `period` items from `start` on occur `count` times in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Repeat {
    pub(crate) start: usize,
    pub(crate) period: usize,
    pub(crate) count: usize,
}

/// The longest period to look for.
const LONGEST: usize = 12;

/// The non-overlapping repetitions of at least `least` occurrences, in order. Of several that start
/// at one item, the one that covers most items.
pub(crate) fn repeats<T: PartialEq>(items: &[T], least: usize) -> Vec<Repeat> {
    let mut found = Vec::new();
    let mut start = 0;
    while start < items.len() {
        let best = (1..=LONGEST.min((items.len() - start) / 2))
            .map(|period| Repeat { start, period, count: count(items, start, period) })
            .filter(|repeat| repeat.count >= least)
            .max_by_key(|repeat| (repeat.period * repeat.count, std::cmp::Reverse(repeat.period)));
        match best {
            Some(repeat) => {
                start += repeat.period * repeat.count;
                found.push(repeat);
            }
            None => start += 1,
        }
    }
    found
}

fn count<T: PartialEq>(items: &[T], start: usize, period: usize) -> usize {
    let matches = items[start + period..].iter().zip(&items[start..]).take_while(|(a, b)| a == b);
    1 + matches.count() / period
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_repeats() {
        let found = repeats(b"xababababyzzzz", 4);
        assert_eq!(
            found,
            [Repeat { start: 1, period: 2, count: 4 }, Repeat { start: 10, period: 1, count: 4 },]
        );
        assert_eq!(repeats(b"abcabc", 4), []);
        assert_eq!(repeats(b"", 2), []);
    }
}
