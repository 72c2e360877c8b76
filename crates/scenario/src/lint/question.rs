//! Finds mistakes in a question: too few choices, outcomes without evidence, sections and citations
//! that do not match the outcomes.

use std::path::Path;

use socklab_judge::FactWord;
use socklab_say::{Sentence, Template, sentence};

use super::languages::has_empty;
use super::roles::unused;
use crate::course::Course;
use crate::format::{LANGUAGES, LoadError, Prose, Question};
use crate::item_kind::ItemKind;

impl Course {
    pub(super) fn lint_question(
        &self,
        folder: &str,
        question: &Question,
        mistakes: &mut Vec<LoadError>,
    ) {
        let toml = self.file_of(ItemKind::Question, folder, "question.toml");
        let mut wrong = |what: Sentence| mistakes.push(LoadError::whole(&toml, what));
        if question.choices.len() < 3 {
            wrong(sentence!("mistake-few-choices", count = question.choices.len()));
        }
        if question.outcomes.is_empty() {
            wrong(sentence!("mistake-no-outcome"));
        }
        for choice in &question.choices {
            if has_empty(&choice.text) {
                wrong(sentence!("mistake-choice-no-text", id = &choice.id));
            }
        }
        if question.outcomes.iter().any(|outcome| outcome.when.is_empty()) {
            wrong(sentence!("mistake-outcome-no-evidence"));
        }
        if question.by_hand.is_empty() {
            wrong(sentence!("mistake-no-by-hand"));
        }
        for name in unused(&question.scenario) {
            wrong(sentence!("mistake-idle", name = name));
        }
        for (tag, prose) in question.prose.iter() {
            let file = self.file_of(ItemKind::Question, folder, &format!("{tag}.md"));
            lint_prose(question, prose, LANGUAGES.contains(&tag), &file, mistakes);
        }
    }
}

/// `whole`: a section that is missing is a mistake, and not something to translate one day.
fn lint_prose(
    question: &Question,
    prose: &Prose,
    whole: bool,
    file: &Path,
    mistakes: &mut Vec<LoadError>,
) {
    let mut wrong = |what: Sentence| mistakes.push(LoadError::whole(file, what));
    let known = |key: &str| key == "next" || question.outcomes.iter().any(|o| o.explain == key);
    for key in prose.sections.keys().filter(|key| !known(key)) {
        wrong(sentence!("mistake-section-unknown", key = key));
    }
    if whole && prose.section("next").is_none() {
        wrong(sentence!("mistake-section-next"));
    }
    for outcome in &question.outcomes {
        let Some(text) = prose.section(&outcome.explain) else {
            if whole {
                wrong(sentence!("mistake-section-missing", key = &outcome.explain));
            }
            continue;
        };
        for (name, word) in citations(text) {
            if !outcome.when.iter().any(|wanted| wanted.name() == name) {
                let key = &outcome.explain;
                wrong(sentence!("mistake-cites-nobody", key = key, name = name, word = word));
            } else if !FactWord::ALL.iter().any(|known| known.as_str() == word) {
                let known: Vec<&str> = FactWord::ALL.iter().map(|word| word.as_str()).collect();
                let known = known.join(", ");
                wrong(sentence!("mistake-cites-word", name = name, word = word, known = known));
            }
        }
    }
}

/// Every `{NAME.WORD}` of a text.
fn citations(text: &str) -> Vec<(&str, &str)> {
    let good = |part: &str| {
        !part.is_empty()
            && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    };
    let template = Template::parse(text);
    let pairs = template.names().filter_map(|name| name.split_once('.'));
    pairs.filter(|(name, word)| good(name) && good(word)).collect()
}
