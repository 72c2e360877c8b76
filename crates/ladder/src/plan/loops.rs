//! Loops without progress: a call that is repeated although it achieves nothing.

use std::collections::BTreeMap;

use socklab_event::{Args, Call, Outcome};
use socklab_flows::{Flows, Position};

use super::folds::{Fold, FoldKind, Spread};
use super::repeat::{Repeat, repeats};
use super::served::Served;
use super::token::Token;

/// A call that has to wait is folded when it is repeated this often, and one that fails when it is
/// repeated that often.
const WAITS: usize = 3;
const FAILS: usize = 5;

/// Runs of calls of one thread that got nothing: `recv` = EAGAIN ten thousand times, `accept` =
/// EMFILE, `epoll_wait` that returns at once.
pub(crate) fn loops(
    flows: &Flows<'_>,
    shown: &[Position],
    kept: &dyn Fn(&Position) -> bool,
) -> Vec<Fold> {
    let mut by_unit: BTreeMap<(u32, u32), Vec<Position>> = BTreeMap::new();
    for at in shown.iter().filter(|at| flows.call(**at).is_some()) {
        let place = &flows.order[*at].place;
        by_unit.entry((place.process, place.thread)).or_default().push(*at);
    }
    let mut folds = Vec::new();
    for calls in by_unit.values() {
        let in_vain = |at: &Position| flows.call(*at).is_some_and(got_nothing) && !kept(at);
        for run in calls.chunk_by(|a, b| in_vain(a) && in_vain(b)).filter(|run| run.len() > 1) {
            let calls = run.iter().filter_map(|at| flows.call(*at));
            let tokens: Vec<Token<'_>> = calls.map(Token::in_loop).collect();
            for Repeat { start, period, count } in repeats(&tokens, WAITS) {
                let round = &tokens[start..start + period];
                if count < FAILS && round.iter().any(Token::failed) {
                    continue;
                }
                for step in 0..period {
                    let of_step = |round: usize| run[start + round * period + step];
                    let members = (1..count).map(of_step).collect();
                    let kind = FoldKind::Loop(of_step(0), count);
                    let (served, spread) = (Served::BySame, Spread::default());
                    folds.push(Fold { members, packets: Vec::new(), kind, served, spread });
                }
            }
        }
    }
    folds
}

/// The closes that found nothing, when a program closes every number.
pub(crate) fn sweeps(
    flows: &Flows<'_>,
    shown: &[Position],
    kept: &dyn Fn(&Position) -> bool,
) -> Vec<Fold> {
    let one = |sweep: &Vec<Position>| {
        let drawn = |at: &&Position| shown.binary_search(at).is_ok() && !kept(at);
        let sweep: Vec<Position> = sweep.iter().filter(drawn).copied().collect();
        let (first, members) = sweep.split_first().filter(|(_, members)| !members.is_empty())?;
        let kind = FoldKind::Loop(*first, sweep.len());
        let (served, spread) = (Served::BySame, Spread::default());
        Some(Fold { members: members.to_vec(), packets: Vec::new(), kind, served, spread })
    };
    flows.sweeps.iter().filter_map(one).collect()
}

/// True if a call neither moved data nor changed anything.
fn got_nothing(call: &Call) -> bool {
    let asks = matches!(call.args, Args::Poll { .. } | Args::EpollWait { .. });
    match call.outcome {
        Outcome::Error(_) => true,
        Outcome::Value(_) => asks,
        Outcome::Unfinished => false,
    }
}
