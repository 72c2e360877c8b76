//! What a server reports to its observer.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use serde::Serialize;
use thiserror::Error;

use super::config::Transport;

/// Something that happened at a server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ServerEvent {
    /// The service's name, such as `echo`.
    pub service: &'static str,
    /// TCP or UDP.
    pub transport: Transport,
    /// The client's address; `None` if no client is concerned.
    pub peer: Option<SocketAddr>,
    /// The number of the TCP connection, counted from 1 for each server; `None` for datagrams.
    pub connection: Option<u64>,
    /// What happened.
    #[serde(flatten)]
    pub kind: ServerEventKind,
}

/// What happened at a server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[non_exhaustive]
pub enum ServerEventKind {
    /// A TCP client was accepted.
    Accepted,
    /// A datagram was answered.
    Answered {
        /// Bytes in the request.
        received: u64,
        /// Bytes in the answer.
        sent: u64,
    },
    /// An HTTP request was answered. Parts that could not be parsed are `None`.
    Http {
        /// The method, such as GET or HEAD.
        method: Option<String>,
        /// The request target, as the client wrote it.
        target: Option<String>,
        /// The host the client addressed.
        host: Option<String>,
        /// The status code of the response.
        status: u16,
        /// Bytes of the response body that were sent.
        body: u64,
    },
    /// An NTP request was answered.
    Ntp {
        /// The client's protocol version.
        version: u8,
    },
    /// A client was not served.
    Refused {
        /// Why not.
        why: RefusalReason,
    },
    /// A TCP connection ended.
    Closed {
        /// Bytes received over it.
        received: u64,
        /// Bytes handed to the kernel for it.
        sent: u64,
        /// What ended it early; `None` if it ended normally.
        cut: Option<Cut>,
    },
    /// A system call failed. The server carries on and will try again.
    Trouble {
        /// The system call that failed.
        call: &'static str,
        /// The system's error message.
        error: String,
    },
}

/// Why a client was not served.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
#[non_exhaustive]
pub enum RefusalReason {
    /// The server already has the maximum number of clients
    /// ([`Config::connections`](super::Config)).
    TooManyConnections,
    /// A datagram from port 0, which cannot be answered.
    SourcePortZero,
    /// A datagram from a port below 1024, where another service may listen.
    LowSourcePort,
    /// A datagram whose source is this very server, so it must be forged.
    FromMyself,
    /// A datagram sent to a broadcast address.
    Broadcast,
    /// A datagram sent to a multicast address.
    Multicast,
    /// The source exceeded its rate. Reported once, and again only after the source has been
    /// answered in between.
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
    /// An NTP packet that is not a client's request.
    NtpMode {
        /// The mode.
        mode: crate::ntp::Mode,
    },
}

/// What ended a connection early.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Error)]
#[serde(tag = "by", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Cut {
    /// The client reset the connection, or was gone when the server wrote to it.
    #[error("reset by the client")]
    Reset,
    /// Nothing arrived, or nothing could be sent, for too long.
    #[error("idle for too long")]
    Idle,
    /// The server was stopped.
    #[error("the server was stopped")]
    Stopped,
    /// A system call failed.
    #[error("{call}: {error}")]
    Failed {
        /// The system call that failed.
        call: &'static str,
        /// The system's error message.
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

/// Passes one server's events to its observer.
#[derive(Clone)]
pub(super) struct Reporter {
    service: &'static str,
    observer: Arc<dyn Fn(&ServerEvent) + Send + Sync>,
}

impl Reporter {
    pub(super) fn new(
        service: &'static str,
        observer: impl Fn(&ServerEvent) + Send + Sync + 'static,
    ) -> Self {
        Self { service, observer: Arc::new(observer) }
    }

    /// Reports an event of one TCP connection.
    pub(super) fn connection(&self, peer: SocketAddr, number: u64, kind: ServerEventKind) {
        self.send(Transport::Tcp, Some(peer), Some(number), kind);
    }

    /// Reports an event about one datagram.
    pub(super) fn datagram(&self, peer: SocketAddr, kind: ServerEventKind) {
        self.send(Transport::Udp, Some(peer), None, kind);
    }

    /// Reports a failed system call that concerns no client in particular.
    pub(super) fn trouble(&self, transport: Transport, call: &'static str, error: &io::Error) {
        let kind = ServerEventKind::Trouble { call, error: error.to_string() };
        self.send(transport, None, None, kind);
    }

    fn send(
        &self,
        transport: Transport,
        peer: Option<SocketAddr>,
        connection: Option<u64>,
        kind: ServerEventKind,
    ) {
        let service = self.service;
        let event = ServerEvent { service, transport, peer, connection, kind };
        // An observer that panics (as one that prints to a closed pipe does) must not end the
        // server. Unwind safety is the observer's own concern.
        let _ = catch_unwind(AssertUnwindSafe(|| (self.observer)(&event)));
    }
}

impl fmt::Debug for Reporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reporter({})", self.service)
    }
}
