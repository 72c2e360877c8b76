//! The life of a process.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{Bytes, Endpoint, Errno, Name, Signal, SocketId};

/// Something a process did or underwent, other than a call on a socket.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(proptest_derive::Arbitrary))]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Process {
    /// It started: a command of the recording, a child of one, or a process the recorder attached
    /// to.
    Start {
        /// Index, from 0, of the command it is or descends from: its column in a ladder.
        command: u32,
        /// The process that forked it; absent for the command itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        parent: Option<u32>,
        /// Its arguments; a forked child has its parent's until it execs.
        argv: Vec<String>,
        /// How many arguments were left out because the list is very long.
        #[serde(default, skip_serializing_if = "is_zero")]
        argv_omitted: u64,
        /// The program file, where readable.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        exe: Option<String>,
        /// True if it was already running when the recording began.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        attached: bool,
    },
    /// It replaced its program, `execve(2)`.
    Exec {
        /// The new arguments.
        argv: Vec<String>,
        /// How many arguments were left out because the list is very long.
        #[serde(default, skip_serializing_if = "is_zero")]
        argv_omitted: u64,
        /// The new program file, where readable.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        exe: Option<String>,
    },
    /// It ended.
    Exit {
        /// How.
        status: Exit,
    },
    /// The recorder, which had attached to it, detached while it was still running.
    Released,
    /// The recorder sent it this signal to end it: SIGTERM, and later SIGKILL if that was not
    /// enough. What the process did from then on, and what others noticed of it, was caused by the
    /// recorder.
    EndedByRecorder {
        /// Which.
        signal: Signal,
    },
    /// A signal was delivered to it (to a handler, or to its default action; ignored ones are not
    /// recorded).
    Signal {
        /// Which.
        signal: Signal,
    },
    /// Job control stopped it.
    Stopped {
        /// By which signal.
        signal: Signal,
    },
    /// Job control continued it.
    Continued,
    /// Bytes that passed through a standard stream, where the streams are captured.
    Stdio {
        /// Which stream.
        stream: Stream,
        /// The bytes.
        bytes: Bytes,
    },
    /// It tried something that is not its business where it runs, in a sandbox, and that had no effect
    /// there: a call that a filter does not let through, a change of a file that is not its own, a look
    /// at what is kept from it, a signal to a process that is none of its own.
    Attempt {
        /// The call.
        call: Name,
        /// What it was made on: a path, which is absolute; the number of a process, as the program
        /// knows it; the kind of a socket. Empty if the call says it all.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        object: String,
        /// It was made to read, and would have changed nothing.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        reads: bool,
        /// The error that it returned. Without one, it seemed to work.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        error: Option<Errno>,
    },
    /// It reached a limit of its sandbox, together with all that its command has started.
    Limit {
        /// Of what.
        of: Resource,
        /// How much of it there is, in bytes, nanoseconds or pieces.
        most: u64,
    },
    /// One of its sockets became usable for others.
    Ready {
        /// What the socket is ready for.
        readiness: Readiness,
        /// Where: the address others can use.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<Endpoint>,
        /// The socket.
        socket: Arc<SocketId>,
    },
}

/// What a sandbox has no more of than a limit says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(proptest_derive::Arbitrary))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Resource {
    /// Memory of all processes together, files in memory included, in bytes.
    Memory,
    /// Processes and threads at a time.
    Processes,
    /// Processor time, in nanoseconds.
    Processor,
    /// What it prints, in bytes.
    Output,
    /// How often it prints.
    Prints,
    /// The size of one file, in bytes (`RLIMIT_FSIZE`).
    FileSize,
    /// Room for its files, in bytes.
    Disk,
    /// The number of its files and folders.
    Files,
}

/// How a process ended, as reported by `wait(2)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(proptest_derive::Arbitrary))]
#[serde(rename_all = "snake_case")]
pub enum Exit {
    /// By `exit(code)`, 0 to 255.
    Code(i32),
    /// Killed by a signal.
    Signal(Signal),
    /// It disappeared, and nobody saw its status.
    Unknown,
}

impl Exit {
    /// The status a shell would report: the code, or 128 plus the signal's number.
    pub fn shell_code(self) -> i32 {
        match self {
            Self::Code(code) => code,
            Self::Signal(signal) => 128 + signal.0,
            Self::Unknown => 255,
        }
    }

    /// True for exit code 0.
    pub fn is_success(self) -> bool {
        self == Self::Code(0)
    }
}

/// A standard stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(proptest_derive::Arbitrary))]
#[serde(rename_all = "snake_case")]
pub enum Stream {
    /// Descriptor 0.
    Stdin,
    /// Descriptor 1.
    Stdout,
    /// Descriptor 2.
    Stderr,
}

/// What a socket is ready for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(proptest_derive::Arbitrary))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Readiness {
    /// `listen` succeeded: clients can connect.
    Listening,
    /// A datagram socket is bound: datagrams can be sent to it.
    Bound,
    /// `connect` succeeded.
    Connected,
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}
