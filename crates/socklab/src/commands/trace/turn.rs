//! Reports long waits between commands: each starts only when the one before it can be reached.

use std::sync::mpsc::{RecvError, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};
use socklab_event::{Event, Process};
use socklab_say::{Speaker, say};

use crate::output::eprintln;

/// After this long, a user wonders what is happening.
const LONG: Duration = Duration::from_secs(2);

/// Reports, on standard error, which command the next one is waiting for.
pub(super) struct Turns(Sender<()>);

impl Turns {
    /// Starts reporting, for these command lines.
    pub(super) fn tell(speaker: Speaker, lines: Vec<String>) -> Result<Self> {
        let (sender, started) = channel();
        let tell = move || -> Result<(), RecvError> {
            started.recv()?;
            for pair in lines.windows(2) {
                if started.recv_timeout(LONG) == Err(RecvTimeoutError::Timeout) {
                    let (before, next) = (&pair[0], &pair[1]);
                    eprintln!("{}", say!(speaker, "trace-waits", before = before, next = next));
                    started.recv()?;
                }
            }
            Ok(())
        };
        thread::Builder::new().name("turns".to_string()).spawn(tell).context("clone")?;
        Ok(Self(sender))
    }

    /// Notes that a command has started.
    pub(super) fn see(&self, event: &Event) {
        if let Some(Process::Start { parent: None, .. }) = event.process() {
            let _ = self.0.send(());
        }
    }
}
