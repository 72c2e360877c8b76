//! What a course lacks in a language. In [`LANGUAGES`](crate::LANGUAGES) nothing may be missing; what
//! is missing in a further language is counted, and its readers get English.

use std::path::Path;

use socklab_judge::Texts;
use socklab_say::Translated;

use crate::course::Course;
use crate::exercise::{Hint, SHARED, SHARED_COMMENTS, read_comments, read_hints};
use crate::format::{Exercise, Prose, Question, Step, UnboundExpectation, Verb};
use crate::item_kind::ItemKind;

/// True if a text is there and says nothing.
pub(super) fn has_empty(texts: &Texts) -> bool {
    texts.iter().any(|(_, text)| text.trim().is_empty())
}

/// How many texts a course has, and how many of them a language lacks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Untranslated {
    /// How many are missing.
    pub missing: usize,
    /// How many there are in English: short texts, introductions and sections.
    pub of: usize,
}

impl Untranslated {
    fn count(&mut self, there: bool) {
        self.of += 1;
        self.missing += usize::from(!there);
    }

    fn texts<'t>(&mut self, tag: &str, texts: impl IntoIterator<Item = &'t Texts>) {
        for text in texts {
            self.count(text.own(tag).is_some());
        }
    }

    fn evidence(&mut self, tag: &str, wanted: &[UnboundExpectation]) {
        for hint in wanted.iter().flat_map(UnboundExpectation::hints) {
            self.count(hint.text.own(tag).is_some());
        }
        self.texts(tag, wanted.iter().flat_map(UnboundExpectation::says));
    }

    fn page(&mut self, tag: &str, page: &Translated<Prose>) {
        let own = page.own(tag);
        self.count(own.is_some());
        for key in page.english().sections.keys() {
            self.count(own.is_some_and(|own| own.section(key).is_some()));
        }
    }
}

fn of_steps(steps: &[Step]) -> impl Iterator<Item = &Texts> {
    steps.iter().flat_map(|step| {
        let acts = match &step.verb {
            Verb::Peer { ops, .. } => &ops[..],
            _ => &[],
        };
        let says = acts.iter().filter_map(|act| act.op.pattern()?.says.as_ref());
        step.hints.iter().map(|hint| &hint.text).chain(says)
    })
}

fn of_hint(hint: &Hint) -> [&Texts; 3] {
    [&hint.prompt, &hint.vague, &hint.precise]
}

impl Course {
    /// Counts what the language with this tag lacks, in these questions and exercises of the course
    /// and in what is said about the gaps and in comments.
    pub fn untranslated(
        &self,
        questions: &[Question],
        exercises: &[Exercise],
        tag: &str,
    ) -> Untranslated {
        let mut counted = Untranslated::default();
        for question in questions {
            counted.page(tag, &question.prose);
            counted.texts(tag, question.choices.iter().map(|choice| &choice.text));
            counted.texts(tag, question.by_hand.iter().filter_map(|line| line.note.as_ref()));
            counted.texts(tag, of_steps(&question.scenario.steps));
            for outcome in &question.outcomes {
                counted.evidence(tag, &outcome.when);
            }
        }
        let mut gaps = vec![Path::new(SHARED).to_owned()];
        let mut comments = vec![Path::new(SHARED_COMMENTS).to_owned()];
        for exercise in exercises {
            counted.page(tag, &exercise.prose);
            for case in &exercise.cases {
                let hints = case.hints.iter().map(|hint| &hint.text);
                counted.texts(tag, std::iter::once(&case.title).chain(hints));
                counted.texts(tag, of_steps(&case.scenario.steps));
                counted.evidence(tag, &case.expects);
            }
            gaps.push(ItemKind::Exercise.path(&exercise.name).join("gaps.toml"));
            comments.push(ItemKind::Exercise.path(&exercise.name).join("comments.toml"));
        }
        for file in gaps {
            for hint in read_hints(self, &file).unwrap_or_default().values() {
                counted.texts(tag, of_hint(hint));
            }
        }
        for file in comments {
            let all = read_comments(self, &file).unwrap_or_default();
            counted.texts(tag, all.iter().map(|comment| comment.get_ref()));
        }
        counted
    }
}
