//! Programs in a place of their own under the tracer: one ladder of their calls and of the frames that
//! pass there.

use std::cell::RefCell;
use std::ffi::OsString;
use std::process::ExitCode;
use std::rc::Rc;

use anyhow::Result;
use programs::Program;
use socklab_lab::{Place, PlaceEnd, PlaceKind};
use socklab_say::Speaker;
use socklab_trace::Options;

use super::place::{self, Entered};
use super::plan;
use crate::cli::{self, LabPlace, Look};
use crate::commands::trace::{self, Frames, MAX_SIZE, TracedProgram};

/// `trace --wire RULE`: on a loopback that is looped through a wire with these rules.
pub(crate) fn trace_wired(speaker: Speaker, options: &cli::Trace) -> Result<ExitCode> {
    let kind = looped(speaker, &options.wire, options.mtu)?;
    let commands = trace::commands(speaker, options)?;
    trace(speaker, kind, options, |_| Ok(commands))
}

/// `run NAME --trace --wire RULE`.
pub(crate) fn trace_program_wired(
    speaker: Speaker,
    program: &Program,
    arguments: &[String],
    rules: &[String],
) -> Result<ExitCode> {
    let kind = looped(speaker, rules, None)?;
    let arguments: Vec<OsString> = arguments.iter().map(OsString::from).collect();
    let commands = vec![trace::course_program(program, &arguments)?];
    let options = cli::Trace { look: Look::for_learning(), ..self::options() };
    trace(speaker, kind, &options, |_| Ok(commands))
}

fn looped(speaker: Speaker, rules: &[String], mtu: Option<u32>) -> Result<PlaceKind> {
    let wanted = LabPlace { wire: rules.to_vec(), mtu, ..LabPlace::default() };
    Ok(plan::kind(speaker, &wanted, &[])?)
}

/// What `trace` does if it is not told otherwise.
pub(super) fn options() -> cli::Trace {
    cli::Trace { bytes: Options::SAMPLE, max_size: MAX_SIZE, ..cli::Trace::default() }
}

/// Enters a place, traces programs there, draws, and says what the wire has done.
pub(super) fn trace(
    speaker: Speaker,
    kind: PlaceKind,
    options: &cli::Trace,
    commands: impl FnOnce(&Place) -> Result<Vec<TracedProgram>>,
) -> Result<ExitCode> {
    let (sink, arriving) = Frames::pipe();
    let sample = trace::Outputs::of(speaker, &options.output)?.sample_of_packets(options.bytes);
    let inside = match place::enter(speaker, kind, sample, Some(sink))? {
        Entered::Outside(code) => return Ok(code),
        Entered::Inside(place) => place,
    };
    let commands = commands(&inside)?;
    // The wire ends when the programs have ended; what it did is told after the drawing.
    let place = Rc::new(RefCell::new((Some(inside), PlaceEnd::default())));
    let ending = Rc::clone(&place);
    let end = move || {
        let mut ending = ending.borrow_mut();
        ending.1 = ending.0.take().map(|place| place.finish()).unwrap_or_default();
    };
    let held = Rc::clone(&place);
    let holds =
        Rc::new(move || held.borrow().0.as_ref().and_then(|place| place.wire_holds_until()));
    let frames = Frames::new(arriving, end).held(holds);
    let code = trace::trace_commands(speaker, options, commands, Some(frames))?;
    place::tell_wire(speaker, &place.borrow().1);
    Ok(code)
}
