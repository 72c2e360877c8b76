//! What happens, in a line for each event, while it happens: no line has to be written again.
//!
//! A ladder needs the whole recording. Here only the last events are remembered: those that are older
//! are forgotten as if the recorder had come later, so that nothing is said that depends on them.

use socklab_event::{Args, Event, Header, Place, Process, Timeline, What};
use socklab_flows::{Flows, NumberSet, Position};

use crate::label::{Label, Part, PartKind};
use crate::options::Options;
use crate::plan::happened::{self, Happened};
use crate::text::glyphs::Glyphs;
use crate::text::live_line;
use crate::times::Times;

/// How many events are remembered to tell what the next ones mean.
const REMEMBERED: usize = 400;

/// How many events are kept beyond that because later ones refer to them: who each process is, and who
/// listens where.
const LASTING: usize = 1_000;

/// Tells what happens, line by line.
#[derive(Debug)]
pub struct Live {
    options: Options,
    times: Times,
    ascii: bool,
    color: bool,
    timeline: Timeline,
    /// How many of the events at the beginning are [`LASTING`].
    lasting: usize,
    origin: Option<u64>,
    next: u64,
    name_width: usize,
    left_out: LeftOut,
}

/// How many events had no line, and why.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LeftOut {
    /// Calls that only set up or query, and packets that only acknowledge.
    pub minor: u64,
    /// Events that the filter leaves out.
    pub filtered: u64,
    /// All events that would have had a line without the filter.
    pub of: u64,
}

impl Live {
    /// Tells of a recording with this header, as the options ask. Every call says how long it took.
    pub fn new(header: Header, options: Options) -> Self {
        let times = options.times;
        // Each call is one line, however long it waited.
        let options = Options { durations: true, fold: false, wait_from: u64::MAX, ..options };
        let timeline = Timeline { header, events: Vec::new() };
        Self {
            options,
            times,
            ascii: false,
            color: false,
            timeline,
            lasting: 0,
            origin: None,
            next: 0,
            name_width: 0,
            left_out: LeftOut::default(),
        }
    }

    /// Sets whether only ASCII is used.
    #[must_use]
    pub fn ascii(self, ascii: bool) -> Self {
        Self { ascii, ..self }
    }

    /// Sets whether the lines are coloured with ANSI escapes. The caller strips them where the output is
    /// not a terminal.
    #[must_use]
    pub fn color(self, color: bool) -> Self {
        Self { color, ..self }
    }

    /// The lines of the next events, in order; none of them ends in a newline. A single event has one
    /// line at most.
    pub fn lines(&mut self, events: Vec<Event>) -> Vec<String> {
        let moment = |event: &Event| event.call().map_or(event.at, |call| call.began.min(event.at));
        let origin = match (self.origin, events.iter().map(moment).min()) {
            (Some(origin), _) | (None, Some(origin)) => origin,
            (None, None) => return Vec::new(),
        };
        self.origin = Some(origin);
        self.forget();
        let first = self.next;
        for mut event in events {
            event.seq = self.next;
            self.next += 1;
            self.timeline.events.push(event);
        }
        let flows = Flows::of(&self.timeline);
        let told = happened::since(&flows, &self.options, origin, first);
        self.left_out.minor += told.left_out.minor;
        self.left_out.filtered += told.left_out.filtered;
        self.left_out.of += told.left_out.of;
        told.happened.iter().map(|one| self.line(one, origin)).collect()
    }

    /// The line that says that a thread has waited for long in a call that has not returned yet. `at` is
    /// the moment, as in events.
    pub fn waiting(&mut self, at: u64, waiting: &Waiting<'_>) -> String {
        let flows = Flows::of(&self.timeline);
        let speaker = self.options.speaker;
        let who = happened::name(&flows, waiting.place);
        let mut label = Label::default().then(PartKind::Name, waiting.call);
        let fd = waiting.fd.map_or_else(|| "…".to_owned(), |fd| fd.to_string());
        label.parts.push(Part { glued: true, ..Part::new(PartKind::Plain, format!("({fd})")) });
        let time = socklab_say::duration(waiting.lasts);
        let waits = socklab_say::say!(speaker, "live-waits", time = time);
        label.push(PartKind::Wait, format!("┄ {waits}"));
        let one = Happened { at, who, label, connection: None };
        let origin = self.origin.unwrap_or(at);
        self.line(&one, origin)
    }

    /// What had no line so far.
    pub fn left_out(&self) -> LeftOut {
        self.left_out
    }

    fn line(&mut self, one: &Happened, origin: u64) -> String {
        let glyphs = Glyphs::of(self.ascii);
        let time = self.times.of(one.at.saturating_sub(origin), origin, self.options.speaker, true);
        self.name_width = live_line::width_of_names(self.name_width, &glyphs.spell(&one.who));
        live_line::line(one, &time, self.name_width, &glyphs, self.color, self.options.speaker)
    }

    /// Forgets the oldest events, but for those that later ones refer to.
    fn forget(&mut self) {
        let events = &mut self.timeline.events;
        if events.len() < self.lasting + 2 * REMEMBERED {
            return;
        }
        let newest = events.split_off(events.len() - REMEMBERED);
        let ended = |process: u32| {
            move |event: &Event| {
                let ends =
                    matches!(event.process(), Some(Process::Exit { .. } | Process::Released));
                ends && event.place.process == process
            }
        };
        let mut kept: Vec<Event> = Vec::new();
        for (index, event) in std::mem::take(events).into_iter().enumerate() {
            let gone = matches!(event.process(), Some(Process::Exit { .. } | Process::Released))
                && event.place.process == event.place.thread;
            if gone {
                kept.retain(|one| one.place.process != event.place.process);
            } else if index < self.lasting || lasts(&event) {
                kept.push(event);
            }
        }
        // Of a process that has just ended, the end may refer to what it was.
        kept.retain(|one| {
            !matches!(one.what, What::Call(_)) || !newest.iter().any(ended(one.place.process))
        });
        // Who is at work now is more likely to be heard of again.
        let busy: NumberSet<u32> = newest.iter().map(|event| event.place.process).collect();
        let mut over = kept.len().saturating_sub(LASTING);
        kept.retain(|event| {
            let goes = over > 0 && !busy.contains(&event.place.process);
            over -= usize::from(goes);
            !goes
        });
        kept.drain(..kept.len().saturating_sub(LASTING));
        self.lasting = kept.len();
        *events = kept;
        events.extend(newest);
    }
}

/// A thread that waits.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Waiting<'w> {
    /// Where.
    pub place: &'w Place,
    /// The call.
    pub call: &'w str,
    /// The descriptor that the call is about.
    pub fd: Option<i32>,
    /// For how long already, in nanoseconds.
    pub lasts: u64,
}

impl<'w> Waiting<'w> {
    /// A thread has waited so long in a call on this descriptor.
    pub fn new(place: &'w Place, call: &'w str, fd: Option<i32>, lasts: u64) -> Self {
        Self { place, call, fd, lasts }
    }
}

/// True for an event that later ones refer to, however late they are.
fn lasts(event: &Event) -> bool {
    match &event.what {
        What::Process(process) => matches!(**process, Process::Start { .. } | Process::Exec { .. }),
        What::Call(call) => {
            let succeeded = call.value().is_some();
            succeeded && matches!(call.args, Args::Bind { .. } | Args::Listen { .. })
        }
        _ => false,
    }
}

/// True for an event with this number or a later one.
pub(crate) fn is_new(flows: &Flows<'_>, at: Position, first: u64) -> bool {
    flows.order[at].seq >= first
}
