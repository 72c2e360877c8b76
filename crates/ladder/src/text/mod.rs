//! The ladder as text, for a terminal.

mod canvas;
mod columns;
mod frame;
pub(crate) mod glyphs;
mod gutter;
mod layout;
mod list;
pub(crate) mod live_line;
mod paint;
pub(crate) mod row;
mod style;
mod title;
pub(crate) mod wrap;

use crate::model::Ladder;
use frame::Frame;
use glyphs::Glyphs;
use gutter::Gutter;
pub use style::TextStyle;

impl Ladder {
    /// Draws the ladder as text; every line ends in a newline.
    ///
    /// Columns stand side by side if they are wide enough; otherwise the result is a list whose
    /// lines start with the name of a participant.
    pub fn to_text(&self, style: &TextStyle) -> String {
        let glyphs = Glyphs::of(style.ascii);
        let gutter = Gutter::of(self, *style, &glyphs);
        let frame = Frame { ladder: self, style: *style, glyphs, gutter };
        let lines = match layout::Layout::of(&frame) {
            Some(layout) => columns::draw(&frame, &layout),
            None => list::draw(&frame),
        };
        let mut text = String::new();
        for line in lines.into_iter().chain(frame.footer()) {
            text.push_str(&line.finish(style.color));
            text.push('\n');
        }
        text
    }
}
