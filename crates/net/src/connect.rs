//! Connecting to a name: every address is tried, under one deadline.
//!
//! [`tcp`] tries addresses in parallel as RFC 8305 ("happy eyeballs") describes; [`udp`] connects a
//! datagram socket. Both return a record of every attempt, which explains the result. [`unix`]
//! connects to a Unix socket. A [`Target`] is what people write for any of them.

mod attempt;
mod race;
mod target;
mod unix;

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, UdpSocket};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use thiserror::Error;

use crate::resolve::{self, Family, Resolution, ResolveError};

pub use attempt::{Attempt, AttemptOutcome};
pub use target::{Target, TargetError, UnixName, authority};
pub use unix::unix;

/// How to connect.
#[derive(Clone, Copy, Debug)]
pub struct ConnectOptions {
    /// The address families to try. The default is both.
    pub family: Family,
    /// The time limit for everything together, resolving included. The default is 10 s.
    pub deadline: Duration,
    /// How long to wait for one address before trying the next one in parallel (the "Connection
    /// Attempt Delay"). The default is the 250 ms that RFC 8305 §5 recommends.
    pub stagger: Duration,
}

impl Default for ConnectOptions {
    fn default() -> Self {
        Self {
            family: Family::Any,
            deadline: Duration::from_secs(10),
            stagger: Duration::from_millis(250),
        }
    }
}

/// A connection, and how it was made.
#[derive(Debug)]
#[non_exhaustive]
pub struct Connected<Socket> {
    /// The connected socket, in blocking mode.
    pub socket: Socket,
    /// The address it is connected to.
    pub peer: SocketAddr,
    /// What the name resolved to.
    pub resolution: Resolution,
    /// All attempts in the order they were started; exactly one is [`AttemptOutcome::Connected`].
    pub attempts: Vec<Attempt>,
}

/// The destination of a failed connection and the outcome for each address.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ConnectFailure {
    /// The name as given by the caller.
    pub host: String,
    /// The port.
    pub port: u16,
    /// All attempts in the order they were started. Empty if the deadline passed before the first.
    pub attempts: Vec<Attempt>,
}

/// Why a connection failed. If several addresses failed in different ways, the first variant in the
/// order below applies, as the most informative one.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// The name has no address to connect to.
    #[error(transparent)]
    Resolve(#[from] ResolveError),
    /// The host answered with an RST: no socket listens on that port (TCP).
    #[error("connect {}: connection refused", .0.address())]
    Refused(ConnectFailure),
    /// No answer before the deadline.
    #[error("connect {}: timed out", .0.address())]
    TimedOut(ConnectFailure),
    /// No route to the host, or a router on the path reported none (ICMP).
    #[error("connect {}: unreachable", .0.address())]
    Unreachable(ConnectFailure),
    /// Anything else; the attempts have the system's error messages.
    #[error("connect {}: {}", .0.address(), last_outcome(.0))]
    Other(ConnectFailure),
}

impl ConnectFailure {
    /// The destination as one text: `localhost:80`, `[::1]:80`.
    pub fn address(&self) -> String {
        authority(&self.host, self.port)
    }
}

impl ConnectError {
    /// The outcome for each address; `None` if the name did not resolve.
    pub fn failure(&self) -> Option<&ConnectFailure> {
        match self {
            Self::Resolve(_) => None,
            Self::Refused(it) | Self::TimedOut(it) | Self::Unreachable(it) | Self::Other(it) => {
                Some(it)
            }
        }
    }

    fn from_failure(failure: ConnectFailure) -> Self {
        let any = |wanted: fn(&AttemptOutcome) -> bool| {
            failure.attempts.iter().any(|attempt| wanted(&attempt.outcome))
        };
        if any(|outcome| matches!(outcome, AttemptOutcome::Refused)) {
            Self::Refused(failure)
        } else if failure.attempts.is_empty() || any(|it| matches!(it, AttemptOutcome::TimedOut)) {
            Self::TimedOut(failure)
        } else if any(|outcome| matches!(outcome, AttemptOutcome::Unreachable)) {
            Self::Unreachable(failure)
        } else {
            Self::Other(failure)
        }
    }
}

fn last_outcome(failure: &ConnectFailure) -> String {
    failure.attempts.last().map_or_else(String::new, |attempt| attempt.outcome.to_string())
}

