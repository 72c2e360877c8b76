//! What a summary says. Times are nanoseconds; moments are counted from the first event.

use serde::Serialize;
use socklab_event::{Errno, Name};
use socklab_flows::{Flows, Position};
use socklab_say::clean;

/// A recording in figures.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Summary {
    /// True if the reader asked for a part of the recording: the figures are of all of it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub unfiltered: bool,
    /// What went wrong, if whoever made the summary has added it.
    pub problems: Vec<Problem>,
    /// From the first event to the last, in nanoseconds.
    pub lasted: u64,
    /// Every connection, and every pair that exchanged datagrams, in order of appearance.
    pub conversations: Vec<Conversation>,
    /// Every attempt to connect that came to nothing.
    pub failed_connects: Vec<FailedConnect>,
    /// Every socket that listened.
    pub listeners: Vec<Listener>,
    /// The calls of each program.
    pub programs: Vec<Program>,
    /// All frames; absent if none were recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frames: Option<FrameCount>,
    /// What is missing in the recording, so that figures here may be too small.
    pub caveats: Vec<Caveat>,
}

/// Something that went wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Problem {
    /// The sentence, in the reader's language.
    pub text: String,
    /// The event it belongs to.
    pub event: Option<Mention>,
}

/// An event that a summary refers to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Mention {
    /// Its `seq`.
    pub seq: u64,
    /// When, in nanoseconds since the first event.
    pub at: u64,
    /// The display name of the process.
    pub who: String,
    /// The call as programs name it; absent for what is no call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call: Option<String>,
}

impl Mention {
    pub(crate) fn of(flows: &Flows<'_>, at: Position, origin: u64) -> Self {
        let event = flows.order[at];
        let call = event.call().map(|call| clean(call.library_name()));
        let who = clean(&flows.name_at(at));
        Self { seq: event.seq, at: event.at.saturating_sub(origin), who, call }
    }
}

/// A connection, or two sockets that exchanged datagrams.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Conversation {
    /// `tcp`, `udp`, `unix` …; `tcp6` and `udp6` over IPv6.
    pub protocol: String,
    /// The end that started it (connected, or sent first), then the other.
    pub ends: [Party; 2],
    /// What each end sent.
    pub carried: [Carried; 2],
    /// When it began, in nanoseconds since the first event: when `connect` was called, else when
    /// `accept` returned it, else at the first call that moved data.
    pub began: u64,
    /// From there to its last call, in nanoseconds: of a connection usually the last close, of
    /// datagrams the last datagram.
    pub lasted: u64,
    /// The longest time without anything of it: between two consecutive of the calls that connect,
    /// accept, send, receive, shut down and close. What puts something on the wire counts from when
    /// it was called, what learns of something from when it returned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub longest_gap: Option<Gap>,
    /// How often a question got an answer: the end that started it had sent something, and then
    /// received something. Several sends, or receives, in a row count as one. If only the other end
    /// was recorded: it received something, and then sent.
    pub round_trips: u64,
    /// The calls that failed, except for those that only said “not now”.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<CallError>,
    /// How it ended; absent for datagrams, which know no end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ending: Option<Ending>,
    /// Its frames, if any were recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frames: Option<FrameCount>,
    /// True if other sockets could be its ends as well.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub inferred: bool,
    /// True if one socket is both ends.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub to_itself: bool,
    /// Which connection of the flows it is: an index into them.
    #[serde(skip)]
    pub connection: usize,
}

/// One end of a conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Party {
    /// The display name of the process that used it; absent if it was not recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub who: Option<String>,
    /// The id of that process.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub process: Option<u32>,
    /// Its address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The same without a port that the kernel chose: what alike ends have in common.
    #[serde(skip)]
    pub(crate) place: String,
}

/// What went one way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Carried {
    /// How many bytes the sender handed to its kernel; absent if it was not recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent: Option<u64>,
    /// How many bytes the receiver took; absent if it was not recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub received: Option<u64>,
}

impl Carried {
    /// The bytes: as sent, or as received where the sender was not recorded.
    pub fn bytes(&self) -> Option<u64> {
        self.sent.or(self.received)
    }

    /// How many bytes were sent and not received, as far as both were recorded.
    pub fn unread(&self) -> u64 {
        self.sent.zip(self.received).map_or(0, |(sent, received)| sent.saturating_sub(received))
    }
}

