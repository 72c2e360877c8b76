//! The parsed texts of each language. A language is parsed once per process, when its first text is
//! needed: a command that prints no text does not pay for it.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::sync::OnceLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use fluent_syntax::ast::Entry;
use intl_memoizer::Memoizable;
use unic_langid::LanguageIdentifier;

use crate::language::{COUNT, Language};
use crate::number::Numerals;

/// The texts of a language, ready to be filled in.
pub(crate) struct Texts {
    bundle: FluentBundle<FluentResource>,
    numerals: Numerals,
}

impl Texts {
    /// The texts of this language.
    pub(crate) fn of(language: Language) -> &'static Self {
        static PARSED: [OnceLock<Texts>; COUNT] = [const { OnceLock::new() }; COUNT];
        PARSED[language.index()].get_or_init(|| Self::parse(language))
    }

    fn parse(language: Language) -> Self {
        let id: LanguageIdentifier = language.tag().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![id]);
        // Fluent's isolation marks for right-to-left text would end up in terminals and pipes.
        bundle.set_use_isolating(false);
        for resource in resources(language) {
            // A duplicate key keeps its first text; a test reports it.
            let _ = bundle.add_resource(resource);
        }
        // Counts, which select plural forms, are formatted like all other numbers.
        bundle.set_formatter(Some(|value, memoizer| {
            let FluentValue::Number(number) = value else { return None };
            let plain = number.as_string();
            memoizer.with_try_get((), |numerals: &Numerals| numerals.write(&plain)).ok()
        }));
        let mut texts = Self { bundle, numerals: Numerals::default() };
        let sign = |key| texts.fill(key, &FluentArgs::new());
        texts.numerals = Numerals {
            decimal: sign("number-decimal").unwrap_or_else(|| ".".to_owned()),
            group: sign("number-group").unwrap_or_default(),
            grouped_from: sign("number-grouped-from").and_then(|n| n.parse().ok()).unwrap_or(0),
        };
        texts
    }

    /// How its numbers are written.
    pub(crate) fn numerals(&self) -> &Numerals {
        &self.numerals
    }

    /// True if there is a text for this key.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.bundle.has_message(key)
    }

    /// The text for a key with its variables filled in; `None` if there is no such text.
    pub(crate) fn fill(&self, key: &str, arguments: &FluentArgs<'_>) -> Option<String> {
        let pattern = self.bundle.get_message(key)?.value()?;
        Some(self.bundle.format_pattern(pattern, Some(arguments), &mut vec![]).into_owned())
    }
}

/// The parsed files of a language. A faulty message is left out, and a test reports it; the others
/// still work.
fn resources(language: Language) -> impl Iterator<Item = FluentResource> {
    language.files().iter().map(|(_, text)| {
        let (Ok(resource) | Err((resource, _))) = FluentResource::try_new((*text).to_owned());
        resource
    })
}

/// Lets the number formatter, which knows only the language, look up its separators.
impl Memoizable for Numerals {
    type Args = ();
    type Error = Infallible;

    fn construct(id: LanguageIdentifier, (): ()) -> Result<Self, Infallible> {
        let language = Language::find(&id.to_string()).unwrap_or_default();
        Ok(Texts::of(language).numerals().clone())
    }
}

impl Language {
    /// The keys of the sentences that this language has.
    pub fn keys(self) -> BTreeSet<String> {
        let mut keys = BTreeSet::new();
        for resource in resources(self) {
            keys.extend(resource.entries().filter_map(|entry| match entry {
                Entry::Message(message) => Some(message.id.name.to_owned()),
                _ => None,
            }));
        }
        keys
    }

    /// The keys of the sentences that English has and this language lacks. English replaces them.
    pub fn missing(self) -> BTreeSet<String> {
        &Self::ENGLISH.keys() - &self.keys()
    }
}
