//! `lab`: a place of one's own, with a local internet, and with hosts and a wire if wanted.
//!
//! `run` and `shell` make a place that ends with them. `up` leaves one in the background, which
//! `exec`, `shell`, `status`, `wire` and `link` reach over a socket (`control`, `folder`), until
//! `down`. `plan` turns words into a place, and `place` enters it.

mod control;
mod down;
mod exec;
mod folder;
mod hold;
mod place;
mod plan;
mod program;
mod rules;
mod run;
mod shell;
mod status;
mod traced;
mod up;

use std::process::ExitCode;

use anyhow::Result;
use socklab_say::Speaker;

use crate::cli::LabCommand;

pub(crate) use folder::names;
pub(crate) use program::{Began, InLab, begin};
pub(crate) use traced::trace_wired;

/// Does one of them.
pub(crate) fn lab(speaker: Speaker, command: LabCommand) -> Result<ExitCode> {
    match command {
        LabCommand::Run(options) => run::run(speaker, options),
        LabCommand::Shell(options) => shell::shell(speaker, &options),
        LabCommand::Up(options) if options.hold => hold::hold(speaker, &options),
        LabCommand::Up(options) => up::up(speaker, &options),
        LabCommand::Exec(options) => exec::exec(speaker, &options),
        LabCommand::Status(options) => status::status(speaker, &options),
        LabCommand::Wire(options) => rules::wire(speaker, &options),
        LabCommand::Link(options) => rules::link(speaker, &options),
        LabCommand::Down(options) => down::down(speaker, &options),
    }
}

/// The hosts of the lab that these words name, or of the usual one: for completion.
pub(crate) fn host_names(words: &[String]) -> Vec<String> {
    let after = |option: &str| {
        let place = words.iter().position(|word| word == option)?;
        words.get(place + 1).map(String::as_str)
    };
    let name = after("--name").unwrap_or(folder::USUAL);
    let up = control::status_of(name).map(|status| status.hosts).unwrap_or_default();
    match up.is_empty() {
        true => plan::USUAL.iter().map(|name| (*name).to_owned()).collect(),
        false => up.into_iter().map(|host| host.name).collect(),
    }
}
