//! `[[choice]]` of a question: a name, and beside it the text in each language.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use socklab_judge::Texts;
use socklab_say::{Language, Translated};
use toml::Spanned;

use super::languages::lacking;

/// `[[choice]]`, as it is written.
#[derive(Debug)]
pub(super) struct RawChoice {
    pub(super) id: Spanned<String>,
    pub(super) text: Texts,
}

/// A word on the left of `=`.
enum Word {
    Id,
    Language(&'static str),
}

impl Word {
    fn known() -> &'static [&'static str] {
        static KNOWN: LazyLock<Vec<&str>> = LazyLock::new(|| [&["id"], Language::tags()].concat());
        &KNOWN
    }
}

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Known;

        impl Visitor<'_> for Known {
            type Value = Word;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("id or a language's tag")
            }

            fn visit_str<E: Error>(self, word: &str) -> Result<Word, E> {
                let tag = Language::tags().iter().find(|tag| **tag == word);
                match (word, tag) {
                    ("id", _) => Ok(Word::Id),
                    (_, Some(tag)) => Ok(Word::Language(tag)),
                    (_, None) => Err(E::unknown_field(word, Word::known())),
                }
            }
        }

        deserializer.deserialize_identifier(Known)
    }
}

impl<'de> Deserialize<'de> for RawChoice {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Choice;

        impl<'de> Visitor<'de> for Choice {
            type Value = RawChoice;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a choice")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawChoice, A::Error> {
                let (mut id, mut texts) = (None, BTreeMap::new());
                while let Some(word) = map.next_key::<Word>()? {
                    match word {
                        Word::Id => id = Some(map.next_value()?),
                        Word::Language(tag) => {
                            texts.insert(tag.to_owned(), map.next_value()?);
                        }
                    }
                }
                let id = id.ok_or_else(|| A::Error::missing_field("id"))?;
                if let Some(tag) = lacking(|tag| texts.contains_key(tag)) {
                    return Err(A::Error::missing_field(tag));
                }
                let english = || A::Error::missing_field(Language::ENGLISH.tag());
                Ok(RawChoice { id, text: Translated::of(texts).ok_or_else(english)? })
            }
        }

        deserializer.deserialize_struct("RawChoice", Word::known(), Choice)
    }
}
