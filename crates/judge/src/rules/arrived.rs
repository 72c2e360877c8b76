//! What had reached an end of a connection, and when, by the recorded packets. Calls say only what the
//! kernel took and what it handed out: what was sent may be late, or lost.

use socklab_flows::{Meaning, Position, ResetReason, Tie};

use crate::case::Case;

/// The packets that one end of a connection sent, with their ties, in order.
fn sent_by<'c>(
    case: &'c Case<'_>,
    connection: usize,
    side: usize,
) -> impl DoubleEndedIterator<Item = (Position, &'c Tie)> + Clone {
    let ties = &case.flows.ties;
    let frames = ties.sent_by(connection, side).iter();
    frames.filter_map(|frame| Some((*frame, ties.of(*frame)?)))
}

/// True for what only comes from an end that has received the SYN,ACK: then the connection exists for
/// the end that listens, too.
pub(super) fn completes_handshake(tie: &Tie) -> bool {
    let before = matches!(tie.meaning, Meaning::Syn | Meaning::Rst(_) | Meaning::Icmp { .. });
    tie.side == 0 && tie.acknowledges.is_some() && !before
}

/// Since when a connection existed for the end that listens: nanoseconds on the clock of events. By
/// the calls, since `connect` had succeeded; by the packets, since its ACK came. `None` if it never
/// came, or if nobody knows: a `connect` in the background does not tell when it succeeded.
pub(super) fn established(case: &Case<'_>, connection: usize) -> Option<u64> {
    if case.flows.ties.has(connection) {
        let acks = sent_by(case, connection, 0).filter(|(_, tie)| completes_handshake(tie));
        return acks.filter_map(|(_, tie)| tie.arrived).min();
    }
    let connect = case.call(case.flows.connections[connection].connected?)?;
    connect.value().map(|_| connect.ended)
}

/// How many bytes of the stream from one end of a connection had reached the other, without a gap, at
/// a moment. `None` if no packets of it were recorded.
pub(super) fn bytes(case: &Case<'_>, connection: usize, from: usize, moment: u64) -> Option<u64> {
    case.flows.ties.has(connection).then_some(())?;
    let there = sent_by(case, connection, from).filter(|(_, tie)| {
        !tie.bytes.is_empty() && tie.arrived.is_some_and(|arrived| arrived <= moment)
    });
    let mut there: Vec<_> = there.map(|(_, tie)| tie.bytes.clone()).collect();
    there.sort_unstable_by_key(|bytes| bytes.start);
    let joined = there.iter().try_fold(0, |end: u64, bytes| match bytes.start <= end {
        true => Ok(end.max(bytes.end)),
        false => Err(end),
    });
    Some(joined.unwrap_or_else(|end| end))
}

/// The FIN of one end of a connection that arrived, if packets were recorded.
pub(super) fn fin(case: &Case<'_>, connection: usize, from: usize) -> Option<Position> {
    let mut fins = sent_by(case, connection, from).rev();
    fins.find(|(_, tie)| tie.fin && tie.arrived.is_some()).map(|(frame, _)| frame)
}

/// The RST that a `close` of one end of a connection made its kernel send, if packets were recorded:
/// not one of a rule, and not one that answered something later.
pub(super) fn reset_of_close(
    case: &Case<'_>,
    connection: usize,
    from: usize,
    close: Position,
) -> Option<Position> {
    /// The two clocks may differ by this much (nanoseconds).
    const CLOCKS: u64 = 1_000_000;
    let began = case.call(close)?.began.saturating_sub(CLOCKS);
    let mut resets = sent_by(case, connection, from).filter(|(_, tie)| match &tie.meaning {
        Meaning::Rst(reason) => !matches!(reason, ResetReason::Rule(_) | ResetReason::Closed),
        _ => false,
    });
    resets.find(|(frame, _)| case.flows.order[*frame].at >= began).map(|(frame, _)| frame)
}

/// The first RST of one end of a connection, other than of a rule, sent while a call was under way or
/// before it, since another call.
pub(super) fn reset_between(
    case: &Case<'_>,
    connection: usize,
    from: usize,
    [since, until]: [u64; 2],
) -> Option<Position> {
    let mut resets = sent_by(case, connection, from).filter(|(_, tie)| {
        matches!(&tie.meaning, Meaning::Rst(reason) if !matches!(reason, ResetReason::Rule(_)))
    });
    let between = |frame: Position| (since..=until).contains(&case.flows.order[frame].at);
    resets.find(|(frame, _)| between(*frame)).map(|(frame, _)| frame)
}

/// True if a rule of the wire has cut a connection. What its ends do after that, and what becomes of
/// it, is not their doing.
pub(super) fn is_cut_by_rule(case: &Case<'_>, connection: usize) -> bool {
    let by_rule = |tie: &Tie| matches!(tie.meaning, Meaning::Rst(ResetReason::Rule(_)));
    [0, 1].into_iter().any(|side| sent_by(case, connection, side).any(|(_, tie)| by_rule(tie)))
}
