//! Repetitions within a conversation.

use std::collections::BTreeMap;

use socklab_flows::NumberSet;
use socklab_flows::{Cause, Flows, Position};

use super::conversation::by_conversation;
use super::folds::{Fold, FoldKind, Spread};
use super::outliers::{Aligned, Outliers, Stage, round, size};
use super::repeat::{Repeat, repeats};
use super::served::Served;
use super::token::Token;

/// How many rows a fold within a conversation must save. The handful of messages that a student
/// sends by hand stay.
const SAVES: usize = 16;
/// A piece of a fold, between two repetitions that are drawn, must save this many.
const PIECE_SAVES: usize = 2;

/// Finds the repetitions of the whole exchange, then those of each side.
pub(crate) fn repetitions(
    flows: &Flows<'_>,
    shown: &[Position],
    kept: &dyn Fn(&Position) -> bool,
    stage: &mut Stage,
) -> Vec<Fold> {
    let mut folds = Vec::new();
    for (_, calls) in by_conversation(flows, shown) {
        for piece in calls.split(kept) {
            let mut found = Found::default();
            found.in_calls(flows, piece, stage);
            let mut sides: BTreeMap<Option<usize>, Vec<Position>> = BTreeMap::new();
            for at in piece.iter().filter(|at| !found.gone.contains(at)) {
                sides.entry(flows.socket_at(*at)).or_default().push(*at);
            }
            let stays = std::mem::take(&mut found.stays);
            for side in sides.values() {
                for piece in side.split(|at| stays.contains(at)) {
                    found.in_calls(flows, piece, stage);
                }
            }
            folds.append(&mut found.folds);
        }
    }
    folds
}

/// What was found in a conversation.
#[derive(Default)]
struct Found {
    folds: Vec<Fold>,
    /// The calls that were folded.
    gone: NumberSet<Position>,
    /// The calls of repetitions that differ from the others, and so are drawn.
    stays: NumberSet<Position>,
}

impl Found {
    /// Folds the repetitions except the first, if that saves enough rows, and except those that
    /// differ from the others.
    fn in_calls(&mut self, flows: &Flows<'_>, calls: &[Position], stage: &mut Stage) {
        let token = |at: &Position| Token::of(flows.call(*at), flows.socket_at(*at));
        let tokens: Vec<Token<'_>> = calls.iter().map(token).collect();
        for Repeat { start, period, count } in repeats(&tokens, 4) {
            // Of a single repeated call the first three stay, as their data may differ.
            let keep = if period == 1 { 3 } else { 1 };
            if count <= keep || period * (count - keep) < SAVES {
                continue;
            }
            let rounds: Vec<&[Position]> =
                calls[start..start + period * count].chunks_exact(period).collect();
            let outliers = Outliers::of(flows, &rounds, &Aligned::ByStep, stage);
            let numbered: Vec<usize> = (keep..count).collect();
            // The first in which the kernel kept bytes back shows what the drawn ones do not.
            let held = |round: &[Position]| round.iter().any(|at| is_held(flows, *at));
            let first = rounds.iter().position(|round| held(round));
            let is_drawn = |round: &usize| {
                outliers.shown.binary_search(round).is_ok() || first == Some(*round)
            };
            for round in numbered.iter().filter(|round| is_drawn(round)) {
                self.stays.extend(rounds[*round]);
            }
            for piece in numbered.split(is_drawn).filter(|piece| !piece.is_empty()) {
                if piece.len() * period < PIECE_SAVES {
                    piece.iter().for_each(|round| self.stays.extend(rounds[*round]));
                    continue;
                }
                let members: Vec<Position> =
                    piece.iter().flat_map(|round| rounds[*round]).copied().collect();
                self.gone.extend(&members);
                let spread = Spread {
                    times: piece.iter().map(|one| round(flows, rounds[*one])).collect(),
                    sizes: piece.iter().map(|round| size(flows, rounds[*round])).collect(),
                    differ: piece.iter().filter(|one| outliers.counted.contains(one)).count(),
                };
                let kind = FoldKind::Again(piece.len());
                self.folds.push(Fold {
                    members,
                    packets: Vec::new(),
                    kind,
                    served: Served::BySame,
                    spread,
                });
            }
        }
    }
}

/// True for a send whose bytes the kernel kept for a while.
fn is_held(flows: &Flows<'_>, at: Position) -> bool {
    let held = |transfer: &usize| {
        let first = flows.ties.carriers(*transfer).first().and_then(|at| flows.ties.of(*at));
        first.is_some_and(|tie| tie.waited.is_some() && tie.cause != Cause::Call(at))
    };
    flows.sent_at(at).iter().any(held)
}
