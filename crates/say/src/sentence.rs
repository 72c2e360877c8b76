//! A sentence as data: its key and what stands in its places.

use std::borrow::Cow;
use std::fmt::Display;

use serde::Serialize;

/// Something to say, in whatever language the reader turns out to have:
/// `sentence!("mistake-twice", name = name)`.
///
/// It has no `Display`: whoever shows it asks a [`Speaker`](crate::Speaker), so that no English
/// slips into another language by way of a `{}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sentence {
    /// The key of its text.
    pub key: Cow<'static, str>,
    /// The variables of the text and what they stand for.
    pub arguments: Vec<(&'static str, Argument)>,
}

/// What a variable of a sentence stands for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Argument {
    /// The same in every language, as it stands: a name, an address, a port.
    Text(String),
    /// A number in plain digits: a port, a descriptor.
    Number(u64),
    /// So many of something: digits are grouped, and a text may have one form for 1 and another
    /// for the rest.
    Count(u64),
    /// Nanoseconds.
    Duration(u64),
    /// Another sentence, or a part of one.
    Sentence(Box<Sentence>),
}

/// So many of something; a number that does not fit counts as [`u64::MAX`].
pub fn count(number: impl TryInto<u64>) -> Argument {
    Argument::Count(number.try_into().unwrap_or(u64::MAX))
}

/// A duration in nanoseconds.
pub fn duration(nanoseconds: u64) -> Argument {
    Argument::Duration(nanoseconds)
}

/// What [`say!`](crate::say!) and [`sentence!`](crate::sentence!) take for a variable: an
/// [`Argument`], a [`Sentence`], and everything that can be displayed, as text: `8888` is a port,
/// not `8,888`.
pub trait Variable {
    /// The argument it makes.
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
