//! Creates events and numbers them.

use std::collections::HashMap;

use socklab_event::{Event, Notice, Place, Process as Life, What};
use socklab_kernel::clock;

use crate::entered::{Entered, OnEnter};
use crate::summary::Cost;

/// Turns what happened into events, in order.
///
/// The events are buffered until the session hands them to the sink, which it does before the
/// thread that caused them goes on.
#[derive(Default)]
pub(super) struct Reporter {
    events: Vec<Event>,
    on_enter: Option<OnEnter>,
    cost: Cost,
    /// How many attempts of a kind each command has made.
    attempts: HashMap<(u32, &'static str), u32>,
}

impl Reporter {
    pub(super) fn new(on_enter: Option<OnEnter>) -> Self {
        Self { on_enter, ..Self::default() }
    }

    /// Reports something that happened at this time, in nanoseconds of `CLOCK_MONOTONIC`.
    pub(super) fn report(&mut self, place: Place, at: u64, what: What) {
        self.events.push(Event { seq: self.cost.events, at, place, what });
        self.cost.events += 1;
    }

    /// Reports something that has just happened to a process.
    pub(super) fn process(&mut self, place: Place, life: Life) {
        self.report(place, clock::now(), life.into());
    }

    /// Reports a notice about a process, with the current time.
    pub(super) fn notice(&mut self, place: Place, notice: Notice) {
        self.report(place, clock::now(), notice.into());
    }

    /// Counts another attempt of a command to make this call, and says how many that makes.
    pub(super) fn counts_attempt(&mut self, command: u32, call: &'static str) -> u32 {
        let count = self.attempts.entry((command, call)).or_default();
        *count = count.saturating_add(1);
        *count
    }

    /// Passes a call that has been entered to the callback; `describe` is called only if there is
    /// one.
    pub(super) fn entered<'a>(&mut self, describe: impl FnOnce() -> Entered<'a>) {
        if let Some(on_enter) = &mut self.on_enter {
            on_enter(&describe());
        }
    }

    /// Takes the events since the last call.
    pub(super) fn drain(&mut self) -> impl Iterator<Item = Event> + '_ {
        self.events.drain(..)
    }

    pub(super) fn cost(&mut self) -> &mut Cost {
        &mut self.cost
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_numbered_without_gaps_and_handed_out_once() {
        let mut reporter = Reporter::new(None);
        let place = || Place { host: None, process: 7, thread: 8 };
        reporter.process(place(), Life::Continued);
        reporter.report(place(), 5, Life::Released.into());
        assert_eq!(reporter.drain().map(|event| event.seq).collect::<Vec<_>>(), [0, 1]);
        assert_eq!(reporter.drain().count(), 0);
        reporter.notice(place(), Notice::IoUring { sure: true });
        assert_eq!(reporter.drain().map(|event| event.seq).collect::<Vec<_>>(), [2]);
        assert_eq!(reporter.cost().events, 3);
    }
}
