//! How this binary runs scenarios, and how it cleans up when interrupted.

use anyhow::{Context, Result};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGXCPU};

use socklab_scenario::{IsolationWanted, PlaceWanted, Runner};

use crate::signals::Signals;
use crate::terminal::{gauge, keys};

/// The default seed: every student sees the same run.
pub(crate) const SEED: u64 = 1;

/// From here on the signals that end a program, by a key, a session's end or a limit, clean up before they
/// end this process: temporary folders are removed and the terminal is restored. The programs end with this process anyway.
pub(crate) fn end_cleanly() -> Result<()> {
    let mut signals =
        Signals::new([SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGXCPU]).context("sigaction")?;
    let wait = move || {
        if let Some(signal) = signals.forever().next() {
            keys::restore_for_good();
            socklab_scenario::clean_up();
            gauge::hide();
            std::process::exit(128 + signal);
        }
    };
    std::thread::Builder::new().spawn(wait).context("clone, a thread that waits for signals")?;
    Ok(())
}

/// How this binary runs scenarios.
pub(crate) fn runner(seed: u64) -> Result<Runner> {
    // A scenario can also run `socklab` itself, as in `socklab serve http`.
    let names = programs::PROGRAMS.iter().map(|program| program.name).chain(["socklab"]);
    Ok(Runner {
        // Itself, even if a submission has put another file at its path.
        binary: "/proc/self/exe".into(),
        programs: names.map(str::to_owned).collect(),
        place: PlaceWanted::Private,
        isolation: IsolationWanted::Possible,
        seed,
    })
}
