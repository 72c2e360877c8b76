//! The course's texts in the reader's language. The loader refuses a text that lacks one of the
//! languages.

use socklab_judge::Texts;
use socklab_say::Speaker;
use socklab_scenario::format::{Exercise, Prose, Question};

/// A short text of the course.
pub(crate) fn text(speaker: Speaker, texts: &Texts) -> &str {
    match speaker.language().tag() {
        "es" => &texts.es,
        _ => &texts.en,
    }
}

/// The page of a question.
pub(crate) fn question(speaker: Speaker, question: &Question) -> &Prose {
    &question.prose[speaker.language().tag()]
}

/// The page of an exercise.
pub(crate) fn exercise(speaker: Speaker, exercise: &Exercise) -> &Prose {
    &exercise.prose[speaker.language().tag()]
}
