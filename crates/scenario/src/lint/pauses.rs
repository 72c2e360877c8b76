//! Finds pauses, and waits of programs, that are longer than the time there is for them.

use std::collections::BTreeMap;

use socklab_say::{Sentence, sentence};

use crate::format::{Act, Op, Scenario, UnboundExpectation, Verb};
use crate::variables::Variables;

/// The steps whose pauses alone take all the time of the step, or of the scenario, with their lines.
pub(super) fn too_long(scenario: &Scenario) -> Vec<(usize, Sentence)> {
    let mut wrong = Vec::new();
    // How much time pauses have taken so far, and until when each peer pauses in the background.
    let mut now = 0;
    let mut busy: BTreeMap<&str, u64> = BTreeMap::new();
    for step in &scenario.steps {
        let before = now;
        let end = match &step.verb {
            Verb::Pause(ms) => now + ms,
            Verb::Peer { peer, ops } => {
                let begin = busy.get(peer.as_str()).copied().unwrap_or(0).max(now);
                begin + ops.iter().map(length).sum::<u64>()
            }
            Verb::Join { peer, .. } => busy.get(peer.as_str()).copied().unwrap_or(0).max(now),
            _ => now,
        };
        match &step.verb {
            Verb::Peer { peer, .. } if step.background => drop(busy.insert(peer, end)),
            _ => now = end,
        }
        let deadline = scenario.deadline_ms;
        if end >= deadline {
            wrong.push((step.line, sentence!("mistake-pauses", total = end, deadline = deadline)));
            break;
        }
        if now - before >= step.within_ms {
            let (pause, within) = (now - before, step.within_ms);
            wrong.push((
                step.line,
                sentence!("mistake-pause-within", pause = pause, within = within),
            ));
        }
    }
    wrong
}

/// How long an operation pauses, in ms.
fn length(act: &Act) -> u64 {
    match act.op {
        Op::Pause(ms) => ms,
        _ => 0,
    }
}

/// Expectations that a program waits for longer than the scenario lasts, by index.
pub(super) fn waits_too_long(
    scenario: &Scenario,
    expects: &[UnboundExpectation],
) -> Vec<(usize, Sentence)> {
    let least = |wanted: &UnboundExpectation| {
        // The loader has tried this.
        wanted.bind(&Variables::sample(scenario.port)).ok()?.waited?.ms.at_least
    };
    let deadline = scenario.deadline_ms;
    let long = |(index, wanted): (usize, &UnboundExpectation)| {
        let least = u64::try_from(least(wanted)?).ok()?;
        let what = || sentence!("mistake-waited-beyond", least = least, deadline = deadline);
        (least >= deadline).then(|| (index, what()))
    };
    expects.iter().enumerate().filter_map(long).collect()
}
