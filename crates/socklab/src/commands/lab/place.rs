//! Entering a place, and saying why there is none.

use std::os::unix::process::ExitStatusExt;
use std::process::{ExitCode, ExitStatus};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anyhow::{Context, Result};
use signal_hook::consts::{SIGINT, SIGQUIT};
use signal_hook::flag;
use socklab_lab::{Place, PlaceEnd, PlaceOptions, PlaceRefusal, PlaceRole};
use socklab_say::{Speaker, say};

use crate::commands::doctor;
use crate::exit_reason::ExitReason;
use crate::failure::{self, Failure, complain};
use crate::output::{eprintln, width_err};
use crate::scenario;
use crate::wire_rules;

/// Which process returns from [`enter`].
pub(super) enum Entered {
    /// The one inside.
    Inside(Box<Place>),
    /// The one that stayed outside, with the exit code of the other.
    Outside(ExitCode),
}

/// Enters a place. If there can be none, says why, and how to change that.
pub(super) fn enter(speaker: Speaker, options: PlaceOptions) -> Result<Entered> {
    match try_enter(speaker, options)? {
        Ok(entered) => Ok(entered),
        Err(refusal) if refusal.contradiction => Err(failure_of(speaker, &refusal).into()),
        Err(refusal) => {
            let ended = failure::report(speaker, &failure_of(speaker, &refusal).into());
            let fixes = doctor::fixes(speaker, width_err());
            fixes.iter().for_each(|line| eprintln!("{line}"));
            Ok(Entered::Outside(ended))
        }
    }
}

/// Enters a place, and says nothing if this machine has none.
///
/// # Errors
///
/// This session has not what a place takes.
pub(super) fn try_enter(
    speaker: Speaker,
    options: PlaceOptions,
) -> Result<Result<Entered, PlaceRefusal>> {
    scenario::allow_a_lab(speaker)?;
    leave_interrupts_to_programs()?;
    Ok(match Place::enter(options) {
        Ok(PlaceRole::Inside(place)) => Ok(Entered::Inside(Box::new(place))),
        Ok(PlaceRole::Outside { exit_code }) => Ok(Entered::Outside(code(exit_code))),
        Err(refusal) => Err(refusal),
    })
}

/// The same place with the programs of the course, and socklab itself, to be found by name.
pub(super) fn with_programs(options: PlaceOptions) -> PlaceOptions {
    let Ok(socklab) = std::env::current_exe() else { return options };
    let course = programs::PROGRAMS.iter().map(|program| program.name);
    options.programs(course.chain(["socklab"]).map(|name| (name.to_owned(), socklab.clone())))
}

/// Ctrl-C is for the program inside, which decides how it ends; whoever waits for it goes on waiting.
/// A handler, unlike `SIG_IGN`, is not passed on to programs.
pub(super) fn leave_interrupts_to_programs() -> Result<()> {
    for signal in [SIGINT, SIGQUIT] {
        flag::register(signal, Arc::<AtomicBool>::default()).context("sigaction")?;
    }
    Ok(())
}

/// Why there is no place, as a failure.
pub(super) fn failure_of(speaker: Speaker, refusal: &PlaceRefusal) -> Failure {
    match refusal.contradiction {
        true => Failure::new(ExitReason::Usage, refusal.what.clone()),
        false => {
            let what = say!(speaker, "lab-no-place", reason = refusal.what);
            Failure::new(ExitReason::Environment, what).hint(say!(speaker, "doctor-hint"))
        }
    }
}

pub(super) fn code(exit_code: i32) -> ExitCode {
    ExitCode::from(u8::try_from(exit_code).unwrap_or(1))
}

/// The exit code of a program as a shell would say it.
pub(super) fn code_of(status: ExitStatus) -> ExitCode {
    code(status.code().or_else(|| Some(128 + status.signal()?)).unwrap_or(1))
}

/// Says what each rule has done, above all which has done nothing, and whether something has passed
/// where no rule was.
pub(super) fn tell_wire(speaker: Speaker, end: &PlaceEnd) {
    for done in &end.rules {
        complain("", &wire_rules::told(speaker, done));
    }
    if let Some(line) = wire_rules::beside(speaker, end.beside) {
        complain("", &line);
    }
}
