//! The answer to a question, based on its recording.

use std::collections::{BTreeMap, BTreeSet};

use socklab_flows::Flows;
use socklab_judge::{Expectation, Fact, Finding};

use crate::citations::without;
use crate::format::{Question, QuestionOutcome, UnboundExpectation};
use crate::recording::Recording;

/// The answer to a question, based on its recording.
#[derive(Clone, Debug)]
pub struct Answer<'q> {
    /// What happened, if it is among the question's outcomes.
    pub outcome: Option<&'q QuestionOutcome>,
    /// The verdicts on this outcome's evidence; without an outcome, on that of the first.
    pub findings: Vec<Finding>,
    /// What its explanation can cite, by `NAME.WORD`.
    pub facts: BTreeMap<String, Fact>,
    /// The events to highlight, by `seq`.
    pub decisive: Vec<u64>,
    /// The events that must be drawn, by `seq`.
    pub evidence: BTreeSet<u64>,
    /// Evidence in packets that was not looked at, because they were not all recorded.
    pub unrecorded: Vec<Expectation>,
}

impl Answer<'_> {
    /// What an explanation can say: without the paragraphs that cite what was not looked at.
    pub fn told(&self, section: &str) -> String {
        let names: Vec<&str> = self.unrecorded.iter().map(|wanted| wanted.name.as_str()).collect();
        without(section, &names).join("\n\n")
    }
}

impl QuestionOutcome {
    /// The evidence that is only looked at where packets were recorded.
    pub(crate) fn unrecorded(&self) -> impl Iterator<Item = &UnboundExpectation> {
        self.when.iter().filter(|wanted| wanted.is_if_recorded())
    }

    /// The evidence that this recording can have, and what it can't.
    fn split(&self, recording: &Recording) -> (Vec<UnboundExpectation>, Vec<UnboundExpectation>) {
        let all = recording.has_all_packets();
        self.when.iter().cloned().partition(|wanted| all || !wanted.is_if_recorded())
    }
}

impl Question {
    /// The first outcome for which all evidence is found.
    ///
    /// Evidence in packets that is marked so is not looked at where not every packet was recorded.
    /// A recording that says nothing about the programs has no outcome: a call that could not be
    /// made proves nothing by its absence.
    ///
    /// # Errors
    ///
    /// An expectation that can't be parsed with the placeholders of this run.
    pub fn answer(&self, recording: &Recording) -> Result<Answer<'_>, String> {
        let timeline = recording.timeline();
        let flows = Flows::of(&timeline);
        let mut first = None;
        for outcome in &self.outcomes {
            let (judged, unrecorded) = outcome.split(recording);
            let bound = |wanted: &[UnboundExpectation]| {
                recording.bound(wanted, &self.scenario.steps).collect::<Result<Vec<_>, _>>()
            };
            let expectations = bound(&judged)?;
            let findings = socklab_judge::judge(&expectations, &flows);
            let met =
                findings.iter().all(|finding| finding.outcome == socklab_judge::Judgement::Passed);
            if met && !findings.is_empty() && recording.trouble.is_none() {
                let facts = socklab_judge::facts(&findings, &flows);
                let chosen = |finding: &&Finding| outcome.decisive.contains(&finding.name);
                let seqs = |findings: &[&Finding]| -> Vec<u64> {
                    findings.iter().flat_map(|finding| finding.evidence.clone()).collect()
                };
                return Ok(Answer {
                    outcome: Some(outcome),
                    decisive: seqs(&findings.iter().filter(chosen).collect::<Vec<_>>()),
                    evidence: seqs(&findings.iter().collect::<Vec<_>>()).into_iter().collect(),
                    facts,
                    findings,
                    unrecorded: bound(&unrecorded)?,
                });
            }
            first.get_or_insert(findings);
        }
        Ok(Answer {
            outcome: None,
            findings: first.unwrap_or_default(),
            facts: BTreeMap::new(),
            decisive: Vec::new(),
            evidence: BTreeSet::new(),
            unrecorded: Vec::new(),
        })
    }

    /// The evidence that each outcome lacks, with the verdicts on it.
    pub fn missing(
        &self,
        recording: &Recording,
    ) -> Vec<(&QuestionOutcome, Vec<(Expectation, Finding)>)> {
        let timeline = recording.timeline();
        let flows = Flows::of(&timeline);
        let of = |outcome: &QuestionOutcome| {
            let (judged, _) = outcome.split(recording);
            let bound = recording.bound(&judged, &self.scenario.steps);
            let expectations: Vec<Expectation> = bound.filter_map(Result::ok).collect();
            let findings = socklab_judge::judge(&expectations, &flows);
            let pairs = expectations.into_iter().zip(findings);
            pairs
                .filter(|(_, finding)| finding.outcome != socklab_judge::Judgement::Passed)
                .collect()
        };
        self.outcomes.iter().map(|outcome| (outcome, of(outcome))).collect()
    }
}
