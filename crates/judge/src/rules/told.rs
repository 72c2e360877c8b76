//! For tests: which rules a timeline shows, and what they say.

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource};
use socklab_event::Timeline;

use crate::{Argument, Explanation, explain, locales};

/// The keys of the rules that apply, in order.
pub(super) fn rules(timeline: &Timeline) -> Vec<&'static str> {
    explain(timeline).into_iter().map(|explanation| explanation.rule).collect()
}

/// What a rule says in English.
///
/// # Panics
/// If it does not apply, or cannot be said.
pub(super) fn told(timeline: &Timeline, rule: &str) -> String {
    let found = explain(timeline);
    let mut found = found.iter().filter(|explanation| explanation.rule == rule);
    let explanation = found.next().unwrap_or_else(|| panic!("{rule} not in {:?}", rules(timeline)));
    say(explanation, locales::EN)
}

fn say(explanation: &Explanation, locale: &str) -> String {
    let resource = FluentResource::try_new(locale.to_owned()).expect("valid Fluent");
    let mut bundle = FluentBundle::new(vec!["en".parse().expect("a language")]);
    bundle.set_use_isolating(false);
    bundle.add_resource(resource).expect("no key twice");
    let mut args = FluentArgs::new();
    for (name, value) in &explanation.arguments {
        match value {
            Argument::Text(text) => args.set(*name, text.clone()),
            Argument::Number(number) => args.set(*name, *number),
        }
    }
    let message = bundle.get_message(&explanation.key()).expect("a sentence");
    let mut errors = Vec::new();
    let said = bundle.format_pattern(message.value().expect("a text"), Some(&args), &mut errors);
    assert!(errors.is_empty(), "{}: {errors:?}", explanation.rule);
    said.into_owned()
}
