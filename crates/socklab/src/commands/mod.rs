//! What each command does. Here stand the short ones; a command with a life of its own has a file.

mod check;
mod connect;
mod course_check;
mod course_copy;
mod exercise;
mod list;
mod lookup;
mod serve;
pub(crate) mod trace;
mod watch;
mod what_if;

pub(crate) use exercise::with_code_language;

use std::process::ExitCode;

use anyhow::{Context, Result};
use programs::Program;
use socklab_kernel::parent::{self, Parent};

use crate::cli::{self, Bond, Cli, Command, CourseCommand};
use crate::course;
use crate::failure::Failure;
use crate::language::{speaker, text};
use crate::output::{println, write_bytes, write_out};
use crate::{highlight, lesson, style, tour};

/// What a question and an exercise can say.
const FORMAT: &str = include_str!("../../../../course/FORMAT.md");

/// Does what the command line asks for.
pub(crate) fn perform(cli: Cli) -> Result<ExitCode> {
    // What a program inherits is its own affair where it is run as it is, and chance elsewhere.
    if !matches!(cli.command, Some(Command::Run(_) | Command::Trace(_))) {
        socklab_trace::close_others_on_exec();
    }
    match cli.command {
        None => welcome(),
        Some(Command::Tour(options)) => return tour::tour(&options),
        Some(Command::List { json }) => list::list(json)?,
        Some(Command::Show { name }) => show(known(&name)?),
        Some(Command::Run(run)) => {
            let program = known(&run.name)?;
            if let Some(arguments) = traced(&run) {
                return trace::trace_program(program, &arguments);
            }
            bind_to_parent(run.bond)?;
            return Err(course::become_program(program, &run.arguments))
                .with_context(|| format!("execve {}", program.name));
        }
        Some(Command::WhatIf(options)) => return what_if::what_if(&options),
        Some(Command::Course(CourseCommand::Check(options))) => {
            return course_check::check(&options);
        }
        Some(Command::Course(CourseCommand::Copy(options))) => course_copy::copy(&options)?,
        Some(Command::Course(CourseCommand::Format)) => write_out(format_args!("{FORMAT}")),
        Some(Command::Trace(options)) => return trace::trace(&options),
        Some(Command::Draw(options)) => trace::draw(&options)?,
        Some(Command::Host { json }) => return lookup::host(json),
        Some(Command::Resolve(options)) => return lookup::resolve(&options),
        Some(Command::Service { queries, json }) => return lookup::service(&queries, json),
        Some(Command::Serve(options)) => serve::serve(&options)?,
        Some(Command::Exercise { command }) => return exercise::exercise(&command),
        Some(Command::Check(options)) => return check::check(&options),
        Some(Command::Connect(options)) => return connect::connect(&options),
        Some(Command::Completions { shell }) => {
            let mut script = Vec::new();
            let mut command = Cli::command_in_this_language();
            clap_complete::generate(shell, &mut command, "socklab", &mut script);
            write_bytes(&script);
        }
        Some(Command::Man { folder }) => {
            clap_mangen::generate_to(Cli::command_in_this_language(), &folder)
                .with_context(|| text!("man-failed", folder = folder.display()))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The program's own arguments, if it is to be traced. `--trace` may stand behind the program's
/// name too: no program has an option of that name.
fn traced(run: &cli::Run) -> Option<Vec<String>> {
    let mut arguments = run.arguments.clone();
    let own = arguments.iter().take_while(|word| *word != "--").position(|word| word == "--trace");
    if let Some(place) = own {
        arguments.remove(place);
    }
    (own.is_some() || run.trace).then_some(arguments)
}

/// If somebody is to end us by ending himself, that is our parent.
fn bind_to_parent(bond: Bond) -> Result<()> {
    let Some(parent) = bond.end_with_parent else { return Ok(()) };
    parent::end_with(Parent::Id(parent)).context("prctl PR_SET_PDEATHSIG")
}

fn welcome() {
    println!("{}\n", text!("welcome"));
    for (command, key) in [
        ("socklab tour", "cmd-tour"),
        ("socklab list", "cmd-list"),
        ("socklab show server-03", "cmd-show"),
        ("socklab run server-03", "cmd-run"),
        ("socklab trace tcp-server tcp-client", "cmd-trace"),
        ("socklab what-if 3", "cmd-what-if"),
        ("socklab exercise start echo-server", "cmd-exercise-start"),
        ("socklab check echo-server", "cmd-check"),
        ("socklab connect localhost 8888", "cmd-connect"),
        ("socklab --help", "everything-else"),
    ] {
        let command = style::paint(style::COMMAND, format_args!("{command:<35}"));
        println!("  {command}  {}", text!(key));
    }
}

/// The program of that name, or an error that knows a similar one.
pub(crate) fn known(name: &str) -> Result<&'static Program> {
    programs::find(name).ok_or_else(|| {
        let names = programs::PROGRAMS.iter().map(|program| program.name);
        let what = text!("unknown-program", name = name);
        Failure::unknown(what, name, names, "socklab list").into()
    })
}

fn show(program: &Program) {
    if speaker().language().tag() == "es" {
        for line in lesson::spanish(program).lines() {
            match line.trim_start_matches('#') {
                heading if heading.len() < line.len() => {
                    println!("{}", style::paint(style::STRONG, heading.trim_start()));
                }
                line => println!("{line}"),
            }
        }
        println!();
    }
    write_out(format_args!("{}", highlight::rust(program.source)));
}
