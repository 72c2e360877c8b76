//! `socklab exercise`: lists the exercises and writes their starter files.

mod material;
mod page;
mod solution;
mod start;

use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::Result;
use serde_json::{Value, json};
use socklab_say::{Speaker, say};
use socklab_scenario::format::{Exercise, Item};

use crate::cli::{ExerciseCommand, WhichCourse};
use crate::course::points::Points;
use crate::course::progress;
use crate::course::progress::Progress;
use crate::course::standing::Standing;
use crate::course::texts;
use crate::output::{self, println, width};
use crate::style;
use crate::terminal::markdown;

pub(crate) use material::Material;
pub(crate) use start::{begin, restart, source_file, started};

/// Runs the subcommand.
pub(crate) fn exercise(speaker: Speaker, command: &ExerciseCommand) -> Result<ExitCode> {
    match command {
        ExerciseCommand::List { json, which } => list(speaker, *json, which)?,
        ExerciseCommand::Start(options) => start::start(speaker, options)?,
        ExerciseCommand::Solution(options) => solution::solution(speaker, options)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// `--lang python` after `exercise start` means the programming language, as in
/// `exercise start echo-server --lang python`. Everywhere else `--lang` is the language of the texts.
pub(crate) fn with_code_language(mut arguments: Vec<OsString>) -> Vec<OsString> {
    let starts = arguments.windows(2).any(|words| words[0] == "exercise" && words[1] == "start");
    let is_code = |word: &str| ["python", "rust", "c"].contains(&word);
    for index in 0..if starts { arguments.len() } else { 0 } {
        let next = arguments.get(index + 1).and_then(|word| word.to_str());
        match arguments[index].to_str() {
            Some("--lang") if next.is_some_and(is_code) => arguments[index] = "--in".into(),
            Some(word) => {
                if let Some(code) = word.strip_prefix("--lang=").filter(|code| is_code(code)) {
                    arguments[index] = format!("--in={code}").into();
                }
            }
            None => {}
        }
    }
    arguments
}

fn list(speaker: Speaker, json: bool, which: &WhichCourse) -> Result<()> {
    let progress = progress::read();
    let exercises = Material::load(speaker, which)?.all()?;
    if json {
        output::write_json(&as_json(speaker, &exercises, &progress))?;
        return Ok(());
    }
    for exercise in &exercises {
        println!("{}", line(&exercise.name, &texts::exercise(speaker, exercise).title, &progress));
    }
    println!("\n{}", markdown::hanging(&say!(speaker, "exercise-next"), 0, width()));
    Ok(())
}

/// The exercises and the earned points as JSON.
pub(super) fn as_json(speaker: Speaker, exercises: &[Exercise], progress: &Progress) -> Vec<Value> {
    let item = |exercise: &Exercise| {
        json!({
            "name": exercise.name,
            "topic": exercise.topic,
            "title": texts::exercise(speaker, exercise).title,
            "cases": exercise.cases.iter().map(|case| &case.name).collect::<Vec<_>>(),
            "points": Points::noted(progress, &exercise.name).map(|points| points.to_string()),
        })
    };
    exercises.iter().map(item).collect()
}

/// Where the titles of a list begin, and the room for points behind them.
const TITLE: usize = 18;
const POINTS: usize = 15;

/// One line of the list: a progress mark, the name, the topic, the points.
pub(crate) fn line(name: &str, title: &str, progress: &Progress) -> String {
    let about = title.split_once(": ").map_or(title, |(_, about)| about);
    let mark = Standing::of(&Item::Exercise(name.to_owned()), progress).mark();
    let tail = Points::noted(progress, name)
        .map(|points| style::paint(style::FAINT, format_args!("  {points}")));
    let name = style::paint(style::COMMAND, format_args!("{name:<15}"));
    let room = width().saturating_sub(tail.as_ref().map_or(0, |_| POINTS));
    let about = markdown::hanging(about, TITLE, room);
    format!("{mark} {name} {about}{}", tail.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_programming_language_is_not_taken_for_a_text_language() {
        let words = |line: &str| line.split(' ').map(OsString::from).collect::<Vec<_>>();
        let after = |line: &str| with_code_language(words(line));
        let start = "socklab exercise start echo-server --lang";
        assert_eq!(after(&format!("{start} python"))[4], "--in");
        assert_eq!(after(&format!("{start}=c"))[4], "--in=c");
        assert_eq!(after(&format!("{start} es"))[4], "--lang");
        assert_eq!(after("socklab list --lang rust")[2], "--lang");
    }
}
