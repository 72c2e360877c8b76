//! Deserializes TOML with our own mistakes: the `toml` library's deserializer reports a wrong word,
//! a missing field or a number out of range only as an English message. So the library only parses,
//! and this file deserializes its tree of values, each of which knows its place in the text.
//!
//! A little longer than 400 lines, because it is one deserializer: serde's traits name what it has.

use std::ops::Range;

use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess,
    SeqAccess, VariantAccess, Visitor,
};
use serde_spanned::de::{SpannedDeserializer, is_spanned};
use socklab_say::{Argument, Sentence, Variable, sentence};
use toml::Spanned;
use toml::de::{DeArray, DeInteger, DeString, DeTable, DeValue};

use super::act::{ACT, GROUP};
use super::languages::lacking;
use super::mistake::{Mistake, quoted};
use super::op;
use super::syntax;

/// Reads a document.
///
/// # Errors
///
/// A syntax error, or a value that does not fit `T`, in our own.
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> Result<T, Mistake> {
    let table = DeTable::parse(text)
        .map_err(|error| Mistake { span: error.span(), what: syntax::in_words(error.message()) })?;
    let span = table.span();
    T::deserialize(Node::new(Spanned::new(span, DeValue::Table(table.into_inner()))))
}

/// A value, its place, and what is expected there, if the type alone does not say so.
struct Node<'i> {
    value: DeValue<'i>,
    span: Range<usize>,
    expected: Option<Argument>,
}

impl<'i> Node<'i> {
    fn new(value: Spanned<DeValue<'i>>) -> Self {
        let span = value.span();
        Self { value: value.into_inner(), span, expected: None }
    }

    /// The mistake that a value is of another kind than `expected`.
    fn unlike(&self, expected: impl Variable) -> Mistake {
        let what = sentence!("mistake-wrong-kind", found = kind(&self.value), wanted = expected);
        Mistake::at(self.span.clone(), what)
    }
}

/// Describes a value that was found.
fn kind(value: &DeValue<'_>) -> Sentence {
    match value {
        DeValue::String(text) => {
            // Enough to recognise it.
            let dots = if text.chars().count() > 60 { "…" } else { "" };
            let text: String = text.chars().take(60).collect();
            sentence!("mistake-kind-text", value = format!("{text:?}{dots}"))
        }
        DeValue::Integer(number) => sentence!("mistake-kind-number", value = number.to_string()),
        DeValue::Float(number) => sentence!("mistake-kind-number", value = number.to_string()),
        DeValue::Boolean(value) => sentence!("mistake-kind-boolean", value = value.to_string()),
        DeValue::Datetime(date) => sentence!("mistake-kind-other", value = date.to_string()),
        DeValue::Array(_) => sentence!("mistake-kind-list"),
        DeValue::Table(_) => sentence!("mistake-kind-table"),
    }
}

fn whole_number<T: TryFrom<i128>>(number: &DeInteger<'_>) -> Option<T> {
    T::try_from(i128::from_str_radix(number.as_str(), number.radix()).ok()?).ok()
}

/// Implements the methods for number types; each gives its own description of the expected number.
macro_rules! numbers {
    ($($method:ident, $visit:ident, $type:ty, $expected:expr;)+) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
            match &self.value {
                DeValue::Integer(number) => match whole_number::<$type>(number) {
                    Some(number) => visitor.$visit(number),
                    None => Err(self.unlike($expected)),
                },
                _ => Err(self.unlike($expected)),
            }
        }
    )+};
}

