//! `trace` and `draw`: draw what a program's sockets did, as a ladder.
//!
//! `record` runs the programs and collects the timeline, `picture` turns a timeline into text or a
//! file; a recorded timeline can be drawn again anywhere.

mod awaiting;
mod clock;
mod commands;
mod diff;
mod frames;
mod live;
mod long_waits;
mod news;
mod outputs;
mod packets;
mod picture;
mod reading;
mod record;
mod recording;
mod tapped;
mod turn;

use std::io::{self, ErrorKind};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use socklab_event::{Event, Notice};
use socklab_say::{Speaker, say};

use crate::cli::{self, Look};
use crate::exit_reason::ExitReason;
use crate::failure::{self, Failure};
use crate::output::{BROKEN_PIPE, eprintln, println};
use live::LivePlan;
use outputs::Destination;
pub(crate) use outputs::Outputs;
use picture::to_text;
use recording::Keeping;

pub(crate) use commands::{TracedProgram, course_program, program};
pub(crate) use diff::diff;
pub(crate) use frames::Frames;
pub(crate) use picture::{FileFormat, draw_to, ladder_of, sentence};
pub(crate) use reading::{read_all, read_whole, unreadable};
pub(crate) use record::{TraceEnd, TracePlan, record};
pub(crate) use recording::MAX_SIZE;
pub(crate) use tapped::{Packets, tap};

/// Traces programs, draws what happened, and returns the exit code of the last one.
pub(crate) fn trace(speaker: Speaker, options: &cli::Trace) -> Result<ExitCode> {
    let commands = commands(speaker, options)?;
    trace_commands(speaker, options, commands, Passing::Here)
}

/// The programs that a command line is about.
pub(crate) fn commands(speaker: Speaker, options: &cli::Trace) -> Result<Vec<TracedProgram>> {
    commands::parse(speaker, &options.commands, &options.command)
}

/// What passes where the programs run.
pub(crate) enum Passing {
    /// They run where this process is, or in a network that it moves to if the options say so.
    Here,
    /// This process is in a place of its own, which tells of these frames; `None` if they were left out.
    InPlace(Option<Box<Frames>>),
}

/// The same for commands that are known already.
pub(crate) fn trace_commands(
    speaker: Speaker,
    options: &cli::Trace,
    commands: Vec<TracedProgram>,
    passing: Passing,
) -> Result<ExitCode> {
    let outputs = Outputs::of(speaker, &options.output)?;
    outputs.check_drawings(speaker)?;
    let keeping = Keeping {
        files: outputs.open_recordings(speaker)?,
        in_memory: (outputs.recordings.is_empty() && !options.live)
            || !outputs.drawings.is_empty()
            || options.look.has_figures(),
        max_size: options.max_size,
        redact: options.redact,
    };
    let wanted = match options {
        cli::Trace { packets: true, .. } => Packets::OwnNetwork,
        cli::Trace { no_packets: true, .. } => Packets::No,
        _ => Packets::IfAllowed,
    };
    let sample = outputs.sample_of_packets(options.bytes);
    let is_here = matches!(passing, Passing::Here);
    let (frames, mut notices) = match passing {
        Passing::Here => tapped::tap(speaker, wanted, sample),
        Passing::InPlace(frames) => {
            let missing = frames.is_none().then(tapped::not_wanted);
            let notices = [Notice::OwnNetwork].into_iter().chain(missing).collect();
            (frames.map(|frames| *frames), notices)
        }
    };
    if is_here && wanted == Packets::IfAllowed {
        // Nobody has asked for them: that there is an option says more.
        notices.retain(|notice| !matches!(notice, Notice::NoFrames { .. }));
    }
    if frames.is_none() && outputs.need_packets() {
        return Err(no_packets(speaker, options).into());
    }
    let plan = TracePlan {
        commands,
        attach: options.pid.clone(),
        only: options.only,
        sample: options.bytes,
        timeout: options.timeout,
        grace: options.grace.unwrap_or(record::GRACE),
        by_hand: true,
        keeping,
        output_to_errors: outputs.take_standard_output(),
        lines: !options.no_lines,
        live: options.live.then(|| LivePlan { look: options.look.clone(), redact: options.redact }),
        frames,
        notices,
    };
    let TraceEnd { kept, code, .. } = match record(speaker, plan) {
        Err(error) if is_broken_pipe(&error) => return Ok(ExitCode::from(BROKEN_PIPE)),
        ended => ended?,
    };
    let mut failed: Option<ExitCode> = kept.incomplete.map(ExitCode::from);
    let look = Look { redacted: options.redact, ..options.look.clone() };
    for (path, format) in &outputs.drawings {
        match draw_to(speaker, path, *format, &kept.timeline, &look, &[]) {
            Ok(()) => eprintln!("{}", say!(speaker, "written", path = socklab_say::path(path))),
            Err(error) => {
                failed = Some(failure::report(speaker, &error));
            }
        }
    }
    // The drawing goes to standard error: standard output belongs to the programs. It also shows
    // what would be lost otherwise.
    let summed = options.look.has_figures() && !outputs.have_text();
    let drawn = outputs.are_none() && !options.live;
    if drawn || summed || (failed.is_some() && outputs.recordings.is_empty()) {
        eprintln!("{}", to_text(speaker, &kept.timeline, &options.look));
    } else if options.live && outputs.drawings.is_empty() {
        eprintln!("{}", how_to_draw(speaker, &outputs));
    }
    Ok(match (failed, code) {
        (Some(failed), _) => failed,
        _ if kept.hung_up => ExitCode::from(BROKEN_PIPE),
        (None, code) => code,
    })
}

