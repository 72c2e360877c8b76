//! A recorder that several threads add events to.

use std::sync::{Arc, Mutex, PoisonError};

use socklab_event::Event;

use crate::{Finished, Recorder};

/// A handle for a recorder. Each collector has its own clone; all clones share one recorder.
///
/// Events are numbered in the order in which they are added, regardless of the thread that adds
/// them.
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
    /// or has been finished: then the collector can stop.
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
        // After a panic in the middle of `add`, the recorder only lacks that one event.
        ask(&mut self.recorder.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
