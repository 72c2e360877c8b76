//! The ladder and its rows in words: for screen readers, tooltips, headings and the descriptions of
//! pictures. Calls are written as in the drawing; what the drawing says with signs and arrows is said
//! with words.

use socklab_say::{count, say};

use crate::label::{Data, Label, Part, PartKind};
use crate::model::{Arrow, ArrowKind, Cell, CellKind, Ladder, Note, NoteKind, Participant, Row};
use crate::svg::xml::Attribute;
use crate::times::Times;

/// At most this many characters of data are said; the details have all of it.
pub(crate) const DATA: usize = 60;

impl Ladder {
    /// Every row as sentences with its explanations, in the order of the drawing.
    pub fn in_words(&self) -> impl Iterator<Item = String> + '_ {
        self.rows.iter().map(|row| {
            let notes = row.notes.iter().map(|note| note.text.clone());
            std::iter::once(self.dated(row)).chain(notes).collect::<Vec<_>>().join(" ")
        })
    }

    /// A row as sentences, with its time and whether it is evidence.
    pub(crate) fn dated(&self, row: &Row) -> String {
        let mut said = self.spoken(row);
        if let Some(silence) = self.silence(row) {
            said.insert_str(0, &format!("({silence}.) "));
        }
        let key =
            if matches!(self.times, Times::OfDay(_)) { "ladder-at-clock" } else { "ladder-at" };
        let time = self.time(row, false);
        if !time.is_empty() {
            said.push(' ');
            said.push_str(&say!(self.speaker, key, time = time));
        }
        if row.decisive {
            said.push(' ');
            said.push_str(&say!(self.speaker, "ladder-evidence"));
        }
        said
    }

    /// A row as sentences.
    pub fn spoken(&self, row: &Row) -> String {
        let arrow = row.arrow.map(|arrow| &self.arrows[arrow]);
        let mut said: Vec<String> = Vec::new();
        if let Some(band) = &row.band {
            let what = band.brief(DATA, self.speaker);
            said.push(say!(self.speaker, "ladder-folded-here", what = what));
        }
        // Of two cells, the one that the arrow leaves comes first.
        let leaves = |cell: &&Cell| arrow.is_some_and(|arrow| arrow.from == cell.participant);
        let arrives = |cell: &&Cell| arrow.is_some_and(|arrow| arrow.to == cell.participant);
        let (reasons, calls): (Vec<&Cell>, Vec<&Cell>) =
            row.cells.iter().partition(|cell| cell.kind == CellKind::Reason);
        let (whys, remarks): (Vec<&Cell>, Vec<&Cell>) = reasons.into_iter().partition(leaves);
        let reason = |cell: &Cell| {
            let text = self.call(cell);
            format!("{}: {}", self.who(cell), text.trim_end_matches(':'))
        };
        said.extend(whys.into_iter().map(reason));
        let (from, others): (Vec<&Cell>, Vec<&Cell>) = calls.into_iter().partition(leaves);
        if let Some(arrow) = arrow.filter(|_| from.is_empty()) {
            said.extend(self.arriving(arrow));
        }
        for cell in from {
            let onward = arrow.map(|arrow| self.onward(arrow, row)).unwrap_or_default();
            said.push(format!("{}: {}{onward}", self.who(cell), self.call(cell)));
        }
        for cell in others {
            let (to, call) = (self.who(cell), self.call(cell));
            let came = arrow.filter(|arrow| arrives(&cell) && self.leaves_here(arrow, row));
            said.push(match came.map(|arrow| arrow.kind) {
                Some(ArrowKind::Frame) if arrow.is_some_and(Arrow::says_more) => {
                    say!(self.speaker, "packet-reaches", to = to, call = call)
                }
                Some(ArrowKind::Connect) => {
                    say!(self.speaker, "ladder-accepts-it", to = to, call = call)
                }
                Some(ArrowKind::End) => {
                    say!(self.speaker, "ladder-sees-the-end", to = to, call = call)
                }
                Some(_) => say!(self.speaker, "ladder-receives-it", to = to, call = call),
                None => format!("{to}: {call}"),
            });
        }
        said.extend(remarks.into_iter().map(reason));
        let told = usize::from(arrow.is_some_and(|arrow| why(row, arrow)));
        if let (Some(arrow), Some(first)) = (arrow, said.get_mut(told)) {
            let inferred = arrow.inferred.then(|| say!(self.speaker, "ladder-inferred"));
            for aside in arrow.mishap().into_iter().chain(inferred) {
                *first = format!("{first}, {aside}");
            }
        }
        if said.is_empty() {
            said.push(say!(self.speaker, "ladder-event"));
        }
        let ends = |text: &String| text.ends_with(['.', '…', '?']);
        let sentences =
            said.iter().map(|text| if ends(text) { text.clone() } else { format!("{text}.") });
        sentences.collect::<Vec<_>>().join(" ")
    }

    /// The names of the columns, in one line.
    pub(crate) fn name(&self) -> String {
        let names: Vec<&str> = self.participants.iter().map(|one| one.name.as_str()).collect();
        if names.is_empty() { "socklab".to_owned() } else { names.join(" · ") }
    }

    /// The title of the ladder's page or picture: who took part, and what is told of them.
    pub(crate) fn page_title(&self, title: &str) -> String {
        let names = if title.is_empty() { self.name() } else { title.to_owned() };
        say!(self.speaker, "ladder-page-title", names = names)
    }

    /// What the drawing contains.
    pub(crate) fn summary(&self) -> String {
        let columns: Vec<String> = self.participants.iter().map(|one| one.in_words()).collect();
        let (columns, rows) = (columns.join(", "), count(self.rows.len()));
        say!(self.speaker, "ladder-summary", columns = columns, rows = rows)
    }

    fn who(&self, cell: &Cell) -> String {
        let name = &self.participants[cell.participant].name;
        cell.tag.as_ref().map_or_else(|| name.clone(), |tag| format!("{name}, {tag}"))
    }

    fn call(&self, cell: &Cell) -> String {
        let mut label = cell.entry.clone().unwrap_or_default();
        label.parts.extend(cell.label.parts.iter().cloned());
        let said = label.spoken(self);
        match &cell.line {
            Some(line) => format!("{said}, {}", say!(self.speaker, "ladder-at-line", line = line)),
            None => said,
        }
    }

    fn leaves_here(&self, arrow: &Arrow, row: &Row) -> bool {
        arrow.kind == ArrowKind::Frame
            || row.cells.iter().any(|cell| cell.participant == arrow.from)
    }

    /// Where an arrow goes that leaves a cell, unless the other end stands in the same row.
    fn onward(&self, arrow: &Arrow, row: &Row) -> String {
        let number = arrow.number.map(|number| say!(self.speaker, "ladder-message", n = number));
        let calls = row.cells.iter().filter(|cell| cell.kind != CellKind::Reason);
        let here = calls.into_iter().any(|cell| cell.participant == arrow.to);
        let name = &self.participants[arrow.to].name;
        if arrow.says_more() {
            let what = self.packet(arrow);
            return format!(", {}", say!(self.speaker, "packet-sends", what = what, to = name));
        }
        let to = (!here).then(|| say!(self.speaker, "ladder-to", address = name));
        let words: Vec<String> = number.into_iter().chain(to).collect();
        if words.is_empty() { String::new() } else { format!(", {}", words.join(" ")) }
    }

    /// What a packet is.
    fn packet(&self, arrow: &Arrow) -> String {
        let mut label = arrow.label.clone();
        label.parts.retain(|part| part.kind != PartKind::Mark);
        label.spoken(self)
    }

    /// What an arrow brings that does not leave a cell of its row: a packet, or something from
    /// outside.
    fn arriving(&self, arrow: &Arrow) -> Option<String> {
        let [from, to] = [arrow.from, arrow.to].map(|lane| &self.participants[lane].name);
        match arrow.kind {
            ArrowKind::Frame => {
                let what = self.packet(arrow);
                Some(say!(self.speaker, "ladder-packet-goes", from = from, to = to, what = what))
            }
            _ => Some(say!(self.speaker, "ladder-comes-from", from = from)),
        }
    }
}

