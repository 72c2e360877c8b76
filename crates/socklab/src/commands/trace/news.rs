//! Says at once what a recording will lack, and which processes it has besides those asked for.

use socklab_event::{Event, Notice, Process};
use socklab_say::{Speaker, say};

use crate::output::eprintln;

/// Looks for what a user should know while the programs run.
pub(super) struct News {
    speaker: Speaker,
    /// Processes that were attached to because they descend from one that was asked for.
    descendants: Vec<u32>,
}

impl News {
    pub(super) fn new(speaker: Speaker) -> Self {
        Self { speaker, descendants: Vec::new() }
    }

    /// Says, on standard error, what is new in this event.
    pub(super) fn see(&mut self, event: &Event) {
        if let Some(Process::Start { attached: true, parent: Some(_), .. }) = event.process() {
            self.descendants.push(event.place.process);
            return;
        }
        if let Some(notice) = event.notice() {
            self.tell(event.place.process, notice);
        } else if !self.descendants.is_empty() {
            // All of them are reported before anything else happens.
            let count = self.descendants.len();
            let ids: Vec<String> = self.descendants.drain(..).map(|id| id.to_string()).collect();
            let key = if count == 1 { "trace-child" } else { "trace-children" };
            eprintln!("{}", say!(self.speaker, key, ids = ids.join(", ")));
        }
    }

    fn tell(&self, process: u32, notice: &Notice) {
        let speaker = self.speaker;
        let text = match notice {
            Notice::ForeignAbi { abi } => {
                say!(speaker, "trace-foreign-abi", pid = process, abi = abi)
            }
            Notice::Unprivileged { program, .. } => {
                say!(speaker, "trace-unprivileged", program = program)
            }
            Notice::StrictRefused { why } => {
                say!(speaker, "trace-strict-refused", pid = process, why = why)
            }
            Notice::NotFollowed { why } => {
                say!(speaker, "trace-not-followed", pid = process, why = why)
            }
            _ => return,
        };
        eprintln!("{text}");
    }
}
