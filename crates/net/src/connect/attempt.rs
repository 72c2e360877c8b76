//! What became of one address.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use serde::Serialize;

/// One address, tried once.
#[derive(Clone, Debug, Serialize)]
pub struct Attempt {
    /// The address and port.
    pub address: SocketAddr,
    /// How it ended.
    pub outcome: Outcome,
    /// From the call to `connect` until that end.
    pub elapsed: Duration,
}

impl Attempt {
    pub(super) fn ended(address: SocketAddr, outcome: Outcome, began: Instant) -> Self {
        Self { address, outcome, elapsed: began.elapsed() }
    }
}

/// How an attempt to connect ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It worked, and first.
    Connected,
    /// The peer's kernel answered the SYN with an RST: nobody listens at that port.
    Refused,
    /// No route, or a router on the way reported none.
    Unreachable,
    /// No answer before the deadline.
    TimedOut,
    /// Still without an answer when another address won.
    Abandoned,
    /// Anything else, such as a local firewall's veto or no more file descriptors.
    Failed {
        /// The system call that failed.
        call: &'static str,
        /// The system's error number, if it had one.
        errno: Option<i32>,
        /// The same in words.
        message: String,
    },
}

impl Outcome {
    pub(super) fn failed(call: &'static str, error: &io::Error) -> Self {
        Self::Failed { call, errno: error.raw_os_error(), message: error.to_string() }
    }
}

impl From<io::Error> for Outcome {
    /// What an error of `connect` means.
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::ConnectionRefused => Self::Refused,
            io::ErrorKind::TimedOut => Self::TimedOut,
            // No address of that family here is the same as no route: IPv6 switched off.
            io::ErrorKind::NetworkUnreachable
            | io::ErrorKind::HostUnreachable
            | io::ErrorKind::NetworkDown
            | io::ErrorKind::AddrNotAvailable => Self::Unreachable,
            _ => Self::failed("connect", &error),
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connected => f.write_str("connected"),
            Self::Refused => f.write_str("connection refused"),
            Self::Unreachable => f.write_str("unreachable"),
            Self::TimedOut => f.write_str("timed out"),
            Self::Abandoned => f.write_str("abandoned, another address was faster"),
            Self::Failed { call, message, .. } => write!(f, "{call}: {message}"),
        }
    }
}
