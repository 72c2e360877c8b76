//! The gradebook: what was graded, and what each submission came to.
//!
//! A little longer than 400 lines: one record, field by field, as its JSON has them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::cluster::Form;
use crate::exam::{ExamInfo, Examined, QUESTIONS};
use crate::state::{CaseState, State};

/// The version of what is written here. Files of a later one are not read.
pub const FORMAT_VERSION: u32 = 1;

/// What grading a class came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gradebook {
    /// [`FORMAT_VERSION`].
    pub format_version: u32,
    /// What was graded.
    pub assignment: Assignment,
    /// One entry for each student, by id.
    pub results: Vec<Graded>,
}

/// What was graded, and how. Equal for all students of a class.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Assignment {
    /// The exercise's name.
    pub exercise: String,
    /// Its title, in `language`.
    pub title: String,
    /// The language of all texts in this book, by its tag: `en`.
    pub language: String,
    /// The version of socklab that graded.
    pub socklab: String,
    /// Which exercise judged: the SHA-256 of its files, in hexadecimal digits.
    pub exercise_sha256: String,
    /// The pack that hidden cases are from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pack: Option<Pack>,
    /// The seed of payloads, the same for everybody.
    pub seed: u64,
    /// Which points make the grade.
    pub counted: Counted,
    /// Whether the class is examined about its recordings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exam: Option<ExamInfo>,
    /// When grading began, as RFC 3339 writes it, in UTC.
    pub started: String,
    /// The cases, in the exercise's order.
    pub cases: Vec<CaseInfo>,
}

/// A folder of cases that students don't have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pack {
    /// The folder's name, without the path.
    pub name: String,
    /// The SHA-256 of its files, in hexadecimal digits.
    pub sha256: String,
}

/// Which points make the grade.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Counted {
    /// Those of core cases, which a simple correct solution passes. Robust cases are shown beside.
    #[default]
    Core,
    /// Those of all cases.
    All,
}

/// A case, as far as everybody may know it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseInfo {
    /// Its short name.
    pub name: String,
    /// What it checks, in a line.
    pub title: String,
    /// Its points. A submission earns all of them or none.
    pub points: u32,
    /// True if a simple correct solution need not pass it.
    pub robust: bool,
    /// True if students may know its name and points only.
    #[serde(default)]
    pub hidden: bool,
}

/// A student.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Student {
    /// What identifies the student: the school's id where it is known, else the name of the file or
    /// folder. Unique in a class.
    pub id: String,
    /// The name for readers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The address of mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// More that a roster or a bulk download says: columns that another file needs to name this
    /// student, such as Canvas' `SIS User ID` and `Section`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub more: BTreeMap<String, String>,
}

/// Which of a student's attempts counts, and when it was handed in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// Its number, from 1.
    pub number: u32,
    /// How many there were.
    pub of: u32,
    /// When it was handed in, as it was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub submitted: Option<String>,
    /// True if it was marked as late, or handed in after the time that is due. It is graded all the
    /// same.
    #[serde(default)]
    pub late: bool,
}

/// What a student's submission came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Graded {
    /// Whose it is.
    pub student: Student,
    /// What became of it.
    pub state: State,
    /// Why it has no verdicts: what is missing, or what failed. `None` if it was graded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// Which attempt this is; `None` if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempt: Option<Attempt>,
    /// The language it is written in: `python`. Empty if that is not known.
    #[serde(default)]
    pub language: String,
    /// The file that was run or compiled, below the student's folder.
    #[serde(default)]
    pub file: String,
    /// The SHA-256 of all that was handed in, in hexadecimal digits. Empty if there is nothing.
    #[serde(default)]
    pub sha256: String,
    /// What the compiler said: errors, or warnings of a program that was accepted.
    #[serde(default)]
    pub compiler: String,
    /// The points; `None` if nobody knows them.
    pub points: Option<Points>,
    /// The cases, in the exercise's order; none if none was run.
    pub cases: Vec<CaseResult>,
    /// What the program tried that a sandbox does not let it do, and the limits that it reached.
    #[serde(default)]
    pub sightings: Vec<Sighting>,
    /// Why it ran without a sandbox, if it did. Then nothing here is proof against a program that
    /// cheats.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unsafe_because: Option<String>,
    /// What grading it took.
    #[serde(default)]
    pub used: Used,
    /// How often it was graded again because the machine failed.
    #[serde(default)]
    pub retries: u32,
    /// The group of submissions that behave alike which it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The teacher's comment on that group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// What an exam came to. `None` if there is none, or if nobody knows whether there will be one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exam: Option<Examined>,
    /// What others could see of its behaviour, by which it is grouped. `None` if that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<Form>,
}

