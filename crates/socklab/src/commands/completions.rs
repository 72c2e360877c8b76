//! Completion in the shell. The script that a shell loads asks this binary at each TAB, so that it
//! knows the course that is found where the student works.

use std::io;

use clap::builder::StyledStr;
use clap::{Arg, Command, CommandFactory};
use clap_complete::engine::{ArgValueCandidates, CompletionCandidate};
use clap_complete::env::Shells;
use clap_complete::{CompleteEnv, Shell};
use socklab_say::Speaker;

use super::choices;
use crate::cli::Cli;
use crate::usage;

/// The variable by which the script asks; its value is the shell.
const VARIABLE: &str = "SOCKLAB_COMPLETE";
/// What is completed, and who is asked.
const NAME: &str = "socklab";

/// The script for a shell.
///
/// # Errors
///
/// No script is known for this shell.
pub(super) fn script(shell: Shell) -> io::Result<Vec<u8>> {
    let mut script = Vec::new();
    let shells = Shells::builtins();
    let shell = shells.completer(&shell.to_string()).ok_or(io::ErrorKind::Unsupported)?;
    shell.write_registration(VARIABLE, NAME, NAME, NAME, &mut script)?;
    Ok(script)
}

/// If a shell asks what can follow, answers it and returns true.
pub(crate) fn complete_if_asked(speaker: Speaker) -> bool {
    let command = || usage::explain(speaker, with_choices(speaker, Cli::command()), "");
    let here = std::env::current_dir().ok();
    CompleteEnv::with_factory(command)
        .var(VARIABLE)
        .try_complete(std::env::args_os(), here.as_deref())
        // A shell has no use for a message.
        .unwrap_or(true)
}

/// Adds the names of the course's items where they can be typed.
fn with_choices(speaker: Speaker, command: Command) -> Command {
    let add = |argument: Arg| {
        let name = argument.get_value_names().and_then(<[_]>::first).map(ToString::to_string);
        match name.filter(|name| choices::are_known(name)) {
            Some(name) => argument.add(ArgValueCandidates::new(move || candidates(speaker, &name))),
            None => argument,
        }
    };
    command.mut_args(add).mut_subcommands(|below| with_choices(speaker, below))
}

fn candidates(speaker: Speaker, value_name: &str) -> Vec<CompletionCandidate> {
    let words: Vec<String> =
        std::env::args_os().filter_map(|word| word.into_string().ok()).collect();
    let choices = choices::of(speaker, value_name, &words);
    let candidate = |(value, about): (String, String)| {
        CompletionCandidate::new(value).help(Some(StyledStr::from(about)))
    };
    choices.into_iter().map(candidate).collect()
}
