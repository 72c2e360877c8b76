//! Programs in a place of their own under the tracer: one ladder of their calls and of the frames that
//! pass there.

use std::cell::RefCell;
use std::process::ExitCode;
use std::rc::Rc;
use std::sync::mpsc::Receiver;

use anyhow::Result;
use socklab_event::Event;
use socklab_lab::{LOOPBACK_NAME, Place, PlaceEnd, PlaceKind, PlaceOptions};
use socklab_say::Speaker;
use socklab_trace::Options;

use super::place::{self, Entered};
use super::plan;
use crate::cli::{self, LabPlace};
use crate::commands::trace::{self, Frames, MAX_SIZE, Passing, TracedProgram};

/// `trace --wire RULE`: on a loopback that is looped through a wire with these rules.
pub(crate) fn trace_wired(speaker: Speaker, options: &cli::Trace) -> Result<ExitCode> {
    let (wire, mtu) = (options.wire.clone(), options.mtu);
    let kind = plan::kind(speaker, &LabPlace { wire, mtu, ..LabPlace::default() }, &[])?;
    let commands = trace::commands(speaker, options)?;
    trace(speaker, kind, options, |_| Ok(commands))
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
    let (wanted, arriving) = told(speaker, PlaceOptions::new(kind), options)?;
    let inside = match place::enter(speaker, wanted)? {
        Entered::Outside(code) => return Ok(code),
        Entered::Inside(place) => *place,
    };
    let commands = commands(&inside)?;
    trace_inside(speaker, inside, arriving, options, commands)
}

/// Frames as a place tells of them; `None` if nobody wants them.
pub(super) type Arriving = Option<Receiver<Vec<Event>>>;

/// Makes a place tell of its frames, as far as packets are wanted.
pub(super) fn told(
    speaker: Speaker,
    place: PlaceOptions,
    options: &cli::Trace,
) -> Result<(PlaceOptions, Arriving)> {
    if options.no_packets {
        return Ok((place, None));
    }
    let (sink, arriving) = Frames::pipe();
    let sample = trace::Outputs::of(speaker, &options.output)?.sample_of_packets(options.bytes);
    Ok((place.told(sample, sink), Some(arriving)))
}

/// Traces programs in a place that this process is inside of, and says in the end what its wire has done.
pub(super) fn trace_inside(
    speaker: Speaker,
    inside: Place,
    arriving: Arriving,
    options: &cli::Trace,
    mut commands: Vec<TracedProgram>,
) -> Result<ExitCode> {
    for command in &mut commands {
        command.host.get_or_insert_with(|| LOOPBACK_NAME.to_owned());
    }
    // The wire ends when the programs have ended; what it did is told after the drawing.
    let place = Rc::new(RefCell::new((Some(inside), PlaceEnd::default())));
    let ending = Rc::clone(&place);
    let end = move || {
        let mut ending = ending.borrow_mut();
        if let Some(place) = ending.0.take() {
            ending.1 = place.finish();
        }
    };
    let held = Rc::clone(&place);
    let holds =
        Rc::new(move || held.borrow().0.as_ref().and_then(|place| place.wire_holds_until()));
    let frames = arriving.map(|arriving| Frames::new(arriving, end.clone()).held(holds));
    let passing = Passing::InPlace(frames.map(Box::new));
    let code = trace::trace_commands(speaker, options, commands, passing)?;
    // Without frames, nothing else has ended it.
    end();
    place::tell_wire(speaker, &place.borrow().1);
    Ok(code)
}
