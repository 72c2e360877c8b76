//! What is shown, and what keys make of it.

use socklab_filter::Filter;
use socklab_say::Speaker;

use crate::details::{self, Line, Way};
use crate::ladder::{Reading, Shown};
use crate::list::List;
use crate::prompt::{Prompt, Typed};
use crate::talks::{TalkKey, Talks};

/// A key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Key {
    /// A character.
    Char(char),
    /// Enter.
    Enter,
    /// Backspace.
    Backspace,
    /// Esc.
    Escape,
    /// An arrow.
    Up,
    /// An arrow.
    Down,
    /// A screen upwards.
    PageUp,
    /// A screen downwards.
    PageDown,
    /// To the beginning.
    Home,
    /// To the end.
    End,
}

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Wish {
    /// Nothing but to be drawn again.
    Stay,
    /// What is [`wanted`](View::wanted) has changed.
    Plan,
    /// To leave.
    Quit,
}

/// What is to be found out of the recording.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Wanted {
    /// The conversations whose ladder is shown.
    pub keys: Vec<TalkKey>,
    /// Which events a reader asks for.
    pub filter: Option<Filter>,
    /// How many columns there are for a ladder.
    pub width: u16,
}

/// How far the recording is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// How many events.
    pub events: u64,
    /// How it goes on.
    pub stage: Stage,
    /// True while it is being found out who talked with whom, if that takes long.
    pub thinking: bool,
}

/// How a recording goes on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stage {
    /// What is there already is being read: so many percent.
    Reading(u8),
    /// All that is there has been read; there may be more.
    #[default]
    Following,
    /// It is complete.
    Complete,
}

/// What is shown on the screen.
#[derive(Clone, Debug)]
pub struct View {
    pub(crate) speaker: Speaker,
    /// What the recording is called.
    pub(crate) title: String,
    pub(crate) colour: bool,
    pub(crate) size: (u16, u16),
    pub(crate) list: List,
    /// How many conversations are not listed, because they are incidental.
    pub(crate) incidental: u64,
    pub(crate) progress: Progress,
    /// The conversations are known, even if there are none.
    pub(crate) is_known: bool,
    pub(crate) place: Place,
    pub(crate) opened: Vec<TalkKey>,
    pub(crate) shown: Option<Shown>,
    pub(crate) reading: Reading,
    pub(crate) filter: Option<Filter>,
    pub(crate) prompt: Option<Prompt>,
    /// The first line of the help, while that is shown.
    pub(crate) help: Option<usize>,
}

/// Where the reader is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    List,
    Ladder,
    /// A row, how its bytes are shown, and the first line on the screen.
    Message {
        row: usize,
        way: Way,
        top: usize,
    },
    Difference {
        rows: [usize; 2],
        top: usize,
    },
}

/// Lines around what a screen is about: the title and the columns above, a filter and the keys below.
const AROUND: u16 = 4;

impl View {
    /// The view of a recording of this name, of which nothing is known yet, on so many columns and
    /// lines.
    pub fn new(speaker: Speaker, title: impl Into<String>, columns: u16, lines: u16) -> Self {
        Self {
            speaker,
            title: title.into(),
            colour: true,
            size: (columns, lines),
            list: List::default(),
            incidental: 0,
            progress: Progress { stage: Stage::Reading(0), ..Progress::default() },
            is_known: false,
            place: Place::List,
            opened: Vec::new(),
            shown: None,
            reading: Reading::default(),
            filter: None,
            prompt: None,
            help: None,
        }
    }

    /// Sets whether colours are used. What is chosen, differs or matters is told without them, too.
    #[must_use]
    pub fn colour(self, colour: bool) -> Self {
        Self { colour, ..self }
    }

    /// Begins with this filter.
    #[must_use]
    pub fn filter(self, filter: Option<Filter>) -> Self {
        Self { filter, ..self }
    }

    /// What is to be found out.
    pub fn wanted(&self) -> Wanted {
        let keys = self.opened.clone();
        Wanted { keys, filter: self.filter.clone(), width: self.size.0 }
    }

    /// How many lines there are for what the screen is about.
    pub(crate) fn room(&self) -> usize {
        usize::from(self.size.1.saturating_sub(AROUND)).max(1)
    }

    /// The terminal has become larger or smaller.
    pub fn resize(&mut self, columns: u16, lines: u16) -> Wish {
        let before = self.size.0;
        self.size = (columns, lines);
        let room = self.room();
        self.list.settle(room);
        if let Some(shown) = &self.shown {
            self.reading.settle(shown, room);
        }
        if before == columns { Wish::Stay } else { Wish::Plan }
    }

    /// Another recording has taken the place of this one: of that, nothing is known yet.
    pub fn begin_anew(&mut self) {
        let (columns, lines) = self.size;
        let new = Self::new(self.speaker, std::mem::take(&mut self.title), columns, lines);
        let list = List { problems_first: self.list.problems_first, ..List::default() };
        let (filter, prompt) = (self.filter.take(), self.prompt.take());
        *self = Self { colour: self.colour, list, filter, prompt, help: self.help, ..new };
    }

    /// How far the recording is known.
    pub fn progress(&mut self, progress: Progress) {
        self.progress = progress;
    }

    /// These are its conversations.
    pub fn know(&mut self, talks: Talks) {
        let room = self.room();
        self.incidental = talks.incidental;
        self.is_known = true;
        self.list.renew(talks.listed, room);
    }

