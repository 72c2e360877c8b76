//! What can be expected of a timeline.

use serde::{Deserialize, Serialize};

use crate::expect_pattern::{Address, Bytes, Range};

/// A short text in every language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Texts {
    /// English.
    pub en: String,
    /// Spanish.
    pub es: String,
}

/// Something that should be seen in a timeline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Expectation {
    /// What it is called: unique among its scenario's expectations.
    pub name: String,
    /// What a student should think about if it is not met.
    pub hint: Option<Texts>,
    /// Not judged if one of these was not met.
    pub depends_on: Vec<String>,
    /// Only what comes later than the evidence for these counts.
    pub after: Vec<String>,
    /// Only what comes earlier than the evidence for these counts.
    pub before: Vec<String>,
    /// Only what happens on the same socket as the evidence for this counts.
    pub same_socket: Option<String>,
    /// How often it should be seen.
    pub times: Range,
    /// What should be seen.
    pub subject: Subject,
}

/// What an expectation is about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// Calls on sockets.
    Call(Box<Call>),
    /// All bytes that went one way through a socket.
    Stream(Box<Stream>),
    /// How a program ended.
    Exit {
        /// Whose end.
        actor: String,
        /// How.
        wanted: ExitWanted,
    },
    /// What a program printed.
    Output {
        /// Who.
        actor: String,
        /// Which stream; none for both together.
        stream: Option<socklab_event::Stream>,
        /// What.
        bytes: Bytes,
    },
    /// A signal that was delivered.
    Signal {
        /// To whom.
        actor: String,
        /// Its name: `SIGPIPE`.
        signal: String,
    },
    /// What the kernel's tables said about a socket.
    State(Box<State>),
}

/// A call on a socket; what is not said does not matter.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Call {
    /// Who makes it; anybody if none.
    pub actor: Option<String>,
    /// One of the families in [`crate::Call::families`], or a system call's own name.
    pub call: String,
    /// Whose socket is at the other end.
    pub peer: Option<String>,
    /// The address asked for, or given back.
    pub address: Option<Address>,
    /// The socket's own address.
    pub local: Option<Address>,
    /// `tcp` or `udp`.
    pub transport: Option<String>,
    /// `listen`'s number.
    pub backlog: Option<Range>,
    /// `SO_REUSEADDR` ….
    pub option: Option<String>,
    /// The option's value.
    pub value: Option<i64>,
    /// `SHUT_WR` ….
    pub how: Option<String>,
    /// Flags that must all be there.
    pub flags: Vec<String>,
    /// The bytes that moved.
    pub bytes: Option<Bytes>,
    /// True: it succeeded. False: it failed.
    pub ok: Option<bool>,
    /// It failed with one of these.
    pub error: Vec<String>,
    /// It returned this.
    pub result: Option<Range>,
    /// It never returned.
    pub unfinished: Option<bool>,
    /// It received the end of the stream.
    pub end: Option<bool>,
    /// Nobody made it: the kernel closed the socket when the program ended.
    pub implicit: Option<bool>,
    /// How long it took, in milliseconds.
    pub took_ms: Option<Range>,
}

/// All bytes that went one way through one socket of an actor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stream {
    /// Whose socket.
    pub actor: String,
    /// Sent, or received.
    pub sent: bool,
    /// Whose socket is at the other end.
    pub peer: Option<String>,
    /// What they should be.
    pub bytes: Bytes,
}

/// How a program should end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExitWanted {
    /// With this code.
    Code(i32),
    /// With a code other than 0.
    Failure,
    /// By this signal.
    Signal(String),
    /// By itself, in whatever way.
    Any,
    /// Not: it still runs when the scenario is over.
    Running,
}

/// What the kernel's tables said about a socket when they were looked at.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// `TIME_WAIT`, `LISTEN` …; any if none.
    pub state: Option<String>,
    /// Whose socket; anybody's if none.
    pub actor: Option<String>,
    /// The socket's own address.
    pub local: Option<Address>,
    /// The other end's address.
    pub remote: Option<Address>,
    /// Bytes not yet read; for a listening socket, connections not yet accepted.
    pub receive_queue: Option<Range>,
    /// Bytes not yet acknowledged.
    pub send_queue: Option<Range>,
}

/// Call families: the word in a scenario, and the system calls it stands for.
const FAMILIES: &[(&str, &[&str])] = &[
    ("accept", &["accept", "accept4"]),
    (
        "send",
        &["write", "writev", "sendto", "sendmsg", "sendmmsg", "sendfile", "splice", "pwritev2"],
    ),
    ("recv", &["read", "readv", "recvfrom", "recvmsg", "recvmmsg", "preadv2"]),
    ("wait", &["poll", "ppoll", "select", "pselect6", "epoll_wait", "epoll_pwait", "epoll_pwait2"]),
    ("dup", &["dup", "dup2", "dup3"]),
];

/// System calls that can be named by themselves.
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

impl Call {
    /// The words that `call` may be, families first.
    pub fn names() -> impl Iterator<Item = &'static str> {
        let families = FAMILIES.iter().map(|(name, _)| *name);
        let members = FAMILIES.iter().flat_map(|(_, members)| members.iter().copied());
        families.chain(SINGLE.iter().copied()).chain(members)
    }

    /// Does a system call of this name count as `word`?
    pub fn is_called(word: &str, name: &str) -> bool {
        match FAMILIES.iter().find(|(family, _)| *family == word) {
            Some((_, members)) => members.contains(&name),
            None => word == name,
        }
    }
}

impl Subject {
    /// Everybody it names.
    pub fn actors(&self) -> Vec<&str> {
        match self {
            Self::Call(call) => {
                [&call.actor, &call.peer].into_iter().flatten().map(String::as_str).collect()
            }
            Self::Stream(stream) => {
                std::iter::once(stream.actor.as_str()).chain(stream.peer.as_deref()).collect()
            }
            Self::Exit { actor, .. } | Self::Output { actor, .. } | Self::Signal { actor, .. } => {
                vec![actor]
            }
            Self::State(state) => state.actor.as_deref().into_iter().collect(),
        }
    }
}