/// True if a reason precedes the arrow.
fn why(row: &Row, arrow: &Arrow) -> bool {
    let mut reasons = row.cells.iter().filter(|cell| cell.kind == CellKind::Reason);
    reasons.any(|cell| cell.participant == arrow.from)
}

impl Row {
    /// The problems explained under the row, each with the id of its sentence on the page.
    pub(crate) fn problems(&self, index: usize) -> impl Iterator<Item = (String, &Note)> {
        let problems = self.notes.iter().filter(|note| note.kind == NoteKind::Problem);
        problems.enumerate().map(move |(number, note)| (format!("note-{index}-{number}"), note))
    }

    /// The attribute that ties a row to the explanations of what went wrong there.
    pub(crate) fn described_by(&self, index: usize) -> Option<Attribute> {
        let ids: Vec<String> = self.problems(index).map(|(id, _)| id).collect();
        (!ids.is_empty()).then(|| ("aria-describedby", ids.join(" ")))
    }
}

impl Participant {
    fn in_words(&self) -> String {
        match self.command.is_empty() {
            true => self.name.clone(),
            false => format!("{} ({})", self.name, self.command),
        }
    }
}

impl Label {
    /// The text without the signs that a screen reader would spell out or leave out.
    fn spoken(&self, ladder: &Ladder) -> String {
        let mut said = String::new();
        for part in &self.parts {
            let (pause, text) = part.spoken(ladder);
            if !part.glued && !said.is_empty() {
                said.push_str(if pause && !part.goes_on { ", " } else { " " });
            }
            said.push_str(&text);
        }
        said
    }
}

