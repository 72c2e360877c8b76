//! Finds mistakes in a question: too few choices, outcomes without evidence, sections and citations
//! that do not match the outcomes.

use std::path::Path;

use socklab_judge::FactWord;
use socklab_say::{Sentence, sentence};

use super::exercise::steps;
use super::languages::has_empty;
use super::placeholders::lint_placeholders;
use super::places::{Part, Places, at};
use super::roles::unused;
use crate::citations::{citations, without};
use crate::course::Course;
use crate::format::{LANGUAGES, LoadError, Prose, Question, UnboundExpectation};
use crate::item_kind::ItemKind;

impl Course {
    pub(super) fn lint_question(
        &self,
        folder: &str,
        question: &Question,
        mistakes: &mut Vec<LoadError>,
    ) {
        let toml = ItemKind::Question.toml(folder);
        let text = self.file(&toml).map(String::from_utf8_lossy).unwrap_or_default();
        let places = &Places::of(&self.shown(&toml), &text);
        let mut wrong = |path: &[Part<'_>], what: Sentence| mistakes.push(places.wrong(path, what));
        let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if !folder.chars().all(good) {
            wrong(at!["format_version"], sentence!("mistake-folder-name", folder = folder));
        }
        if question.choices.len() < 3 {
            let what = sentence!("mistake-few-choices", count = question.choices.len());
            wrong(at!["choice"], what);
        }
        if question.outcomes.is_empty() {
            wrong(at!["outcome"], sentence!("mistake-no-outcome"));
        }
        for (index, choice) in question.choices.iter().enumerate() {
            if has_empty(&choice.text) {
                let what = sentence!("mistake-choice-no-text", id = &choice.id);
                wrong(at!["choice", index, "id"], what);
            }
        }
        for (index, outcome) in question.outcomes.iter().enumerate() {
            if outcome.when.is_empty() {
                let what = sentence!("mistake-outcome-no-evidence");
                wrong(at!["outcome", index, "answer"], what);
            } else if outcome.when.iter().all(UnboundExpectation::is_if_recorded) {
                let what = sentence!("mistake-outcome-if-recorded");
                wrong(at!["outcome", index, "answer"], what);
            }
        }
        if question.by_hand.is_empty() {
            wrong(at!["format_version"], sentence!("mistake-no-by-hand"));
        }
        for name in unused(&question.scenario) {
            mistakes.push(places.member(name, sentence!("mistake-idle", name = name)));
        }
        mistakes.extend(steps(&question.scenario, places));
        lint_placeholders(places, mistakes);
        for (tag, prose) in question.prose.iter() {
            let path = ItemKind::Question.path(folder).join(format!("{tag}.md"));
            let text = self.file(&path).map(String::from_utf8_lossy).unwrap_or_default();
            let page = Page { file: &self.shown(&path), text: &text };
            lint_prose(question, prose, LANGUAGES.contains(&tag), &page, mistakes);
        }
    }
}

/// A Markdown file.
struct Page<'a> {
    file: &'a Path,
    text: &'a str,
}

impl Page<'_> {
    /// A mistake about the first line with `near` in it.
    fn wrong(&self, near: &str, what: Sentence) -> LoadError {
        let line = self.text.lines().position(|line| line.contains(near));
        LoadError::in_line(self.file, self.text, line.map_or(1, |index| index + 1), near, what)
    }
}

/// `whole`: a section that is missing is a mistake, and not something to translate one day.
fn lint_prose(
    question: &Question,
    prose: &Prose,
    whole: bool,
    page: &Page<'_>,
    mistakes: &mut Vec<LoadError>,
) {
    let mut wrong = |near: &str, what: Sentence| mistakes.push(page.wrong(near, what));
    let known = |key: &str| key == "next" || question.outcomes.iter().any(|o| o.explain == key);
    for key in prose.sections.keys().filter(|key| !known(key)) {
        wrong(&format!("## {key}"), sentence!("mistake-section-unknown", key = key));
    }
    if whole && prose.section("next").is_none() {
        wrong("# ", sentence!("mistake-section-next"));
    }
    for outcome in &question.outcomes {
        let Some(text) = prose.section(&outcome.explain) else {
            if whole {
                wrong("# ", sentence!("mistake-section-missing", key = &outcome.explain));
            }
            continue;
        };
        let perhaps: Vec<&str> = outcome.unrecorded().map(UnboundExpectation::name).collect();
        if !perhaps.is_empty() && without(text, &perhaps).is_empty() {
            let what = sentence!("mistake-section-if-recorded", key = &outcome.explain);
            wrong(&format!("## {}", outcome.explain), what);
        }
        for (name, word) in citations(text) {
            let cited = format!("{{{name}.{word}}}");
            if !outcome.when.iter().any(|wanted| wanted.name() == name) {
                let key = &outcome.explain;
                let what = sentence!("mistake-cites-nobody", key = key, name = name, word = word);
                wrong(&cited, what);
            } else if !FactWord::ALL.iter().any(|known| known.as_str() == word) {
                let known: Vec<&str> = FactWord::ALL.iter().map(|word| word.as_str()).collect();
                let known = known.join(", ");
                let what = sentence!("mistake-cites-word", name = name, word = word, known = known);
                wrong(&cited, what);
            }
        }
    }
}
