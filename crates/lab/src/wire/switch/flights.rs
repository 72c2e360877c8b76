//! What has become of each frame, until all of it is known and can be told.

use std::collections::HashMap;

use socklab_event::{Bytes, Event, Fate, Frame, Headers, Name, Notice, Place};

use crate::wire::complete_checksum;
use crate::wire::frame::{QUOTED, kept};

/// A frame's way through the switch, before its fate is known.
#[derive(Clone, Debug)]
pub(super) struct Journey {
    at: u64,
    from: String,
    to: Option<String>,
    how: Vec<Name>,
    rule: String,
    changed: Vec<(u32, u8)>,
    open: bool,
}

impl Journey {
    /// Of a frame that no rule is about.
    pub(super) fn untouched(from: &str, to: Option<&str>, at: u64) -> Self {
        Self::altered(from, to, at, &[], String::new())
    }

    /// Of a frame with which a rule does something.
    pub(super) fn altered(
        from: &str,
        to: Option<&str>,
        at: u64,
        how: &[Name],
        rule: String,
    ) -> Self {
        let (from, to, how) = (from.to_owned(), to.map(str::to_owned), how.to_vec());
        Self { at, from, to, how, rule, changed: Vec::new(), open: false }
    }

    /// Of a frame that a rule makes up.
    pub(super) fn injected(from: &str, to: Option<&str>, at: u64, rule: String) -> Self {
        Self::altered(from, to, at, &[Name::of("injected")], rule)
    }

    /// The same, of a frame whose checksum nobody has computed: its receiver does not look.
    pub(super) fn open(mut self) -> Self {
        self.open = true;
        self
    }

    /// The same, of a frame that arrives in pieces.
    pub(super) fn fragmented(mut self) -> Self {
        self.how.push(Name::of("fragmented"));
        self
    }

    /// The same, of a frame that arrives as `arrived`, but was `sent` otherwise.
    pub(super) fn changed(mut self, sent: &[u8], arrived: &[u8]) -> Self {
        let pairs = (0..).zip(sent.iter().zip(arrived));
        let differs = |(_, (sent, arrived)): &(u32, (&u8, &u8))| sent != arrived;
        self.changed = pairs.filter(differs).map(|(at, (_, arrived))| (at, *arrived)).collect();
        self
    }

    fn event(self, content: Content, fate: Fate) -> Event {
        let Self { at, from, to, .. } = self;
        let Content { bytes, headers } = content;
        let frame = Frame { from, to, bytes, headers, fate };
        Event { seq: 0, at, place: Place::default(), what: frame.into() }
    }
}

/// What is kept of a frame for whom it is told.
#[derive(Debug)]
struct Content {
    bytes: Bytes,
    headers: Option<Headers>,
}

impl Content {
    /// At most `sample` bytes of what it carries, and all that stands before them.
    /// A checksum that is left `open` is computed, if the frame is kept whole.
    fn of(frame: &[u8], headers: Option<Headers>, sample: usize, open: bool) -> Self {
        let mut bytes = kept(frame, frame.len(), headers.as_ref(), sample);
        if open {
            complete_checksum(&mut bytes.sample);
        }
        Self { bytes, headers }
    }
}

/// A frame of which not all copies have arrived yet.
#[derive(Debug)]
struct Flight {
    journey: Journey,
    content: Content,
    /// Copies that are under way.
    copies: usize,
    /// No more copies will be sent.
    complete: bool,
    arrived: Vec<u64>,
    failed: Option<&'static str>,
}

type Sink = Box<dyn FnMut(Vec<Event>) + Send>;

/// All frames under way. Whoever is told of a frame is told once.
pub(super) struct Flights {
    sample: usize,
    sink: Sink,
    /// What is to be told next.
    news: Vec<Event>,
    under_way: HashMap<u64, Flight>,
    next: u64,
}

impl Flights {
    /// Tells `sink` of frames, with at most `sample` bytes of what each carries.
    pub(super) fn new(sample: usize, sink: Sink) -> Self {
        Self { sample, sink, news: Vec::new(), under_way: HashMap::new(), next: 0 }
    }

    /// How many bytes of what a frame carries stand with its decoded headers.
    pub(super) fn quoted(&self) -> usize {
        self.sample.min(QUOTED)
    }

    /// Tells what is new. Not between two frames: whoever listens takes his time.
    pub(super) fn tell_news(&mut self) {
        if !self.news.is_empty() {
            (self.sink)(std::mem::take(&mut self.news));
        }
    }

