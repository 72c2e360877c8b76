//! Removes the columns that are empty because all their rows were folded or left out by a filter.

use std::collections::HashSet;

use socklab_say::{count, say};

use super::folds::Fold;
use super::scene::Scene;
use crate::model::{Arrow, Participant, Row};

/// How many of their names the footer lists.
const NAMES: usize = 6;

/// Removes the empty columns; returns the others and a footer line that names the removed ones.
pub(crate) fn prune(
    scene: &Scene<'_, '_>,
    folds: &[Fold],
    rows: &mut [Row],
    arrows: &mut [Arrow],
) -> (Vec<Participant>, Option<String>) {
    let cells = rows.iter().flat_map(|row| &row.cells).map(|cell| cell.participant);
    let ends = arrows.iter().flat_map(|arrow| [arrow.from, arrow.to]);
    let used: HashSet<usize> = cells.chain(ends).collect();
    let members = folds.iter().flat_map(|fold| &fold.members);
    let folded: HashSet<usize> =
        members.filter_map(|at| scene.cast.lane_at(scene.flows, *at)).collect();
    let all = &scene.cast.participants;
    let filters = scene.options.filter.is_some();
    let keeps = |lane: usize| used.contains(&lane) || !(filters || folded.contains(&lane));
    let kept: Vec<usize> = (0..all.len()).filter(|lane| keeps(*lane)).collect();
    if kept.len() == all.len() {
        return (all.clone(), None);
    }
    let place = |lane: usize| kept.iter().position(|one| *one == lane).unwrap_or_default();
    for row in rows {
        row.rails = kept.iter().filter_map(|lane| row.rails.get(*lane).copied()).collect();
        for cell in &mut row.cells {
            cell.participant = place(cell.participant);
        }
    }
    for arrow in arrows {
        (arrow.from, arrow.to) = (place(arrow.from), place(arrow.to));
    }
    let folded = (0..all.len()).filter(|lane| !keeps(*lane) && folded.contains(lane));
    let gone: Vec<&str> = folded.map(|lane| all[lane].name.as_str()).collect();
    let mut names = gone[..gone.len().min(NAMES)].join(", ");
    if gone.len() > NAMES {
        names.push_str(", …");
    }
    let speaker = scene.options.speaker;
    let line = (!gone.is_empty())
        .then(|| say!(speaker, "ladder-folded-columns", n = count(gone.len()), names = names));
    (kept.into_iter().map(|lane| all[lane].clone()).collect(), line)
}
