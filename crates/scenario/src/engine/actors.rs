//! Starting programs, and talking to them through their standard streams.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Read, Write, pipe};
use std::os::fd::OwnedFd;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};
use std::thread;

use socklab_trace::{Command, Stdio};

use crate::format::{Actor, Run};
use crate::recording::Request;

/// A program's standard input: bytes go in, and dropping it is the end of the input.
#[derive(Debug)]
pub(super) struct Input(Sender<Vec<u8>>);

impl Input {
    /// A program that reads slowly must not hold up the scenario, so a thread does the writing.
    fn to(mut pipe: io::PipeWriter) -> Self {
        let (sender, receiver) = channel::<Vec<u8>>();
        thread::spawn(move || {
            for bytes in receiver {
                if pipe.write_all(&bytes).is_err() {
                    return; // it has closed its input
                }
            }
        });
        Self(sender)
    }

    pub(super) fn write(&self, bytes: Vec<u8>) {
        // The other end is gone only if the program has closed its input: nobody will miss it.
        let _ = self.0.send(bytes);
    }
}

/// The command for an actor, and the end of its standard input that is ours.
pub(super) fn command(
    actor: &Actor,
    request: &Request,
) -> io::Result<(Command, Vec<String>, Option<Input>)> {
    let variables = &request.variables;
    let fill = |words: &[String]| words.iter().map(|word| variables.text(word)).collect::<Vec<_>>();
    let (argv, directory) = match (&actor.run, &request.submission) {
        (Run::Command(words), _) => (fill(words), None),
        (Run::Submission, Some(submission)) => {
            (fill(&submission.argv), submission.directory.clone())
        }
        (Run::Submission, None) => {
            return Err(io::Error::other("no submission was given to check"));
        }
    };
    let mut words: Vec<OsString> = argv.iter().map(OsString::from).collect();
    if matches!(actor.run, Run::Command(_))
        && argv.first().is_some_and(|name| request.programs.contains(name))
    {
        words[0] = named(&argv[0], &request.scratch)?.into();
    }
    let mut command = Command::new(words)
        .label(&actor.name)
        // What Python holds back in a buffer would come too late to be seen, or never.
        .env("PYTHONUNBUFFERED", "1")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        // The message of a panic is for students, thirty frames of the standard library are not.
        .env("RUST_BACKTRACE", "0");
    for (name, value) in &actor.env {
        command = command.env(name, variables.text(value));
    }
    if let Some(directory) = directory {
        command = command.current_dir(directory);
    }
    let (theirs, ours) = pipe()?;
    let input = Input::to(ours);
    let input = match &actor.stdin {
        None => Some(input),
        Some(text) => {
            input.write(variables.bytes(text).map_err(io::Error::other)?);
            None
        }
    };
    let command = command
        .stdin(Stdio::Fd(OwnedFd::from(theirs)))
        .stdout(Stdio::Fd(swallow()?))
        .stderr(Stdio::Fd(swallow()?));
    Ok((command, argv, input))
}

/// The command for a scripted peer, and our end of its orders. What it writes goes nowhere: the
/// tracer has seen it.
pub(super) fn peer(name: &str) -> io::Result<(Command, io::PipeWriter)> {
    let (theirs, orders) = pipe()?;
    let socklab = std::env::current_exe()?;
    let command = Command::new([socklab.into_os_string(), super::stage::PEER.into()])
        .label(name)
        .stdin(Stdio::Fd(OwnedFd::from(theirs)))
        .stdout(Stdio::Null)
        .stderr(Stdio::Null);
    Ok((command, orders))
}

/// A path that ends with a course program's name and is this binary: called by it, it is that
/// program from its first instruction on.
fn named(name: &str, scratch: &Path) -> io::Result<PathBuf> {
    let folder = scratch.join("bin");
    fs::create_dir_all(&folder)?;
    let path = folder.join(name);
    match symlink(std::env::current_exe()?, &path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(path),
    }
}

/// A pipe that never fills: what comes is recorded by the tracer, and thrown away here.
fn swallow() -> io::Result<OwnedFd> {
    let (mut ours, theirs) = pipe()?;
    thread::spawn(move || {
        let mut buffer = [0; 16 * 1024];
        while ours.read(&mut buffer).is_ok_and(|length| length > 0) {}
    });
    Ok(theirs.into())
}
