//! `trace` and `draw`: what a program's sockets did, as a ladder.
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

use crate::cli;
use crate::failure::{Exit, Failure};
use crate::language::text;
use crate::output::{eprintln, println};

pub(crate) use commands::{Program as Traced, course_program};
pub(crate) use picture::{ladder_of, sentence, write_whole};
pub(crate) use record::{Plan, Recording, record};

use picture::{Format, draw_to, to_text};

/// Traces programs, draws what happened, and ends as the last of them did.
pub(crate) fn trace(options: &cli::Trace) -> Result<ExitCode> {
    let outputs = options.output.iter().map(|path| Format::of(path)).collect::<Result<Vec<_>>>()?;
    let plan = Plan {
        commands: commands::parse(&options.commands, &options.command)?,
        attach: options.pid.clone(),
        sample: options.bytes,
        timeout: options.timeout,
        by_hand: true,
    };
    let Recording { timeline, code, .. } = record(plan)?;
    for (path, format) in options.output.iter().zip(outputs) {
        draw_to(path, format, &timeline, &options.look)?;
        eprintln!("{}", text!("written", path = path.display()));
    }
    if options.output.is_empty() {
        // On standard error: standard output is the programs'.
        eprintln!("{}", to_text(&timeline, &options.look));
    }
    Ok(code)
}

/// `run NAME --trace`.
pub(crate) fn trace_program(program: &Program, arguments: &[String]) -> Result<ExitCode> {
    let arguments: Vec<OsString> = arguments.iter().map(OsString::from).collect();
    let options = cli::Look::default();
    let commands = vec![commands::course_program(program, &arguments)?];
    let Recording { timeline, code, .. } =
        record(Plan { commands, by_hand: true, ..Plan::default() })?;
    eprintln!("{}", to_text(&timeline, &options));
    Ok(code)
}

/// Draws a recorded timeline.
pub(crate) fn draw(options: &cli::Draw) -> Result<()> {
    let path = &options.file;
    let file = File::open(path).with_context(|| format!("open {}", path.display()))?;
    let reading = socklab_event::read(BufReader::new(file)).map_err(|error| {
        Failure::new(Exit::No, format!("{}: {error}", path.display())).hint(text!("draw-hint"))
    })?;
    if let Some(problem) = &reading.truncated {
        eprintln!("{}: {problem}", path.display());
    }
    if options.output.is_empty() {
        println!("{}", to_text(&reading.timeline, &options.look));
    }
    for path in &options.output {
        draw_to(path, Format::of(path)?, &reading.timeline, &options.look)?;
    }
    Ok(())
}
