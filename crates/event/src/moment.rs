//! One event: when, where, what.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{Call, Frame, Notice, Process, State};

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(proptest_derive::Arbitrary))]
pub struct Event {
    /// Position in the order of *recording*, from 0. Unique within a timeline.
    pub seq: u64,
    /// Where the event belongs on the time axis: nanoseconds of `CLOCK_MONOTONIC`.
    ///
    /// A call that starts something on the wire (connect, send, close, shutdown) is placed at its
    /// beginning; one that learns of something (accept, recv, poll) at its end. That way causes
    /// always precede their effects, which the order of recording does not guarantee.
    pub at: u64,
    /// Who it happened to.
    pub place: Place,
    /// What it was. In JSON the variant's name is the key: `"call":{…}`, `"process":{…}` ….
    #[serde(flatten)]
    pub what: What,
}

/// The host, process and thread an event belongs to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(proptest_derive::Arbitrary))]
pub struct Place {
    /// The lab host; absent for programs that run directly on this machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<Arc<str>>,
    /// Process id (`getpid(2)`), as the recorder sees it; 0 for an event that belongs to no process
    /// (a frame).
    pub process: u32,
    /// Thread id (`gettid(2)`); equal to `process` for a program's first thread.
    pub thread: u32,
}

/// The five kinds of event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(proptest_derive::Arbitrary))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum What {
    /// A process started, wrote output, received a signal, ended ….
    Process(Box<Process>),
    /// A system call on a socket.
    Call(Box<Call>),
    /// A frame crossed the wire, or failed to.
    Frame(Box<Frame>),
    /// The kernel moved a socket from one state to another.
    State(Box<State>),
    /// Something the reader must know to trust the rest.
    Notice(Box<Notice>),
}

/// The variant for each kind: `Notice::IoUring { sure: true }.into()`.
macro_rules! kinds {
    ($($kind:ident),*) => {
        $(impl From<$kind> for What {
            fn from(what: $kind) -> Self {
                Self::$kind(Box::new(what))
            }
        })*
    };
}

kinds!(Process, Call, Frame, State, Notice);

impl Event {
    /// The call, if this event is one.
    pub fn call(&self) -> Option<&Call> {
        match &self.what {
            What::Call(call) => Some(call),
            _ => None,
        }
    }

    /// The process event, if this event is one.
    pub fn process(&self) -> Option<&Process> {
        match &self.what {
            What::Process(process) => Some(process),
            _ => None,
        }
    }

    /// The notice, if this event is one.
    pub fn notice(&self) -> Option<&Notice> {
        match &self.what {
            What::Notice(notice) => Some(notice),
            _ => None,
        }
    }

    /// The frame, if this event is one.
    pub fn frame(&self) -> Option<&Frame> {
        match &self.what {
            What::Frame(frame) => Some(frame),
            _ => None,
        }
    }
}
