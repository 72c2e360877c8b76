//! `socklab list`: the course as one path, with what the student has done.

use std::process::ExitCode;

use anyhow::Result;
use programs::PROGRAMS;
use serde_json::{Value, json};
use socklab_say::{Speaker, say};
use socklab_scenario::Course;

use super::learn::{self, choose, heading};
use super::{exercise, what_if};
use crate::cli::WhichCourse;
use crate::course;
use crate::course::journey::{Entry, Journey};
use crate::course::lesson;
use crate::course::progress::{self, Progress};
use crate::output::{self, println, width};
use crate::style;
use crate::terminal::keys;
use crate::terminal::markdown::hanging;

/// Lets the student choose at a terminal, and otherwise prints the list.
pub(super) fn list(speaker: Speaker, as_json: bool, which: &WhichCourse) -> Result<ExitCode> {
    let progress = progress::read();
    let course = course::load(speaker, which)?;
    let journey = match Journey::load(speaker, &course, &progress) {
        Ok(journey) => journey,
        Err(error) => {
            // A mistake in a course of one's own does not hide the built-in one.
            if !as_json {
                plain(speaker, &Journey::load(speaker, &Course::built_in(), &progress)?, None);
            }
            return Err(error);
        }
    };
    if as_json {
        for_scripts(speaker, which, &journey, &progress)?;
        return Ok(ExitCode::SUCCESS);
    }
    let at = journey.resume(learn::last(&progress).as_ref());
    if !keys::can_ask() {
        plain(speaker, &journey, at);
        return Ok(ExitCode::SUCCESS);
    }
    match choose(speaker, &journey, at.unwrap_or(0))? {
        Some(chosen) => learn::learn_from(speaker, which, chosen),
        None => Ok(ExitCode::SUCCESS),
    }
}

/// All items, a line or two for each; `at` is where `learn` goes on.
fn plain(speaker: Speaker, journey: &Journey, at: Option<usize>) {
    let (past, all) = (journey.past(), journey.entries.len());
    println!(
        "{}",
        style::paint(style::STRONG, say!(speaker, "list-title", past = past, all = all))
    );
    for (index, entry) in journey.entries.iter().enumerate() {
        if index == 0 || journey.entries[index - 1].part != entry.part {
            println!("\n{}", style::paint(style::STRONG, heading(speaker, journey, entry.part)));
        }
        let here = if Some(index) == at { ">" } else { " " };
        let kind = say!(speaker, &format!("learn-kind-{}", entry.kind()));
        let name = style::paint(style::COMMAND, format_args!("{:<22}", entry.item.name()));
        let title = hanging(&entry.title, 37, width());
        println!("{here} {} {kind:<9} {name} {title}", entry.standing.mark());
    }
    println!("\n{}", hanging(&say!(speaker, "list-next"), 0, width()));
}

fn for_scripts(
    speaker: Speaker,
    which: &WhichCourse,
    journey: &Journey,
    progress: &Progress,
) -> Result<()> {
    let course = course::load(speaker, which)?;
    let questions = course.questions().map_err(|error| course::mistake(speaker, &error))?;
    let exercises = exercise::Material::load(speaker, which)?.all()?;
    let at = journey.resume(learn::last(progress).as_ref());
    let list = json!({
        "programs": PROGRAMS.iter().map(|one| program(speaker, one)).collect::<Vec<_>>(),
        "questions": what_if::as_json(speaker, &questions, progress),
        "exercises": exercise::as_json(speaker, &exercises, progress),
        "path": journey.entries.iter().map(|entry| item(journey, entry)).collect::<Vec<_>>(),
        "past": journey.past(),
        "next": at.map(|at| item(journey, &journey.entries[at])),
    });
    output::write_json(&list)?;
    Ok(())
}

fn item(journey: &Journey, entry: &Entry) -> Value {
    json!({
        "kind": entry.kind(),
        "name": entry.item.name(),
        "part": journey.parts[entry.part],
        "title": entry.title,
        "standing": entry.standing.word(),
        "command": entry.command(),
    })
}

fn program(speaker: Speaker, program: &programs::Program) -> Value {
    json!({
        "name": program.name,
        "group": program.group,
        "purpose": lesson::purpose(speaker, program),
        "calls": program.calls,
        "file": format!("programs/{}/{}.rs", program.group, program.name),
    })
}
