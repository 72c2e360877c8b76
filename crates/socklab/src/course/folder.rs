//! Finds the course: the built-in one, overlaid with the nearest folder `course`, unless the command
//! line or the environment names another.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use socklab_say::{Speaker, say};
use socklab_scenario::ItemKind;
use socklab_scenario::{Course, LoadError, SYLLABUS};

use super::owner::Trusted;
use crate::cli::WhichCourse;
use crate::exit_reason::ExitReason;
use crate::failure::Failure;

/// The variable that names the course if no option does: a folder, or [`BUILT_IN`].
const VARIABLE: &str = "SOCKLAB_COURSE";

/// The value of [`VARIABLE`] that stands for the built-in course.
const BUILT_IN: &str = "builtin";

/// Loads the course that was asked for. Everything that runs or lists items of a course asks here.
pub(crate) fn load(speaker: Speaker, which: &WhichCourse) -> Result<Course> {
    match wanted(which) {
        Wanted::BuiltIn => Ok(Course::built_in()),
        Wanted::Folder(folder) if !is_course(&folder) => Err(no_course(speaker, &folder)),
        Wanted::Folder(folder) => Ok(Course::in_folder(&folder)?),
        Wanted::Nearest => match nearest(speaker)? {
            Some(folder) => Ok(Course::with_folder(&folder)?),
            None => Ok(Course::built_in()),
        },
    }
}

/// The folder into which items are copied if no other is named.
pub(crate) fn to_copy_into(speaker: Speaker) -> Result<Option<PathBuf>> {
    match wanted(&WhichCourse::default()) {
        Wanted::Folder(folder) => Ok(Some(folder)),
        Wanted::BuiltIn | Wanted::Nearest => nearest(speaker),
    }
}

/// Which course was asked for.
enum Wanted {
    BuiltIn,
    /// This folder, and nothing built in. Whoever names it trusts it.
    Folder(PathBuf),
    Nearest,
}

fn wanted(which: &WhichCourse) -> Wanted {
    let set = std::env::var_os(VARIABLE).filter(|value| !value.is_empty());
    match (which.builtin, &which.course, set) {
        (true, ..) => Wanted::BuiltIn,
        (_, Some(folder), _) => Wanted::Folder(folder.clone()),
        (.., Some(value)) if value == OsStr::new(BUILT_IN) => Wanted::BuiltIn,
        (.., Some(value)) => Wanted::Folder(PathBuf::from(value)),
        (.., None) => Wanted::Nearest,
    }
}

/// The nearest folder `course`: in the current folder or one of its parents. So a course is found
/// wherever its students work.
///
/// A course decides which programs are run. So it is an error if somebody else owns it: a stranger
/// may have left it in `/tmp`.
fn nearest(speaker: Speaker) -> Result<Option<PathBuf>> {
    let here = std::env::current_dir().unwrap_or_default();
    // A relative path, as a person would write it: `course`, `../course`.
    let mut above = PathBuf::new();
    for _ in 0..here.ancestors().count().max(1) {
        let course = above.join("course");
        if is_course(&course) {
            let stranger =
                stranger(&course).with_context(|| socklab_say::path(&course).to_string())?;
            return match stranger {
                None => Ok(Some(course)),
                Some(found) => Err(not_yours(speaker, &course, &found)),
            };
        }
        above.push("..");
    }
    Ok(None)
}

/// A file that belongs to somebody who is not trusted.
struct Stranger {
    file: PathBuf,
    owner: u32,
}

/// The first file of a course folder that a stranger owns: the folder itself, the link that leads to
/// it, or anything below that is read. The files count too, because others may be allowed to write
/// into the folder.
fn stranger(course: &Path) -> io::Result<Option<Stranger>> {
    let trusted = Trusted::here();
    let kinds = ItemKind::ALL.map(|kind| course.join(kind.folder()));
    let mut files = vec![course.to_owned()];
    for folder in kinds.into_iter().filter(|folder| folder.is_dir()) {
        walk(folder, &mut files)?;
    }
    files.extend(Some(course.join(SYLLABUS)).filter(|file| file.symlink_metadata().is_ok()));
    for file in files {
        let itself = file.symlink_metadata()?;
        // A link to nothing is reported when it is read.
        let target = file.metadata().unwrap_or_else(|_| itself.clone());
        if let Some(owner) = trusted.stranger([itself.uid(), target.uid()]) {
            return Ok(Some(Stranger { file, owner }));
        }
    }
    Ok(None)
}

/// Adds a folder and what is below it. As when a course is read, hidden files don't count, and links
/// to folders are not followed.
fn walk(folder: PathBuf, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(&folder)? {
        let entry = entry?;
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        } else if entry.file_type()?.is_dir() {
            walk(entry.path(), files)?;
        } else {
            files.push(entry.path());
        }
    }
    files.push(folder);
    Ok(())
}

fn not_yours(speaker: Speaker, course: &Path, found: &Stranger) -> anyhow::Error {
    let what = say!(
        speaker,
        "course-not-yours",
        file = socklab_say::path(&found.file),
        owner = found.owner.to_string()
    );
    let hint = say!(
        speaker,
        "course-not-yours-hint",
        folder = socklab_say::path(course),
        variable = VARIABLE,
        built_in = BUILT_IN
    );
    Failure::new(ExitReason::Usage, what).hint(hint).into()
}

/// The error for a folder that holds no course; suggests `course` below it.
fn no_course(speaker: Speaker, folder: &Path) -> anyhow::Error {
    let what = say!(speaker, "course-none", folder = socklab_say::path(folder));
    let below = folder.join("course");
    let hint = match is_course(&below) {
        true => say!(speaker, "did-you-mean", known = socklab_say::path(&below)),
        false => say!(speaker, "course-none-hint"),
    };
    Failure::new(ExitReason::Usage, what).hint(hint).into()
}

/// True if the folder contains questions, exercises or their order.
fn is_course(folder: &Path) -> bool {
    ItemKind::ALL.iter().any(|kind| folder.join(kind.folder()).is_dir())
        || folder.join(SYLLABUS).is_file()
}

/// The error that ends a command because of a mistake in a course file.
pub(crate) fn mistake(speaker: Speaker, error: &LoadError) -> anyhow::Error {
    let failure = Failure::new(ExitReason::Usage, error.in_words(speaker));
    failure.hint(say!(speaker, "try-line", what = "socklab course check")).into()
}
