//! Finds actors and peers that do less than they should, and steps that may take longer than all of
//! the scenario.

use std::collections::BTreeSet;
use std::ops::Range;

use socklab_say::{Sentence, sentence};

use crate::format::{Scenario, Step, Verb};

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
                peer == name || ops.iter().any(|act| act.op.target() == Some(name))
            }
            _ => false,
        })
    };
    let actors = scenario.actors.iter().map(|actor| actor.name.as_str());
    let all = actors.chain(scenario.peers.iter().map(String::as_str));
    all.filter(move |name| !does(name))
}

/// Steps about programs that no step before has started, with their lines. A step that may fail may
/// want to show that.
pub(super) fn unstarted(scenario: &Scenario) -> Vec<(usize, Sentence)> {
    let is_actor = |name: &str| scenario.actors.iter().any(|actor| actor.name == name);
    let mut started = BTreeSet::new();
    let mut wrong = Vec::new();
    for step in &scenario.steps {
        let about: Vec<&str> = match &step.verb {
            Verb::Start { actor, .. } => {
                started.insert(actor.as_str());
                continue;
            }
            Verb::Wait { actor, .. }
            | Verb::Type { actor, .. }
            | Verb::EndInput { actor }
            | Verb::Signal { actor, .. }
            | Verb::Hold { actor, .. }
            | Verb::Release { actor } => vec![actor],
            Verb::Peer { ops, .. } => ops.iter().filter_map(|act| act.op.target()).collect(),
            _ => continue,
        };
        let early = about.into_iter().find(|name| is_actor(name) && !started.contains(name));
        if let Some(name) = early.filter(|_| !step.may_fail) {
            wrong.push((step.line, sentence!("mistake-not-started", name = name)));
        }
    }
    wrong
}

/// Steps that have a deadline of their own beyond the scenario's, so that it never counts, with the
/// place of that deadline. (A default beyond a short deadline is nobody's mistake.)
pub(super) fn late(scenario: &Scenario) -> impl Iterator<Item = (Range<usize>, Sentence)> {
    let deadline = scenario.deadline_ms;
    let late = scenario.steps.iter().filter(move |step| step.within_ms > deadline);
    late.filter_map(move |step| {
        let what = sentence!("mistake-beyond", within = step.within_ms, deadline = deadline);
        Some((step.within_at.clone()?, what))
    })
}
