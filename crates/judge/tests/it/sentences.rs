//! Every rule has its sentence in both languages, with exactly its own arguments.

use std::collections::BTreeSet;

use proptest::prelude::*;
use socklab_flows::Flows;
use socklab_judge::{Asked, DEEDS, Missed, RULES, deed, explain};
use socklab_say::{Argument, Language, Speaker};
use socklab_timelines::any_timeline;

#[test]
fn every_language_has_a_sentence_for_every_rule_with_its_arguments() {
    let explained = RULES.iter().map(|rule| (format!("explain-{}", rule.key), rule.arguments));
    let done = DEEDS.iter().map(|rule| (format!("deed-{}", rule.key), rule.arguments));
    let all: Vec<_> = explained.chain(done).collect();
    for language in Language::all() {
        for (key, names) in &all {
            let marked = |name: &&'static str| (*name, Argument::from(format!("<{name}>")));
            let arguments: Vec<_> = names.iter().map(marked).collect();
            let said = Speaker::new(language).say(key.clone(), &arguments);
            // A key without a text shows itself in brackets, an unknown variable in braces.
            assert!(!said.contains(['[', '{']), "{language}: {key}: {said}");
            for name in *names {
                assert!(said.contains(&format!("<{name}>")), "{language}: {key}: {said}");
            }
        }
    }
}

#[test]
fn keys_are_unique_and_kebab_case() {
    let all = RULES.iter().map(|rule| rule.key).chain(DEEDS.iter().map(|rule| rule.key));
    let keys: BTreeSet<&str> = all.collect();
    assert_eq!(keys.len(), RULES.len() + DEEDS.len());
    assert!(
        keys.iter().all(|key| key.chars().all(|char| char.is_ascii_lowercase() || char == '-'))
    );
    assert!(RULES.len() >= 20);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]
    #[test]
    fn any_timeline_can_be_explained(timeline in any_timeline(60)) {
        for explanation in explain(&Flows::of(&timeline)) {
            let rule = RULES.iter().find(|rule| rule.key == explanation.rule);
            let rule = rule.expect("a listed rule");
            let names: Vec<&str> = explanation.arguments.iter().map(|(name, _)| *name).collect();
            let (mut names, mut wanted) = (names, rule.arguments.to_vec());
            names.sort_unstable();
            wanted.sort_unstable();
            prop_assert_eq!(names, wanted, "{}", rule.key);
            prop_assert!(!explanation.evidence.is_empty());
        }
    }

    #[test]
    fn any_timeline_can_be_asked_what_a_program_did(timeline in any_timeline(60), which in 0_usize..5) {
        let flows = Flows::of(&timeline);
        let missed = [
            Missed::Listening,
            Missed::Connected,
            Missed::End,
            Missed::Output { expected: b"" },
            Missed::Bytes { peer: "", expected: b"hola" },
        ][which];
        for column in &timeline.header.columns {
            let (actor, port) = (column.label.as_str(), 12_000);
            let asked = Asked { actor, port, missed, present: &[], signals: &[], looks: &[] };
            let Some(deed) = deed(&flows, &asked) else { continue };
            let rule = DEEDS.iter().find(|rule| rule.key == deed.rule).expect("a listed rule");
            let names: Vec<&str> = deed.arguments.iter().map(|(name, _)| *name).collect();
            let (mut names, mut wanted) = (names, rule.arguments.to_vec());
            names.sort_unstable();
            wanted.sort_unstable();
            prop_assert_eq!(names, wanted, "{}", rule.key);
            prop_assert!(!deed.evidence.is_empty());
        }
    }
}
