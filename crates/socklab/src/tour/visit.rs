//! Runs the commands of a stop as a reader could type them, and records the checks.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use serde::Serialize;
use socklab_event::Timeline;
use socklab_kernel::Transport;
use socklab_say::{Speaker, say};

use super::place::{Lab, Venue};
use crate::child::Child;

/// A command and what it printed.
#[derive(Debug, Serialize)]
pub(super) struct ShownCommand {
    /// The command, as a reader could type it.
    pub(super) command: String,
    /// Standard output and error, interleaved.
    pub(super) output: String,
    /// Its exit code, if it ended by itself.
    pub(super) exit: Option<i32>,
}

/// Something that must be true, and whether it was.
#[derive(Debug, Serialize)]
pub(super) struct Claim {
    pub(super) what: String,
    pub(super) ok: bool,
    /// What was observed instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) seen: Option<String>,
}

/// What happened at a stop so far.
#[derive(Debug, Default)]
pub(super) struct Visit {
    pub(super) speaker: Speaker,
    /// Where it happens.
    pub(super) venue: Venue,
    /// Use any free ports: another program is using the usual ones.
    pub(super) any_port: bool,
    pub(super) notes: Vec<String>,
    pub(super) steps: Vec<ShownCommand>,
    pub(super) checks: Vec<Claim>,
    /// What the sockets of a traced pair did.
    pub(super) timeline: Option<Timeline>,
}

/// A command that is still running, and where its output belongs.
#[derive(Debug)]
pub(super) struct Background {
    pub(super) child: Child,
    step: usize,
}

impl Visit {
    /// Runs `socklab WORD…` to its end and returns what it printed.
    pub(super) fn run(&mut self, words: &[&str]) -> Result<String> {
        let running = self.start(words)?;
        self.finish(running)
    }

    /// The lab, if it happens there.
    pub(super) fn lab(&self) -> Option<Arc<Lab>> {
        match &self.venue {
            Venue::Lab(lab) => Some(Arc::clone(lab)),
            Venue::Loopback => None,
        }
    }

    /// Runs a course program that asks the local internet, without arguments: it goes where the course
    /// says. A reader gets there with `--lab`.
    pub(super) fn run_in_lab(&mut self, program: &str) -> Result<String> {
        let running = self.start(&["run", program])?;
        self.steps[running.step].command.push_str(" --lab");
        self.finish(running)
    }

    /// Runs `printf 'INPUT' | socklab WORD…`.
    pub(super) fn pipe(&mut self, input: &str, words: &[&str]) -> Result<String> {
        let mut running = self.start(words)?;
        let shown = input.replace('\\', "\\\\").replace('\r', "\\r").replace('\n', "\\n");
        let command = &mut self.steps[running.step].command;
        *command = format!("printf '{shown}' | {command}");
        running.child.say(input.as_bytes())?;
        self.finish(running)
    }

    /// Starts `socklab WORD…` in the background.
    pub(super) fn start(&mut self, words: &[&str]) -> Result<Background> {
        let command = format!("socklab {}", words.iter().map(quoted).collect::<Vec<_>>().join(" "));
        let child = Child::start(self.speaker, words).with_context(|| command.clone())?;
        self.steps.push(ShownCommand { command, output: String::new(), exit: None });
        Ok(Background { child, step: self.steps.len() - 1 })
    }

    /// Starts a server and waits until the kernel's tables show its port.
    pub(super) fn serve(
        &mut self,
        words: &[&str],
        transport: Transport,
        port: u16,
    ) -> Result<Background> {
        let running = self.start(words)?;
        let ready = running.child.wait_for_port(transport, port);
        ready.with_context(|| self.steps[running.step].command.clone())?;
        Ok(running)
    }

    /// The course's port if it is free, otherwise another one and a note that says so.
    pub(super) fn port(&mut self, transport: Transport, wanted: u16) -> Result<u16> {
        let preferred = if self.any_port { 0 } else { wanted };
        let port =
            socklab_kernel::port::free(preferred, &[transport]).context("find a free port")?;
        if port != wanted {
            self.notes.push(say!(self.speaker, "tour-other-port", wanted = wanted, port = port));
        }
        Ok(port)
    }

    /// Waits for a command to end by itself.
    pub(super) fn finish(&mut self, running: Background) -> Result<String> {
        let step = &mut self.steps[running.step];
        let (status, output) = running.child.finish().with_context(|| step.command.clone())?;
        step.exit = status.code();
        step.output = output.clone();
        Ok(output)
    }

    /// Ends a server.
    pub(super) fn end(&mut self, running: Background) -> Result<String> {
        let step = &mut self.steps[running.step];
        step.output = running.child.end().with_context(|| step.command.clone())?;
        Ok(step.output.clone())
    }

    /// The exit code of the last command that was started.
    pub(super) fn last_exit(&self) -> Option<i32> {
        self.steps.last().and_then(|step| step.exit)
    }

    /// Records a check; `seen` is reported only if it failed.
    pub(super) fn check(&mut self, what: String, ok: bool, seen: impl ToString) {
        let seen = (!ok).then(|| seen.to_string());
        self.checks.push(Claim { what, ok, seen });
    }

    /// Records that the last command had to succeed.
    pub(super) fn check_success(&mut self) {
        let seen = match self.last_exit() {
            Some(0) => return,
            Some(code) => say!(self.speaker, "check-failure", code = code),
            None => say!(self.speaker, "check-ended-by-signal"),
        };
        self.check(say!(self.speaker, "check-success"), false, seen);
    }

    /// Records that `output` had to contain `wanted`.
    pub(super) fn check_contains(&mut self, what: String, output: &str, wanted: &str) {
        self.check(what, output.contains(wanted), output.trim_end());
    }
}

/// Quotes a text for a shell.
pub(super) fn quoted(word: &&str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./:".contains(c);
    if word.chars().all(plain) { word.to_string() } else { format!("\"{word}\"") }
}

/// How far apart two readings of this machine's clock may be, as it may be busy in between.
pub(super) const CLOCK_TOLERANCE: Duration = Duration::from_secs(1);

/// What follows `mark` in the first line that contains it, up to the end of that line.
pub(super) fn text_after<'t>(output: &'t str, mark: &str) -> &'t str {
    let line = output.lines().find_map(|line| line.split_once(mark));
    line.map_or("", |(_, rest)| rest.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exit_code_is_put_into_words() {
        let told = |exit| {
            let step = ShownCommand { command: String::new(), output: String::new(), exit };
            let mut visit = Visit { steps: vec![step], ..Visit::default() };
            visit.check_success();
            visit.checks.pop().and_then(|check| check.seen)
        };
        assert_eq!(told(Some(0)), None);
        assert_eq!(told(Some(1)).as_deref(), Some("it ended with exit code 1"));
        assert_eq!(told(None).as_deref(), Some("a signal ended it"));
    }
}
