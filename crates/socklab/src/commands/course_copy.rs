//! `course copy`: copies a built-in question or exercise, or the order of the course, into files.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use socklab_say::{Speaker, say};
use socklab_scenario::{Course, ItemKind, SYLLABUS};

use crate::cli::CourseCopy;
use crate::course;
use crate::exit_reason::ExitReason;
use crate::failure::Failure;
use crate::output::println;
use crate::style;

/// The word for the order of the course.
const ORDER: &str = "syllabus";

/// Writes the files of a question or an exercise into a course folder. Never overwrites any.
pub(crate) fn copy(speaker: Speaker, options: &CourseCopy) -> Result<()> {
    let course = Course::built_in();
    let item = find(speaker, &course, &options.name)?;
    let folder = match &options.folder {
        Some(folder) => folder.clone(),
        None => course::to_copy_into(speaker)?.unwrap_or_else(|| PathBuf::from("course")),
    };
    let place = folder.join(&item);
    if place.symlink_metadata().is_ok() {
        let what = say!(speaker, "course-copy-exists", folder = socklab_say::path(&place));
        return Err(Failure::new(ExitReason::No, what).into());
    }
    let above = place.parent().unwrap_or(&folder);
    fs::create_dir_all(above).with_context(|| format!("mkdir {}", socklab_say::path(above)))?;
    // All of it beside its place first, so that there is never a part of it there.
    let beside = tempfile::Builder::new().prefix(".socklab-copy-").tempdir_in(above);
    let beside = beside.with_context(|| format!("mkdir in {}", socklab_say::path(above)))?;
    let mut files = Vec::new();
    for (path, bytes) in course.files_below(&item) {
        let file = beside.path().join(path);
        let parent = file.parent().unwrap_or(beside.path());
        fs::create_dir_all(parent)
            .with_context(|| format!("mkdir {}", socklab_say::path(parent)))?;
        fs::write(&file, bytes)
            .with_context(|| format!("write {}", socklab_say::path(folder.join(path))))?;
        files.push(folder.join(path));
    }
    fs::rename(beside.path().join(&item), &place)
        .with_context(|| format!("rename to {}", socklab_say::path(&place)))?;
    for file in files {
        println!("{}", socklab_say::path(&file));
    }
    // The order alone is no course: it refers to what is built in.
    let command = match item.as_path() == Path::new(SYLLABUS) {
        true => "socklab list".to_owned(),
        false => format!("socklab course check {}", socklab_say::path(&folder)),
    };
    println!(
        "{}",
        say!(speaker, "course-copy-next", command = style::paint(style::COMMAND, command))
    );
    Ok(())
}

/// The folder of an item below the course folder, found by name or question number; or the syllabus.
fn find(speaker: Speaker, course: &Course, name: &str) -> Result<PathBuf> {
    let questions = course.folders(ItemKind::Question);
    let short = |folder: &str| folder.split_once('-').map(|(_, name)| name.to_owned());
    let number = |folder: &str| folder.split_once('-').and_then(|(digits, _)| digits.parse().ok());
    let asked: Option<u32> = name.parse().ok();
    let question = questions.iter().find(|folder| {
        *folder == name
            || short(folder).as_deref() == Some(name)
            || (asked.is_some() && number(folder) == asked)
    });
    let exercises = course.folders(ItemKind::Exercise);
    let exercise = exercises.iter().find(|folder| *folder == name);
    // If both have the name, `NN-NAME` still finds the question.
    let found = exercise.map(|folder| (ItemKind::Exercise, folder));
    if let Some((kind, folder)) = found.or(question.map(|folder| (ItemKind::Question, folder))) {
        return Ok(kind.path(folder));
    }
    if name == ORDER || name == SYLLABUS {
        return Ok(PathBuf::from(SYLLABUS));
    }
    let names = questions.iter().filter_map(|folder| short(folder)).chain(exercises);
    let names = names.chain([ORDER.to_owned()]);
    let what = say!(speaker, "course-copy-unknown", name = name);
    Err(Failure::unknown(speaker, what, name, names, "socklab list").into())
}
