//! Finds actors and peers that do less than they should, and steps that may take longer than all of
//! the scenario.

use socklab_say::{Sentence, sentence};

use crate::format::{Op, Scenario, Step, Verb};

/// Peers that do something in the background for which no later step waits, with the lines of the
/// steps in which they begin it.
pub(super) fn unjoined(scenario: &Scenario) -> impl Iterator<Item = (usize, &str)> {
    scenario.steps.iter().enumerate().filter_map(|(index, step)| {
        let Verb::Peer { peer, .. } = &step.verb else { return None };
        let waits = |later: &Step| match &later.verb {
            Verb::Join { peer: joined, .. } => joined == peer,
            Verb::Peer { peer: again, .. } => again == peer && !later.background,
            _ => false,
        };
        let joined = scenario.steps[index + 1..].iter().any(waits);
        (step.background && !joined).then_some((step.line, peer.as_str()))
    })
}

/// Actors and peers that never do anything.
pub(super) fn unused(scenario: &Scenario) -> impl Iterator<Item = &str> {
    let does = move |name: &str| {
        scenario.steps.iter().any(|step| match &step.verb {
            Verb::Start { actor, .. } => actor == name,
            Verb::Peer { peer, ops } => {
                peer == name || ops.iter().any(|op| Op::target(op) == Some(name))
            }
            _ => false,
        })
    };
    let actors = scenario.actors.iter().map(|actor| actor.name.as_str());
    let all = actors.chain(scenario.peers.iter().map(String::as_str));
    all.filter(move |name| !does(name))
}

/// Steps whose own deadline is beyond the scenario's, so that it never counts, by index.
pub(super) fn late(scenario: &Scenario) -> impl Iterator<Item = (usize, Sentence)> {
    let deadline = scenario.deadline_ms;
    let steps = scenario.steps.iter().enumerate();
    steps.filter(move |(_, step)| step.within_ms > deadline).map(move |(index, step)| {
        (index, sentence!("mistake-beyond", within = step.within_ms, deadline = deadline))
    })
}
