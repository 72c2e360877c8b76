//! Mistakes in course files, with their places.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

use socklab_say::{Sentence, Speaker};

use super::mistake::Mistake;

/// The longest line that is quoted whole, in characters, and how many are quoted before the mistake
/// in a longer one.
const LONGEST: usize = 160;
const AROUND: usize = 60;

/// A mistake in a course file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadError {
    /// The file.
    pub file: PathBuf,
    /// The line, from 1; also 1 if the mistake is about the whole file.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What is wrong, and what is allowed.
    pub what: Sentence,
    /// The line itself, and how many of its characters are marked.
    snippet: Option<(String, usize)>,
}

impl LoadError {
    /// A mistake about a whole file.
    pub(crate) fn whole(file: &Path, what: Sentence) -> Self {
        Self { file: file.to_owned(), line: 1, column: 1, what, snippet: None }
    }

    /// A mistake about a part of a text.
    pub(crate) fn at(file: &Path, text: &str, span: Range<usize>, what: Sentence) -> Self {
        let start = (0..=span.start.min(text.len())).rev().find(|at| text.is_char_boundary(*at));
        let before = &text[..start.unwrap_or(0)];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let line = text[line_start..].lines().next().unwrap_or_default();
        let column = before[line_start..].chars().count() + 1;
        let meant = text.get(span).unwrap_or_default().lines().next().unwrap_or_default();
        Self {
            file: file.to_owned(),
            line: before.matches('\n').count() + 1,
            column,
            what,
            snippet: Some((line.to_owned(), meant.chars().count().max(1))),
        }
    }

    /// Adds the file to a mistake.
    pub(crate) fn of(file: &Path, text: &str, mistake: Mistake) -> Self {
        match mistake.span {
            Some(span) => Self::at(file, text, span, mistake.what),
            None => Self::whole(file, mistake.what),
        }
    }

    /// A mistake about a line, numbered from 1: about the first `word` in it, or about the whole
    /// line if the word is empty.
    pub(crate) fn in_line(
        file: &Path,
        text: &str,
        line: usize,
        word: &str,
        what: Sentence,
    ) -> Self {
        let before = text.split_inclusive('\n').take(line.saturating_sub(1));
        let start: usize = before.map(str::len).sum();
        let shown = text[start..].lines().next().unwrap_or_default();
        let word = if word.is_empty() { shown.trim() } else { word };
        let at = start + shown.find(word).unwrap_or(0);
        let meant = at..(at + word.len()).min(text.len());
        Self::at(file, text, meant, what)
    }

    /// The text to show: the place, what is wrong, and the line itself.
    pub fn in_words(&self, speaker: Speaker) -> String {
        let (file, line, column) = (socklab_say::path(&self.file), self.line, self.column);
        let mut text = format!("{file}:{line}:{column}: {}", speaker.tell(&self.what));
        if let Some((line, width)) = &self.snippet {
            // Of a long line, what is around the mistake.
            let is_long = line.chars().count() > LONGEST;
            let first = if is_long { self.column.saturating_sub(AROUND) } else { 0 };
            let line: String = line.chars().skip(first).take(LONGEST).collect();
            let width = (*width).min(LONGEST);
            let blank = |c| if c == '\t' { c } else { ' ' };
            let pad: String = line.chars().take(self.column - 1 - first).map(blank).collect();
            text += &format!("\n    {line}\n    {pad}{}", "^".repeat(width));
        }
        text
    }
}

/// In English, for logs and tests.
impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.in_words(Speaker::ENGLISH))
    }
}

impl std::error::Error for LoadError {}
