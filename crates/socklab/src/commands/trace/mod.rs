//! `trace` and `draw`: what a program's sockets did, as a ladder.
//!
//! `record` runs the programs and collects the timeline, `picture` turns a timeline into text or a
//! file; a recorded timeline can be drawn again anywhere.

mod commands;
mod picture;
mod record;

use std::fs::File;
use std::io::BufReader;
use std::process::ExitCode;

use anstream::eprintln;
use anyhow::{Context, Result};

use crate::cli;
use crate::failure::{Exit, Failure};
use crate::language::text;

pub(crate) use commands::course_program;
pub(crate) use picture::{Format, Look, draw_to};
pub(crate) use record::{Recording, record};

/// Traces programs, draws what happened, and ends as the first of them did.
pub(crate) fn trace(options: &cli::Trace) -> Result<ExitCode> {
    let outputs = options.output.iter().map(|path| Format::of(path)).collect::<Result<Vec<_>>>()?;
    let plan = record::Plan {
        commands: commands::parse(&options.commands, &options.command)?,
        attach: options.pid.clone(),
        sample: options.bytes,
        timeout: options.timeout,
    };
    let Recording { timeline, code, .. } = record(plan)?;
    for (path, format) in options.output.iter().zip(outputs) {
        draw_to(path, format, &timeline, &options.look)?;
        eprintln!("{}", text!("written", path = path.display()));
    }
    if options.output.is_empty() {
        // On standard error: standard output is the programs'.
        eprintln!("{}", picture::to_text(&timeline, &options.look));
    }
    Ok(code)
}

/// Draws a recorded timeline.
pub(crate) fn draw(options: &cli::Draw) -> Result<()> {
    let path = &options.file;
    let file = File::open(path).with_context(|| format!("open {}", path.display()))?;
    let reading = event::read(BufReader::new(file)).map_err(|error| {
        Failure::new(Exit::No, format!("{}: {error}", path.display()))
            .hint(text!("draw-hint", path = path.display()))
    })?;
    for problem in &reading.problems {
        eprintln!("{}: {problem}", path.display());
    }
    if options.output.is_empty() {
        anstream::println!("{}", picture::to_text(&reading.timeline, &options.look));
    }
    for path in &options.output {
        draw_to(path, Format::of(path)?, &reading.timeline, &options.look)?;
    }
    Ok(())
}
