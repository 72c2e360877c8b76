//! How each lifeline looks beside each row: running, waiting, ended.

use std::collections::HashMap;

use socklab_event::{Outcome, Process};
use socklab_flows::Position;

use super::scene::Scene;
use super::sheet::Sheet;
use super::unit::Unit;
use crate::model::Rail;

/// The rows in which a thread lives or waits.
struct Span {
    from: usize,
    to: usize,
}

/// Sets the rails of every row.
pub(crate) fn run(scene: &Scene<'_, '_>, sheet: &mut Sheet) {
    let lanes = scene.cast.participants.len();
    let rows = sheet.rows.len();
    let (lives, waits) = spans(scene, sheet);
    // The number of living and waiting threads, by row and column.
    let mut alive = vec![vec![0usize; lanes]; rows];
    let mut waiting = vec![vec![0usize; lanes]; rows];
    let lives = lives.iter().filter_map(|(unit, span)| Some((scene.cast.lane_of(*unit)?, span)));
    for (lane, span) in lives {
        (span.from..span.to.min(rows)).for_each(|row| alive[row][lane] += 1);
    }
    for (lane, span) in &waits {
        (span.from..span.to.min(rows)).for_each(|row| waiting[row][*lane] += 1);
    }
    let mut last_life = vec![None; lanes];
    for (row, counts) in alive.iter().enumerate() {
        for (lane, count) in counts.iter().enumerate() {
            if *count > 0 {
                last_life[lane] = Some(row);
            }
        }
    }
    let ended = endings(scene, sheet);
    let packets = last_packets(scene, sheet);
    for (row, counts) in alive.iter().enumerate() {
        sheet.rows[row].rails = (0..lanes)
            .map(|lane| {
                let waits = waiting[row][lane];
                if scene.cast.participants[lane].outside {
                    Rail::Outside
                } else if ended[lane].is_some_and(|end| row > end) && last_life[lane] < Some(row) {
                    if packets[lane] < Some(row) { Rail::Ended } else { Rail::Kernel }
                } else if waits > 0 && waits >= counts[lane] {
                    Rail::Waiting
                } else {
                    Rail::Running
                }
            })
            .collect();
    }
}

/// The rows in which each thread is known to be alive, and those in which a column waits in a call.
fn spans(scene: &Scene<'_, '_>, sheet: &Sheet) -> (HashMap<Unit, Span>, Vec<(usize, Span)>) {
    let mut lives: HashMap<Unit, Span> = HashMap::new();
    let mut waits = Vec::new();
    for (at, &from) in &sheet.begins {
        let event = scene.flows.order[*at];
        let unit = (event.place.process, event.place.thread);
        let unfinished = event.call().is_some_and(|call| call.outcome == Outcome::Unfinished);
        let to = match sheet.ends.get(at) {
            Some(to) => *to,
            None if unfinished => sheet.rows.len(),
            None => from,
        };
        let life = lives.entry(unit).or_insert(Span { from, to: to + 1 });
        life.from = life.from.min(from);
        life.to = life.to.max(to + 1);
        if let Some(lane) = scene.cast.lane_at(scene.flows, *at).filter(|_| to > from) {
            // The first row shows the call itself, so the waiting line starts in the next.
            waits.push((lane, Span { from: from + 1, to }));
        }
    }
    // A program that looks up a name waits from row to row.
    for block in &scene.lookups.blocks {
        let rows =
            block.steps.iter().filter_map(|step| Some((step.at, *sheet.begins.get(&step.at)?)));
        let rows: Vec<(Position, usize)> = rows.collect();
        for pair in rows.windows(2) {
            let ((at, from), (_, to)) = (pair[0], pair[1]);
            if let Some(lane) = scene.cast.lane_at(scene.flows, at).filter(|_| to > from) {
                waits.push((lane, Span { from: from + 1, to }));
            }
        }
    }
    (lives, waits)
}

/// The row of the last packet that left or reached each column.
fn last_packets(scene: &Scene<'_, '_>, sheet: &Sheet) -> Vec<Option<usize>> {
    let mut last = vec![None; scene.cast.participants.len()];
    for (at, &row) in sheet.begins.iter().chain(&sheet.ends) {
        for lane in scene.ways.at(scene.flows, *at).into_iter().flatten() {
            last[lane] = last[lane].max(Some(row));
        }
    }
    last
}

/// The row in which the last process of each column ended.
fn endings(scene: &Scene<'_, '_>, sheet: &Sheet) -> Vec<Option<usize>> {
    let mut endings = vec![None; scene.cast.participants.len()];
    for (at, &row) in &sheet.ends {
        let event = scene.flows.order[*at];
        if let Some(Process::Exit { .. } | Process::Released) = event.process()
            && let Some(lane) = scene.cast.lane(&event.place)
        {
            for lane in [Some(lane), scene.cast.twin(lane)].into_iter().flatten() {
                endings[lane] = endings[lane].max(Some(row));
            }
        }
    }
    endings
}
