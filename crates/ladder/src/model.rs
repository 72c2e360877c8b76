//! The ladder itself: columns, rows and arrows, decided; displays only draw it.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Serialize;
use socklab_event::Event;
use socklab_say::Speaker;

use crate::label::{Label, Part, PartKind};

/// A client/server ladder.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Ladder {
    /// The columns, from left to right.
    pub participants: Vec<Participant>,
    /// The rows, from top to bottom.
    pub rows: Vec<Row>,
    /// The arrows between the columns.
    pub arrows: Vec<Arrow>,
    /// What one must know to trust the drawing.
    pub footer: Vec<String>,
    /// The events behind the rows, by `seq`; of a fold, only the first.
    pub events: BTreeMap<u64, Event>,
    /// The moment the rows' times count from, nanoseconds of `CLOCK_MONOTONIC`.
    pub origin: u64,
    /// Who speaks in it; displays speak the same language. Serialised as its BCP 47 tag.
    #[serde(rename = "language", serialize_with = "language_tag")]
    pub speaker: Speaker,
}

fn language_tag<S: serde::Serializer>(speaker: &Speaker, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(speaker.language().tag())
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Participant {
    /// What to call it: `client`.
    pub name: String,
    /// What it runs: `python3 TCPClient.py`; empty if that says no more than the name.
    pub command: String,
    /// True if it was not recorded, and is known only from what others did.
    pub outside: bool,
    /// The lab host it runs on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
}

/// A line of the ladder: what happened at one moment, in one column or between two.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct Row {
    /// Nanoseconds since the ladder's origin.
    pub at: u64,
    /// The events it shows, by `seq`; of a fold, all that were folded.
    pub seqs: Vec<u64>,
    /// What is said in which column; at most one cell a column.
    pub cells: Vec<Cell>,
    /// The arrow that starts here: an index into [`Ladder::arrows`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arrow: Option<usize>,
    /// A fold across all columns: many rows told in one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub band: Option<Label>,
    /// Which connection it belongs to, numbered from 0 by first appearance; for colours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connection: Option<usize>,
    /// How each column's line looks here.
    pub rails: Vec<Rail>,
    /// True if it decides a question or an expectation: drawn highlighted.
    pub decisive: bool,
    /// Sentences to stand under it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// How a column's line looks beside a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Rail {
    /// It runs.
    #[default]
    Running,
    /// It waits inside a call.
    Waiting,
    /// It has ended.
    Ended,
    /// It was not recorded.
    Outside,
}

/// What is said in one column of a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Cell {
    /// The column: an index into [`Ladder::participants`].
    pub participant: usize,
    /// Which thread or child it was, where the column has several: `t2`, `p3`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// What it says.
    pub label: Label,
    /// Of a return: the call it is the return of, for displays in which the entry is far away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<Label>,
    /// What kind of thing it is.
    pub kind: CellKind,
    /// A sign for what went wrong, or ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mark: Option<Mark>,
    /// The event it shows.
    pub seq: u64,
}

impl Cell {
    /// What it says, its tag first.
    pub(crate) fn tagged(&self) -> Label {
        let mut label = self.label.clone();
        if let Some(tag) = &self.tag {
            label.parts.insert(0, Part::new(PartKind::Number, tag));
        }
        label
    }
}

/// What kind of thing a cell shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CellKind {
    /// A call, entry to return.
    Call,
    /// The entry of a call that waits.
    Begin,
    /// The return of a call that waited.
    End,
    /// What the kernel did by itself.
    Kernel,
    /// A process's life: signals, what it prints.
    Life,
    /// A process's end.
    Exit,
}

/// What went wrong, or ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Mark {
    /// Nobody listens there.
    Refused,
    /// The other end cut the connection.
    Reset,
    /// A wait with a limit ran out.
    TimedOut,
    /// Any other error.
    Failed,
    /// EAGAIN, EINPROGRESS: not an error to a program that expects it.
    NotNow,
    /// The end of a stream.
    End,
    /// A call that never returned.
    Unfinished,
    /// A process that a signal ended.
    Killed,
}

/// An arrow from one column to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Arrow {
    /// The row it starts in.
    pub row: usize,
    /// The column it leaves.
    pub from: usize,
    /// The column it goes to.
    pub to: usize,
    /// What goes.
    pub kind: ArrowKind,
    /// What is written on it.
    pub label: Label,
    /// A number to tell it by, if a head is in another row than its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<u32>,
    /// Where it arrives. Empty: at the column, in its own row.
    pub heads: Vec<Head>,
    /// True if it never arrived.
    pub lost: bool,
}

impl Arrow {
    /// What befell it on its way, if anything: for a line under it.
    pub fn mishap(&self) -> Option<String> {
        let marks = self.label.parts.iter().filter(|part| part.kind == PartKind::Mark);
        let words: Vec<&str> = marks.map(|part| part.text.as_str()).collect();
        (!words.is_empty()).then(|| words.join(", "))
    }
}

/// The arrival of an arrow at a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Head {
    /// The row.
    pub row: usize,
    /// Which bytes of the message arrived there.
    pub bytes: Range<u64>,
    /// How many bytes the message has.
    pub of: u64,
}

/// What an arrow stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ArrowKind {
    /// A connect and its accept.
    Connect,
    /// Bytes from one call to another.
    Bytes,
    /// A close or shutdown, and the end of file it caused.
    End,
    /// A frame on the wire.
    Frame,
}

impl Ladder {
    /// The row that shows an event, or the fold it went into.
    pub fn row_of(&self, seq: u64) -> Option<usize> {
        let own = |row: &Row| row.cells.iter().any(|cell| cell.seq == seq);
        let plain = |row: &Row| row.band.is_none() && row.seqs.contains(&seq);
        self.rows
            .iter()
            .position(own)
            .or_else(|| self.rows.iter().position(plain))
            .or_else(|| self.rows.iter().position(|row| row.seqs.contains(&seq)))
    }

    /// Writes a sentence under the row that shows `seq`, and highlights the rows of `evidence`.
    /// A sentence whose event is not drawn goes to the footer.
    pub fn explain(&mut self, seq: u64, evidence: &[u64], sentence: impl Into<String>) {
        self.highlight(evidence);
        // Fluent puts marks around what it fills in, for texts that run both ways.
        let sentence = sentence.into().replace(['\u{2068}', '\u{2069}'], "");
        let sentence = crate::clean::clean(&sentence);
        match self.last_row_of(seq) {
            Some(row) if !self.rows[row].notes.contains(&sentence) => {
                self.rows[row].notes.push(sentence);
            }
            Some(_) => {}
            None => self.footer.push(sentence),
        }
    }

    /// Highlights the rows that show these events.
    pub fn highlight(&mut self, seqs: &[u64]) {
        for row in seqs.iter().filter_map(|seq| self.last_row_of(*seq)).collect::<Vec<_>>() {
            self.rows[row].decisive = true;
        }
    }

    /// Of a call drawn as entry and return, the return.
    fn last_row_of(&self, seq: u64) -> Option<usize> {
        let own = |row: &Row| row.cells.iter().any(|cell| cell.seq == seq);
        self.rows.iter().rposition(own).or_else(|| self.row_of(seq))
    }
}
