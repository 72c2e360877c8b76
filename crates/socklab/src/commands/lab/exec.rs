//! `lab exec`: a program in a lab that is up.

use std::process::{Command, ExitCode};

use anyhow::{Context, Result};
use rustix::process::Signal;
use socklab_lab::end_with_us;
use socklab_say::Speaker;

use super::control::{Lab, host_or_first};
use super::place::leave_interrupts_to_programs;
use super::run::{not_started, run_to_its_end};
use crate::cli;
use crate::commands::trace;
use crate::course_program::IN_LAB;

pub(super) fn exec(speaker: Speaker, options: &cli::LabExec) -> Result<ExitCode> {
    let lab = Lab::need(speaker, options.name.as_deref())?;
    let host = host_or_first(speaker, &lab, options.host.as_deref())?;
    let argv = trace::program(options.command.clone())?.argv;
    leave_interrupts_to_programs()?;
    lab.enter(speaker, &host)?;
    let mut command = Command::new(&argv[0]);
    end_with_us(&mut command).context("pidfd_open")?;
    command.args(&argv[1..]).env(IN_LAB, &host);
    let start = || Ok(command.spawn().map_err(|error| not_started(speaker, &argv[0], &error))?);
    run_to_its_end(start, Signal::TERM)
}
