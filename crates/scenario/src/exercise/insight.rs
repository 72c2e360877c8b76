//! What can be said about a student's program in a case that it did not pass, from the recording:
//! what it did, and which explanations apply to it.

use socklab_event::{Args, Errno, Signal};
use socklab_flows::Flows;
use socklab_judge::{
    Asked, Deed, ExitWanted, Expectation, Explanation, HttpKind, Judgement, Mismatch, Missed,
    Pattern, Subject, deed,
};

use super::check::{CaseReport, Problem};
use crate::format::{Run, Until, Verb};
use crate::recording::Recording;
use crate::step_end::{Awaited, Comparison, StepTrouble, SurplusAfter};
use crate::verdict::CaseState;

/// Left out: the program is killed at the end of its case.
const OURS: [&str; 1] = ["killed-connected"];
/// Left out where the scenario holds threads of the program between two calls: what was waited for
/// then is no delay of its own.
const OURS_IF_HELD: [&str; 1] = ["accept-late"];

/// What can be said about a student's program.
#[derive(Clone, Debug, Default)]
pub struct Insight {
    /// What it did; `None` if nothing is certain.
    pub deed: Option<Deed>,
    /// Explanations of what happened to it.
    pub explanations: Vec<Explanation>,
}

impl Insight {
    /// The keys of the rules that have found something, and of the cause behind the deed.
    pub fn rules(&self) -> Vec<&'static str> {
        let explained = self.explanations.iter().map(|one| one.rule);
        let did = self.deed.iter().flat_map(Deed::keys);
        did.chain(explained).collect()
    }
}

impl CaseReport<'_> {
    /// What can be said about the program in this case; nothing if it passed or was not run.
    pub fn insight(&self) -> Insight {
        let (Some(recording), Some(problem)) = (&self.recording, self.problem()) else {
            return Insight::default();
        };
        if self.verdict.state == CaseState::InfraError {
            return Insight::default();
        }
        let bound = self.missed_expectation(recording);
        let Some(actor) = self.accused(problem, bound.as_ref()) else {
            return Insight::default();
        };
        let timeline = recording.timeline();
        let flows = Flows::of(&timeline);
        let signals = self.signals(actor);
        let looks = self.looks(recording);
        let asked = Asked {
            actor,
            port: recording.variables.port,
            missed: missed(problem, bound.as_ref(), self),
            present: &recording.present,
            signals: &signals,
            looks: &looks,
        };
        let is_its = |seq: u64| {
            let at = flows.order.iter().position(|event| event.seq == seq);
            at.is_some_and(|at| flows.actor_at(at) == Some(actor))
        };
        let mut explanations = socklab_judge::explain(&flows);
        // A server that waits for its client behaves correctly: the client only stopped because the
        // case is over.
        let serves = (0..flows.order.len()).any(|at| {
            let accepts = flows.call(at).is_some_and(|call| {
                matches!(call.args, Args::Accept { .. }) && call.value().is_some()
            });
            accepts && flows.actor_at(at) == Some(actor)
        });
        let held = self.holds(actor);
        explanations.retain(|one| {
            let ours = OURS.contains(&one.rule) || held && OURS_IF_HELD.contains(&one.rule);
            is_its(one.decisive()) && !ours && !(serves && one.rule == "waits-for-end")
        });
        Insight { deed: deed(&flows, &asked), explanations }
    }

    fn missed_expectation(&self, recording: &Recording) -> Option<Expectation> {
        let Some(Problem::Missed(_, index)) = self.problem() else { return None };
        self.case.expects.get(index)?.bind(&recording.variables).ok()
    }

    /// How that looks which peers should have received from the student's program in this case.
    fn looks(&self, recording: &Recording) -> Vec<Pattern> {
        let bound = self.case.expects.iter().filter_map(|one| one.bind(&recording.variables).ok());
        let patterns = bound.filter_map(|one| match one.subject {
            Subject::Stream(stream) => {
                let own = self.submissions().any(|own| own == stream.actor);
                (own == stream.sent).then_some(stream.bytes.patterns)
            }
            _ => None,
        });
        patterns.flatten().collect()
    }

    /// The student's program as it was run: the name of the actor, and its command.
    pub fn runs(&self) -> impl Iterator<Item = (&str, &[String])> {
        let columns = self.recording.iter().flat_map(|recording| &recording.header.columns);
        let runs = columns.filter(|one| self.submissions().any(|name| name == one.label));
        runs.map(|one| (one.label.as_str(), one.argv.as_slice()))
    }

    /// The actors that run the student's program.
    fn submissions(&self) -> impl Iterator<Item = &str> {
        let actors = self.case.scenario.actors.iter();
        actors.filter(|actor| actor.run == Run::Submission).map(|actor| actor.name.as_str())
    }

    /// Which run of the student's program the problem is about: the one that it names, or else the
    /// last one that was started.
    fn accused<'a>(
        &'a self,
        problem: Problem<'_>,
        wanted: Option<&Expectation>,
    ) -> Option<&'a str> {
        let named: Vec<String> = match problem {
            Problem::Step(
                StepTrouble::TimedOut { who, .. }
                | StepTrouble::Ended { who, .. }
                | StepTrouble::WrongPort { who, .. }
                | StepTrouble::Nowhere { who }
                | StepTrouble::NotRunning { who },
            ) => vec![who.clone()],
            Problem::Missed(..) => {
                let actors = wanted.map(|wanted| wanted.subject.actors()).unwrap_or_default();
                actors.into_iter().map(str::to_owned).collect()
            }
            _ => Vec::new(),
        };
        let by_name = self.submissions().find(|one| named.iter().any(|name| name == one));
        by_name.or_else(|| {
            let steps = &self.case.scenario.steps;
            let reached = self.verdict.step.as_ref().map_or(steps.len(), |(index, _)| index + 1);
            let started =
                steps[..reached.min(steps.len())].iter().rev().find_map(|step| match &step.verb {
                    Verb::Start { actor, .. } => self.submissions().find(|one| one == actor),
                    _ => None,
                });
            started.or_else(|| self.submissions().next())
        })
    }

    /// True if the scenario holds threads of an actor.
    fn holds(&self, actor: &str) -> bool {
        let mut steps = self.case.scenario.steps.iter();
        steps.any(|step| matches!(&step.verb, Verb::Hold { actor: held, .. } if held == actor))
    }

    /// The signals that the scenario sends to an actor.
    fn signals(&self, to: &str) -> Vec<Signal> {
        let steps = self.case.scenario.steps.iter();
        let sent = steps.filter_map(|step| match &step.verb {
            Verb::Signal { actor, signal } if actor == to => Some(*signal),
            _ => None,
        });
        sent.collect()
    }
}

