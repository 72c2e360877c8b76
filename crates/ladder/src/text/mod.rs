//! The ladder as text, for a terminal.

mod canvas;
mod columns;
pub(crate) mod glyphs;
mod list;
mod paint;
mod row;
pub(crate) mod wrap;

use crate::{Ladder, Part, PartKind};
use glyphs::Glyphs;

/// How to draw as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextStyle {
    /// Columns of the terminal. No line is longer; fewer than 40 count as 40.
    pub width: usize,
    /// Draw with ASCII only.
    pub ascii: bool,
    /// Colour with ANSI escapes. Whoever prints strips them where they are not wanted.
    pub color: bool,
    /// Write each row's time at its left.
    pub times: bool,
}

impl Default for TextStyle {
    fn default() -> Self {
        Self { width: 80, ascii: false, color: false, times: false }
    }
}

impl TextStyle {
    fn width(self) -> usize {
        self.width.max(40)
    }
}

impl Ladder {
    /// Draws the ladder as text, every line ended.
    ///
    /// Columns side by side while they have room to speak, else a list whose lines begin with
    /// the name of the column they belong to.
    pub fn to_text(&self, style: &TextStyle) -> String {
        let frame = Frame { ladder: self, style: *style, glyphs: Glyphs::of(style.ascii) };
        let lines = match columns::Layout::of(&frame) {
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

/// What every part of the drawing needs.
struct Frame<'l> {
    ladder: &'l Ladder,
    style: TextStyle,
    glyphs: Glyphs,
}

impl Frame<'_> {
    /// The sentences under a row.
    fn notes(&self, row: &crate::Row) -> Vec<canvas::Line> {
        let lines = row.notes.iter().flat_map(|note| self.paragraph(note, self.glyphs.note, 5));
        lines.collect()
    }

    fn footer(&self) -> Vec<canvas::Line> {
        if self.ladder.footer.is_empty() {
            return Vec::new();
        }
        let mut lines = vec![canvas::Line::new(self.style.width())];
        for line in &self.ladder.footer {
            lines.extend(self.paragraph(line, self.glyphs.footer, 2));
        }
        lines
    }

    /// Wrapped prose with a sign before its first line.
    fn paragraph(&self, text: &str, sign: &str, indent: usize) -> Vec<canvas::Line> {
        let width = self.style.width();
        let sign_width = wrap::width(sign) + 1;
        let parts = text.split(' ').filter(|word| !word.is_empty()).map(|word| Part {
            kind: PartKind::Plain,
            text: word.to_owned(),
            glued: false,
            data: None,
        });
        let label = crate::Label { parts: parts.collect() };
        let wrapped = self.wrap(&label, width - indent - sign_width, 0);
        let mut lines = Vec::new();
        for (index, spans) in wrapped.into_iter().enumerate() {
            let mut line = canvas::Line::new(width);
            if index == 0 {
                line.put(indent, sign, paint::aside());
            }
            line.put_spans(indent + sign_width, &spans, |_| paint::prose());
            lines.push(line);
        }
        lines
    }

    fn breaks(&self, label: &crate::Label, width: usize) -> bool {
        let room = wrap::Room { width, hang: 2, data: 60 };
        wrap::breaks(label, room, &self.ladder.words, &self.glyphs)
    }

    fn wrap(&self, label: &crate::Label, width: usize, hang: usize) -> Vec<wrap::Spans> {
        let room = wrap::Room { width, hang, data: 60 };
        wrap::wrap(label, room, &self.ladder.words, &self.glyphs)
    }
}
