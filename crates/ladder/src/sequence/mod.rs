//! The ladder as a sequence diagram, in the languages in which documents keep those: Mermaid and
//! PlantUML. Both draw steps one below the other, so what stands beside an arrow becomes its caption or
//! a note.

mod mermaid;
mod plantuml;

use crate::label::{Label, PartKind, circled};
use crate::model::{Arrow, ArrowKind, Cell, CellKind, Ladder, NoteKind, Row};
use crate::spoken::DATA;

/// Texts are broken into lines of about so many characters: Mermaid makes no note between two columns
/// wider than what is between them.
const LINE: usize = 44;

/// What is drawn, from top to bottom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// An arrow between two columns.
    Arrow { from: usize, to: usize, text: Vec<String>, dashed: bool, lost: bool },
    /// A note over one column, or over all from one to another.
    Note { from: usize, to: usize, text: Vec<String>, kind: Remark },
    /// A column begins to wait in a call.
    Waits(usize),
    /// It goes on.
    GoesOn(usize),
}

/// What a note is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Remark {
    /// A call, or something else that happened in a column.
    Event,
    /// What became of the arrow above.
    Fate,
    /// Rows that were folded.
    Fold,
    /// Something failed or hangs.
    Problem,
    /// Worth knowing.
    Lesson,
    /// What the drawing leaves out.
    Footer,
}

/// What a column is called in the source of a diagram.
fn lane(index: usize) -> String {
    format!("p{}", index + 1)
}

/// A text of several lines; an arrow needs some text.
fn joined(text: &[String], between: &str, shown: fn(&str) -> String) -> String {
    let lines: Vec<String> = text.iter().map(|line| shown(line)).collect();
    if lines.is_empty() { "…".to_owned() } else { lines.join(between) }
}

impl Ladder {
    /// The names of the columns; one that stands for nobody if there is none.
    pub(crate) fn lanes(&self) -> Vec<(String, bool)> {
        let lanes = self.participants.iter().map(|one| (one.name.clone(), one.outside));
        let mut lanes: Vec<_> = lanes.collect();
        if lanes.is_empty() {
            lanes.push((self.name(), true));
        }
        lanes
    }

    /// The steps of a sequence diagram.
    pub(crate) fn steps(&self) -> Vec<Step> {
        let last = self.participants.len().saturating_sub(1);
        let mut steps = Steps { ladder: self, last, all: Vec::new(), waiting: vec![0; last + 1] };
        self.rows.iter().for_each(|row| steps.row(row));
        for lane in 0..=last {
            for _ in 0..std::mem::take(&mut steps.waiting[lane]) {
                steps.all.push(Step::GoesOn(lane));
            }
        }
        for line in &self.footer {
            steps.note(0, last, line, Remark::Footer);
        }
        steps.all
    }
}

struct Steps<'l> {
    ladder: &'l Ladder,
    /// The last column.
    last: usize,
    all: Vec<Step>,
    /// In how many calls each column waits: one of several threads may go on.
    waiting: Vec<usize>,
}

