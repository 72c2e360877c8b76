//! Questions and exercises, as the commands about them share them: where the course is, how
//! scenarios are run, how what came of them is told.

pub(crate) mod answered;
pub(crate) mod gauge;
pub(crate) mod key;
pub(crate) mod markdown;
pub(crate) mod progress;
pub(crate) mod told;

use std::path::Path;

use anyhow::{Context, Result};
use scenario::{Course, LoadError, PlaceWanted, Stagehand};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::failure::{Exit, Failure};
use crate::language::{Language, chosen, text};

/// The seed of a run that was not given one: every student sees the same.
pub(crate) const SEED: u64 = 1;

/// The course: the built-in one, and over it what is in `./course`.
pub(crate) fn course() -> Result<Course> {
    let local = Path::new("course");
    if local.join("questions").is_dir() || local.join("exercises").is_dir() {
        return Course::with_folder(local).with_context(|| format!("read {}", local.display()));
    }
    Ok(Course::built_in())
}

/// From here on Ctrl-C and its relatives end this process and leave nothing: no folder, no changed
/// terminal, and no program, because those end with us anyway.
pub(crate) fn end_cleanly() -> Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP]).context("sigaction")?;
    std::thread::spawn(move || {
        if let Some(signal) = signals.forever().next() {
            key::restore();
            gauge::hide();
            scenario::clean_up();
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
    let failure = Failure::new(Exit::Usage, error.to_string());
    failure.hint(text!("try-line", what = "socklab course check")).into()
}

/// The key of the language in the course's files.
pub(crate) fn language() -> &'static str {
    match chosen() {
        Language::En => "en",
        Language::Es => "es",
    }
}

/// A text of the course in the chosen language.
pub(crate) fn of(texts: &judge::Texts) -> &str {
    match chosen() {
        Language::En => &texts.en,
        Language::Es => &texts.es,
    }
}