impl<'de> Deserializer<'de> for Node<'de> {
    type Error = Mistake;

    /// For values that can be written in several ways: the form that is found decides.
    fn deserialize_any<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Mistake> {
        let expected = self.expected.take().unwrap_or_else(|| visitor_says(&visitor).argument());
        let unlike = self.unlike(expected);
        let result = match self.value {
            DeValue::String(text) => visitor.visit_str(&text),
            DeValue::Boolean(value) => visitor.visit_bool(value),
            DeValue::Integer(number) => match whole_number::<i64>(&number) {
                Some(number) => visitor.visit_i64(number),
                None => return Err(unlike),
            },
            DeValue::Array(list) => visitor.visit_seq(List(list.into_iter())),
            DeValue::Table(table) => visitor.visit_map(Table::new(table)),
            DeValue::Float(_) | DeValue::Datetime(_) => return Err(unlike),
        };
        // A mistake without a place means that the visitor does not accept this form.
        result.map_err(|mistake| if mistake.span.is_some() { mistake } else { unlike })
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        match self.value {
            DeValue::Boolean(value) => visitor.visit_bool(value),
            _ => Err(self.unlike(sentence!("mistake-want-boolean"))),
        }
    }

    numbers! {
        deserialize_u8, visit_u8, u8, sentence!("mistake-want-number-to", most = u32::from(u8::MAX));
        deserialize_u16, visit_u16, u16, sentence!("mistake-want-number-to", most = u32::from(u16::MAX));
        deserialize_u32, visit_u32, u32, sentence!("mistake-want-number-to", most = u32::MAX);
        deserialize_u64, visit_u64, u64, sentence!("mistake-want-number");
        deserialize_i8, visit_i8, i8, sentence!("mistake-want-number");
        deserialize_i16, visit_i16, i16, sentence!("mistake-want-number");
        deserialize_i32, visit_i32, i32, sentence!("mistake-want-number");
        deserialize_i64, visit_i64, i64, sentence!("mistake-want-number");
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        match &self.value {
            DeValue::String(text) => visitor
                .visit_str(text)
                .map_err(|mistake: Mistake| mistake.within(self.span.clone())),
            _ => Err(self.unlike(sentence!("mistake-want-text"))),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        self.deserialize_str(visitor)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        match self.value {
            DeValue::Array(list) => visitor.visit_seq(List(list.into_iter())),
            _ => Err(self.unlike(sentence!("mistake-want-list"))),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        match self.value {
            DeValue::Table(table) => visitor
                .visit_map(Table::new(table))
                .map_err(|mistake: Mistake| mistake.within(self.span.clone())),
            _ => Err(self.unlike(
                self.expected.clone().unwrap_or(sentence!("mistake-want-table").argument()),
            )),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        mut self,
        name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        if is_spanned(name) {
            let span = self.span.clone();
            return visitor.visit_map(SpannedDeserializer::new(self, span));
        }
        if name == ACT {
            let is_group = |table: &DeTable<'_>| GROUP.iter().any(|word| table.contains_key(*word));
            return match &self.value {
                DeValue::Table(table) if is_group(table) => self.deserialize_map(visitor),
                _ => visitor.visit_newtype_struct(self),
            };
        }
        if name != "Translated" {
            return self.deserialize_map(visitor);
        }
        self.expected = Some(sentence!("mistake-want-texts").argument());
        let lacking = match &self.value {
            DeValue::Table(table) => lacking(|tag| table.contains_key(tag)),
            _ => None,
        };
        let span = self.span.clone();
        let texts = self.deserialize_map(visitor)?;
        match lacking {
            Some(tag) => Err(<Mistake as serde::de::Error>::missing_field(tag).within(span)),
            None => Ok(texts),
        }
    }

    /// A word, or a table with one word and its value.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        words: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        let span = self.span.clone();
        let word = match self.value {
            DeValue::String(word) => Word { word: Spanned::new(span.clone(), word), value: None },
            DeValue::Table(table) if table.len() == 1 => {
                let (word, value) = table.into_iter().next().ok_or_else(no_value)?;
                Word { word, value: Some(value) }
            }
            DeValue::Table(table) => {
                return Err(Mistake::at(span, sentence!("mistake-one-word", count = table.len())));
            }
            _ => return Err(self.unlike(sentence!("mistake-want-one-of", known = quoted(words)))),
        };
        visitor.visit_enum(word).map_err(|mistake| mistake.within(span))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        visitor.visit_some(self)
    }

    /// For types of [`super::either`]: the name is the key of the sentence that describes what is
    /// expected.
    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        let expected = sentence!(name);
        visitor.visit_newtype_struct(Self { expected: Some(expected.argument()), ..self })
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! {
        i128 u128 f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct identifier
    }
}

impl<'de> IntoDeserializer<'de, Mistake> for Node<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// What a visitor expects, in its own words.
fn visitor_says<'de>(visitor: &impl Visitor<'de>) -> String {
    let expected: &dyn serde::de::Expected = visitor;
    expected.to_string()
}

