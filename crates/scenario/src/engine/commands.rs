//! The commands of actors and peers, and their standard streams.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Write, pipe};
use std::os::fd::OwnedFd;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};
use std::thread;

use rustix::process::geteuid;
use socklab_trace::{Command, Stdio};

use super::terminal::Printed;
use super::{failure, terminal};
use crate::format::{Actor, Run};
use crate::request::{PlaceWanted, Request};

/// This binary, itself and not what has the same path meanwhile: a submission that may write to the
/// binary's folder could put another there.
const OURSELVES: &str = "/proc/self/exe";
/// The most that a peer receives in one call.
const WHOLE: usize = 16 << 20;

/// A program's standard input. Dropping it ends the input.
#[derive(Debug)]
pub(super) struct Input(Sender<Vec<u8>>);

impl Input {
    /// A thread does the writing, so that a program that reads slowly does not delay the scenario.
    fn to(mut pipe: io::PipeWriter) -> io::Result<Self> {
        let (sender, receiver) = channel::<Vec<u8>>();
        let write = move || {
            for bytes in receiver {
                if pipe.write_all(&bytes).is_err() {
                    return; // The program has closed its input.
                }
            }
        };
        let started = thread::Builder::new().spawn(write);
        started.map_err(failure::of("clone", "a thread that writes a program's input"))?;
        Ok(Self(sender))
    }

    pub(super) fn write(&self, bytes: Vec<u8>) {
        // The thread is gone only if the program has closed its input.
        let _ = self.0.send(bytes);
    }
}

/// An actor that is ready to be started.
pub(super) struct Prepared {
    pub(super) command: Command,
    /// The arguments to show for it.
    pub(super) argv: Vec<String>,
    /// The engine's end of its standard input.
    pub(super) input: Option<Input>,
    /// How much it has printed.
    pub(super) printed: Printed,
}

/// The command for an actor.
pub(super) fn of_actor(actor: &Actor, request: &Request) -> io::Result<Prepared> {
    let variables = &request.variables;
    let fill = |words: &[String]| words.iter().map(|word| variables.text(word)).collect::<Vec<_>>();
    let (argv, directory) = match (&actor.run, &request.submission) {
        (Run::Command(words), _) => (fill(words), None),
        (Run::Submission, Some(submission)) => {
            let argv = submission.command(actor.arguments.as_ref()).ok_or_else(|| {
                let what = "the command does not say where the arguments of this case belong";
                io::Error::other(what)
            })?;
            (fill(&argv), submission.directory.clone())
        }
        (Run::Submission, None) => {
            return Err(io::Error::other("no submission was given to check"));
        }
    };
    let mut words: Vec<OsString> = argv.iter().map(OsString::from).collect();
    if matches!(actor.run, Run::Command(_))
        && argv.first().is_some_and(|name| request.programs.contains(name))
    {
        words[0] = link(&argv[0], &request.scratch)?.into();
    }
    let mut command = Command::new(words)
        .label(&actor.name)
        // Output that Python buffers would be recorded too late, or never.
        .env("PYTHONUNBUFFERED", "1")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        // A student needs the message of a panic, not thirty frames of the standard library.
        .env("RUST_BACKTRACE", "0");
    if let Some(directory) = directory {
        command = command.current_dir(directory);
    }
    let (theirs, ours) = pipe()?;
    let input = Input::to(ours)?;
    let input = match &actor.stdin {
        None => Some(input),
        Some(text) => {
            input.write(variables.accepted_bytes(text)?);
            None
        }
    };
    let printed = Printed::default();
    let output = match actor.run {
        // Where no terminal can be had, what a C program prints is seen late. So it is where nobody
        // takes root's privileges away, with which Node would open the terminal again.
        Run::Submission if request.place == PlaceWanted::Machine && geteuid().is_root() => {
            drained_pipe(&printed)?
        }
        Run::Submission => terminal::drained(&printed).or_else(|_| drained_pipe(&printed))?,
        Run::Command(_) => drained_pipe(&printed)?,
    };
    if matches!(actor.run, Run::Submission) {
        // No colours, no moving of the cursor, although it is a terminal.
        command = command.env("TERM", "dumb").env("NO_COLOR", "1");
        // Verdicts rest on all that it prints.
        command = command.stdio_sample(WHOLE);
    }
    for (name, value) in &actor.env {
        command = command.env(name, variables.text(value));
    }
    let command = command
        .stdin(Stdio::Fd(OwnedFd::from(theirs)))
        .stdout(Stdio::Fd(output))
        .stderr(Stdio::Fd(drained_pipe(&printed)?));
    Ok(Prepared { command, argv, input, printed })
}

/// The command for a scripted peer, and the engine's end of the pipe for its orders. The peer's
/// reports go to /dev/null, because the engine takes them from the trace.
pub(super) fn of_peer(name: &str) -> io::Result<(Command, io::PipeWriter)> {
    let (theirs, orders) = pipe().map_err(failure::of("pipe2", format!("for orders to {name}")))?;
    let command = Command::new([OURSELVES, crate::peer::ARGUMENT])
        .label(name)
        // Verdicts rest on all bytes that it receives.
        .sample(WHOLE)
        .stdin(Stdio::Fd(OwnedFd::from(theirs)))
        .stdout(Stdio::Null)
        .stderr(Stdio::Null);
    Ok((command, orders))
}

/// A link to this binary, named after a course program: executed by that name, the binary runs the
/// program.
fn link(name: &str, scratch: &Path) -> io::Result<PathBuf> {
    let folder = scratch.join("bin");
    fs::create_dir_all(&folder)?;
    let path = folder.join(name);
    match symlink(OURSELVES, &path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(path),
    }
}

/// A pipe that never fills: the tracer records what is written, and a thread discards it.
fn drained_pipe(printed: &Printed) -> io::Result<OwnedFd> {
    let (ours, theirs) = pipe().map_err(failure::of("pipe2", "for what a program prints"))?;
    let printed = printed.clone();
    let started = thread::Builder::new().spawn(move || terminal::discard(ours, &printed));
    started.map_err(failure::of("clone", "a thread that reads what a program prints"))?;
    Ok(theirs.into())
}
