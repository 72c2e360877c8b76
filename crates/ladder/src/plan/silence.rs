//! Where nothing happened for long: between which rows, and for how long.

use socklab_event::{Call, Notice, What};
use socklab_flows::{Flows, NumberMap, NumberSet};

use super::outliers::median;
use crate::model::{Cell, CellKind, Row};

/// So long a silence is always told.
const LONG: u64 = 1_000_000_000;
/// A shorter one is told if it lasts at least this long: programs that start or compute for a moment are
/// not what a reader looks for.
const SHORTEST: u64 = 200_000_000;
/// And this many times as long as the time between two rows in the middle of all.
const TIMES_THE_MEDIAN: u64 = 10;

/// Notes for each row how long nothing was recorded before it, if that is long.
///
/// What counts is everything recorded, whether it is drawn, folded or left out, and not only by the
/// programs in these rows. Where events may be missing, nothing is said.
pub(crate) fn note(flows: &Flows<'_>, rows: &mut [Row], origin: u64) {
    if flows.order.iter().any(|event| matches!(&event.what, What::Notice(notice) if hides(notice)))
    {
        return;
    }
    let mut moments: Vec<u64> = flows
        .order
        .iter()
        .flat_map(|event| {
            let call = event.call();
            [call.map_or(event.at, |call| call.began), call.map_or(event.at, |call| call.ended)]
        })
        .map(|at| at.saturating_sub(origin))
        .collect();
    moments.sort_unstable();
    let whole = |cell: &&Cell| matches!(cell.kind, CellKind::Call | CellKind::Kernel);
    let cells = rows.iter().flat_map(|row| &row.cells).filter(whole);
    let drawn: NumberSet<u64> = cells.map(|cell| cell.seq).collect();
    let calls = flows.calls().filter(|(_, event, _)| drawn.contains(&event.seq));
    let calls: NumberMap<u64, &Call> = calls.map(|(_, event, call)| (event.seq, call)).collect();
    let mut before: Option<u64> = None;
    let mut between = Vec::new();
    for row in rows.iter() {
        let [from, to] = span(&calls, row, origin);
        between.push(before.map(|before| [before, from]).filter(|[before, from]| before <= from));
        before = before.max(Some(to));
    }
    let mut distances: Vec<u64> = between.iter().flatten().map(|[from, to]| to - from).collect();
    let middle = median(&mut distances).unwrap_or_default();
    let enough = middle.saturating_mul(TIMES_THE_MEDIAN).clamp(SHORTEST, LONG);
    for (row, between) in rows.iter_mut().zip(between) {
        row.silence = between.map(|between| longest(&moments, between)).filter(|it| *it >= enough);
    }
}

/// The longest time between two moments, or between one of them and an end of the interval.
fn longest(moments: &[u64], [from, to]: [u64; 2]) -> u64 {
    let first = moments.partition_point(|at| *at <= from);
    let within = moments[first..].iter().copied().take_while(|at| *at < to).chain([to]);
    within.fold((from, 0), |(before, most), at| (at, most.max(at - before))).1
}

/// When what a row shows began and ended. Of a call that waits, one row shows the beginning and another
/// the end; a call that is whole says itself how long it took.
fn span(calls: &NumberMap<u64, &Call>, row: &Row, origin: u64) -> [u64; 2] {
    let mut span = [row.at, row.until.unwrap_or(row.at).max(row.at)];
    for call in row.cells.iter().filter_map(|cell| calls.get(&cell.seq)) {
        let [began, ended] = [call.began, call.ended].map(|at| at.saturating_sub(origin));
        span = [span[0].min(began), span[1].max(ended)];
    }
    span
}

/// True for a notice that says that there were calls which the recording does not have.
fn hides(notice: &Notice) -> bool {
    use Notice as N;
    matches!(
        notice,
        N::IoUring { .. }
            | N::EventsLost { .. }
            | N::NotFollowed { .. }
            | N::NotDecoded { .. }
            | N::ForeignAbi { .. }
            | N::RepeatsCounted { .. }
            | N::Counted { .. }
            | N::Truncated { .. }
            | N::Other { .. }
    )
}