/// Opens a TCP connection to `host`, trying its addresses as RFC 8305 describes: families alternate,
/// and while one address does not answer, the next ones are tried in parallel.
///
/// # Errors
/// Any [`ConnectError`].
pub fn tcp(
    host: &str,
    port: u16,
    options: &ConnectOptions,
) -> Result<Connected<TcpStream>, ConnectError> {
    let (resolution, deadline) = resolve_in_time(host, port, options)?;
    let addresses = race::interleave(&resolution.endpoints(port));
    let (connected, attempts) = race::run(&addresses, options.stagger, deadline);
    match connected {
        Some((socket, peer)) => Ok(Connected { socket, peer, resolution, attempts }),
        None => Err(failed(host, port, attempts)),
    }
}

/// Opens a UDP socket connected to the first of `host`'s addresses to which this machine has a
/// route.
///
/// Nothing is sent. The caller learns whether a server is there only when it answers, or when a
/// later call fails with [`ErrorKind::ConnectionRefused`] because an earlier datagram was answered
/// with an ICMP port unreachable.
///
/// # Errors
/// Any [`ConnectError`] except [`ConnectError::Refused`].
///
/// [`ErrorKind::ConnectionRefused`]: std::io::ErrorKind::ConnectionRefused
pub fn udp(
    host: &str,
    port: u16,
    options: &ConnectOptions,
) -> Result<Connected<UdpSocket>, ConnectError> {
    let (resolution, _deadline) = resolve_in_time(host, port, options)?;
    let mut attempts = Vec::new();
    for peer in resolution.endpoints(port) {
        let began = Instant::now();
        let any: SocketAddr = match peer {
            SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
            SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
        };
        let opened = UdpSocket::bind(any).and_then(|socket| {
            socket.connect(peer)?;
            Ok(socket)
        });
        match opened {
            Ok(socket) => {
                attempts.push(Attempt::ended(peer, AttemptOutcome::Connected, began));
                return Ok(Connected { socket, peer, resolution, attempts });
            }
            Err(error) => attempts.push(Attempt::ended(peer, error.into(), began)),
        }
    }
    Err(failed(host, port, attempts))
}

fn failed(host: &str, port: u16, attempts: Vec<Attempt>) -> ConnectError {
    ConnectError::from_failure(ConnectFailure { host: host.to_owned(), port, attempts })
}

/// Resolves `host` under the deadline. getaddrinfo cannot be interrupted, so it runs on its own
/// thread, which is left running if the deadline passes first.
fn resolve_in_time(
    host: &str,
    port: u16,
    options: &ConnectOptions,
) -> Result<(Resolution, Option<Instant>), ConnectError> {
    let deadline = crate::readiness::after(options.deadline);
    let (answer, answered) = mpsc::channel();
    let (name, family) = (host.to_owned(), options.family);
    let lookup = move || {
        // If the deadline has passed, the receiver is gone.
        let _ = answer.send(resolve::resolve(&name, family));
    };
    thread::Builder::new()
        .name("resolve".to_owned())
        .spawn(lookup)
        .map_err(|source| ResolveError::Other { name: host.to_owned(), source })?;
    match answered.recv_timeout(options.deadline) {
        Ok(resolution) => Ok((resolution?, deadline)),
        Err(RecvTimeoutError::Timeout) => Err(failed(host, port, Vec::new())),
        // Only if the thread panicked.
        Err(RecvTimeoutError::Disconnected) => {
            let source = std::io::Error::other("the lookup ended without an answer");
            Err(ResolveError::Other { name: host.to_owned(), source }.into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;

    fn error_from(kinds: &[io::ErrorKind]) -> ConnectError {
        let peer = (Ipv4Addr::LOCALHOST, 9).into();
        let attempt = |kind: &io::ErrorKind| {
            Attempt::ended(peer, io::Error::from(*kind).into(), Instant::now())
        };
        failed("host", 9, kinds.iter().map(attempt).collect())
    }

    #[test]
    fn the_most_informative_outcome_decides_the_error() {
        use io::ErrorKind::{ConnectionRefused, HostUnreachable, PermissionDenied, TimedOut};
        let error = error_from(&[HostUnreachable, ConnectionRefused, TimedOut]);
        assert!(matches!(error, ConnectError::Refused(_)));
        assert_eq!(error.failure().unwrap().attempts.len(), 3);
        assert!(matches!(error_from(&[HostUnreachable, TimedOut]), ConnectError::TimedOut(_)));
        assert!(matches!(error_from(&[HostUnreachable]), ConnectError::Unreachable(_)));
        assert!(matches!(error_from(&[PermissionDenied]), ConnectError::Other(_)));
        assert!(matches!(error_from(&[]), ConnectError::TimedOut(_)));
    }

    #[test]
    fn an_unknown_name_is_a_resolve_error() {
        let error = tcp("no such name", 80, &ConnectOptions::default()).unwrap_err();
        assert!(matches!(error, ConnectError::Resolve(_)), "{error:?}");
    }
}
