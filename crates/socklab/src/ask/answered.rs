//! A question, run and answered.

use std::time::{Duration, Instant};

use socklab_ladder::{Ladder, Options, TextStyle};
use socklab_scenario::format::{Prose, Question};
use socklab_scenario::{Recording, Stagehand};

use super::{language, told};
use crate::language::speaker;

/// What a run of a question came to.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) recording: Recording,
    /// The choice that is right here, if the evidence shows one.
    pub(crate) answer: Option<String>,
    /// Its explanation, with what was seen.
    pub(crate) explanation: String,
    /// What the explanation cites and was not seen.
    pub(crate) missing: Vec<String>,
    pub(crate) findings: Vec<socklab_judge::Finding>,
    pub(crate) decisive: Vec<u64>,
    pub(crate) evidence: std::collections::BTreeSet<u64>,
    pub(crate) took: Duration,
}

/// Runs a question.
pub(crate) fn run(question: &Question, stagehand: &Stagehand) -> anyhow::Result<Answered> {
    let start = Instant::now();
    let recording = socklab_scenario::run(&question.scenario, None, stagehand)?;
    let answer = question.answer(&recording).map_err(anyhow::Error::msg)?;
    let section = answer.outcome.and_then(|outcome| prose(question).sections.get(&outcome.explain));
    let (explanation, missing) =
        section.map(|section| told::fill(section, &answer.facts)).unwrap_or_default();
    Ok(Answered {
        answer: answer.outcome.map(|outcome| outcome.answer.clone()),
        explanation,
        missing,
        findings: answer.findings,
        decisive: answer.decisive,
        evidence: answer.evidence,
        recording,
        took: start.elapsed(),
    })
}

/// The question's texts in the chosen language.
pub(crate) fn prose(question: &Question) -> &Prose {
    // The loader refuses a question without both languages.
    &question.prose[language()]
}

impl Answered {
    /// The ladder, the decisive rows highlighted.
    pub(crate) fn ladder(&self, width: usize, color: bool) -> String {
        draw(&self.recording, &self.decisive, width, color)
    }
}

/// A recording as a ladder.
pub(crate) fn draw(recording: &Recording, decisive: &[u64], width: usize, color: bool) -> String {
    let options = Options::new(speaker()).keep(decisive.iter().copied());
    let mut ladder = Ladder::of(&recording.timeline(), &options);
    ladder.highlight(decisive);
    ladder.to_text(&TextStyle::new(width).color(color))
}
