//! Every rule has its sentence in both languages, with exactly its own arguments.

use std::collections::BTreeSet;

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use proptest::prelude::*;
use socklab_judge::{RULES, explain, locales};
use socklab_timelines::any_timeline;

/// The variables of every message, by key.
fn messages(text: &'static str) -> Vec<(String, BTreeSet<String>)> {
    let resource = fluent_syntax::parser::parse(text).unwrap_or_else(|(_, errors)| {
        panic!("{errors:?}");
    });
    let message = |entry: &Entry<&str>| match entry {
        Entry::Message(message) => {
            let pattern = message.value.as_ref().expect("a text");
            Some((message.id.name.to_owned(), variables(pattern)))
        }
        _ => None,
    };
    resource.body.iter().filter_map(message).collect()
}

fn variables(pattern: &Pattern<&str>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for element in &pattern.elements {
        let PatternElement::Placeable { expression } = element else { continue };
        let (Expression::Inline(inline) | Expression::Select { selector: inline, .. }) = expression;
        match inline {
            InlineExpression::VariableReference { id } => found.insert(id.name.to_owned()),
            _ => panic!("not a variable: {expression:?}"),
        };
        // One form for 1, another for more.
        if let Expression::Select { variants, .. } = expression {
            found.extend(variants.iter().flat_map(|variant| variables(&variant.value)));
        }
    }
    found
}

#[test]
fn both_languages_say_every_rule_with_its_own_arguments() {
    for text in [locales::EN, locales::ES] {
        let messages = messages(text);
        assert_eq!(messages.len(), RULES.len());
        for rule in RULES {
            let key = format!("explain-{}", rule.key);
            let found = messages.iter().find(|(name, _)| *name == key);
            let (_, variables) = found.unwrap_or_else(|| panic!("no {key}"));
            let arguments = rule.arguments.iter().map(|name| (*name).to_owned()).collect();
            assert_eq!(*variables, arguments, "{key}");
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
        for explanation in explain(&timeline) {
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
