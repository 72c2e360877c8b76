//! What a step can wait for. Each is seen in the trace or in the kernel's tables; none is a guess
//! about time.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::either::either;
use super::raw::RawRange;

/// A condition, or several of which one suffices.
#[derive(Clone, Debug)]
pub(super) enum RawUntil {
    Word(String),
    Condition(Box<RawCondition>),
    Any(Vec<RawOne>),
}

/// One of several conditions.
#[derive(Clone, Debug)]
pub(super) enum RawOne {
    Word(String),
    Condition(Box<RawCondition>),
}

either!(RawUntil, "a condition (\"listening\", { received = 5 } …) or a list of them", {
    text => RawUntil::Word,
    map => |condition| RawUntil::Condition(Box::new(condition)),
    list => RawUntil::Any,
});
either!(RawOne, "a condition: \"listening\", { received = 5 } …", {
    text => RawOne::Word,
    map => |condition| RawOne::Condition(Box::new(condition)),
});

/// A condition with something to say: exactly one of its fields.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawCondition {
    pub(super) blocked_in: Option<String>,
    pub(super) received: Option<u64>,
    pub(super) sent: Option<u64>,
    pub(super) printed: Option<String>,
    pub(super) called: Option<String>,
    pub(super) times: Option<u32>,
    pub(super) kernel: Option<RawKernel>,
}

/// `{ kernel = { state = "TIME_WAIT" } }`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawKernel {
    pub(super) state: Option<String>,
    pub(super) local: Option<String>,
    pub(super) remote: Option<String>,
    pub(super) receive_queue: Option<RawRange>,
    pub(super) send_queue: Option<RawRange>,
    pub(super) count: Option<RawRange>,
}

/// What a step waits for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Until {
    /// A socket of the actor listens.
    Listening,
    /// A datagram socket of the actor is bound.
    Bound,
    /// A `connect` of the actor succeeded.
    Connected,
    /// The actor has ended.
    Exited,
    /// A thread of the actor is in this call and sleeps there.
    BlockedIn(String),
    /// The actor has received so many bytes, over all its sockets.
    Received(u64),
    /// The actor has sent so many bytes, over all its sockets.
    Sent(u64),
    /// This stands in the actor's output.
    Printed(String),
    /// The actor has returned from this call so many times.
    Called {
        /// A system call, or a family of them.
        call: String,
        /// How often.
        times: u32,
    },
    /// The kernel's tables show such a socket; it becomes an event of the timeline.
    Kernel(Kernel),
}

/// A socket in the kernel's tables.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Kernel {
    /// `TIME_WAIT` ….
    pub state: Option<String>,
    /// `IP:PORT`, with `*` for anything.
    pub local: Option<String>,
    /// `IP:PORT`, with `*` for anything.
    pub remote: Option<String>,
    /// Unread bytes, or connections not accepted.
    pub receive_queue: Option<socklab_judge::Range>,
    /// Unacknowledged bytes.
    pub send_queue: Option<socklab_judge::Range>,
    /// How many such sockets there should be.
    pub count: Option<socklab_judge::Range>,
}

/// In `blocked_in`: the program waits for its terminal.
pub(crate) const STDIN: &str = "stdin";

/// The words that stand by themselves.
pub(super) const WORDS: [&str; 4] = ["listening", "bound", "connected", "exited"];

impl fmt::Display for Until {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listening => f.write_str("listening"),
            Self::Bound => f.write_str("bound"),
            Self::Connected => f.write_str("connected"),
            Self::Exited => f.write_str("exited"),
            Self::BlockedIn(call) => write!(f, "blocked in {call}"),
            Self::Received(bytes) => write!(f, "{bytes} B received"),
            Self::Sent(bytes) => write!(f, "{bytes} B sent"),
            Self::Printed(text) => write!(f, "printed {text:?}"),
            Self::Called { call, times } => write!(f, "{call} returned × {times}"),
            Self::Kernel(kernel) => {
                write!(f, "kernel: {}", kernel.state.as_deref().unwrap_or("a socket"))
            }
        }
    }
}
