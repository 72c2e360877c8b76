//! What a filter says.

use std::fmt;
use std::str::FromStr;

use crate::bytes::{contains, quoted};
use crate::mistake::Mistake;
use crate::parse::Parser;
use crate::subject::Subject;
use crate::time;
use crate::verdict::Verdict;
use crate::words::{WORDS, words};

/// Which events a reader wants to see. Its text, [`Filter::to_string`], is the same filter written in
/// one way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter(pub(crate) Node);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Node {
    /// Two or more, none of them of this kind.
    All(Vec<Node>),
    /// Two or more, none of them of this kind.
    Any(Vec<Node>),
    Not(Box<Node>),
    Port(u16),
    Host(String),
    Descriptor(i32),
    Process(String),
    Call(String),
    Errors,
    /// Longer than so many nanoseconds.
    Slower(u64),
    /// Not over before, not begun after. At least one of them.
    During(Option<u64>, Option<u64>),
    Bytes(Vec<u8>),
}

impl Filter {
    /// Reads a filter.
    ///
    /// # Errors
    ///
    /// What is wrong with it, and where.
    pub fn parse(text: &str) -> Result<Self, Mistake> {
        Parser::of(text).filter().map(Self)
    }

    /// Whether an event fits.
    pub fn verdict(&self, subject: &Subject<'_>) -> Verdict {
        self.0.verdict(subject)
    }
}

impl FromStr for Filter {
    type Err = Mistake;

    fn from_str(text: &str) -> Result<Self, Mistake> {
        Self::parse(text)
    }
}

impl Node {
    /// The two as one: the parts of a part that is of the same kind are its own.
    pub(crate) fn all(nodes: Vec<Self>) -> Self {
        Self::joined(nodes, Self::All, |node| match node {
            Self::All(parts) => Ok(parts),
            other => Err(other),
        })
    }

    pub(crate) fn any(nodes: Vec<Self>) -> Self {
        Self::joined(nodes, Self::Any, |node| match node {
            Self::Any(parts) => Ok(parts),
            other => Err(other),
        })
    }

    fn joined(
        nodes: Vec<Self>,
        kind: fn(Vec<Self>) -> Self,
        parts: fn(Self) -> Result<Vec<Self>, Self>,
    ) -> Self {
        let mut all = Vec::with_capacity(nodes.len());
        for node in nodes {
            match parts(node) {
                Ok(mut more) => all.append(&mut more),
                Err(node) => all.push(node),
            }
        }
        match all.pop() {
            Some(only) if all.is_empty() => only,
            last => {
                all.extend(last);
                kind(all)
            }
        }
    }

    fn verdict(&self, subject: &Subject<'_>) -> Verdict {
        let named = |all: &[String], name: &String| Verdict::of(all.contains(name));
        match self {
            Self::All(parts) => {
                parts.iter().map(|part| part.verdict(subject)).min().unwrap_or(Verdict::Yes)
            }
            Self::Any(parts) => {
                parts.iter().map(|part| part.verdict(subject)).max().unwrap_or(Verdict::No)
            }
            Self::Not(part) => part.verdict(subject).opposite(),
            Self::Port(port) => Verdict::of(subject.ports.contains(port)),
            Self::Host(name) => named(&subject.hosts, name),
            Self::Descriptor(number) => Verdict::of(subject.descriptors.contains(number)),
            Self::Process(name) => named(&subject.processes, name),
            Self::Call(name) => named(&subject.calls, name),
            Self::Errors => Verdict::of(subject.failed),
            Self::Slower(time) => Verdict::of(subject.took.is_some_and(|took| took > *time)),
            Self::During(from, to) => Verdict::of(
                from.is_none_or(|from| subject.ends >= from)
                    && to.is_none_or(|to| subject.begins <= to),
            ),
            Self::Bytes(some) => match subject.bytes.iter().any(|all| contains(all, some)) {
                true => Verdict::Yes,
                false if subject.cut => Verdict::Unknown,
                false => Verdict::No,
            },
        }
    }

    /// Writes a part of a larger whole; `tight` if that is a `not`, or an `and` around an `or`.
    fn write_part(&self, f: &mut fmt::Formatter<'_>, tight: bool) -> fmt::Result {
        if tight { write!(f, "({self})") } else { write!(f, "{self}") }
    }

    fn write_joined(&self, f: &mut fmt::Formatter<'_>, parts: &[Self], word: &str) -> fmt::Result {
        for (index, part) in parts.iter().enumerate() {
            if index > 0 {
                write!(f, " {word} ")?;
            }
            let loose = matches!((self, part), (Self::All(_), Self::Any(_)));
            part.write_part(f, loose)?;
        }
        Ok(())
    }
}

