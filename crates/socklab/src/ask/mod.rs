//! Questions and exercises, as the commands about them share them: where the course is, how
//! scenarios are run, how what came of them is told.

pub(crate) mod answered;
pub(crate) mod gauge;
pub(crate) mod key;
pub(crate) mod markdown;
pub(crate) mod progress;
pub(crate) mod told;

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use socklab_scenario::{Course, LoadError, PlaceWanted, Stagehand};

use crate::failure::{Exit, Failure};
use crate::language::{speaker, text};

/// The seed of a run that was not given one: every student sees the same.
pub(crate) const SEED: u64 = 1;

/// The course: the built-in one, and over it the local one.
pub(crate) fn course() -> Result<Course> {
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

/// From here on Ctrl-C and its relatives end this process and leave nothing: no folder, no changed
/// terminal, and no program, because those end with us anyway.
pub(crate) fn end_cleanly() -> Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP]).context("sigaction")?;
    std::thread::spawn(move || {
        if let Some(signal) = signals.forever().next() {
            key::restore_for_good();
            socklab_scenario::clean_up();
            gauge::hide();
            std::process::exit(128 + signal);
        }
    });
    Ok(())
}

/// How scenarios are run by this binary.
pub(crate) fn stagehand(seed: u64) -> Result<Stagehand> {
    // `socklab` itself too: a scenario can run `socklab serve http`.
    let names = programs::PROGRAMS.iter().map(|program| program.name).chain(["socklab"]);
    Ok(Stagehand {
        binary: std::env::current_exe().context("readlink /proc/self/exe")?,
        programs: names.map(str::to_owned).collect(),
        place: PlaceWanted::Private,
        seed,
    })
}

/// A mistake in a course file, as the end of the command.
pub(crate) fn mistake(error: &LoadError) -> anyhow::Error {
    let failure = Failure::new(Exit::Usage, error.in_words(&say));
    failure.hint(text!("try-line", what = "socklab course check")).into()
}

/// The text of a key, with what stands in its places: how the loader's mistakes are worded.
pub(crate) fn say(key: &str, places: &[(&str, String)]) -> String {
    let arguments: Vec<_> =
        places.iter().map(|(name, word)| (*name, word.as_str().into())).collect();
    speaker().say(key, &arguments)
}

/// The key of the language in the course's files.
pub(crate) fn language() -> &'static str {
    speaker().language().tag()
}

/// A text of the course in the chosen language.
pub(crate) fn of(texts: &socklab_judge::Texts) -> &str {
    match language() {
        "es" => &texts.es,
        _ => &texts.en,
    }
}
