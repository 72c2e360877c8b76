//! An exercise on the way: what is asked for, a file to begin with, and the check that watches it.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use socklab_say::{Speaker, say};
use socklab_scenario::IsolationWanted;
use socklab_scenario::exercise::Code;
use socklab_scenario::format::Exercise;

use super::prompt::{Answer, ask};
use super::{Guide, HEAD};
use crate::commands::check::Subject;
use crate::commands::exercise::{Material, begin, source_file, started};
use crate::commands::watch::Leave;
use crate::commands::watch::{How, Task, Way, work_on};
use crate::course::progress;
use crate::exit_reason::ExitReason;
use crate::failure::{Failure, with_causes};
use crate::output::{println, width, write_out};
use crate::terminal::keys::{self, Key};
use crate::terminal::{markdown, pager};

/// The words under which the progress file records the student's programming language.
const LEARN: &str = "learn";
const CODE: &str = "code";

pub(super) fn learn(guide: &Guide<'_>, at: usize, name: &str) -> Result<Leave> {
    let speaker = guide.speaker;
    let material = Material::load(speaker, guide.which)?;
    let exercise = material.exercise(name)?;
    let beside = beside(guide);
    let mut file = source_file(name, &beside).or_else(|| started(name));
    guide.head(at);
    if file.is_none() {
        pager::page(speaker, &statement(&material, &exercise), HEAD).context("read a key")?;
        let enter = say!(speaker, "learn-begin");
        let page = || {
            guide.head(at);
            write_out(format_args!("{}", statement(&material, &exercise)));
        };
        let mut answer = ask(speaker, &enter, &[], page)?;
        if answer == Answer::Leave(Leave::Next)
            && let Some(next) = guide.place(at + 1)
        {
            println!("{}", say!(speaker, "watch-unsolved", name = name, next = next));
            answer = ask(speaker, &enter, &[], page)?;
        }
        if let Answer::Leave(leave) = answer {
            return Ok(leave);
        }
        let Some(code) = language(speaker, &material, name)? else { return Ok(Leave::Quit) };
        let begun = begin(&material, name, code, &beside);
        file = Some(begun.map_err(|error| {
            let hint = say!(speaker, "learn-elsewhere");
            Failure::new(ExitReason::No, with_causes(&error)).hint(hint)
        })?);
    }
    let file = near(file.context("an exercise that has begun has a file")?);
    let subject = Subject::source(file).context("a started file has a language")?;
    let how = How {
        packets: true,
        wanted: IsolationWanted::Possible,
        options: guide.which.words(),
        course: guide.which.words(),
    };
    let named = |index: Option<usize>| index.and_then(|index| guide.place(index));
    let way = Way { previous: named(at.checked_sub(1)), next: named(Some(at + 1)) };
    let task = Task { material: &material, exercise: &exercise, subject: &subject, way, how: &how };
    work_on(speaker, task)
}

/// The path from here, if the file is below.
fn near(file: PathBuf) -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    let below = file.strip_prefix(&here).map(Path::to_owned);
    below.unwrap_or(file)
}

/// The exercise's page.
fn statement(material: &Material, exercise: &Exercise) -> String {
    let page = material.page(&exercise.name, Code::Python).unwrap_or_default();
    markdown::render(&page, width())
}

/// Where the exercises' folders are: beside the one begun last, or else here.
fn beside(guide: &Guide<'_>) -> PathBuf {
    let names = guide.journey.entries.iter().rev().map(|entry| entry.item.name());
    let there = names.filter_map(started).find_map(|file| {
        let folder = file.parent()?;
        let own = folder.file_name()? == file.file_stem()?;
        own.then(|| folder.parent().map(Path::to_owned)).flatten()
    });
    there.unwrap_or_else(|| PathBuf::from("."))
}

/// The programming language to begin in: the one that the student chose before, or else a choice.
/// `None` if the student leaves.
fn language(speaker: Speaker, material: &Material, exercise: &str) -> Result<Option<Code>> {
    let offered = material.offered(exercise);
    let known = progress::read().get(&format!("{LEARN} {CODE}")).cloned();
    if let Some(code) = offered.iter().find(|code| Some(code.name()) == known.as_deref()) {
        return Ok(Some(*code));
    }
    let names = (1..).zip(&offered).map(|(number, code)| format!("{number}: {}", code.name()));
    let names = names.collect::<Vec<_>>().join(" · ");
    let line = || write_out(format_args!("{} ", say!(speaker, "learn-language", names = &*names)));
    line();
    let code = loop {
        match keys::press(line).context("read a key")? {
            Key::Char('q') | Key::EndOfInput | Key::Escape => {
                println!();
                return Ok(None);
            }
            Key::Enter => break offered.first().copied(),
            Key::Char(char) => {
                let place = char.to_digit(10).and_then(|digit| (digit as usize).checked_sub(1));
                if let Some(code) = place.and_then(|place| offered.get(place)) {
                    break Some(*code);
                }
                println!("\n{}", say!(speaker, "key-unknown", key = char.to_string()));
                line();
            }
            _ => {}
        }
    };
    let code = code.unwrap_or(Code::Python);
    println!("{}", code.name());
    progress::note(LEARN, CODE, code.name());
    Ok(Some(code))
}
