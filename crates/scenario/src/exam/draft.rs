//! A question while it is made.

use std::fmt::Write as _;
use std::sync::Arc;

use socklab_event::Timeline;
use socklab_flows::Position;
use socklab_say::{Argument, Sentence, Variable};

use super::view::View;
use super::{Candidate, Choice};

/// The fewest and the most choices of a question.
const FEWEST: usize = 3;
const MOST: usize = 4;

/// A question without its key, or with the first choice as the key.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub(super) kind: &'static str,
    pub(super) call: String,
    /// What tells it from others of its kind: numbers that are the same in each run.
    numbers: String,
    arguments: Vec<(&'static str, Argument)>,
    pub(super) choices: Vec<Choice>,
    pub(super) evidence: Vec<Position>,
}

impl Draft {
    pub(super) fn new(kind: &'static str, call: &str) -> Self {
        Self {
            kind,
            call: call.to_owned(),
            numbers: String::new(),
            arguments: Vec::new(),
            choices: Vec::new(),
            evidence: Vec::new(),
        }
        .with("call", call)
    }

    /// A value that its texts name.
    pub(super) fn with(mut self, name: &'static str, value: impl Variable) -> Self {
        self.arguments.push((name, value.argument()));
        self
    }

    /// A number that its texts name, and that tells it from others of its kind.
    pub(super) fn number(mut self, name: &'static str, value: u64) -> Self {
        let _ = write!(self.numbers, ":{value}");
        self.arguments.push((name, Argument::Count(value)));
        self
    }

    /// The events that show it.
    pub(super) fn shown_by(mut self, at: impl IntoIterator<Item = Position>) -> Self {
        self.evidence.extend(at);
        self
    }

    fn sentence(&self, key: String) -> Sentence {
        Sentence { key: key.into(), arguments: self.arguments.clone() }
    }

    /// A choice with a text of its own kind: `exam-choice-KIND-LABEL`.
    pub(super) fn choice(self, label: &'static str) -> Self {
        let text = self.sentence(format!("exam-choice-{}-{label}", self.kind));
        self.says(label, text)
    }

    /// A choice with this text. What another choice says already is no choice.
    pub(super) fn says(mut self, label: &'static str, text: Sentence) -> Self {
        let why = self.sentence(format!("exam-why-{}-{label}", self.kind));
        let is_new = self.choices.iter().all(|known| known.text != text);
        if is_new && self.choices.len() < MOST {
            self.choices.push(Choice { label, text, why });
        }
        self
    }

    /// The question, with the first choice as its key. `None` if there is too little to choose from.
    pub(super) fn read(
        self,
        view: &View<'_>,
        case: &str,
        timeline: &Arc<Timeline>,
    ) -> Option<Candidate> {
        let evidence = view.seqs(&self.evidence);
        self.keyed(0, case, evidence, timeline, false)
    }

    /// The question with its key.
    pub(super) fn keyed(
        self,
        right: usize,
        case: &str,
        evidence: Vec<u64>,
        timeline: &Arc<Timeline>,
        ran: bool,
    ) -> Option<Candidate> {
        if self.choices.len() < FEWEST || right >= self.choices.len() {
            return None;
        }
        let mut choices = self.choices.clone();
        let known = &mut choices[right];
        known.why = self.sentence(format!("exam-because-{}-{}", self.kind, known.label));
        Some(Candidate {
            id: format!("{}:{case}{}", self.kind, self.numbers),
            kind: self.kind,
            case: case.to_owned(),
            ask: self.sentence(format!("exam-ask-{}", self.kind)),
            call: self.call,
            choices,
            right,
            evidence,
            timeline: Arc::clone(timeline),
            ran,
        })
    }
}
