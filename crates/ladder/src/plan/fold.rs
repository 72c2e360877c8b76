//! Folds: repetitions are drawn once, and the rest is counted.

use socklab_flows::NumberSet;
use socklab_flows::{Flows, Position};

use super::again::repetitions;
use super::alike::conversations;
use super::bulk::packets;
use super::folds::Fold;
use super::loops::{loops, sweeps};
use super::outliers::Stage;
use crate::options::Options;

/// So few packets, without calls, are all drawn.
const FEW: usize = 40;

/// Finds the folds and removes their members from `shown`.
pub(crate) fn fold(flows: &Flows<'_>, shown: &mut Vec<Position>, options: &Options) -> Vec<Fold> {
    if !options.fold {
        return Vec::new();
    }
    let kept = |at: &Position| options.keep.contains(&flows.order[*at].seq);
    let mut stage = Stage::new(options.wait_from);
    let mut folds = sweeps(flows, shown, &kept);
    drop_members(shown, &folds);
    let mut in_vain = loops(flows, shown, &kept);
    drop_members(shown, &in_vain);
    folds.append(&mut in_vain);
    let mut alike = conversations(flows, shown, &kept, &mut stage);
    drop_members(shown, &alike);
    folds.append(&mut alike);
    let mut again = repetitions(flows, shown, &kept, &mut stage);
    drop_members(shown, &again);
    folds.append(&mut again);
    // Few rows are read one by one: of a short capture, what would be counted is what it is about.
    let is_packet = |at: &Position| flows.order[*at].frame().is_some();
    if shown.len() > FEW || !shown.iter().all(is_packet) {
        packets(flows, shown, &mut folds, &kept);
    }
    folds
}

fn drop_members(shown: &mut Vec<Position>, folds: &[Fold]) {
    let gone: NumberSet<Position> = folds.iter().flat_map(|fold| &fold.members).copied().collect();
    shown.retain(|at| !gone.contains(at));
}
