//! Where the columns stand, if they fit side by side.

use std::collections::BTreeSet;

use super::frame::Frame;
use super::wrap::width;
use crate::model::{CellKind, Participant};

/// `connect(3, 127.0.0.1:12000)` must fit in a column.
const NARROWEST: usize = 26;
/// `nobody listens there:` must fit beside the lifeline of a kernel.
const KERNEL: usize = 28;
/// Lines in wider columns are hard to follow.
const WIDEST: usize = 64;

/// The terminal columns of the ladder's lifelines and texts.
pub(super) struct Layout {
    pub(super) rails: Vec<usize>,
    /// How wide the text beside each lifeline may be.
    pub(super) rooms: Vec<usize>,
}

impl Layout {
    /// Computes the layout; `None` if the columns would be too narrow.
    pub(super) fn of(frame: &Frame<'_>) -> Option<Self> {
        let people = &frame.ladder.participants;
        let gutter = match frame.gutter.width() {
            0 => 3,
            // A heading begins left of its lifeline.
            times => times + 3,
        };
        let cells = frame.ladder.rows.iter().flat_map(|row| &row.cells);
        let reasons = cells.filter(|cell| cell.kind == CellKind::Reason);
        let explained: BTreeSet<usize> = reasons.map(|cell| cell.participant).collect();
        let outside = |(lane, one): (usize, &Participant)| {
            // What its kernel makes of a packet stands beside the lifeline.
            if one.nobody || explained.contains(&lane) {
                return KERNEL;
            }
            22.min(width(&one.name).max(width(&one.command)) + 4)
        };
        let lanes = people.iter().enumerate();
        let fixed: usize = lanes.clone().filter(|(_, one)| one.outside).map(outside).sum();
        let traced = people.iter().filter(|one| !one.outside).count();
        let room = frame.style.columns().checked_sub(gutter + fixed)?;
        let pitch = (room / traced.max(1)).min(WIDEST);
        // A single column gets the whole width.
        let pitch = if people.len() == 1 { room } else { pitch };
        if pitch < NARROWEST {
            return None;
        }
        let mut layout = Self { rails: Vec::new(), rooms: Vec::new() };
        let mut x = gutter;
        for (lane, one) in lanes {
            layout.rails.push(x);
            let pitch = if one.outside { outside((lane, one)) } else { pitch };
            layout.rooms.push(pitch - 2);
            x += pitch;
        }
        if let (Some(last), Some(rail)) = (layout.rooms.last_mut(), layout.rails.last()) {
            *last = frame.style.columns() - rail - 2;
        }
        Some(layout)
    }
}
