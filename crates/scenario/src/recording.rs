//! The result of a run: the timeline, and how far the steps got.

use std::io::{self, Write};
use std::ops::Range;

use serde::{Deserialize, Serialize};
use socklab_event::{Event, Header, Resource, Timeline, Writer};
use socklab_judge::{Expectation, Finding, Judgement, Mismatch, Present};
use socklab_lab::rules::RuleCount;

use crate::format::{Step, UnboundExpectation};
use crate::step_end::{StepEnd, StepTrouble, Stopped};
use crate::variables::Variables;

/// Where a scenario ran.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlaceUsed {
    /// On a private loopback.
    Private {
        /// True if it had a process namespace too.
        processes: bool,
    },
    /// On the machine's own loopback.
    Machine {
        /// Why not on a private one, if that was wanted: the step that was refused.
        because: Option<String>,
    },
}

/// Who answered when a program asked for the address of a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NamesUsed {
    /// A name server of the place's own, as the scenario wants.
    Place,
    /// A program or a peer of the scenario, at port 53.
    Scenario,
    /// Whoever answers on this machine.
    Machine {
        /// Why no other: the step that was refused.
        because: String,
    },
}

/// Whether the packets of the place were recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PacketsUsed {
    /// They were.
    Recorded {
        /// How many more there were than the tap could take.
        lost: u64,
    },
    /// Nobody wanted them; older recordings have none.
    #[default]
    NotWanted,
    /// They could not be.
    Missing {
        /// The step that was refused, and the error.
        because: String,
    },
}

impl PacketsUsed {
    /// Why not every packet was recorded: the step that was refused and its error, how many are
    /// missing, or the option that left them out. `None` if all were.
    pub fn because(&self) -> Option<String> {
        match self {
            Self::Recorded { lost: 0 } => None,
            Self::Recorded { lost } => Some(format!("AF_PACKET: {lost} lost")),
            Self::NotWanted => Some("--no-packets".to_owned()),
            Self::Missing { because } => Some(because.clone()),
        }
    }
}

/// Whether a submission could reach those who judge it: read or change the memory of the scripted
/// peers, signal them, or forge the whole recording.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Isolation {
    /// There was no submission.
    NotNeeded,
    /// It could not: each of its programs ran in a cell.
    Isolated,
    /// It could.
    Open {
        /// Why it ran in no cell: the step that was refused.
        because: String,
    },
}

/// A thread that waited this long for a processor was starved. On an idle machine the tracer waits
/// for a few milliseconds.
const STARVED_MS: u64 = 200;

/// A run, recorded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recording {
    /// The timeline's header.
    pub header: Header,
    /// The timeline's events. Left out by serde: [`Recording::write`] writes them as what they are, the
    /// text of a recording, which no other JSON has to quote.
    #[serde(skip)]
    pub events: Vec<Event>,
    /// How far each step got.
    pub steps: Vec<StepEnd>,
    /// Where it ran.
    pub place: PlaceUsed,
    /// Who answered for names.
    pub names: NamesUsed,
    /// Whether packets were recorded.
    #[serde(default)]
    pub packets: PacketsUsed,
    /// What each rule of the wire did.
    #[serde(default)]
    pub rules: Vec<RuleCount>,
    /// How many frames went to ::1, or to many at once, although there was a wire: they pass beside it, and
    /// no rule decides about them.
    #[serde(default)]
    pub beside: u64,
    /// Whether the submission was kept apart from those who judge it.
    pub isolation: Isolation,
    /// The values of the placeholders.
    pub variables: Variables,
    /// When the last step ended, in nanoseconds of `CLOCK_MONOTONIC`. A call that had not returned
    /// by then counts as never returned, and a program that had not ended as never ended.
    pub over: u64,
    /// What the threads of all programs were doing then.
    pub present: Vec<Present>,
    /// The reason, if there is one, why the run says nothing about the programs.
    pub trouble: Option<Trouble>,
    /// How long the tracer waited for a processor, in ms: meanwhile the programs can make no call;
    /// or a thread of theirs that was there at the end, if it waited longer. 0 for a thread that
    /// waited no more than twice as long as it ran, or if the kernel does not count it.
    pub starved_ms: u64,
    /// The most memory that the submission's processes were seen to have, in bytes: the largest resident
    /// sets (`VmHWM`) of all that were there at a time, added up, looked at every 20 ms. 0 if it had
    /// ended before it was looked at.
    #[serde(default)]
    pub memory: u64,
    /// The port at which the student's program was found, if it is not the one that it was told but
    /// one that it bound explicitly. It counts as known if it is the same in every run.
    pub own_port: Option<u16>,
    /// By how much a pause of the scenario was longer than it should have been, at most, in ms.
    pub stretched_ms: u64,
    /// A program had not become calm when the scenario went on: it never does, or had no time.
    #[serde(default)]
    pub restless: bool,
    /// When the machine stood still, in nanoseconds of `CLOCK_MONOTONIC`.
    pub still: Vec<Range<u64>>,
    /// True if this is a second run: the first one had too little time.
    pub second: bool,
}