impl Part {
    /// The text, and whether there is a pause before it.
    fn spoken(&self, ladder: &Ladder) -> (bool, String) {
        let speaker = ladder.speaker;
        let text = self.text.as_str();
        if let Some(data) = self.data {
            let quoted = Self { data: Some(Data { say_total: false, ..data }), ..self.clone() };
            let quoted = quoted.shortened(DATA, speaker);
            if !data.say_total {
                return (true, quoted);
            }
            return (true, say!(speaker, "ladder-data", data = quoted, n = count(data.total)));
        }
        let sign = text.split_once(' ').filter(|(sign, _)| sign.chars().count() == 1);
        match sign {
            Some(("=", value)) => (false, say!(speaker, "ladder-returns", value = value)),
            Some(("→", address)) => (false, say!(speaker, "ladder-gets", address = address)),
            Some(("⚡", signal)) => (false, say!(speaker, "ladder-gets-signal", signal = signal)),
            Some(("✗", error)) if is_name(error) => {
                (false, say!(speaker, "ladder-fails", error = error))
            }
            Some(("┄", error)) if is_name(error) => {
                (false, say!(speaker, "ladder-returns", value = error))
            }
            Some(("✗" | "┄" | "↳" | "·", words)) => (true, words.to_owned()),
            _ if text.starts_with('<') && self.kind == PartKind::Faint => {
                let time = text.trim_matches(['<', '>']);
                (true, say!(speaker, "ladder-waited", time = time))
            }
            Some(("◂", what)) => (
                true,
                say!(speaker, "ladder-from-message", what = digits(what).trim_end_matches(',')),
            ),
            _ if self.kind == PartKind::Number => {
                (true, say!(speaker, "ladder-message", n = digits(text)))
            }
            _ => (
                matches!(self.kind, PartKind::Mark | PartKind::Wait | PartKind::Result),
                text.to_owned(),
            ),
        }
    }
}

/// True for the name of an error: `ECONNREFUSED`.
fn is_name(text: &str) -> bool {
    text.starts_with('E')
        && text.chars().all(|char| char.is_ascii_uppercase() || char.is_ascii_digit())
}

/// A text whose circled numbers are written with digits, and with pauses: `②③` is `2, 3`.
fn digits(text: &str) -> String {
    let mut said = String::new();
    let mut circled_before = false;
    for char in text.chars() {
        let number = u32::from(char).checked_sub(0x2460).filter(|index| *index < 20);
        match char {
            _ if number.is_some() && circled_before => said.push_str(", "),
            ' ' if circled_before => said.push(','),
            _ => {}
        }
        match number {
            Some(index) => said.push_str(&(index + 1).to_string()),
            None => said.push(char),
        }
        circled_before = number.is_some();
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn circled_numbers_are_said_as_numbers() {
        assert_eq!(digits("②③"), "2, 3");
        assert_eq!(digits("② bytes 17–33 of 33, ③"), "2, bytes 17–33 of 33, 3");
    }
}
