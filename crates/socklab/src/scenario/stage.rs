//! How this binary runs scenarios, and how it ends while one runs.

use anyhow::{Context, Result};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use socklab_scenario::{PlaceWanted, Stagehand};

use crate::terminal::{gauge, keys};

/// The seed of a run that was not given one: every student sees the same.
pub(crate) const SEED: u64 = 1;

/// From here on Ctrl-C and its relatives end this process and leave nothing: no folder, no changed
/// terminal, and no program, because those end with us anyway.
pub(crate) fn end_cleanly() -> Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP]).context("sigaction")?;
    std::thread::spawn(move || {
        if let Some(signal) = signals.forever().next() {
            keys::restore_for_good();
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
