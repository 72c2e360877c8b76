//! Finds the course: the built-in one, overlaid with the nearest folder `course`.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use socklab_say::{Speaker, say};
use socklab_scenario::ItemKind;
use socklab_scenario::{Course, LoadError};

use crate::exit_reason::ExitReason;
use crate::failure::Failure;

/// Loads the built-in course, overlaid with the local one.
pub(crate) fn load() -> Result<Course> {
    match local_course() {
        Some(local) => {
            Course::with_folder(&local).with_context(|| format!("read {}", local.display()))
        }
        None => Ok(Course::built_in()),
    }
}

/// The nearest folder `course`: in the current folder or one of its parents. So a course is found
/// wherever its students work.
///
/// A course decides which programs are run. One in a parent folder counts only if it belongs to us,
/// to root, or to the owner of the current folder: not if a stranger left it in `/tmp`.
pub(crate) fn local_course() -> Option<PathBuf> {
    let here = std::env::current_dir().unwrap_or_default();
    let owner = |path: &Path| path.metadata().ok().map(|about| about.uid());
    let trusted = [Some(rustix::process::geteuid().as_raw()), Some(0), owner(Path::new("."))];
    // A relative path, as a person would write it: `course`, `../course`.
    let mut above = PathBuf::new();
    for level in 0..here.ancestors().count().max(1) {
        let course = above.join("course");
        if is_course(&course) && (level == 0 || trusted.contains(&owner(&course))) {
            return Some(course);
        }
        above.push("..");
    }
    None
}

/// True if the folder contains questions or exercises.
pub(crate) fn is_course(folder: &Path) -> bool {
    ItemKind::ALL.iter().any(|kind| folder.join(kind.folder()).is_dir())
}

/// The error that ends a command because of a mistake in a course file.
pub(crate) fn mistake(speaker: Speaker, error: &LoadError) -> anyhow::Error {
    let failure = Failure::new(ExitReason::Usage, error.in_words(speaker));
    failure.hint(say!(speaker, "try-line", what = "socklab course check")).into()
}
