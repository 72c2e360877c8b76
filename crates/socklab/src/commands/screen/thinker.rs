//! Finds out what the screen shows: reads the recording, follows its conversations, draws their ladder.
//!
//! A plan of a large recording takes a while. So what arrives meanwhile is taken in all at once, and the
//! longer a plan takes, the fewer there are.

use std::io::Write as _;
use std::os::unix::net::UnixStream;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use anyhow::Result;
use socklab_event::{Event, Timeline};
use socklab_flows::Flows;
use socklab_judge::Weight;
use socklab_say::Speaker;
use socklab_screen::{Listing, Progress, Shown, Stage, TalkKey, Talks, Wanted, part, talks};

use super::super::trace::ladder_of;
use super::tail::{More, Tail};
use crate::cli::{self, Look};

/// How often the file is looked at.
const GLANCE: Duration = Duration::from_millis(50);

/// How often, once the recording in it is complete.
const GLANCE_AT_COMPLETE: Duration = Duration::from_millis(500);

/// How long is read before anything else is done.
const TURN: Duration = Duration::from_millis(100);

/// Between two plans at least.
const PAUSE: Duration = Duration::from_millis(100);

/// And so many times as long as the last one took.
const PAUSES: u32 = 3;

/// A recording with more events is planned for so long that the reader is told.
const MANY: usize = 50_000;

/// What was found out.
pub(super) enum Found {
    Progress(Progress),
    Talks(Talks),
    Ladder(Vec<TalkKey>, Box<Shown>),
    /// Another recording has taken this one's place: what follows is about that.
    Successor,
    /// The recording can't be read any further.
    Failed(anyhow::Error),
}

/// What is new.
enum News {
    /// These events.
    Events(Vec<Event>),
    /// Another recording.
    Successor(Box<Tail>),
}

/// Who finds it out.
pub(super) struct Thinker {
    speaker: Speaker,
    look: Look,
    tail: Tail,
    wanted: Wanted,
    tells: Sender<Found>,
    waker: UnixStream,
    stage: Stage,
    events: usize,
}

impl Thinker {
    pub(super) fn new(
        speaker: Speaker,
        options: &cli::Watch,
        tail: Tail,
        wanted: Wanted,
        tells: Sender<Found>,
        waker: UnixStream,
    ) -> Self {
        let look = Look { ascii: options.ascii, all: options.all, ..Look::default() };
        let stage = Stage::Reading(0);
        Self { speaker, look, tail, wanted, tells, waker, stage, events: 0 }
    }

    /// Until nobody asks any more.
    pub(super) fn run(mut self, asked: &Receiver<Wanted>) {
        if let Err(error) = self.think(asked) {
            self.tell(Found::Failed(error));
        }
    }

    fn tell(&mut self, found: Found) {
        // Nobody listens once the screen is closed.
        let _ = self.tells.send(found);
        // A full pipe wakes as well.
        let _ = self.waker.write(&[0]);
    }

    fn progress(&mut self, thinking: bool) {
        let (events, stage) = (self.events as u64, self.stage);
        self.tell(Found::Progress(Progress { events, stage, thinking }));
    }

    /// Reads for a while; true if something is new.
    fn read(&mut self, events: &mut Vec<Event>) -> Result<bool> {
        let (before, stage) = (events.len(), self.stage);
        self.stage = match self.tail.more(events, TURN)? {
            More::Already => Stage::Reading(self.tail.percent()),
            More::NotYet => Stage::Following,
            More::Never => Stage::Complete,
        };
        self.events += events.len() - before;
        Ok(events.len() > before || self.stage != stage)
    }

    fn think(&mut self, asked: &Receiver<Wanted>) -> Result<()> {
        let mut timeline = Timeline::default();
        loop {
            while matches!(self.stage, Stage::Reading(_)) {
                self.read(&mut timeline.events)?;
                self.progress(false);
            }
            timeline.header = self.tail.header().cloned().unwrap_or_default();
            if timeline.events.len() > MANY {
                self.progress(true);
            }
            let begun = Instant::now();
            let flows = Flows::of(&timeline);
            let explanations = socklab_judge::explain(&flows);
            let problems = explanations.iter().filter(|one| one.weight == Weight::Problem);
            let problems: Vec<u64> = problems.map(socklab_judge::Explanation::decisive).collect();
            self.answer(&flows, &problems);
            self.progress(false);
            let took = begun.elapsed();
            let Some(news) = self.wait(asked, &flows, &problems, took)? else { return Ok(()) };
            drop(flows);
            match news {
                News::Events(events) => timeline.events.extend(events),
                News::Successor(tail) => {
                    timeline = Timeline::default();
                    (self.tail, self.stage, self.events) = (*tail, Stage::Reading(0), 0);
                    self.wanted.keys.clear();
                    self.tell(Found::Successor);
                }
            }
        }
    }

    /// Answers what is asked until there is enough that is new: that. `None` if nobody asks any more.
    fn wait(
        &mut self,
        asked: &Receiver<Wanted>,
        flows: &Flows<'_>,
        problems: &[u64],
        took: Duration,
    ) -> Result<Option<News>> {
        let mut pending = Vec::new();
        let planned = Instant::now();
        let pause = PAUSE.max(took * PAUSES);
        loop {
            let glance = match self.stage {
                Stage::Complete if pending.is_empty() => GLANCE_AT_COMPLETE,
                _ => GLANCE,
            };
            match asked.recv_timeout(glance) {
                Ok(wanted) => {
                    // Of several, the last one counts.
                    self.wanted = asked.try_iter().last().unwrap_or(wanted);
                    self.answer(flows, problems);
                    continue;
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Ok(None),
            }
            if let Some(tail) = self.tail.successor() {
                return Ok(Some(News::Successor(Box::new(tail))));
            }
            if self.stage != Stage::Complete && self.read(&mut pending)? {
                self.progress(false);
            }
            if !pending.is_empty() && planned.elapsed() >= pause {
                return Ok(Some(News::Events(pending)));
            }
        }
    }

    /// The conversations, and the ladder of those that are open.
    fn answer(&mut self, flows: &Flows<'_>, problems: &[u64]) {
        let wanted = self.wanted.clone();
        let (filter, all) = (wanted.filter.as_ref(), self.look.all);
        let found = talks(flows, Listing { filter, all, problems }, self.speaker);
        self.tell(Found::Talks(found));
        if wanted.keys.is_empty() {
            return;
        }
        let part = part(flows, &wanted.keys);
        let look =
            Look { filter: wanted.filter, offered: false, records: false, ..self.look.clone() };
        let ladder = ladder_of(self.speaker, &part, &look);
        let shown = Shown::new(ladder, wanted.width, look.ascii);
        self.tell(Found::Ladder(wanted.keys, Box::new(shown)));
    }
}
