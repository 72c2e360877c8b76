//! What a server tells about its work.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use serde::Serialize;
use thiserror::Error;

use super::Transport;

/// Something that happened at a server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Event {
    /// The service's name, such as `echo`.
    pub service: &'static str,
    /// TCP or UDP.
    pub transport: Transport,
    /// The client; `None` for what concerns no client.
    pub peer: Option<SocketAddr>,
    /// Which TCP connection, counted from 1 for each server; `None` for datagrams.
    pub connection: Option<u64>,
    /// What happened.
    #[serde(flatten)]
    pub what: What,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum What {
    /// A TCP client was accepted.
    Accepted,
    /// A datagram was answered.
    Answered {
        /// The bytes that came.
        received: u64,
        /// The bytes that went back.
        sent: u64,
    },
    /// An HTTP request was answered. What could not be understood is `None`.
    Http {
        /// GET, HEAD and so on.
        method: Option<String>,
        /// What was asked for, as it was written.
        target: Option<String>,
        /// The name this server was called by.
        host: Option<String>,
        /// The status code of the answer.
        status: u16,
        /// The bytes of the answer's body, as sent.
        body: u64,
    },
    /// An NTP request was answered.
    Ntp {
        /// The version the client speaks.
        version: u8,
    },
    /// A client was not served.
    Refused {
        /// Why.
        why: Refusal,
    },
    /// A TCP connection ended.
    Closed {
        /// Bytes that came over it.
        received: u64,
        /// Bytes that were handed to the kernel for it.
        sent: u64,
        /// What cut it short; `None` if it ended in good order.
        cut: Option<Cut>,
    },
    /// The machine did not do what the server asked of it. The server goes on and will try again.
    Trouble {
        /// The system call that failed.
        call: &'static str,
        /// The system's words.
        error: String,
    },
}

/// Why a client was not served.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Refusal {
    /// The server has as many clients as it may ([`Config::connections`](super::Config)).
    TooManyConnections,
    /// A datagram from port 0 cannot be answered.
    SourcePortZero,
    /// A datagram from a port below 1024, where another service may live.
    LowSourcePort,
    /// A datagram that claims to come from this very server.
    FromMyself,
    /// A datagram to a broadcast address.
    Broadcast,
    /// A datagram to a multicast address.
    Multicast,
    /// The source exceeded its rate. Told once; then silence until it is answered again.
    TooFast,
    /// The answer would not fit into a datagram.
    AnswerTooLarge {
        /// Its length in bytes.
        length: usize,
    },
    /// Too short for an NTP packet.
    NtpTooShort {
        /// Its length in bytes.
        length: usize,
    },
    /// An NTP version this server does not speak.
    NtpVersion {
        /// The version.
        version: u8,
    },
    /// An NTP packet that is no client's request.
    NtpMode {
        /// The mode.
        mode: crate::ntp::Mode,
    },
}

/// What cut a connection short.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Error)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Cut {
    /// The client reset it, or was gone when the server wrote to it.
    #[error("reset by the client")]
    Reset,
    /// Nothing came and nothing could be sent for too long.
    #[error("idle for too long")]
    Idle,
    /// The server was stopped.
    #[error("the server was stopped")]
    Stopped,
    /// The system failed.
    #[error("{call}: {error}")]
    Failed {
        /// The system call that failed.
        call: &'static str,
        /// The system's words.
        error: String,
    },
}

impl Cut {
    /// What a failed call means for the connection.
    pub(super) fn from_error(call: &'static str, error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => Self::Reset,
            _ => Self::Failed { call, error: error.to_string() },
        }
    }
}

/// Passes events of one server to its observer.
#[derive(Clone)]
pub(super) struct Reporter {
    service: &'static str,
    observer: Arc<dyn Fn(&Event) + Send + Sync>,
}

impl Reporter {
    pub(super) fn new(
        service: &'static str,
        observer: impl Fn(&Event) + Send + Sync + 'static,
    ) -> Self {
        Self { service, observer: Arc::new(observer) }
    }

    /// Something about one TCP connection.
    pub(super) fn connection(&self, peer: SocketAddr, number: u64, what: What) {
        self.send(Transport::Tcp, Some(peer), Some(number), what);
    }

    /// Something about one datagram.
    pub(super) fn datagram(&self, peer: SocketAddr, what: What) {
        self.send(Transport::Udp, Some(peer), None, what);
    }

    /// Something about the machine.
    pub(super) fn trouble(&self, transport: Transport, call: &'static str, error: &io::Error) {
        let what = What::Trouble { call, error: error.to_string() };
        self.send(transport, None, None, what);
    }

    fn send(
        &self,
        transport: Transport,
        peer: Option<SocketAddr>,
        connection: Option<u64>,
        what: What,
    ) {
        let service = self.service;
        let event = Event { service, transport, peer, connection, what };
        // An observer that panics, as one that prints to a closed pipe does, must not take the
        // service along. What it leaves half done is its own.
        let _ = catch_unwind(AssertUnwindSafe(|| (self.observer)(&event)));
    }
}

impl fmt::Debug for Reporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reporter({})", self.service)
    }
}
