//! The ladder: columns, rows and arrows. Everything is decided here; displays only draw it.
//!
//! A little longer than 400 lines, because the displays need all of these words at once.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use serde::Serialize;
use socklab_event::Event;
use socklab_filter::Subject;
use socklab_say::{Speaker, clean};

use crate::label::{Label, Part, PartKind};
use crate::times::Times;

/// A client/server ladder diagram.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Ladder {
    /// The columns, from left to right.
    pub participants: Vec<Participant>,
    /// The rows, from top to bottom.
    pub rows: Vec<Row>,
    /// The arrows between the columns.
    pub arrows: Vec<Arrow>,
    /// What the drawing leaves out or does not know, one sentence per line.
    pub footer: Vec<String>,
    /// The events behind the rows, by `seq`; for a fold, only the first few.
    pub events: BTreeMap<u64, Event>,
    /// Everything about the packets among these events, by `seq`.
    pub packets: BTreeMap<u64, Packet>,
    /// What the messages in these events say in the protocol that they belong to, by `seq`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub decoded: BTreeMap<u64, Vec<Fact>>,
    /// What the events of each row can be searched for, by `seq`; of rows with many events, the first
    /// few.
    #[serde(skip)]
    pub(crate) subjects: BTreeMap<u64, Subject<'static>>,
    /// Time zero of the rows, in nanoseconds of `CLOCK_MONOTONIC`.
    pub origin: u64,
    /// What the times beside the rows are.
    pub times: Times,
    /// The speaker whose language the labels are in; displays use it too. Serialised as its BCP 47
    /// tag.
    #[serde(rename = "language", serialize_with = "language_tag")]
    pub speaker: Speaker,
    /// Whether the reader can have everything drawn with `--all`.
    #[serde(skip)]
    pub offers_all: bool,
}

fn is_zero(number: &usize) -> bool {
    *number == 0
}

fn language_tag<S: serde::Serializer>(speaker: &Speaker, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(speaker.language().tag())
}

/// A column: a program, one side of it, or a peer outside the recording.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Participant {
    /// Its name: `client`.
    pub name: String,
    /// Its command line: `python3 TCPClient.py`. Empty if it equals the name.
    pub command: String,
    /// True if it was not recorded and is known only from its peers' calls and packets.
    pub outside: bool,
    /// True if no program is behind it: an address at which only a kernel answers. Such a column is
    /// also [`outside`](Self::outside).
    pub nobody: bool,
    /// The lab host it runs on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
}

/// A row: what happened at one moment, in one column or between two.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct Row {
    /// Nanoseconds since the ladder's origin.
    pub at: u64,
    /// For a fold, or a call that stands for many, when the last of its events ended; as `at`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<u64>,
    /// How long nothing was recorded between the row above and this one, in nanoseconds, if that is
    /// long compared to the rest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub silence: Option<u64>,
    /// The events it shows, by `seq`; for a fold, all that were folded.
    pub seqs: Vec<u64>,
    /// The texts in the columns, at most one per column.
    pub cells: Vec<Cell>,
    /// The arrow that starts here, an index into [`Ladder::arrows`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arrow: Option<usize>,
    /// The text of a fold, which stands for many rows and spans all columns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub band: Option<Label>,
    /// For a fold, the first of the rows it stands for; [`Row::seqs`] has all events.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub folded: Vec<Folded>,
    /// For a fold, how many of its events are packets.
    #[serde(skip_serializing_if = "is_zero")]
    pub packets: usize,
    /// The connection it belongs to, numbered from 0 in order of appearance; displays choose a
    /// colour by it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connection: Option<usize>,
    /// How each lifeline looks beside this row.
    pub rails: Vec<Rail>,
    /// True if it is evidence: displays highlight it.
    pub decisive: bool,
    /// Explanations, which stand under the row.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Note>,
}

/// A call that a fold stands for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Folded {
    /// Nanoseconds since the ladder's origin.
    pub at: u64,
    /// The name of its column, which may not be drawn.
    pub who: String,
    /// The text.
    pub label: Label,
    /// Set if something failed or ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mark: Option<Mark>,
    /// The event.
    pub seq: u64,
}

