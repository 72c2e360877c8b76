//! Finds mistakes in a course whose files can be read: missing texts, names that refer to nothing,
//! actors that do nothing. Every mistake is reported, not only the first.

mod comments;
mod exercise;
mod gaps;
mod languages;
mod order;
mod pauses;
mod placeholders;
mod places;
mod programs;
mod question;
mod roles;
mod wire;

use std::collections::BTreeMap;

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
        for (kind, folder) in self.empty_folders() {
            let what = sentence!("mistake-no-file");
            linted.mistakes.push(LoadError::whole(&self.shown(&kind.toml(folder)), what));
        }
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
        self.lint_comments(&mut linted.mistakes);
        self.lint_names(&linted.questions, &mut linted.mistakes);
        linted.mistakes.extend(self.syllabus(programs).err());
        linted
    }

    /// Where an exercise says how one of its programs must be judged, as `FILE:LINE`: its `[[bug]]`,
    /// or else the program's own file.
    pub fn place_of(&self, exercise: &Exercise, program: &str) -> String {
        let name = program.strip_prefix("bugs/").unwrap_or_default();
        let below = ItemKind::Exercise.path(&exercise.name);
        match exercise.bugs.iter().find(|bug| bug.file == name) {
            Some(bug) => {
                let file = self.shown(&ItemKind::Exercise.toml(&exercise.name));
                format!("{}:{}", socklab_say::path(&file), bug.line)
            }
            // A starter is made from the solution.
            None => {
                let file = below.join(program.replace("starter.", "solution."));
                format!("{}:1", self.shown(&file).display())
            }
        }
    }

    /// Where a question is, as `FILE:LINE`.
    pub fn place_of_question(&self, question: &Question) -> String {
        let file = self.shown(&ItemKind::Question.toml(&folder_of(question)));
        format!("{}:1", socklab_say::path(&file))
    }

    fn lint_names(&self, questions: &[Question], mistakes: &mut Vec<LoadError>) {
        let mut numbers: BTreeMap<u32, &str> = BTreeMap::new();
        let mut names: BTreeMap<&str, u32> = BTreeMap::new();
        for question in questions {
            let file = self.shown(&ItemKind::Question.toml(&folder_of(question)));
            let mut wrong = |what| mistakes.push(LoadError::whole(&file, what));
            if let Some(other) = numbers.insert(question.number, &question.name) {
                wrong(sentence!("mistake-number-taken", number = question.number, other = other));
            }
            if let Some(other) = names.insert(&question.name, question.number) {
                wrong(sentence!("mistake-name-taken", other = other));
            }
        }
    }
}

fn folder_of(question: &Question) -> String {
    format!("{:02}-{}", question.number, question.name)
}
