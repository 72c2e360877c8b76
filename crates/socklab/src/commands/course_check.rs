//! `course check`: what a teacher runs after changing a question or an exercise.

use std::process::ExitCode;

use crate::output::println;
use anyhow::{Context, Result};
use scenario::exercise::ProofOutcome;
use scenario::{Course, Linted};
use serde_json::json;

use crate::ask::{self, answered, told};
use crate::cli::CourseCheck;
use crate::failure::Exit;
use crate::language::{count, text};
use crate::style;

/// Reads everything and reports every mistake; with `--run`, runs the questions, and the
/// solutions, starters and planted bugs of the exercises.
pub(crate) fn check(options: &CourseCheck) -> Result<ExitCode> {
    ask::end_cleanly()?;
    let course = match &options.folder {
        Some(folder) => Course::in_folder(folder).with_context(|| folder.display().to_string())?,
        None => ask::course()?,
    };
    let linted = course.lint();
    let mut mistakes: Vec<String> = linted.mistakes.iter().map(ToString::to_string).collect();
    if options.run {
        mistakes.extend(run(&course, &linted, options)?);
    }
    let ok = mistakes.is_empty();
    if options.json {
        let report = json!({
            "ok": ok,
            "questions": linted.questions.len(),
            "exercises": linted.exercises.len(),
            "mistakes": mistakes,
        });
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        for mistake in &mistakes {
            println!("{mistake}");
        }
        let (questions, exercises) = (linted.questions.len(), linted.exercises.len());
        let verdict = match ok {
            true => {
                let text =
                    text!("course-ok", questions = count(questions), exercises = count(exercises));
                style::paint(style::GOOD, text)
            }
            false => {
                style::paint(style::BAD, text!("course-mistakes", mistakes = count(mistakes.len())))
            }
        };
        println!("{verdict}");
    }
    Ok(if ok { ExitCode::SUCCESS } else { Exit::No.into() })
}

/// Runs every question. A mistake is evidence that is not found, or an explanation with a hole.
fn run(course: &Course, linted: &Linted, options: &CourseCheck) -> Result<Vec<String>> {
    let stagehand = ask::stagehand(ask::SEED)?;
    let quiet = options.json;
    let wanted = |name: &str| options.only.as_deref().is_none_or(|only| only == name);
    let mut mistakes = Vec::new();
    for question in linted.questions.iter().filter(|question| wanted(&question.name)) {
        let answered = answered::run(question, &stagehand)?;
        let name = format!("{:02}-{}", question.number, question.name);
        let trouble = answered.recording.trouble.as_ref().map(told::trouble);
        let step = answered.recording.failed_step().map(|(_, trouble)| told::step(trouble));
        let mistake = match (&answered.answer, trouble.or(step)) {
            (None, Some(why)) => Some(why),
            (None, None) => Some(text!("what-if-unanswered")),
            (Some(_), _) => {
                answered.missing.first().map(|place| text!("course-nothing-to-cite", place = place))
            }
        };
        if !quiet {
            let mark = if mistake.is_none() {
                style::paint(style::GOOD, "✓")
            } else {
                style::paint(style::BAD, "✗")
            };
            println!("{mark} {name}");
        }
        mistakes.extend(mistake.map(|mistake| format!("{name}: {mistake}")));
    }
    for exercise in linted.exercises.iter().filter(|exercise| wanted(&exercise.name)) {
        for proof in exercise.prove(course, &stagehand) {
            let name = format!("{}/{}", exercise.name, proof.program);
            let (mark, why) = match proof.outcome {
                ProofOutcome::Good => (style::paint(style::GOOD, "✓"), None),
                ProofOutcome::NotRun(tool) => {
                    ("?".to_owned(), Some(text!("check-missing", tool = tool)))
                }
                ProofOutcome::Wrong(why) => {
                    mistakes.push(format!("{name}: {why}"));
                    (style::paint(style::BAD, "✗"), None)
                }
            };
            if !quiet {
                println!("{mark} {name} {}", why.unwrap_or_default());
            }
        }
    }
    Ok(mistakes)
}
