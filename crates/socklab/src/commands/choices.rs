//! What a word of a command line may be, and what each choice means.

use anyhow::Result;
use socklab_say::Speaker;
use socklab_scenario::format::Exercise;

use super::exercise::Material;
use super::lab;
use crate::cli::WhichCourse;
use crate::course::{self, lesson, texts};

/// The names of values that [`of`] can list.
const KINDS: [&str; 7] = ["PROGRAM", "QUESTION", "EXERCISE", "CASE", "CHOICE", "HOST", "LAB"];

/// True if [`of`] can list what such a value can be.
pub(crate) fn are_known(value_name: &str) -> bool {
    value_name.split('|').any(|kind| KINDS.contains(&kind))
}

/// What can stand for a value that the command line calls by this name: `PROGRAM`, or
/// `QUESTION|EXERCISE`. `words` are the others on that line: a case belongs to an exercise. Nothing if
/// such values can't be listed, or the course can't be read.
pub(crate) fn of(speaker: Speaker, value_name: &str, words: &[String]) -> Vec<(String, String)> {
    let material = || Material::load(speaker, &WhichCourse::default());
    let kinds = value_name.split('|').map(|kind| match kind {
        "PROGRAM" => Ok(programs(speaker)),
        "QUESTION" => questions(speaker),
        "EXERCISE" => material().and_then(|material| exercises(speaker, &material)),
        "CASE" => material().and_then(|material| cases(speaker, &material, words)),
        "CHOICE" => predictions(speaker, words),
        // `connect` has hosts, too, but any in the world.
        "HOST" if words.iter().any(|word| word == "lab") => Ok(unexplained(lab::host_names(words))),
        "LAB" => Ok(unexplained(lab::names())),
        _ => Ok(Vec::new()),
    });
    // Whoever runs the command is told what is wrong with the course.
    kinds.flat_map(Result::unwrap_or_default).collect()
}

/// Names that say what they are.
fn unexplained(names: Vec<String>) -> Vec<(String, String)> {
    names.into_iter().map(|name| (name, String::new())).collect()
}

fn programs(speaker: Speaker) -> Vec<(String, String)> {
    let all = programs::PROGRAMS.iter();
    all.map(|one| (one.name.to_owned(), lesson::purpose(speaker, one).to_owned())).collect()
}

fn questions(speaker: Speaker) -> Result<Vec<(String, String)>> {
    let all = course::load(speaker, &WhichCourse::default())?.questions()?;
    let choice = |one: &socklab_scenario::format::Question| {
        (one.name.clone(), texts::question(speaker, one).title.clone())
    };
    Ok(all.iter().map(choice).collect())
}

/// The exercises, in the order of the course, with their titles.
pub(crate) fn exercises(speaker: Speaker, material: &Material) -> Result<Vec<(String, String)>> {
    let choice = |one: &Exercise| {
        let title = &texts::exercise(speaker, one).title;
        let about = title.strip_prefix(&format!("{}: ", one.name)).unwrap_or(title);
        (one.name.clone(), about.to_owned())
    };
    Ok(material.all()?.iter().map(choice).collect())
}

/// The cases of the exercise that one of these words names.
fn cases(speaker: Speaker, material: &Material, words: &[String]) -> Result<Vec<(String, String)>> {
    let all = material.all()?;
    let named = all.iter().find(|exercise| words.contains(&exercise.name));
    let cases = named.map(|exercise| exercise.cases.as_slice()).unwrap_or_default();
    let choice = |case: &socklab_scenario::format::Case| {
        (case.name.clone(), texts::text(speaker, &case.title).to_owned())
    };
    Ok(cases.iter().map(choice).collect())
}

/// What can be predicted for the question that one of these words names.
fn predictions(speaker: Speaker, words: &[String]) -> Result<Vec<(String, String)>> {
    let all = course::load(speaker, &WhichCourse::default())?.questions()?;
    let is = |word: &String, name: &str, number: u32| word == name || word.parse() == Ok(number);
    let named = all.iter().find(|one| words.iter().any(|word| is(word, &one.name, one.number)));
    let choices = named.map(|question| question.choices.as_slice()).unwrap_or_default();
    let choice = |choice: &socklab_scenario::format::Choice| {
        (choice.id.clone(), texts::text(speaker, &choice.text).to_owned())
    };
    Ok(choices.iter().map(choice).collect())
}
