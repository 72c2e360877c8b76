//! `socklab list`: the course's programs, questions and exercises, with the student's progress.

use anyhow::Result;
use programs::PROGRAMS;
use serde_json::{Value, json};
use socklab_say::{Speaker, say};

use super::{exercise, what_if};
use crate::cli::WhichCourse;
use crate::course;
use crate::course::lesson;
use crate::course::progress;
use crate::output::{self, println};
use crate::style;

/// The width of a line of names.
const LINE: usize = 78;

pub(super) fn list(speaker: Speaker, as_json: bool, which: &WhichCourse) -> Result<()> {
    let progress = progress::read();
    if !as_json {
        // The programs are listed even if a local course has mistakes.
        programs(speaker);
    }
    let questions = course::load(speaker, which)?
        .questions()
        .map_err(|error| course::mistake(speaker, &error))?;
    let exercises = exercise::Material::load(speaker, which)?.all()?;
    if as_json {
        let list = json!({
            "programs": PROGRAMS.iter().map(|one| program(speaker, one)).collect::<Vec<_>>(),
            "questions": what_if::as_json(speaker, &questions, &progress),
            "exercises": exercise::as_json(speaker, &exercises, &progress),
        });
        output::write_json(&list)?;
        return Ok(());
    }

    let right = questions.iter().filter(|question| what_if::is_right(question, &progress)).count();
    let numbers = questions
        .iter()
        .map(|question| (what_if::mark(question, &progress), question.number.to_string()));
    let all = questions.len();
    section(
        &say!(speaker, "list-questions"),
        &say!(speaker, "list-questions-done", all = all, right = right),
    );
    names(numbers);

    let done = exercises.iter().filter(|one| exercise::is_done(&one.name, &progress)).count();
    let titles =
        exercises.iter().map(|one| (exercise::mark(&one.name, &progress), one.name.clone()));
    let all = exercises.len();
    section(
        &say!(speaker, "list-exercises"),
        &say!(speaker, "list-exercises-done", all = all, done = done),
    );
    names(titles);
    println!("\n{}", say!(speaker, "list-next"));
    Ok(())
}

fn programs(speaker: Speaker) {
    let mut group = "";
    for program in PROGRAMS {
        if program.group != group {
            group = program.group;
            println!("{}", style::paint(style::STRONG, group));
        }
        let name = style::paint(style::COMMAND, format_args!("{:<12}", program.name));
        println!("  {name} {}", lesson::purpose(speaker, program));
    }
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

fn section(title: &str, about: &str) {
    println!("{}  {}", style::paint(style::STRONG, title), style::paint(style::FAINT, about));
}

/// Prints names with their marks, as many per line as fit.
fn names(items: impl Iterator<Item = (String, String)>) {
    let items: Vec<_> = items.collect();
    let widest = items.iter().map(|(_, name)| name.len()).max().unwrap_or(0);
    for line in items.chunks((LINE / (widest + 4)).max(1)) {
        let mut cells = String::new();
        let mut gap = 0;
        for (mark, name) in line {
            cells += &format!("{:gap$}  {mark} {}", "", style::paint(style::COMMAND, name));
            gap = widest - name.len();
        }
        println!("{cells}");
    }
}
