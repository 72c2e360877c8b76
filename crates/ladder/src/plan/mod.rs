//! From a timeline to a ladder, stage by stage. Each stage reads what the stages before it made,
//! and never the other way round:
//!
//! 1. `essential`, `asides`, `lookups` → `notable`: which calls are worth a row, regardless of columns.
//! 2. `group` → `groups`, `sides`, `outside` → `cast`: who gets a column; `ways`: between which
//!    columns each packet goes.
//! 3. `visible`: which events are drawn, and `filtered`: which of them a reader asks for. Which are only counted: `folds`, `token`, `conversation`,
//!    `repeat`, `served`, `outliers` → `loops`, `alike`, `again`, `bulk` → `fold`.
//! 4. `stands`: beside which packet a call stands; `crossing`: which packets have two rows; `scene`: what all later stages read.
//! 5. `protocol`, `wording` → `cells`, `answers`, `reason`, `band` → `rows`, which fill the `sheet`.
//! 6. `caption` → `arrows`, `rails` and `silence`, drawn on the sheet.
//! 7. `footer` and `prune`: what the drawing leaves out; `checksum` → `details`, `decoded`: what a display
//!    can open.

mod again;
mod alike;
mod answers;
mod arrows;
mod asides;
mod band;
mod bulk;
mod caption;
mod cast;
mod cells;
mod checksum;
mod conversation;
mod crossing;
mod decoded;
mod details;
mod essential;
mod filtered;
mod fold;
mod folds;
mod footer;
mod group;
mod groups;
pub(crate) mod happened;
mod lookups;
mod loops;
mod notable;
mod outliers;
mod outside;
pub(crate) mod protocol;
mod prune;
mod rails;
mod reason;
mod repeat;
mod rows;
mod scene;
mod served;
mod sheet;
mod sides;
mod silence;
mod stands;
mod token;
mod unit;
mod visible;
mod ways;
pub(crate) mod wording;

use std::collections::BTreeMap;

use socklab_event::{Event, Timeline};
use socklab_filter::{Facts, Subject};
use socklab_flows::Flows;
use socklab_flows::NumberSet;

use crate::model::{Ladder, Row};
use crate::options::Options;

/// The sockets that are incidental to their program, such as those on which the C library asks nscd(8):
/// a ladder of the essential has no rows for them.
pub fn incidental(flows: &Flows<'_>) -> NumberSet<usize> {
    asides::of(flows, &Options::default())
}

impl Ladder {
    /// Decides the whole drawing.
    pub fn of(timeline: &Timeline, options: &Options) -> Self {
        Self::of_flows(&Flows::of(timeline), options)
    }

    /// Decides the whole drawing from flows that the caller has already computed, for example to
    /// explain the same timeline.
    pub fn of_flows(flows: &Flows<'_>, options: &Options) -> Self {
        let notable = notable::Notable::of(flows, options);
        let mut cast = cast::Cast::of(flows, &notable, options);
        let ways = ways::Ways::of(flows, &mut cast, &notable, options.speaker);
        let mut visible = visible::choose(flows, notable, &cast, &ways, options);
        let origin = rows::origin(flows);
        if let Some(filter) = &options.filter {
            filtered::apply(flows, &mut visible, filter, origin);
        }
        let folds = fold::fold(flows, &mut visible.shown, options);
        let stands = stands::Stands::of(flows, &visible.shown);
        let lookups = &visible.lookups;
        let (cast, ways, stands) = (&cast, &ways, &stands);
        let scene = scene::Scene { flows, cast, options, ways, stands, lookups };
        let mut sheet = rows::lay_out(&scene, &visible, &folds);
        let mut arrows = arrows::draw(&scene, &mut sheet);
        rails::run(&scene, &mut sheet);
        silence::note(flows, &mut sheet.rows, sheet.origin);
        let mut footer = footer::lines(flows.timeline, &scene, &visible, &sheet.rows);
        footer.extend(footer::noted(&arrows, options));
        footer.extend(footer::doubts(&arrows, options.speaker));
        let (participants, pruned) = prune::prune(&scene, &folds, &mut sheet.rows, &mut arrows);
        footer.extend(pruned);
        let events = events(flows, &sheet.rows);
        let subjects = subjects(flows, &sheet.rows, origin);
        Self {
            participants,
            rows: sheet.rows,
            arrows,
            footer,
            packets: details::of(&scene, &events),
            decoded: decoded::of(&scene, &events),
            events,
            subjects,
            origin: sheet.origin,
            times: options.times,
            speaker: options.speaker,
            offers_all: options.offers_all,
        }
    }
}

/// What the drawn events can be searched for.
fn subjects(flows: &Flows<'_>, rows: &[Row], origin: u64) -> BTreeMap<u64, Subject<'static>> {
    const MOST_OF_A_ROW: usize = 16;
    const MOST_BYTES: usize = 1024;
    let shown = rows.iter().flat_map(|row| {
        let cells = row.cells.iter().map(|cell| cell.seq);
        cells.chain(row.seqs.iter().copied().take(MOST_OF_A_ROW))
    });
    let wanted: NumberSet<u64> = shown.collect();
    let facts = Facts::of(flows, origin);
    let drawn = flows.order.iter().enumerate().filter(|(_, event)| wanted.contains(&event.seq));
    drawn.map(|(at, event)| (event.seq, facts.at(at).kept(MOST_BYTES))).collect()
}

/// Copies the events that are drawn, for displays that show their details.
fn events(flows: &Flows<'_>, rows: &[Row]) -> BTreeMap<u64, Event> {
    const MOST_OF_A_FOLD: usize = 4;
    let wanted: NumberSet<u64> = rows
        .iter()
        .flat_map(|row| {
            let most = if row.band.is_some() { MOST_OF_A_FOLD } else { usize::MAX };
            row.seqs.iter().take(most).chain(row.cells.iter().map(|cell| &cell.seq))
        })
        .copied()
        .collect();
    let drawn = flows.order.iter().filter(|event| wanted.contains(&event.seq));
    drawn.map(|event| (event.seq, (*event).clone())).collect()
}
