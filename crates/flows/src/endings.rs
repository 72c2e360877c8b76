//! Where the recorder began to end the programs: what came of that, the programs did not do by
//! themselves.

use socklab_event::{Event, Outcome, Process};

use crate::Flows;
use crate::position::Position;

/// The first event that says that the recorder ended a program.
pub(crate) fn first(order: &[&Event]) -> Option<Position> {
    let ends = |event: &&Event| matches!(event.process(), Some(Process::EndedByRecorder { .. }));
    order.iter().position(ends)
}

impl Flows<'_> {
    /// True if what stands at this position happened after the recorder had begun to end the
    /// programs, and so because of it, or possibly so: a signal, an exit, a connection that ends;
    /// also the result of a call that had begun before.
    ///
    /// Not so a call that had begun before and never returned. What is true of it was true before.
    pub fn is_recorders_doing(&self, at: Position) -> bool {
        let Some(first) = self.ended_by_recorder.filter(|first| at >= *first) else {
            return false;
        };
        !self.call(at).is_some_and(|call| {
            call.outcome == Outcome::Unfinished && call.began < self.order[first].at
        })
    }

    /// True for a call that was entered before the recorder began to end the programs, if it did.
    pub fn began_by_itself(&self, at: Position) -> bool {
        let ending = self.ended_by_recorder.map(|first| self.order[first].at);
        let began = |call: &socklab_event::Call| ending.is_none_or(|ending| call.began < ending);
        self.call(at).is_some_and(began)
    }

    /// True for a call that had not returned when its program ended by itself, or when the recorder
    /// began to end the programs.
    pub fn is_pending_at_end(&self, at: Position) -> bool {
        let unfinished = self.call(at).is_some_and(|call| call.outcome == Outcome::Unfinished);
        self.began_by_itself(at) && (unfinished || self.is_recorders_doing(at))
    }
}
