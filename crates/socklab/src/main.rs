//! socklab, the socket laboratory: one binary for the course's programs and the tools around them.
#![forbid(unsafe_code)]

mod child;
mod cli;
mod commands;
mod course;
mod course_program;
#[cfg(test)]
mod every_command;
mod executables;
mod exit_reason;
mod failure;
mod file;
mod filters;
mod graded;
mod hex_dump;
mod highlight;
mod language;
mod manual;
mod mistyped;
mod output;
mod printer;
mod scenario;
mod signals;
mod source_text;
mod style;
mod terminal;
mod tour;
mod usage;
mod wire_rules;

use std::process::ExitCode;

use socklab_say::Speaker;

fn main() -> ExitCode {
    // Comes first, so that a trace of a course program shows no calls of ours.
    if let Some(code) = course_program::run_if_named().or_else(course_program::run_if_plain) {
        return code;
    }
    // Helper processes of a scenario must start before this one has threads.
    if let Some(code) = socklab_scenario::run_as_child() {
        return code;
    }
    output::end_without_panic("socklab");
    // Without a handler, a file that becomes too large ends this process. Nothing else depends on it.
    let _ = signals::survive_large_files();
    let arguments = commands::with_code_language(std::env::args_os().collect());
    let speaker = Speaker::new(language::asked_for(&arguments));

    if commands::complete_if_asked(speaker) {
        return ExitCode::SUCCESS;
    }
    match mistyped::parse(speaker, &arguments) {
        Ok(cli) => {
            let code = commands::perform(speaker, cli)
                .unwrap_or_else(|error| failure::report(speaker, &error));
            failure::tell_of_progress(speaker);
            socklab_scenario::await_engines();
            code
        }
        Err(code) => code,
    }
}
