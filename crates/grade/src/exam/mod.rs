//! An exam about a student's own recording, as part of a grade if the teacher wants.
//!
//! Who has passed gets three questions with choices on paper; nobody in the class gets the same
//! three. Finding the questions and proving their keys by running is not done here (it needs the
//! program); this is what they look like once they are found, who has which, what was answered, and
//! what comes of it.
//!
//! An [`Exam`] is kept in the folder of results as [`FILE`], and goes with it like a teacher's
//! comments: whoever writes the class anew lets it [note](Exam::note) what it says in the gradebook.

mod answers;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use socklab_say::{Sentence, sentence};

use crate::book::{Gradebook, Graded};
use crate::state::{CaseState, State};

pub use answers::{AnswersError, Read, Remark, csv_to_fill_in, is_known, read};

/// The file in a folder of results.
pub const FILE: &str = "exam.json";

/// How many questions an exam has.
pub const QUESTIONS: u32 = 3;

/// Whether a class is examined, for the gradebook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExamInfo {
    /// The points of each right answer; 0 if the exam is no part of the grade.
    pub each: u32,
    /// True as soon as somebody's answers are known. Before that, nobody's grade has anything of it.
    #[serde(default)]
    pub marked: bool,
}

impl ExamInfo {
    /// The points that can be earned, once they count.
    pub fn of(&self) -> u32 {
        if self.marked { self.each.saturating_mul(QUESTIONS) } else { 0 }
    }
}

/// What the exam came to for a student.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum Examined {
    /// The program did not pass, and who has not passed is not asked: none of the exam's points.
    NotPassed,
    /// There are no three questions about it that nobody else has. That is not the student's fault:
    /// the exam does not count.
    NoQuestions,
    /// There is a paper, and nobody knows what was answered: the exam does not count.
    NoAnswers,
    /// It was answered.
    Answered {
        /// How many answers are right, of [`QUESTIONS`].
        right: u32,
    },
}

impl Examined {
    /// Its word in files.
    pub fn word(self) -> &'static str {
        match self {
            Self::NotPassed => "not-passed",
            Self::NoQuestions => "no-questions",
            Self::NoAnswers => "no-answers",
            Self::Answered { .. } => "answered",
        }
    }

    /// The sentence for a reader.
    pub fn sentence(self) -> Sentence {
        match self {
            Self::NotPassed => sentence!("exam-state-not-passed"),
            Self::NoQuestions => sentence!("exam-state-no-questions"),
            Self::NoAnswers => sentence!("exam-state-no-answers"),
            Self::Answered { right } => {
                sentence!("exam-state-answered", right = right, asked = QUESTIONS)
            }
        }
    }

    /// How many answers are right, if there are some.
    pub fn right(self) -> Option<u32> {
        match self {
            Self::Answered { right } => Some(right),
            _ => None,
        }
    }
}

/// What can be asked about a submission, with the keys. It is kept beside the files of hidden cases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Questions {
    /// The SHA-256 of what was handed in.
    pub sha256: String,
    /// The seed with which it was run.
    pub seed: u64,
    /// The questions, in the order of the cases.
    pub questions: Vec<Question>,
}

impl Questions {
    /// None at all about this submission.
    pub fn none(graded: &Graded) -> Self {
        Self { sha256: graded.sha256.clone(), seed: 0, questions: Vec::new() }
    }
}

/// A question that can be asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Kind, case and the numbers in it. Two programs that did the same have the same.
    pub id: String,
    /// Its kind: `got-less`.
    pub kind: String,
    /// The case in whose recording it was found.
    pub case: String,
    /// The call that it is about.
    pub call: String,
    /// True if a variant of the case was run for its key.
    pub ran: bool,
    /// The question.
    pub ask: String,
    /// The choices.
    pub choices: Vec<Choice>,
    /// Which of them is right.
    pub right: usize,
    /// The rows of the ladder that show it.
    pub evidence: String,
}

/// Something that can be answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// Its short name within its kind.
    pub label: String,
    /// What a student reads.
    pub text: String,
    /// Why it is right, or why it is not.
    pub why: String,
}

/// The exam of a class: who has which questions, and what was answered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exam {
    /// [`crate::FORMAT_VERSION`].
    pub format_version: u32,
    /// The points of each right answer.
    pub each: u32,
    /// The papers, by the ids of students.
    #[serde(default)]
    pub papers: BTreeMap<String, Paper>,
}

/// A student's three questions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paper {
    /// The SHA-256 of what they are about.
    pub sha256: String,
    /// The questions, in their order.
    pub questions: Vec<Posed>,
    /// What was answered, as letters; an answer is missing where none was given. `None` if nobody
    /// knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answers: Option<Vec<Option<char>>>,
}

/// A question as it stands on a paper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posed {
    /// See [`Question`].
    #[serde(flatten)]
    pub question: Question,
    /// In which order its choices stand, for the letters a, b, c ….
    pub order: Vec<usize>,
}

/// A choice's letter.
pub fn letter(place: usize) -> char {
    u8::try_from(place).ok().filter(|place| *place < 26).map_or('?', |it| char::from(b'a' + it))
}

impl Posed {
    /// The letter of the right choice.
    pub fn key(&self) -> char {
        letter(self.order.iter().position(|at| *at == self.question.right).unwrap_or(usize::MAX))
    }

    /// The choices with their letters.
    pub fn choices(&self) -> impl Iterator<Item = (char, &Choice)> {
        let known = self.order.iter().enumerate();
        known.filter_map(|(place, at)| Some((letter(place), self.question.choices.get(*at)?)))
    }
}

impl Paper {
    /// How many answers are right; `None` if nobody knows what was answered.
    pub fn right(&self) -> Option<u32> {
        let answers = self.answers.as_ref()?;
        let is_right = |(posed, answer): &(&Posed, &Option<char>)| **answer == Some(posed.key());
        let right = self.questions.iter().zip(answers).filter(is_right).count();
        u32::try_from(right).ok()
    }
}

impl Exam {
    /// True as soon as somebody's answers are known.
    pub fn is_marked(&self) -> bool {
        self.papers.values().any(|paper| paper.answers.is_some())
    }

    /// Notes in a gradebook what the exam came to.
    pub fn note(&self, book: &mut Gradebook) {
        book.assignment.exam = Some(ExamInfo { each: self.each, marked: self.is_marked() });
        for graded in &mut book.results {
            let about = |paper: &&Paper| paper.sha256 == graded.sha256;
            let paper = self.papers.get(&graded.student.id).filter(about);
            graded.exam = match paper {
                _ if !graded.state.has_points() => None,
                Some(paper) => Some(match paper.right() {
                    Some(right) => Examined::Answered { right },
                    None => Examined::NoAnswers,
                }),
                None if has_passed(&book.assignment, graded) => Some(Examined::NoQuestions),
                None => Some(Examined::NotPassed),
            };
        }
    }
}

/// True if somebody is examined: the program has passed all cases that a simple correct one passes.
pub fn has_passed(assignment: &crate::Assignment, graded: &Graded) -> bool {
    let passed = |name: &str| {
        let case = graded.cases.iter().find(|case| case.name == name);
        case.is_some_and(|case| case.state == CaseState::Passed)
    };
    let core = assignment.cases.iter().filter(|case| !case.robust);
    graded.state == State::Graded && core.into_iter().all(|case| passed(&case.name))
}
