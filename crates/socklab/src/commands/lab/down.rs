//! `lab down`: ends a lab, with everything that runs in it.

use std::os::unix::net::UnixStream;
use std::process::ExitCode;

use anyhow::{Context, Result};
use rustix::process::{Signal, kill_process};
use socklab_say::{Speaker, say};

use super::control::{Asked, Lab};
use super::folder;
use crate::cli;
use crate::output::println;

pub(super) fn down(speaker: Speaker, options: &cli::LabDown) -> Result<ExitCode> {
    let name = options.name.as_deref().unwrap_or(folder::USUAL);
    let lab = Lab::find(speaker, name)?.ok_or_else(|| folder::none_to_end(speaker, name))?;
    // Whoever listens has made the place, and ends last.
    let stream = UnixStream::connect_addr(lab.address()).context("connect")?;
    let first = rustix::net::sockopt::socket_peercred(&stream).context("getsockopt SO_PEERCRED")?;
    drop(stream);
    if lab.ask::<()>(speaker, &Asked::Down).is_err() {
        // It does not answer: the kernel ends all of it with its first process.
        let _ = kill_process(first.pid, Signal::KILL);
    }
    lab.await_end();
    println!("{}", say!(speaker, "lab-is-down", name = lab.name()));
    Ok(ExitCode::SUCCESS)
}
