//! The ladder of the chosen conversations, and where the reader is in it.

use socklab_event::Event;
use socklab_ladder::{Ladder, Row, TextLine, TextStyle};

use crate::view::Key;

/// A ladder, laid out for a width.
#[derive(Clone, Debug)]
pub struct Shown {
    ladder: Ladder,
    lines: Vec<TextLine>,
    width: u16,
}

impl Shown {
    /// Lays a ladder out for a terminal with so many columns.
    pub fn new(ladder: Ladder, width: u16, ascii: bool) -> Self {
        let style = TextStyle::new(width.into()).ascii(ascii).times(width >= 100).color(true);
        let lines = ladder.to_lines(&style);
        Self { ladder, lines, width }
    }

    pub(crate) fn ladder(&self) -> &Ladder {
        &self.ladder
    }

    pub(crate) fn lines(&self) -> &[TextLine] {
        &self.lines
    }

    /// For how many columns it was laid out.
    pub fn width(&self) -> u16 {
        self.width
    }

    fn rows(&self) -> &[Row] {
        &self.ladder.rows
    }

    /// The lines of a row.
    fn lines_of(&self, row: usize) -> Option<(usize, usize)> {
        let first = self.lines.iter().position(|line| line.row == Some(row))?;
        let last = self.lines.iter().rposition(|line| line.row == Some(row))?;
        Some((first, last))
    }

    /// The events of a row that are kept, in order.
    pub(crate) fn events(&self, row: usize) -> Vec<&Event> {
        let Some(row) = self.rows().get(row) else { return Vec::new() };
        let mut seqs = row.seqs.clone();
        seqs.dedup();
        seqs.iter().filter_map(|seq| self.ladder.events.get(seq)).collect()
    }
}

/// Where the reader is.
#[derive(Clone, Debug)]
pub(crate) struct Reading {
    /// The row under the cursor.
    pub(crate) row: usize,
    /// The first line on the screen.
    pub(crate) top: usize,
    /// The cursor stays at the end while more comes.
    pub(crate) follows: bool,
    /// The first event of each row that is marked.
    pub(crate) marked: Vec<u64>,
}

impl Default for Reading {
    fn default() -> Self {
        Self { row: 0, top: 0, follows: true, marked: Vec::new() }
    }
}

impl Reading {
    /// The ladder has become another: stays at the same event, or at the end.
    pub(crate) fn renew(&mut self, before: Option<&Shown>, now: &Shown, room: usize) {
        let last = now.rows().len().saturating_sub(1);
        let same = before.and_then(|before| {
            let seq = before.rows().get(self.row)?.seqs.first()?;
            now.ladder.row_of(*seq)
        });
        self.row = match self.follows {
            true => last,
            false => same.unwrap_or(self.row).min(last),
        };
        self.marked.retain(|seq| now.ladder.row_of(*seq).is_some());
        self.settle(now, room);
    }

    /// Moves the screen so that the cursor is on it.
    pub(crate) fn settle(&mut self, shown: &Shown, room: usize) {
        let room = room.max(1);
        let all = shown.lines.len();
        if let Some((first, last)) = shown.lines_of(self.row) {
            let last = last.min(first + room - 1);
            if first < self.top {
                self.top = first;
            } else if last >= self.top + room {
                self.top = last + 1 - room;
            }
        }
        // The heading belongs to the first row, the footer to the last.
        if self.row == 0 && shown.lines_of(0).is_none_or(|(first, _)| first < room) {
            self.top = 0;
        }
        if self.row + 1 >= shown.rows().len()
            && shown.lines_of(self.row).is_none_or(|(first, _)| all - first <= room)
        {
            self.top = all.saturating_sub(room);
        }
        self.top = self.top.min(all.saturating_sub(room));
    }

    /// Moves the cursor; false if the key means nothing here.
    pub(crate) fn press(&mut self, key: Key, shown: &Shown, room: usize) -> bool {
        let last = shown.rows().len().saturating_sub(1);
        let page = (room / 2).max(1);
        let row = match key {
            Key::Up | Key::Char('k') => self.row.saturating_sub(1),
            Key::Down | Key::Char('j') => self.row + 1,
            Key::PageUp => self.row.saturating_sub(page),
            Key::PageDown | Key::Char(' ') => self.row + page,
            Key::Home | Key::Char('g') => 0,
            Key::End | Key::Char('G') => last,
            Key::Char('f') => {
                self.follows = !self.follows;
                if self.follows {
                    self.row = last;
                    self.settle(shown, room);
                }
                return true;
            }
            Key::Char('d') => {
                self.mark(shown);
                return true;
            }
            _ => return false,
        };
        // Who looks at something else does not want to be taken away from it.
        let row = row.min(last);
        self.follows = self.follows && row >= self.row && row == last;
        self.row = row;
        self.settle(shown, room);
        true
    }

    /// Marks the row, or takes its mark away. Of two marked rows the older mark goes.
    fn mark(&mut self, shown: &Shown) {
        let Some(seq) = shown.rows().get(self.row).and_then(|row| row.seqs.first()) else { return };
        if let Some(at) = self.marked.iter().position(|marked| marked == seq) {
            self.marked.remove(at);
            return;
        }
        self.marked.push(*seq);
        if self.marked.len() > 2 {
            self.marked.remove(0);
        }
    }

    /// The marked rows, if there are two.
    pub(crate) fn both(&self, shown: &Shown) -> Option<[usize; 2]> {
        let [one, other] = self.marked[..] else { return None };
        Some([shown.ladder.row_of(one)?, shown.ladder.row_of(other)?])
    }
}