/// What the program did not do, as far as the scenario could see.
fn missed<'a>(
    problem: Problem<'a>,
    wanted: Option<&'a Expectation>,
    done: &CaseReport<'_>,
) -> Missed<'a> {
    match problem {
        Problem::Step(trouble) => of_step(trouble, done),
        Problem::Missed(finding, _) => {
            let running =
                matches!(finding.outcome, Judgement::Failed(Mismatch::Exit { got: None }));
            wanted.map_or(Missed::Other, |wanted| of_expectation(wanted, running, done))
        }
        Problem::Trouble(_) | Problem::Needs(_) | Problem::Arguments(_) => Missed::Other,
    }
}

fn of_step<'a>(trouble: &'a StepTrouble, done: &CaseReport<'_>) -> Missed<'a> {
    match trouble {
        StepTrouble::TimedOut { who, awaited, blocked_in, .. } => match awaited {
            Awaited::OneOf(conditions) => of_conditions(conditions),
            _ => match blocked_in.as_deref() {
                Some("accept" | "accept4") => Missed::Connected,
                _ if awaited.ends_with_the_stream() => Missed::Close { peer: who },
                _ => Missed::Bytes { peer: who, expected: &[] },
            },
        },
        StepTrouble::Ended { awaited: Awaited::OneOf(conditions), .. } => of_conditions(conditions),
        StepTrouble::Ended { .. } | StepTrouble::NotRunning { .. } => Missed::Running,
        StepTrouble::Mismatch { who, how: Comparison::End, .. } => Missed::Close { peer: who },
        StepTrouble::Mismatch { who, how, expected, got, skipped, .. } => match how {
            Comparison::Contains => Missed::Within { peer: who, expected: &expected.sample },
            Comparison::Anything | Comparison::Length => {
                Missed::Bytes { peer: who, expected: &expected.sample }
            }
            _ if got.total == 0 => Missed::Bytes { peer: who, expected: &expected.sample },
            _ => Missed::Instead { peer: who, expected, got, skipped: *skipped },
        },
        StepTrouble::Unlike { who, .. } => Missed::Bytes { peer: who, expected: &[] },
        StepTrouble::Surplus { who, bytes, after: SurplusAfter::Answer(answer), .. } => {
            Missed::Besides { peer: who, answer, surplus: bytes }
        }
        StepTrouble::Surplus { who, .. } => Missed::Bytes { peer: who, expected: &[] },
        StepTrouble::Sender { who, .. } => Missed::Elsewhere { peer: who },
        StepTrouble::WrongPort { .. } | StepTrouble::Nowhere { .. } => ready(done),
        StepTrouble::Call { call, .. } if call == "connect" => ready(done),
        // Nobody was there any more to receive it.
        StepTrouble::Call { who, call, error: Errno::ECONNRESET | Errno::EPIPE, .. }
            if call.starts_with("send") =>
        {
            Missed::Bytes { peer: who, expected: &[] }
        }
        StepTrouble::Call { .. } => Missed::Other,
    }
}

