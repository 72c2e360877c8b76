//! Runs the commands. Short ones are here, the others in files of their own.

mod bond;
mod check;
pub(crate) mod choices;
mod chosen;
mod completions;
mod connect;
mod course_check;
mod course_copy;
mod doctor;
mod exam;
mod exercise;
mod follow;
mod grade;
mod hint;
mod lab;
mod learn;
mod list;
mod lookup;
mod pack;
mod run;
mod screen;
pub(crate) mod serve;
mod show;
mod soak;
pub(crate) mod trace;
mod watch;
mod what_if;

pub(crate) use check::{Subject, Told, not_here, refusal, told, why};
pub(crate) use completions::complete_if_asked;
pub(crate) use exercise::with_code_language;

use std::process::ExitCode;

use anyhow::{Context, Result};
use socklab_say::{Speaker, say};

use crate::cli::{Cli, Command, CourseCommand, Learn};
use crate::course::progress;
use crate::course_program::known;
use crate::output::{println, width, write_bytes, write_out};
use crate::terminal::rows::rows;
use crate::terminal::{keys, markdown};
use crate::{manual, tour};

/// The reference of the file format.
const FORMAT: &str = include_str!("../../../../course/FORMAT.md");

/// Runs the command.
pub(crate) fn perform(speaker: Speaker, cli: Cli) -> Result<ExitCode> {
    // A program run by `run` or `trace` inherits our descriptors on purpose; all other processes
    // must not.
    if !matches!(cli.command, Some(Command::Run(_) | Command::Trace(_))) {
        socklab_trace::close_others_on_exec();
    }
    match cli.command {
        None => return welcome(speaker),
        Some(Command::Tour(options)) => return tour::tour(speaker, &options),
        Some(Command::Learn(options)) => return learn::learn(speaker, &options),
        Some(Command::List { json, which }) => return list::list(speaker, json, &which),
        Some(Command::Show { name, source }) => {
            show::show(speaker, known(speaker, &name)?, source);
        }
        Some(Command::Run(options)) => return run::run(speaker, options),
        Some(Command::WhatIf(options)) => return what_if::what_if(speaker, &options),
        Some(Command::Course(CourseCommand::Check(options))) => {
            return course_check::check(speaker, &options);
        }
        Some(Command::Course(CourseCommand::Soak(options))) => {
            return soak::soak(speaker, &options);
        }
        Some(Command::Course(CourseCommand::Copy(options))) => {
            course_copy::copy(speaker, &options)?;
        }
        Some(Command::Course(CourseCommand::Format)) => write_out(format_args!("{FORMAT}")),
        Some(Command::Trace(options)) if options.is_wired() => {
            return lab::trace_wired(speaker, &options);
        }
        Some(Command::Trace(options)) => return trace::trace(speaker, &options),
        Some(Command::Draw(options)) => trace::draw(speaker, &options)?,
        Some(Command::Watch(options)) => return screen::watch(speaker, &options),
        Some(Command::Follow(options)) => return follow::follow(speaker, &options),
        Some(Command::Diff(options)) => return trace::diff(speaker, &options),
        Some(Command::Host { json }) => return lookup::host(speaker, json),
        Some(Command::Resolve(options)) => return lookup::resolve(speaker, &options),
        Some(Command::Service { queries, json }) => {
            return lookup::service(speaker, &queries, json);
        }
        Some(Command::Serve(options)) => serve::serve(speaker, &options)?,
        Some(Command::Exercise { command }) => return exercise::exercise(speaker, &command),
        Some(Command::Check(options)) if options.watch => return watch::watch(speaker, &options),
        Some(Command::Check(options)) => return check::check(speaker, &options),
        Some(Command::Grade(options)) => return grade::grade(speaker, &options),
        Some(Command::Hint(options)) => return hint::hint(speaker, &options),
        Some(Command::Exam(options)) => return exam::exam(speaker, &options),
        Some(Command::Lab(command)) => return lab::lab(speaker, command),
        Some(Command::Doctor { json }) => return doctor::doctor(speaker, json),
        Some(Command::Connect(options)) => return connect::connect(speaker, &options),
        Some(Command::Completions { shell }) => {
            write_bytes(&completions::script(shell).context("the completion script")?);
        }
        Some(Command::Man { folder }) => {
            manual::write_pages(Cli::command_in(speaker), &folder).with_context(|| {
                say!(speaker, "man-failed", folder = socklab_say::path(&folder))
            })?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Without a command: the way on for a student who is on the way, and otherwise what there is.
fn welcome(speaker: Speaker) -> Result<ExitCode> {
    let progress = progress::read();
    if learn::is_begun(&progress) && keys::can_ask() {
        return learn::learn(speaker, &Learn::default());
    }
    for line in say!(speaker, "welcome").lines() {
        println!("{}", markdown::hanging(line, 0, width()));
    }
    println!();
    let commands = [
        ("socklab learn", "cmd-learn"),
        ("socklab tour", "cmd-tour"),
        ("socklab list", "cmd-list"),
        ("socklab show server-03", "cmd-show"),
        ("socklab run server-03", "cmd-run"),
        ("socklab trace tcp-server tcp-client", "cmd-trace"),
        ("socklab what-if 3", "cmd-what-if"),
        ("socklab lab run -- curl -s http://www.google.com/", "cmd-lab"),
        ("socklab exercise start echo-server", "cmd-exercise-start"),
        ("socklab check echo-server", "cmd-check"),
        ("socklab connect localhost 8888", "cmd-connect"),
        ("socklab --help", "everything-else"),
    ];
    let commands = commands.map(|(command, key)| (command, say!(speaker, key)));
    rows(&commands, width()).iter().for_each(|line| println!("{line}"));
    Ok(ExitCode::SUCCESS)
}
