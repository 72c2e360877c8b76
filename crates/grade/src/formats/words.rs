//! What a result says to a student, line by line, for the formats that have room for words.

use socklab_say::{Speaker, say};

use super::{line, shown};
use crate::{Assignment, CaseInfo, CaseResult, CaseState, Graded, Score, State};

/// A line, and what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) kind: Kind,
    pub(super) text: String,
}

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// What went wrong, in a sentence.
    Wrong,
    /// More about it.
    Detail,
    /// What a tool printed.
    Quoted,
    /// A command to type.
    Command,
}

impl Line {
    fn new(kind: Kind, text: &str) -> Vec<Self> {
        shown(text).lines().map(|text| Self { kind, text: text.to_owned() }).collect()
    }
}

/// The lines as a text.
pub(super) fn plain(lines: &[Line]) -> String {
    lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join("\n")
}

/// What became of a case, for its student. Nothing if it passed.
pub(super) fn of_case(speaker: Speaker, info: &CaseInfo, case: &CaseResult) -> Vec<Line> {
    match case.state {
        CaseState::Passed => return Vec::new(),
        CaseState::Skipped => {
            let why = match &case.because {
                Some(first) => say!(speaker, "check-skipped", case = line(first)),
                None => say!(speaker, "format-skipped"),
            };
            return Line::new(Kind::Detail, &why);
        }
        CaseState::InfraError => {
            let mut lines = Line::new(Kind::Wrong, &say!(speaker, "check-infra"));
            lines.extend(case.problem.iter().flat_map(|why| Line::new(Kind::Detail, why)));
            return lines;
        }
        CaseState::Failed | CaseState::Timeout => {}
    }
    if info.hidden {
        return Line::new(Kind::Detail, &say!(speaker, "format-hidden"));
    }
    let mut lines = Vec::new();
    if let Some(did) = &case.did {
        lines.extend(Line::new(Kind::Wrong, &did.text));
    }
    if let Some(problem) = &case.problem {
        let kind = if lines.is_empty() { Kind::Wrong } else { Kind::Detail };
        let problem = Line::new(kind, problem);
        // A problem may begin with the same sentence.
        let said = lines.clone();
        lines.extend(problem.into_iter().filter(|new| said.iter().all(|it| it.text != new.text)));
    }
    if lines.is_empty() && case.state == CaseState::Timeout {
        lines.extend(Line::new(Kind::Wrong, &say!(speaker, "check-timed-out")));
    }
    let labelled = |label: &str, text: &str| {
        Line::new(Kind::Detail, &format!("{} {}", say!(speaker, label), text))
    };
    lines.extend(case.explanations.iter().flat_map(|text| labelled("label-why", text)));
    lines.extend(case.hints.first().iter().flat_map(|text| labelled("label-hint", text)));
    if !case.again.is_empty() {
        let again = format!("{} {}", say!(speaker, "label-again"), case.again);
        lines.extend(Line::new(Kind::Command, &again));
    }
    lines
}

/// What is to be said about a submission besides its cases.
pub(super) fn of_submission(speaker: Speaker, graded: &Graded) -> Vec<Line> {
    let mut lines = Vec::new();
    match graded.state {
        State::Graded => {}
        State::InfraError | State::Pending => {
            lines.extend(Line::new(Kind::Wrong, &unknown(speaker, graded)));
        }
        State::NoSubmission | State::DoesNotCompile => {
            let why = graded.why.clone().unwrap_or_else(|| match graded.state {
                State::DoesNotCompile => say!(speaker, "format-does-not-compile"),
                _ => say!(speaker, "format-no-submission"),
            });
            lines.extend(Line::new(Kind::Wrong, &why));
        }
    }
    if graded.state == State::DoesNotCompile || !graded.compiler.is_empty() {
        lines.extend(Line::new(Kind::Quoted, &graded.compiler));
    }
    if let Some(comment) = &graded.comment {
        let comment = say!(speaker, "format-comment", comment = shown(comment));
        lines.extend(Line::new(Kind::Detail, &comment));
    }
    if let Some(exam) = graded.exam {
        lines.extend(Line::new(Kind::Detail, &speaker.tell(&exam.sentence())));
    }
    for seen in &graded.sightings {
        lines.extend(Line::new(Kind::Wrong, &seen.text));
    }
    if graded.attempt.as_ref().is_some_and(|attempt| attempt.late) {
        lines.extend(Line::new(Kind::Detail, &say!(speaker, "format-late")));
    }
    if let Some(because) = &graded.unsafe_because {
        let text = say!(speaker, "format-unsafe", because = line(because));
        lines.extend(Line::new(Kind::Detail, &text));
    }
    lines
}

/// The name of the exam where cases have names.
pub(super) const EXAM: &str = "exam";

/// An exam, for the formats that have nothing but tests.
pub(super) struct ExamTest {
    /// True if all answers are right.
    pub(super) passed: bool,
    /// Its points; `None` if it is no part of the grade.
    pub(super) score: Option<Score>,
    /// The sentence for its student.
    pub(super) text: String,
}

/// The exam as a test, if it was answered or counts all the same.
pub(super) fn exam_test(
    speaker: Speaker,
    assignment: &Assignment,
    graded: &Graded,
) -> Option<ExamTest> {
    let exam = graded.exam?;
    let score = graded.score_of_exam(assignment);
    (exam.right().is_some() || score.is_some()).then(|| ExamTest {
        passed: exam.right() == Some(crate::exam::QUESTIONS),
        score,
        text: speaker.tell(&exam.sentence()),
    })
}

/// Why nobody knows what a submission would earn.
pub(super) fn unknown(speaker: Speaker, graded: &Graded) -> String {
    if graded.state == State::Pending {
        return say!(speaker, "format-pending");
    }
    let of_case = graded.cases.iter().find(|case| case.state == CaseState::InfraError);
    let of_case = of_case.and_then(|case| case.problem.as_deref());
    match graded.why.as_deref().or(of_case) {
        Some(why) => say!(speaker, "format-unknown-because", why = shown(why)),
        None => say!(speaker, "format-unknown"),
    }
}
