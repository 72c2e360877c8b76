//! Whatever a timeline contains, the figures add up.

use std::collections::BTreeMap;

use proptest::prelude::*;
use socklab_flows::Flows;
use socklab_say::{Language, Speaker};
use socklab_summary::{Summary, TextStyle};
use socklab_timelines::any_timeline;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn calls_are_counted_once_each(timeline in any_timeline(40)) {
        let flows = Flows::of(&timeline);
        let mut made: BTreeMap<String, u64> = BTreeMap::new();
        for (.., call) in flows.calls().filter(|(.., call)| !call.implicit) {
            *made.entry(call.name.to_string()).or_default() += 1;
        }
        let mut told: BTreeMap<String, u64> = BTreeMap::new();
        let summary = Summary::of(&flows);
        for call in summary.programs.iter().flat_map(|program| &program.calls) {
            *told.entry(call.name.to_string()).or_default() += call.calls;
            prop_assert!(call.errors + call.unfinished <= call.calls);
        }
        prop_assert_eq!(told, made);
    }

    #[test]
    fn bytes_sent_are_those_of_the_transfers(timeline in any_timeline(40)) {
        let flows = Flows::of(&timeline);
        let summary = Summary::of(&flows);
        let sent = summary.conversations.iter().flat_map(|one| &one.carried);
        let sent = sent.filter_map(|way| way.sent).fold(0, u64::saturating_add);
        let all = flows.transfers.iter().filter(|one| one.connection.is_some());
        let all = all.map(|one| one.total).fold(0, u64::saturating_add);
        prop_assert_eq!(sent, all);
    }

    #[test]
    fn nothing_lasts_longer_than_the_recording(timeline in any_timeline(40)) {
        let summary = Summary::of(&Flows::of(&timeline));
        for one in &summary.conversations {
            let gap = one.longest_gap.as_ref().map_or(0, |gap| gap.lasted);
            prop_assert!(gap <= summary.lasted);
        }
    }

    #[test]
    fn every_timeline_has_a_text_and_a_json_form(timeline in any_timeline(40), width in 0..200_usize) {
        let summary = Summary::of(&Flows::of(&timeline));
        for language in Language::all() {
            let text = summary.to_text(Speaker::new(language), TextStyle::new(width));
            prop_assert!(!text.chars().any(|char| char.is_control() && char != '\n'), "{}", text);
            prop_assert!(!text.contains("[summary-"), "a text is missing: {}", text);
        }
        let json = serde_json::to_value(&summary).unwrap();
        prop_assert!(json["conversations"].is_array());
    }
}
