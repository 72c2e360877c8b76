//! Choosing one line of a list: arrows, a search with `/`, Enter.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::SIGCONT;
use socklab_say::{Speaker, say};

use super::keys::{Key, Keys};
use crate::output::{Screen, height, println, screen, width};
use crate::style;

/// A line of a list.
#[derive(Clone, Debug)]
pub(crate) enum Row {
    /// A heading, which can't be chosen.
    Heading(String),
    /// What can be chosen.
    Choice {
        /// What stands before it, of one column: a mark.
        mark: String,
        text: String,
    },
}

/// How often the size of the terminal is looked at.
const GLANCE: std::time::Duration = std::time::Duration::from_millis(250);

/// Lets the user choose a row, by its index; `None` if they leave. `at` is chosen at first.
pub(crate) fn select(
    speaker: Speaker,
    title: &str,
    rows: &[Row],
    at: usize,
) -> io::Result<Option<usize>> {
    let keys = Keys::take()?;
    let mut list = List::new(rows, at);
    let mut drawn = None;
    // After Ctrl-Z and `fg` the shell has written into the list.
    let continued = Arc::new(AtomicBool::new(false));
    let handler = signal_hook::flag::register(SIGCONT, Arc::clone(&continued))?;
    let chosen = loop {
        let size = (width(), height());
        if continued.swap(false, Ordering::Relaxed) || drawn != Some(size) {
            draw(speaker, title, &mut list, size);
            drawn = Some(size);
        }
        let key = match keys.press(None, GLANCE) {
            Ok(Some(key)) => key,
            Ok(None) => continue,
            Err(error) => break Err(error),
        };
        drawn = None;
        match list.press(key, size.1) {
            Outcome::Stay => {}
            Outcome::Leave => break Ok(None),
            Outcome::Chosen(row) => break Ok(Some(row)),
        }
    };
    signal_hook::low_level::unregister(handler);
    chosen
}

/// What a key means for the list.
#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    Stay,
    Leave,
    Chosen(usize),
}

/// The list and what is shown of it.
#[derive(Debug)]
struct List<'a> {
    rows: &'a [Row],
    /// The index of the row under the cursor; a choice, if there is any.
    at: usize,
    /// The index, among the rows in view, of the first that is on the screen.
    top: usize,
    search: String,
    /// The search is being typed.
    typing: bool,
}

/// Lines around the rows: the title, an empty line, an empty line, the keys (up to two).
const AROUND: usize = 5;

impl<'a> List<'a> {
    fn new(rows: &'a [Row], at: usize) -> Self {
        let mut list = Self { rows, at, top: 0, search: String::new(), typing: false };
        list.settle();
        list
    }

    /// The indices of the rows in view: those that are searched for, under their headings.
    fn view(&self) -> Vec<usize> {
        let wanted = self.search.to_lowercase();
        let mut view = Vec::new();
        let mut heading = None;
        for (index, row) in self.rows.iter().enumerate() {
            match row {
                Row::Heading(_) => heading = Some(index),
                Row::Choice { text, .. } if text.to_lowercase().contains(&wanted) => {
                    view.extend(heading.take());
                    view.push(index);
                }
                Row::Choice { .. } => {}
            }
        }
        view
    }

    fn choices(&self) -> Vec<usize> {
        let is_choice = |index: &usize| matches!(self.rows[*index], Row::Choice { .. });
        self.view().into_iter().filter(is_choice).collect()
    }

    /// Puts the cursor on a choice in view.
    fn settle(&mut self) {
        let choices = self.choices();
        if !choices.contains(&self.at) {
            let behind = choices.iter().find(|index| **index > self.at);
            self.at = behind.or(choices.last()).copied().unwrap_or(self.at);
        }
    }

    /// Moves the cursor over choices.
    fn step(&mut self, by: isize) {
        let choices = self.choices();
        let Some(here) = choices.iter().position(|index| *index == self.at) else { return };
        let there = here.saturating_add_signed(by).min(choices.len() - 1);
        self.at = choices[there];
    }

    fn press(&mut self, key: Key, height: usize) -> Outcome {
        let screenful = isize::try_from(height.saturating_sub(AROUND)).unwrap_or(1).max(1);
        match key {
            Key::Enter if self.choices().contains(&self.at) => return Outcome::Chosen(self.at),
            Key::Escape if self.typing || !self.search.is_empty() => {
                self.typing = false;
                self.search.clear();
            }
            Key::Escape | Key::EndOfInput => return Outcome::Leave,
            Key::Up => self.step(-1),
            Key::Down => self.step(1),
            Key::PageUp => self.step(-screenful),
            Key::PageDown => self.step(screenful),
            Key::Home => self.step(isize::MIN),
            Key::End => self.step(isize::MAX),
            Key::Backspace if self.typing => drop(self.search.pop()),
            Key::Char(char) if self.typing => self.search.push(char),
            Key::Char('/') => {
                self.typing = true;
                self.search.clear();
            }
            Key::Char('k') => self.step(-1),
            Key::Char('j') => self.step(1),
            Key::Char('q') => return Outcome::Leave,
            _ => {}
        }
        self.settle();
        Outcome::Stay
    }

