//! One run of a case, judged. Pure: what a recording says now it will say tomorrow.

use judge::{Finding, Mismatch, Outcome, Texts};

use crate::format::Case;
use crate::recording::{Recording, StepTrouble, Trouble};

/// What came of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// All of it was as it should be.
    Passed,
    /// Something was not.
    Failed,
    /// It was not run: a case it depends on did not pass.
    Skipped,
    /// What was awaited did not come in time.
    TimedOut,
    /// It could not be run here: nothing is said about the program.
    InfraError,
}

impl State {
    /// The word for it in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
            Self::TimedOut => "timeout",
            Self::InfraError => "infra-error",
        }
    }
}

/// Why a case did not pass.
#[derive(Clone, Debug, PartialEq)]
pub enum Problem {
    /// A step failed.
    Step {
        /// Which, from 0.
        index: usize,
        /// How.
        trouble: StepTrouble,
        /// What to think about.
        hint: Option<Texts>,
    },
    /// An expectation was not met.
    Expectation {
        /// Which, from 0.
        index: usize,
        /// What came of it.
        finding: Finding,
        /// What to think about.
        hint: Option<Texts>,
    },
    /// The programs did so much that the record was cut.
    Flood {
        /// How many events there were.
        events: usize,
    },
    /// A case it depends on did not pass.
    Needs(String),
    /// The fault is the machine's.
    Environment(String),
}

/// Judges a recording by its case.
pub fn judge_case(case: &Case, recording: &Recording) -> (State, Option<Problem>) {
    let environment = |what: &String| (State::InfraError, Some(Problem::Environment(what.clone())));
    match &recording.trouble {
        Some(Trouble::TooMuch { events }) => {
            return (State::Failed, Some(Problem::Flood { events: *events }));
        }
        Some(
            Trouble::Namespace { what } | Trouble::Engine { what } | Trouble::Trace { what, .. },
        ) => return environment(what),
        None => {}
    }
    if let Some((index, trouble)) = recording.failed_step() {
        let state = match trouble {
            StepTrouble::TimedOut { .. } => State::TimedOut,
            _ => State::Failed,
        };
        let hint = case.scenario.steps.get(index).and_then(|step| step.hint.clone());
        return (state, Some(Problem::Step { index, trouble: trouble.clone(), hint }));
    }
    let bound = case.expects.iter().map(|wanted| wanted.bind(&recording.variables));
    let expectations = match bound.collect::<Result<Vec<_>, _>>() {
        Ok(expectations) => expectations,
        Err(mistake) => return environment(&mistake),
    };
    let findings = judge::judge(&expectations, &recording.timeline());
    let missed = findings.into_iter().enumerate().find(|(_, finding)| !passed(&finding.outcome));
    match missed {
        None => (State::Passed, None),
        Some((index, finding)) => {
            let hint = expectations[index].hint.clone();
            (State::Failed, Some(Problem::Expectation { index, finding, hint }))
        }
    }
}

/// What cannot be told did not pass: a check never fails open.
fn passed(outcome: &Outcome) -> bool {
    *outcome == Outcome::Passed
}

impl Problem {
    /// The hint that stands beside what failed.
    pub fn hint(&self) -> Option<&Texts> {
        match self {
            Self::Step { hint, .. } | Self::Expectation { hint, .. } => hint.as_ref(),
            _ => None,
        }
    }

    /// The events it is about, by `seq`.
    pub fn evidence(&self) -> Vec<u64> {
        match self {
            Self::Expectation { finding, .. } => match &finding.outcome {
                Outcome::Failed(Mismatch::Different { seen }) => seen.clone(),
                _ => finding.evidence.clone(),
            },
            _ => Vec::new(),
        }
    }
}
