//! The words with which an expectation names calls: a family of system calls, or a single one.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use socklab_event::{Args, Call};

/// Which calls are meant. Written as a word, in JSON and in files: `"recv"`, `"getsockopt"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CallWord {
    /// `accept`, `accept4`.
    Accept,
    /// Any call that puts data into a socket: see [`Call::sends`].
    Send,
    /// Any call that asks a socket for data: see [`Call::receives`].
    Recv,
    /// `poll`, `select`, `epoll_wait` and their variants.
    Wait,
    /// `dup`, `dup2`, `dup3`.
    Dup,
    /// The one system call of this name.
    Named(&'static str),
}

/// The families: their words, and the system calls that belong to them. `splice` is in two of them;
/// only its arguments show in which direction it moves bytes.
const FAMILIES: &[(&str, CallWord, &[&str])] = &[
    ("accept", CallWord::Accept, &["accept", "accept4"]),
    (
        "send",
        CallWord::Send,
        &["write", "writev", "sendto", "sendmsg", "sendmmsg", "sendfile", "splice", "pwritev2"],
    ),
    (
        "recv",
        CallWord::Recv,
        &["read", "readv", "recvfrom", "recvmsg", "recvmmsg", "splice", "preadv2"],
    ),
    (
        "wait",
        CallWord::Wait,
        &["poll", "ppoll", "select", "pselect6", "epoll_wait", "epoll_pwait", "epoll_pwait2"],
    ),
    ("dup", CallWord::Dup, &["dup", "dup2", "dup3"]),
];

/// System calls that belong to no family.
const SINGLE: &[&str] = &[
    "socket",
    "bind",
    "listen",
    "connect",
    "shutdown",
    "close",
    "setsockopt",
    "getsockopt",
    "getsockname",
    "getpeername",
    "socketpair",
    "fcntl",
    "ioctl",
    "epoll_ctl",
    "io_uring_setup",
];

impl CallWord {
    /// The meaning of a word; `None` if it names no call.
    pub fn parse(word: &str) -> Option<Self> {
        let family = FAMILIES.iter().find(|(name, ..)| *name == word);
        family.map(|(_, family, _)| *family).or_else(|| {
            let members = FAMILIES.iter().flat_map(|(.., members)| members.iter());
            SINGLE.iter().chain(members).find(|name| **name == word).map(|name| Self::Named(name))
        })
    }

    /// Every word, families first.
    pub fn words() -> impl Iterator<Item = &'static str> {
        let families = FAMILIES.iter().map(|(name, ..)| *name);
        let members = FAMILIES.iter().flat_map(|(.., members)| members.iter().copied());
        families.chain(SINGLE.iter().copied()).chain(members)
    }

    /// The word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Named(name) => name,
            family => FAMILIES.iter().find(|(_, one, _)| *one == family).map_or("", |one| one.0),
        }
    }

    /// True if `call` is one of these calls.
    pub fn is_made_by(self, call: &Call) -> bool {
        match self {
            Self::Send | Self::Recv if matches!(call.args, Args::Other { .. }) => {
                self.may_be(&call.name)
            }
            Self::Send => call.sends(),
            Self::Recv => call.receives(),
            _ => self.may_be(&call.name),
        }
    }

    /// True if a system call of this name can be one of these calls, judging by the name alone.
    pub fn may_be(self, name: &str) -> bool {
        match self {
            Self::Named(own) => own == name,
            family => {
                FAMILIES.iter().any(|(_, one, members)| *one == family && members.contains(&name))
            }
        }
    }
}

impl fmt::Display for CallWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Serialize for CallWord {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for CallWord {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        Self::parse(&word).ok_or_else(|| D::Error::custom(format_args!("{word:?} names no call")))
    }
}

#[cfg(test)]
mod tests {
    use socklab_timelines::{Story, scenes};

    use super::*;

    #[test]
    fn every_word_means_itself() {
        for word in CallWord::words() {
            assert_eq!(CallWord::parse(word).map(CallWord::as_str), Some(word));
            let json = serde_json::to_string(&CallWord::parse(word)).unwrap();
            assert_eq!(json, format!("{word:?}"));
            assert_eq!(serde_json::from_str::<CallWord>(&json).unwrap().as_str(), word);
        }
        assert_eq!(CallWord::parse("fork"), None);
        assert_eq!(CallWord::parse("accept"), Some(CallWord::Accept), "the family, not the call");
    }

    #[test]
    fn splice_is_classified_by_its_direction() {
        let mut story = Story::new();
        let (near, _) = scenes::tcp_pair(&mut story);
        let out = Args::SendFile { other_fd: 5, asked: 9, into_socket: false };
        story.on(near, "splice", out, socklab_event::Outcome::Value(9));
        let timeline = story.build();
        let call = timeline.events.last().and_then(|event| event.call()).expect("a call");
        assert!(CallWord::Recv.is_made_by(call) && !CallWord::Send.is_made_by(call));
        assert!(CallWord::Recv.may_be("splice") && CallWord::Send.may_be("splice"));
        assert!(CallWord::parse("splice").is_some_and(|word| word.is_made_by(call)));
    }
}