    /// A rule dropped it.
    pub(super) fn dropped(&mut self, journey: Journey, frame: &[u8], headers: Option<Headers>) {
        let fate = Fate::Dropped { rule: journey.rule.clone() };
        let content = Content::of(frame, headers, self.sample, journey.open);
        self.news.push(journey.event(content, fate));
    }

    /// It got lost without a rule.
    pub(super) fn lost(
        &mut self,
        journey: Journey,
        frame: &[u8],
        headers: Option<Headers>,
        why: &'static str,
    ) {
        let fate = Fate::Lost { why: Name::of(why) };
        let content = Content::of(frame, headers, self.sample, journey.open);
        self.news.push(journey.event(content, fate));
    }

    /// It leaves; copies of it are reported with the number that this returns.
    pub(super) fn depart(
        &mut self,
        journey: Journey,
        frame: &[u8],
        headers: Option<Headers>,
    ) -> u64 {
        let content = Content::of(frame, headers, self.sample, journey.open);
        let flight = Flight {
            journey,
            content,
            copies: 0,
            complete: false,
            arrived: Vec::new(),
            failed: None,
        };
        self.next += 1;
        self.under_way.insert(self.next, flight);
        self.next
    }

    /// It was to change places with another frame, which did not come.
    pub(super) fn only_delayed(&mut self, flight: u64) {
        let flight = self.under_way.get_mut(&flight);
        for how in flight.into_iter().flat_map(|flight| &mut flight.journey.how) {
            if how.as_str() == "reordered" {
                *how = Name::of("delayed");
            }
        }
    }

    /// One more copy of it is under way.
    pub(super) fn one_more(&mut self, flight: u64) {
        if let Some(flight) = self.under_way.get_mut(&flight) {
            flight.copies += 1;
        }
    }

    /// No further copy will be.
    pub(super) fn all_sent(&mut self, flight: u64) {
        if let Some(flight) = self.under_way.get_mut(&flight) {
            flight.complete = true;
        }
        self.tell(flight);
    }

    /// One copy arrived.
    pub(super) fn arrived(&mut self, number: u64, at: u64) {
        if let Some(flight) = self.under_way.get_mut(&number) {
            flight.copies -= 1;
            flight.arrived.push(at);
        }
        self.tell(number);
    }

    /// One copy could not be delivered.
    pub(super) fn failed(&mut self, number: u64, why: &'static str) {
        if let Some(flight) = self.under_way.get_mut(&number) {
            flight.copies -= 1;
            flight.failed = Some(why);
        }
        self.tell(number);
    }

    /// The wire ends: what has not arrived never will. `lost` frames found no room in the ring, which
    /// was noticed at this time.
    pub(super) fn end(&mut self, lost: u64, at: u64) {
        let mut rest: Vec<(u64, Flight)> = self.under_way.drain().collect();
        rest.sort_by_key(|(number, _)| *number);
        for (_, flight) in rest {
            let Flight { journey, content, arrived, .. } = flight;
            let Journey { how, rule, changed, .. } = journey.clone();
            let fate = if arrived.is_empty() {
                Fate::UnderWay { how, rule }
            } else {
                Fate::Altered { how, at: arrived, rule, changed }
            };
            self.news.push(journey.event(content, fate));
        }
        if lost > 0 {
            let what = Notice::FramesLost { count: lost }.into();
            self.news.push(Event { seq: 0, at, place: Place::default(), what });
        }
        self.tell_news();
    }

    fn tell(&mut self, number: u64) {
        let done = |flight: &Flight| flight.complete && flight.copies == 0;
        if !self.under_way.get(&number).is_some_and(done) {
            return;
        }
        let Some(flight) = self.under_way.remove(&number) else { return };
        let Flight { journey, content, arrived, failed, .. } = flight;
        let fate = match (arrived.first(), failed) {
            (None, Some(why)) => Fate::Lost { why: Name::of(why) },
            (Some(at), _) if journey.how.is_empty() => Fate::Delivered { at: *at },
            // To nobody: there is no other host.
            (None, None) => Fate::Delivered { at: journey.at },
            (Some(_), _) => {
                let Journey { how, rule, changed, .. } = journey.clone();
                Fate::Altered { how, at: arrived, rule, changed }
            }
        };
        self.news.push(journey.event(content, fate));
    }
}
