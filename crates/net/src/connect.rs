//! Connecting to a name: every address gets its chance, under one deadline.
//!
//! [`tcp`] races addresses as RFC 8305 ("happy eyeballs") says; [`udp`] fixes a datagram socket's
//! peer. Both return a record of what was tried, because that record is the explanation.

mod attempt;
mod race;

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, UdpSocket};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use thiserror::Error;

use crate::resolve::{self, Family, Resolution, ResolveError};

pub use attempt::{Attempt, Outcome};

/// How to connect.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Which addresses to try. The default is both families.
    pub family: Family,
    /// The limit for everything together, resolving included. The default is 10 s.
    pub deadline: Duration,
    /// How long one address is given before the next one is tried beside it. The default is the
    /// 250 ms that RFC 8305 §5 recommends.
    pub stagger: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            family: Family::Any,
            deadline: Duration::from_secs(10),
            stagger: Duration::from_millis(250),
        }
    }
}

/// A connection, and how it came to be.
#[derive(Debug)]
pub struct Connected<Socket> {
    /// The connected socket, in blocking mode.
    pub socket: Socket,
    /// The address that won.
    pub peer: SocketAddr,
    /// What the name turned out to mean.
    pub resolution: Resolution,
    /// Everything that was tried, in the order it began; exactly one is [`Outcome::Connected`].
    pub attempts: Vec<Attempt>,
}

/// Where a connection was wanted and what became of each address: part of every [`ConnectError`]
/// that got as far as an address.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The name as it was asked for.
    pub host: String,
    /// The port.
    pub port: u16,
    /// Everything that was tried, in the order it began. Empty if the deadline passed before.
    pub attempts: Vec<Attempt>,
}

/// Why there is no connection. Where several addresses failed in several ways, the variant is
/// that of the most telling one, in the order of the variants here.
#[derive(Debug, Error)]
pub enum ConnectError {
    /// The name has no address to connect to.
    #[error(transparent)]
    Resolve(#[from] ResolveError),
    /// The host is there and nobody listens at that port: it said so with an RST (TCP).
    #[error("connect {}:{}: connection refused", .0.host, .0.port)]
    Refused(Failure),
    /// Nobody said anything before the deadline.
    #[error("connect {}:{}: timed out", .0.host, .0.port)]
    TimedOut(Failure),
    /// There is no way there: no route, or a router on the way said so.
    #[error("connect {}:{}: unreachable", .0.host, .0.port)]
    Unreachable(Failure),
    /// Anything else; the attempts carry the system's words.
    #[error("connect {}:{}: {}", .0.host, .0.port, last_words(.0))]
    Other(Failure),
}

impl ConnectError {
    /// What became of each address; `None` if there was none.
    pub fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Resolve(_) => None,
            Self::Refused(it) | Self::TimedOut(it) | Self::Unreachable(it) | Self::Other(it) => {
                Some(it)
            }
        }
    }

    fn from_failure(failure: Failure) -> Self {
        let any = |wanted: fn(&Outcome) -> bool| {
            failure.attempts.iter().any(|attempt| wanted(&attempt.outcome))
        };
        if any(|outcome| matches!(outcome, Outcome::Refused)) {
            Self::Refused(failure)
        } else if failure.attempts.is_empty() || any(|it| matches!(it, Outcome::TimedOut)) {
            Self::TimedOut(failure)
        } else if any(|outcome| matches!(outcome, Outcome::Unreachable)) {
            Self::Unreachable(failure)
        } else {
            Self::Other(failure)
        }
    }
}

fn last_words(failure: &Failure) -> String {
    failure.attempts.last().map_or_else(String::new, |attempt| attempt.outcome.to_string())
}

/// Opens a TCP connection to `host`, trying its addresses as RFC 8305 says: families alternate,
/// and while one address is silent the next ones are tried beside it.
///
/// # Errors
/// Any [`ConnectError`].
pub fn tcp(host: &str, port: u16, options: &Options) -> Result<Connected<TcpStream>, ConnectError> {
    let (resolution, deadline) = resolve_in_time(host, port, options)?;
    let addresses = race::interleave(&resolution.endpoints(port));
    let (winner, attempts) = race::run(&addresses, options.stagger, deadline);
    match winner {
        Some((socket, peer)) => Ok(Connected { socket, peer, resolution, attempts }),
        None => Err(failed(host, port, attempts)),
    }
}

/// A UDP socket whose peer is the first of `host`'s addresses this machine has a route to.
///
/// Nothing is sent: whether anybody is there shows only when they answer, or when the first
/// datagram makes their kernel say that nobody is ([`ErrorKind::ConnectionRefused`]).
///
/// # Errors
/// Any [`ConnectError`] except refused.
///
/// [`ErrorKind::ConnectionRefused`]: std::io::ErrorKind::ConnectionRefused
pub fn udp(host: &str, port: u16, options: &Options) -> Result<Connected<UdpSocket>, ConnectError> {
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
                attempts.push(Attempt::ended(peer, Outcome::Connected, began));
                return Ok(Connected { socket, peer, resolution, attempts });
            }
            Err(error) => attempts.push(Attempt::ended(peer, error.into(), began)),
        }
    }
    Err(failed(host, port, attempts))
}

fn failed(host: &str, port: u16, attempts: Vec<Attempt>) -> ConnectError {
    ConnectError::from_failure(Failure { host: host.to_owned(), port, attempts })
}

/// Resolves under the deadline. getaddrinfo cannot be interrupted, so it runs on a thread of its
/// own, which is left behind if it does not answer in time.
fn resolve_in_time(
    host: &str,
    port: u16,
    options: &Options,
) -> Result<(Resolution, Option<Instant>), ConnectError> {
    let deadline = crate::readiness::after(options.deadline);
    let (answer, answered) = mpsc::channel();
    let (name, family) = (host.to_owned(), options.family);
    let lookup = move || {
        // The receiver is gone if the deadline passed: then nobody wants the answer.
        let _ = answer.send(resolve::resolve(&name, family));
    };
    thread::Builder::new()
        .name("resolve".to_owned())
        .spawn(lookup)
        .map_err(|source| ResolveError::Other { name: host.to_owned(), source })?;
    match answered.recv_timeout(options.deadline) {
        Ok(resolution) => Ok((resolution?, deadline)),
        Err(RecvTimeoutError::Timeout) => Err(failed(host, port, Vec::new())),
        // Only if the thread died in the C library's hands.
        Err(RecvTimeoutError::Disconnected) => {
            let source = std::io::Error::other("the look-up ended without an answer");
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
    fn the_most_telling_outcome_names_the_error() {
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
    fn a_name_without_meaning_is_not_a_connection_problem() {
        let error = tcp("no such name", 80, &Options::default()).unwrap_err();
        assert!(matches!(error, ConnectError::Resolve(_)), "{error:?}");
    }
}