/// A time in which nothing happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Gap {
    /// How long, in nanoseconds.
    pub lasted: u64,
    /// What came before it.
    pub after: Mention,
    /// What ended it.
    pub before: Mention,
}

/// A call that failed, perhaps several times.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CallError {
    /// With which error.
    pub error: Errno,
    /// How often.
    pub times: u64,
    /// The first time.
    pub first: Mention,
}

/// How a connection ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Ending {
    /// It was in the backlog when the recording ended, or when its listener was closed.
    NeverAccepted,
    /// It was cut: a call reported so.
    Reset {
        /// With this error: ECONNRESET, EPIPE or ETIMEDOUT.
        error: Errno,
        /// The call.
        by: Mention,
    },
    /// An end finished sending, or closed its socket, before the other.
    Closed {
        /// Which: an index into the ends.
        side: usize,
        /// How.
        how: How,
        /// The event.
        by: Mention,
        /// Whether the other end closed, too.
        both: bool,
    },
    /// No end closed it as long as it was recorded.
    Open,
    /// The recorder ended the programs while it was open.
    EndedByRecorder,
}

/// What ended a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum How {
    /// The program called `shutdown`.
    Shutdown,
    /// The program called `close`.
    Close,
    /// The kernel closed it, because the process ended or executed another program.
    AtExit,
    /// That end was not recorded: the event is the read that reached the end of the stream.
    Unseen,
}

/// Frames.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FrameCount {
    /// How many were sent.
    pub sent: u64,
    /// How many of them carried only what had been sent before.
    pub again: u64,
    /// How many did not arrive, or arrived so that the kernel ignored them.
    pub lost: u64,
}

/// An attempt to connect that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FailedConnect {
    /// The call.
    pub by: Mention,
    /// `tcp`, `udp`, `unix` ….
    pub protocol: String,
    /// To which address.
    pub to: String,
    /// The error; absent if there was no answer as long as it was recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Errno>,
    /// From its beginning to when the program learned of it, in nanoseconds.
    pub took: u64,
}

/// A socket that listened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Listener {
    /// The display name of the process that called `listen`.
    pub who: String,
    /// Its address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// As passed to `listen`; absent if that was not recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backlog: Option<i64>,
    /// How many connections were accepted.
    pub accepted: u64,
    /// How many recorded connections were never accepted.
    pub never_accepted: u64,
    /// How many recorded attempts to connect to its address were refused: nobody listened there
    /// (yet, or any more).
    pub refused: u64,
    /// How many recorded connections waited at a time for an `accept` that had not been called yet.
    pub most_waiting: u64,
    /// True if connections came from programs that were not recorded: then more may have waited.
    pub others: bool,
}

/// The calls of the processes that share a display name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Program {
    /// The name.
    pub name: String,
    /// The ids of those processes that made any, in order of their first.
    pub processes: Vec<u32>,
    /// Its calls, by name; those that took longest in all come first.
    pub calls: Vec<CallCount>,
}

/// How often a call was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CallCount {
    /// The name, as `syscalls(2)` spells it.
    pub name: Name,
    /// How often. What the kernel closed at an exit was not called.
    pub calls: u64,
    /// How many of them returned an error, EAGAIN and EINPROGRESS included.
    pub errors: u64,
    /// How many had not returned when their process, or the recording, ended. They are counted in
    /// `calls`, and their time in `time`.
    pub unfinished: u64,
    /// Nanoseconds between entry and return, in all: waiting included.
    pub time: u64,
}

/// Why figures may be too small.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Caveat {
    /// Calls that were counted, not recorded, because the recording had become large.
    Counted {
        /// Whose.
        who: String,
        /// The call.
        call: Name,
        /// How often.
        count: u64,
        /// How many bytes they moved.
        bytes: u64,
    },
    /// From some moment on, calls that repeat earlier ones were counted, not recorded.
    RepeatsCounted,
    /// Events were lost.
    EventsLost {
        /// How many, at least.
        count: u64,
    },
    /// Frames passed that were not recorded.
    FramesLost {
        /// How many.
        count: u64,
    },
    /// The process ran already when the recording began.
    Attached {
        /// Which.
        who: String,
    },
    /// The process used `io_uring(7)`: what goes through the ring is no call.
    IoUring {
        /// Which.
        who: String,
        /// True if operations on sockets were seen in the ring; false if there may have been some.
        sure: bool,
    },
    /// The process makes calls that are not decoded, or was not followed.
    NotRecorded {
        /// Which.
        who: String,
    },
    /// The recording ends early.
    EndMissing,
}
