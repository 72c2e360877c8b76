//! Lists of operations, as they are written: words one after another, and lists within the list that
//! are about another conversation or are repeated.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::{Deserialize as Derive, Serialize};
use toml::Spanned;

use super::op::Op;

/// An operation of a scripted peer, and the conversation that it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Derive)]
pub struct Act {
    /// The operation.
    pub op: Op,
    /// The conversation's name; empty for the one that has none.
    pub on: String,
}

/// An element of a list of operations.
#[derive(Clone, Debug)]
pub(super) enum RawAct {
    Op(Op),
    Group(RawGroup),
}

/// `{ on = "data", do = [ … ] }` or `{ repeat = 20, do = [ … ] }`.
#[derive(Clone, Debug, Derive)]
#[serde(deny_unknown_fields)]
pub(super) struct RawGroup {
    pub(super) on: Option<Spanned<String>>,
    pub(super) repeat: Option<Spanned<u32>>,
    #[serde(rename = "do")]
    pub(super) acts: Vec<Spanned<RawAct>>,
}

/// The name by which the deserializer of documents knows an element of such a list. It visits a map
/// if the element has one of the words of a group, and otherwise a newtype.
pub(super) const ACT: &str = "Act";
/// The words of a group.
pub(super) const GROUP: [&str; 3] = ["do", "on", "repeat"];

impl<'de> Deserialize<'de> for RawAct {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = RawAct;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an operation, or a list of operations")
            }

            fn visit_newtype_struct<D: Deserializer<'de>>(
                self,
                deserializer: D,
            ) -> Result<RawAct, D::Error> {
                Op::deserialize(deserializer).map(RawAct::Op)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RawAct, A::Error> {
                RawGroup::deserialize(MapAccessDeserializer::new(map)).map(RawAct::Group)
            }
        }

        deserializer.deserialize_struct(ACT, &GROUP, Either)
    }
}
