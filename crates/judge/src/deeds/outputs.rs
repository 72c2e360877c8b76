//! Programs that printed nothing, or something else than what was asked.

use socklab_event::Stream;
use socklab_say::count;

use super::Missed;
use super::life::{Life, sample};
use super::talk::Talk;
use super::talking::contains;
use crate::case::Occurrence;

/// What should have been in the output.
fn wanted<'l>(life: &'l Life<'_>) -> Option<&'l [u8]> {
    match life.asked.missed {
        Missed::Output { expected } => Some(expected),
        _ => None,
    }
}

/// The last conversation that the program began, and in which something was sent to it.
fn asked<'l>(life: &'l Life<'_>) -> Option<&'l Talk> {
    life.talks.iter().rev().find(|talk| talk.mine_began && talk.offered > 0)
}

/// It read a part only of what was sent to it, and what it should print is not in that part; or the
/// peer still misses an answer.
pub(super) fn read_less(life: &Life<'_>) -> Option<Occurrence> {
    let talk = match life.asked.missed {
        Missed::Bytes { .. } | Missed::Within { .. } => {
            super::talking::talk(life).filter(|talk| talk.read > 0 && talk.read < talk.offered)?
        }
        _ => {
            let expected = match life.asked.missed {
                Missed::Received { expected } => expected,
                _ => wanted(life)?,
            };
            let talk = asked(life).filter(|talk| talk.read < talk.offered)?;
            if !expected.is_empty() && contains(&life.heard(talk), expected) {
                return None;
            }
            talk
        }
    };
    let at = talk.first_read.or(talk.first_offered)?;
    let found = life.found(at).with("read", count(talk.read)).with("offered", count(talk.offered));
    Some(found.with("peer", talk.peer.as_str()).with("now", life.now()))
}

/// It should have printed something, and printed nothing at all.
pub(super) fn printed_nothing(life: &Life<'_>) -> Option<Occurrence> {
    let (printed, _) = life.printed(None);
    if wanted(life).is_none() || printed.total > 0 {
        return None;
    }
    let read = life.talks.iter().map(|talk| talk.read).sum::<u64>();
    let at = life.talks.iter().find_map(|talk| talk.first_read)?;
    Some(life.found(at).with("read", count(read)).with("now", life.now()))
}

/// Where in the output the expected text ends.
fn ends(printed: &[u8], expected: &[u8]) -> Vec<usize> {
    let (mut from, mut ends) = (0, Vec::new());
    while let Some(at) = printed[from..].windows(expected.len()).position(|part| part == expected) {
        from += at + expected.len();
        ends.push(from);
    }
    ends
}

/// What it should print is in its output several times.
pub(super) fn printed_twice(life: &Life<'_>) -> Option<Occurrence> {
    let expected = wanted(life).filter(|expected| expected.len() > 1)?;
    let (printed, at) = life.printed(Some(Stream::Stdout));
    let times = ends(&printed.sample, expected).len();
    let found = life.found(at?).with("times", count(times as u64));
    let shown = sample(expected);
    (times > 1).then(|| found.with("bytes", shown))
}

/// What it should print is in its output, and right behind it are bytes that are no text.
pub(super) fn printed_more(life: &Life<'_>) -> Option<Occurrence> {
    let expected = wanted(life).filter(|expected| !expected.is_empty())?;
    let (printed, at) = life.printed(Some(Stream::Stdout));
    let [end] = ends(&printed.sample, expected)[..] else { return None };
    let more = &printed.sample[end..];
    let is_text = std::str::from_utf8(more)
        .is_ok_and(|text| !text.chars().any(|one| one.is_control() && !one.is_whitespace()));
    let shown = sample(more);
    if is_text {
        return None;
    }
    Some(life.found(at?).with("bytes", shown))
}

/// It read what it should print, and printed something else.
pub(super) fn printed_other(life: &Life<'_>) -> Option<Occurrence> {
    let expected = wanted(life).filter(|expected| expected.len() > 1)?;
    let talk = asked(life).filter(|talk| contains(&life.heard(talk), expected))?;
    let (printed, at) = life.printed(Some(Stream::Stdout));
    if printed.total == 0 || contains(&printed.sample, expected) {
        return None;
    }
    let shown = sample(expected);
    Some(life.found(at?).with("peer", talk.peer.as_str()).with("bytes", shown))
}
