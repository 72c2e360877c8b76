//! Compares a timeline with expectations and reaches verdicts.

use std::collections::BTreeMap;
use std::ops::Range as Span;

use serde::Serialize;
use socklab_event::{Exit, Process, Signal};
use socklab_flows::{Flows, Position};

use crate::conduct::{exit, is_by, is_running, output};
use crate::difference::{Difference, nearest};
use crate::expect::{ExitWanted, Expectation, Subject};
use crate::expect_pattern::{BytesWanted, Range};
use crate::http::HttpFault;
use crate::verdict_call::Fit;

/// The verdict on one expectation.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// The expectation's name.
    pub name: String,
    /// The result.
    pub outcome: Judgement,
    /// The events it rests on, by `seq`.
    pub evidence: Vec<u64>,
}

/// The result of judging an expectation.
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
    /// The recording cannot decide: it holds only the first of the bytes that moved, or the machine
    /// stood still while a program waited.
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
        /// In what the most similar one of them differs, if that is one thing.
        difference: Option<Difference>,
    },
    /// It happened more or less often than expected.
    Times {
        /// How often it should have happened.
        wanted: String,
        /// How often it did happen.
        got: usize,
    },
    /// Other bytes.
    Bytes {
        /// Those expected, if any were named; of many, the first.
        wanted: Vec<u8>,
        /// Those seen; if there were several streams, those of the most similar one. Of many, the
        /// first.
        got: Vec<u8>,
        /// How many of the first bytes expected were there, in order.
        right: u64,
        /// How many there were in all.
        total: u64,
    },
    /// It happened sooner or later than it should have.
    Waited {
        /// How much time had passed, in nanoseconds.
        got: u64,
        /// How much should have, in ms.
        wanted: Range,
    },
    /// An HTTP response is not as expected, or none.
    Http(HttpFault),
    /// The program ended differently, or not at all.
    Exit {
        /// How it ended.
        got: Option<Exit>,
    },
}

/// Judges every expectation, in order.
pub fn judge(expectations: &[Expectation], flows: &Flows<'_>) -> Vec<Finding> {
    judge_with_pauses(expectations, flows, &[])
}

/// The same for a recording of a machine that did nothing in these times, in nanoseconds on the
/// clock of events.
pub fn judge_with_pauses(
    expectations: &[Expectation],
    flows: &Flows<'_>,
    still: &[Span<u64>],
) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    // The first event that each met expectation rests on, for `after`, `before`, `same_socket`.
    let mut evidence: BTreeMap<&str, Position> = BTreeMap::new();
    for expectation in expectations {
        let met = |name: &String| {
            let finding = findings.iter().find(|finding| finding.name == *name);
            // An unknown expectation counts as not met.
            finding.is_some_and(|finding| finding.outcome == Judgement::Passed)
        };
        let since = expectation.waited.as_ref().map(|waited| &waited.since);
        let unmet = expectation.depends_on.iter().chain(since).find(|name| !met(name)).cloned();
        let (mut outcome, mut events) = match (unmet, Window::of(expectation, &evidence, flows)) {
            (Some(because), _) => (Judgement::Skipped { because }, Vec::new()),
            (None, Some(window)) => window.judge(expectation),
            (None, None) => (Judgement::Failed(Mismatch::Nothing), Vec::new()),
        };
        if let (Some(waited), Judgement::Passed) = (&expectation.waited, &outcome)
            && let (Some(from), Some(to)) = (evidence.get(waited.since.as_str()), events.first())
        {
            let [from, to] = [from, to].map(|at| flows.order[*at].at);
            outcome = waited.judge(from, to, still);
            events.truncate(1);
        }
        if let Some(first) = events.first().filter(|_| outcome == Judgement::Passed) {
            evidence.insert(&expectation.name, *first);
        }
        findings.push(Finding {
            name: expectation.name.clone(),
            outcome,
            evidence: seqs(flows, &events),
        });
    }
    findings
}

fn seqs(flows: &Flows<'_>, events: &[Position]) -> Vec<u64> {
    events.iter().map(|at| flows.order[*at].seq).collect()
}

/// A judgement, and the events it rests on.
pub(crate) type WithEvidence = (Judgement, Vec<Position>);

/// The events that count for an expectation.
struct Window<'f, 't> {
    flows: &'f Flows<'t>,
    after: Option<Position>,
    before: Option<Position>,
    socket: Option<usize>,
}

impl<'f, 't> Window<'f, 't> {
    /// `None` if it depends on evidence that does not exist.
    fn of(
        expectation: &Expectation,
        evidence: &BTreeMap<&str, Position>,
        flows: &'f Flows<'t>,
    ) -> Option<Self> {
        let known = |name: &String| evidence.get(name.as_str()).copied();
        let all = |names: &[String]| names.iter().map(known).collect::<Option<Vec<_>>>();
        let socket = match &expectation.same_socket {
            None => None,
            Some(name) => Some(flows.socket_at(known(name)?)?),
        };
        let since = expectation.waited.iter().map(|waited| &waited.since);
        let since = since.map(known).collect::<Option<Vec<_>>>()?;
        Some(Self {
            flows,
            after: all(&expectation.after)?.into_iter().chain(since).max(),
            before: all(&expectation.before)?.into_iter().min(),
            socket,
        })
    }

    fn has(&self, at: Position) -> bool {
        self.after.is_none_or(|after| at > after)
            && self.before.is_none_or(|before| at < before)
            && self.socket.is_none_or(|socket| self.flows.socket_at(at) == Some(socket))
    }

