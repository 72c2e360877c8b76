//! Answers that came, and were not what was asked for: what distinguishes them.

use socklab_flows::Position;
use socklab_say::{Variable, count, sentence};

use super::Missed;
use super::life::{Life, sample};
use super::talk::Talk;
use super::talking::talk;
use crate::case::Occurrence;
use crate::cut_short;

/// The right answer, and what was sent behind it.
struct Added<'l> {
    talk: &'l Talk,
    answer: &'l [u8],
    /// What came behind it, as far as it is known.
    surplus: &'l [u8],
    /// How many bytes that were.
    total: u64,
}

fn added<'l>(life: &'l Life<'_>) -> Option<Added<'l>> {
    let (answer, surplus, total) = match life.asked.missed {
        Missed::Besides { answer, surplus, .. } => {
            (&answer.sample[..], &surplus.sample[..], surplus.total)
        }
        // A datagram is compared whole.
        Missed::Instead { expected, got, .. } if got.sample.starts_with(&expected.sample) => {
            let (answer, surplus) = got.sample.split_at(expected.sample.len());
            (answer, surplus, got.total.saturating_sub(expected.total))
        }
        _ => return None,
    };
    let known = !answer.is_empty() && !surplus.is_empty();
    talk(life).filter(|_| known).map(|talk| Added { talk, answer, surplus, total })
}

fn found(life: &Life<'_>, talk: &Talk) -> Option<Occurrence> {
    let at = talk.first_sent?;
    Some(life.found(at).with("peer", talk.peer.as_str()))
}

/// The kernel took only a part of what it sent, and exactly there what the peer got ends or goes wrong.
pub(super) fn partly(life: &Life<'_>) -> Option<Occurrence> {
    /// So many bytes of what came next may by chance be those that were left out.
    const CHANCE: u64 = 8;
    let talk = talk(life)?;
    let socket = talk.mine?;
    let sent = |until: Position| {
        let calls = &life.flows().sockets[socket].calls;
        let before = calls.iter().copied().filter(move |at| *at <= until);
        before.filter_map(|at| life.case.call(at)?.sent()).sum::<u64>()
    };
    let here = cut_short::of(&life.case)
        .filter(|cut| life.flows().socket_at(cut.at) == Some(socket) && cut.rest().is_none());
    let mut here = here.filter_map(|cut| {
        let until = sent(cut.at);
        let who = life.asked.actor;
        let then = if talk.sent > until {
            sentence!("then-not-there", who = who)
        } else {
            sentence!("then-no-more", who = who)
        };
        let is_it = match life.asked.missed {
            Missed::Instead { expected, got, skipped, .. } if talk.sent > until => {
                let pairs = expected.sample.iter().zip(&got.sample);
                let same = pairs.take_while(|(one, other)| one == other).count();
                let differs = same < got.sample.len();
                differs && (until..until + CHANCE).contains(&(skipped + same as u64))
            }
            Missed::Instead { got, .. } => got.total == until && cut.is_never_sent(&life.case),
            Missed::Bytes { .. } => talk.sent == until && cut.is_never_sent(&life.case),
            _ => false,
        };
        is_it.then_some((cut, then))
    });
    let (cut, then) = here.next()?;
    let call = life.case.call(cut.at)?;
    let found = cut.found(life.found(cut.at)).with("call", call.library_name());
    Some(found.with("peer", talk.peer.as_str()).with("then", then.argument()))
}

/// It sent the right answer, and the same once more.
pub(super) fn twice(life: &Life<'_>) -> Option<Occurrence> {
    let Added { talk, answer, surplus, .. } = added(life)?;
    if answer.len() < 2 || !surplus.starts_with(answer) {
        return None;
    }
    found(life, talk)
}

/// It sent the right answer, and a line end behind it.
pub(super) fn line_end(life: &Life<'_>) -> Option<Occurrence> {
    let Added { talk, surplus, .. } = added(life)?;
    if !matches!(surplus, b"\n" | b"\r\n" | b"\r") {
        return None;
    }
    Some(found(life, talk)?.with("bytes", surplus.escape_ascii().to_string()))
}

/// It sent the right answer, and bytes behind it that are all 0.
pub(super) fn zeros(life: &Life<'_>) -> Option<Occurrence> {
    let Added { talk, surplus, total, .. } = added(life)?;
    let all = surplus.iter().all(|byte| *byte == 0) && surplus.len() as u64 == total;
    found(life, talk).filter(|_| all).map(|found| found.with("count", count(total)))
}

/// It sent the right answer, and something else behind it.
pub(super) fn added_bytes(life: &Life<'_>) -> Option<Occurrence> {
    let Added { talk, total, .. } = added(life)?;
    Some(found(life, talk)?.with("count", count(total)))
}

/// What it sent, if that was neither the answer nor the beginning of it.
fn instead<'l>(life: &'l Life<'_>) -> Option<(&'l Talk, &'l [u8], &'l [u8])> {
    let Missed::Instead { expected, got, .. } = life.asked.missed else { return None };
    let (expected, got) = (&expected.sample[..], &got.sample[..]);
    let differs = !got.is_empty() && !expected.starts_with(got) && !got.starts_with(expected);
    talk(life).filter(|_| differs && !expected.is_empty()).map(|talk| (talk, expected, got))
}

/// It sent how Python writes bytes in a program, and not the bytes.
pub(super) fn notation(life: &Life<'_>) -> Option<Occurrence> {
    let (talk, expected, got) = instead(life)?;
    if matches!(life.asked.missed, Missed::Instead { skipped: 1.., .. }) {
        return None;
    }
    let shown = got.strip_prefix(b"b'").or_else(|| got.strip_prefix(b"b\""))?;
    let first = expected.first()?;
    if !shown.first().is_some_and(|byte| byte == first || *byte == b'\\') {
        return None;
    }
    Some(found(life, talk)?.with("bytes", sample(got)))
}

/// It sent what it had read, and something else made of it was asked for.
pub(super) fn unchanged(life: &Life<'_>) -> Option<Occurrence> {
    let (talk, expected, got) = instead(life)?;
    let same = got.eq_ignore_ascii_case(expected) || got.len() == expected.len();
    let heard = life.heard(talk);
    let echo = super::talking::contains(&heard, expected);
    if !same || echo || !super::talking::contains(&heard, got) {
        return None;
    }
    found(life, talk)
}

/// It sent something else.
pub(super) fn other(life: &Life<'_>) -> Option<Occurrence> {
    if let Missed::Within { expected, .. } = life.asked.missed {
        let talk = talk(life).filter(|_| !expected.is_empty())?;
        let said = life.said(talk);
        let differs = !said.is_empty() && !super::talking::contains(&said, expected);
        return Some(found(life, talk)?.with("bytes", sample(&said))).filter(|_| differs);
    }
    let (talk, _, got) = instead(life)?;
    Some(found(life, talk)?.with("bytes", sample(got)))
}
