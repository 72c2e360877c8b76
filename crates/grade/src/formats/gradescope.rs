//! Gradescope's `results.json`
//! ([specification](https://gradescope-autograders.readthedocs.io/en/latest/specs/)).

use serde_json::{Value, json};
use socklab_say::{Speaker, say};

use super::words::{self, Kind, Line};
use super::{Unknown, line, pretty, speaker};
use crate::{Assignment, CaseInfo, CaseResult, CaseState, Counted, Graded, Score};

/// How a result is shown on Gradescope.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gradescope {
    /// When students see the results of hidden cases.
    pub hidden: Hidden,
    /// How the texts are formatted.
    pub output: Output,
}

/// When students see the results of hidden cases (Gradescope's `visibility`). Contents are never
/// shown: it is about name, state and points.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Hidden {
    /// At once.
    Visible,
    /// When the assignment is no longer due. Until then they don't see their total either.
    AfterDueDate,
    /// When the teacher publishes the grades. Until then they don't see their total either. Nobody can
    /// try until a hidden case passes.
    #[default]
    AfterPublished,
    /// Never.
    Never,
}

/// How texts are formatted (Gradescope's `output_format`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Output {
    /// With the colours of a terminal.
    #[default]
    Ansi,
    /// As HTML.
    Html,
}

impl Hidden {
    fn word(self) -> &'static str {
        match self {
            Self::Visible => "visible",
            Self::AfterDueDate => "after_due_date",
            Self::AfterPublished => "after_published",
            Self::Never => "hidden",
        }
    }
}

impl Output {
    fn word(self) -> &'static str {
        match self {
            Self::Ansi => "ansi",
            Self::Html => "html",
        }
    }
}

/// What became of a submission.
///
/// # Errors
///
/// Nobody knows the points. Gradescope takes a missing `results.json` for "the autograder failed to
/// execute correctly", which is what happened; any file would set a score.
pub fn gradescope(
    assignment: &Assignment,
    graded: &Graded,
    options: Gradescope,
) -> Result<String, Unknown> {
    let Some(score) = graded.score(assignment) else {
        return Err(Unknown::of(assignment, graded));
    };
    let seen = graded.for_student(assignment);
    let speaker = speaker(assignment);
    let mut tests: Vec<Value> = (1usize..)
        .zip(&assignment.cases)
        .map(|(number, info)| {
            let case = seen.cases.iter().find(|case| case.name == info.name);
            test(speaker, assignment, options, number, info, case)
        })
        .collect();
    if let Some(exam) = words::exam_test(speaker, assignment, &seen) {
        let line = Line { kind: Kind::Detail, text: exam.text };
        let mut value = json!({
            "number": (tests.len() + 1).to_string(),
            "name": words::EXAM,
            "name_format": "text",
            "status": if exam.passed { "passed" } else { "failed" },
            "output": written(options.output, &[line]),
            "output_format": options.output.word(),
            "visibility": "visible",
            "tags": [words::EXAM],
        });
        if let Some(score) = exam.score {
            value["score"] = json!(score.earned);
            value["max_score"] = json!(score.of);
        }
        tests.push(value);
    }
    let pack = assignment.pack.as_ref();
    let value = json!({
        // It overrides the sum of the tests: so that a case that doesn't count never does.
        "score": score.earned,
        "execution_time": seconds(graded.used.milliseconds),
        "output": written(options.output, &summary(speaker, &seen, score)),
        "output_format": options.output.word(),
        "test_output_format": options.output.word(),
        "test_name_format": "text",
        "visibility": "visible",
        // Nothing that a program printed, for it may have printed what it found in a hidden case.
        "stdout_visibility": "hidden",
        "extra_data": {
            "exercise": line(&assignment.exercise),
            "exercise_sha256": assignment.exercise_sha256,
            "pack": pack.map(|pack| json!({ "name": line(&pack.name), "sha256": pack.sha256 })),
            "submission_sha256": seen.sha256,
            "max_score": score.of,
            "seed": assignment.seed,
            "socklab": line(&assignment.socklab),
            "state": seen.state.word(),
            "unsafe": seen.unsafe_because.as_deref().map(line),
        },
        "tests": tests,
    });
    Ok(pretty(&value))
}

fn summary(speaker: Speaker, graded: &Graded, score: Score) -> Vec<Line> {
    let mut lines = words::of_submission(speaker, graded);
    let points =
        say!(speaker, "format-points", earned = u64::from(score.earned), of = u64::from(score.of));
    lines.insert(0, Line { kind: Kind::Detail, text: points });
    lines
}

fn test(
    speaker: Speaker,
    assignment: &Assignment,
    options: Gradescope,
    number: usize,
    info: &CaseInfo,
    case: Option<&CaseResult>,
) -> Value {
    let counts = assignment.counted == Counted::All || !info.robust;
    let lines = match case {
        Some(case) => words::of_case(speaker, info, case),
        None => vec![Line { kind: Kind::Detail, text: say!(speaker, "format-skipped") }],
    };
    let state = case.map_or(CaseState::Skipped, |case| case.state);
    let mut value = json!({
        "number": number.to_string(),
        "name": if info.hidden || info.title.is_empty() {
            line(&info.name)
        } else {
            line(&format!("{}: {}", info.name, info.title))
        },
        "name_format": "text",
        "output": written(options.output, &lines),
        "output_format": options.output.word(),
        "visibility": if info.hidden { options.hidden.word() } else { "visible" },
        "tags": [if info.robust { "robust" } else { "core" }],
        "extra_data": { "case": line(&info.name), "state": state.word() },
    });
    // One that does not count has no points here, and one that the machine failed on no status.
    if counts {
        value["max_score"] = json!(info.points);
        let known = case.map_or(Some(0), |case| case.points);
        if let Some(points) = known.filter(|_| state != CaseState::InfraError) {
            value["score"] = json!(points);
        }
    }
    match state {
        CaseState::Passed => value["status"] = json!("passed"),
        CaseState::InfraError => {}
        CaseState::Failed | CaseState::Timeout | CaseState::Skipped => {
            value["status"] = json!("failed");
        }
    }
    value
}

fn written(output: Output, lines: &[Line]) -> String {
    match output {
        Output::Ansi => lines.iter().map(ansi).collect::<Vec<_>>().join("\n"),
        Output::Html => lines.iter().map(html).collect(),
    }
}

/// A line for Gradescope's `ansi`. Its text has no escape sequence of its own: those were escaped.
fn ansi(line: &Line) -> String {
    let (on, off) = match line.kind {
        Kind::Wrong => ("\u{1b}[31m", "\u{1b}[0m"),
        Kind::Command => ("\u{1b}[1m", "\u{1b}[0m"),
        Kind::Detail | Kind::Quoted => ("", ""),
    };
    format!("{on}{}{off}", line.text)
}

fn html(line: &Line) -> String {
    let text = quick_xml::escape::escape(&line.text);
    match line.kind {
        Kind::Wrong => format!("<p><strong>{text}</strong></p>\n"),
        Kind::Command => format!("<p><code>{text}</code></p>\n"),
        Kind::Quoted => format!("<pre>{text}</pre>\n"),
        // What is indented is a quotation, whose columns have a meaning.
        Kind::Detail if line.text.starts_with(' ') => format!("<pre>{text}</pre>\n"),
        Kind::Detail => format!("<p>{text}</p>\n"),
    }
}

#[expect(clippy::cast_precision_loss, reason = "a run does not take 2⁵³ ms")]
fn seconds(milliseconds: u64) -> f64 {
    milliseconds as f64 / 1000.0
}
