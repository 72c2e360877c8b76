//! The course's texts in the reader's language, or in English where nobody has translated them.

use socklab_judge::Texts;
use socklab_say::Speaker;
use socklab_scenario::format::{Exercise, Prose, Question};

/// A short text of the course.
pub(crate) fn text(speaker: Speaker, texts: &Texts) -> &str {
    texts.get(speaker.language())
}

/// The page of a question.
pub(crate) fn question(speaker: Speaker, question: &Question) -> &Prose {
    question.prose.get(speaker.language())
}

/// A section of a question's page.
pub(crate) fn section<'q>(speaker: Speaker, page: &'q Question, key: &str) -> Option<&'q str> {
    question(speaker, page).section(key).or_else(|| page.prose.english().section(key))
}

/// The page of an exercise.
pub(crate) fn exercise(speaker: Speaker, exercise: &Exercise) -> &Prose {
    exercise.prose.get(speaker.language())
}
