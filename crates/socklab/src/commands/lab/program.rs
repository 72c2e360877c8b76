//! A program of the course in a lab of its own: `run NAME --lab`, and whatever else needs one.

use std::ffi::OsString;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};
use programs::Program;
use rustix::process::Signal;
use socklab_lab::{LOOPBACK_NAME, PlaceOptions, PlaceRefusal, end_with_us};
use socklab_say::{Speaker, say};

use super::place::{self, Entered};
use super::traced::{self, told, trace_inside};
use super::{plan, run};
use crate::cli::{self, LabPlace, Look};
use crate::commands::trace;
use crate::course_program::IN_LAB;
use crate::failure::complain;

/// What is wanted of a program in a lab.
#[derive(Clone, Debug)]
pub(crate) struct InLab<'p> {
    pub(crate) program: &'p Program,
    pub(crate) arguments: &'p [String],
    /// Whether it waits for clients. It then has the ports that servers of the internet would have, too.
    pub(crate) serves: bool,
    pub(crate) wire: &'p [String],
    pub(crate) mtu: Option<u32>,
    pub(crate) trace: bool,
    pub(crate) live: bool,
    pub(crate) packets: bool,
    pub(crate) output: &'p [PathBuf],
    pub(crate) look: Look,
    /// What is said when it begins.
    pub(crate) greeting: String,
}

/// Whether the program has run.
pub(crate) enum Began {
    /// It has, with this exit code.
    Ended(ExitCode),
    /// It has not: this machine has no lab.
    NoLab(PlaceRefusal),
}

/// Runs the program in a lab whose names are those of the local internet, if this machine can have one.
pub(crate) fn begin(speaker: Speaker, wanted: &InLab<'_>) -> Result<Began> {
    let place = LabPlace { wire: wanted.wire.to_vec(), mtu: wanted.mtu, ..LabPlace::default() };
    let kind = plan::kind(speaker, &place, &[])?;
    let place = PlaceOptions::new(kind).course_services(!wanted.serves);
    let look = wanted.look.clone();
    let output = wanted.output.to_vec();
    let (no_packets, live) = (!wanted.packets, wanted.live);
    let options = cli::Trace { no_packets, live, output, look, ..traced::options() };
    let (place, arriving) = match wanted.trace {
        true => told(speaker, place, &options)?,
        false => (place, None),
    };
    let inside = match place::try_enter(speaker, place)? {
        Ok(Entered::Outside(code)) => return Ok(Began::Ended(code)),
        Ok(Entered::Inside(place)) => *place,
        Err(refusal) if refusal.contradiction => {
            return Err(place::failure_of(speaker, &refusal).into());
        }
        Err(refusal) => return Ok(Began::NoLab(refusal)),
    };
    complain("", &wanted.greeting);
    if wanted.serves {
        complain("", &say!(speaker, "lab-nobody-else", command = with_client(wanted.program)));
    }
    if wanted.trace {
        let arguments: Vec<OsString> = wanted.arguments.iter().map(OsString::from).collect();
        let commands = vec![trace::course_program(wanted.program, &arguments)?];
        return trace_inside(speaker, inside, arriving, &options, commands).map(Began::Ended);
    }
    let socklab = std::env::current_exe().context("readlink /proc/self/exe")?;
    let mut command = Command::new(socklab);
    command.arg0(wanted.program.name).args(wanted.arguments).env(IN_LAB, LOOPBACK_NAME);
    end_with_us(&mut command).context("pidfd_open")?;
    let name = wanted.program.name;
    let start = || command.spawn().with_context(|| format!("execve {name}"));
    let code = run::run_to_its_end(start, Signal::TERM)?;
    place::tell_wire(speaker, &inside.finish());
    Ok(Began::Ended(code))
}

/// A command that runs a server on one host and a client of it on another.
fn with_client(server: &Program) -> String {
    let client = match server.name {
        "tcp-server" => "tcp-client server",
        "udp-server" => "udp-client server",
        "echo-server" => "echo-client --host server hello",
        _ => "socklab connect server 8888",
    };
    format!("socklab lab run --on server -- {} --on client -- {client}", server.name)
}
