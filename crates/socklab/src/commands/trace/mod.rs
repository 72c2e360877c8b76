//! `trace` and `draw`: draw what a program's sockets did, as a ladder.
//!
//! `record` runs the programs and collects the timeline, `picture` turns a timeline into text or a
//! file; a recorded timeline can be drawn again anywhere.

mod commands;
mod picture;
mod record;
mod turn;

use std::ffi::OsString;
use std::fs::File;
use std::io::BufReader;
use std::process::ExitCode;

use anyhow::{Context, Result};
use programs::Program;
use socklab_say::{Speaker, say};

use crate::cli;
use crate::exit_reason::ExitReason;
use crate::failure::Failure;
use crate::output::{eprintln, println};
use picture::{FileFormat, draw_to, to_text};

pub(crate) use commands::{TracedProgram, course_program};
pub(crate) use picture::{ladder_of, sentence, write_whole};
pub(crate) use record::{TraceEnd, TracePlan, record};

/// Traces programs, draws what happened, and returns the exit code of the last one.
pub(crate) fn trace(speaker: Speaker, options: &cli::Trace) -> Result<ExitCode> {
    let outputs = options
        .output
        .iter()
        .map(|path| FileFormat::of(speaker, path))
        .collect::<Result<Vec<_>>>()?;
    let plan = TracePlan {
        commands: commands::parse(speaker, &options.commands, &options.command)?,
        attach: options.pid.clone(),
        sample: options.bytes,
        timeout: options.timeout,
        by_hand: true,
    };
    let TraceEnd { timeline, code, .. } = record(speaker, plan)?;
    for (path, format) in options.output.iter().zip(outputs) {
        draw_to(speaker, path, format, &timeline, &options.look)?;
        eprintln!("{}", say!(speaker, "written", path = path.display()));
    }
    if options.output.is_empty() {
        // The drawing goes to standard error: standard output belongs to the programs.
        eprintln!("{}", to_text(speaker, &timeline, &options.look));
    }
    Ok(code)
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
    let TraceEnd { timeline, code, .. } =
        record(speaker, TracePlan { commands, by_hand: true, ..TracePlan::default() })?;
    eprintln!("{}", to_text(speaker, &timeline, &options));
    Ok(code)
}

/// Draws a recorded timeline.
pub(crate) fn draw(speaker: Speaker, options: &cli::Draw) -> Result<()> {
    let path = &options.file;
    let file = File::open(path).with_context(|| format!("open {}", path.display()))?;
    let reading = socklab_event::read(BufReader::new(file)).map_err(|error| {
        Failure::new(ExitReason::No, format!("{}: {error}", path.display()))
            .hint(say!(speaker, "draw-hint"))
    })?;
    if let Some(problem) = &reading.truncated {
        eprintln!("{}: {problem}", path.display());
    }
    if options.output.is_empty() {
        println!("{}", to_text(speaker, &reading.timeline, &options.look));
    }
    for path in &options.output {
        draw_to(speaker, path, FileFormat::of(speaker, path)?, &reading.timeline, &options.look)?;
    }
    Ok(())
}
