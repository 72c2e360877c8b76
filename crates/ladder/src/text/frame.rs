//! What all text drawings share: the ladder, the style, and how prose is wrapped.

use anstyle::Style;

use super::canvas::Line;
use super::glyphs::Glyphs;
use super::gutter::Gutter;
use super::paint;
use super::style::TextStyle;
use super::wrap::{self, Room, Spans};
use crate::label::{Label, PartKind};
use crate::model::{Ladder, NoteKind, Row};

/// What every part of a text drawing reads.
pub(super) struct Frame<'l> {
    pub(super) ladder: &'l Ladder,
    pub(super) style: TextStyle,
    pub(super) glyphs: Glyphs,
    pub(super) gutter: Gutter,
}

impl Frame<'_> {
    /// The explanations under a row.
    pub(super) fn notes(&self, row: &Row) -> Vec<Line> {
        let lines = row.notes.iter().flat_map(|note| match note.kind {
            NoteKind::Problem => {
                self.signed(&note.text, (self.glyphs.problem, paint::problem()), 5)
            }
            NoteKind::Lesson => self.paragraph(&note.text, self.glyphs.note, 5),
        });
        lines.collect()
    }

    /// What stands above a row if nothing was recorded for long before it.
    pub(super) fn silence(&self, row: &Row, room: usize) -> Vec<Spans> {
        let Some(silence) = self.ladder.silence(row) else { return Vec::new() };
        let text = format!("{} {silence}", self.glyphs.silence);
        self.wrap(&Label::prose(PartKind::Faint, &text), room, 2)
    }

    pub(super) fn footer(&self) -> Vec<Line> {
        if self.ladder.footer.is_empty() {
            return Vec::new();
        }
        let mut lines = vec![Line::new(self.style.columns())];
        for line in &self.ladder.footer {
            lines.extend(self.paragraph(line, self.glyphs.footer, 2));
        }
        lines
    }

    /// Wraps prose, with a dimmed sign before its first line.
    pub(super) fn paragraph(&self, text: &str, sign: &str, indent: usize) -> Vec<Line> {
        self.signed(text, (sign, paint::aside()), indent)
    }

    fn signed(&self, text: &str, (sign, style): (&str, Style), indent: usize) -> Vec<Line> {
        let width = self.style.columns();
        let sign_width = wrap::width(sign) + 1;
        let label = Label::prose(PartKind::Plain, text);
        let wrapped = self.wrap(&label, width - indent - sign_width, 0);
        let mut lines = Vec::new();
        for (index, spans) in wrapped.into_iter().enumerate() {
            let mut line = Line::new(width);
            if index == 0 {
                line.put(indent, sign, style);
            }
            line.put_spans(indent + sign_width, &spans, |_| paint::prose());
            lines.push(line);
        }
        lines
    }

    pub(super) fn breaks(&self, label: &Label, width: usize) -> bool {
        let room = Room { width, hang: 2, data: 60 };
        wrap::breaks(label, room, self.ladder.speaker, &self.glyphs)
    }

    pub(super) fn tears(&self, label: &Label, width: usize) -> bool {
        let room = Room { width, hang: 2, data: 60 };
        wrap::tears(label, room, self.ladder.speaker, &self.glyphs)
    }

    pub(super) fn wrap(&self, label: &Label, width: usize, hang: usize) -> Vec<Spans> {
        let room = Room { width, hang, data: 60 };
        wrap::wrap(label, room, self.ladder.speaker, &self.glyphs)
    }
}
