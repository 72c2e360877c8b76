//! Frames that pass a wire while programs are traced: they come from a thread of their own.

use std::fmt;
use std::sync::mpsc::{Receiver, channel};

use socklab_event::Event;
use socklab_lab::FrameSink;

/// Frames as they arrive, and how to end the wire.
pub(crate) struct Frames {
    arriving: Receiver<Vec<Event>>,
    end: Box<dyn FnOnce()>,
}

impl Frames {
    /// Who is to be told of frames, and where they come out.
    pub(crate) fn pipe() -> (FrameSink, Receiver<Vec<Event>>) {
        let (sender, arriving) = channel();
        // Nobody wants them any more when the recording has ended.
        let sink = move |frames| drop(sender.send(frames));
        (Box::new(sink), arriving)
    }

    /// Frames that come out there. `end` ends the wire, after it has told all that has passed.
    pub(crate) fn new(arriving: Receiver<Vec<Event>>, end: impl FnOnce() + 'static) -> Self {
        Self { arriving, end: Box::new(end) }
    }

    /// Those that have arrived since the last time.
    pub(super) fn arrived(&self) -> impl Iterator<Item = Event> + '_ {
        self.arriving.try_iter().flatten()
    }

    /// Ends the wire, and returns those that had not been asked for.
    pub(super) fn finish(self) -> Vec<Event> {
        (self.end)();
        self.arriving.try_iter().flatten().collect()
    }
}

impl fmt::Debug for Frames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Frames").finish_non_exhaustive()
    }
}
