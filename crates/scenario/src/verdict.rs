//! What a recording says about one case of an exercise.

use serde::Serialize;
use socklab_flows::Flows;
use socklab_judge::Finding;

use crate::format::{Case, Verb};
use crate::recording::{Recording, StepEnd, StepTrouble, Trouble};

/// The verdict on a case.
#[derive(Clone, Debug, Serialize)]
pub struct Verdict {
    /// The case's name.
    pub case: String,
    /// In a word.
    pub state: State,
    /// Points earned.
    pub points: u32,
    /// Points there were to earn.
    pub of: u32,
    /// Verdicts on the expectations.
    pub findings: Vec<Finding>,
    /// The step that failed, by its index, and how.
    pub step: Option<(usize, StepTrouble)>,
    /// Why there is no verdict on the program, if there is none.
    pub trouble: Option<Trouble>,
    /// For a skipped case, the one it depends on.
    pub because: Option<String>,
}

/// A verdict in a word. Whatever is not known to be right is not passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// All as expected.
    Passed,
    /// Something is not as expected.
    Failed,
    /// Not judged: it depends on a case that did not pass.
    Skipped,
    /// Something awaited did not come in time.
    Timeout,
    /// The environment's fault, not the program's.
    InfraError,
}

impl Case {
    /// Judges a recording of this case's scenario.
    pub fn judge(&self, recording: &Recording) -> Verdict {
        let mut verdict = self.verdict(State::Passed);
        let timeline = recording.timeline();
        match recording.bound(&self.expects, &self.scenario.steps).collect::<Result<Vec<_>, _>>() {
            Ok(expectations) => {
                verdict.findings = socklab_judge::judge(&expectations, &Flows::of(&timeline))
            }
            Err(what) => verdict.trouble = Some(Trouble::Engine { what }),
        }
        let failed = recording.failed_step();
        verdict.step = failed.map(|(index, trouble)| (index, trouble.clone()));
        verdict.step = verdict.step.or_else(|| self.unfinished(recording));
        verdict.trouble = recording.trouble.clone().or(verdict.trouble);
        let all_done = recording.steps.len() == self.scenario.steps.len()
            && recording.steps.iter().all(|end| match end {
                StepEnd::Done | StepEnd::DoneWithError { .. } => true,
                StepEnd::Unfinished | StepEnd::Failed(_) | StepEnd::NotReached => false,
            });
        let unclear = verdict
            .findings
            .iter()
            .any(|finding| finding.outcome == socklab_judge::Judgement::Unclear);
        let missed = verdict
            .findings
            .iter()
            .any(|finding| finding.outcome != socklab_judge::Judgement::Passed);
        verdict.state = match (&verdict.trouble, &verdict.step) {
            // A program that makes a hundred thousand calls in a lesson is wrong, and so is one
            // that writes into the check's own pipes; all else here is not its fault.
            (Some(Trouble::TooMuch { .. } | Trouble::Disturbed { .. }), _) => State::Failed,
            (Some(_), _) => State::InfraError,
            (None, Some((_, StepTrouble::TimedOut { .. }))) => State::Timeout,
            (None, Some(_)) => State::Failed,
            (None, None) if !all_done || unclear => State::InfraError,
            (None, None) if missed => State::Failed,
            (None, None) => State::Passed,
        };
        if verdict.state == State::Passed {
            verdict.points = verdict.of;
        }
        verdict
    }

    /// A step in the background that had not come to its end: what it was to check was not seen.
    fn unfinished(&self, recording: &Recording) -> Option<(usize, StepTrouble)> {
        let index = recording.steps.iter().position(|end| *end == StepEnd::Unfinished)?;
        let step = self.scenario.steps.get(index)?;
        let Verb::Peer { peer, .. } = &step.verb else { return None };
        let trouble = StepTrouble::TimedOut {
            who: peer.clone(),
            awaited: step.verb_text(),
            after_ms: step.within_ms,
            blocked_in: None,
        };
        Some((index, trouble))
    }

    /// The verdict on a case that was not run, because it depends on another.
    pub fn skipped(&self, because: &str) -> Verdict {
        Verdict { because: Some(because.to_owned()), ..self.verdict(State::Skipped) }
    }

    /// The verdict on a case that could not be run.
    pub fn not_run(&self, what: impl ToString) -> Verdict {
        let trouble = Some(Trouble::Engine { what: what.to_string() });
        Verdict { trouble, ..self.verdict(State::InfraError) }
    }

    fn verdict(&self, state: State) -> Verdict {
        Verdict {
            case: self.name.clone(),
            state,
            points: 0,
            of: self.points,
            findings: Vec::new(),
            step: None,
            trouble: None,
            because: None,
        }
    }

    /// What a step is about, for a reader: who does what, with its line in the file.
    pub fn step_line(&self, index: usize) -> Option<(usize, &Verb)> {
        self.scenario.steps.get(index).map(|step| (step.line, &step.verb))
    }
}
