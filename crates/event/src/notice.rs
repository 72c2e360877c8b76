//! What the reader must know to trust the rest.

use serde::{Deserialize, Serialize};

/// A limit of the recording, or something that happened outside what it shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(proptest_derive::Arbitrary))]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Notice {
    /// The process uses `io_uring(7)`: what it does through the ring is not system calls, and
    /// not visible.
    IoUring,
    /// Events were lost: the record is incomplete.
    EventsLost {
        /// How many at least.
        count: u64,
        /// Why.
        why: String,
    },
    /// The process was already running: what its sockets did before is unknown, only their
    /// present state is.
    Attached {
        /// The sockets it already had, by descriptor.
        sockets: Vec<i32>,
    },
    /// The process began with sockets given to it by whoever started it.
    Inherited {
        /// Their descriptors.
        sockets: Vec<i32>,
    },
    /// A socket passed between processes by `SCM_RIGHTS` or `pidfd_getfd`.
    Passed {
        /// The descriptors as the process named in the event numbers them.
        fds: Vec<i32>,
        /// True if it received them, false if it sent them.
        received: bool,
    },
    /// The process makes calls of a foreign ABI (32-bit, x32); they are not decoded.
    ForeignAbi {
        /// Which.
        abi: String,
    },
    /// The process installs its own seccomp filter. It is followed by stopping it at every
    /// system call: slower, as complete.
    OwnFilter,
    /// The recorder stops the process at every system call, for the reason given: slower, as
    /// complete.
    Slow {
        /// Why.
        why: String,
    },
    /// The process could not be followed, and runs on unseen.
    NotFollowed {
        /// Why.
        why: String,
    },
    /// A system call acts on sockets in a way this version does not decode.
    NotDecoded {
        /// The call.
        call: String,
        /// What is missing: a word such as `unshared_descriptors`, for which displays have a
        /// sentence.
        why: String,
    },
    /// The recording was ended because it had become too large: what came later is not in it, but
    /// for the ends of the processes.
    // Recordings of the first version said this in a sentence, and had one limit.
    #[serde(alias = "other")]
    Truncated {
        /// How large it could become, bytes of memory.
        #[serde(default = "first_limit")]
        limit: u64,
    },
}

fn first_limit() -> u64 {
    1 << 30
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_of_the_first_version_is_read() {
        let old = r#"{"kind":"other","text":"the recording reached 1024 MiB and was ended"}"#;
        let read: Notice = serde_json::from_str(old).unwrap();
        assert_eq!(read, Notice::Truncated { limit: 1 << 30 });
        let now = serde_json::to_string(&read).unwrap();
        assert_eq!(now, r#"{"kind":"truncated","limit":1073741824}"#);
    }
}
