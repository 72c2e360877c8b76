//! Where the columns stand, if they fit side by side.

use super::frame::Frame;
use super::wrap::width;
use crate::model::Participant;

/// `connect(3, 127.0.0.1:12000)` must fit in a column.
const NARROWEST: usize = 26;
/// `nobody listens there:` must fit beside the lifeline of an address at which no program is.
const NOBODY: usize = 28;
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
        let gutter = if frame.style.times { 12 } else { 3 };
        let outside = |one: &Participant| match one.nobody {
            // What its kernel makes of a packet stands beside the lifeline.
            true => NOBODY,
            false => 22.min(width(&one.name).max(width(&one.command)) + 4),
        };
        let fixed: usize = people.iter().filter(|one| one.outside).map(outside).sum();
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
        for one in people {
            layout.rails.push(x);
            let pitch = if one.outside { outside(one) } else { pitch };
            layout.rooms.push(pitch - 2);
            x += pitch;
        }
        if let (Some(last), Some(rail)) = (layout.rooms.last_mut(), layout.rails.last()) {
            *last = frame.style.columns() - rail - 2;
        }
        Some(layout)
    }
}
