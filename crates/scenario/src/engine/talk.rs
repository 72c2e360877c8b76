//! What the tracer saw of a scripted peer.

use std::collections::BTreeMap;

use crate::dialogue::{Ear, Heard};
use crate::peer::Report;

/// What a scripted peer has written, according to the tracer. The pipe is not trusted.
#[derive(Debug, Default)]
pub(super) struct Talk {
    /// The beginning of the next report.
    text: Vec<u8>,
    pub(super) reports: Vec<Report>,
    /// For each report, the socket that the order was about, as its index in `ear`, and how many
    /// bytes had been received there by then.
    pub(super) done: Vec<Option<(usize, usize)>>,
    /// The sockets that the conversations go on with, by their names.
    sockets: BTreeMap<String, usize>,
    /// How many sockets there had been at the last report.
    begun: usize,
    /// What it has received.
    pub(super) ear: Ear,
    /// It has written something that is not a report.
    pub(super) broken: bool,
}

impl Talk {
    pub(super) fn hear(&mut self, bytes: &socklab_event::Bytes) {
        self.text.extend_from_slice(&bytes.sample);
        self.broken |= bytes.is_cut();
        while let Some(end) = self.text.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.text.drain(..=end).collect();
            match serde_json::from_slice::<Report>(&line) {
                Ok(report) => {
                    let on = report.on();
                    let socket = self.socket(&on);
                    self.sockets.extend(socket.map(|at| (on, at)));
                    self.begun = self.ear.conversations.len();
                    let heard = |at: usize| (at, self.ear.conversations[at].stream.len());
                    self.done.push(socket.map(heard));
                    self.reports.push(report);
                }
                Err(_) => self.broken = true,
            }
        }
    }

    /// The socket of a conversation, as its index in `ear`: that of the order being carried out, if
    /// there is one, which must be about this conversation. A socket that is new since the last
    /// report was opened for that order.
    pub(super) fn socket(&self, on: &str) -> Option<usize> {
        match self.ear.conversations.len() {
            now if now > self.begun => Some(now - 1),
            _ => self.sockets.get(on).copied(),
        }
    }

    /// What was heard in a conversation; see [`Talk::socket`].
    pub(super) fn heard(&self, on: &str) -> Option<&Heard> {
        self.ear.conversations.get(self.socket(on)?)
    }

    /// The names of all conversations.
    pub(super) fn names(&self) -> Vec<String> {
        self.sockets.keys().cloned().collect()
    }
}
