//! What comes back from a run: the timeline, and how far the steps got.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use socklab_event::{Bytes, Errno, Event, Exit, Header, Timeline};
use socklab_judge::Expectation;

use crate::Variables;
use crate::format::{Scenario, Step, Wanted};

/// What to run, and with what.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Request {
    /// The scenario.
    pub(crate) scenario: Scenario,
    /// Placeholders; the port is the one wished for.
    pub(crate) variables: Variables,
    /// Names that `run = ["NAME", …]` finds in this same binary.
    pub(crate) programs: Vec<String>,
    /// What the student wrote.
    pub(crate) submission: Option<Submission>,
    /// Where to run.
    pub(crate) place: PlaceWanted,
    /// A folder for this run alone.
    pub(crate) scratch: PathBuf,
}

/// A student's program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission {
    /// Command and arguments; may have placeholders.
    pub argv: Vec<String>,
    /// Its working directory; ours if none.
    pub directory: Option<PathBuf>,
}

/// Where to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlaceWanted {
    /// A private loopback.
    Private,
    /// The machine's own loopback.
    Machine,
}

/// Where it ran.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// A private loopback; with or without a process namespace.
    Private {
        /// True with a process namespace.
        processes: bool,
    },
    /// The machine's own loopback, for this reason if a private one was wanted.
    Machine {
        /// The refused step.
        because: Option<String>,
    },
}

/// From here on a tracer has starved. On an idle machine it stands in line for some milliseconds.
const STARVED_MS: u64 = 200;

/// A run, recorded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recording {
    /// About the timeline.
    pub header: Header,
    /// The timeline's events.
    pub events: Vec<Event>,
    /// How far each step got.
    pub steps: Vec<StepEnd>,
    /// Where it ran.
    pub place: Place,
    /// The placeholders as they were.
    pub variables: Variables,
    /// The moment the last step was over, nanoseconds of `CLOCK_MONOTONIC`: what had not returned
    /// or ended by then, never did.
    pub over: u64,
    /// Why the run says nothing about the programs, if it does not: the environment's fault.
    pub trouble: Option<Trouble>,
    /// How long the tracer, without which the programs make no call, stood in line for a
    /// processor, ms; 0 if that was about as long as it ran, or the kernel does not count it.
    pub starved_ms: u64,
    /// True if it ran once before, and had too little time.
    pub second: bool,
}

/// How far a step got.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepEnd {
    /// It is done.
    Done,
    /// It is done, and a call of it failed, as it may.
    DoneWithError {
        /// Which.
        call: String,
        /// How.
        error: Errno,
    },
    /// It did something in the background, and had not finished when the scenario was over.
    Unfinished,
    /// An earlier step failed.
    NotReached,
    /// It failed.
    Failed(StepTrouble),
}

/// Why a step failed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepTrouble {
    /// What was awaited did not come in time.
    TimedOut {
        /// Of whom.
        who: String,
        /// What.
        awaited: String,
        /// For how long.
        after_ms: u64,
        /// The call it was waiting in.
        blocked_in: Option<String>,
    },
    /// The program ended while something else was awaited of it.
    Ended {
        /// Which.
        who: String,
        /// What was awaited.
        awaited: String,
        /// How it ended.
        exit: Exit,
        /// The last it printed.
        output: String,
    },
    /// Other bytes came than were expected.
    Mismatch {
        /// Who compared.
        who: String,
        /// `equals`, `contains`, `length`, `end` or `datagram`.
        how: String,
        /// What was expected.
        expected: Bytes,
        /// What came.
        got: Bytes,
        /// So many equal bytes before these are left out.
        skipped: u64,
        /// Why no more came.
        stopped: Stopped,
    },
    /// A call of a scripted peer failed.
    Call {
        /// Whose.
        who: String,
        /// Which.
        call: String,
        /// How.
        error: Errno,
    },
    /// There is no address to connect to: it does not listen.
    Nowhere {
        /// Who does not.
        who: String,
    },
    /// It does not run (any more), or was never started.
    NotRunning {
        /// Who.
        who: String,
    },
}

/// Why a peer stopped receiving.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stopped {
    /// It had seen enough.
    Enough,
    /// The stream ended.
    End,
    /// Nothing more came in time.
    Time,
    /// The connection was reset.
    Reset,
}

/// Why a run says nothing about the programs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// A private loopback was refused.
    Namespace {
        /// Step and error.
        what: String,
    },
    /// The programs could not be traced or started.
    Trace {
        /// What the tracer said.
        what: String,
        /// True if it is about the program named (not found, not executable).
        program: bool,
    },
    /// The programs did so much that the record was cut.
    TooMuch {
        /// How many events there were.
        events: usize,
    },
    /// Something that is no step told a scripted peer what to do.
    Disturbed {
        /// The peer.
        who: String,
    },
    /// The engine failed.
    Engine {
        /// How.
        what: String,
    },
}

impl Recording {
    /// The timeline alone.
    pub fn timeline(&self) -> Timeline {
        Timeline { header: self.header.clone(), events: self.events.clone() }
    }

    /// Expectations with the placeholders of this run. What depends on a step that is done depends
    /// on nothing more; the judge knows of no steps.
    pub(crate) fn bound<'a>(
        &'a self,
        wanted: &'a [Wanted],
        steps: &'a [Step],
    ) -> impl Iterator<Item = Result<Expectation, String>> + 'a {
        let done = |name: &String| {
            let mut ends = steps.iter().zip(&self.steps);
            let found = ends.find(|(step, _)| step.name.as_ref() == Some(name));
            found.is_some_and(|(_, end)| {
                matches!(end, StepEnd::Done | StepEnd::DoneWithError { .. })
            })
        };
        wanted.iter().map(move |wanted| {
            let mut expectation = wanted.bind(&self.variables)?;
            expectation.depends_on.retain(|name| !done(name));
            Ok(expectation)
        })
    }

    /// Something was awaited in vain while the machine was busy with other things: that says little
    /// about the programs.
    pub fn is_late_and_starved(&self) -> bool {
        self.is_late() && self.trouble.is_none() && self.starved_ms >= STARVED_MS
    }

    /// Something was awaited in vain.
    pub(crate) fn is_late(&self) -> bool {
        self.steps.iter().any(|end| match end {
            StepEnd::Unfinished | StepEnd::Failed(StepTrouble::TimedOut { .. }) => true,
            StepEnd::Failed(StepTrouble::Mismatch { stopped, .. }) => *stopped == Stopped::Time,
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
