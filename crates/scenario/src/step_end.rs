//! How far a step of a scenario got, and why it failed.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use serde::{Deserialize, Serialize};
use socklab_event::{Bytes, Errno, Exit};
use socklab_judge::Texts;

use crate::format::{Step, Until, Verb};

/// How far a step got.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepEnd {
    /// It is done.
    Done,
    /// It is done; one of its calls failed, as the scenario allows.
    DoneWithError {
        /// Which call.
        call: String,
        /// How it failed.
        error: Errno,
    },
    /// It ran in the background, and had not finished when the scenario was over.
    Unfinished,
    /// An earlier step failed.
    NotReached,
    /// It failed.
    Failed(StepTrouble),
}

impl StepEnd {
    /// True if the step did what it should.
    pub fn is_done(&self) -> bool {
        matches!(self, Self::Done | Self::DoneWithError { .. })
    }
}

/// Why a step failed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepTrouble {
    /// What the step waited for did not happen in time.
    TimedOut {
        /// The actor or peer that it waited for.
        who: String,
        /// What it waited for.
        awaited: Awaited,
        /// How long.
        after_ms: u64,
        /// The call that the actor or peer was blocked in.
        blocked_in: Option<String>,
        /// It never would have happened: all programs and peers waited for each other.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        stuck: bool,
    },
    /// The program ended before what the step waited for happened.
    Ended {
        /// Whose program.
        who: String,
        /// What the step waited for.
        awaited: Awaited,
        /// How the program ended.
        exit: Exit,
        /// The last lines it printed.
        output: String,
    },
    /// A peer received other bytes than it should have.
    Mismatch {
        /// Which peer.
        who: String,
        /// In which of its conversations; empty if that has no name.
        on: String,
        /// How it compared them.
        how: Comparison,
        /// The bytes it should have received.
        expected: Bytes,
        /// The bytes it did receive.
        got: Bytes,
        /// How many equal bytes were left out before these.
        skipped: u64,
        /// Why it stopped receiving.
        stopped: Stopped,
    },
    /// A peer received something that does not look as it should.
    Unlike {
        /// Which peer.
        who: String,
        /// In which of its conversations; empty if that has no name.
        on: String,
        /// What it should have received.
        unit: Unit,
        /// The pattern.
        pattern: String,
        /// What the author calls it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        says: Option<Texts>,
        /// The bytes it did receive, from the `skipped`th on.
        got: Bytes,
        /// How many bytes were left out before these.
        skipped: u64,
        /// How many of the first bytes look as the first parts of the pattern say; 0 if that can't
        /// be told.
        fitting: u64,
        /// Why it stopped receiving.
        stopped: Stopped,
    },
    /// A peer received more than it should have.
    Surplus {
        /// Which peer.
        who: String,
        /// In which of its conversations; empty if that has no name.
        on: String,
        /// What it received besides, from its first byte on.
        bytes: Bytes,
        /// What came before it.
        after: SurplusAfter,
    },
    /// A peer received an answer from somebody other than the one it had asked.
    Sender {
        /// Which peer.
        who: String,
        /// In which of its conversations; empty if that has no name.
        on: String,
        /// Whom it had asked.
        asked: SocketAddr,
        /// Who answered.
        from: SocketAddr,
        /// The answer.
        bytes: Bytes,
    },
    /// The actor can be reached, but not at the port that it was told, nor at one of its own that
    /// others could know; or only at an address that others could not know.
    WrongPort {
        /// Which actor.
        who: String,
        /// The port that it was told.
        asked: u16,
        /// The port that it has.
        found: u16,
        /// Why it has that one.
        because: PortChoice,
    },
    /// A call of a scripted peer failed.
    Call {
        /// Which peer.
        who: String,
        /// In which of its conversations; empty if that has no name.
        on: String,
        /// Which call.
        call: String,
        /// How it failed.
        error: Errno,
    },
    /// There is no address to connect or send to: the actor does not listen.
    Nowhere {
        /// Which actor.
        who: String,
    },
    /// The actor or peer is not running: it was never started, or has ended.
    NotRunning {
        /// Which.
        who: String,
    },
}

/// What a peer had received before bytes that should not have come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SurplusAfter {
    /// Nothing, and it had not sent anything either: the program greeted it.
    Nothing,
    /// Nothing, although it had sent something: nobody was to answer it.
    Request,
    /// These bytes, which were right.
    Answer(Bytes),
    /// It does not matter: they came out of band (`MSG_OOB`), beside the stream.
    OutOfBand,
}

/// How a program came to have a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PortChoice {
    /// The kernel chose it: the program did not bind its socket, or bound it to port 0.
    Kernel,
    /// It is the asked one with its two bytes exchanged: the program did not convert it to network
    /// byte order.
    Swapped,
    /// The program chose it, but it had another one in another run.
    Changing {
        /// The port in the other run.
        before: u16,
    },
    /// The program is only at an address at which clients don't look for it.
    Elsewhere {
        /// The address.
        address: IpAddr,
    },
}

/// What a step waited for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Awaited {
    /// One of these conditions.
    OneOf(Vec<Until>),
    /// The end of these operations of a peer, in the words of the file.
    Operations(Vec<String>),
    /// The end of everything that a peer was ordered to do before.
    Join,
    /// A peer's reply to its last order.
    Reply,
}

impl Awaited {
    /// The condition, if the step waited for a single one.
    pub fn condition(&self) -> Option<&Until> {
        match self {
            Self::OneOf(conditions) => match conditions.as_slice() {
                [condition] => Some(condition),
                _ => None,
            },
            _ => None,
        }
    }

    /// True if the last thing that a peer waits for is the end of the stream.
    pub(crate) fn ends_with_the_stream(&self) -> bool {
        let Self::Operations(words) = self else { return false };
        let reads = |word: &&String| !matches!(word.as_str(), "close" | "finish");
        let last = words.iter().rev().find(reads);
        last.is_some_and(|word| matches!(word.as_str(), "drain" | "expect_end"))
    }
}

impl fmt::Display for Awaited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OneOf(conditions) => {
                let conditions: Vec<String> = conditions.iter().map(Until::to_string).collect();
                f.write_str(&conditions.join(" / "))
            }
            Self::Operations(words) => f.write_str(&words.join(", ")),
            Self::Join => f.write_str("join"),
            Self::Reply => f.write_str("reply"),
        }
    }
}

impl Step {
    /// What the engine waits for while a peer carries out this step.
    pub(crate) fn awaited(&self) -> Awaited {
        match &self.verb {
            Verb::Peer { ops, .. } | Verb::Join { ops, .. } if !ops.is_empty() => {
                Awaited::Operations(ops.iter().map(|act| act.op.word()).collect())
            }
            _ => Awaited::Join,
        }
    }
}

/// How a peer compares what it receives with what it should receive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Comparison {
    /// The bytes must be equal, perhaps apart from upper and lower case.
    Equals,
    /// The bytes must be among those received.
    Contains,
    /// Only the number of bytes matters.
    Length,
    /// The stream must end.
    End,
    /// One datagram must consist of exactly these bytes.
    Datagram,
    /// Something must arrive, no matter what.
    Anything,
}

/// What a pattern of a peer is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// A line, with its `\n`.
    Line,
    /// All that comes, until the end of the stream.
    Rest,
    /// A datagram.
    Datagram,
}

/// Why a peer stopped receiving.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stopped {
    /// It had received enough to know.
    Enough,
    /// The stream ended.
    End,
    /// Nothing more arrived in time.
    Time,
    /// The connection was reset.
    Reset,
}
