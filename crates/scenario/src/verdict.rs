//! The verdict on one case of an exercise, based on its recording.

use std::collections::BTreeSet;

use serde::Serialize;
use socklab_event::{Call, Endpoint, Errno, Timeline};
use socklab_flows::{Flows, NAME_SERVER_PORT};
use socklab_judge::Finding;

use crate::format::{Case, Step, Until, Verb};
use crate::recording::{NamesUsed, PlaceUsed, Recording, Trouble};
use crate::step_end::{PortChoice, StepEnd, StepTrouble};

impl Verdict {
    /// Fails the case because the program listens on another port in every run, so that no client
    /// could know it.
    pub(crate) fn refuse_port(
        &mut self,
        case: &Case,
        recording: &Recording,
        found: u16,
        before: u16,
    ) {
        if self.state != CaseState::Passed {
            return;
        }
        let reaches = |step: &Step| match &step.verb {
            Verb::Start { actor, until } | Verb::Wait { actor, until } => until
                .iter()
                .any(|until| matches!(until, Until::Listening | Until::Bound))
                .then(|| actor.clone()),
            _ => None,
        };
        let mut steps = case.scenario.steps.iter().enumerate();
        if let Some((index, who)) = steps.find_map(|(index, step)| Some((index, reaches(step)?))) {
            let because = PortChoice::Changing { before };
            let asked = recording.variables.port;
            self.step = Some((index, StepTrouble::WrongPort { who, asked, found, because }));
        }
        (self.state, self.points) = (CaseState::Failed, 0);
    }
}

/// The verdict on a case.
#[derive(Clone, Debug, Serialize)]
pub struct Verdict {
    /// The case's name.
    pub case: String,
    /// The verdict in a word.
    pub state: CaseState,
    /// Points earned.
    pub points: u32,
    /// Points that could be earned.
    pub of: u32,
    /// The verdicts on the expectations.
    pub findings: Vec<Finding>,
    /// The step that failed, by its index, and how.
    pub step: Option<(usize, StepTrouble)>,
    /// The reason, if there is one, why the run says little or nothing about the program.
    pub trouble: Option<Trouble>,
    /// For a skipped case, the name of the one it depends on.
    pub because: Option<String>,
    /// For a skipped case, the arguments for which the command has no place.
    pub without_place_for: Option<Vec<String>>,
}

/// A verdict in a word. A case passes only if everything is known to be right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CaseState {
    /// All as expected.
    Passed,
    /// Something is not as expected.
    Failed,
    /// Not judged: it depends on a case that did not pass.
    Skipped,
    /// Something did not happen in time.
    Timeout,
    /// Something failed that is not the program's fault.
    InfraError,
}

/// The timeline without the conversations that a library has with a name server on a program's
/// behalf: whether and how it has them is not what a program is judged by.
fn without_lookups(flows: &Flows<'_>, timeline: &Timeline) -> Timeline {
    let calls = flows.lookups.iter().flat_map(|lookup| &lookup.calls);
    let theirs: BTreeSet<u64> = calls.map(|at| flows.order[*at].seq).collect();
    let own = timeline.events.iter().filter(|event| !theirs.contains(&event.seq)).cloned();
    Timeline { header: timeline.header.clone(), events: own.collect() }
}

/// True if a program asked a name server, or `systemd-resolved(8)`, which answers in its place.
fn asks_for_names(timeline: &Timeline) -> bool {
    let asks = |call: &Call| match call.peer_address() {
        Some(Endpoint::Unix { path }) => {
            path.ends_with("/io.systemd.Resolve") && call.value().is_some()
        }
        address => address.and_then(Endpoint::port) == Some(NAME_SERVER_PORT),
    };
    timeline.events.iter().filter_map(|event| event.call()).any(asks)
}

/// True if a scripted peer did not get its port.
fn is_port_taken(trouble: &StepTrouble) -> bool {
    matches!(trouble, StepTrouble::Call { call, error: Errno::EADDRINUSE, .. } if call == "bind")
}

/// True if a program connects or sends to this port.
fn goes_to(timeline: &Timeline, port: u16) -> bool {
    let goes = |call: &Call| call.peer_address().and_then(Endpoint::port) == Some(port);
    timeline.events.iter().filter_map(|event| event.call()).any(goes)
}

