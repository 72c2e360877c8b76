//! For tests: which rules a timeline shows, and what they say.

use socklab_event::{Args, Timeline};
use socklab_flows::Flows;
use socklab_say::Speaker;
use socklab_timelines::{Story, address};

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

/// A client whose `connect` failed after 3 s.
pub(super) fn connect_fails(to: &str, errno: i32) -> Timeline {
    let mut story = Story::new();
    let client = story.command("client", "c");
    let sock = story.tcp(client);
    story.wait(30);
    let began = story.now();
    story.wait(3_000).since(began);
    story.fail(sock, "connect", Args::Connect { address: address(to) }, errno);
    story.build()
}
