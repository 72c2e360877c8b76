//! One attempt to connect.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use serde::Serialize;

/// One attempt to connect to one address.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Attempt {
    /// The address and port.
    pub address: SocketAddr,
    /// How it ended.
    pub outcome: AttemptOutcome,
    /// The time from the call to `connect` until it ended.
    pub elapsed: Duration,
}

impl Attempt {
    pub(super) fn ended(address: SocketAddr, outcome: AttemptOutcome, began: Instant) -> Self {
        Self { address, outcome, elapsed: began.elapsed() }
    }
}

/// How an attempt to connect ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AttemptOutcome {
    /// It connected, before any other attempt.
    Connected,
    /// The peer answered the SYN with an RST: no socket listens on that port.
    Refused,
    /// No route, or a router on the path reported none (ICMP).
    Unreachable,
    /// No answer before the deadline.
    TimedOut,
    /// Still in progress when another address connected.
    Abandoned,
    /// Anything else, such as a local firewall rule or no file descriptors left.
    Failed {
        /// The system call that failed.
        call: &'static str,
        /// The error number, if there was one.
        errno: Option<i32>,
        /// The system's error message.
        message: String,
    },
}

impl AttemptOutcome {
    pub(super) fn failed(call: &'static str, error: &io::Error) -> Self {
        Self::Failed { call, errno: error.raw_os_error(), message: error.to_string() }
    }
}

impl From<io::Error> for AttemptOutcome {
    /// The outcome that an error of `connect(2)` means.
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::ConnectionRefused => Self::Refused,
            io::ErrorKind::TimedOut => Self::TimedOut,
            // EADDRNOTAVAIL: this machine has no address of that family, as with IPv6 disabled.
            io::ErrorKind::NetworkUnreachable
            | io::ErrorKind::HostUnreachable
            | io::ErrorKind::NetworkDown
            | io::ErrorKind::AddrNotAvailable => Self::Unreachable,
            _ => Self::failed("connect", &error),
        }
    }
}

impl fmt::Display for AttemptOutcome {
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
