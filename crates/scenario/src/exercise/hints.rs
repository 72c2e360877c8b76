//! Prompts and hints for gaps: `gaps.toml`.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use socklab_judge::Texts;

use super::code::Code;
use crate::course::Course;
use crate::format::{self, LoadError};
use crate::item_kind::ItemKind;

/// The prompt and the hints for one gap.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hint {
    /// What to do; the starter has it as a comment.
    pub prompt: Texts,
    /// The first hint.
    pub vague: Texts,
    /// The second hint.
    pub precise: Texts,
    /// The third hint: the call itself, by language.
    pub call: Calls,
    /// The manual page of the call.
    pub man: String,
}

/// A call in each language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Calls {
    /// In Python.
    pub python: Option<String>,
    /// In Rust.
    pub rust: Option<String>,
    /// In C.
    pub c: Option<String>,
}

/// The file of the hints that all exercises share, below the course folder.
pub(crate) const SHARED: &str = "exercises/gaps.toml";

/// The hints for all gaps of an exercise.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hints(BTreeMap<String, Hint>);

impl Hints {
    /// The hints of an exercise. Its own replace those that all exercises of the course share, and
    /// these replace the built-in ones, which a local course need not repeat.
    ///
    /// # Errors
    ///
    /// The first mistake in the files.
    pub fn of(course: &Course, exercise: &str) -> Result<Self, LoadError> {
        let mut hints = read(&Course::built_in(), Path::new(SHARED))?;
        hints.extend(read(course, Path::new(SHARED))?);
        hints.extend(read(course, &ItemKind::Exercise.path(exercise).join("gaps.toml"))?);
        Ok(Self(hints))
    }

    /// The names of the gaps that have hints.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The hints for the gap with this name.
    pub fn about(&self, gap: &str) -> Option<&Hint> {
        self.0.get(gap)
    }
}

impl Hint {
    /// The call in this language, and its manual page.
    pub fn call(&self, code: Code) -> Option<(&str, &str)> {
        let call = match code {
            Code::Python => &self.call.python,
            Code::Rust => &self.call.rust,
            Code::C => &self.call.c,
            // No gap is in it.
            Code::Java => return None,
        };
        Some((call.as_ref()?, &self.man))
    }
}

/// The hints of one file; none if there is no such file.
pub(crate) fn read(course: &Course, path: &Path) -> Result<BTreeMap<String, Hint>, LoadError> {
    let Some(bytes) = course.file(path) else { return Ok(BTreeMap::new()) };
    let text = String::from_utf8_lossy(bytes);
    format::read(&text).map_err(|mistake| LoadError::of(&course.shown(path), &text, mistake))
}
