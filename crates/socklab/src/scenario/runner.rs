//! How this binary runs scenarios, and how it cleans up when interrupted.

use std::io::{IsTerminal, stderr};

use anyhow::{Context, Result};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGXCPU};

use socklab_kernel::session::{Needed, Shortage};
use socklab_say::{Speaker, say};
use socklab_scenario::{IsolationWanted, PlaceWanted, Runner, Used};

use crate::exit_reason::ExitReason;
use crate::failure::Failure;
use crate::output::write_err;
use crate::signals::Signals;
use crate::terminal::{gauge, keys};

/// The default seed: every student sees the same run.
pub(crate) const SEED: u64 = 1;

/// From here on the signals that end a program, by a key, a session's end or a limit, clean up before they
/// end this process: temporary folders are removed and the terminal is restored. The programs end with this process anyway.
pub(crate) fn end_cleanly() -> Result<()> {
    end_cleanly_unless(|_| false)
}

/// The same, but a signal that `taken` takes does nothing else.
pub(crate) fn end_cleanly_unless(taken: impl Fn(i32) -> bool + Send + 'static) -> Result<()> {
    let mut signals =
        Signals::new([SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGXCPU]).context("sigaction")?;
    let wait = move || {
        if let Some(signal) = signals.forever().find(|signal| !taken(*signal)) {
            end_by(signal);
        }
    };
    std::thread::Builder::new().spawn(wait).context("clone, a thread that waits for signals")?;
    Ok(())
}

/// Cleans up and ends this process, as a shell reports of one that this signal ended.
pub(crate) fn end_by(signal: i32) -> ! {
    keys::restore_for_good();
    socklab_scenario::clean_up();
    // The shell's prompt gets a line of its own, behind a question or the `^C` of the terminal.
    if !gauge::hide() && matches!(signal, SIGINT | SIGTERM) && stderr().is_terminal() {
        write_err(format_args!("\n"));
    }
    std::process::exit(128 + signal);
}

/// What a session has to let a scenario use. With less, what a program lacks would look like its
/// own fault.
const NEEDED: [Needed; 8] = [
    Needed::Proc,
    Needed::Descriptors(256),
    Needed::Addresses(512 << 20),
    Needed::Data(512 << 20),
    Needed::Stack(1 << 20),
    Needed::File(1 << 20),
    Needed::Processor(60),
    Needed::Threads(48),
];

/// What a session has to let a lab use: its servers have sockets and threads.
const NEEDED_BY_A_LAB: [Needed; 3] =
    [Needed::Descriptors(256), Needed::Addresses(512 << 20), Needed::Threads(48)];

/// Makes sure that this session lets a lab use enough.
///
/// # Errors
///
/// The first thing that it lacks.
pub(crate) fn allow_a_lab(speaker: Speaker) -> Result<(), Failure> {
    let mut needed = NEEDED_BY_A_LAB.into_iter();
    needed.try_for_each(Needed::ensure).map_err(|short| refuse(speaker, &short))
}

/// All that this session lacks for scenarios and labs.
pub(crate) fn shortages(speaker: Speaker) -> Vec<Failure> {
    let short = NEEDED.into_iter().filter_map(|needed| needed.ensure().err());
    short.map(|short| refuse(speaker, &short)).collect()
}

/// Why this session can't run scenarios, if it can't.
fn refuse(speaker: Speaker, short: &Shortage) -> Failure {
    let (key, unit) = match short.needed {
        Needed::Descriptors(_) => ("short-descriptors", 1),
        Needed::Addresses(_) => ("short-addresses", 1 << 20),
        Needed::Data(_) => ("short-data", 1 << 20),
        Needed::Stack(_) => ("short-stack", 1 << 10),
        Needed::File(_) => ("short-file", 1 << 10),
        Needed::Processor(_) => ("short-processor", 1),
        Needed::Threads(_) => ("short-threads", 1),
        _ => ("short-proc", 1),
    };
    let needed = match short.needed {
        Needed::Descriptors(most)
        | Needed::Addresses(most)
        | Needed::Data(most)
        | Needed::Stack(most)
        | Needed::File(most)
        | Needed::Processor(most) => most / unit,
        Needed::Threads(count) => count as u64,
        _ => 0,
    };
    let has = short.has.unwrap_or(0) / unit;
    let error = short.error.as_ref().map(|error| format!(" ({error})")).unwrap_or_default();
    let what = say!(speaker, key, has = has, needed = needed, error = error);
    Failure::new(ExitReason::Environment, what).hint(say!(speaker, &format!("{key}-hint")))
}

/// How this binary runs scenarios.
///
/// # Errors
///
/// This session lacks something that every scenario needs.
pub(crate) fn runner(speaker: Speaker, seed: u64) -> Result<Runner> {
    NEEDED.into_iter().try_for_each(Needed::ensure).map_err(|short| refuse(speaker, &short))?;
    // A scenario can also run `socklab` itself, as in `socklab serve http`.
    let names = programs::PROGRAMS.iter().map(|program| program.name).chain(["socklab"]);
    Ok(Runner {
        // Itself, even if a submission has put another file at its path.
        binary: "/proc/self/exe".into(),
        programs: names.map(str::to_owned).collect(),
        place: PlaceWanted::Private,
        isolation: IsolationWanted::Possible,
        hidden: Vec::new(),
        packets: true,
        seed,
        careful: false,
        used: Used::default(),
    })
}
