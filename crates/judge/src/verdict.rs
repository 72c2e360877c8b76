//! Expectations and a timeline make verdicts.

use std::collections::BTreeMap;

use serde::Serialize;
use socklab_event::{Event, Exit, Process, SocketId, Timeline};

use crate::expect::{CallWanted, ExitWanted, Expectation, Subject};
use crate::expect_pattern::BytesWanted;
use crate::verdict_scene::Scene;

/// The verdict on one expectation.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// The expectation's name.
    pub name: String,
    /// What came of it.
    pub outcome: Judgement,
    /// The events it rests on, by `seq`.
    pub evidence: Vec<u64>,
}

/// What came of an expectation.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Judgement {
    /// It was met.
    Passed,
    /// It was not.
    Failed(Mismatch),
    /// Not judged, because this one was not met.
    Skipped {
        /// Its name.
        because: String,
    },
    /// The record cannot tell: it holds only the first bytes of what moved.
    Unclear,
}

/// How an expectation was missed.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mismatch {
    /// Nothing of the kind happened.
    Nothing,
    /// Such calls were made, but not as expected: these, by `seq`.
    Different {
        /// Calls of the same name by the same actor.
        seen: Vec<u64>,
    },
    /// It happened more often, or less, than expected.
    Times {
        /// How often it should have.
        wanted: String,
        /// How often it did.
        got: usize,
    },
    /// Other bytes.
    Bytes {
        /// Those expected, if there were any named.
        wanted: Vec<u8>,
        /// Those seen; of several streams, the one most like it.
        got: Vec<u8>,
        /// How many there were in all.
        total: u64,
    },
    /// It ended otherwise, or not at all.
    Exit {
        /// How it ended.
        got: Option<Exit>,
    },
}

/// Judges every expectation, in their order.
pub fn judge(expectations: &[Expectation], timeline: &Timeline) -> Vec<Finding> {
    let scene = Scene::new(timeline);
    let mut findings: Vec<Finding> = Vec::new();
    // What each name rests on, for `after`, `before` and `same_socket`.
    let mut evidence: BTreeMap<&str, &Event> = BTreeMap::new();
    for expectation in expectations {
        let met = |name: &String| {
            let finding = findings.iter().find(|finding| finding.name == *name);
            // What nobody knows of was not met.
            finding.is_some_and(|finding| finding.outcome == Judgement::Passed)
        };
        if let Some(because) = expectation.depends_on.iter().find(|name| !met(name)).cloned() {
            let outcome = Judgement::Skipped { because };
            findings.push(Finding {
                name: expectation.name.clone(),
                outcome,
                evidence: Vec::new(),
            });
            continue;
        }
        let window = Window::of(expectation, &evidence);
        let (outcome, events) = match window {
            Some(window) => window.judge(expectation, &scene),
            None => (Judgement::Failed(Mismatch::Nothing), Vec::new()),
        };
        if let Some(first) = events.first().filter(|_| outcome == Judgement::Passed) {
            evidence.insert(&expectation.name, first);
        }
        findings.push(Finding {
            name: expectation.name.clone(),
            outcome,
            evidence: events.iter().map(|event| event.seq).collect(),
        });
    }
    findings
}

/// Which events count for an expectation.
struct Window<'t> {
    after: Option<(u64, u64)>,
    before: Option<(u64, u64)>,
    socket: Option<&'t SocketId>,
}

/// A judgement, and the events it rests on.
type WithEvidence<'t> = (Judgement, Vec<&'t Event>);

impl<'t> Window<'t> {
    /// None if it depends on evidence that is not there.
    fn of(expectation: &Expectation, evidence: &BTreeMap<&str, &'t Event>) -> Option<Self> {
        let moments = |names: &[String]| {
            let moments = names
                .iter()
                .map(|name| evidence.get(name.as_str()).map(|event| (event.at, event.seq)));
            moments.collect::<Option<Vec<_>>>()
        };
        let socket = match &expectation.same_socket {
            None => None,
            Some(name) => Some(evidence.get(name.as_str())?.call()?.socket.as_ref()?),
        };
        Some(Self {
            after: moments(&expectation.after)?.into_iter().max(),
            before: moments(&expectation.before)?.into_iter().min(),
            socket,
        })
    }

    fn has(&self, event: &Event) -> bool {
        let moment = (event.at, event.seq);
        let socket = |wanted: &SocketId| {
            event
                .call()
                .and_then(|call| call.socket.as_ref())
                .is_some_and(|socket| socket.is_same(wanted))
        };
        self.after.is_none_or(|after| moment > after)
            && self.before.is_none_or(|before| moment < before)
            && self.socket.is_none_or(socket)
    }

