//! What can be expected of a timeline.

use std::collections::BTreeMap;
use std::fmt;

use socklab_event::{Errno, Protocol, Shutdown, Signal, TcpState};
use socklab_say::Translated;

use crate::call_word::CallWord;
use crate::expect_frame::FrameWanted;
use crate::expect_pattern::{Address, BytesWanted, Range};
use crate::waited::Waited;

/// A short text by an author, in English and in other languages.
pub type Texts = Translated<String>;

/// Something that should happen in a timeline.
#[derive(Clone, Debug, PartialEq)]
pub struct Expectation {
    /// Its name, unique among its scenario's expectations.
    pub name: String,
    /// Expectations that must be met first; if one was not, this one is not judged.
    pub depends_on: Vec<String>,
    /// Only events later than the evidence for these count.
    pub after: Vec<String>,
    /// Only events earlier than the evidence for these count.
    pub before: Vec<String>,
    /// Only events on the same socket as the evidence for this one count.
    pub same_socket: Option<String>,
    /// How often it should happen.
    pub times: Range,
    /// The first time it happens, this much time should have passed since something else, which
    /// must have happened before.
    pub waited: Option<Waited>,
    /// What should happen.
    pub subject: Subject,
}

/// What an expectation is about.
#[derive(Clone, Debug, PartialEq)]
pub enum Subject {
    /// Calls on sockets.
    Call(Box<CallWanted>),
    /// All bytes that went through a socket in one direction.
    Stream(Box<StreamWanted>),
    /// The HTTP response that an actor received.
    Http(Box<HttpWanted>),
    /// How a program ended.
    Exit {
        /// Whose program.
        actor: String,
        /// How.
        wanted: ExitWanted,
    },
    /// What a program printed.
    Output {
        /// Who.
        actor: String,
        /// Which stream; `None` for both together.
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
    /// Frames on the wire.
    Frame(Box<FrameWanted>),
}

/// A call on a socket; anything left out does not matter.
#[derive(Clone, Debug, PartialEq)]
pub struct CallWanted {
    /// Who makes it; `None` for anybody.
    pub actor: Option<String>,
    /// Which calls are meant.
    pub call: CallWord,
    /// Whose socket is at the other end.
    pub peer: Option<String>,
    /// The address passed in, or returned by the kernel.
    pub address: Option<Address>,
    /// The socket's own address.
    pub local: Option<Address>,
    /// The socket's transport.
    pub transport: Option<TransportWanted>,
    /// The argument of `listen`.
    pub backlog: Option<Range>,
    /// `SO_REUSEADDR` ….
    pub option: Option<String>,
    /// The option's value.
    pub value: Option<i64>,
    /// Which half `shutdown` should end.
    pub how: Option<Shutdown>,
    /// Flags that must all be set.
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
    /// The program did not make it: the kernel closed the socket, for example when the program
    /// ended.
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

/// All bytes that went through one socket of an actor in one direction.
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

/// A kind of HTTP message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HttpKind {
    /// What a client received.
    Response,
    /// What a client sent.
    Request,
}

/// The one response that each connection of an actor should have received, RFC 9112: well-formed,
/// complete, and nothing behind it. Anything left out does not matter.
#[derive(Clone, Debug, PartialEq)]
pub struct HttpWanted {
    /// Which kind of message.
    pub kind: HttpKind,
    /// Who received the response or sent the request.
    pub actor: String,
    /// Whose socket is at the other end.
    pub peer: Option<String>,
    /// The status code.
    pub status: Option<Range>,
    /// Fields of the header, and their values: upper and lower case of a name are the same;
    /// `*` is any value.
    pub header: BTreeMap<String, String>,
    /// The body, without chunks.
    pub body: BytesWanted,
    /// Lines may end in `\n` only. With `contains`, see [`BytesWanted`].
    pub ignore_line_ends: bool,
    /// Whatever `Content-Length` says, the body is everything that came.
    pub ignore_length: bool,
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
    /// In any way, as long as it ended.
    Any,
    /// Not at all: it is still running when the scenario is over.
    Running,
}

/// What the kernel's socket tables said about a socket when they were read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StateWanted {
    /// Which state; `None` for any.
    pub state: Option<TcpState>,
    /// Whose socket; `None` for anybody's.
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
    /// Every actor it names.
    pub fn actors(&self) -> Vec<&str> {
        match self {
            Self::Call(call) => {
                [&call.actor, &call.peer].into_iter().flatten().map(String::as_str).collect()
            }
            Self::Stream(stream) => {
                std::iter::once(stream.actor.as_str()).chain(stream.peer.as_deref()).collect()
            }
            Self::Http(http) => {
                std::iter::once(http.actor.as_str()).chain(http.peer.as_deref()).collect()
            }
            Self::Exit { actor, .. } | Self::Output { actor, .. } | Self::Signal { actor, .. } => {
                vec![actor]
            }
            Self::State(state) => state.actor.as_deref().into_iter().collect(),
            Self::Frame(frame) => {
                [&frame.from, &frame.to].into_iter().flatten().map(String::as_str).collect()
            }
        }
    }
}
