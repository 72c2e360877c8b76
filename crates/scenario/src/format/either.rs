//! Values that may be written in more than one way. serde's `untagged` would do, but forgets what
//! exactly was wrong and where; these keep the error of the form that was chosen.

/// Implements `Deserialize` for a type that is written as a text, a number, a list or a table.
macro_rules! either {
    ($type:ty, $expecting:literal, { $($form:ident => $make:expr),+ $(,)? }) => {
        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Visitor;
                impl<'de> serde::de::Visitor<'de> for Visitor {
                    type Value = $type;
                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str($expecting)
                    }
                    $($crate::format::either::form!($form, $make);)+
                }
                deserializer.deserialize_any(Visitor)
            }
        }
    };
}

/// One way to write it.
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