/// Everything about a packet, in the reader's language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Packet {
    /// What it is, its fate, its causes and effects, and its headers, in the order of interest.
    pub facts: Vec<Fact>,
}

/// A fact about a packet or a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Fact {
    /// What it is about: `window`.
    pub name: String,
    /// The fact.
    pub value: String,
    /// True if it is bad news.
    pub wrong: bool,
    /// The events that it speaks of, by `seq`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub seqs: Vec<u64>,
}

/// An explanation under a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Note {
    /// Whether something went wrong there.
    pub kind: NoteKind,
    /// The sentences.
    pub text: String,
}

/// What an explanation is about. Displays mark the two differently: a lesson must not look like a
/// mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum NoteKind {
    /// Something failed or hangs.
    Problem,
    /// Nothing is wrong: it is merely worth knowing.
    Lesson,
}

/// How a lifeline looks beside a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Rail {
    /// The process runs.
    #[default]
    Running,
    /// The process waits in a call.
    Waiting,
    /// The process has ended.
    Ended,
    /// The peer was not recorded.
    Outside,
    /// The program has ended, and its kernel goes on with its connections.
    Kernel,
}

/// The text in one column of a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Cell {
    /// The column, an index into [`Ladder::participants`].
    pub participant: usize,
    /// The thread or child process, if the column has several: `t2`, `p3`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// The text.
    pub label: Label,
    /// For the return of a call: the call itself, for displays where the entry is far away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<Label>,
    /// What it shows.
    pub kind: CellKind,
    /// Set if something failed or ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mark: Option<Mark>,
    /// The line of source that made the call: `server.py:12`. Displays leave it out first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<String>,
    /// The event it shows.
    pub seq: u64,
}

impl Cell {
    /// The text, preceded by the tag. No line ends between the two.
    pub(crate) fn tagged(&self) -> Label {
        let mut label = self.label.clone();
        if let Some(tag) = &self.tag {
            let gap = if label.is_empty() { "" } else { " " };
            if let Some(first) = label.parts.first_mut() {
                first.glued = true;
            }
            label.parts.insert(0, Part::new(PartKind::Number, format!("{tag}{gap}")));
        }
        label
    }
}

/// What a cell shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CellKind {
    /// A call, from entry to return.
    Call,
    /// The entry of a call that waits.
    Begin,
    /// The return of a call that waited.
    End,
    /// Something the kernel did by itself.
    Kernel,
    /// Something else about a process: a signal, output.
    Process,
    /// The end of a process.
    Exit,
    /// Why the kernel sent the packet of this row, which no call set off; or what it makes of the
    /// one that arrived.
    Reason,
}

/// What failed or ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Mark {
    /// ECONNREFUSED: nobody listens there.
    Refused,
    /// ECONNRESET: the peer reset the connection.
    Reset,
    /// A timeout expired.
    TimedOut,
    /// Any other error.
    Failed,
    /// EAGAIN or EINPROGRESS, which are no errors to a program that expects them.
    NotNow,
    /// The end of a stream.
    End,
    /// A call that never returned.
    Unfinished,
    /// A signal ended the process.
    Killed,
}

impl Mark {
    /// True if something went wrong, and not merely ended or has to wait.
    pub(crate) fn is_wrong(self) -> bool {
        !matches!(self, Self::End | Self::NotNow | Self::Unfinished)
    }
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
    /// What it stands for.
    pub kind: ArrowKind,
    /// The caption.
    pub label: Label,
    /// A number that identifies it, set if a head is in another row than the tail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<u32>,
    /// Where it arrives. If empty, it ends at the lifeline, in its own row.
    pub heads: Vec<Head>,
    /// True if it never arrived, as long as this was recorded.
    pub lost: bool,
    /// True if it was still on its way then: it may have arrived later.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub under_way: bool,
    /// True if what happened to it is what the note under an arrow before it says: drawings don't
    /// say it again.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub noted: bool,
    /// True if it was not seen which call belongs to which: several would fit, and the likeliest
    /// was chosen.
    pub inferred: bool,
}

