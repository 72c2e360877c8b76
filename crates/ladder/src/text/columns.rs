//! Columns side by side.

use super::canvas::Line;
use super::frame::Frame;
use super::layout::Layout;
use super::paint;
use super::row::Drawer;
use super::title::title;
use super::wrap::{Spans, spans_width};
use crate::label::{Label, PartKind};
use crate::model::{Rail, Row};

/// A command line takes at most about this many lines of a heading.
const HEADING: usize = 3;

/// Draws everything except the footer.
pub(super) fn draw(frame: &Frame<'_>, layout: &Layout) -> Vec<Line> {
    let mut lines = header(frame, layout);
    let mut above: &[Rail] = &[];
    for (index, row) in frame.ladder.rows.iter().enumerate() {
        let first = lines.len();
        lines.extend(silence(frame, layout, row, above));
        lines.extend(match &row.band {
            Some(band) => fold(frame, layout, (index, row), band),
            None => Drawer { frame, layout, row, index }.lines(),
        });
        lines.extend(frame.notes(row));
        lines[first..].iter_mut().for_each(|line| line.row = Some(index));
        above = &row.rails;
    }
    lines
}

fn header(frame: &Frame<'_>, layout: &Layout) -> Vec<Line> {
    let width = frame.style.columns();
    let people = frame.ladder.participants.iter().zip(&layout.rails).zip(&layout.rooms);
    let columns: Vec<(usize, Vec<Spans>)> = people
        .map(|((one, rail), room)| {
            let x = rail.saturating_sub(2);
            let room = room.saturating_sub(1).max(8);
            (x, frame.wrap(&title(one, frame, room * HEADING), room, 0))
        })
        .collect();
    let height = columns.iter().map(|(_, lines)| lines.len()).max().unwrap_or(0);
    let mut lines = Vec::new();
    for index in 0..height {
        let mut line = Line::new(width);
        for (x, wrapped) in &columns {
            // Align headings at the bottom, next to their columns.
            let first = height - wrapped.len();
            if let Some(spans) = index.checked_sub(first).and_then(|index| wrapped.get(index)) {
                line.put_spans(*x, spans, |kind| match kind {
                    PartKind::Name => paint::heading(),
                    _ => paint::aside(),
                });
            }
        }
        frame.gutter.head(&mut line, height - index);
        lines.push(line);
    }
    let mut line = Line::new(width);
    frame.gutter.head(&mut line, 0);
    for (one, x) in frame.ladder.participants.iter().zip(&layout.rails) {
        let glyph = if one.outside { frame.glyphs.outside } else { frame.glyphs.rail };
        line.put(*x, glyph, paint::rail());
    }
    lines.push(line);
    lines
}

/// What stands between two rows where nothing was recorded for long. Lifelines look as beside the row
/// above.
fn silence(frame: &Frame<'_>, layout: &Layout, row: &Row, above: &[Rail]) -> Vec<Line> {
    let x = layout.rails.first().copied().unwrap_or(3) + 2;
    let draw = |spans: &Spans| {
        let mut line = Line::new(frame.style.columns());
        for (rail, x) in above.iter().zip(&layout.rails) {
            line.put(*x, frame.glyphs.lifeline(*rail), paint::rail());
        }
        let end = line.put_spans(x, spans, |_| paint::aside());
        // Never against a lifeline.
        line.put(end, " ", paint::rail());
        line
    };
    frame.silence(row, frame.style.columns() - x).iter().map(draw).collect()
}

fn fold(
    frame: &Frame<'_>,
    layout: &Layout,
    (index, row): (usize, &Row),
    band: &Label,
) -> Vec<Line> {
    let x = layout.rails.first().copied().unwrap_or(3);
    let wrapped = frame.wrap(band, frame.style.columns() - x - 4, 0);
    let mut lines = Vec::new();
    for spans in wrapped {
        let mut line = Line::new(frame.style.columns());
        if row.decisive {
            line.put(0, frame.glyphs.decisive, paint::decisive());
        }
        if lines.is_empty() {
            frame.gutter.put(&mut line, index);
        }
        for (rail, x) in row.rails.iter().zip(&layout.rails) {
            if *rail != Rail::Ended {
                line.put(*x, frame.glyphs.fold, paint::aside());
            }
        }
        let end = x + 3 + spans_width(&spans);
        // Blank out the lifelines that the text runs over.
        line.put(
            x + 2,
            &" ".repeat((end - x - 1).min(frame.style.columns() - x - 2)),
            paint::rail(),
        );
        line.put_spans(x + 3, &spans, |_| paint::aside());
        lines.push(line);
    }
    lines
}
