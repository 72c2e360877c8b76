//! What is looked for in the files as they are written: the marks of gaps, the programs that are
//! run.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;
use serde::de::IgnoredAny;
use toml::Spanned;

use crate::course::{Course, toml_path};
use crate::exercise::{Code, Hints, SHARED, Template, is_installed};
use crate::format::{self, LoadError, say};

/// The commands of a question, of an exercise, of a case: nothing else of them.
#[derive(Deserialize)]
struct Written {
    #[serde(default)]
    actor: Vec<Actor>,
    #[serde(default)]
    case: Vec<Written>,
}

#[derive(Deserialize)]
struct Actor {
    run: Option<Vec<Spanned<String>>>,
}

impl Written {
    /// The first word of every command.
    fn programs(&self) -> Vec<&Spanned<String>> {
        let own = self.actor.iter().filter_map(|actor| actor.run.as_ref()?.first());
        own.chain(self.case.iter().flat_map(Self::programs)).collect()
    }
}

impl Course {
    /// Programs that are nowhere to be found and look like one of the course's. Others may be
    /// installed where the course is taught.
    pub(super) fn lint_programs(
        &self,
        kind: &str,
        folder: &str,
        known: &[&str],
        mistakes: &mut Vec<LoadError>,
    ) {
        let path = toml_path(kind, folder);
        let text = self.file(&path).map(String::from_utf8_lossy).unwrap_or_default();
        let Ok(written) = format::read::<Written>(&text) else { return };
        for word in written.programs() {
            let found = word.get_ref().as_str();
            let elsewhere = found.contains(['/', '{']) || is_installed(found);
            if known.contains(&found) || elsewhere {
                continue;
            }
            let likeness = |name: &&&str| strsim::jaro_winkler(name, &found.to_lowercase());
            let near = known.iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
            if let Some(near) = near.filter(|near| likeness(near) > ALIKE) {
                let what = say!("unknown-program", found = found, near = *near);
                mistakes.push(LoadError::at(&self.shown(&path), &text, word.span(), what));
            }
        }
    }

    /// Gaps that nothing is said about, words about gaps that no solution has, marks that do not
    /// fit.
    pub(super) fn lint_gaps(&self, mistakes: &mut Vec<LoadError>) {
        let mut everywhere = BTreeSet::new();
        let mut all_read = true;
        for exercise in self.folders("exercises") {
            let hints = match Hints::of(self, &exercise) {
                Ok(hints) => hints,
                Err(error) => {
                    // What is wrong with the shared file is not said once for each exercise.
                    if !mistakes.contains(&error) {
                        mistakes.push(error);
                    }
                    all_read = false;
                    continue;
                }
            };
            let folder = Path::new("exercises").join(&exercise);
            let before = mistakes.len();
            let gaps = self.gaps_of(&folder, &hints, mistakes);
            let readable = mistakes[before..].iter().all(|error| !is_mark(error));
            all_read &= readable;
            if readable {
                self.lint_hints(&folder.join("gaps.toml"), &gaps, mistakes);
            }
            everywhere.extend(gaps);
        }
        // A local file may say something else about the gaps of the built-in exercises.
        everywhere.extend(self.built_in_gaps());
        if all_read {
            self.lint_hints(Path::new(SHARED), &everywhere, mistakes);
        }
    }

    /// The gaps of an exercise's solutions.
    fn gaps_of(
        &self,
        folder: &Path,
        hints: &Hints,
        mistakes: &mut Vec<LoadError>,
    ) -> BTreeSet<String> {
        let mut gaps = BTreeSet::new();
        for code in Code::ALL {
            let path = folder.join(format!("solution.{}", code.extension()));
            let Some(bytes) = self.file(&path) else { continue };
            let (file, text) = (self.shown(&path), String::from_utf8_lossy(bytes));
            let template = match Template::parse(code, &text) {
                Ok(template) => template,
                Err((line, why)) => {
                    let what = say!("marks-do-not-fit", why = why);
                    mistakes.push(LoadError::in_line(&file, &text, line, "", what));
                    continue;
                }
            };
            for (line, name) in template.places() {
                gaps.insert(name.to_owned());
                let prompt = hints.about(name).map(|hint| &hint.prompt);
                let said = prompt.is_some_and(|prompt| {
                    !prompt.en.trim().is_empty() && !prompt.es.trim().is_empty()
                });
                if !said {
                    let known = hints.names().collect::<Vec<_>>().join(", ");
                    let what = say!("gap-no-prompt", name = name, known = known);
                    mistakes.push(LoadError::in_line(&file, &text, line, name, what));
                }
            }
        }
        gaps
    }

    /// Words about gaps that are not there.
    fn lint_hints(&self, path: &Path, gaps: &BTreeSet<String>, mistakes: &mut Vec<LoadError>) {
        let Some(bytes) = self.file(path) else { return };
        let text = String::from_utf8_lossy(bytes);
        let Ok(entries) = format::read::<Entries>(&text) else { return };
        let known = gaps.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        for name in entries.keys().filter(|name| !gaps.contains(name.get_ref())) {
            let what = say!("gap-unused", name = name.get_ref(), known = &known);
            mistakes.push(LoadError::at(&self.shown(path), &text, name.span(), what));
        }
    }

    /// The gaps that the built-in course says something about.
    fn built_in_gaps(&self) -> Vec<String> {
        let built_in = Self::built_in();
        // The built-in course itself is not excused.
        if self.file(SHARED).is_none_or(|bytes| built_in.file(SHARED) == Some(bytes)) {
            return Vec::new();
        }
        let hints = Hints::of(&built_in, "").unwrap_or_default();
        hints.names().map(str::to_owned).collect()
    }
}

/// The names of a `gaps.toml`, with their places.
type Entries = BTreeMap<Spanned<String>, IgnoredAny>;

/// How alike two names are that may be meant for each other.
const ALIKE: f64 = 0.75;

fn is_mark(error: &LoadError) -> bool {
    error.what.key == say!("marks-do-not-fit").key
}
