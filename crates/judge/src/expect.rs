//! What can be expected of a timeline.

use std::fmt;

use serde::{Deserialize, Serialize};
use socklab_event::{Errno, Protocol, Shutdown, Signal, TcpState};

use crate::call_word::CallWord;
use crate::expect_pattern::{Address, BytesWanted, Range};

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
#[derive(Clone, Debug, PartialEq)]
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
#[derive(Clone, Debug, PartialEq)]
pub enum Subject {
    /// Calls on sockets.
    Call(Box<CallWanted>),
    /// All bytes that went one way through a socket.
    Stream(Box<StreamWanted>),
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
        bytes: BytesWanted,
    },
    /// A signal that was delivered.
    Signal {
        /// To whom.
        actor: String,
        /// Which.
        signal: Signal,
    },
    /// What the kernel's tables said about a socket.
    State(Box<StateWanted>),
}

/// A call on a socket; what is not said does not matter.
#[derive(Clone, Debug, PartialEq)]
pub struct CallWanted {
    /// Who makes it; anybody if none.
    pub actor: Option<String>,
    /// Which calls are meant.
    pub call: CallWord,
    /// Whose socket is at the other end.
    pub peer: Option<String>,
    /// The address asked for, or given back.
    pub address: Option<Address>,
    /// The socket's own address.
    pub local: Option<Address>,
    /// The socket's transport.
    pub transport: Option<TransportWanted>,
    /// `listen`'s number.
    pub backlog: Option<Range>,
    /// `SO_REUSEADDR` ….
    pub option: Option<String>,
    /// The option's value.
    pub value: Option<i64>,
    /// Which half `shutdown` should end.
    pub how: Option<Shutdown>,
    /// Flags that must all be there.
    pub flags: Vec<String>,
    /// The bytes that moved.
    pub bytes: Option<BytesWanted>,
    /// True: it succeeded. False: it failed.
    pub ok: Option<bool>,
    /// It failed with one of these.
    pub error: Vec<Errno>,
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

impl CallWanted {
    /// Any call of this kind, by anybody.
    pub fn any(call: CallWord) -> Self {
        Self {
            actor: None,
            call,
            peer: None,
            address: None,
            local: None,
            transport: None,
            backlog: None,
            option: None,
            value: None,
            how: None,
            flags: Vec::new(),
            bytes: None,
            ok: None,
            error: Vec::new(),
            result: None,
            unfinished: None,
            end: None,
            implicit: None,
            took_ms: None,
        }
    }
}

/// The transports an expectation can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransportWanted {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
}

impl TransportWanted {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Tcp, Self::Udp];

    /// The word: `tcp`, `udp`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
        }
    }

    /// The transport of this name; `None` if there is none.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == word)
    }

    /// The protocol a socket of this transport has.
    pub fn protocol(self) -> Protocol {
        match self {
            Self::Tcp => Protocol::TCP,
            Self::Udp => Protocol::UDP,
        }
    }
}

impl fmt::Display for TransportWanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// All bytes that went one way through one socket of an actor.
#[derive(Clone, Debug, PartialEq)]
pub struct StreamWanted {
    /// Whose socket.
    pub actor: String,
    /// Sent, or received.
    pub sent: bool,
    /// Whose socket is at the other end.
    pub peer: Option<String>,
    /// What they should be.
    pub bytes: BytesWanted,
}

/// How a program should end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExitWanted {
    /// With this code.
    Code(i32),
    /// With a code other than 0.
    Failure,
    /// By this signal.
    Signal(Signal),
    /// By itself, in whatever way.
    Any,
    /// Not: it still runs when the scenario is over.
    Running,
}

/// What the kernel's tables said about a socket when they were looked at.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StateWanted {
    /// Which state; any if none.
    pub state: Option<TcpState>,
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
