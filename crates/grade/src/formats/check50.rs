//! JSON like [check50](https://cs50.readthedocs.io/projects/check50/en/latest/json_specification/)
//! prints it with `-o json`.

use serde_json::{Value, json};
use socklab_say::{Speaker, say};

use super::words::{self, plain};
use super::{line, pretty, shown, speaker};
use crate::{Assignment, CaseInfo, CaseResult, CaseState, Graded, State};

/// What became of a submission: `slug`, `results` and `version`. If the machine failed, `error`
/// stands in place of `results`, as check50 has it. `version` is socklab's.
pub fn check50(assignment: &Assignment, graded: &Graded) -> String {
    let speaker = speaker(assignment);
    let seen = graded.for_student(assignment);
    let mut value =
        json!({ "slug": line(&assignment.exercise), "version": line(&assignment.socklab) });
    if !seen.state.has_points() {
        value["error"] = json!({
            "type": if seen.state == State::Pending { "Pending" } else { "InfraError" },
            "value": words::unknown(speaker, &seen),
            "traceback": [],
            "data": {},
        });
    } else {
        value["results"] = json!(results(speaker, assignment, &seen));
    }
    pretty(&value)
}

fn results(speaker: Speaker, assignment: &Assignment, graded: &Graded) -> Vec<Value> {
    let not_run = graded.state != State::Graded;
    let first = not_run.then(|| {
        let lines = words::of_submission(speaker, graded);
        let rationale = lines.first().map_or_else(String::new, |line| line.text.clone());
        json!({
            "name": "submission",
            "description": graded.state.word(),
            "passed": false,
            "log": shown(&graded.compiler).lines().collect::<Vec<_>>(),
            "cause": { "rationale": rationale, "help": null },
            "data": {},
            "dependency": null,
        })
    });
    let cases = assignment.cases.iter().map(|info| {
        let case = graded.cases.iter().find(|case| case.name == info.name);
        result(speaker, info, case, not_run)
    });
    let exam = words::exam_test(speaker, assignment, graded).map(|exam| {
        json!({
            "name": words::EXAM,
            "description": words::EXAM,
            "passed": exam.passed,
            "log": [],
            "cause": (!exam.passed).then(|| json!({ "rationale": exam.text, "help": null })),
            "data": {
                "points": exam.score.map(|score| score.earned),
                "of": exam.score.map(|score| score.of),
            },
            "dependency": null,
        })
    });
    first.into_iter().chain(cases).chain(exam).collect()
}

fn result(speaker: Speaker, info: &CaseInfo, case: Option<&CaseResult>, not_run: bool) -> Value {
    let state = case.map_or(CaseState::Skipped, |case| case.state);
    let because = case.and_then(|case| case.because.as_deref()).map(line);
    let dependency = because.or_else(|| not_run.then(|| "submission".to_owned()));
    json!({
        "name": line(&info.name),
        "description": if info.hidden { line(&info.name) } else { line(&info.title) },
        "passed": match state {
            CaseState::Passed => Some(true),
            CaseState::Failed | CaseState::Timeout => Some(false),
            CaseState::Skipped | CaseState::InfraError => None,
        },
        "log": case.map_or_else(Vec::new, log),
        "cause": (state != CaseState::Passed).then(|| cause(speaker, info, case)),
        "data": {
            "points": case.map_or(Some(0), |case| case.points),
            "of": info.points,
            "robust": info.robust,
            "again": case.map(|case| line(&case.again)).filter(|again| !again.is_empty()),
        },
        "dependency": dependency,
    })
}

/// What was expected and what came, line by line.
fn log(case: &CaseResult) -> Vec<String> {
    let problem = case.problem.as_deref().map(shown).unwrap_or_default();
    problem.lines().map(str::to_owned).collect()
}

fn cause(speaker: Speaker, info: &CaseInfo, case: Option<&CaseResult>) -> Value {
    let Some(case) = case else {
        return json!({ "rationale": say!(speaker, "format-skipped"), "help": null });
    };
    let lines = words::of_case(speaker, info, case);
    let rationale = match lines.split_first() {
        Some((first, _)) => first.text.clone(),
        None => say!(speaker, "format-failed"),
    };
    // What follows is advice; the problem itself is in the log.
    let help = case.hints.first().map(|hint| line(hint));
    let explained = case.explanations.iter().map(|text| line(text));
    let help: Vec<String> = explained.chain(help).collect();
    let help = (!help.is_empty()).then(|| help.join("\n"));
    let mut cause = json!({ "rationale": rationale, "help": help });
    if case.state == CaseState::InfraError {
        let value = plain(&lines);
        cause["error"] = json!({ "type": "InfraError", "value": value, "traceback": [] });
    }
    cause
}
