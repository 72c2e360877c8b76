//! How each column's line looks beside each row: running, waiting, ended.

use std::collections::HashMap;

use event::{Outcome, Process, What};

use super::Scene;
use super::cast::Unit;
use super::rows::Sheet;
use crate::Rail;

/// From which row to which a thread lives or waits.
struct Span {
    from: usize,
    to: usize,
}

/// Sets the rails of every row.
pub(crate) fn run(scene: &Scene<'_, '_>, sheet: &mut Sheet) {
    let lanes = scene.cast.participants.len();
    let rows = sheet.rows.len();
    let (lives, waits) = spans(scene, sheet);
    // Threads alive and threads waiting, by row and column.
    let mut alive = vec![vec![0usize; lanes]; rows];
    let mut waiting = vec![vec![0usize; lanes]; rows];
    for (spans, counts) in [(&lives, &mut alive), (&waits, &mut waiting)] {
        for (unit, spans) in spans {
            let Some(lane) = scene.cast.lane_of(*unit) else { continue };
            for row in spans.iter().flat_map(|span| span.from..span.to.min(rows)) {
                counts[row][lane] += 1;
            }
        }
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
    for (row, counts) in alive.iter().enumerate() {
        sheet.rows[row].rails = (0..lanes)
            .map(|lane| {
                let waits = waiting[row][lane];
                if scene.cast.participants[lane].outside {
                    Rail::Outside
                } else if ended[lane].is_some_and(|end| row > end) && last_life[lane] < Some(row) {
                    Rail::Ended
                } else if waits > 0 && waits >= counts[lane] {
                    Rail::Waiting
                } else {
                    Rail::Running
                }
            })
            .collect();
    }
}

/// The rows in which each thread is known to live, and those in which it waits inside a call.
fn spans(
    scene: &Scene<'_, '_>,
    sheet: &Sheet,
) -> (HashMap<Unit, Vec<Span>>, HashMap<Unit, Vec<Span>>) {
    let mut lives: HashMap<Unit, Vec<Span>> = HashMap::new();
    let mut waits: HashMap<Unit, Vec<Span>> = HashMap::new();
    for (at, &from) in &sheet.begins {
        let event = scene.flows.order[*at];
        let unit = (event.place.process, event.place.thread);
        let unfinished = event.call().is_some_and(|call| call.outcome == Outcome::Unfinished);
        let to = match sheet.ends.get(at) {
            Some(to) => *to,
            None if unfinished => sheet.rows.len(),
            None => from,
        };
        let life = &mut lives.entry(unit).or_default();
        match life.first_mut() {
            Some(span) => {
                span.from = span.from.min(from);
                span.to = span.to.max(to + 1);
            }
            None => life.push(Span { from, to: to + 1 }),
        }
        if to > from {
            // The row where it begins shows the call itself; waiting shows from the next one on.
            waits.entry(unit).or_default().push(Span { from: from + 1, to });
        }
    }
    (lives, waits)
}

/// The row in which the last process of each column ended.
fn endings(scene: &Scene<'_, '_>, sheet: &Sheet) -> Vec<Option<usize>> {
    let mut endings = vec![None; scene.cast.participants.len()];
    for (at, &row) in &sheet.ends {
        let event = scene.flows.order[*at];
        if let What::Process(Process::Exit { .. } | Process::Released) = event.what
            && let Some(lane) = scene.cast.lane(&event.place)
        {
            endings[lane] = endings[lane].max(Some(row));
        }
    }
    endings
}
