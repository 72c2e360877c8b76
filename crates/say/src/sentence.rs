//! A sentence as data: the key of its text, and its arguments.

use std::borrow::Cow;
use std::fmt::Display;

use serde::Serialize;

/// Something to say, independent of the reader's language: `sentence!("mistake-twice", name =
/// name)`.
///
/// It has no `Display`, so that no English slips into another language through a `{}`: a
/// [`Speaker`](crate::Speaker) puts it into words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sentence {
    /// The key of its text.
    pub key: Cow<'static, str>,
    /// The variables of the text and their values.
    pub arguments: Vec<(&'static str, Argument)>,
}

/// The value of a variable in a sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Argument {
    /// Text that is the same in every language: a name, an address, a port.
    Text(String),
    /// A number in plain digits: a port, a descriptor.
    Number(u64),
    /// A count of something: its digits are grouped, and it selects the plural form of a text.
    Count(u64),
    /// Nanoseconds.
    Duration(u64),
    /// Another sentence, or a part of one.
    Sentence(Box<Sentence>),
}

/// A count of something; a number that does not fit counts as [`u64::MAX`].
pub fn count(number: impl TryInto<u64>) -> Argument {
    Argument::Count(number.try_into().unwrap_or(u64::MAX))
}

/// A duration in nanoseconds.
pub fn duration(nanoseconds: u64) -> Argument {
    Argument::Duration(nanoseconds)
}

/// What [`say!`](crate::say!) and [`sentence!`](crate::sentence!) accept as the value of a
/// variable: an [`Argument`], a [`Sentence`], or anything with `Display`, as plain text: the port
/// `8888`, not `8,888`.
pub trait Variable {
    /// Converts it into an argument.
    fn argument(&self) -> Argument;
}

impl<T: Display + ?Sized> Variable for T {
    fn argument(&self) -> Argument {
        Argument::Text(self.to_string())
    }
}

impl Variable for Argument {
    fn argument(&self) -> Argument {
        self.clone()
    }
}

impl Variable for Sentence {
    fn argument(&self) -> Argument {
        Argument::Sentence(Box::new(self.clone()))
    }
}

impl From<String> for Argument {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Argument {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<u64> for Argument {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

/// A [`Sentence`](crate::Sentence): `sentence!("mistake-twice", name = name)`.
#[macro_export]
macro_rules! sentence {
    ($key:expr $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::Sentence {
            key: ::std::borrow::Cow::from($key),
            arguments: ::std::vec![
                $((::std::stringify!($name), $crate::Variable::argument(&$value))),*
            ],
        }
    };
}
