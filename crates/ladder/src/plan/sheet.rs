//! The rows, while arrows and lifelines are still being added to them.

use socklab_flows::NumberMap;
use socklab_flows::Position;

use crate::model::Row;

/// The rows, and the row of each event.
#[derive(Debug, Default)]
pub(crate) struct Sheet {
    pub(crate) rows: Vec<Row>,
    pub(crate) origin: u64,
    /// The row in which a call begins.
    pub(crate) begins: NumberMap<Position, usize>,
    /// The row in which its result stands.
    pub(crate) ends: NumberMap<Position, usize>,
}

impl Sheet {
    /// The row of a call's result, unless that is a fold: no arrow ends in a fold, which stands for
    /// many calls at many times.
    pub(crate) fn end_of(&self, at: Position) -> Option<usize> {
        self.ends.get(&at).copied().filter(|row| self.rows[*row].band.is_none())
    }
}