fn of_conditions(conditions: &[Until]) -> Missed<'static> {
    conditions
        .iter()
        .find_map(|condition| match condition {
            Until::Listening => Some(Missed::Listening),
            Until::Bound => Some(Missed::Bound),
            Until::Connected => Some(Missed::Connected),
            Until::Sent(_) => Some(Missed::Bytes { peer: "", expected: &[] }),
            Until::Called { call, .. } if matches!(call.as_str(), "send" | "sendto") => {
                Some(Missed::Bytes { peer: "", expected: &[] })
            }
            _ => None,
        })
        .or(conditions.contains(&Until::Exited).then_some(Missed::End))
        .unwrap_or(Missed::Running)
}

/// What it means for the server of this case to be ready.
fn ready(done: &CaseReport<'_>) -> Missed<'static> {
    let binds = done.case.scenario.steps.iter().any(|step| match &step.verb {
        Verb::Start { until, .. } | Verb::Wait { until, .. } => until.contains(&Until::Bound),
        _ => false,
    });
    if binds { Missed::Bound } else { Missed::Listening }
}

fn of_expectation<'a>(wanted: &'a Expectation, running: bool, done: &CaseReport<'_>) -> Missed<'a> {
    // Something happened that should not have; nothing is missing.
    if wanted.times.at_most == Some(0) {
        return Missed::Other;
    }
    match &wanted.subject {
        Subject::Exit { wanted: ExitWanted::Running, .. } => Missed::Running,
        Subject::Exit { wanted: ExitWanted::Failure, .. } if !running => Missed::Failure,
        Subject::Exit { .. } if running => Missed::End,
        Subject::Exit { wanted: ExitWanted::Code(0), .. } => Missed::Success,
        Subject::Output { bytes, .. } => {
            Missed::Output { expected: bytes.sample().unwrap_or_default() }
        }
        Subject::Stream(stream) => {
            let expected = stream.bytes.sample().unwrap_or_default();
            let own = done.submissions().any(|own| own == stream.actor);
            if own && !stream.sent {
                return Missed::Received { expected };
            }
            let peer = match stream.sent {
                true => stream.peer.as_deref().unwrap_or(""),
                false => &stream.actor,
            };
            match stream.bytes.contains {
                Some(_) => Missed::Within { peer, expected },
                None => Missed::Bytes { peer, expected },
            }
        }
        Subject::Http(http) => {
            // A request is what its actor sends, a response what it receives.
            let sends = http.kind == HttpKind::Request;
            let peer = if sends { http.peer.as_deref().unwrap_or("") } else { &http.actor };
            Missed::Bytes { peer, expected: &[] }
        }
        Subject::Call(call) if matches!(call.call.as_str(), "bind" | "listen") => ready(done),
        Subject::Call(call) if call.call.as_str() == "connect" => Missed::Connected,
        _ => Missed::Other,
    }
}
