//! Finds mistakes in an exercise: missing files and texts, cases that check nothing, steps that
//! can't work.

use std::collections::BTreeSet;

use socklab_say::{Piece, Template, sentence};

use super::languages::has_empty;
use super::order::out_of_order;
use super::pauses::{too_long, waits_too_long};
use super::placeholders::lint_placeholders;
use super::places::{Places, at};
use super::roles::{late, unjoined, unstarted, unused};
use super::wire::lifts_nothing;
use crate::course::Course;
use crate::exercise::Code;
use crate::format::{Case, Exercise, LANGUAGES, LoadError, Scenario, nearest};
use crate::item_kind::ItemKind;

/// What is filled in in an exercise's page.
const PAGE: [&str; 2] = ["run", "build"];

impl Course {
    pub(super) fn lint_exercise(
        &self,
        folder: &str,
        exercise: &Exercise,
        mistakes: &mut Vec<LoadError>,
    ) {
        let toml = ItemKind::Exercise.toml(folder);
        let text = self.file(&toml).map(String::from_utf8_lossy).unwrap_or_default();
        let places = &Places::of(&self.shown(&toml), &text);
        let top = at!["format_version"];
        let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if !folder.chars().all(good) {
            mistakes.push(places.wrong(top, sentence!("mistake-exercise-folder", folder = folder)));
        }
        if self.offered(folder).is_empty() {
            let all = Code::OFFERED.map(|code| format!("solution.{}", code.extension())).join(", ");
            mistakes.push(places.wrong(top, sentence!("mistake-no-solution", known = all)));
        }
        for (index, neighbour) in exercise.also_passed_by.iter().enumerate() {
            if self.offered(neighbour).is_empty() {
                let what = sentence!("mistake-no-solutions", name = neighbour);
                mistakes.push(places.wrong(at!["also_passed_by", index], what));
            }
        }
        self.lint_arguments(folder, exercise, places, mistakes);
        self.lint_bugs(folder, exercise, places, mistakes);
        for (index, case) in exercise.cases.iter().enumerate() {
            lint_case(case, index, places, mistakes);
        }
        // All cases share the actors and peers, and few need all of them.
        let idle = |case: &Case| -> BTreeSet<String> {
            unused(&case.scenario).map(str::to_owned).collect()
        };
        let everywhere = exercise.cases.iter().map(idle).reduce(|all, here| &all & &here);
        for name in everywhere.unwrap_or_default() {
            mistakes.push(places.member(&name, sentence!("mistake-idle", name = &name)));
        }
        lint_placeholders(places, mistakes);
        self.lint_page(folder, mistakes);
    }

    /// Finds misspelled places of a page: what `exercise start` fills in.
    fn lint_page(&self, folder: &str, mistakes: &mut Vec<LoadError>) {
        for language in LANGUAGES {
            let path = ItemKind::Exercise.path(folder).join(format!("{language}.md"));
            let text = self.file(&path).map(String::from_utf8_lossy).unwrap_or_default();
            for piece in Template::parse(&text).pieces() {
                let Piece::Place { name, at } = *piece else { continue };
                let near = nearest(name, &PAGE).filter(|near| *near != name);
                if let Some(near) = near {
                    let what = sentence!("mistake-page-place", found = name, near = near);
                    let span = at..at + name.len() + 2;
                    mistakes.push(LoadError::at(&self.shown(&path), &text, span, what));
                }
            }
        }
    }

    /// The languages in which an exercise has a solution, and so is offered.
    pub fn offered(&self, exercise: &str) -> Vec<Code> {
        let below = ItemKind::Exercise.path(exercise);
        let solution = |code: &Code| below.join(format!("solution.{}", code.extension()));
        Code::OFFERED.into_iter().filter(|code| self.file(solution(code)).is_some()).collect()
    }

    /// Finds languages that get no arguments, while others get theirs.
    fn lint_arguments(
        &self,
        folder: &str,
        exercise: &Exercise,
        places: &Places<'_>,
        mistakes: &mut Vec<LoadError>,
    ) {
        for code in self.offered(folder) {
            let what = sentence!("mistake-arguments-language", code = code.name());
            if exercise.arguments.forgets(code.name()) {
                mistakes.push(places.wrong(at!["arguments"], what.clone()));
            }
            for (index, case) in exercise.cases.iter().enumerate() {
                let own = case.scenario.actors.iter().filter_map(|actor| actor.arguments.as_ref());
                if own.into_iter().any(|own| own.forgets(code.name())) {
                    let of_case = places.has(at!["case", index, "arguments"]);
                    let field = if of_case { "arguments" } else { "name" };
                    mistakes.push(places.wrong(at!["case", index, field], what.clone()));
                }
            }
        }
    }

