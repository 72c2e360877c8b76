//! Makes events, and numbers them.

use socklab_event::{Event, Notice, Place, Process as Life, What};
use socklab_kernel::clock;

use crate::entered::{Entered, OnEnter};
use crate::summary::Cost;

/// Takes what happened and makes events of it, in order.
///
/// The events wait here until the session hands them to the sink: before the thread that caused
/// them goes on.
#[derive(Default)]
pub(super) struct Reporter {
    events: Vec<Event>,
    on_enter: Option<OnEnter>,
    cost: Cost,
}

impl Reporter {
    pub(super) fn new(on_enter: Option<OnEnter>) -> Self {
        Self { on_enter, ..Self::default() }
    }

    /// Something happened at this moment, nanoseconds of `CLOCK_MONOTONIC`.
    pub(super) fn report(&mut self, place: Place, at: u64, what: What) {
        self.events.push(Event { seq: self.cost.events, at, place, what });
        self.cost.events += 1;
    }

    /// Something happened to a process, now.
    pub(super) fn process(&mut self, place: Place, life: Life) {
        self.report(place, clock::now(), What::Process(life));
    }

    /// The tracer has something to say about a process, now.
    pub(super) fn notice(&mut self, place: Place, notice: Notice) {
        self.report(place, clock::now(), What::Notice(notice));
    }

    /// A thread has entered a call; `describe` is called only if the caller wants to know.
    pub(super) fn entered<'a>(&mut self, describe: impl FnOnce() -> Entered<'a>) {
        if let Some(on_enter) = &mut self.on_enter {
            on_enter(&describe());
        }
    }

    /// The events since the last time.
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
        reporter.report(place(), 5, What::Process(Life::Released));
        assert_eq!(reporter.drain().map(|event| event.seq).collect::<Vec<_>>(), [0, 1]);
        assert_eq!(reporter.drain().count(), 0);
        reporter.notice(place(), Notice::IoUring);
        assert_eq!(reporter.drain().map(|event| event.seq).collect::<Vec<_>>(), [2]);
        assert_eq!(reporter.cost().events, 3);
    }
}
