//! A change of the rules while frames pass.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::error::RuleError;
use super::parse::Parser;
use super::rule::Rule;

/// A change of the rules on a wire at work: `drop the 1st data from server` adds a rule, `lift drop
/// the 1st data from server` takes it away, `lift all` takes all away, `heal` all partitions.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change {
    /// One more rule.
    Add(Rule),
    /// Without the rules that mean the same as this.
    Lift(Rule),
    /// Without any rule.
    LiftAll,
    /// Without any `partition`.
    Heal,
}

impl FromStr for Change {
    type Err = RuleError;

    fn from_str(text: &str) -> Result<Self, RuleError> {
        let mut parser = Parser::of(text);
        if parser.take_word("heal") {
            parser.end()?;
            return Ok(Self::Heal);
        }
        if parser.take_word("lift") {
            if parser.take_word("all") {
                parser.end()?;
                return Ok(Self::LiftAll);
            }
            return Ok(Self::Lift(parser.rule()?));
        }
        Ok(Self::Add(parser.rule()?))
    }
}

impl Change {
    /// The change as its author wrote it, in one line.
    pub fn text(&self) -> String {
        match self {
            Self::Add(rule) => rule.text().to_owned(),
            Self::Lift(rule) => format!("lift {}", rule.text()),
            Self::LiftAll => "lift all".to_owned(),
            Self::Heal => "heal".to_owned(),
        }
    }

    /// The rule that is added or lifted.
    pub fn rule(&self) -> Option<&Rule> {
        match self {
            Self::Add(rule) | Self::Lift(rule) => Some(rule),
            Self::LiftAll | Self::Heal => None,
        }
    }
}

/// As its author wrote it.
impl Serialize for Change {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text())
    }
}

impl<'de> Deserialize<'de> for Change {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// In its canonical form.
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Add(rule) => rule.fmt(f),
            Self::Lift(rule) => write!(f, "lift {rule}"),
            Self::LiftAll => f.write_str("lift all"),
            Self::Heal => f.write_str("heal"),
        }
    }
}