    fn lint_bugs(
        &self,
        folder: &str,
        exercise: &Exercise,
        places: &Places<'_>,
        mistakes: &mut Vec<LoadError>,
    ) {
        let below = ItemKind::Exercise.path(folder).join("bugs");
        for (index, bug) in exercise.bugs.iter().enumerate() {
            let file = format!("bugs/{}", bug.file);
            if self.file(below.join(&bug.file)).is_none() {
                let what = sentence!("mistake-file-missing", file = &file);
                mistakes.push(places.wrong(at!["bug", index, "file"], what));
            }
            if bug.fails.is_empty() {
                let what = sentence!("mistake-bug-fails", file = &file);
                mistakes.push(places.wrong(at!["bug", index, "fails"], what));
            }
        }
        for (path, _) in self.files_below(&ItemKind::Exercise.path(folder)) {
            let part = path.strip_prefix(ItemKind::Exercise.path(folder)).unwrap_or(path);
            let is_run = part.starts_with("bugs") || part.starts_with("accepted");
            if is_run && Code::of(path).is_none() {
                let known = Code::ALL.map(|code| format!(".{}", code.extension())).join(", ");
                let what = sentence!("mistake-program-language", known = known);
                mistakes.push(LoadError::whole(&self.shown(path), what));
            }
        }
        for (path, _) in self.files_below(&below) {
            let named = exercise.bugs.iter().any(|bug| below.join(&bug.file) == path);
            if !named {
                mistakes
                    .push(LoadError::whole(&self.shown(path), sentence!("mistake-bug-unnamed")));
            }
        }
    }
}

/// The mistakes in the steps of a scenario. What is done several times is wrong once.
pub(super) fn steps(scenario: &Scenario, places: &Places<'_>) -> Vec<LoadError> {
    let order = out_of_order(scenario).into_iter().map(|(line, what)| places.in_line(line, what));
    let unstarted = unstarted(scenario).into_iter().map(|(line, what)| places.in_line(line, what));
    let late = late(scenario).map(|(span, what)| places.at(span, what));
    let pauses = too_long(scenario).into_iter().map(|(line, what)| places.in_line(line, what));
    let lifts = lifts_nothing(scenario).into_iter().map(|(line, what)| places.in_line(line, what));
    let all = order.chain(unstarted).chain(late).chain(pauses).chain(lifts);
    let mut mistakes: Vec<LoadError> = all.collect();
    mistakes.dedup();
    mistakes
}

fn lint_case(case: &Case, index: usize, places: &Places<'_>, mistakes: &mut Vec<LoadError>) {
    let name = &case.name;
    let here = at!["case", index, "name"];
    let hints = case.hints.iter().map(|hint| (&hint.text, "hint"));
    for (text, field) in std::iter::once((&case.title, "title")).chain(hints) {
        if has_empty(text) {
            let what = sentence!("mistake-text-empty", case = name);
            let field = if places.has(at!["case", index, field]) { field } else { "hints" };
            mistakes.push(places.wrong(at!["case", index, field], what));
        }
    }
    for step in &case.scenario.steps {
        if step.hints.iter().any(|hint| has_empty(&hint.text)) {
            let what = sentence!("mistake-text-empty", case = name);
            mistakes.push(places.in_line(step.line, what));
        }
    }
    let named = case.scenario.steps.iter().any(|step| step.name.is_some());
    for (line, peer) in unjoined(&case.scenario) {
        let what = sentence!("mistake-not-joined", case = name, peer = peer);
        mistakes.push(places.in_line(line, what));
    }
    if case.expects.is_empty() && !named && case.scenario.steps.is_empty() {
        mistakes.push(places.wrong(here, sentence!("mistake-case-empty", case = name)));
    }
    mistakes.extend(steps(&case.scenario, places));
    for (number, what) in waits_too_long(&case.scenario, &case.expects) {
        let path = at!["case", index, "expect", number, "waited_ms"];
        mistakes.push(places.wrong(path, what));
    }
}
