//! Every rule has its sentence in both languages, with exactly its own arguments.

use std::collections::BTreeSet;

use proptest::prelude::*;
use socklab_flows::Flows;
use socklab_judge::{RULES, explain};
use socklab_say::{Argument, Language, Speaker};
use socklab_timelines::any_timeline;

#[test]
fn every_language_has_a_sentence_for_every_rule_with_its_arguments() {
    for language in Language::all() {
        for rule in RULES {
            let marked = |name: &&'static str| (*name, Argument::from(format!("<{name}>")));
            let arguments: Vec<_> = rule.arguments.iter().map(marked).collect();
            let said = Speaker::new(language).say(format!("explain-{}", rule.key), &arguments);
            // A key without a text shows itself in brackets, an unknown variable in braces.
            assert!(!said.contains(['[', '{']), "{language}: {}: {said}", rule.key);
            for name in rule.arguments {
                assert!(said.contains(&format!("<{name}>")), "{language}: {}: {said}", rule.key);
            }
        }
    }
}

#[test]
fn keys_are_unique_and_kebab_case() {
    let keys: BTreeSet<&str> = RULES.iter().map(|rule| rule.key).collect();
    assert_eq!(keys.len(), RULES.len());
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
}
