//! socklab, the socket laboratory: one binary for the course's programs and the tools around them.
#![forbid(unsafe_code)]

mod ask;
mod child;
mod cli;
mod commands;
mod course;
mod failure;
mod highlight;
mod language;
mod lesson;
mod output;
mod style;
mod tour;
mod usage;

use std::process::ExitCode;

fn main() -> ExitCode {
    // First of all, so that a trace of a course program shows that program's calls and no others.
    if let Some(code) = course::run_if_named().or_else(course::run_if_plain) {
        return code;
    }
    // What runs a scenario, or plays in one: before there are threads or anything of our own.
    if let Some(code) = socklab_scenario::stage() {
        return code;
    }
    output::end_without_panic("socklab");
    let arguments = commands::with_code_language(std::env::args_os().collect());
    language::choose(language::asked_for(&arguments));

    match usage::parse(cli::Cli::command_in_this_language(), arguments) {
        Ok(cli) => commands::perform(cli).unwrap_or_else(|error| failure::report(&error)),
        Err(code) => code,
    }
}
