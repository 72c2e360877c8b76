//! `socklab check --watch`: checks again whenever the file is saved, and responds to keys; from one
//! exercise to its neighbours.

mod changes;
mod passed;
mod run;
mod session;
mod task;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use socklab_say::{Speaker, say};
use socklab_scenario::exercise::Code;
use socklab_scenario::format::{Exercise, Item, Prose};

use super::check::Subject;
use super::chosen::{Chosen, chosen};
use super::exercise::{Material, begin, source_file, started};
use crate::cli;
use crate::course::standing::Standing;
use crate::course::{progress, texts};
use crate::exit_reason::ExitReason;
use crate::failure::Failure;
use crate::output::println;
use crate::scenario;
use crate::terminal::keys;
use crate::terminal::select::{self, Row};
pub(crate) use run::How;
pub(crate) use session::work_on;
pub(crate) use task::{Leave, Task, Way};

/// Watches until `q`: one exercise after another, in the order of the course.
pub(super) fn watch(speaker: Speaker, options: &cli::Check) -> Result<ExitCode> {
    let material = Material::load(speaker, &options.which)?;
    let Chosen { exercise, command, .. } =
        chosen(speaker, &material, "check", options.name.as_deref(), &options.command)?;
    let subject = Subject::find(speaker, &exercise, &command)?;
    if !keys::can_ask() {
        return Err(Failure::new(ExitReason::Usage, say!(speaker, "watch-no-terminal")).into());
    }
    scenario::end_cleanly()?;
    let how = How {
        packets: options.packets.wanted(),
        wanted: options.apart.wanted(),
        options: options.words(),
        course: options.which.words(),
    };
    let (mut exercise, mut subject) = (exercise, subject);
    loop {
        let name = exercise.name.clone();
        let beside_of = |direction| neighbour(&material, &name, direction);
        let (previous, next) = (beside_of(Leave::Previous)?, beside_of(Leave::Next)?);
        let named = |exercise: &Option<Exercise>| exercise.as_ref().map(|one| one.name.clone());
        let way = Way { previous: named(&previous), next: named(&next) };
        let task =
            Task { material: &material, exercise: &exercise, subject: &subject, way, how: &how };
        let to = match work_on(speaker, task)? {
            Leave::Quit => break,
            Leave::Next => next,
            Leave::Previous => previous,
            Leave::Select => select(speaker, &material, &name)?,
        };
        if let Some(to) = to {
            subject = taken_up(&material, &to.name, &subject, &name)?;
            exercise = to;
        }
    }
    println!("{}", say!(speaker, "watch-ended", name = exercise.name));
    socklab_scenario::clean_up();
    Ok(ExitCode::SUCCESS)
}

/// The exercise before or behind this one.
fn neighbour(material: &Material, exercise: &str, direction: Leave) -> Result<Option<Exercise>> {
    let mut all = material.all()?;
    let here = all.iter().position(|one| one.name == exercise);
    let there = match direction {
        Leave::Previous => here.and_then(|at| at.checked_sub(1)),
        Leave::Next => here.map(|at| at + 1),
        Leave::Quit | Leave::Select => None,
    };
    Ok(there.filter(|at| *at < all.len()).map(|at| all.swap_remove(at)))
}

/// The student's file for an exercise; if there is none, it is started beside the exercise `from`,
/// in the language in which that one is written.
pub(crate) fn taken_up(
    material: &Material,
    exercise: &str,
    subject: &Subject,
    from: &str,
) -> Result<Subject> {
    let file = subject.file().unwrap_or(Path::new("."));
    let beside = beside(file, from);
    let there = source_file(exercise, &beside).or_else(|| started(exercise));
    let file = match there {
        Some(file) => file,
        None => {
            let offered = material.chosen(exercise, Code::of(file));
            let code = offered.or_else(|_| material.chosen(exercise, None))?;
            begin(material, exercise, code, &beside)?
        }
    };
    Subject::source(file).context("a started file has a language")
}

/// The folder that holds the other exercises.
fn beside(file: &Path, exercise: &str) -> PathBuf {
    // A bare file name has no parent folder.
    let file = file.canonicalize().unwrap_or_else(|_| file.to_owned());
    let folder = file.parent().unwrap_or(Path::new("."));
    let own = folder.file_name().is_some_and(|name| name == exercise);
    let beside = if own { folder.parent().unwrap_or(folder) } else { folder };
    if beside.as_os_str().is_empty() { PathBuf::from(".") } else { beside.to_owned() }
}

/// Lets the student choose an exercise; `None` if they stay.
fn select(speaker: Speaker, material: &Material, here: &str) -> Result<Option<Exercise>> {
    let progress = progress::read();
    let mut all = material.all()?;
    let row = |exercise: &Exercise| Row::Choice {
        mark: Standing::of(&Item::Exercise(exercise.name.clone()), &progress).mark(),
        text: format!("{:<15} {}", exercise.name, about(texts::exercise(speaker, exercise))),
    };
    let rows: Vec<Row> = all.iter().map(row).collect();
    let at = all.iter().position(|exercise| exercise.name == here).unwrap_or(0);
    let title = say!(speaker, "watch-select");
    let chosen = select::select(speaker, &title, &rows, at).context("read a key")?;
    Ok(chosen.map(|index| all.swap_remove(index)))
}

/// The title of an exercise without its name.
fn about(page: &Prose) -> &str {
    page.title.split_once(": ").map_or(&page.title, |(_, about)| about)
}
