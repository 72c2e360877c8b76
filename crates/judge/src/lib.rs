//! What a timeline means: explanations in plain words, and verdicts on expectations.
//!
//! [`explain`] looks for what a student would stumble over and returns which rule applies, to which
//! events, with which facts; a `socklab_say::Speaker` puts it into words. It does no I/O, and it is
//! careful: a rule that cannot be sure says less, never more.
//!
//! [`judge`] compares a timeline with expectations and gives the evidence for each verdict.
#![forbid(unsafe_code)]

mod call_word;
mod case;
mod complete;
mod conduct;
mod cut_short;
mod deeds;
mod difference;
mod expect;
mod expect_frame;
mod expect_pattern;
mod http;
mod http_request;
mod lines;
mod outside;
mod pattern;
mod pattern_syntax;
mod pieces;
mod rules;
mod sightings;
mod verdict;
mod verdict_call;
mod verdict_facts;
mod verdict_frame;
mod verdict_http;
mod waited;
mod waits;

pub use call_word::CallWord;
pub use deeds::{Activity, Asked, DEEDS, Deed, DeedRule, Missed, Present, causes, deed};
pub use difference::Difference;
pub use expect::{
    CallWanted, ExitWanted, Expectation, HttpKind, HttpWanted, StateWanted, StreamWanted, Subject,
    Texts, TransportWanted,
};
pub use expect_frame::{FateWanted, FrameWanted, MeaningWanted, ReasonWanted, ResentWanted};
pub use expect_pattern::{Address, BytesWanted, Range, unescape};
pub use http::HttpFault;
pub use outside::Offered;
pub use pattern::{LONGEST as LONGEST_PATTERN, Part, Pattern};
pub use pattern_syntax::PatternPiece;
pub use sightings::{Sighting, SightingKind, sightings};
pub use verdict::{Finding, Judgement, Mismatch, judge, judge_with_pauses};
pub use verdict_facts::{Fact, FactWord, facts};
pub use waited::Waited;

use std::borrow::Cow;

use serde::Serialize;
use socklab_flows::{Flows, Position};
use socklab_say::{Argument, Sentence, count, sentence};

use case::Case;
use complete::Complete;
pub use rules::{RULES, Rule};

/// Something that happened and deserves a sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Explanation {
    /// Which rule: a stable key such as `connect-refused`. The key of its sentence is `explain-`
    /// followed by this key.
    pub rule: &'static str,
    /// Whether something went wrong, or it is merely worth knowing.
    pub weight: Weight,
    /// The events that show it, by `seq`, the decisive one first; never empty.
    pub evidence: Vec<u64>,
    /// The arguments of the sentence.
    pub arguments: Vec<(&'static str, Argument)>,
    /// How many further occurrences are not listed.
    pub more: usize,
    /// The line of source that made the decisive call, if it is known: `server.py:12`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<String>,
    /// The lines of the calls among the evidence in which programs were waiting still at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting: Option<String>,
}

impl Explanation {
    /// The event the sentence belongs to, by `seq`.
    pub fn decisive(&self) -> u64 {
        self.evidence.first().copied().unwrap_or_default()
    }

    /// Its sentence, with the number of further occurrences.
    pub fn sentence(&self) -> Sentence {
        let key = Cow::Owned(format!("explain-{}", self.rule));
        let sentence = Sentence { key, arguments: self.arguments.clone() };
        let sentence = lines::with_line(sentence, self.line.as_deref());
        let sentence = match &self.waiting {
            Some(lines) => sentence!("explain-waiting-at", sentence = sentence, lines = lines),
            None => sentence,
        };
        match self.more {
            0 => sentence,
            more => sentence!("explain-with-more", sentence = sentence, more = count(more)),
        }
    }
}

/// Whether something went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    /// Worth knowing: an example of how sockets behave. Listed once per rule.
    Lesson,
    /// Something failed or hangs. Listed a few times per rule.
    Problem,
}

/// How many occurrences of a rule are listed; further ones are only counted.
const LESSONS: usize = 1;
const PROBLEMS: usize = 3;

/// Everything the rules find, in the order of the decisive events.
pub fn explain(flows: &Flows<'_>) -> Vec<Explanation> {
    let case = Case::of(flows);
    let complete = Complete::of(flows);
    let mut explanations: Vec<(Position, Explanation)> = Vec::new();
    for rule in RULES {
        let mut findings = (rule.find)(&case);
        findings.retain(|finding| {
            let seen = !finding.evidence.is_empty() && complete.covers(&finding.evidence);
            seen && !finding.is_recorders_doing(flows)
        });
        findings.sort_by_key(|finding| finding.evidence[0]);
        let most = if rule.weight == Weight::Lesson { LESSONS } else { PROBLEMS };
        let more = findings.len().saturating_sub(most);
        for (index, finding) in findings.into_iter().take(most).enumerate() {
            let evidence = finding.evidence.iter().map(|at| case.flows.order[*at].seq).collect();
            let last = index + 1 == most;
            let explanation = Explanation {
                rule: rule.key,
                weight: rule.weight,
                evidence,
                arguments: finding.arguments,
                more: if last { more } else { 0 },
                line: lines::line(flows, finding.evidence[0]),
                waiting: lines::waiting(flows, &finding.evidence),
            };
            explanations.push((finding.evidence[0], explanation));
        }
    }
    explanations.sort_by_key(|(at, _)| *at);
    explanations.into_iter().map(|(_, explanation)| explanation).collect()
}
