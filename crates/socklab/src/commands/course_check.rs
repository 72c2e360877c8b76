//! `course check`: what a teacher runs after changing a question or an exercise.

use std::process::ExitCode;

use crate::output::println;
use anyhow::{Context, Result};
use scenario::{Course, Linted};
use serde_json::json;

use crate::ask::{self, answered, told};
use crate::cli::CourseCheck;
use crate::failure::Exit;
use crate::language::text;
use crate::style;

/// Reads everything and reports every mistake; with `--run`, runs the questions too.
pub(crate) fn check(options: &CourseCheck) -> Result<ExitCode> {
    ask::end_cleanly()?;
    let course = match &options.folder {
        Some(folder) => Course::in_folder(folder).with_context(|| folder.display().to_string())?,
        None => ask::course()?,
    };
    let linted = course.lint();
    let mut mistakes: Vec<String> = linted.mistakes.iter().map(ToString::to_string).collect();
    if options.run {
        mistakes.extend(run(&linted, options.json)?);
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
                let text = text!("course-ok", questions = questions, exercises = exercises);
                style::paint(style::GOOD, text)
            }
            false => style::paint(style::BAD, text!("course-mistakes", mistakes = mistakes.len())),
        };
        println!("{verdict}");
    }
    Ok(if ok { ExitCode::SUCCESS } else { Exit::No.into() })
}

/// Runs every question. A mistake is evidence that is not found, or an explanation with a hole.
fn run(linted: &Linted, quiet: bool) -> Result<Vec<String>> {
    let stagehand = ask::stagehand(ask::SEED)?;
    let mut mistakes = Vec::new();
    for question in &linted.questions {
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
    Ok(mistakes)
}