    fn judge(&self, expectation: &Expectation, scene: &Scene<'t>) -> WithEvidence<'t> {
        match &expectation.subject {
            Subject::Call(call) => self.calls(call, expectation, scene),
            Subject::State(state) => {
                let fits = |event: &&Event| self.has(event) && state.fits(scene, event);
                counted(expectation, scene.events.iter().copied().filter(fits).collect(), &[])
            }
            Subject::Signal { actor, signal } => {
                let fits = |event: &&Event| {
                    self.has(event)
                        && scene.is_by(event, Some(actor))
                        && matches!(event.process(), Some(Process::Signal { signal: got }) if got == signal)
                };
                counted(expectation, scene.events.iter().copied().filter(fits).collect(), &[])
            }
            Subject::Stream(stream) => {
                streams(&stream.bytes, stream.candidates(scene), expectation)
            }
            Subject::Output { actor, stream, bytes } => {
                let (sample, total, events) = scene.output(actor, *stream);
                streams(bytes, vec![(socklab_event::Bytes { sample, total }, events)], expectation)
            }
            Subject::Exit { actor, wanted } => {
                let exit = scene.exit(actor);
                let got = exit.map(|(_, exit)| exit);
                let fits = match (wanted, got) {
                    (ExitWanted::Running, got) => got.is_none(),
                    (ExitWanted::Any, got) => got.is_some(),
                    (ExitWanted::Code(code), Some(Exit::Code(got))) => *code == got,
                    (ExitWanted::Failure, Some(Exit::Code(got))) => got != 0,
                    (ExitWanted::Signal(signal), Some(Exit::Signal(got))) => *signal == got,
                    _ => false,
                };
                let outcome = if fits {
                    Judgement::Passed
                } else {
                    Judgement::Failed(Mismatch::Exit { got })
                };
                (outcome, exit.map(|(event, _)| event).into_iter().collect())
            }
        }
    }

    fn calls(
        &self,
        call: &CallWanted,
        expectation: &Expectation,
        scene: &Scene<'t>,
    ) -> WithEvidence<'t> {
        let kin: Vec<&Event> = scene
            .events
            .iter()
            .copied()
            .filter(|event| call.is_kind(scene, event) == Some(true) && self.has(event))
            .collect();
        let mut unclear = false;
        let fits = |event: &&&Event| {
            // `is_kind` has seen that it is a call.
            let fit = event.call().map_or(Some(false), |made| call.fits(scene, made));
            unclear |= fit.is_none();
            fit == Some(true)
        };
        let found: Vec<&Event> = kin.iter().filter(fits).copied().collect();
        let (outcome, events) = counted(expectation, found, &kin);
        match outcome {
            Judgement::Failed(_) if unclear => (Judgement::Unclear, events),
            outcome => (outcome, events),
        }
    }
}

/// Were there as many as expected?
fn counted<'t>(
    expectation: &Expectation,
    found: Vec<&'t Event>,
    kin: &[&'t Event],
) -> WithEvidence<'t> {
    let count = i64::try_from(found.len()).unwrap_or(i64::MAX);
    if expectation.times.has(count) {
        return (Judgement::Passed, found);
    }
    let mismatch = match (found.is_empty(), kin.is_empty()) {
        (true, true) => Mismatch::Nothing,
        (true, false) => Mismatch::Different { seen: kin.iter().map(|event| event.seq).collect() },
        (false, _) => Mismatch::Times { wanted: expectation.times.to_string(), got: found.len() },
    };
    let events = if found.is_empty() { kin.to_vec() } else { found };
    (Judgement::Failed(mismatch), events)
}

/// Is there a stream of these bytes?
fn streams<'t>(
    wanted: &BytesWanted,
    candidates: Vec<(socklab_event::Bytes, Vec<&'t Event>)>,
    expectation: &Expectation,
) -> WithEvidence<'t> {
    let never = expectation.times.at_most == Some(0);
    let fit = |bytes: &socklab_event::Bytes| wanted.fit(&bytes.sample, bytes.total);
    let found = candidates.iter().find(|(bytes, _)| fit(bytes) == Some(true));
    if let Some((_, events)) = found {
        let outcome = match never {
            true => Judgement::Failed(Mismatch::Times { wanted: "0".to_owned(), got: 1 }),
            false => Judgement::Passed,
        };
        return (outcome, events.clone());
    }
    if candidates.iter().any(|(bytes, _)| fit(bytes).is_none()) {
        return (Judgement::Unclear, Vec::new());
    }
    if never {
        return (Judgement::Passed, Vec::new());
    }
    let sample = wanted.sample().unwrap_or_default().to_vec();
    let alike = |bytes: &socklab_event::Bytes| {
        bytes.sample.iter().zip(&sample).take_while(|(a, b)| a == b).count()
    };
    match candidates.into_iter().max_by_key(|(bytes, _)| (alike(bytes), bytes.total)) {
        None => (Judgement::Failed(Mismatch::Nothing), Vec::new()),
        Some((bytes, events)) => {
            let mismatch =
                Mismatch::Bytes { wanted: sample, got: bytes.sample, total: bytes.total };
            (Judgement::Failed(mismatch), events)
        }
    }
}
