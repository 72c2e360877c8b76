//! Finds mistakes in a course whose files can be read: missing texts, names that refer to nothing,
//! actors that do nothing. Every mistake is reported, not only the first.

mod exercise;
mod gaps;
mod languages;
mod programs;
mod question;
mod roles;

use std::collections::BTreeMap;
use std::path::PathBuf;

pub use languages::Untranslated;
use socklab_say::sentence;

use crate::course::Course;
use crate::format::{Exercise, LoadError, Question};
use crate::item_kind::ItemKind;

/// The items of a course that could be read, and its mistakes.
#[derive(Debug, Default)]
pub struct Linted {
    /// The questions that could be read.
    pub questions: Vec<Question>,
    /// The exercises that could be read.
    pub exercises: Vec<Exercise>,
    /// The mistakes, by file.
    pub mistakes: Vec<LoadError>,
}

impl Course {
    /// Reads everything and finds every mistake. `programs` are the names of the course programs.
    pub fn lint(&self, programs: &[&str]) -> Linted {
        let mut linted = Linted::default();
        for folder in self.folders(ItemKind::Question) {
            match self.question(&folder) {
                Ok(question) => {
                    self.lint_question(&folder, &question, &mut linted.mistakes);
                    self.lint_programs(ItemKind::Question, &folder, programs, &mut linted.mistakes);
                    linted.questions.push(question);
                }
                Err(error) => linted.mistakes.push(error),
            }
        }
        for folder in self.folders(ItemKind::Exercise) {
            match self.exercise(&folder) {
                Ok(exercise) => {
                    self.lint_exercise(&folder, &exercise, &mut linted.mistakes);
                    self.lint_programs(ItemKind::Exercise, &folder, programs, &mut linted.mistakes);
                    linted.exercises.push(exercise);
                }
                Err(error) => linted.mistakes.push(error),
            }
        }
        self.lint_gaps(&mut linted.mistakes);
        self.lint_names(&linted.questions, &mut linted.mistakes);
        linted
    }

    fn lint_names(&self, questions: &[Question], mistakes: &mut Vec<LoadError>) {
        let mut numbers: BTreeMap<u32, &str> = BTreeMap::new();
        let mut names: BTreeMap<&str, u32> = BTreeMap::new();
        for question in questions {
            let file = self.file_of(ItemKind::Question, &folder_of(question), "question.toml");
            if let Some(other) = numbers.insert(question.number, &question.name) {
                let what =
                    sentence!("mistake-number-taken", number = question.number, other = other);
                mistakes.push(LoadError::whole(&file, what));
            }
            if let Some(other) = names.insert(&question.name, question.number) {
                mistakes
                    .push(LoadError::whole(&file, sentence!("mistake-name-taken", other = other)));
            }
        }
    }

    fn file_of(&self, kind: ItemKind, folder: &str, name: &str) -> PathBuf {
        self.shown(&kind.path(folder).join(name))
    }
}

fn folder_of(question: &Question) -> String {
    format!("{:02}-{}", question.number, question.name)
}