/// How to get the ladder of what has been told line by line.
fn how_to_draw(speaker: Speaker, outputs: &Outputs) -> String {
    let files = outputs.recordings.iter().filter_map(|destination| match destination {
        Destination::File(path) => Some(socklab_say::path(path)),
        Destination::StandardOutput => None,
    });
    match files.into_iter().next() {
        Some(path) => say!(speaker, "live-draw", path = path),
        None => say!(speaker, "live-draw-none"),
    }
}

/// Why no capture can be written, before anything is recorded in vain.
fn no_packets(speaker: Speaker, options: &cli::Trace) -> Failure {
    if options.packets {
        // Why not, has been said.
        let what = say!(speaker, "capture-not-possible");
        return Failure::new(ExitReason::Environment, what);
    }
    Failure::new(ExitReason::Usage, say!(speaker, "capture-needs-packets"))
        .hint(say!(speaker, "capture-needs-packets-hint"))
}

/// True if the reader of our standard output had gone before anything was recorded.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
}

/// What is wanted of `run NAME --trace` in the machine's own network.
#[derive(Debug)]
pub(crate) struct OfOne<'w> {
    pub(crate) packets: bool,
    /// Why it does not run where its packets can be recorded.
    pub(crate) why_no_packets: String,
    pub(crate) live: bool,
    pub(crate) output: &'w [PathBuf],
    pub(crate) look: Look,
}

/// Traces a program of the course. `tell` says where it runs, knowing whether its packets are recorded.
pub(crate) fn trace_program(
    speaker: Speaker,
    program: TracedProgram,
    wanted: OfOne<'_>,
    tell: impl FnOnce(bool),
) -> Result<ExitCode> {
    let OfOne { packets, why_no_packets, live, output, look } = wanted;
    let packets = if packets { Packets::IfAllowed } else { Packets::No };
    let outputs = Outputs::of(speaker, output)?;
    outputs.check_drawings(speaker)?;
    let commands = vec![program];
    let mut plan = TracePlan { commands, by_hand: true, lines: true, ..TracePlan::default() };
    plan.output_to_errors = outputs.take_standard_output();
    (plan.frames, plan.notices) =
        tapped::tap(speaker, packets, outputs.sample_of_packets(plan.sample));
    if plan.frames.is_none() && outputs.need_packets() {
        let what = say!(speaker, "capture-needs-packets");
        let hint = say!(speaker, "capture-needs-lab-hint");
        return Err(Failure::new(ExitReason::Usage, what).hint(hint).into());
    }
    if packets == Packets::IfAllowed && plan.frames.is_none() {
        plan.notices = vec![Notice::NoFrames { why: why_no_packets }];
    }
    plan.live = live.then(|| LivePlan { look: look.clone(), redact: false });
    tell(plan.frames.is_some());
    let TraceEnd { kept, code, .. } = record(speaker, plan)?;
    if live && outputs.are_none() {
        eprintln!("{}", how_to_draw(speaker, &outputs));
    } else if outputs.are_none() || (look.has_figures() && !outputs.have_text()) {
        eprintln!("{}", to_text(speaker, &kept.timeline, &look));
    }
    outputs.write(speaker, &kept.timeline, &look, &[])?;
    Ok(code)
}

/// Draws a recorded timeline, or a capture.
pub(crate) fn draw(speaker: Speaker, options: &cli::Draw) -> Result<()> {
    let outputs = Outputs::of(speaker, &options.output)?;
    let read = if outputs.need_payload() { reading::read_whole } else { reading::read };
    let mut timeline = reading::read_all(speaker, &options.files, read)?;
    clock::check(speaker, &timeline, &options.look)?;
    if options.redact {
        timeline.header.redact();
        timeline.events.iter_mut().for_each(Event::redact);
    }
    if options.no_lines {
        timeline.drop_lines();
    }
    let look = Look { records: false, redacted: options.redact, ..options.look.clone() };
    if options.json {
        if outputs.take_standard_output() {
            return Err(Failure::new(ExitReason::Usage, say!(speaker, "output-taken")).into());
        }
        println!("{}", picture::figures_json(speaker, &timeline, &look)?);
    } else if outputs.are_none() || (look.has_figures() && !outputs.have_text()) {
        match outputs.take_standard_output() {
            // The recording goes there.
            true => eprintln!("{}", to_text(speaker, &timeline, &look)),
            false => println!("{}", to_text(speaker, &timeline, &look)),
        }
    }
    outputs.write(speaker, &timeline, &look, &[])?;
    // The process ends here, and freeing millions of small pieces first takes a while.
    std::mem::forget(timeline);
    Ok(())
}
