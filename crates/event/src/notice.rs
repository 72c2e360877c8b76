//! What the reader must know to trust the rest.

use serde::{Deserialize, Serialize};

/// A limit of the recording, or something that happened outside what it shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(proptest_derive::Arbitrary))]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Notice {
    /// The process uses `io_uring(7)`: what it does through the ring makes no system calls, and is
    /// not visible. A process that was seen to use its ring for other things only gets no notice.
    IoUring {
        /// True if operations on sockets were seen in the ring; false if there may have been some,
        /// because the ring could not be looked at, or not often enough. Older recordings don't
        /// tell.
        #[serde(default)]
        sure: bool,
    },
    /// Events were lost: the record is incomplete. Nothing reports this yet.
    EventsLost {
        /// How many, at least.
        count: u64,
        /// Why.
        why: String,
    },
    /// Frames passed that were not recorded, because there were more than the tap on the wire could
    /// take (`PACKET_STATISTICS`, packet(7)). Calls are not missing.
    FramesLost {
        /// How many.
        count: u64,
    },
    /// No frames were recorded.
    NoFrames {
        /// Why: `not_wanted`, or the step that was refused, with its error.
        why: String,
    },
    /// Frames of these sockets were not recorded: they passed another device than the one that was
    /// tapped.
    FramesElsewhere {
        /// How many sockets, at least.
        sockets: u64,
    },
    /// The programs ran in a network of their own, which the recorder made: what is outside of it can't be
    /// reached from there.
    OwnNetwork,
    /// The process has a socket in another network than the one whose frames are recorded: what it sends
    /// there is not recorded, and no rule of a wire decides about it.
    OtherNetwork,
    /// A recording of another machine is part of this one. Its times are those of its own clock, aligned by the
    /// time of day.
    OtherClock {
        /// Its name.
        recording: String,
        /// By how many nanoseconds its times were moved besides, so that no message arrives before it was
        /// sent.
        moved: i64,
    },
    /// Frames of a recording were left out, because another one that is part of this one has those of the
    /// same conversations.
    FramesTwice {
        /// Its name.
        recording: String,
        /// How many.
        count: u64,
    },
    /// The process was already running: what its sockets did before is unknown; only their present
    /// state is known.
    Attached {
        /// The sockets it already had, by descriptor.
        sockets: Vec<i32>,
    },
    /// The process started with sockets that it had inherited.
    Inherited {
        /// Their descriptors.
        sockets: Vec<i32>,
    },
    /// A socket passed between processes by `SCM_RIGHTS` or `pidfd_getfd`.
    Passed {
        /// The descriptors, in the numbering of the process that the event names.
        fds: Vec<i32>,
        /// True if it received them, false if it sent them.
        received: bool,
    },
    /// The process makes calls of a foreign ABI (32-bit, x32); they are not decoded.
    ForeignAbi {
        /// Which.
        abi: String,
    },
    /// The process installs its own seccomp filter. The recorder stops it at every system call:
    /// slower, but just as complete.
    OwnFilter,
    /// The recorder stops the process at every system call, for the reason given: slower, but just
    /// as complete.
    Slow {
        /// Why.
        why: String,
    },
    /// The recorder may not duplicate the process's descriptors, so addresses come from the
    /// kernel's tables. These don't show the port of a TCP socket that is bound and does not listen
    /// yet.
    NoDuplicates {
        /// The error of `pidfd_getfd(2)`.
        why: String,
    },
    /// The process asked for seccomp's strict mode, and the kernel refused it only because the
    /// recorder's filters are there. The recorder could not provide that mode either: the process
    /// runs without the protection it asked for, and was told so.
    StrictRefused {
        /// Why the recorder could not.
        why: String,
    },
    /// The program that the process has just executed would have got privileges (from its
    /// set-user-ID or set-group-ID bit, or from capabilities of its file), and runs without them
    /// because it is recorded.
    Unprivileged {
        /// The program file.
        program: String,
        /// What would have given them: `set_user_id`, `set_group_id` or `file_capabilities`, which
        /// displays turn into words.
        why: String,
    },
    /// The program has no debug information, so the lines of its calls are not known.
    NoLines {
        /// The program file.
        program: String,
    },
    /// The process could not be followed: a child of a process that the recorder has attached to,
    /// and to which it may not attach. It keeps running, unrecorded.
    NotFollowed {
        /// Why.
        why: String,
    },
    /// A system call acts on sockets in a way this version does not decode.
    NotDecoded {
        /// The call.
        call: String,
        /// What is missing: a keyword such as `unshared_descriptors`, which displays turn into a
        /// sentence.
        why: String,
    },
    /// A `bind` failed with EADDRINUSE because its path exists. The sockets that have this name
    /// stand before the notice as states; if there are none, what is left is only the path.
    PathExists {
        /// The path as it was passed.
        path: String,
        /// What is there.
        is: PathKind,
    },
    /// The recording had reached the size that was asked for: from here on the samples of messages
    /// are left out. How many bytes moved is still recorded.
    SamplesOmitted {
        /// The size, in bytes.
        limit: u64,
    },
    /// The recording had reached twice the size that was asked for, or more: from here on calls that
    /// repeat earlier ones are counted, not recorded. Between two events of a socket there may have
    /// been others.
    RepeatsCounted {
        /// The size reached, in bytes.
        limit: u64,
        /// True if failed calls, and calls that change a socket's state, are also recorded once only.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        failures: bool,
    },
    /// Calls of a process that were counted, not recorded, since the last such notice about the same
    /// call.
    Counted {
        /// The call.
        call: crate::Name,
        /// How often it was made.
        count: u64,
        /// How many bytes those calls moved.
        bytes: u64,
    },
    /// The file of the recording ends here although the recording had not ended: whoever wrote it
    /// was killed, or could not write any more.
    EndMissing,
    /// The recording was ended because it had become too large: what came later is missing, except
    /// for the ends of the processes. Only older recordings have it.
    Truncated {
        /// The limit, in bytes of memory.
        limit: u64,
    },
    /// Something else, in a sentence. Older recordings have it; nothing writes it any more.
    Other {
        /// The sentence, in English.
        text: String,
    },
}

/// What a path leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(proptest_derive::Arbitrary))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PathKind {
    /// A Unix socket, or what one has left behind: closing a socket does not remove its path.
    Socket,
    /// A regular file.
    File,
    /// A folder.
    Directory,
    /// Something else, such as a symbolic link.
    Other,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sentence_of_an_older_recording_is_kept() {
        let old = r#"{"kind":"other","text":"The recording was ended, as it took 1024 MiB"}"#;
        let read: Notice = serde_json::from_str(old).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), old);
    }
}
