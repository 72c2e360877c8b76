//! Programs that never rest.

use std::collections::BTreeMap;

use socklab_event::{Call, Errno, Outcome};
use socklab_flows::Position;
use socklab_say::count;

use super::life::Life;
use super::present::{Activity, present};
use crate::case::Occurrence;

/// This many calls in a row that get nowhere are a loop.
const MANY: u64 = 100;
/// A thread that has run for this long since its last event, in nanoseconds, calculates or spins.
const LONG: u64 = 300_000_000;

/// Calls of one thread that get nowhere, one after another, up to its last.
struct Run<'t> {
    first: Position,
    call: &'t Call,
    times: u64,
}

/// What each thread has been doing over and over, in calls that `gets_nowhere`. A call that was
/// under way at the end got nowhere either, and one that moved no bytes says nothing.
fn last_runs<'t>(life: &Life<'t>, gets_nowhere: impl Fn(&Call) -> bool) -> Vec<Run<'t>> {
    let mut runs: BTreeMap<(u32, u32), Run<'t>> = BTreeMap::new();
    for (at, call) in &life.calls {
        let thread = life.case.thread(*at);
        if call.outcome == Outcome::Unfinished || call.sent() == Some(0) {
            continue;
        }
        if !gets_nowhere(call) {
            runs.remove(&thread);
            continue;
        }
        runs.entry(thread).or_insert(Run { first: *at, call, times: 0 }).times += 1;
    }
    runs.into_values().filter(|run| run.times >= MANY).collect()
}

/// A call fails over and over. One that only has nothing to report yet is polling, which is not
/// wrong.
pub(super) fn failing(life: &Life<'_>) -> Option<Occurrence> {
    let fails = |call: &Call| {
        call.error().is_some_and(|error| {
            !error.is_not_now()
                && !matches!(error, Errno::EINTR | Errno::EINPROGRESS | Errno::EALREADY)
        })
    };
    let run = last_runs(life, fails).into_iter().max_by_key(|run| run.times)?;
    let found = life.found(run.first).with("call", run.call.library_name());
    Some(found.with("error", run.call.error()?.to_string()).with("times", count(run.times)))
}

/// It reads the end of a stream over and over.
pub(super) fn reads_the_end(life: &Life<'_>) -> Option<Occurrence> {
    let runs = last_runs(life, Call::is_end_of_stream);
    let run = runs.into_iter().max_by_key(|run| run.times)?;
    let found = life.found(run.first).with("call", run.call.library_name());
    Some(found.with("times", count(run.times)))
}

/// A thread runs, has run for long, and has made no call on a socket meanwhile.
pub(super) fn spins(life: &Life<'_>) -> Option<Occurrence> {
    if life.exit.is_some() {
        return None;
    }
    let order = &life.flows().order;
    let end = order.last()?.at;
    let last = life.calls.last().map_or(life.started, |(at, _)| *at);
    let quiet = end.saturating_sub(order[last].at);
    let busy = present(life).any(|one| one.activity == Activity::Runs && one.ran >= LONG);
    // Its other threads wait for nobody: whoever waits for a peer does not spin.
    let waits = super::present::pending(life).next().is_some();
    (busy && !waits && quiet >= LONG).then(|| life.found(last))
}
