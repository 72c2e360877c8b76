//! Deserializes values that may be written in more than one way. Unlike serde's `untagged`, this
//! reports what is wrong with the form that was chosen.

/// Implements `Deserialize` for a type that is written as a text, a number, a list or a table.
/// `$expected` is the key of the sentence that describes these forms.
macro_rules! either {
    ($type:ty, $expected:literal, { $($form:ident => $make:expr),+ $(,)? }) => {
        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Visitor;
                impl<'de> serde::de::Visitor<'de> for Visitor {
                    type Value = $type;
                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str($expected)
                    }
                    fn visit_newtype_struct<D: serde::Deserializer<'de>>(
                        self,
                        deserializer: D,
                    ) -> Result<Self::Value, D::Error> {
                        deserializer.deserialize_any(self)
                    }
                    $($crate::format::either::form!($form, $make);)+
                }
                deserializer
                    .deserialize_newtype_struct(concat!("mistake-", $expected), Visitor)
            }
        }
    };
}

/// One way to write the value.
macro_rules! form {
    (text, $make:expr) => {
        fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
            Ok(($make)(text.to_owned()))
        }
    };
    (number, $make:expr) => {
        fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Self::Value, E> {
            Ok(($make)(number))
        }
    };
    (list, $make:expr) => {
        fn visit_seq<A: serde::de::SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
            serde::Deserialize::deserialize(serde::de::value::SeqAccessDeserializer::new(list))
                .map($make)
        }
    };
    (map, $make:expr) => {
        fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
            serde::Deserialize::deserialize(serde::de::value::MapAccessDeserializer::new(map))
                .map($make)
        }
    };
}

pub(crate) use {either, form};
