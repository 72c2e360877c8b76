//! Where the course is: the built-in one, and over it the nearest folder `course`.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use socklab_say::{Speaker, say};
use socklab_scenario::{Course, LoadError};

use crate::exit_reason::ExitReason;
use crate::failure::Failure;

/// The course: the built-in one, and over it the local one.
pub(crate) fn load() -> Result<Course> {
    match local_course() {
        Some(local) => {
            Course::with_folder(&local).with_context(|| format!("read {}", local.display()))
        }
        None => Ok(Course::built_in()),
    }
}

/// The nearest folder `course`: here, or in a folder above, up to the root. So what belongs to a
/// course is known wherever its students work.
///
/// A course says which programs are run. One that is not here but above counts only if it is our
/// own, root's, or of whoever owns this folder: not what a stranger left in `/tmp`.
pub(crate) fn local_course() -> Option<PathBuf> {
    let here = std::env::current_dir().unwrap_or_default();
    let owner = |path: &Path| path.metadata().ok().map(|about| about.uid());
    let trusted = [Some(rustix::process::geteuid().as_raw()), Some(0), owner(Path::new("."))];
    // Written as a person would: `course`, `../course`.
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

/// Does a folder have anything of a course?
pub(crate) fn is_course(folder: &Path) -> bool {
    ["questions", "exercises"].iter().any(|kind| folder.join(kind).is_dir())
}

/// A mistake in a course file, as the end of the command.
pub(crate) fn mistake(speaker: Speaker, error: &LoadError) -> anyhow::Error {
    let failure = Failure::new(ExitReason::Usage, error.in_words(speaker));
    failure.hint(say!(speaker, "try-line", what = "socklab course check")).into()
}