    /// The events in the window that fit.
    fn find(&self, fits: impl Fn(Position) -> bool) -> Vec<Position> {
        (0..self.flows.order.len()).filter(|at| self.has(*at) && fits(*at)).collect()
    }

    fn judge(&self, expectation: &Expectation) -> WithEvidence {
        let flows = self.flows;
        match &expectation.subject {
            Subject::Call(call) => {
                self.fitting(expectation, |at| call.is_kind(flows, at), |at| call.fits(flows, at))
            }
            Subject::State(state) => {
                self.counted(expectation, self.find(|at| state.fits(flows, at)), &[])
            }
            // Packets were not recorded: nobody knows.
            Subject::Frame(_) if !flows.order.iter().any(|event| event.frame().is_some()) => {
                (Judgement::Unclear, Vec::new())
            }
            Subject::Frame(frame) => {
                self.fitting(expectation, |at| frame.is_kind(flows, at), |at| frame.fits(flows, at))
            }
            Subject::Signal { actor, signal } => {
                let fits = |at: Position| match flows.order[at].process() {
                    Some(Process::Signal { signal: got }) => {
                        got == signal && is_by(flows, at, Some(actor))
                    }
                    _ => false,
                };
                self.counted(expectation, self.find(fits), &[])
            }
            Subject::Stream(stream) => {
                streams(&stream.bytes, stream.candidates(flows), expectation)
            }
            Subject::Http(http) => http.judge(flows, expectation.times),
            Subject::Output { actor, stream, bytes } => {
                streams(bytes, vec![output(flows, actor, *stream)], expectation)
            }
            Subject::Exit { actor, wanted } => {
                let exit = exit(flows, actor);
                let got = exit.map(|(_, exit)| exit);
                let fits = match (wanted, got) {
                    (ExitWanted::Running, _) => is_running(flows, actor),
                    (ExitWanted::Any, got) => got.is_some(),
                    (ExitWanted::Code(code), Some(Exit::Code(got))) => *code == got,
                    (ExitWanted::Failure, Some(Exit::Code(got))) => got != 0,
                    // `abort(3)`, by which some runtimes end after an exception.
                    (ExitWanted::Failure, Some(Exit::Signal(got))) => got == Signal::ABRT,
                    (ExitWanted::Signal(signal), Some(Exit::Signal(got))) => *signal == got,
                    _ => false,
                };
                let missed = Judgement::Failed(Mismatch::Exit { got });
                let outcome = if fits { Judgement::Passed } else { missed };
                (outcome, exit.map(|(at, _)| at).into_iter().collect())
            }
        }
    }

    /// What is of a kind, and how much of it fits.
    fn fitting(
        &self,
        expectation: &Expectation,
        is_kind: impl Fn(Position) -> bool,
        fits: impl Fn(Position) -> Fit,
    ) -> WithEvidence {
        let candidates = self.find(is_kind);
        let fits: Vec<Fit> = candidates.iter().map(|at| fits(*at)).collect();
        let unclear = fits.contains(&None);
        let found = candidates.iter().zip(fits).filter(|(_, fit)| *fit == Some(true));
        let found = found.map(|(at, _)| *at).collect();
        match self.counted(expectation, found, &candidates) {
            (Judgement::Failed(_), events) if unclear => (Judgement::Unclear, events),
            counted => counted,
        }
    }

    /// Whether there were as many as expected; `candidates` are the events that might have fitted.
    fn counted(
        &self,
        expectation: &Expectation,
        found: Vec<Position>,
        candidates: &[Position],
    ) -> WithEvidence {
        let count = i64::try_from(found.len()).unwrap_or(i64::MAX);
        if expectation.times.has(count) {
            return (Judgement::Passed, found);
        }
        let mismatch = match (found.is_empty(), candidates.is_empty()) {
            (true, true) => Mismatch::Nothing,
            (true, false) => {
                let difference = match &expectation.subject {
                    Subject::Call(call) => nearest(call, self.flows, candidates),
                    _ => None,
                };
                Mismatch::Different { seen: seqs(self.flows, candidates), difference }
            }
            (false, _) => {
                Mismatch::Times { wanted: expectation.times.to_string(), got: found.len() }
            }
        };
        let events = if found.is_empty() { candidates.to_vec() } else { found };
        (Judgement::Failed(mismatch), events)
    }
}

/// Whether one of the candidates is a stream of these bytes.
fn streams(
    wanted: &BytesWanted,
    candidates: Vec<(socklab_event::Bytes, Vec<Position>)>,
    expectation: &Expectation,
) -> WithEvidence {
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
    let right = |bytes: &socklab_event::Bytes| wanted.right(&bytes.sample);
    match candidates.into_iter().max_by_key(|(bytes, _)| (right(bytes), bytes.total)) {
        None => (Judgement::Failed(Mismatch::Nothing), Vec::new()),
        Some((bytes, events)) => {
            (Judgement::Failed(Mismatch::bytes(wanted, &bytes.sample, bytes.total)), events)
        }
    }
}

/// How many bytes a mismatch quotes.
const QUOTED: usize = 4096;

impl Mismatch {
    /// These bytes, of `total`, instead of those wanted.
    pub(crate) fn bytes(wanted: &BytesWanted, got: &[u8], total: u64) -> Self {
        let first = |bytes: &[u8]| bytes[..bytes.len().min(QUOTED)].to_vec();
        Self::Bytes {
            wanted: first(wanted.sample().unwrap_or_default()),
            got: first(got),
            right: wanted.right(got) as u64,
            total,
        }
    }
}
