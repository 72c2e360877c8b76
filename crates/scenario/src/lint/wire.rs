//! Finds changes of the wire that change nothing: a rule is lifted that is not there.

use socklab_lab::rules::{Change, Rules};
use socklab_say::{Sentence, sentence};

use crate::format::{Scenario, Verb};

/// The steps that lift nothing, by their lines.
pub(super) fn lifts_nothing(scenario: &Scenario) -> Vec<(usize, Sentence)> {
    let mut rules = Rules::new(scenario.wire.clone());
    let mut wrong = Vec::new();
    for step in &scenario.steps {
        let Verb::Wire(change) = &step.verb else { continue };
        let lifted = rules.change(change).lifted;
        if lifted == 0 && !matches!(**change, Change::Add(_)) {
            wrong.push((step.line, sentence!("mistake-lifts-nothing", change = change.text())));
        }
    }
    wrong
}