/// A name as it can be read again: in quotes if it would be read as something else.
struct Name<'n>(&'n str);

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = matches!(&words(self.0)[..], [word] if word.text == self.0)
            && !WORDS.contains(&self.0)
            && !self.0.contains(['(', ')', '"', '\\'])
            && !self.0.chars().any(socklab_say::is_unsafe);
        match plain {
            true => f.write_str(self.0),
            false => f.write_str(&quoted(self.0.as_bytes())),
        }
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All(parts) => self.write_joined(f, parts, "and"),
            Self::Any(parts) => self.write_joined(f, parts, "or"),
            Self::Not(part) => {
                f.write_str("not ")?;
                part.write_part(f, matches!(**part, Self::All(_) | Self::Any(_)))
            }
            Self::Port(port) => write!(f, "port {port}"),
            Self::Host(name) => write!(f, "host {}", Name(name)),
            Self::Descriptor(number) => write!(f, "fd {number}"),
            Self::Process(name) => write!(f, "process {}", Name(name)),
            Self::Call(name) => write!(f, "call {}", Name(name)),
            Self::Errors => f.write_str("errors"),
            Self::Slower(time) => write!(f, "slower {}", time::written(*time)),
            Self::During(from, to) => {
                if let Some(from) = from {
                    write!(f, "from {}", time::written(*from))?;
                }
                if let Some(to) = to {
                    let gap = if from.is_some() { " " } else { "" };
                    write!(f, "{gap}to {}", time::written(*to))?;
                }
                Ok(())
            }
            Self::Bytes(bytes) => write!(f, "bytes {}", quoted(bytes)),
        }
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn name() -> impl Strategy<Value = String> {
        prop_oneof!["[a-z]{1,4}", "\\PC{1,6}", any::<String>(), Just("not".to_owned())]
            .prop_filter("a name is not empty", |name| !name.is_empty())
    }

    fn node() -> impl Strategy<Value = Node> {
        let time = || 0..1_000_000_000_000_000_u64;
        let leaf = prop_oneof![
            (1..=u16::MAX).prop_map(Node::Port),
            name().prop_map(Node::Host),
            (0..=i32::MAX).prop_map(Node::Descriptor),
            name().prop_map(Node::Process),
            name().prop_map(Node::Call),
            Just(Node::Errors),
            time().prop_map(Node::Slower),
            time().prop_map(|from| Node::During(Some(from), None)),
            time().prop_map(|to| Node::During(None, Some(to))),
            (time(), time()).prop_map(|(a, b)| Node::During(Some(a.min(b)), Some(a.max(b)))),
            proptest::collection::vec(any::<u8>(), 1..9).prop_map(Node::Bytes),
        ];
        leaf.prop_recursive(5, 30, 4, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 2..4).prop_map(Node::all),
                proptest::collection::vec(inner.clone(), 2..4).prop_map(Node::any),
                inner.prop_map(|node| Node::Not(Box::new(node))),
            ]
        })
    }

    proptest! {
        #[test]
        fn a_filter_is_read_as_it_is_written(node in node()) {
            let filter = Filter(node);
            let text = filter.to_string();
            prop_assert_eq!(Filter::parse(&text), Ok(filter), "{}", text);
            prop_assert!(!text.contains(|char: char| char.is_control()), "{text:?}");
        }

        #[test]
        fn any_text_is_a_filter_or_a_mistake(text in "[(\") a-z0-9\\\\.,]{0,30}|\\PC{0,20}") {
            match Filter::parse(&text) {
                Ok(filter) => prop_assert_eq!(Filter::parse(&filter.to_string()), Ok(filter)),
                Err(mistake) => {
                    prop_assert!(text.get(mistake.at.clone()).is_some());
                    prop_assert!(!mistake.to_string().is_empty());
                }
            }
        }
    }

    #[test]
    fn what_binds_more_tightly_needs_no_parentheses() {
        for (text, wanted) in [
            ("port 80 errors", "port 80 and errors"),
            ("port 80 errors or fd 3", "port 80 and errors or fd 3"),
            ("port 80 (errors or fd 3)", "port 80 and (errors or fd 3)"),
            ("not port 80 errors", "not port 80 and errors"),
            ("not (port 80 errors)", "not (port 80 and errors)"),
            ("((port 80) and (errors and fd 3))", "port 80 and errors and fd 3"),
            ("from 1s to 2s", "from 1s to 2s"),
            ("not from 1 s to 1,5 s", "not from 1s to 1.5s"),
            ("from 1s and to 2s", "from 1s and to 2s"),
            ("bytes GET\\r\\n", "bytes \"GET\\r\\n\""),
            ("process \"a b\"", "process \"a b\""),
            ("process \"nc\"", "process nc"),
        ] {
            assert_eq!(Filter::parse(text).unwrap().to_string(), wanted);
        }
    }
}
