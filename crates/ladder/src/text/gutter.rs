//! The columns of times at the left edge, as wide as their texts. Where they would leave too little for
//! the ladder itself, the last one is left out.

use super::canvas::Line;
use super::glyphs::Glyphs;
use super::paint;
use super::style::TextStyle;
use super::wrap::width;
use crate::model::Ladder;

/// Between the marker of a decisive row at the very edge, the columns, and the first lifeline.
const GAP: usize = 1;

/// The columns of times.
pub(super) struct Gutter {
    columns: Vec<Column>,
}

struct Column {
    /// What stands in the heading, in lines that end right above the rows.
    above: Vec<String>,
    /// The text beside each row.
    rows: Vec<String>,
    width: usize,
}

impl Gutter {
    pub(super) fn of(ladder: &Ladder, style: TextStyle, glyphs: &Glyphs) -> Self {
        let mut columns = Vec::new();
        if style.times && ladder.times != crate::Times::None {
            let rows = ladder.rows.iter().map(|row| ladder.time(row, true)).collect();
            columns.push(Column::of(ladder.above_times(), rows, glyphs));
        }
        if style.since_previous {
            let rows = (0..ladder.rows.len()).map(|index| ladder.since_above(index)).collect();
            columns.push(Column::of(vec![ladder.above_since()], rows, glyphs));
        }
        // Of an empty ladder there are no times.
        columns.retain(|column| !column.rows.is_empty());
        let mut gutter = Self { columns };
        while gutter.width() > style.columns() * 2 / 5 {
            gutter.columns.pop();
        }
        gutter
    }

    /// How many terminal columns they take.
    pub(super) fn width(&self) -> usize {
        self.columns.iter().map(|column| column.width + GAP).sum()
    }

    /// Writes the times of a row.
    pub(super) fn put(&self, line: &mut Line, row: usize) {
        self.write(line, |column| column.rows.get(row));
    }

    /// Writes what belongs into a line of the heading, of which `below` follow.
    pub(super) fn head(&self, line: &mut Line, below: usize) {
        self.write(line, |column| {
            column.above.len().checked_sub(below + 1).and_then(|index| column.above.get(index))
        });
    }

    fn write<'c>(&'c self, line: &mut Line, text: impl Fn(&'c Column) -> Option<&'c String>) {
        let mut x = GAP;
        for column in &self.columns {
            if let Some(text) = text(column) {
                line.put(x + column.width.saturating_sub(width(text)), text, paint::aside());
            }
            x += column.width + GAP;
        }
    }
}

impl Column {
    fn of(above: Vec<String>, rows: Vec<String>, glyphs: &Glyphs) -> Self {
        let spell = |texts: Vec<String>| -> Vec<String> {
            texts.iter().map(|text| glyphs.spell(text)).collect()
        };
        let (above, rows) = (spell(above), spell(rows));
        let width = above.iter().chain(&rows).map(|text| width(text)).max().unwrap_or(0);
        Self { above, rows, width }
    }
}