/// A limit of a program that runs in a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitReached {
    /// The memory of a program and all that it has started, in bytes.
    Memory(u64),
    /// How many processes and threads it may have.
    Processes(u64),
    /// How much it may print, in bytes.
    Output(u64),
    /// How often it may print.
    Prints(u64),
    /// The processor time of a program and all that it has started, in nanoseconds.
    Processor(u64),
    /// How much it may write to files, in bytes.
    Written(u64),
    /// How many files and folders it may make.
    Files(u64),
}

impl LimitReached {
    /// What there was too much of, as events call it, and how much of it there may be.
    pub(crate) fn resource(self) -> (Resource, u64) {
        match self {
            Self::Memory(most) => (Resource::Memory, most),
            Self::Processes(most) => (Resource::Processes, most),
            Self::Output(most) => (Resource::Output, most),
            Self::Prints(most) => (Resource::Prints, most),
            Self::Processor(most) => (Resource::Processor, most),
            Self::Written(most) => (Resource::Disk, most),
            Self::Files(most) => (Resource::Files, most),
        }
    }
}

/// Why a run says nothing about the programs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// A private loopback was refused.
    Namespace {
        /// The step that was refused, and the error.
        what: String,
    },
    /// The scenario does something to packets, and here nothing can be done to them.
    Wire {
        /// The step that was refused, and the error.
        what: String,
    },
    /// Packets are what is asked about, and they could not be recorded, or not all of them.
    Packets {
        /// The step that was refused, and the error; or how many are missing.
        what: String,
    },
    /// The programs could not be traced or started.
    Trace {
        /// The tracer's error.
        what: String,
        /// True if the program is at fault: it was not found, or is not executable.
        program: bool,
    },
    /// A scripted peer got orders from a process other than the engine.
    Disturbed {
        /// Which peer.
        who: String,
    },
    /// A program asked for a name, or a question is about names, and the place could not answer as the
    /// scenario wants.
    Names {
        /// The step that was refused, and the error.
        what: String,
    },
    /// The case ran on the machine's own loopback, and the port was not free: somebody had it, so
    /// that the case ran on another one, but a program went there; or somebody took it meanwhile.
    Port {
        /// The port of the file.
        port: u16,
    },
    /// The submission was to be isolated, and can't be: it was not started.
    NotIsolated {
        /// The step that was refused, and the error.
        what: String,
    },
    /// A program reached a limit of its cell, and was ended for that.
    Limit {
        /// Whose.
        who: String,
        /// Which limit.
        limit: LimitReached,
    },
    /// The machine was short of memory, and the kernel ended processes for that: at least one of this
    /// run.
    OutOfMemory,
    /// The machine was busy, or stood still, and the case is about time.
    Busy,
    /// The engine failed.
    Engine {
        /// How.
        what: String,
    },
}

impl Recording {
    /// Writes it: a line of JSON about the run, then the recording of its events.
    ///
    /// # Errors
    ///
    /// Those of writing.
    pub fn write(&self, mut out: impl Write) -> io::Result<()> {
        serde_json::to_writer(&mut out, self)?;
        out.write_all(b"\n")?;
        let mut writer = Writer::new(out, &Header::default())?;
        self.events.iter().try_for_each(|event| writer.write(event))?;
        writer.finish()?.flush()
    }

