//! Finds mistakes in an exercise: missing files and texts, cases that check nothing.

use std::collections::BTreeSet;

use socklab_say::{Sentence, sentence};

use super::languages::has_empty;
use super::roles::{unjoined, unused};
use crate::course::Course;
use crate::format::{Case, Exercise, LoadError};
use crate::item_kind::ItemKind;

/// The solutions that an exercise needs.
const SOLUTIONS: [&str; 3] = ["solution.py", "solution.rs", "solution.c"];

impl Course {
    pub(super) fn lint_exercise(
        &self,
        folder: &str,
        exercise: &Exercise,
        mistakes: &mut Vec<LoadError>,
    ) {
        let toml = self.file_of(ItemKind::Exercise, folder, "exercise.toml");
        let below = ItemKind::Exercise.path(folder);
        let mut wrong = |what: Sentence| mistakes.push(LoadError::whole(&toml, what));
        for solution in SOLUTIONS {
            if self.file(below.join(solution)).is_none() {
                wrong(sentence!("mistake-file-missing", file = solution));
            }
        }
        for bug in &exercise.bugs {
            if self.file(below.join("bugs").join(&bug.file)).is_none() {
                wrong(sentence!("mistake-file-missing", file = format!("bugs/{}", bug.file)));
            }
            if bug.fails.is_empty() {
                wrong(sentence!("mistake-bug-fails", file = format!("bugs/{}", bug.file)));
            }
        }
        for case in &exercise.cases {
            let texts = [Some(&case.title), case.hint.as_ref()];
            let steps = case.scenario.steps.iter().map(|step| step.hint.as_ref());
            for text in texts.into_iter().chain(steps).flatten() {
                if has_empty(text) {
                    wrong(sentence!("mistake-text-empty", case = &case.name));
                }
            }
            let named = case.scenario.steps.iter().any(|step| step.name.is_some());
            for peer in unjoined(&case.scenario) {
                wrong(sentence!("mistake-not-joined", case = &case.name, peer = peer));
            }
            if case.expects.is_empty() && !named && case.scenario.steps.is_empty() {
                wrong(sentence!("mistake-case-empty", case = &case.name));
            }
        }
        // All cases share the actors and peers, and few need all of them.
        let idle = |case: &Case| -> BTreeSet<String> {
            unused(&case.scenario).map(str::to_owned).collect()
        };
        let everywhere = exercise.cases.iter().map(idle).reduce(|all, here| &all & &here);
        for name in everywhere.unwrap_or_default() {
            wrong(sentence!("mistake-idle", name = name));
        }
    }
}
