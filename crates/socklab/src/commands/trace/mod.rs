//! `trace` and `draw`: draw what a program's sockets did, as a ladder.
//!
//! `record` runs the programs and collects the timeline, `picture` turns a timeline into text or a
//! file; a recorded timeline can be drawn again anywhere.

mod awaiting;
mod commands;
mod news;
mod outputs;
mod picture;
mod record;
mod recording;
mod turn;

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufReader, ErrorKind, stdin};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anyhow::{Context, Result};
use programs::Program;
use signal_hook::consts::SIGINT;
use signal_hook::flag;
use socklab_event::{Event, Notice, Place, Timeline};
use socklab_event::{Foreign, ReadError};
use socklab_say::{Speaker, say};

use crate::cli;
use crate::exit_reason::ExitReason;
use crate::failure::{self, Failure};
use crate::output::{BROKEN_PIPE, eprintln, println};
use outputs::Outputs;
use picture::{draw_to, to_text, write_recording};
use recording::Keeping;

pub(crate) use commands::{TracedProgram, course_program};
pub(crate) use picture::{ladder_of, sentence};
pub(crate) use record::{TraceEnd, TracePlan, record};
pub(crate) use recording::MAX_SIZE;

/// Traces programs, draws what happened, and returns the exit code of the last one.
pub(crate) fn trace(speaker: Speaker, options: &cli::Trace) -> Result<ExitCode> {
    let outputs = Outputs::of(speaker, &options.output)?;
    let commands = commands::parse(speaker, &options.commands, &options.command)?;
    outputs.check_drawings(speaker)?;
    let keeping = Keeping {
        files: outputs.open_recordings(speaker)?,
        in_memory: outputs.recordings.is_empty() || !outputs.drawings.is_empty(),
        max_size: options.max_size,
        redact: options.redact,
    };
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
    };
    let TraceEnd { kept, code, .. } = match record(speaker, plan) {
        Err(error) if is_broken_pipe(&error) => return Ok(ExitCode::from(BROKEN_PIPE)),
        ended => ended?,
    };
    let mut failed: Option<ExitCode> = kept.incomplete.map(ExitCode::from);
    for (path, format) in &outputs.drawings {
        match draw_to(speaker, path, *format, &kept.timeline, &options.look) {
            Ok(()) => eprintln!("{}", say!(speaker, "written", path = socklab_say::path(path))),
            Err(error) => {
                failed = Some(failure::report(speaker, &error));
            }
        }
    }
    // The drawing goes to standard error: standard output belongs to the programs. It also shows
    // what would be lost otherwise.
    if outputs.are_none() || (failed.is_some() && outputs.recordings.is_empty()) {
        eprintln!("{}", to_text(speaker, &kept.timeline, &options.look));
    }
    Ok(match (failed, code) {
        (Some(failed), _) => failed,
        _ if kept.hung_up => ExitCode::from(BROKEN_PIPE),
        (None, code) => code,
    })
}

/// True if the reader of our standard output had gone before anything was recorded.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
}

/// `run NAME --trace`.
pub(crate) fn trace_program(
    speaker: Speaker,
    program: &Program,
    arguments: &[String],
) -> Result<ExitCode> {
    let arguments: Vec<OsString> = arguments.iter().map(OsString::from).collect();
    let options = cli::Look::for_learning();
    let commands = vec![commands::course_program(program, &arguments)?];
    let TraceEnd { kept, code, .. } =
        record(speaker, TracePlan { commands, by_hand: true, ..TracePlan::default() })?;
    eprintln!("{}", to_text(speaker, &kept.timeline, &options));
    Ok(code)
}

/// Draws a recorded timeline.
pub(crate) fn draw(speaker: Speaker, options: &cli::Draw) -> Result<()> {
    let outputs = Outputs::of(speaker, &options.output)?;
    let path = &options.file;
    let (name, reading) = if path.as_os_str() == "-" {
        outlive_interrupt()?;
        (say!(speaker, "object-input"), socklab_event::read(stdin().lock()))
    } else {
        let file = File::open(path).with_context(|| format!("open {}", socklab_say::path(path)))?;
        (socklab_say::path(path), socklab_event::read(BufReader::new(file)))
    };
    let mut reading = reading.map_err(|error| {
        let why = why_unreadable(speaker, &error);
        Failure::new(ExitReason::No, format!("{name}: {why}")).hint(say!(speaker, "draw-hint"))
    })?;
    if let Some(problem) = &reading.truncated {
        let line = problem.line;
        eprintln!("{}", say!(speaker, "recording-cut", path = name, line = line));
        mark_cut(&mut reading.timeline);
    }
    if options.redact {
        reading.timeline.header.redact();
        reading.timeline.events.iter_mut().for_each(Event::redact);
    }
    if outputs.are_none() {
        println!("{}", to_text(speaker, &reading.timeline, &options.look));
    }
    for (path, format) in &outputs.drawings {
        draw_to(speaker, path, *format, &reading.timeline, &options.look)?;
    }
    for destination in &outputs.recordings {
        write_recording(speaker, destination, &reading.timeline)?;
    }
    // The process ends here, and freeing millions of small pieces first takes a while.
    std::mem::forget(reading);
    Ok(())
}

/// Why a file is no recording, for its most likely reasons in the reader's language.
fn why_unreadable(speaker: Speaker, error: &ReadError) -> String {
    match error {
        ReadError::Empty => say!(speaker, "draw-empty"),
        ReadError::Foreign { kind: Foreign::ByteOrderMark } => say!(speaker, "draw-mark"),
        ReadError::Foreign { kind } => say!(speaker, "draw-foreign", kind = kind),
        ReadError::Version { found } => {
            let newest = socklab_event::VERSION;
            say!(speaker, "draw-version", found = found, newest = newest)
        }
        error => error.to_string(),
    }
}

/// Notes in a timeline that its end is missing, so that every drawing of it says so.
fn mark_cut(timeline: &mut Timeline) {
    let (at, seq) =
        timeline.events.last().map_or((0, 0), |last| (last.at, last.seq.saturating_add(1)));
    let what = Notice::EndMissing.into();
    timeline.events.push(Event { seq, at, place: Place::default(), what });
}

/// Ctrl-C in `socklab trace -o - … | socklab draw -` ends the programs and the recording, which is
/// still to be drawn. A second one ends this process too.
fn outlive_interrupt() -> Result<()> {
    let once = Arc::new(AtomicBool::new(false));
    let end = 128 + SIGINT;
    flag::register_conditional_shutdown(SIGINT, end, Arc::clone(&once)).context("sigaction")?;
    flag::register(SIGINT, once).context("sigaction")?;
    Ok(())
}
