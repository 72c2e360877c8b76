//! Timelines on which the tempting reading is false, a file for each file of rules. `RULES.md` names
//! one of them for every rule.

use socklab_event::Timeline;
use socklab_flows::Flows;
use socklab_judge::explain;

/// The rules that speak about a timeline, in order.
#[allow(dead_code, reason = "the first counter-examples stand beside the rules")]
fn rules(timeline: &Timeline) -> Vec<&'static str> {
    explain(&Flows::of(timeline)).into_iter().map(|explanation| explanation.rule).collect()
}
