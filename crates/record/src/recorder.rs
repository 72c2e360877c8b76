//! The recorder: numbers events, stores them, and reports when there are too many.

use std::io::{self, Write};

use socklab_event::{Event, Header, Notice, Timeline};

use crate::Limits;
use crate::stream::Stream;
use crate::weight::{Weight, messages};

/// A timeline that grows.
#[derive(Debug, Default)]
pub struct Recorder {
    timeline: Timeline,
    limits: Limits,
    weight: Weight,
    stream: Option<Stream>,
}

/// A recording that has ended.
#[derive(Debug)]
#[non_exhaustive]
pub struct Finished {
    /// What was recorded.
    pub timeline: Timeline,
    /// The error that ended the stream early, if there was one: later events are missing from it.
    pub stream_error: Option<io::Error>,
}

impl Recorder {
    /// A recorder without events.
    pub fn new(header: Header, limits: Limits) -> Self {
        let timeline = Timeline { header, events: Vec::new() };
        Self { timeline, limits, ..Self::default() }
    }

    /// Also writes the recording to `out`, in the format that [`socklab_event::read`] reads: the
    /// existing events now, and every later event before [`Recorder::add`] returns.
    ///
    /// A later error ends the stream but not the recording; [`Recorder::finish`] returns it.
    ///
    /// # Errors
    ///
    /// When the header could not be written.
    pub fn stream_to(&mut self, out: impl Write + Send + 'static) -> io::Result<()> {
        let mut stream = Stream::new(Box::new(out), &self.timeline.header)?;
        self.timeline.events.iter().for_each(|event| stream.write(event));
        self.stream = Some(stream);
        Ok(())
    }

    /// Records an event as the next one, replacing its number. False if the recording is full: then
    /// the programs should be ended. What happens to later events depends on
    /// [`Limits::drop_when_full`].
    pub fn add(&mut self, mut event: Event) -> bool {
        if self.limits.drop_when_full && self.is_full() {
            return false;
        }
        if self.weight.payload > self.limits.whole_messages {
            let beginning = self.limits.beginning;
            messages(&mut event, |bytes| bytes.cut(beginning));
        }
        let weight = Weight::of(&mut event);
        self.weight.payload = self.weight.payload.saturating_add(weight.payload);
        self.weight.memory = self.weight.memory.saturating_add(weight.memory);
        self.push(event);
        !self.is_full()
    }

    fn push(&mut self, mut event: Event) {
        event.seq = self.timeline.events.len() as u64;
        if let Some(stream) = &mut self.stream {
            stream.write(&event);
        }
        self.timeline.events.push(event);
    }

    /// True once one of the limits has been reached.
    pub fn is_full(&self) -> bool {
        self.timeline.events.len() >= self.limits.events
            || self.weight.payload > self.limits.payload
            || self.is_too_large()
    }

    fn is_too_large(&self) -> bool {
        self.weight.memory > self.limits.memory
    }

    /// What has been recorded so far.
    pub fn events(&self) -> &[Event] {
        &self.timeline.events
    }

    /// Ends the recording. If it had become too large for [`Limits::memory`], its last event is a
    /// notice that says so.
    pub fn finish(mut self) -> Finished {
        if self.is_too_large()
            && let Some(last) = self.timeline.events.last()
        {
            let what = Notice::Truncated { limit: self.limits.memory as u64 }.into();
            let (at, place) = (last.at, last.place.clone());
            self.push(Event { seq: 0, at, place, what });
        }
        let stream_error = self.stream.and_then(Stream::into_error);
        Finished { timeline: self.timeline, stream_error }
    }
}
