//! Programs that sent nothing, although that was what was asked.

use socklab_event::Stream;
use socklab_flows::Position;
use socklab_say::count;

use super::Missed;
use super::life::Life;
use super::present::{Activity, pending, present};
use super::talk::Talk;
use super::talking::{contains, missing, talk};
use crate::case::Occurrence;
use crate::pattern::Pattern;

/// The fewest bytes that are not in an output by chance.
const TELLING: usize = 3;

/// The conversation in which the program should have sent something, if it sent nothing at all.
fn silent<'l>(life: &'l Life<'_>) -> Option<&'l Talk> {
    let said = matches!(life.asked.missed, Missed::Bytes { .. } | Missed::Within { .. });
    talk(life).filter(|talk| said && talk.mine.is_some() && talk.sent == 0)
}

/// What the peer should have received is in the program's output.
pub(super) fn printed_instead(life: &Life<'_>) -> Option<Occurrence> {
    let (_, expected) = missing(life)?;
    let talk = silent(life)?;
    let expected = expected.trim_ascii();
    let (printed, at) = life.printed(Some(Stream::Stdout));
    let same = expected.len() >= TELLING && contains(&printed.sample, expected);
    if !same && !life.asked.looks.iter().any(|pattern| begins_a_line(pattern, &printed.sample)) {
        return None;
    }
    let found = life.found(at?).with("read", count(talk.read));
    Some(found.with("peer", talk.peer.as_str()).with("now", life.now()))
}

/// True if a line of the output looks like that, with what stands behind it.
fn begins_a_line(pattern: &Pattern, printed: &[u8]) -> bool {
    let starts = printed.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
    let starts = std::iter::once(0).chain(starts.map(|(at, _)| at + 1));
    starts.filter(|at| *at < printed.len()).any(|at| pattern.fits(&printed[at..]))
}

/// A client printed what was typed, and sent nothing.
pub(super) fn printed_typed(life: &Life<'_>) -> Option<Occurrence> {
    let talk = silent(life).filter(|talk| talk.mine_began)?;
    let typed = life.typed();
    let (printed, at) = life.printed(Some(Stream::Stdout));
    let typed = typed.trim_ascii();
    if typed.len() < TELLING || !contains(&printed.sample, typed) {
        return None;
    }
    Some(life.found(at?).with("peer", talk.peer.as_str()).with("now", life.now()))
}

/// It closed a connection on which nothing had been said, neither by the peer nor by itself.
pub(super) fn closed_unasked(life: &Life<'_>) -> Option<Occurrence> {
    let talk = silent(life).filter(|talk| talk.offered == 0 && !talk.mine_began)?;
    let at = talk.closed.filter(|at| closes_itself(life, talk, *at))?;
    Some(life.found(at).with("peer", talk.peer.as_str()).with("now", life.now()))
}

fn closes_itself(life: &Life<'_>, talk: &Talk, at: Position) -> bool {
    !talk.datagrams && life.case.call(at).is_some_and(|call| !call.implicit)
}

/// A server closed the connection, and had sent nothing.
pub(super) fn closed_early(life: &Life<'_>) -> Option<Occurrence> {
    let talk = silent(life).filter(|talk| !talk.mine_began)?;
    let at = talk.closed?;
    closes_itself(life, talk, at).then(|| {
        let found = life.found(at).with("read", count(talk.read));
        found.with("peer", talk.peer.as_str()).with("now", life.now())
    })
}

/// It read something, and sent nothing.
pub(super) fn read_and_silent(life: &Life<'_>) -> Option<Occurrence> {
    let talk = silent(life)?;
    let at = talk.first_read?;
    let found = life.found(at).with("read", count(talk.read)).with("peer", talk.peer.as_str());
    Some(found.with("now", life.now()))
}

/// Something was sent to it, and it read none of it.
pub(super) fn read_nothing(life: &Life<'_>) -> Option<Occurrence> {
    let talk = silent(life).filter(|talk| talk.read == 0 && talk.offered > 0)?;
    let at = talk.first_offered?;
    let found = life.found(at).with("offered", count(talk.offered));
    Some(found.with("peer", talk.peer.as_str()).with("now", life.now()))
}

/// It connected, and sent nothing.
pub(super) fn sent_nothing(life: &Life<'_>) -> Option<Occurrence> {
    let talk = silent(life).filter(|talk| talk.mine_began)?;
    let found = life.found(talk.began).with("peer", talk.peer.as_str());
    Some(found.with("now", life.now()))
}

/// It reads its standard input, and nobody types; it has not said anything to anybody yet, nor waits
/// for anybody.
pub(super) fn waits_for_typing(life: &Life<'_>) -> Option<Occurrence> {
    let awaited = !matches!(
        life.asked.missed,
        Missed::Output { .. } | Missed::Failure | Missed::Success | Missed::Other
    );
    let reads = present(life).any(|one| one.activity == Activity::Stdin);
    let said = life.talks.iter().any(|talk| talk.sent > 0);
    let last = life.calls.last().map_or(life.started, |(at, _)| *at);
    (awaited && reads && !said && pending(life).next().is_none()).then(|| life.found(last))
}
