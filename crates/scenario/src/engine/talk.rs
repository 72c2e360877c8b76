//! What the tracer saw of a scripted peer.

use crate::dialogue::Ear;
use crate::peer::Report;

/// What a scripted peer has written, according to the tracer. The pipe is not trusted.
#[derive(Debug, Default)]
pub(super) struct Talk {
    /// The beginning of the next report.
    text: Vec<u8>,
    pub(super) reports: Vec<Report>,
    /// For each report, how many conversations the peer had begun by then, and how many bytes it
    /// had received in the last one.
    pub(super) conversations: Vec<(usize, usize)>,
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
            match serde_json::from_slice(&line) {
                Ok(report) => {
                    self.reports.push(report);
                    let heard = self.ear.conversations.last().map_or(0, |heard| heard.stream.len());
                    self.conversations.push((self.ear.conversations.len(), heard));
                }
                Err(_) => self.broken = true,
            }
        }
    }
}