impl Steps<'_> {
    fn row(&mut self, row: &Row) {
        if let Some(band) = &row.band {
            let text = band.brief(DATA, self.ladder.speaker);
            self.note(0, self.last, &text, Remark::Fold);
        }
        match row.arrow.map(|index| &self.ladder.arrows[index]) {
            Some(arrow) => self.arrow(row, arrow),
            None => row.cells.iter().for_each(|cell| self.event(cell)),
        }
        let ends = row.arrow.map(|index| &self.ladder.arrows[index]);
        let ends = ends.map(|arrow| (arrow.from.min(arrow.to), arrow.from.max(arrow.to)));
        let lane = row.cells.first().map(|cell| (cell.participant, cell.participant));
        let (from, to) = ends.or(lane).unwrap_or((0, self.last));
        for note in &row.notes {
            let kind = match note.kind {
                NoteKind::Problem => Remark::Problem,
                NoteKind::Lesson => Remark::Lesson,
            };
            self.note(from, to, &note.text, kind);
        }
    }

    /// An arrow, with the calls that it leaves and reaches.
    fn arrow(&mut self, row: &Row, arrow: &Arrow) {
        let speaker = self.ladder.speaker;
        let is_call = |cell: &&Cell| cell.kind != CellKind::Reason;
        let at = |lane: usize| move |cell: &&Cell| is_call(cell) && cell.participant == lane;
        let sends: Vec<&Cell> = row.cells.iter().filter(at(arrow.from)).collect();
        let takes = arrow.to != arrow.from;
        let takes: Vec<&Cell> = row.cells.iter().filter(|_| takes).filter(at(arrow.to)).collect();
        let is_packet = arrow.kind == ArrowKind::Frame;
        let (before, behind): (Vec<&Cell>, Vec<&Cell>) = row
            .cells
            .iter()
            .filter(|cell| cell.kind == CellKind::Reason || !at(arrow.to)(cell))
            .partition(|cell| cell.participant == arrow.from);
        for cell in before.into_iter().filter(|cell| is_packet || !is_call(cell)) {
            self.event(cell);
        }
        let mut caption = arrow.label.clone();
        caption.parts.retain(|part| part.kind != PartKind::Mark);
        let caption = caption.brief(DATA, speaker);
        let text = if is_packet {
            caption
        } else {
            let calls: Vec<String> =
                sends.iter().chain(&takes).map(|cell| self.call(cell)).collect();
            match calls.is_empty() {
                true => caption,
                false => calls.join(" → "),
            }
        };
        let number = arrow.number.map(|number| format!("{} ", circled(number)));
        let doubt = if arrow.inferred { " (?)" } else { "" };
        let text = format!("{}{text}{doubt}", number.unwrap_or_default());
        self.all.push(Step::Arrow {
            from: arrow.from,
            to: arrow.to,
            text: broken(&text),
            dashed: arrow.inferred || arrow.under_way,
            lost: arrow.lost,
        });
        if let Some(fate) = arrow.note() {
            let (from, to) = (arrow.from.min(arrow.to), arrow.from.max(arrow.to));
            self.note(from, to, &fate, Remark::Fate);
        }
        if is_packet {
            takes.iter().for_each(|cell| self.event(cell));
        } else {
            sends.iter().chain(&takes).for_each(|cell| self.wait(cell));
        }
        behind.into_iter().for_each(|cell| self.event(cell));
    }

    /// A note with what happened in a column.
    fn event(&mut self, cell: &Cell) {
        let text = self.call(cell);
        self.note(cell.participant, cell.participant, &text, Remark::Event);
        self.wait(cell);
    }

    fn wait(&mut self, cell: &Cell) {
        let lane = cell.participant;
        match cell.kind {
            CellKind::Begin => {
                self.waiting[lane] += 1;
                self.all.push(Step::Waits(lane));
            }
            CellKind::End if self.waiting[lane] > 0 => {
                self.waiting[lane] -= 1;
                self.all.push(Step::GoesOn(lane));
            }
            _ => {}
        }
    }

    fn note(&mut self, from: usize, to: usize, text: &str, kind: Remark) {
        self.all.push(Step::Note { from, to, text: broken(text), kind });
    }

    /// The text of a cell; of a return, with the call.
    fn call(&self, cell: &Cell) -> String {
        let own = cell.tagged();
        let mut label: Label = cell.entry.clone().unwrap_or_default();
        label.parts.extend(own.parts);
        label.brief(DATA, self.ladder.speaker)
    }
}

/// A text in lines: broken at blanks.
fn broken(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut length = LINE;
    for word in text.split([' ', '\n']).filter(|word| !word.is_empty()) {
        let width = word.chars().count();
        match lines.last_mut() {
            Some(line) if length + 1 + width <= LINE => {
                line.push(' ');
                line.push_str(word);
                length += 1 + width;
            }
            _ => {
                lines.push(word.to_owned());
                length = width;
            }
        }
    }
    lines
}

/// A text in which every character that could mean something is written as `coded` writes it: all but
/// letters, digits, blanks and the punctuation in `harmless`.
pub(crate) fn escaped(text: &str, harmless: &str, coded: impl Fn(u32) -> String) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        let plain = char.is_ascii_alphanumeric()
            || harmless.contains(char)
            || !char.is_ascii() && !socklab_say::is_unsafe(char);
        match plain {
            true => out.push(char),
            false => out.push_str(&coded(u32::from(char))),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_broken_at_blanks_and_nothing_is_lost() {
        assert!(broken("").is_empty());
        assert_eq!(broken("one  two\nthree"), ["one two three"]);
        let text = "word ".repeat(30);
        let lines = broken(&text);
        assert!(lines.len() > 1 && lines.iter().all(|line| line.len() <= LINE));
        assert_eq!(lines.join(" "), text.trim_end());
        assert_eq!(broken(&"x".repeat(200)).len(), 1, "a word is never cut");
    }
}
