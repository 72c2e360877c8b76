//! All that one end of a connection said, as one run of bytes with holes.

use socklab_flows::{Piece, Position, Said};

/// A part of the run.
#[derive(Clone, Copy, Debug)]
struct Run<'t> {
    start: u64,
    length: u64,
    /// `None` if they are not known.
    bytes: Option<&'t [u8]>,
    at: Position,
}

/// One direction of a connection.
#[derive(Clone, Debug, Default)]
pub(super) struct Tape<'t> {
    runs: Vec<Run<'t>>,
    end: u64,
}

impl<'t> Tape<'t> {
    pub(super) fn of(said: &[Said<'t>], side: usize) -> Self {
        let mut tape = Self::default();
        for one in said.iter().filter(|one| one.side == side) {
            for piece in &one.pieces {
                let (length, bytes) = match piece {
                    Piece::Known(bytes) => (bytes.len() as u64, Some(*bytes)),
                    other => (other.missing(), None),
                };
                tape.runs.push(Run { start: tape.end, length, bytes, at: one.at });
                tape.end = tape.end.saturating_add(length);
            }
        }
        tape
    }

    /// How many bytes there are.
    pub(super) fn end(&self) -> u64 {
        self.end
    }

    /// The known bytes from an offset on: at most so many, and up to the first hole.
    pub(super) fn known(&self, from: u64, most: usize) -> Vec<u8> {
        let mut known = Vec::new();
        let first = self.runs.partition_point(|run| run.start.saturating_add(run.length) <= from);
        let mut at = from;
        for run in &self.runs[first..] {
            let Some(bytes) = run.bytes else { break };
            let skipped = usize::try_from(at - run.start).unwrap_or(usize::MAX);
            let bytes = bytes.get(skipped..).unwrap_or_default();
            let room = most - known.len();
            known.extend_from_slice(&bytes[..bytes.len().min(room)]);
            at = run.start.saturating_add(run.length);
            if known.len() == most {
                break;
            }
        }
        known
    }

    /// How many of the bytes in a range are not known.
    pub(super) fn missing(&self, from: u64, to: u64) -> u64 {
        let holes = self.runs.iter().filter(|run| run.bytes.is_none());
        let inside = holes.map(|run| {
            let end = run.start.saturating_add(run.length).min(to);
            end.saturating_sub(run.start.max(from))
        });
        inside.sum()
    }

    /// The event that tells of the byte at an offset.
    pub(super) fn told_at(&self, offset: u64) -> Option<Position> {
        let place = self.runs.partition_point(|run| run.start.saturating_add(run.length) <= offset);
        self.runs.get(place).map(|run| run.at)
    }
}