    /// Reads what [`Recording::write`] has written.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn read(text: &[u8]) -> Result<Self, String> {
        let end = text.iter().position(|byte| *byte == b'\n').ok_or("no recording follows")?;
        let mut run: Self = serde_json::from_slice(&text[..end]).map_err(|it| it.to_string())?;
        let reading = socklab_event::read(&text[end + 1..]).map_err(|error| error.to_string())?;
        if let Some(problem) = reading.truncated {
            return Err(problem.to_string());
        }
        run.events = reading.timeline.events;
        Ok(run)
    }

    /// The rules of the wire that did nothing to any frame.
    pub fn idle_rules(&self) -> impl Iterator<Item = &RuleCount> {
        self.rules.iter().filter(|count| count.matched == 0)
    }

    /// True if every packet was recorded, so that one that is not there was not there.
    pub fn has_all_packets(&self) -> bool {
        self.packets.because().is_none()
    }

    /// Why packets that somebody asked about were not recorded, or not all of them.
    pub(crate) fn lacks_packets(&self) -> Option<Trouble> {
        let wanted = self.packets != PacketsUsed::NotWanted;
        let what = self.packets.because().filter(|_| wanted)?;
        Some(Trouble::Packets { what })
    }

    /// The timeline alone.
    pub fn timeline(&self) -> Timeline {
        Timeline { header: self.header.clone(), events: self.events.clone() }
    }

    /// Expectations with the placeholders of this run filled in. The judge knows nothing of steps,
    /// so a dependency on a step that is done is left out.
    pub(crate) fn bound<'a>(
        &'a self,
        wanted: &'a [UnboundExpectation],
        steps: &'a [Step],
    ) -> impl Iterator<Item = Result<Expectation, String>> + 'a {
        let done = |name: &String| {
            // A step of a crowd has become several.
            let ends = steps.iter().zip(&self.steps);
            let mut ends = ends.filter(|(step, _)| step.name.as_ref() == Some(name)).peekable();
            ends.peek().is_some() && ends.all(|(_, end)| end.is_done())
        };
        wanted.iter().map(move |wanted| {
            let mut expectation = wanted.bind(&self.variables)?;
            expectation.depends_on.retain(|name| !done(name));
            Ok(expectation)
        })
    }

    /// Whether name look-ups are a program's own business: it asked the scenario's own server.
    /// Otherwise a library made them on its behalf, and they are not what it is judged by.
    pub(crate) fn looks_up_itself(&self) -> bool {
        self.names == NamesUsed::Scenario
    }

    /// True if a deadline passed while the machine was busy with other things, which says little
    /// about the programs.
    pub fn is_late_and_starved(&self) -> bool {
        self.has_only_been_late() && self.starved_ms >= STARVED_MS
    }

    /// Whether the scenario is to be run once more, with more time: a deadline passed, and its threads or,
    /// as `was_busy` says, the machine as a whole had other things to do.
    pub fn is_to_run_again(&self, was_busy: impl FnOnce() -> bool) -> bool {
        self.is_late_and_starved() || (self.has_only_been_late() && was_busy())
    }

    /// True if a deadline passed, and nothing but the programs is known to be the reason.
    fn has_only_been_late(&self) -> bool {
        self.is_late() && self.trouble.is_none()
    }

    /// True if these findings, or the whole run, may be as they are because the machine was busy or
    /// stood still, although no deadline passed: a pause became too long, or the time between two
    /// things is not what the program would have made it.
    pub(crate) fn is_time_to_blame(&self, wanted: &[Expectation], findings: &[Finding]) -> bool {
        let starved = self.starved_ms >= STARVED_MS;
        let blames = |(wanted, found): (&Expectation, &Finding)| match &found.outcome {
            Judgement::Unclear => wanted.waited.is_some(),
            // Who sets a timer and is kept from going on seems to have waited less, but not by more
            // than that.
            Judgement::Failed(Mismatch::Waited { got, wanted }) => {
                let most = i64::try_from(got / 1_000_000 + self.starved_ms).unwrap_or(i64::MAX);
                starved && wanted.at_least.is_none_or(|least| most >= least)
            }
            _ => false,
        };
        self.stretched_ms >= STARVED_MS || wanted.iter().zip(findings).any(blames)
    }

    /// True if a deadline passed, or might have if the scenario had insisted on it.
    pub(crate) fn is_late(&self) -> bool {
        self.restless
            || self.steps.iter().any(|end| match end {
                StepEnd::Unfinished | StepEnd::Failed(StepTrouble::TimedOut { .. }) => true,
                StepEnd::Failed(
                    StepTrouble::Mismatch { stopped, .. } | StepTrouble::Unlike { stopped, .. },
                ) => *stopped == Stopped::Time,
                _ => false,
            })
    }

    /// The first step that failed, and how.
    pub fn failed_step(&self) -> Option<(usize, &StepTrouble)> {
        self.steps.iter().enumerate().find_map(|(index, end)| match end {
            StepEnd::Failed(trouble) => Some((index, trouble)),
            _ => None,
        })
    }
}