/// Points earned and points possible.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Score {
    /// Earned.
    pub earned: u32,
    /// Possible.
    pub of: u32,
}

/// The points of a submission.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Points {
    /// Those of core cases.
    pub core: Score,
    /// Those of robust cases.
    pub robust: Score,
}

/// The result of a case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CaseResult {
    /// Its name.
    pub name: String,
    /// What became of it.
    pub state: CaseState,
    /// Points earned; `None` if nobody knows them.
    pub points: Option<u32>,
    /// The case that has to pass first, if it was not run for that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
    /// What the program did, if the case did not pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub did: Option<Did>,
    /// Why it did not pass: what was expected, and what came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// What a reader should know about what happened.
    #[serde(default)]
    pub explanations: Vec<String>,
    /// The hints of the exercise's author that fit.
    #[serde(default)]
    pub hints: Vec<String>,
    /// The command that repeats exactly this case, with its seed.
    #[serde(default)]
    pub again: String,
    /// The same command for the teacher, where the class was graded: it can be typed in any folder, and
    /// names the pack of a hidden case. Empty if what was handed in is not a file there.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub again_here: String,
    /// Where its files are, below the folder of results.
    #[serde(default)]
    pub files: Files,
    /// How long it took, in milliseconds.
    #[serde(default)]
    pub milliseconds: u64,
}

/// What a program did, in a sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Did {
    /// The rule that found it.
    pub rule: String,
    /// The well-known mistake behind it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// The sentence.
    pub text: String,
}

/// The files of a case, below the folder of results, with `/` between the parts. Where nothing is
/// written to a folder, there are none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Files {
    /// The page with its ladder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<String>,
    /// The recording.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recording: Option<String>,
    /// The packets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capture: Option<String>,
}

/// Something that a program tried and must not do, or a limit that it reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sighting {
    /// What: `wrote-outside`, `no-network`, `fork-limit`, `memory-limit`, `output-limit` …
    pub what: String,
    /// The object: a path, an address, a limit.
    #[serde(default)]
    pub object: String,
    /// The sentence for a reader.
    pub text: String,
    /// The first case in which it was seen; empty for the compiler.
    #[serde(default)]
    pub case: String,
    /// How often it was seen.
    pub times: u32,
}

/// What grading a submission took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Used {
    /// From its beginning to its end, in milliseconds.
    pub milliseconds: u64,
    /// Processor time of all that ran for it, in milliseconds: its programs, the compiler, and those
    /// who judge.
    pub processor_milliseconds: u64,
    /// The part of that which the compiler took.
    #[serde(default)]
    pub compiler_milliseconds: u64,
    /// The most memory that its processes were seen to have at a time, in bytes: their largest
    /// resident sets (`VmHWM`), added up, looked at every 20 ms. The compiler's is not in it. 0 if it is
    /// not known.
    pub memory: u64,
}

impl Gradebook {
    /// How many students grading has not come to yet: none once it is at its end.
    pub fn pending(&self) -> usize {
        self.results.iter().filter(|graded| graded.state == State::Pending).count()
    }
}

