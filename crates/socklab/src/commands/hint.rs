//! `socklab hint`: the next hint for what did not pass in the last check.

use std::process::ExitCode;

use anyhow::Result;
use serde_json::{Value, json};
use socklab_say::{Speaker, say};

use super::check::{hint_lines, next_hint};
use super::chosen::chosen;
use super::exercise::Material;
use crate::cli;
use crate::course::hinted::{self, Hinted, Level};
use crate::exit_reason::ExitReason;
use crate::failure::Failure;
use crate::output::{self, println};
use crate::style;

/// Gives the next hint, or shows all of them.
pub(super) fn hint(speaker: Speaker, options: &cli::Hint) -> Result<ExitCode> {
    let material = Material::load(speaker, &options.which)?;
    let exercise = chosen(speaker, &material, "hint", options.name.as_deref(), &[])?.exercise.name;
    let Some(mut hinted) = hinted::read(&exercise) else {
        return nothing(speaker, &exercise, options.json);
    };
    if options.all {
        return all(speaker, &exercise, &hinted, options.json);
    }
    let given = hinted.give();
    hinted::write(&exercise, &hinted);
    match (given, options.json) {
        (Some((number, level)), true) => {
            let mut value = about(&exercise, &hinted);
            value["hint"] = as_json(speaker, number, &level);
            output::write_json(&value)?;
        }
        (Some((number, level)), false) => {
            println!("{}", heading(&exercise, &hinted));
            hint_lines(speaker, &hinted, number, &level).iter().for_each(|line| println!("{line}"));
            next_hint(speaker, &exercise, &hinted, &options.which.words())
                .iter()
                .for_each(|line| println!("{line}"));
        }
        (None, true) => {
            let mut value = about(&exercise, &hinted);
            value["hint"] = Value::Null;
            output::write_json(&value)?;
            return Ok(ExitReason::No.into());
        }
        (None, false) => {
            let what = say!(speaker, "hint-no-more", all = hinted.hints.len(), name = &*exercise);
            let command = format!("socklab hint {exercise} --all");
            let hint = say!(speaker, "hint-no-more-hint", command = command);
            return Err(Failure::new(ExitReason::No, what).hint(hint).into());
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn nothing(speaker: Speaker, exercise: &str, as_json: bool) -> Result<ExitCode> {
    if as_json {
        output::write_json(&json!({ "exercise": exercise, "case": null, "hint": null }))?;
        return Ok(ExitReason::No.into());
    }
    let what = say!(speaker, "hint-nothing", name = exercise);
    let hint = say!(speaker, "hint-nothing-hint", command = format!("socklab check {exercise}"));
    Err(Failure::new(ExitReason::No, what).hint(hint).into())
}

fn all(speaker: Speaker, exercise: &str, hinted: &Hinted, as_json_too: bool) -> Result<ExitCode> {
    let numbered = || (1..).zip(&hinted.hints);
    if as_json_too {
        let mut value = about(exercise, hinted);
        value["hints"] =
            numbered().map(|(number, level)| as_json(speaker, number, level)).collect();
        output::write_json(&value)?;
        return Ok(ExitCode::SUCCESS);
    }
    println!("{}", heading(exercise, hinted));
    for (number, level) in numbered() {
        hint_lines(speaker, hinted, number, level).iter().for_each(|line| println!("{line}"));
    }
    Ok(ExitCode::SUCCESS)
}

/// The exercise, and the case that did not pass.
fn heading(exercise: &str, hinted: &Hinted) -> String {
    let case = Some(&hinted.case).filter(|case| !case.is_empty());
    let case = case.map(|case| format!(", {case}")).unwrap_or_default();
    style::paint(style::STRONG, format!("{exercise}{case}"))
}

fn about(exercise: &str, hinted: &Hinted) -> Value {
    let gap = hinted.gap.as_ref();
    json!({
        "exercise": exercise,
        "case": Some(&hinted.case).filter(|case| !case.is_empty()),
        "gap": gap.map(|(number, name)| json!({ "number": number, "name": name })),
        "of": hinted.hints.len(),
    })
}

fn as_json(speaker: Speaker, number: usize, level: &Level) -> Value {
    let (about, command) = (&level.about, &level.command);
    json!({ "number": number, "about": about, "text": level.text(speaker), "command": command })
}