    /// This is the ladder of these conversations. Nothing changes if others are wanted meanwhile.
    pub fn show(&mut self, keys: &[TalkKey], shown: Shown) {
        if keys != self.opened {
            return;
        }
        let room = self.room();
        let place = match (self.place, &self.shown) {
            (Place::Message { row, way, top }, Some(before)) => {
                moved(before, &shown, row).map(|row| Place::Message { row, way, top })
            }
            (Place::Difference { rows, top }, Some(before)) => {
                let rows = rows.map(|row| moved(before, &shown, row));
                match rows {
                    [Some(one), Some(other)] => Some(Place::Difference { rows: [one, other], top }),
                    _ => None,
                }
            }
            (place, _) => Some(place),
        };
        self.place = place.unwrap_or(Place::Ladder);
        self.reading.renew(self.shown.as_ref(), &shown, room);
        self.shown = Some(shown);
    }

    /// Does what a key asks for.
    pub fn press(&mut self, key: Key) -> Wish {
        if let Some(prompt) = &mut self.prompt {
            return match prompt.press(key) {
                Typed::More => Wish::Stay,
                Typed::Left => {
                    self.prompt = None;
                    Wish::Stay
                }
                Typed::Done(filter) => {
                    self.prompt = None;
                    self.filter = filter;
                    Wish::Plan
                }
            };
        }
        if let Some(top) = self.help {
            let all = details::help(self.speaker, self.size.0.into()).len();
            self.help = scrolled(key, top, all, self.room() + 1);
            return Wish::Stay;
        }
        match key {
            Key::Char('?') => self.help = Some(0),
            Key::Char('/' | 'F') if matches!(self.place, Place::List | Place::Ladder) => {
                self.prompt = Some(Prompt::of(self.filter.as_ref()));
            }
            _ => return self.press_in_place(key),
        }
        Wish::Stay
    }

    fn press_in_place(&mut self, key: Key) -> Wish {
        let room = self.room();
        match self.place {
            Place::List => match key {
                Key::Char('q') | Key::Escape => return Wish::Quit,
                Key::Enter => {
                    let chosen = self.list.chosen();
                    if !chosen.is_empty() {
                        self.opened = chosen;
                        self.shown = None;
                        self.reading = Reading::default();
                        self.reading.follows = self.progress.stage != Stage::Complete;
                        self.place = Place::Ladder;
                        return Wish::Plan;
                    }
                }
                _ => drop(self.list.press(key, room)),
            },
            Place::Ladder => return self.press_in_ladder(key, room),
            Place::Message { row, way, top } => match key {
                Key::Char('x') => {
                    let way = if way == Way::Text { Way::Hex } else { Way::Text };
                    self.place = Place::Message { row, way, top: 0 };
                }
                Key::Char('n' | 'p') => {
                    let rows = self.shown.as_ref().map_or(0, |shown| shown.ladder().rows.len());
                    let row = if key == Key::Char('n') { row + 1 } else { row.saturating_sub(1) };
                    let row = row.min(rows.saturating_sub(1));
                    self.place = Place::Message { row, way, top: 0 };
                    if let Some(shown) = &self.shown {
                        self.reading.row = row;
                        self.reading.settle(shown, room);
                    }
                }
                _ => {
                    let all = self.lines().len();
                    let top = scrolled(key, top, all, room + 1);
                    self.place = top.map_or(Place::Ladder, |top| Place::Message { row, way, top });
                }
            },
            Place::Difference { rows, top } => {
                let all = self.lines().len();
                let top = scrolled(key, top, all, room + 1);
                self.place = top.map_or(Place::Ladder, |top| Place::Difference { rows, top });
            }
        }
        Wish::Stay
    }

    fn press_in_ladder(&mut self, key: Key, room: usize) -> Wish {
        if matches!(key, Key::Char('q') | Key::Escape) {
            self.place = Place::List;
            self.opened.clear();
            self.shown = None;
            return Wish::Plan;
        }
        let Some(shown) = &self.shown else { return Wish::Stay };
        if key == Key::Enter && !shown.ladder().rows.is_empty() {
            self.place = Place::Message { row: self.reading.row, way: Way::default(), top: 0 };
            return Wish::Stay;
        }
        self.reading.press(key, shown, room);
        if key == Key::Char('d')
            && let Some(rows) = self.reading.both(shown)
        {
            self.place = Place::Difference { rows, top: 0 };
        }
        Wish::Stay
    }

    /// The lines of what fills the screen, where that is a message or a difference.
    pub(crate) fn lines(&self) -> Vec<Line> {
        let Some(shown) = &self.shown else { return Vec::new() };
        let width = self.size.0.into();
        match self.place {
            Place::Message { row, way, .. } => details::of_row(shown, row, way, width),
            Place::Difference { rows, .. } => details::difference(shown, rows, width),
            Place::List | Place::Ladder => Vec::new(),
        }
    }
}

/// Where the row of another ladder is.
fn moved(before: &Shown, now: &Shown, row: usize) -> Option<usize> {
    let seq = before.ladder().rows.get(row)?.seqs.first()?;
    now.ladder().row_of(*seq)
}

/// The first line after a key; `None` if it leads back.
fn scrolled(key: Key, top: usize, all: usize, room: usize) -> Option<usize> {
    let last = all.saturating_sub(room);
    let top = match key {
        Key::Up | Key::Char('k') => top.saturating_sub(1),
        Key::Down | Key::Char('j') => top + 1,
        Key::PageUp => top.saturating_sub(room),
        Key::PageDown | Key::Char(' ') => top + room,
        Key::Home | Key::Char('g') => 0,
        Key::End | Key::Char('G') => last,
        Key::Escape | Key::Enter | Key::Char('q' | '?' | 'd') => return None,
        _ => top,
    };
    Some(top.min(last))
}
