//! From a timeline to a ladder: who gets a column, what gets a row, what is folded, what goes
//! where.

mod arrows;
mod asides;
mod band;
mod cast;
mod cells;
mod fold;
mod footer;
mod frames;
mod groups;
mod outside;
mod prune;
mod rails;
mod repeat;
mod rows;
pub(crate) mod say;
mod served;
mod sides;
mod visible;

use std::collections::BTreeMap;

use socklab_event::Timeline;
use socklab_flows::{Flows, Position};

pub(crate) use arrows::circled;

use crate::{Ladder, Options};

impl Ladder {
    /// Decides the whole drawing.
    pub fn of(timeline: &Timeline, options: &Options) -> Self {
        let flows = Flows::of(timeline);
        let telling = visible::Telling::of(&flows, options);
        let cast = cast::Cast::of(timeline, &flows, &telling, options);
        let mut visible = visible::choose(&flows, telling, &cast, options);
        let folds = fold::fold(&flows, &mut visible.shown, options);
        let segments = frames::Segments::of(&flows, &visible.shown);
        let scene = Scene { flows: &flows, cast: &cast, options, segments: &segments };
        let mut sheet = rows::lay_out(&scene, &visible, &folds);
        let mut arrows = arrows::draw(&scene, &mut sheet);
        rails::run(&scene, &mut sheet);
        let mut footer = footer::lines(timeline, &scene, &visible, &sheet.rows);
        let (participants, pruned) = prune::prune(&scene, &folds, &mut sheet.rows, &mut arrows);
        footer.extend(pruned);
        let events = events(&flows, &sheet.rows);
        Self {
            participants,
            rows: sheet.rows,
            arrows,
            footer,
            events,
            origin: sheet.origin,
            words: options.words.clone(),
        }
    }
}

/// What every step needs.
pub(crate) struct Scene<'a, 't> {
    pub(crate) flows: &'a Flows<'t>,
    pub(crate) cast: &'a cast::Cast,
    pub(crate) options: &'a Options,
    pub(crate) segments: &'a frames::Segments,
}

impl Scene<'_, '_> {
    /// True if this call is one that waited: it took long, or it is an `accept` that had begun
    /// before the `connect` that let it return, however soon that came.
    fn waited(&self, at: Position, call: &socklab_event::Call) -> bool {
        self.options.waited(call) || self.awaited_connect(at, call).unwrap_or(false)
    }

    fn awaited_connect(&self, at: Position, call: &socklab_event::Call) -> Option<bool> {
        let connection = self.flows.connections.get(self.flows.connection_at(at)?)?;
        let connect = self.flows.call(connection.connected?)?;
        Some(connection.accepted == Some(at) && call.began < connect.began)
    }
}

/// A copy of every event that is drawn by itself, for displays that open them.
fn events(flows: &Flows<'_>, rows: &[crate::Row]) -> BTreeMap<u64, socklab_event::Event> {
    const MOST_OF_A_FOLD: usize = 4;
    let wanted: std::collections::HashSet<u64> = rows
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
