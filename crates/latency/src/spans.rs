//! The pieces of a wait, from its end to its beginning.

use socklab_flows::{Flows, Position};

use crate::model::{Cause, Part, Seen, Side, Span};

/// What has been found of a wait so far.
pub(crate) struct Spans {
    /// When the wait began: nothing before that is part of it.
    began: u64,
    /// Everything from here on is known.
    cursor: u64,
    found: Vec<Span>,
    /// For how long the recorder held threads.
    pub(crate) held: u64,
}

impl Spans {
    pub(crate) fn new(began: u64, ended: u64) -> Self {
        Self { began, cursor: ended.max(began), found: Vec::new(), held: 0 }
    }

    pub(crate) fn cursor(&self) -> u64 {
        self.cursor
    }

    pub(crate) fn is_over(&self) -> bool {
        self.cursor <= self.began
    }

    /// The time since `from` that is not known yet went by like this.
    pub(crate) fn take(&mut self, from: u64, cause: Cause, side: Option<Side>, seen: Position) {
        let took = self.move_to(from);
        self.add(cause, side, took, Some(seen), false);
    }

    /// The same, if it does not follow with certainty.
    pub(crate) fn infer(&mut self, from: u64, cause: Cause, side: Option<Side>, seen: Position) {
        let took = self.move_to(from);
        self.add(cause, side, took, Some(seen), true);
    }

    /// Moves the cursor back; how far.
    pub(crate) fn move_to(&mut self, from: u64) -> u64 {
        let from = from.max(self.began);
        let took = self.cursor.saturating_sub(from);
        self.cursor = self.cursor.min(from);
        took
    }

    /// A piece of which it is only known how long it was.
    pub(crate) fn add(
        &mut self,
        cause: Cause,
        side: Option<Side>,
        took: u64,
        seen: Option<Position>,
        inferred: bool,
    ) {
        if took > 0 {
            self.found.push(Span { cause, side, took, seen, inferred });
        }
    }

    /// Gives all pieces of one cause, from a place in the list on, to other causes, as much to each as there is
    /// left of it; the rest to the last cause.
    pub(crate) fn settle(
        &mut self,
        since: usize,
        of: Cause,
        shares: &mut [(Cause, Option<Side>, u64)],
        rest: Cause,
    ) {
        for span in std::mem::take(&mut self.found).into_iter().enumerate() {
            let (index, mut span) = span;
            if index < since || span.cause != of {
                self.found.push(span);
                continue;
            }
            for (cause, side, left) in shares.iter_mut() {
                let took = span.took.min(*left);
                *left -= took;
                span.took -= took;
                if took > 0 {
                    self.found.push(Span { cause: *cause, side: *side, took, ..span });
                }
            }
            if span.took > 0 {
                self.found.push(Span { cause: rest, ..span });
            }
        }
    }

    /// How long those of one cause are, from a place in the list on.
    pub(crate) fn of_cause_since(&self, place: usize, cause: Cause) -> u64 {
        let spans = self.found.iter().skip(place).filter(|span| span.cause == cause);
        spans.map(|span| span.took).fold(0, u64::saturating_add)
    }

    /// How long the pieces from a place in the list on are.
    pub(crate) fn taken_since(&self, place: usize) -> u64 {
        self.found.iter().skip(place).map(|span| span.took).fold(0, u64::saturating_add)
    }

    /// How many pieces there are so far.
    pub(crate) fn len(&self) -> usize {
        self.found.len()
    }

    /// The parts, from the beginning on. What the walk has not reached is not known.
    pub(crate) fn into_parts(mut self, flows: &Flows<'_>) -> (Vec<Part>, u64) {
        let left = self.cursor - self.began;
        self.add(Cause::Unknown, None, left, None, false);
        let mut parts: Vec<Part> = Vec::new();
        for span in self.found.iter().rev() {
            let Span { cause, side, took, inferred, .. } = *span;
            let seen = || span.seen.map(|at| Seen::of(flows, at));
            match parts.iter_mut().find(|part| (part.cause, part.side) == (cause, side)) {
                Some(part) => {
                    part.took += took;
                    part.inferred |= inferred;
                    if took > part.longest {
                        (part.seen, part.longest) = (seen(), took);
                    }
                }
                None => {
                    parts.push(Part { cause, side, took, longest: took, seen: seen(), inferred });
                }
            }
        }
        (parts, self.held)
    }
}
