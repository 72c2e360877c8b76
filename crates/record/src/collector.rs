//! A recorder that several threads hand events to.

use std::sync::{Arc, Mutex, PoisonError};

use socklab_event::Event;

use crate::{Finished, Recorder};

/// A handle on a recorder, one for each collector: clones lead to the same recorder.
///
/// Events are numbered in the order in which they arrive here, whichever thread they come from.
#[derive(Clone, Debug)]
pub struct Collector {
    recorder: Arc<Mutex<Option<Recorder>>>,
}

impl Collector {
    /// Shares a recorder among threads.
    pub fn new(recorder: Recorder) -> Self {
        Self { recorder: Arc::new(Mutex::new(Some(recorder))) }
    }

    /// Records an event as the next one, as [`Recorder::add`] does. False if the recording is full
    /// or has been finished: then there is no more to collect.
    pub fn add(&self, event: Event) -> bool {
        self.with(|recorder| recorder.as_mut().is_some_and(|recorder| recorder.add(event)))
    }

    /// True once one of the limits has been reached.
    pub fn is_full(&self) -> bool {
        self.with(|recorder| recorder.as_ref().is_some_and(Recorder::is_full))
    }

    /// Ends the recording for all collectors. `None` if another one has ended it already.
    pub fn finish(&self) -> Option<Finished> {
        self.with(Option::take).map(Recorder::finish)
    }

    fn with<T>(&self, ask: impl FnOnce(&mut Option<Recorder>) -> T) -> T {
        // A panic in the middle of `add` leaves a recorder without that one event.
        ask(&mut self.recorder.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
