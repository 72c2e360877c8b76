//! The recorder: numbers events, stores or streams them, and leaves out what the limits demand.

use std::io::{self, Write};

use socklab_event::{Event, Header, Notice, Place, Timeline};

use crate::Limits;
use crate::limits::{Detail, Used};
use crate::repeats::Repeats;
use crate::stream::Stream;
use crate::weight::Weight;

/// A timeline that grows.
#[derive(Debug, Default)]
pub struct Recorder {
    timeline: Timeline,
    limits: Limits,
    /// By all but frames.
    used: Used,
    memory: u64,
    frames: Frames,
    detail: Detail,
    repeats: Repeats,
    streams: Vec<Stream>,
    only_streams: bool,
    redacts: bool,
}

/// What frames have taken.
#[derive(Debug, Default)]
struct Frames {
    recorded: u64,
    memory: u64,
    /// The bytes of memory or of a file, whichever is more.
    size: u64,
    /// How many were left out, and when the first.
    left_out: Option<(u64, u64)>,
}

/// A recording that has ended.
#[derive(Debug)]
#[non_exhaustive]
pub struct Finished {
    /// What was recorded; without events after [`Recorder::only_stream`].
    pub timeline: Timeline,
    /// How much of the last events was recorded.
    pub detail: Detail,
    /// For each stream, in the order of [`Recorder::stream_to`], the error that ended it early, if
    /// there was one: later events are missing from it.
    pub stream_errors: Vec<Option<io::Error>>,
}

impl Recorder {
    /// A recorder without events.
    pub fn new(header: Header, limits: Limits) -> Self {
        let timeline = Timeline { header, events: Vec::new() };
        Self { timeline, limits, ..Self::default() }
    }

    /// Leaves out all bytes of messages and all arguments of programs, as [`Event::redact`] does.
    #[must_use]
    pub fn redacting(mut self) -> Self {
        self.timeline.header.redact();
        Self { redacts: true, ..self }
    }

    /// Keeps no events in memory: they are only in the streams.
    #[must_use]
    pub fn only_stream(self) -> Self {
        Self { only_streams: true, ..self }
    }

    /// Also writes the recording to `out`, in the format that [`socklab_event::read`] reads: the
    /// existing events now, and every later one within 50 ms (within 64 KiB, if there are many).
    ///
    /// A later error ends the stream but not the recording. `on_error` is called with it at once, on
    /// the thread that met it, and [`Recorder::finish`] returns it.
    ///
    /// # Errors
    ///
    /// When the header could not be written, or the thread that writes could not be started.
    pub fn stream_to(
        &mut self,
        out: impl Write + Send + 'static,
        on_error: impl FnMut(&io::Error) + Send + 'static,
    ) -> io::Result<()> {
        let stream = Stream::new(Box::new(out), Box::new(on_error), &self.timeline.header)?;
        self.timeline.events.iter().for_each(|event| stream.write(event));
        self.streams.push(stream);
        Ok(())
    }

    /// Records an event as the next one, replacing its number; how much of it depends on the limits.
    /// False if the recording is full: then the programs should be ended. What happens to later
    /// events depends on [`Limits::drop_when_full`].
    pub fn add(&mut self, mut event: Event) -> bool {
        if self.redacts {
            event.redact();
        }
        if event.frame().is_some() {
            return self.add_frame(event);
        }
        let detail = self.limits.detail(self.used);
        if self.detail != detail {
            self.tell_of(detail, &event);
        }
        match detail {
            Detail::Nothing => return false,
            Detail::Whole => {}
            Detail::Shortened => {
                let beginning = self.limits.beginning();
                event.each_sample(|bytes| bytes.cut(beginning));
            }
            Detail::Lengths => event.each_sample(|bytes| bytes.cut(0)),
            Detail::Firsts | Detail::Fewest => {
                if self.repeats.is_repeat(&event, detail == Detail::Fewest) {
                    if let Some(notice) = self.repeats.count(&event) {
                        self.push(notice);
                    }
                    return !self.is_full();
                }
                event.each_sample(|bytes| bytes.cut(0));
            }
        }
        self.push(event);
        !self.is_full()
    }

    /// Records a frame. What there is room for depends on the frames before it alone, and what calls
    /// have room for does not depend on frames.
    fn add_frame(&mut self, mut event: Event) -> bool {
        match self.limits.detail_of_frame(self.used, self.frames.size) {
            Detail::Nothing => return false,
            Detail::Whole | Detail::Shortened => {}
            Detail::Lengths => event.each_sample(|bytes| bytes.cut(0)),
            Detail::Firsts | Detail::Fewest => {
                if self.repeats.is_repeat(&event, false) {
                    self.frames.left_out.get_or_insert((0, event.at)).0 += 1;
                    return !self.is_full();
                }
                event.each_sample(|bytes| bytes.cut(0));
            }
        }
        self.push(event);
        !self.is_full()
    }

    /// Records an event whole, whatever the limits are.
    pub fn add_whole(&mut self, mut event: Event) {
        if self.redacts {
            event.redact();
        }
        self.push(event);
    }

    /// Records that from here on there is less detail.
    fn tell_of(&mut self, detail: Detail, next: &Event) {
        self.detail = detail;
        let limit = self.limits.size_before(detail);
        let notice = match detail {
            Detail::Lengths => Notice::SamplesOmitted { limit },
            Detail::Firsts => Notice::RepeatsCounted { limit, failures: false },
            Detail::Fewest => Notice::RepeatsCounted { limit, failures: true },
            Detail::Whole | Detail::Shortened | Detail::Nothing => return,
        };
        let (at, place) = (next.at, next.place.clone());
        self.push(Event { seq: 0, at, place, what: notice.into() });
    }

    fn push(&mut self, mut event: Event) {
        event.seq = self.used.events as u64 + self.frames.recorded;
        let is_frame = event.frame().is_some();
        let weight = Weight::of(&mut event);
        for stream in &self.streams {
            stream.write(&event);
        }
        let memory = if self.only_streams { 0 } else { weight.memory as u64 };
        let streams = self.streams.iter();
        if is_frame {
            self.frames.recorded += 1;
            self.frames.memory = self.frames.memory.saturating_add(memory);
            let written = streams.map(Stream::written_of_frames).max().unwrap_or(0);
            self.frames.size = written.max(self.frames.memory);
        } else {
            self.used.events += 1;
            self.used.payload = self.used.payload.saturating_add(weight.payload);
            self.memory = self.memory.saturating_add(memory);
            self.used.size = streams.map(Stream::written).max().unwrap_or(0).max(self.memory);
        }
        if !self.only_streams {
            self.timeline.events.push(event);
        }
    }

    /// True once one of the limits has been reached.
    pub fn is_full(&self) -> bool {
        self.limits.are_reached(self.used)
    }

    /// What has been recorded so far; nothing after [`Recorder::only_stream`].
    pub fn events(&self) -> &[Event] {
        &self.timeline.events
    }

    /// Ends the recording, and waits until the streams are written.
    pub fn finish(mut self) -> Finished {
        for notice in self.repeats.rest() {
            self.push(notice);
        }
        if let Some((count, at)) = self.frames.left_out {
            let what = Notice::FramesLost { count }.into();
            self.push(Event { seq: 0, at, place: Place::default(), what });
        }
        let stream_errors = self.streams.drain(..).map(Stream::finish).collect();
        Finished { timeline: self.timeline, detail: self.detail, stream_errors }
    }
}
