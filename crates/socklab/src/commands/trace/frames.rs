//! Frames that pass a wire while programs are traced: they come from a thread of their own.

use std::fmt;
use std::sync::mpsc::{Receiver, channel};

use socklab_event::Event;
use socklab_lab::FrameSink;
use socklab_record::OwnFrames;

/// Frames as they arrive, and how to end the wire.
pub(crate) struct Frames {
    arriving: Receiver<Vec<Event>>,
    end: Box<dyn FnOnce()>,
    /// Only these belong to the recording; `None` if all do.
    own: Option<OwnFrames>,
}

impl Frames {
    /// Who is to be told of frames, and where they come out.
    pub(crate) fn pipe() -> (FrameSink, Receiver<Vec<Event>>) {
        let (sender, arriving) = channel();
        // Nobody wants them any more when the recording has ended.
        (Box::new(move |frames| drop(sender.send(frames))), arriving)
    }

    /// Frames that come out there. `end` ends the wire, after it has told all that has passed.
    pub(crate) fn new(arriving: Receiver<Vec<Event>>, end: impl FnOnce() + 'static) -> Self {
        Self { arriving, end: Box::new(end), own: None }
    }

    /// Those of the traced sockets alone: others use the wire, too.
    pub(super) fn only_own(self) -> Self {
        Self { own: Some(OwnFrames::default()), ..self }
    }

    /// After a call: the frames that have arrived since the last time, and those that are known to
    /// be ours now.
    pub(super) fn after(&mut self, event: &Event) -> Vec<Event> {
        let mut frames: Vec<Event> =
            self.own.as_mut().map(|own| own.learn(event)).unwrap_or_default();
        frames.extend(self.arrived());
        frames
    }

    fn arrived(&mut self) -> Vec<Event> {
        let arrived = self.arriving.try_iter().flatten();
        match &mut self.own {
            Some(own) => own.sort(arrived),
            None => arrived.collect(),
        }
    }

    /// Ends the wire. Returns the frames that had not been asked for, and how many there were of
    /// others.
    pub(super) fn finish(mut self) -> (Vec<Event>, u64) {
        let end = std::mem::replace(&mut self.end, Box::new(|| ()));
        end();
        let rest = self.arrived();
        (rest, self.own.map_or(0, |own| own.others()))
    }
}

impl fmt::Debug for Frames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Frames").finish_non_exhaustive()
    }
}
