//! Whatever a timeline contains, the parts of each wait add up to it.

use proptest::prelude::*;
use socklab_flows::Flows;
use socklab_latency::{Latency, TextStyle};
use socklab_say::{Language, Speaker};
use socklab_timelines::any_timeline;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn parts_add_up(timeline in any_timeline(60)) {
        let latency = Latency::of(&Flows::of(&timeline));
        for wait in &latency.waits {
            let parts: u64 = wait.parts.iter().map(|part| part.took).sum();
            prop_assert_eq!(parts + wait.recorder, wait.lasted);
            for (index, part) in wait.parts.iter().enumerate() {
                prop_assert!(part.took > 0 && part.longest <= part.took);
                let same = |other: &&socklab_latency::Part| {
                    (other.cause, other.side) == (part.cause, part.side)
                };
                prop_assert!(!wait.parts[..index].iter().any(|other| same(&other)));
            }
        }
    }

    #[test]
    fn shares_are_a_thousand_thousandths(timeline in any_timeline(60)) {
        let latency = Latency::of(&Flows::of(&timeline));
        for language in Language::all() {
            let speaker = Speaker::new(language);
            for pair in &latency.told(speaker, "→").pairs {
                let shares: u64 = pair.rows.iter().map(|row| row.share).sum();
                prop_assert!(pair.rows.is_empty() || shares == 1_000, "{:?}", pair);
            }
            let text = latency.to_text(speaker, TextStyle::new(60).ascii(true));
            prop_assert!(!text.chars().any(|char| char.is_control() && char != '\n'));
        }
    }
}