impl Points {
    /// The points that make the grade.
    pub fn counted(&self, counted: Counted) -> Score {
        match counted {
            Counted::Core => self.core,
            Counted::All => Score {
                earned: self.core.earned + self.robust.earned,
                of: self.core.of + self.robust.of,
            },
        }
    }
}

impl Assignment {
    /// The points that can be earned, with those of an exam once they count.
    pub fn of(&self) -> u32 {
        self.of_cases() + self.exam.map_or(0, |exam| exam.of())
    }

    /// The points that can be earned by the cases.
    pub fn of_cases(&self) -> u32 {
        let counts = |case: &&CaseInfo| self.counted == Counted::All || !case.robust;
        self.cases.iter().filter(counts).map(|case| case.points).sum()
    }

    /// The case of this name.
    pub fn case(&self, name: &str) -> Option<&CaseInfo> {
        self.cases.iter().find(|case| case.name == name)
    }
}

/// The first line of a text, and the one below it if the first only announces that.
pub fn headline(text: &str) -> String {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or_default();
    match lines.next() {
        Some(next) if first.ends_with(':') => format!("{first} {next}"),
        _ => first.to_owned(),
    }
}

impl Graded {
    /// The points that make the grade; `None` if nobody knows them. Those of an exam are among them,
    /// unless it does not count for this student: then fewer can be earned.
    pub fn score(&self, assignment: &Assignment) -> Option<Score> {
        let cases = self.score_of_cases(assignment)?;
        let exam = self.score_of_exam(assignment).unwrap_or_default();
        Some(Score { earned: cases.earned + exam.earned, of: cases.of + exam.of })
    }

    /// The points of the cases; `None` if nobody knows them.
    pub fn score_of_cases(&self, assignment: &Assignment) -> Option<Score> {
        match (self.state, self.points) {
            (State::InfraError | State::Pending, _) | (State::Graded, None) => None,
            (_, Some(points)) => Some(points.counted(assignment.counted)),
            (_, None) => Some(Score { earned: 0, of: assignment.of_cases() }),
        }
    }

    /// The points of the exam; `None` if it does not count for this student, or for nobody yet.
    pub fn score_of_exam(&self, assignment: &Assignment) -> Option<Score> {
        let exam = assignment.exam.filter(|exam| exam.of() > 0 && self.state.has_points())?;
        let right = match self.exam {
            Some(Examined::NoQuestions | Examined::NoAnswers) => return None,
            Some(Examined::Answered { right }) => right.min(QUESTIONS),
            Some(Examined::NotPassed) | None => 0,
        };
        Some(Score { earned: right * exam.each, of: exam.of() })
    }

    /// What the student may see of it: nothing of a hidden case but its name, state and points.
    #[must_use]
    pub fn for_student(&self, assignment: &Assignment) -> Self {
        let mut seen = self.clone();
        seen.form = None;
        for case in &mut seen.cases {
            case.again_here.clear();
        }
        let hidden = |name: &str| assignment.case(name).is_some_and(|case| case.hidden);
        for case in seen.cases.iter_mut().filter(|case| hidden(&case.name)) {
            *case = CaseResult {
                name: case.name.clone(),
                state: case.state,
                points: case.points,
                because: case.because.clone(),
                did: None,
                problem: None,
                explanations: Vec::new(),
                hints: Vec::new(),
                again: String::new(),
                again_here: String::new(),
                files: Files::default(),
                milliseconds: case.milliseconds,
            };
        }
        seen.sightings.retain(|seen| !hidden(&seen.case));
        seen
    }
}

#[cfg(test)]
mod tests {
    use super::headline;

    #[test]
    fn a_headline_that_announces_something_says_it() {
        assert_eq!(
            headline("gcc is broken here:\n\n    no cc1\n  more"),
            "gcc is broken here: no cc1"
        );
        assert_eq!(headline("\none\ntwo"), "one");
        assert_eq!(headline("only:"), "only:");
        assert_eq!(headline(""), "");
    }
}
