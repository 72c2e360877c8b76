//! `run`: a course program, where this process is or in a lab with a local internet.

use std::env::current_exe;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::PathBuf;
use std::process::{Command, ExitCode, ExitStatus};

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anyhow::{Context, Result};
use programs::Program;
use signal_hook::consts::{SIGINT, SIGQUIT};
use signal_hook::flag;
use socklab_lab::{Ground, InternetOptions, LOOPBACK_NAME, PlaceRole, Running, enter_internet};
use socklab_say::{Speaker, say};

use super::trace::Packets;
use super::{bond, lab, trace};
use crate::cli;
use crate::course::standing::note_run;
use crate::course_program::{self, IN_LAB, known};
use crate::exit_reason::ExitReason;
use crate::failure::Failure;
use crate::output::eprintln;

/// What the words behind a program's name mean.
struct Wanted {
    trace: bool,
    lab: bool,
    packets: bool,
    output: Vec<PathBuf>,
    arguments: Vec<String>,
}

/// Runs the program. Returns only if that failed, or if it ran as a child.
pub(super) fn run(speaker: Speaker, run: cli::Run) -> Result<ExitCode> {
    let program = known(speaker, &run.name)?;
    let wanted = Wanted::of(&run);
    // What the tour runs, nobody has looked at.
    if run.bond.end_with_parent.is_none() {
        note_run(program.name);
    }
    if wanted.lab {
        return in_lab(speaker, program, &wanted);
    }
    if wanted.trace && !run.wire.is_empty() {
        return lab::trace_program_wired(speaker, program, &wanted.arguments, &run.wire);
    }
    if wanted.trace {
        let packets = if wanted.packets { Packets::IfAllowed } else { Packets::No };
        return trace::trace_program(speaker, program, &wanted.arguments, packets, &wanted.output);
    }
    bond::bind_to_parent(run.bond)?;
    Err(course_program::become_program(program, &run.arguments))
        .with_context(|| format!("execve {}", program.name))
}

impl Wanted {
    /// `--trace`, `--lab` and `--no-packets` may also follow the program's name: no course program has an option of
    /// these names.
    fn of(run: &cli::Run) -> Self {
        let mut arguments = run.arguments.clone();
        let mut take = |option: &str| {
            let mut own = arguments.iter().take_while(|word| *word != "--");
            let place = own.position(|word| word == option);
            place.map(|place| arguments.remove(place)).is_some()
        };
        let (trace, lab) = (take("--trace") || run.trace, take("--lab") || run.lab);
        // What is drawn has been traced.
        let trace = trace || !run.output.is_empty();
        let packets = !(take("--no-packets") || run.no_packets);
        Self { trace, lab, packets, output: run.output.clone(), arguments }
    }
}

/// Runs the program in a private place with a local internet, where the names of the course exist
/// and their servers answer on their own ports.
fn in_lab(speaker: Speaker, program: &Program, wanted: &Wanted) -> Result<ExitCode> {
    // Ctrl-C is for the program, which decides how it ends. A handler, unlike SIG_IGN, is not passed
    // on to it.
    for signal in [SIGINT, SIGQUIT] {
        flag::register(signal, Arc::<AtomicBool>::default()).context("sigaction")?;
    }
    let options = InternetOptions::new(Ground::Own).course_services(!is_server(program));
    let role = enter_internet(options).map_err(|refusal| {
        let what = say!(speaker, "lab-refused", reason = refusal.to_string());
        Failure::new(ExitReason::Environment, what).hint(without_lab(speaker, program))
    })?;
    let _internet: Running = match role {
        PlaceRole::Inside(running) => running,
        PlaceRole::Outside { exit_code } => {
            return Ok(ExitCode::from(u8::try_from(exit_code).unwrap_or(1)));
        }
    };
    eprintln!("{}", say!(speaker, "lab-entered"));
    if wanted.trace {
        let packets = if wanted.packets { Packets::Here } else { Packets::No };
        return trace::trace_program(speaker, program, &wanted.arguments, packets, &wanted.output);
    }
    let status = Command::new(current_exe().context("readlink /proc/self/exe")?)
        .arg0(program.name)
        .args(&wanted.arguments)
        .env(IN_LAB, LOOPBACK_NAME)
        .status()
        .with_context(|| format!("execve {}", program.name))?;
    Ok(ExitCode::from(code_of(status)))
}

/// The exit code as a shell would say it.
fn code_of(status: ExitStatus) -> u8 {
    let code = status.code().or_else(|| Some(128 + status.signal()?));
    code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1)
}

/// Whether the program binds a port that a server of the internet would have, too.
fn is_server(program: &Program) -> bool {
    program.name.ends_with("-server") || program.group == "socket-server"
}

/// What works for this program where there is no lab.
fn without_lab(speaker: Speaker, program: &Program) -> String {
    let name = program.name;
    let advice = match program.group {
        "ntp-client" => say!(speaker, "lab-else-ntp", name = name),
        "socket-http-client" if program.takes_arguments() => {
            say!(speaker, "lab-else-http", name = name)
        }
        _ => say!(speaker, "lab-else", name = name),
    };
    say!(speaker, "try-line", what = advice)
}
