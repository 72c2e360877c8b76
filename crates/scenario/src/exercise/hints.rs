//! What is to be done in a gap, and the hints that lead there: `gaps.toml`.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use socklab_judge::Texts;

use super::code::Code;
use crate::course::Course;
use crate::format::{self, LoadError};

/// About one gap.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hint {
    /// What is to be done: stands in the starter.
    pub prompt: Texts,
    /// The first hint.
    pub vague: Texts,
    /// The second hint.
    pub precise: Texts,
    /// The third hint: the call itself, by language.
    pub call: Calls,
    /// And where to read about it.
    pub man: String,
}

/// A call as each language writes it.
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

/// The hints that all exercises share, below the course folder.
pub(crate) const SHARED: &str = "exercises/gaps.toml";

/// About all gaps of an exercise.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hints(BTreeMap<String, Hint>);

impl Hints {
    /// The exercise's own hints, before them those that all exercises share, and before these
    /// the built-in ones: a course of one's own need not repeat them.
    pub fn of(course: &Course, exercise: &str) -> Result<Self, LoadError> {
        let mut hints = read(&Course::built_in(), Path::new(SHARED))?;
        hints.extend(read(course, Path::new(SHARED))?);
        hints.extend(read(course, &Path::new("exercises").join(exercise).join("gaps.toml"))?);
        Ok(Self(hints))
    }

    /// The gaps that something is said about.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// About the gap of this name.
    pub fn about(&self, gap: &str) -> Option<&Hint> {
        self.0.get(gap)
    }
}

impl Hint {
    /// The call, in this language, and where to read about it.
    pub fn call(&self, code: Code) -> Option<(&str, &str)> {
        let call = match code {
            Code::Python => &self.call.python,
            Code::Rust => &self.call.rust,
            Code::C => &self.call.c,
        };
        Some((call.as_ref()?, &self.man))
    }
}

fn read(course: &Course, path: &Path) -> Result<BTreeMap<String, Hint>, LoadError> {
    let Some(bytes) = course.file(path) else { return Ok(BTreeMap::new()) };
    let text = String::from_utf8_lossy(bytes);
    format::read(&text).map_err(|mistake| LoadError::of(&course.shown(path), &text, mistake))
}
