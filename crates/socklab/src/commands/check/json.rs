//! The report for scripts.

use anstream::println;
use anyhow::Result;
use scenario::exercise::{CaseReport, Problem, Report, conduct};
use scenario::format::Exercise;
use scenario::{Place, Recording};
use serde_json::{Value, json};

use super::explain::problem;
use super::story::conduct_text;
use super::subject::Subject;
use crate::commands::exercise::own;

/// A check that ran.
pub(super) fn report(
    exercise: &Exercise,
    subject: &Subject,
    report: &Report<'_>,
    seed: u64,
) -> Result<()> {
    let points = |robust| {
        let (earned, all) = report.points(robust);
        json!({ "earned": earned, "of": all })
    };
    let place = report.cases.iter().find_map(|done| done.recording.as_ref()).map(place);
    let mut value = head(exercise, subject);
    value["seed"] = json!(seed);
    value["place"] = json!(place);
    value["passed"] = json!(report.core_passed());
    value["points"] = json!({ "core": points(false), "robust": points(true) });
    value["cases"] = report.cases.iter().map(case).collect();
    println!("{}", serde_json::to_string_pretty(&value)?);
    Ok(())
}

/// A program that the compiler did not accept.
pub(super) fn refused(
    exercise: &Exercise,
    subject: &Subject,
    command: &str,
    output: &str,
) -> Result<()> {
    let mut value = head(exercise, subject);
    value["passed"] = json!(false);
    value["build_error"] = json!({ "command": command, "output": output });
    println!("{}", serde_json::to_string_pretty(&value)?);
    Ok(())
}

/// A program that could not be run here.
pub(super) fn infra_error(exercise: &Exercise, subject: &Subject, what: &str) -> Result<()> {
    let mut value = head(exercise, subject);
    value["passed"] = Value::Null;
    value["infra_error"] = json!(what);
    println!("{}", serde_json::to_string_pretty(&value)?);
    Ok(())
}

fn head(exercise: &Exercise, subject: &Subject) -> Value {
    let gaps = subject.open_gaps();
    let gaps = gaps
        .iter()
        .map(|gap| json!({ "number": gap.number, "name": gap.name, "line": gap.line }));
    json!({
        "exercise": exercise.name,
        "command": subject.words(),
        "open_gaps": gaps.collect::<Vec<_>>(),
    })
}

fn case(done: &CaseReport<'_>) -> Value {
    let explained = done.problem.as_ref().map(|what| {
        let recording = done.recording.as_ref();
        let expectation = match (what, recording) {
            (Problem::Expectation { index, .. }, Some(recording)) => {
                let wanted = done.case.expects.get(*index);
                wanted.and_then(|wanted| wanted.bind(&recording.variables).ok())
            }
            _ => None,
        };
        problem(what, expectation.as_ref(), recording).join("\n")
    });
    let hint = done.problem.as_ref().map(|what| what.hint().or(done.case.hint.as_ref()).map(own));
    let conduct: Vec<String> = match &done.recording {
        Some(recording) => conduct(recording).iter().map(conduct_text).collect(),
        None => Vec::new(),
    };
    json!({
        "name": done.case.name,
        "title": own(&done.case.title),
        "robust": done.case.robust,
        "state": done.state.name(),
        "points": done.points(),
        "of": done.case.points,
        "problem": explained,
        "hint": hint,
        "conduct": conduct,
    })
}

fn place(recording: &Recording) -> Value {
    match &recording.place {
        Place::Private { .. } => json!("private"),
        Place::Machine { because } => json!({ "machine": because }),
    }
}
