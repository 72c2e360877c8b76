//! Runs a question and finds its answer.

use std::time::{Duration, Instant};

use socklab_ladder::{Detail, Ladder, Options, TextStyle};
use socklab_say::Speaker;
use socklab_scenario::format::Question;
use socklab_scenario::{Recording, Runner};

use super::wording;
use crate::course::texts;
use crate::printer;

/// The result of running a question.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) recording: Recording,
    /// The choice that the evidence shows to be right, if any.
    pub(crate) answer: Option<String>,
    /// The explanation, with the observed values filled in.
    pub(crate) explanation: String,
    /// Values that the explanation cites but that were not observed.
    pub(crate) missing: Vec<String>,
    pub(crate) findings: Vec<socklab_judge::Finding>,
    /// The names of evidence in packets that was not looked at, because they were not recorded.
    pub(crate) unrecorded: Vec<String>,
    pub(crate) decisive: Vec<u64>,
    pub(crate) evidence: std::collections::BTreeSet<u64>,
    pub(crate) took: Duration,
}

/// Runs a question.
pub(crate) fn run(
    speaker: Speaker,
    question: &Question,
    runner: &Runner,
) -> anyhow::Result<Answered> {
    let start = Instant::now();
    let recording = socklab_scenario::run(&question.scenario, None, runner)?;
    let answer = question.answer(&recording).map_err(anyhow::Error::msg)?;
    let section =
        answer.outcome.and_then(|outcome| texts::section(speaker, question, &outcome.explain));
    let told = section.map(|section| answer.told(section)).unwrap_or_default();
    let (mut explanation, missing) = wording::fill(speaker, &told, &answer.facts);
    if let Some(unrecorded) = wording::unrecorded(speaker, &answer.unrecorded, &recording.packets) {
        explanation = format!("{explanation}\n\n{unrecorded}");
    }
    Ok(Answered {
        answer: answer.outcome.map(|outcome| outcome.answer.clone()),
        explanation,
        missing,
        findings: answer.findings,
        decisive: answer.decisive,
        evidence: answer.evidence,
        unrecorded: answer.unrecorded.into_iter().map(|wanted| wanted.name).collect(),
        recording,
        took: start.elapsed(),
    })
}

impl Answered {
    /// The ladder with the decisive rows highlighted. `offers_all`: the reader can ask for all of it.
    pub(crate) fn ladder(
        &self,
        speaker: Speaker,
        detail: Detail,
        offers_all: bool,
        width: usize,
    ) -> String {
        let options = Options::new(speaker).detail(detail).offers_all(offers_all);
        draw_with(speaker, options, &self.recording, &self.decisive, width, true)
    }

    /// Without an answer: rules of the reader's own make another question of it, to which none of the
    /// outcomes may apply.
    pub(crate) fn without_answer(self) -> Self {
        Self {
            answer: None,
            explanation: String::new(),
            missing: Vec::new(),
            findings: Vec::new(),
            unrecorded: Vec::new(),
            decisive: Vec::new(),
            evidence: std::collections::BTreeSet::new(),
            ..self
        }
    }
}

/// Draws a recording as a ladder.
pub(crate) fn draw(
    speaker: Speaker,
    recording: &Recording,
    decisive: &[u64],
    width: usize,
    color: bool,
) -> String {
    draw_with(speaker, Options::new(speaker), recording, decisive, width, color)
}

fn draw_with(
    speaker: Speaker,
    options: Options,
    recording: &Recording,
    decisive: &[u64],
    width: usize,
    color: bool,
) -> String {
    let mut options = options.keep(decisive.iter().copied());
    if let Some(why) = wording::no_packets(speaker, &recording.packets) {
        options = options.no_packets(why);
    }
    let mut ladder = Ladder::of(&recording.timeline(), &options);
    ladder.highlight(decisive);
    let text = ladder.to_text(&TextStyle::new(width).color(color));
    if color { printer::marked(&text) } else { text }
}
