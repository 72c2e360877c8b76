//! A server and its client, run together under the tracer.

use std::fs::File;
use std::io::{Read, Seek, Write};

use anyhow::{Context, Result};
use rustix::fs::{MemfdFlags, memfd_create};
use socklab_say::{Speaker, say};
use socklab_trace::Stdio;

use super::visit::{ShownCommand, Visit, quoted};
use crate::commands::trace::{TraceEnd, TracePlan, TracedProgram, course_program, record, tap};
use crate::exit_reason::ExitReason;
use crate::failure::{Failure, with_causes};
use socklab_kernel::Transport;

/// A pair to run: course programs with their arguments, and what to type at the client.
pub(super) struct Pair<'a> {
    pub(super) server: &'a [&'a str],
    pub(super) client: &'a [&'a str],
    pub(super) input: &'a str,
    pub(super) transport: Transport,
    pub(super) port: u16,
    /// What the server prints last.
    pub(super) last: &'a str,
}

/// What the server and the client printed.
pub(super) struct Printed {
    pub(super) server: String,
    pub(super) client: String,
}

impl Visit {
    /// Runs the pair and keeps the timeline of their sockets. Where the machine does not let one
    /// process trace another, runs them untraced and notes why.
    pub(super) fn pair(&mut self, pair: &Pair<'_>) -> Result<Printed> {
        match self.traced(pair) {
            Err(error) if refused(&error) => {
                self.notes.push(say!(self.speaker, "tour-untraced", reason = with_causes(&error)));
                self.untraced(pair)
            }
            other => other,
        }
    }

    fn traced(&mut self, pair: &Pair<'_>) -> Result<Printed> {
        let (mut server_output, mut client_output) = (memory("server")?, memory("client")?);
        let mut input = memory("input")?;
        input.write_all(pair.input.as_bytes()).context("write")?;
        input.rewind().context("lseek")?;
        let server = TracedProgram {
            input: Stdio::Null,
            output: Some(server_output.try_clone().context("dup")?),
            ..program(self.speaker, pair.server)?
        };
        let client = TracedProgram {
            input: Stdio::Fd(input.into()),
            output: Some(client_output.try_clone().context("dup")?),
            ..program(self.speaker, pair.client)?
        };
        let mut plan = TracePlan {
            commands: vec![server, client],
            timeout: Some(crate::child::PATIENCE),
            ..TracePlan::default()
        };
        (plan.frames, plan.notices) = tap(self.speaker, self.venue.packets(), plan.sample);
        let TraceEnd { kept, exits, .. } = record(self.speaker, plan)?;
        self.timeline = Some(kept.timeline);
        let (server, client) = (text_of(&mut server_output)?, text_of(&mut client_output)?);
        // A server that never ends was killed after the client: it has no exit code of its own.
        self.steps.push(ShownCommand {
            command: command(pair.server),
            output: server.clone(),
            exit: None,
        });
        let exit = exits.last().copied().flatten();
        self.steps.push(ShownCommand {
            command: client_command(pair),
            output: client.clone(),
            exit,
        });
        self.check_success();
        Ok(Printed { server, client })
    }

    fn untraced(&mut self, pair: &Pair<'_>) -> Result<Printed> {
        let words: Vec<&str> = ["run"].iter().chain(pair.server).copied().collect();
        let server = self.serve(&words, pair.transport, pair.port)?;
        let words: Vec<&str> = ["run"].iter().chain(pair.client).copied().collect();
        let client = match pair.input {
            "" => self.run(&words)?,
            input => self.pipe(input, &words)?,
        };
        self.check_success();
        server.child.wait_for_output(pair.last);
        Ok(Printed { server: self.end(server)?, client })
    }
}

fn refused(error: &anyhow::Error) -> bool {
    error.downcast_ref::<Failure>().is_some_and(|failure| failure.exit() == ExitReason::Environment)
}

fn program(speaker: Speaker, words: &[&str]) -> Result<TracedProgram> {
    let arguments: Vec<_> = words[1..].iter().map(Into::into).collect();
    course_program(crate::course_program::known(speaker, words[0])?, &arguments)
}

fn command(words: &[&str]) -> String {
    format!("socklab run {}", words.iter().map(quoted).collect::<Vec<_>>().join(" "))
}

fn client_command(pair: &Pair<'_>) -> String {
    match pair.input.replace('\n', "\\n") {
        nothing if nothing.is_empty() => command(pair.client),
        input => format!("printf '{input}' | {}", command(pair.client)),
    }
}

/// A file that exists in memory only: unlike a pipe it can't fill up and block its writer.
fn memory(name: &str) -> Result<File> {
    let file = memfd_create(name, MemfdFlags::CLOEXEC).context("memfd_create")?;
    Ok(file.into())
}

fn text_of(file: &mut File) -> Result<String> {
    let mut bytes = Vec::new();
    file.rewind().context("lseek")?;
    file.read_to_end(&mut bytes).context("read")?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
