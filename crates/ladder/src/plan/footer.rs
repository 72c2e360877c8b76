//! What one must know to trust the drawing.

use std::collections::{BTreeMap, HashMap};

use socklab_event::{Notice, Timeline, What};

use super::scene::Scene;
use super::visible::Visible;
use crate::clean::clean;
use crate::model::Row;
use crate::words::fill;

/// The lines under the ladder.
pub(crate) fn lines(
    timeline: &Timeline,
    scene: &Scene<'_, '_>,
    visible: &Visible,
    rows: &[Row],
) -> Vec<String> {
    let words = &scene.options.words;
    let mut lines = Vec::new();
    let count = |n: u64| words.number(n);
    if visible.shown.is_empty() {
        lines.push(words.nothing.to_string());
    }
    if !timeline.header.wire && !visible.shown.is_empty() {
        lines.push(words.no_wire.to_string());
    }
    lines.extend(tags(scene, rows));
    if visible.hidden > 0 {
        lines.push(fill(&words.hidden, &[("n", &count(visible.hidden))]));
    }
    if visible.bare_acks > 0 {
        lines.push(fill(&words.bare_acks, &[("n", &count(visible.bare_acks))]));
    }
    for event in &timeline.events {
        let What::Notice(notice) = &event.what else { continue };
        let lane = scene.cast.lane(&event.place);
        let name = lane.map(|lane| scene.cast.participants[lane].name.clone());
        let who = name.unwrap_or_else(|| fill(&words.process, &[("n", &event.place.process)]));
        let line = match notice {
            Notice::IoUring => fill(&words.io_uring, &[("who", &who)]),
            Notice::EventsLost { count: n, why } => {
                fill(&words.lost, &[("n", &count(*n)), ("why", &clean(why))])
            }
            Notice::Attached { .. } => fill(&words.attached, &[("who", &who)]),
            Notice::ForeignAbi { abi } => {
                fill(&words.foreign_abi, &[("who", &who), ("abi", &clean(abi))])
            }
            Notice::NotFollowed { why } => {
                fill(&words.not_followed, &[("who", &who), ("why", &clean(why))])
            }
            Notice::NotDecoded { call, why } => {
                fill(&words.undecoded, &[("call", &clean(call)), ("why", &clean(why))])
            }
            Notice::Other { text } => clean(text),
            // How fast it was followed, and how a socket came to a process: not the reader's.
            Notice::Inherited { .. }
            | Notice::Passed { .. }
            | Notice::OwnFilter
            | Notice::Slow { .. } => continue,
        };
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines
}

/// How many processes of a column are named.
const NAMED: usize = 8;

/// Where tags tell processes apart: which process each of them is, column by column.
fn tags(scene: &Scene<'_, '_>, rows: &[Row]) -> Vec<String> {
    let words = &scene.options.words;
    let processes: HashMap<u64, u32> =
        scene.flows.order.iter().map(|event| (event.seq, event.place.process)).collect();
    // Tags are numbered by first appearance, so the order of the rows is theirs.
    let mut columns: BTreeMap<usize, Vec<(&str, u32)>> = BTreeMap::new();
    for cell in rows.iter().flat_map(|row| &row.cells) {
        let Some(process) = processes.get(&cell.seq) else { continue };
        let tag = cell.tag.as_deref().unwrap_or(&words.untagged);
        let known = columns.entry(cell.participant).or_default();
        // A thread is told apart from its own process, not by it.
        if !tag.starts_with('t') && known.iter().all(|(other, _)| *other != tag) {
            known.push((tag, *process));
        }
    }
    columns.retain(|_, known| known.iter().any(|(tag, _)| *tag != words.untagged));
    let line = |(lane, known): (usize, Vec<(&str, u32)>)| {
        let named = known.iter().take(NAMED).map(|(tag, process)| format!("{tag} = {process}"));
        let mut tags = named.collect::<Vec<_>>().join(", ");
        if known.len() > NAMED {
            tags.push_str(", …");
        }
        fill(&words.tagged, &[("name", &scene.cast.participants[lane].name), ("tags", &tags)])
    };
    columns.into_iter().map(line).collect()
}
