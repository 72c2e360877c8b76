//! A mistake in a file: where, what was found, what is allowed.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// A mistake in a course file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadError {
    /// The file.
    pub file: PathBuf,
    /// The line, from 1; 0 if the whole file is meant.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What is wrong, and what is allowed.
    pub message: String,
    /// The line itself, and how many characters are meant.
    snippet: Option<(String, usize)>,
}

impl LoadError {
    /// About a whole file.
    pub(crate) fn whole(file: &Path, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { file: file.to_owned(), line: 0, column: 0, message, snippet: None }
    }

    /// About a part of a text.
    pub(crate) fn at(
        file: &Path,
        text: &str,
        span: Range<usize>,
        message: impl Into<String>,
    ) -> Self {
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
            message: message.into(),
            snippet: Some((line.to_owned(), meant.chars().count().max(1))),
        }
    }

    pub(crate) fn toml(file: &Path, text: &str, error: &toml::de::Error) -> Self {
        let message = error.message().replace('\n', "; ");
        match error.span() {
            Some(span) => Self::at(file, text, span, message),
            None => Self::whole(file, message),
        }
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if self.line > 0 {
            write!(f, ":{}:{}", self.line, self.column)?;
        }
        write!(f, ": {}", self.message)?;
        if let Some((line, width)) = &self.snippet {
            let pad: String = line
                .chars()
                .take(self.column - 1)
                .map(|c| if c == '\t' { c } else { ' ' })
                .collect();
            write!(f, "\n    {line}\n    {pad}{}", "^".repeat(*width))?;
        }
        Ok(())
    }
}

impl std::error::Error for LoadError {}
