//! Frames that pass a wire while programs are traced: they come from a thread of their own.

use std::fmt;
use std::rc::Rc;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use socklab_event::Event;
use socklab_kernel::clock;
use socklab_lab::FrameSink;
use socklab_record::OwnFrames;

/// How long frames are waited for that a wire holds when the programs have ended.
const LAST_FRAMES: u64 = 1_000_000_000;

/// How many batches of frames are taken after a call, while the program waits: on a busy wire there would be
/// more without end.
const AT_A_TIME: usize = 1024;

/// Says when the next frame that a wire holds leaves it, in nanoseconds of `CLOCK_MONOTONIC`; `None` if it
/// holds none.
pub(crate) type Holds = Rc<dyn Fn() -> Option<u64>>;

/// Frames as they arrive, and how to end the wire.
pub(crate) struct Frames {
    arriving: Receiver<Vec<Event>>,
    end: Box<dyn FnOnce()>,
    holds: Option<Holds>,
    /// Only these belong to the recording; `None` if all do.
    own: Option<OwnFrames>,
}

/// What comes out when the wire ends.
#[derive(Debug, Default)]
pub(super) struct LastFrames {
    pub(super) rest: Vec<Event>,
    /// How many frames were not of the traced sockets.
    pub(super) others: u64,
    /// How many of the traced connections have no frame here.
    pub(super) elsewhere: u64,
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
        Self { arriving, end: Box::new(end), holds: None, own: None }
    }

    /// The same, of a wire that may hold them for a while.
    pub(crate) fn held(self, holds: Holds) -> Self {
        Self { holds: Some(holds), ..self }
    }

    /// What the wire holds, if it is one that does.
    pub(super) fn holds(&self) -> Option<Holds> {
        self.holds.clone()
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
        frames.extend(self.arrived(AT_A_TIME));
        frames
    }

    /// Those that have arrived since the last time.
    pub(super) fn meanwhile(&mut self) -> Vec<Event> {
        self.arrived(AT_A_TIME)
    }

    /// No more batches than `most`.
    fn arrived(&mut self, most: usize) -> Vec<Event> {
        let arrived = self.arriving.try_iter().take(most).flatten();
        match &mut self.own {
            Some(own) => own.sort(arrived),
            None => arrived.collect(),
        }
    }

    /// Waits until the last frames have arrived: what was under way would look like a loss. What a rule
    /// holds for longer is left there.
    fn await_last(&self) {
        let Some(holds) = &self.holds else { return };
        let until = clock::now().saturating_add(LAST_FRAMES);
        while let Some(leaves) = holds().filter(|leaves| *leaves <= until) {
            thread::sleep(Duration::from_nanos(leaves.saturating_sub(clock::now())));
        }
    }

    /// Ends the wire. Returns the frames that had not been asked for.
    pub(super) fn finish(mut self) -> LastFrames {
        self.await_last();
        let end = std::mem::replace(&mut self.end, Box::new(|| ()));
        end();
        let rest = self.arrived(usize::MAX);
        let (others, elsewhere) = self.own.map_or((0, 0), |own| (own.others(), own.elsewhere()));
        LastFrames { rest, others, elsewhere }
    }
}

impl fmt::Debug for Frames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Frames").finish_non_exhaustive()
    }
}