/// serde asks for the values in order, and for each only once, so this never occurs.
fn no_value() -> Mistake {
    Mistake::whole(sentence!("mistake-unreadable", what = "a value was asked for twice"))
}

/// A list's values.
struct List<'i>(<DeArray<'i> as IntoIterator>::IntoIter);

impl<'de> SeqAccess<'de> for List<'de> {
    type Error = Mistake;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Mistake> {
        self.0.next().map(|value| seed.deserialize(Node::new(value))).transpose()
    }
}

/// A table's words and values.
struct Table<'i> {
    entries: <DeTable<'i> as IntoIterator>::IntoIter,
    value: Option<Spanned<DeValue<'i>>>,
}

impl<'i> Table<'i> {
    fn new(table: DeTable<'i>) -> Self {
        Self { entries: table.into_iter(), value: None }
    }
}

impl<'de> MapAccess<'de> for Table<'de> {
    type Error = Mistake;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Mistake> {
        let Some((key, value)) = self.entries.next() else { return Ok(None) };
        self.value = Some(value);
        seed.deserialize(Key(key)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Mistake> {
        let value = self.value.take().ok_or_else(no_value)?;
        seed.deserialize(Node::new(value))
    }
}

/// A word on the left of `=`.
struct Key<'i>(Spanned<DeString<'i>>);

impl<'de> Deserializer<'de> for Key<'de> {
    type Error = Mistake;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        visitor
            .visit_str(self.0.get_ref())
            .map_err(|mistake: Mistake| mistake.within(self.0.span()))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        if is_spanned(name) {
            let span = self.0.span();
            return visitor.visit_map(SpannedDeserializer::new(self, span));
        }
        self.deserialize_any(visitor)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

impl<'de> IntoDeserializer<'de, Mistake> for Key<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// One of an enum's words, with its value.
struct Word<'i> {
    word: Spanned<DeString<'i>>,
    value: Option<Spanned<DeValue<'i>>>,
}

impl<'de> EnumAccess<'de> for Word<'de> {
    type Error = Mistake;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Mistake> {
        let word = StrDeserializer::<Mistake>::new(self.word.get_ref());
        let known = seed.deserialize(word).map_err(|mistake| mistake.within(self.word.span()))?;
        Ok((known, self))
    }
}

impl<'de> VariantAccess<'de> for Word<'de> {
    type Error = Mistake;

    fn unit_variant(self) -> Result<(), Mistake> {
        match self.value {
            None => Ok(()),
            Some(value) => {
                let what =
                    sentence!("mistake-word-alone", word = self.word.into_inner().into_owned());
                Err(Mistake::at(value.span(), what))
            }
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Mistake> {
        let (span, word) = (self.word.span(), self.word.into_inner());
        let example = op::example(&word);
        match self.value {
            Some(value) => {
                let expected = example.map(Argument::from);
                seed.deserialize(Node { expected, ..Node::new(value) })
            }
            None => {
                let example = example.unwrap_or_default();
                Err(Mistake::at(
                    span,
                    sentence!("mistake-op-needs", word = &*word, example = example),
                ))
            }
        }
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Mistake> {
        Node::new(self.value.ok_or_else(no_value)?).deserialize_seq(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        Node::new(self.value.ok_or_else(no_value)?).deserialize_map(visitor)
    }
}
