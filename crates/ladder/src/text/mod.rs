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

/// A line of a ladder drawn as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TextLine {
    /// The row it belongs to, an index into [`Ladder::rows`]; `None` in the heading and the footer.
    pub row: Option<usize>,
    /// What stands there, in pieces of one style each, without trailing blanks.
    pub pieces: Vec<(String, anstyle::Style)>,
}

impl Ladder {
    /// Draws the ladder as text; every line ends in a newline.
    ///
    /// Columns stand side by side if they are wide enough; otherwise the result is a list whose
    /// lines start with the name of a participant.
    pub fn to_text(&self, style: &TextStyle) -> String {
        let mut text = String::new();
        for line in self.drawn(style) {
            text.push_str(&line.finish(style.color));
            text.push('\n');
        }
        text
    }

    /// The same in lines, for displays that scroll: each says which row it belongs to.
    pub fn to_lines(&self, style: &TextStyle) -> Vec<TextLine> {
        let lines = self.drawn(style);
        lines.iter().map(|line| TextLine { row: line.row, pieces: line.pieces() }).collect()
    }

    fn drawn(&self, style: &TextStyle) -> Vec<canvas::Line> {
        let glyphs = Glyphs::of(style.ascii);
        let gutter = Gutter::of(self, *style, &glyphs);
        let frame = Frame { ladder: self, style: *style, glyphs, gutter };
        let mut lines = match layout::Layout::of(&frame) {
            Some(layout) => columns::draw(&frame, &layout),
            None => list::draw(&frame),
        };
        lines.extend(frame.footer());
        lines
    }
}
