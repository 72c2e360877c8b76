//! Whether a rule is in force, and how far it has counted.

use super::facts::Facts;
use super::rule::{Choice, Mark, Meaning, Moment};

/// From when to when a rule is in force.
#[derive(Debug, Default)]
pub(super) struct Gate {
    /// When the first frame passed, nanoseconds of `CLOCK_MONOTONIC`.
    began: Option<u64>,
    start: Counted,
    end: Counted,
}

/// Frames counted until a certain one.
#[derive(Debug, Default)]
pub(super) struct Counted {
    seen: u64,
    pub(super) reached: bool,
}

impl Counted {
    /// True for the frame that is meant.
    pub(super) fn is_it(&mut self, mark: &Mark, facts: &Facts<'_>) -> bool {
        if !mark.of.has(facts) {
            return false;
        }
        self.seen += 1;
        self.seen == mark.number
    }

    fn note(&mut self, moment: Option<&Moment>, facts: &Facts<'_>) {
        if let Some(Moment::Mark(mark)) = moment {
            self.reached |= self.is_it(mark, facts);
        }
    }

    fn is_past(&self, moment: &Moment, elapsed: u64) -> bool {
        match moment {
            Moment::Time(time) => elapsed >= *time,
            Moment::Mark(_) => self.reached,
        }
    }
}

impl Gate {
    /// True if the rule is in force for this frame. The frame that begins or ends it still belongs to
    /// the time before.
    pub(super) fn is_open(&mut self, meaning: &Meaning, facts: &Facts<'_>) -> bool {
        if self.began.is_none() && !facts.is_housekeeping() {
            self.began = Some(facts.passing.at);
        }
        let open = self.is_open_at(meaning, facts.passing.at);
        self.start.note(meaning.start.as_ref(), facts);
        self.end.note(meaning.end.as_ref(), facts);
        open
    }

    /// True if the rule is in force at a moment.
    pub(super) fn is_open_at(&self, meaning: &Meaning, at: u64) -> bool {
        let elapsed = self.began.map_or(0, |began| at.saturating_sub(began));
        let began = meaning.start.as_ref().is_none_or(|start| self.start.is_past(start, elapsed));
        let ended = meaning.end.as_ref().is_some_and(|end| self.end.is_past(end, elapsed));
        began && !ended
    }

    /// When the rule comes into force by time alone.
    pub(super) fn opens_at(&self, meaning: &Meaning) -> Option<u64> {
        match meaning.start {
            Some(Moment::Time(time)) => Some(self.began?.saturating_add(time)),
            _ => None,
        }
    }

    /// True if a frame reached the mark that the rule begins at.
    pub(super) fn start_reached(&self) -> bool {
        self.start.reached
    }
}

impl Choice {
    pub(super) fn takes(self, number: u64) -> bool {
        match self {
            Self::Every => true,
            Self::Nth(nth) => number == nth,
            Self::EveryNth(nth) => number.is_multiple_of(nth),
        }
    }
}
