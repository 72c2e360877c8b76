//! Explanations of recordings that lack something: the repeats that were only counted, or the end.

use std::collections::BTreeSet;

use socklab_event::{Notice, Place, Timeline};
use socklab_flows::Flows;
use socklab_judge::explain;
use socklab_timelines::{Story, scenes};

/// What is explained, by rule and decisive event.
fn explained(timeline: &Timeline) -> BTreeSet<(&'static str, u64)> {
    let flows = Flows::of(timeline);
    explain(&flows).iter().map(|found| (found.rule, found.decisive())).collect()
}

fn all_scenes() -> Vec<Timeline> {
    vec![
        scenes::upper_tcp(),
        scenes::upper_udp(),
        scenes::threaded(),
        scenes::refused(),
        scenes::http(),
        scenes::split_and_coalesced(),
        scenes::torn(),
        scenes::prefork(),
        scenes::wrapped(),
        scenes::wired(),
    ]
}

fn counted_from_here(at: u64) -> socklab_event::Event {
    let what = Notice::RepeatsCounted { limit: 1 << 20, failures: false }.into();
    socklab_event::Event { seq: u64::MAX, at, place: Place::default(), what }
}

#[test]
fn nothing_is_explained_that_happened_while_repeats_were_counted() {
    let mut explanations = 0;
    for mut timeline in all_scenes() {
        explanations += explained(&timeline).len();
        timeline.events.insert(0, counted_from_here(0));
        assert_eq!(explained(&timeline), BTreeSet::new());
    }
    assert!(explanations > 5, "the scenes have something to explain: {explanations}");
}

#[test]
fn what_had_ended_before_repeats_were_counted_is_explained() {
    let mut story = Story::new();
    let client = story.command("client", "client 9");
    let socket = story.tcp(client);
    let refused =
        socklab_event::Args::Connect { address: socklab_timelines::address("127.0.0.1:9") };
    story.fail(socket, "connect", refused.clone(), 111);
    story.close(socket);
    let before = story.build();
    assert!(!explained(&before).is_empty());
    let mut after = before.clone();
    after.events.push(counted_from_here(u64::MAX));
    assert_eq!(explained(&after), explained(&before));
    // A socket that was still open may have done more.
    let mut open = before.clone();
    open.events.pop();
    open.events.push(counted_from_here(u64::MAX));
    assert_eq!(explained(&open), BTreeSet::new());
}

/// A recorder that is killed leaves the beginning of a recording. What seems to be missing in it may
/// only have come later.
#[test]
fn the_beginning_of_a_recording_explains_nothing_that_the_whole_one_does_not() {
    for timeline in all_scenes() {
        let whole = explained(&timeline);
        for length in 0..timeline.events.len() {
            let events = timeline.events[..length].to_vec();
            let cut = Timeline { header: timeline.header.clone(), events };
            let extra: Vec<_> = explained(&cut).difference(&whole).copied().collect();
            assert_eq!(extra, [], "after {length} events");
        }
    }
}

/// Rules that need the content of messages say nothing without it; none is misled by its absence.
#[test]
fn a_redacted_recording_explains_nothing_that_the_whole_one_does_not() {
    let recorded =
        ["crowd", "curl", "http", "refused", "split", "threaded", "upper-tcp", "upper-udp"]
            .map(socklab_timelines::recorded);
    for timeline in all_scenes().into_iter().chain(recorded) {
        let whole = explained(&timeline);
        let mut redacted = timeline;
        redacted.header.redact();
        redacted.events.iter_mut().for_each(socklab_event::Event::redact);
        let extra: Vec<_> = explained(&redacted).difference(&whole).copied().collect();
        assert_eq!(extra, []);
    }
}
