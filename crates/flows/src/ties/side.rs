//! What is known about one end of a TCP connection at a moment.

use std::collections::VecDeque;
use std::ops::Range;

use socklab_event::Event;

use super::SOON;
use super::tie::Tie;
use crate::{NumberMap, Position};

/// A frame that arrived at an end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arrival {
    pub(super) at: u64,
    pub(super) frame: Position,
}

/// A frame that arrived at an end and has to be acknowledged.
#[derive(Clone, Copy, Debug)]
pub(super) struct Owed {
    pub(super) arrival: Arrival,
    /// What an ACK of it acknowledges, at least: the end of its bytes, with its FIN.
    pub(super) end: u64,
}

/// One end of a connection.
#[derive(Debug, Default)]
pub(super) struct Side {
    /// The sequence number of the first byte; known from the SYN.
    pub(super) first: Option<u32>,
    /// What its SYN said of the window scale, if it was seen.
    pub(super) scale: Option<Option<u8>>,
    /// The largest segment that it takes, as its SYN said.
    pub(super) most: Option<u16>,
    /// The last SYN, and the last FIN.
    pub(super) syn: Option<Position>,
    pub(super) fin: Option<(Position, u64)>,
    /// True if it has answered the other end's SYN.
    pub(super) answered: bool,
    /// True if it has sent anything.
    pub(super) spoke: bool,
    /// How many bytes it has sent, without those sent again.
    pub(super) sent: u64,
    /// What it sent and may have to send again: the end of its bytes, and the frame.
    pub(super) unacknowledged: VecDeque<(Range<u64>, Position)>,
    /// How many bytes of the other end it has acknowledged.
    pub(super) acknowledged: Option<u64>,
    /// The window that it announced last.
    pub(super) window: Option<u64>,
    /// The largest segment it has sent.
    pub(super) largest: u64,
    /// What arrived lately, by when.
    pub(super) inward: VecDeque<Arrival>,
    /// The SYNs that arrived.
    pub(super) syns: Vec<Arrival>,
    /// When the duplicate ACKs arrived that came since the last one that was none.
    pub(super) duplicates: Vec<u64>,
    /// How far the other end may send: what this end has acknowledged, and the window beyond; and what
    /// it had said before.
    pub(super) edges: [Option<u64>; 2],
    /// The frame that said so last.
    pub(super) reached: Option<Position>,
    /// The last frame that arrived.
    pub(super) latest: Option<Position>,
    /// What arrived and has to be acknowledged, by when.
    pub(super) owed: VecDeque<Owed>,
    /// The send that was waiting for room.
    pub(super) blocked: Option<Position>,
    /// How long it took to answer the other end's SYN, which a kernel does at once: where packets
    /// were captured far away from it, its answers come so much later.
    pub(super) away: u64,
    /// How many duplicate ACKs in a row it has sent.
    pub(super) repeated: u32,
}

impl Side {
    /// Where a sequence number is in the stream: of all numbers that are equal modulo 2³², the one
    /// that is nearest to what was sent last.
    pub(super) fn offset(&self, sequence: u32, near: u64) -> Option<i64> {
        let near = i64::try_from(near).ok()?;
        let relative = i64::from(sequence.wrapping_sub(self.first?));
        let span = 1i64 << 32;
        // A recording may say anything of how much was sent.
        let turns = near.checked_sub(relative)?.checked_add(span / 2)?.div_euclid(span);
        turns.max(-1).checked_mul(span)?.checked_add(relative)
    }

    pub(super) fn arrives(&mut self, at: u64, frame: Position) {
        let place = self.inward.partition_point(|one| one.at <= at);
        self.inward.insert(place, Arrival { at, frame });
        self.latest = Some(frame);
    }

    /// Of the frames that had arrived at a moment, the first of which an ACK says for the first time
    /// that they came; it raises what is acknowledged from `before` to `now`.
    pub(super) fn owed(&self, moment: u64, before: u64, now: u64) -> Option<Arrival> {
        let arrived = self.owed.iter().take_while(|one| one.arrival.at <= moment);
        let mut newly = arrived.filter(|one| before < one.end && one.end <= now);
        newly.next().map(|one| one.arrival)
    }

    /// The last frame that had arrived just before a moment and that `wanted` accepts.
    pub(super) fn lately(
        &self,
        now: u64,
        mut wanted: impl FnMut(Position) -> bool,
    ) -> Option<Position> {
        let arrived = self.inward.iter().rev().filter(|one| one.at <= now);
        let lately = arrived.take_while(|one| now - one.at < SOON).take(64);
        let mut frames = lately.map(|one| one.frame);
        frames.find(|frame| wanted(*frame))
    }

    pub(super) fn forget(&mut self, now: u64) {
        while self.inward.front().is_some_and(|one| one.at.saturating_add(SOON) < now) {
            self.inward.pop_front();
        }
    }
}

/// The ties of the frames so far.
pub(super) struct Known<'k> {
    pub(super) order: &'k [&'k Event],
    pub(super) ties: &'k [Tie],
    /// The tie of each frame.
    pub(super) index: &'k NumberMap<Position, usize>,
}

impl Known<'_> {
    /// True if a frame is tied as `wanted` says.
    pub(super) fn is(&self, frame: Position, wanted: impl Fn(&Tie) -> bool) -> bool {
        self.index.get(&frame).is_some_and(|index| wanted(&self.ties[*index]))
    }

    /// When a frame was sent.
    pub(super) fn sent(&self, frame: Position) -> u64 {
        self.order[frame].at
    }
}
