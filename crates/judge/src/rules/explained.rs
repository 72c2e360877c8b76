//! For tests: which rules a timeline shows, and what they say.

use socklab_event::Timeline;
use socklab_flows::Flows;
use socklab_say::Speaker;

use crate::explain;

/// The keys of the rules that apply, in order.
pub(super) fn rules(timeline: &Timeline) -> Vec<&'static str> {
    explain(&Flows::of(timeline)).into_iter().map(|explanation| explanation.rule).collect()
}

/// What a rule says in English.
///
/// # Panics
/// If it does not apply.
pub(super) fn text_of(timeline: &Timeline, rule: &str) -> String {
    let found = explain(&Flows::of(timeline));
    let mut found = found.iter().filter(|explanation| explanation.rule == rule);
    let explanation = found.next().unwrap_or_else(|| panic!("{rule} not in {:?}", rules(timeline)));
    Speaker::ENGLISH.tell(&explanation.sentence())
}
