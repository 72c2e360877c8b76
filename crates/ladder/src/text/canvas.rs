//! One terminal line, which can be written to in any order.

use anstyle::Style;
use unicode_width::UnicodeWidthChar as _;

use super::wrap::Spans;
use crate::label::PartKind;

/// A line of fixed width.
#[derive(Clone, Debug)]
pub(super) struct Line {
    cells: Vec<Cell>,
    /// The row of the ladder that it belongs to, by its index.
    pub(super) row: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Cell {
    /// `None` is the right half of a wide character.
    char: Option<char>,
    style: Style,
}

const BLANK: Cell = Cell { char: Some(' '), style: Style::new() };

impl Line {
    /// An empty line.
    pub(super) fn new(width: usize) -> Self {
        Self { cells: vec![BLANK; width], row: None }
    }

    /// Writes text from column `x` on and returns the column after it. Text beyond the edge is
    /// dropped: callers measure first.
    pub(super) fn put(&mut self, x: usize, text: &str, style: Style) -> usize {
        let mut x = x;
        for char in text.chars() {
            let width = char.width().unwrap_or(0);
            if width == 0 || x + width > self.cells.len() {
                continue;
            }
            self.cells[x] = Cell { char: Some(char), style };
            for half in 1..width {
                self.cells[x + half] = Cell { char: None, style };
            }
            x += width;
        }
        x
    }

    /// Writes the spans of a wrapped label.
    pub(super) fn put_spans(
        &mut self,
        x: usize,
        spans: &Spans,
        style: impl Fn(PartKind) -> Style,
    ) -> usize {
        spans.iter().fold(x, |x, span| self.put(x, &span.text, style(span.kind)))
    }

    /// True if nothing is drawn in column `x`.
    pub(super) fn is_blank(&self, x: usize) -> bool {
        self.cells.get(x).is_some_and(|cell| cell.char == Some(' '))
    }

    /// The line in pieces of one style each, without trailing blanks.
    pub(super) fn pieces(&self) -> Vec<(String, Style)> {
        let blank = |cell: &Cell| cell.char == Some(' ');
        let end = self.cells.iter().rposition(|cell| !blank(cell)).map_or(0, |last| last + 1);
        let mut pieces: Vec<(String, Style)> = Vec::new();
        for cell in &self.cells[..end] {
            let Some(char) = cell.char else { continue };
            match pieces.last_mut() {
                Some((text, style)) if *style == cell.style => text.push(char),
                _ => pieces.push((char.to_string(), cell.style)),
            }
        }
        pieces
    }

    /// The line as a string, without trailing blanks.
    pub(super) fn finish(&self, color: bool) -> String {
        let blank = |cell: &Cell| cell.char == Some(' ');
        let end = self.cells.iter().rposition(|cell| !blank(cell)).map_or(0, |last| last + 1);
        let mut text = String::with_capacity(end + 16);
        let mut current = Style::new();
        for cell in &self.cells[..end] {
            let Some(char) = cell.char else { continue };
            if color && cell.style != current {
                text.push_str(&format!("{current:#}{}", cell.style));
                current = cell.style;
            }
            text.push(char);
        }
        if color {
            text.push_str(&format!("{current:#}"));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_characters_take_two_columns_and_never_pass_the_edge() {
        let mut line = Line::new(5);
        assert_eq!(line.put(0, "日本語", Style::new()), 4);
        assert_eq!(line.finish(false), "日本");
        assert!(line.is_blank(4) && !line.is_blank(3));
    }
}
