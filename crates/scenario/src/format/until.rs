//! What a step can wait for. Every condition can be seen in the trace or in the kernel's tables;
//! none is an amount of time.

use std::fmt;

use serde::{Deserialize, Serialize};
use socklab_event::TcpState;
use socklab_judge::{CallWord, Range};
use socklab_say::{Sentence, sentence};

use super::either::either;
use super::values::RawRange;
use super::words::{call_word, state};

/// A condition, or several of which one must be met.
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

either!(RawUntil, "want-condition", {
    text => RawUntil::Word,
    map => |condition| RawUntil::Condition(Box::new(condition)),
    list => RawUntil::Any,
});
either!(RawOne, "want-condition", {
    text => RawOne::Word,
    map => |condition| RawOne::Condition(Box::new(condition)),
});

/// A condition with a value: exactly one of these fields (`times` belongs to `called`).
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

impl RawUntil {
    /// Its texts, for what is different in each round of a loop.
    pub(super) fn texts_mut(&mut self) -> Vec<&mut String> {
        match self {
            Self::Word(_) => Vec::new(),
            Self::Condition(condition) => condition.texts_mut(),
            Self::Any(several) => several
                .iter_mut()
                .flat_map(|one| match one {
                    RawOne::Word(_) => Vec::new(),
                    RawOne::Condition(condition) => condition.texts_mut(),
                })
                .collect(),
        }
    }
}

impl RawCondition {
    fn texts_mut(&mut self) -> Vec<&mut String> {
        let kernel = self
            .kernel
            .iter_mut()
            .flat_map(|kernel| [&mut kernel.local, &mut kernel.remote].into_iter().flatten());
        self.printed.iter_mut().chain(kernel).collect()
    }
}

/// What a step waits for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Until {
    /// One of the actor's sockets listens.
    Listening,
    /// One of the actor's datagram sockets is bound.
    Bound,
    /// One of the actor's `connect` calls succeeded.
    Connected,
    /// The actor has ended.
    Exited,
    /// The actor has digested what was sent to it: each of its threads waits for something that
    /// has not happened, or goes round a polling loop that finds nothing.
    Calm,
    /// One of the actor's threads is in this call and sleeps there.
    BlockedIn(BlockedIn),
    /// The actor has received at least this many bytes, over all its sockets.
    Received(u64),
    /// The actor has sent at least this many bytes, over all its sockets.
    Sent(u64),
    /// The actor's output contains this.
    Printed(String),
    /// The actor has returned from a call at least this many times.
    Called {
        /// Which call.
        call: CallWord,
        /// How often.
        times: u32,
    },
    /// The kernel's tables have such a socket. It is recorded as an event.
    Kernel(KernelCondition),
}

/// What a thread sleeps in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlockedIn {
    /// It reads its standard input.
    Stdin,
    /// One of these calls.
    Call(CallWord),
}

impl BlockedIn {
    /// True if a thread in `call` (or in [`STDIN`]) sleeps in what this stands for.
    pub(crate) fn is(self, call: &str) -> bool {
        match self {
            Self::Stdin => call == STDIN,
            Self::Call(word) => word.may_be(call),
        }
    }
}

impl fmt::Display for BlockedIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stdin => f.write_str(STDIN),
            Self::Call(word) => word.fmt(f),
        }
    }
}

/// A socket in the kernel's tables.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct KernelCondition {
    /// Its state; `None` means any.
    pub state: Option<TcpState>,
    /// `IP:PORT`, with `*` for anything.
    pub local: Option<String>,
    /// `IP:PORT`, with `*` for anything.
    pub remote: Option<String>,
    /// Unread bytes, or connections not accepted.
    pub receive_queue: Option<Range>,
    /// Unacknowledged bytes.
    pub send_queue: Option<Range>,
    /// How many such sockets there must be; `None` means at least one.
    pub count: Option<Range>,
}

impl KernelCondition {
    /// The state that the socket should have, in the words of the format.
    pub fn state_text(&self) -> &'static str {
        self.state.and_then(TcpState::short_name).unwrap_or("ANY")
    }
}

/// The word in `blocked_in` for reading standard input.
pub(crate) const STDIN: &str = "stdin";

/// The conditions without a value.
pub(super) const WORDS: [&str; 5] = ["listening", "bound", "connected", "exited", "calm"];

impl RawUntil {
    /// The conditions, of which one must be met.
    pub(super) fn conditions(self) -> Result<Vec<Until>, Sentence> {
        match self {
            Self::Word(word) => Ok(vec![by_word(&word)?]),
            Self::Condition(condition) => Ok(vec![condition.parse()?]),
            Self::Any(list) => list
                .into_iter()
                .map(|one| match one {
                    RawOne::Word(word) => by_word(&word),
                    RawOne::Condition(condition) => condition.parse(),
                })
                .collect(),
        }
    }
}

fn by_word(word: &str) -> Result<Until, Sentence> {
    match word {
        "listening" => Ok(Until::Listening),
        "bound" => Ok(Until::Bound),
        "connected" => Ok(Until::Connected),
        "exited" => Ok(Until::Exited),
        "calm" => Ok(Until::Calm),
        _ => Err(sentence!("mistake-unknown-condition", found = word, known = WORDS.join(", "))),
    }
}

impl RawCondition {
    fn parse(self) -> Result<Until, Sentence> {
        let place = |word: &str| match word {
            STDIN => Ok(BlockedIn::Stdin),
            word => call_word(word).map(BlockedIn::Call),
        };
        let RawCondition { blocked_in, received, sent, printed, called, times, kernel } = self;
        if times.is_some() && called.is_none() {
            return Err(sentence!("mistake-times-called"));
        }
        let mut found = Vec::new();
        found.extend(blocked_in.map(|word| place(&word).map(Until::BlockedIn)));
        found.extend(received.map(|bytes| Ok(Until::Received(bytes))));
        found.extend(sent.map(|bytes| Ok(Until::Sent(bytes))));
        found.extend(printed.map(|text| Ok(Until::Printed(text))));
        let times = times.unwrap_or(1);
        found.extend(called.map(|word| call_word(&word).map(|call| Until::Called { call, times })));
        found.extend(kernel.map(|raw| raw.parse().map(Until::Kernel)));
        match found.len() {
            1 => found.remove(0),
            count => Err(sentence!("mistake-one-condition", count = count)),
        }
    }
}

impl RawKernel {
    fn parse(self) -> Result<KernelCondition, Sentence> {
        Ok(KernelCondition {
            state: self.state.as_deref().map(state).transpose()?.flatten(),
            local: self.local,
            remote: self.remote,
            receive_queue: self.receive_queue.map(Range::from),
            send_queue: self.send_queue.map(Range::from),
            count: self.count.map(Range::from),
        })
    }
}

impl fmt::Display for Until {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listening => f.write_str("listening"),
            Self::Bound => f.write_str("bound"),
            Self::Connected => f.write_str("connected"),
            Self::Exited => f.write_str("exited"),
            Self::Calm => f.write_str("calm"),
            Self::BlockedIn(call) => write!(f, "blocked in {call}"),
            Self::Received(bytes) => write!(f, "{bytes} B received"),
            Self::Sent(bytes) => write!(f, "{bytes} B sent"),
            Self::Printed(text) => write!(f, "printed {text:?}"),
            Self::Called { call, times } => write!(f, "{call} returned × {times}"),
            Self::Kernel(kernel) => {
                write!(f, "kernel: {}", kernel.state_text())
            }
        }
    }
}