    /// The rows on a screen with room for so many, with the cursor among them.
    fn window(&mut self, room: usize) -> Vec<usize> {
        let view = self.view();
        let here = view.iter().position(|index| *index == self.at).unwrap_or(0);
        // The heading above the cursor is worth seeing.
        let above = here.saturating_sub(1);
        self.top = self.top.min(above).max((here + 1).saturating_sub(room));
        self.top = self.top.min(view.len().saturating_sub(room));
        view.into_iter().skip(self.top).take(room).collect()
    }
}

fn draw(speaker: Speaker, title: &str, list: &mut List<'_>, (width, height): (usize, usize)) {
    screen(Screen::Clear);
    println!("{}\n", style::paint(style::STRONG, cut(title, width)));
    let window = list.window(height.saturating_sub(AROUND).max(1));
    for index in &window {
        match &list.rows[*index] {
            Row::Heading(text) => println!("{}", style::paint(style::STRONG, cut(text, width))),
            Row::Choice { mark, text } => {
                let here = *index == list.at;
                let text = cut(text, width.saturating_sub(4));
                let text = if here { style::paint(style::CURSOR, text) } else { text };
                println!("{} {mark} {text}", if here { ">" } else { " " });
            }
        }
    }
    if window.is_empty() {
        println!("  {}", say!(speaker, "select-nothing", search = list.search.as_str()));
    }
    println!();
    let keys = say!(speaker, "select-keys");
    let typed = say!(speaker, "select-search", search = list.search.as_str());
    let line = if list.typing || !list.search.is_empty() { typed } else { keys };
    println!("{}", style::paint(style::FAINT, cut(&line, width)));
}

/// The text, or as much of it as fits on a line, and `…`.
fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let kept: String = text.chars().take(width.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<Row> {
        let choice = |text: &str| Row::Choice { mark: " ".to_owned(), text: text.to_owned() };
        let mut rows = vec![Row::Heading("Servers".to_owned())];
        rows.extend((1..=5).map(|number| choice(&format!("server-0{number}"))));
        rows.push(Row::Heading("UDP".to_owned()));
        rows.extend(["udp-client", "udp-server"].map(choice));
        rows
    }

    fn pressed(list: &mut List<'_>, keys: &[Key]) -> Outcome {
        let mut last = Outcome::Stay;
        for key in keys {
            last = list.press(*key, 10);
        }
        last
    }

    #[test]
    fn the_cursor_moves_over_choices_only_and_stays_in_the_list() {
        let rows = rows();
        let mut list = List::new(&rows, 0);
        assert_eq!(list.at, 1);
        pressed(&mut list, &[Key::Up, Key::End, Key::Down]);
        assert_eq!(list.at, 8);
        pressed(&mut list, &[Key::Up, Key::Up]);
        assert_eq!(list.at, 5);
        assert_eq!(pressed(&mut list, &[Key::Home, Key::Enter]), Outcome::Chosen(1));
        assert_eq!(pressed(&mut list, &[Key::Char('q')]), Outcome::Leave);
    }

    #[test]
    fn a_search_leaves_what_it_finds_under_its_heading() {
        let rows = rows();
        let mut list = List::new(&rows, 3);
        let typed: Vec<Key> = "/UDP-s".chars().map(Key::Char).collect();
        pressed(&mut list, &typed);
        assert_eq!(list.view(), [6, 8]);
        assert_eq!(pressed(&mut list, &[Key::Enter]), Outcome::Chosen(8));
        // In a search, q is a letter; Esc ends the search first.
        pressed(&mut list, &[Key::Char('q')]);
        assert!(list.view().is_empty());
        assert_eq!(pressed(&mut list, &[Key::Enter]), Outcome::Stay);
        assert_eq!(pressed(&mut list, &[Key::Escape]), Outcome::Stay);
        assert_eq!(list.view().len(), rows.len());
        assert_eq!(pressed(&mut list, &[Key::Escape]), Outcome::Leave);
    }

    #[test]
    fn the_window_shows_the_cursor_and_the_heading_above_it() {
        let rows = rows();
        let mut list = List::new(&rows, 1);
        assert_eq!(list.window(4), [0, 1, 2, 3]);
        pressed(&mut list, &[Key::Down, Key::Down, Key::Down]);
        assert_eq!(list.window(4), [1, 2, 3, 4]);
        pressed(&mut list, &[Key::End]);
        assert_eq!(list.window(4), [5, 6, 7, 8]);
        pressed(&mut list, &[Key::Home]);
        assert_eq!(list.window(4), [0, 1, 2, 3]);
        assert_eq!(list.window(100).len(), rows.len());
        assert_eq!(cut("long enough", 6), "long…");
    }
}
