//! What authors write in several languages.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::sync::LazyLock;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde::{Serialize, Serializer};

use crate::language::Language;

/// Something in English, and in as many other languages as somebody has translated it into.
///
/// It is written as a table with a BCP 47 tag before each text: `{ en = "yes", es = "sí" }`. A tag
/// that [`Language::all`] does not list is a mistake, and so is a table without English.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Translated<T> {
    english: T,
    /// By tag.
    others: BTreeMap<String, T>,
}

impl<T> Translated<T> {
    /// In English alone.
    pub fn new(english: T) -> Self {
        Self { english, others: BTreeMap::new() }
    }

    /// What was written, by tag; `None` if English is missing.
    pub fn of(mut by_tag: BTreeMap<String, T>) -> Option<Self> {
        let english = by_tag.remove(Language::ENGLISH.tag())?;
        Some(Self { english, others: by_tag })
    }

    /// What a reader of this language gets: English if there is no translation.
    pub fn get(&self, language: Language) -> &T {
        self.own(language.tag()).unwrap_or(&self.english)
    }

    /// What was written in the language with this tag, if anything.
    pub fn own(&self, tag: &str) -> Option<&T> {
        match tag == Language::ENGLISH.tag() {
            true => Some(&self.english),
            false => self.others.get(tag),
        }
    }

    /// The English original.
    pub fn english(&self) -> &T {
        &self.english
    }

    /// Everything that was written, with its tag; English first.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        let others = self.others.iter().map(|(tag, text)| (tag.as_str(), text));
        std::iter::once((Language::ENGLISH.tag(), &self.english)).chain(others)
    }
}

impl<T: Serialize> Serialize for Translated<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Translated<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_struct("Translated", Language::tags(), ByTag(PhantomData))
    }
}

struct ByTag<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ByTag<T> {
    type Value = Translated<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text in each language")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut by_tag = BTreeMap::new();
        while let Some(language) = map.next_key::<Language>()? {
            by_tag.insert(language.tag().to_owned(), map.next_value()?);
        }
        Translated::of(by_tag).ok_or_else(|| A::Error::missing_field(Language::ENGLISH.tag()))
    }
}

impl Language {
    /// The tags of all languages, sorted.
    pub fn tags() -> &'static [&'static str] {
        static TAGS: LazyLock<Vec<&str>> =
            LazyLock::new(|| Language::all().map(Language::tag).collect());
        &TAGS
    }
}

/// A language by its exact tag.
impl<'de> Deserialize<'de> for Language {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Tag;

        impl Visitor<'_> for Tag {
            type Value = Language;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a language's tag")
            }

            fn visit_str<E: Error>(self, tag: &str) -> Result<Language, E> {
                let mut all = Language::all();
                let found = all.find(|language| language.tag() == tag);
                found.ok_or_else(|| E::unknown_field(tag, Language::tags()))
            }
        }

        deserializer.deserialize_identifier(Tag)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by_tag(texts: &[(&str, &'static str)]) -> Option<Translated<&'static str>> {
        Translated::of(texts.iter().map(|(tag, text)| ((*tag).to_owned(), *text)).collect())
    }

    #[test]
    fn english_stands_in_for_what_nobody_translated() {
        let spanish = Language::find("es").unwrap();
        let both = by_tag(&[("en", "yes"), ("es", "sí")]).unwrap();
        assert_eq!((both.get(Language::ENGLISH), both.get(spanish)), (&"yes", &"sí"));
        let one = Translated::new("yes");
        assert_eq!((one.get(spanish), one.own("es")), (&"yes", None));
        assert_eq!(by_tag(&[("es", "sí")]), None);
    }

    #[test]
    fn a_language_without_a_folder_of_sentences_can_be_held() {
        let three = by_tag(&[("en", "yes"), ("tlh", "HIja'")]).unwrap();
        assert_eq!(three.own("tlh"), Some(&"HIja'"));
        assert_eq!(three.iter().map(|(tag, _)| tag).collect::<Vec<_>>(), ["en", "tlh"]);
    }
}