impl Case {
    /// Judges a recording of this case's scenario.
    pub fn judge(&self, recording: &Recording) -> Verdict {
        let mut verdict = self.verdict(CaseState::Passed);
        let timeline = recording.timeline();
        let mut busy = false;
        match recording.bound(&self.expects, &self.scenario.steps).collect::<Result<Vec<_>, _>>() {
            Ok(expectations) => {
                let flows = Flows::of(&timeline);
                let judge = |flows: &Flows<'_>| {
                    socklab_judge::judge_with_pauses(&expectations, flows, &recording.still)
                };
                verdict.findings = match flows.lookups.is_empty() || recording.looks_up_itself() {
                    true => judge(&flows),
                    false => judge(&Flows::of(&without_lookups(&flows, &timeline))),
                };
                busy = recording.is_time_to_blame(&expectations, &verdict.findings);
            }
            Err(what) => verdict.trouble = Some(Trouble::Engine { what }),
        }
        let failed = recording.failed_step();
        verdict.step = failed.map(|(index, trouble)| (index, trouble.clone()));
        verdict.step = verdict.step.or_else(|| self.unfinished(recording));
        verdict.trouble = recording.trouble.clone().or(verdict.trouble);
        let all_done = recording.steps.len() == self.scenario.steps.len()
            && recording.steps.iter().all(StepEnd::is_done);
        let unclear = verdict
            .findings
            .iter()
            .any(|finding| finding.outcome == socklab_judge::Judgement::Unclear);
        let missed = verdict
            .findings
            .iter()
            .any(|finding| finding.outcome != socklab_judge::Judgement::Passed);
        // A limit that kept nothing from being done is in the recording. Whether it was reached just before
        // or after the last of it is chance.
        let limited = matches!(verdict.trouble, Some(Trouble::Limit { .. }));
        if limited && verdict.step.is_none() && all_done && !unclear && !missed {
            verdict.trouble = None;
        }
        verdict.state = match (&verdict.trouble, &verdict.step) {
            // A program that writes to the engine's pipes is wrong, and so is one that uses more than
            // it may. No other trouble is its fault.
            (Some(Trouble::Disturbed { .. } | Trouble::Limit { .. }), _) => CaseState::Failed,
            (Some(_), _) => CaseState::InfraError,
            (None, Some((_, StepTrouble::TimedOut { .. }))) => CaseState::Timeout,
            (None, Some(_)) => CaseState::Failed,
            (None, None) if !all_done || unclear => CaseState::InfraError,
            (None, None) if missed => CaseState::Failed,
            (None, None) => CaseState::Passed,
        };
        // A name that the place could not answer for may be what is wrong.
        if matches!(verdict.state, CaseState::Failed | CaseState::Timeout)
            && let NamesUsed::Machine { because } = &recording.names
            && asks_for_names(&timeline)
        {
            verdict.state = CaseState::InfraError;
            verdict.trouble = Some(Trouble::Names { what: because.clone() });
        }
        // On the machine's own loopback, somebody else may have taken the port in the meantime, and a
        // port that a program knows by heart may be somebody else's.
        let port = self.scenario.port;
        let known = recording.variables.port != port && !self.scenario.port_free;
        if matches!(verdict.state, CaseState::Failed | CaseState::Timeout)
            && matches!(recording.place, PlaceUsed::Machine { .. })
            && (verdict.step.as_ref().is_some_and(|(_, trouble)| is_port_taken(trouble))
                || known && goes_to(&timeline, port))
        {
            verdict.state = CaseState::InfraError;
            verdict.trouble = Some(Trouble::Port { port });
        }
        if busy && verdict.trouble.is_none() && verdict.state != CaseState::Passed {
            verdict.state = CaseState::InfraError;
            verdict.trouble = Some(Trouble::Busy);
        }
        if verdict.state == CaseState::Passed {
            verdict.points = verdict.of;
        }
        verdict
    }

    /// A step in the background that had not finished, so that what it checks is not known.
    fn unfinished(&self, recording: &Recording) -> Option<(usize, StepTrouble)> {
        let index = recording.steps.iter().position(|end| *end == StepEnd::Unfinished)?;
        let step = self.scenario.steps.get(index)?;
        let Verb::Peer { peer, .. } = &step.verb else { return None };
        let trouble = StepTrouble::TimedOut {
            who: peer.clone(),
            awaited: step.awaited(),
            after_ms: step.within_ms,
            blocked_in: None,
            stuck: false,
        };
        Some((index, trouble))
    }

    /// The verdict on a case that was not run, because it depends on another.
    pub fn skipped(&self, because: &str) -> Verdict {
        Verdict { because: Some(because.to_owned()), ..self.verdict(CaseState::Skipped) }
    }

    /// The verdict on a case that was not run, because nobody knows where these arguments of it
    /// belong in the program's command.
    pub(crate) fn without_place_for(&self, arguments: &[String]) -> Verdict {
        let without_place_for = Some(arguments.to_vec());
        Verdict { without_place_for, ..self.verdict(CaseState::Skipped) }
    }

    /// The verdict on a case that could not be run.
    pub fn not_run(&self, what: impl ToString) -> Verdict {
        let trouble = Some(Trouble::Engine { what: what.to_string() });
        Verdict { trouble, ..self.verdict(CaseState::InfraError) }
    }

    fn verdict(&self, state: CaseState) -> Verdict {
        Verdict {
            case: self.name.clone(),
            state,
            points: 0,
            of: self.points,
            findings: Vec::new(),
            step: None,
            trouble: None,
            because: None,
            without_place_for: None,
        }
    }
}
