//! What a filter leaves of the events to draw.

use socklab_event::What;
use socklab_filter::{Facts, Filter, Verdict};
use socklab_flows::{Flows, NumberMap, NumberSet, Position};

use super::visible::Visible;

/// What a filter has left out.
#[derive(Debug, Default)]
pub(crate) struct Filtered {
    /// How many events would be drawn without it.
    pub(crate) of: u64,
    /// How many of them are not.
    pub(crate) left_out: u64,
    /// Of how many of these it is not known whether they fit.
    pub(crate) unsure: u64,
}

/// Leaves those events in `visible` that fit, and what belongs to them. Of the calls that would not be
/// drawn anyway, only those that fit are still counted.
pub(crate) fn apply(flows: &Flows<'_>, visible: &mut Visible, filter: &Filter, origin: u64) {
    let facts = Facts::of(flows, origin);
    let lookups = &visible.lookups;
    let verdict = |at: Position| -> Verdict {
        let all = lookups.step(at).map(|step| &step.events[..]);
        let all = all.unwrap_or(std::slice::from_ref(&at));
        all.iter().map(|at| filter.verdict(&facts.at(*at))).max().unwrap_or(Verdict::No)
    };
    let verdicts: NumberMap<Position, Verdict> =
        visible.shown.iter().map(|at| (*at, verdict(*at))).collect();
    let fits = |at: &Position| verdicts.get(at) == Some(&Verdict::Yes);
    let mut drawn: NumberSet<Position> = visible.shown.iter().copied().filter(fits).collect();
    for at in visible.shown.iter().filter(|at| fits(at)) {
        drawn.extend(other_ends(flows, *at));
    }
    // The packets of a message stand for its arrow.
    drawn.extend(visible.shown.iter().filter(|at| {
        let tie = flows.order[**at].frame().and_then(|_| flows.ties.of(**at));
        tie.is_some_and(|tie| {
            tie.cause.call().is_some_and(|call| fits(&call))
                || tie.carries.iter().any(|carried| fits(&carried.sent))
        })
    }));
    let all = visible.shown.len();
    let before: NumberSet<Position> = visible.shown.iter().copied().collect();
    visible.shown.retain(|at| drawn.contains(at));
    let unsure = |(at, verdict): &(&Position, &Verdict)| {
        **verdict == Verdict::Unknown && !drawn.contains(*at)
    };
    let filtered = Filtered {
        of: all as u64,
        left_out: (all - visible.shown.len()) as u64,
        unsure: verdicts.iter().filter(unsure).count() as u64,
    };
    let hidden = flows.order.iter().enumerate().filter(|(at, event)| {
        matches!(&event.what, What::Call(call) if !call.implicit)
            && !before.contains(at)
            && !visible.lookups.calls.contains(at)
            && filter.verdict(&facts.at(*at)) == Verdict::Yes
    });
    visible.hidden = hidden.count() as u64;
    visible.filtered = Some(filtered);
}

/// The calls at the other end of what a call sends, gets, asks for, accepts or ends: an arrow has two
/// ends.
fn other_ends(flows: &Flows<'_>, at: Position) -> Vec<Position> {
    let sent = flows.sent_at(at).iter().flat_map(|index| &flows.transfers[*index].parts);
    let got = flows.got_at(at).iter().map(|(index, _)| flows.transfers[*index].sent);
    let mut others: Vec<Position> = sent.map(|part| part.received).chain(got).collect();
    if let Some(connection) = flows.connection_at(at).map(|one| &flows.connections[one]) {
        let ends = [connection.connected, connection.accepted];
        if ends.contains(&Some(at)) {
            others.extend(ends.into_iter().flatten());
        }
    }
    others.extend(flows.closing_at(at).and_then(|closing| closing.closed));
    others.extend(flows.ended_by(at).map(|closing| closing.seen));
    others
}
