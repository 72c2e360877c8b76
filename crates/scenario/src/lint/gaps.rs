//! Finds mistakes in the gaps of solutions, and in their entries in `gaps.toml`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::de::IgnoredAny;
use socklab_say::sentence;
use toml::Spanned;

use super::languages::has_empty;
use super::places::{Places, at};
use crate::course::Course;
use crate::exercise::{Code, Hints, SHARED, Template};
use crate::format::{self, LoadError};
use crate::item_kind::ItemKind;

/// The names in a `gaps.toml`, with their places.
type Entries = BTreeMap<Spanned<String>, IgnoredAny>;

impl Course {
    /// Finds gaps without a prompt, entries for gaps that no solution has, and misplaced marks.
    pub(super) fn lint_gaps(&self, mistakes: &mut Vec<LoadError>) {
        let mut everywhere = BTreeSet::new();
        let mut all_read = true;
        for exercise in self.folders(ItemKind::Exercise) {
            let hints = match Hints::of(self, &exercise) {
                Ok(hints) => hints,
                Err(error) => {
                    // A mistake in the shared file is found again for every exercise.
                    if !mistakes.contains(&error) {
                        mistakes.push(error);
                    }
                    all_read = false;
                    continue;
                }
            };
            let folder = ItemKind::Exercise.path(&exercise);
            let before = mistakes.len();
            let mut gaps = self.gaps_of(&folder, &hints, mistakes);
            let readable = mistakes[before..].iter().all(|error| !is_mark(error));
            all_read &= readable;
            // Mistakes in the exercise itself are found elsewhere.
            gaps.extend(self.abouts(&exercise, &hints, mistakes));
            if readable {
                self.lint_hints(&folder.join("gaps.toml"), &gaps, mistakes);
            }
            everywhere.extend(gaps);
        }
        // A local file may replace the hints for gaps of the built-in exercises.
        everywhere.extend(self.built_in_gaps());
        if all_read {
            self.lint_hints(Path::new(SHARED), &everywhere, mistakes);
        }
    }

    /// The names of the gaps in an exercise's solutions.
    fn gaps_of(
        &self,
        folder: &Path,
        hints: &Hints,
        mistakes: &mut Vec<LoadError>,
    ) -> BTreeSet<String> {
        let mut gaps = BTreeSet::new();
        for code in Code::OFFERED {
            let path = folder.join(format!("solution.{}", code.extension()));
            let Some(bytes) = self.file(&path) else { continue };
            let (file, text) = (self.shown(&path), String::from_utf8_lossy(bytes));
            let template = match Template::parse(code, &text) {
                Ok(template) => template,
                Err((line, why)) => {
                    let what = sentence!("mistake-marks-do-not-fit", why = why);
                    mistakes.push(LoadError::in_line(&file, &text, line, "", what));
                    continue;
                }
            };
            for (line, name) in template.places() {
                gaps.insert(name.to_owned());
                let prompt = hints.about(name).map(|hint| &hint.prompt);
                let said = prompt.is_some_and(|prompt| !has_empty(prompt));
                if !said {
                    let known = hints.names().collect::<Vec<_>>().join(", ");
                    let what = sentence!("mistake-gap-no-prompt", name = name, known = known);
                    mistakes.push(LoadError::in_line(&file, &text, line, name, what));
                }
            }
        }
        gaps
    }

    /// The entries that the cases of an exercise are about.
    fn abouts(
        &self,
        exercise: &str,
        hints: &Hints,
        mistakes: &mut Vec<LoadError>,
    ) -> BTreeSet<String> {
        let toml = ItemKind::Exercise.toml(exercise);
        let text = self.file(&toml).map(String::from_utf8_lossy).unwrap_or_default();
        let places = &Places::of(&self.shown(&toml), &text);
        let cases = self.exercise(exercise).map(|exercise| exercise.cases).unwrap_or_default();
        let mut abouts = BTreeSet::new();
        for (index, case) in cases.into_iter().enumerate() {
            let Some(about) = case.about else { continue };
            if hints.about(&about).is_none() {
                let known = hints.names().collect::<Vec<_>>().join(", ");
                let what = sentence!("mistake-about-unknown", name = &*about, known = known);
                mistakes.push(places.wrong(at!["case", index, "about"], what));
            }
            abouts.insert(about);
        }
        abouts
    }

    /// Finds entries for gaps that do not exist.
    fn lint_hints(&self, path: &Path, gaps: &BTreeSet<String>, mistakes: &mut Vec<LoadError>) {
        let Some(bytes) = self.file(path) else { return };
        let text = String::from_utf8_lossy(bytes);
        let Ok(entries) = format::read::<Entries>(&text) else { return };
        let known = gaps.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        for name in entries.keys().filter(|name| !gaps.contains(name.get_ref())) {
            let what = sentence!("mistake-gap-unused", name = name.get_ref(), known = &known);
            mistakes.push(LoadError::at(&self.shown(path), &text, name.span(), what));
        }
    }

    /// The names of the gaps that have hints in the built-in course.
    fn built_in_gaps(&self) -> Vec<String> {
        let built_in = Self::built_in();
        // In the built-in course itself, an entry without a gap is a mistake.
        if self.file(SHARED).is_none_or(|bytes| built_in.file(SHARED) == Some(bytes)) {
            return Vec::new();
        }
        let hints = Hints::of(&built_in, "").unwrap_or_default();
        hints.names().map(str::to_owned).collect()
    }
}

fn is_mark(error: &LoadError) -> bool {
    error.what.key == sentence!("mistake-marks-do-not-fit").key
}
