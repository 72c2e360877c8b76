//! The hints for what did not pass last, and which of them have been given: a file for each
//! exercise, beside the progress.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{self, Read};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use socklab_say::{Language, Speaker};

use super::progress;
use crate::file::{PRIVATE, write_whole};

/// The size of the largest file that is read.
const LARGEST: u64 = 1 << 20;

/// The hints for one problem.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Hinted {
    /// The case that did not pass; empty if there was no program to run, because the compiler refused
    /// it.
    pub(crate) case: String,
    /// The open gap that the program ran into: its number and its name.
    pub(crate) gap: Option<(usize, String)>,
    /// From vague to precise.
    pub(crate) hints: Vec<Level>,
    /// Those that have been given, in English.
    given: Vec<String>,
}

/// One hint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Level {
    /// The part of the program that it is about, if it is about one: a name in `gaps.toml`.
    pub(crate) about: Option<String>,
    /// A command that shows it.
    pub(crate) command: Option<String>,
    /// The hint, by language.
    text: BTreeMap<String, String>,
}

impl Level {
    /// A hint, in all languages.
    pub(crate) fn new(about: Option<&str>, text: impl Fn(Speaker) -> String) -> Self {
        let said = |language: Language| (language.tag().to_owned(), text(Speaker::new(language)));
        let text = Language::all().map(said).collect();
        Self { about: about.map(str::to_owned), command: None, text }
    }

    /// A command to type belongs to it.
    pub(crate) fn with_command(self, command: String) -> Self {
        Self { command: Some(command), ..self }
    }

    /// The hint in this language, or else in English.
    pub(crate) fn text(&self, speaker: Speaker) -> &str {
        let own = self.text.get(speaker.language().tag());
        own.map_or_else(|| self.english(), String::as_str)
    }

    fn english(&self) -> &str {
        self.text.get(Language::ENGLISH.tag()).map_or("", String::as_str)
    }
}

impl Hinted {
    /// New hints, of which none has been given.
    pub(crate) fn new(case: &str, gap: Option<(usize, String)>, hints: Vec<Level>) -> Self {
        Self { case: case.to_owned(), gap, hints, given: Vec::new() }
    }

    /// The first one was shown in the report.
    pub(crate) fn shown_first(mut self) -> Self {
        self.given.extend(self.hints.first().map(|level| level.english().to_owned()));
        self
    }

    /// What was given for the same problem before counts: the same open gap, or the same case.
    pub(crate) fn after(mut self, before: Option<&Self>) -> Self {
        let gap = |one: &Self| one.gap.as_ref().map(|(_, name)| name.clone());
        let same = |one: &&Self| match (gap(&self), gap(one)) {
            (None, None) => self.case == one.case,
            (own, other) => own == other,
        };
        if let Some(before) = before.filter(same) {
            self.given.extend(before.given.iter().cloned());
        }
        self
    }

    /// The next one that has not been given, and its number, counted from 1.
    pub(crate) fn next(&self) -> Option<(usize, &Level)> {
        let new = |level: &Level| !self.given.iter().any(|given| given == level.english());
        let at = self.hints.iter().position(new)?;
        Some((at + 1, &self.hints[at]))
    }

    /// Gives the next one. After the last, the first is next again.
    pub(crate) fn give(&mut self) -> Option<(usize, Level)> {
        match self.next().map(|(number, level)| (number, level.clone())) {
            Some((number, level)) => {
                self.given.push(level.english().to_owned());
                Some((number, level))
            }
            None => {
                self.given.clear();
                None
            }
        }
    }
}

fn file(exercise: &str) -> Option<PathBuf> {
    Some(progress::file()?.with_file_name("hints").join(format!("{exercise}.json")))
}

/// The hints of an exercise; none if nothing failed, or if the file can't be read.
pub(crate) fn read(exercise: &str) -> Option<Hinted> {
    let (_, file) = progress::open(file(exercise)?, OpenOptions::new().read(true)).ok()?;
    let mut bytes = Vec::new();
    file.take(LARGEST).read_to_end(&mut bytes).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// Remembers them. A home directory that can't be written should not disturb a lesson.
pub(crate) fn write(exercise: &str, hinted: &Hinted) {
    let written = || -> io::Result<()> {
        let path = file(exercise).ok_or(io::ErrorKind::NotFound)?;
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        write_whole(&path, &serde_json::to_vec(hinted)?, PRIVATE)
    };
    let _ = written();
}

/// Forgets them, because the problem is solved.
pub(crate) fn forget(exercise: &str) {
    let _ = file(exercise).map(fs::remove_file);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hinted(case: &str, gap: Option<&str>, hints: &[&str]) -> Hinted {
        let level = |text: &&str| Level::new(None, |_| (*text).to_owned());
        let gap = gap.map(|name| (1, name.to_owned()));
        Hinted::new(case, gap, hints.iter().map(level).collect())
    }

    fn number(hinted: &Hinted) -> Option<usize> {
        hinted.next().map(|(number, _)| number)
    }

    #[test]
    fn a_level_goes_on_for_the_same_problem_and_begins_anew_for_another() {
        let first = hinted("echo", None, &["a", "b", "c"]).shown_first();
        assert_eq!(number(&first), Some(2));
        let mut again = hinted("echo", None, &["a", "b", "c"]).shown_first().after(Some(&first));
        assert_eq!(again.give().map(|(number, _)| number), Some(2));
        let again = hinted("echo", None, &["a", "b", "c"]).shown_first().after(Some(&again));
        assert_eq!(number(&again), Some(3));
        // It fails in another way now: what is new comes first.
        let other = hinted("echo", None, &["a", "d", "b", "c"]).shown_first().after(Some(&again));
        assert_eq!(number(&other), Some(2));
        assert_eq!(number(&hinted("bytes", None, &["a", "b"]).after(Some(&again))), Some(1));
        assert_eq!(number(&hinted("echo", Some("bind"), &["a"]).after(Some(&again))), Some(1));
        // The same gap is in the way of every case.
        let mut gap = hinted("echo", Some("bind"), &["a", "b"]);
        gap.give();
        assert_eq!(number(&hinted("port", Some("bind"), &["a", "b"]).after(Some(&gap))), Some(2));
    }

    #[test]
    fn after_the_last_it_says_so_and_begins_again() {
        let mut hinted = hinted("echo", None, &["a", "b"]);
        let numbers: Vec<_> = (0..4).map(|_| hinted.give().map(|(number, _)| number)).collect();
        assert_eq!(numbers, [Some(1), Some(2), None, Some(1)]);
    }
}
