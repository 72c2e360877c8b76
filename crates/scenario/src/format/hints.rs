//! Hints, each with what it fits.

use std::collections::BTreeMap;

use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use socklab_judge::{DEEDS, RULES, Texts, causes};
use socklab_say::{Language, Sentence, Translated, sentence};
use toml::Spanned;

use super::mistake::Mistake;
use super::values::OneOrMany;

/// A hint, and what it fits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FittingHint {
    /// The rules that must have said something about the program, at least one of them: of
    /// [`DEEDS`] or of [`RULES`]; or what is behind it, one of [`causes`]. If there are none here, it
    /// always fits.
    pub when: Vec<String>,
    /// The hint.
    pub text: Texts,
}

impl FittingHint {
    /// True if it fits what these rules have found.
    pub fn fits(&self, found: &[&str]) -> bool {
        self.when.is_empty() || self.when.iter().any(|word| found.contains(&word.as_str()))
    }
}

/// `{ when = "raised", en = "…", es = "…" }`.
#[derive(Clone, Debug)]
pub(super) struct RawHint {
    when: Option<Spanned<OneOrMany>>,
    text: Texts,
}

const WHEN: &str = "when";

fn words() -> &'static [&'static str] {
    static WORDS: std::sync::LazyLock<Vec<&str>> = std::sync::LazyLock::new(|| {
        std::iter::once(WHEN).chain(Language::tags().iter().copied()).collect()
    });
    &WORDS
}

impl<'de> Deserialize<'de> for RawHint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Table;
        impl<'de> Visitor<'de> for Table {
            type Value = RawHint;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a text in each language")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawHint, A::Error> {
                let (mut when, mut by_tag) = (None, BTreeMap::new());
                while let Some(word) = map.next_key::<String>()? {
                    if word == WHEN {
                        when = Some(map.next_value()?);
                    } else if Language::tags().contains(&word.as_str()) {
                        by_tag.insert(word, map.next_value()?);
                    } else {
                        return Err(A::Error::unknown_field(&word, words()));
                    }
                }
                let english = Language::ENGLISH.tag();
                let text = Translated::of(by_tag).ok_or_else(|| A::Error::missing_field(english));
                Ok(RawHint { when, text: text? })
            }
        }
        deserializer.deserialize_struct("hint", words(), Table)
    }
}

/// The hints of a case, a step or an expectation, in their order; the one that always fits comes
/// last.
pub(super) fn hints(
    always: Option<Texts>,
    fitting: Vec<RawHint>,
) -> Result<Vec<FittingHint>, Mistake> {
    let mut hints = Vec::new();
    for RawHint { when, text } in fitting {
        let span = when.as_ref().map(Spanned::span);
        let when = when.map(|when| when.into_inner().0).unwrap_or_default();
        if let Some(word) = when.iter().find(|word| !is_rule(word)) {
            return Err(Mistake { span, what: unknown(word) });
        }
        hints.push(FittingHint { when, text });
    }
    hints.extend(always.map(|text| FittingHint { when: Vec::new(), text }));
    Ok(hints)
}

fn rules() -> impl Iterator<Item = &'static str> {
    let rules = DEEDS.iter().map(|rule| rule.key).chain(RULES.iter().map(|rule| rule.key));
    rules.chain(causes())
}

fn is_rule(word: &str) -> bool {
    rules().any(|rule| rule == word)
}

fn unknown(word: &str) -> Sentence {
    let near = rules().max_by(|one, other| {
        let [one, other] = [one, other].map(|rule| strsim::jaro_winkler(rule, word));
        one.total_cmp(&other)
    });
    sentence!("mistake-no-rule", word = word, near = near.unwrap_or_default())
}
