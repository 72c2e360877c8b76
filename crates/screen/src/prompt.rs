//! The line in which a filter is typed.

use socklab_filter::{Filter, Mistake};

use crate::view::Key;

/// The longest filter that can be typed.
const LONGEST: usize = 1_000;

/// The line, and what is wrong with it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Prompt {
    pub(crate) text: String,
    pub(crate) mistake: Option<Mistake>,
}

/// What a key means for the line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Typed {
    /// It goes on.
    More,
    /// It is left as it was.
    Left,
    /// This is the filter from now on.
    Done(Option<Filter>),
}

impl Prompt {
    /// Begins with the filter that is in use.
    pub(crate) fn of(filter: Option<&Filter>) -> Self {
        Self { text: filter.map(ToString::to_string).unwrap_or_default(), mistake: None }
    }

    pub(crate) fn press(&mut self, key: Key) -> Typed {
        match key {
            Key::Escape => return Typed::Left,
            Key::Enter if self.text.trim().is_empty() => return Typed::Done(None),
            Key::Enter => match Filter::parse(&self.text) {
                Ok(filter) => return Typed::Done(Some(filter)),
                Err(mistake) => self.mistake = Some(mistake),
            },
            Key::Backspace => {
                self.text.pop();
                self.mistake = None;
            }
            Key::Char(char) if self.text.len() < LONGEST && !socklab_say::is_unsafe(char) => {
                self.text.push(char);
                self.mistake = None;
            }
            _ => {}
        }
        Typed::More
    }
}