impl Arrow {
    /// True if the caption says more than the call that it leaves: which packet this is, and not
    /// only its data.
    pub(crate) fn says_more(&self) -> bool {
        let mut parts = self.label.parts.iter().filter(|part| part.kind != PartKind::Mark);
        self.kind == ArrowKind::Frame && parts.any(|part| part.data.is_none())
    }

    /// True for a packet that arrives in a row of its own.
    pub(crate) fn arrives_later(&self) -> bool {
        self.kind == ArrowKind::Frame && self.heads.iter().any(|head| head.row != self.row)
    }

    /// True if it does not reach the other column in the row that it starts in.
    pub(crate) fn stops(&self) -> bool {
        self.lost || self.arrives_later()
    }

    /// What happened to it on its way, if a drawing says so under the arrow.
    pub fn note(&self) -> Option<String> {
        self.mishap().filter(|_| !self.noted)
    }

    /// What happened to it on its way, if anything.
    pub fn mishap(&self) -> Option<String> {
        let marks = self.label.parts.iter().filter(|part| part.kind == PartKind::Mark);
        let words: Vec<&str> = marks.map(|part| part.text.as_str()).collect();
        (!words.is_empty()).then(|| words.join(", "))
    }
}

/// Where an arrow arrives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Head {
    /// The row.
    pub row: usize,
    /// The bytes of the message that arrived there.
    pub bytes: Range<u64>,
    /// The length of the message in bytes.
    pub of: u64,
}

/// What an arrow stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ArrowKind {
    /// From a connect to its accept.
    Connect,
    /// Bytes from one call to another.
    Bytes,
    /// From a close or shutdown to the end of stream it caused.
    End,
    /// A frame on the wire.
    Frame,
}

impl Ladder {
    /// The row that shows an event, or the fold that contains it.
    pub fn row_of(&self, seq: u64) -> Option<usize> {
        let own = |row: &Row| row.cells.iter().any(|cell| cell.seq == seq);
        let plain = |row: &Row| row.band.is_none() && row.seqs.contains(&seq);
        self.rows
            .iter()
            .position(own)
            .or_else(|| self.rows.iter().position(plain))
            .or_else(|| self.rows.iter().position(|row| row.seqs.contains(&seq)))
    }

    /// The row of every event, as [`row_of`](Self::row_of) finds it.
    pub(crate) fn rows_of_events(&self) -> HashMap<u64, usize> {
        let mut rows = HashMap::new();
        let numbered = || self.rows.iter().enumerate();
        let cells =
            numbered().flat_map(|(index, row)| row.cells.iter().map(move |cell| (cell.seq, index)));
        let plain = numbered().filter(|(_, row)| row.band.is_none());
        let plain = plain.flat_map(|(index, row)| row.seqs.iter().map(move |seq| (*seq, index)));
        let all = numbered().flat_map(|(index, row)| row.seqs.iter().map(move |seq| (*seq, index)));
        for (seq, index) in cells.chain(plain).chain(all) {
            rows.entry(seq).or_insert(index);
        }
        rows
    }

    /// Puts an explanation under the row that shows `seq`, and highlights the rows of `evidence` if
    /// it is about a problem. If the event is not drawn, the sentence goes to the footer.
    pub fn explain(
        &mut self,
        seq: u64,
        evidence: &[u64],
        kind: NoteKind,
        sentence: impl Into<String>,
    ) {
        if kind == NoteKind::Problem {
            self.highlight(evidence);
        }
        let note = Note { kind, text: clean(&sentence.into()) };
        match self.last_row_of(seq) {
            Some(row) if !self.rows[row].notes.contains(&note) => {
                self.rows[row].notes.push(note);
            }
            Some(_) => {}
            None => self.footer.push(note.text),
        }
    }

    /// Highlights the rows that show these events.
    pub fn highlight(&mut self, seqs: &[u64]) {
        for row in seqs.iter().filter_map(|seq| self.last_row_of(*seq)).collect::<Vec<_>>() {
            self.rows[row].decisive = true;
        }
    }

    /// The row that shows the event; for a call drawn as entry and return, the row of the return.
    fn last_row_of(&self, seq: u64) -> Option<usize> {
        let own = |row: &Row| row.cells.iter().any(|cell| cell.seq == seq);
        self.rows.iter().rposition(own).or_else(|| self.row_of(seq))
    }
}
