//! Staggered connection attempts (RFC 8305 §5): when one fails or takes too long, the next one
//! starts; a slow one goes on in parallel.

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags};
use rustix::io::Errno;
use rustix::net::{self, AddressFamily, SocketFlags, SocketType};

use super::attempt::{Attempt, AttemptOutcome};
use crate::readiness::{after, poll_until};

/// The order in which to try the addresses: the resolver's, with the families alternating, so that
/// an outage of one family costs one stagger and not one per address (RFC 8305 §4).
pub(super) fn interleave(addresses: &[SocketAddr]) -> Vec<SocketAddr> {
    let Some(first) = addresses.first() else {
        return Vec::new();
    };
    let (preferred, other): (Vec<_>, Vec<_>) =
        addresses.iter().partition(|address| address.is_ipv4() == first.is_ipv4());
    let longest = preferred.len().max(other.len());
    (0..longest).flat_map(|i| [preferred.get(i), other.get(i)]).flatten().copied().collect()
}

/// A connection attempt in progress.
struct Pending {
    socket: OwnedFd,
    began: Instant,
    /// Its index in the list of attempts.
    index: usize,
}

/// Tries the addresses until one connects. Returns it, if any, and all attempts that were started.
pub(super) fn run(
    addresses: &[SocketAddr],
    stagger: Duration,
    deadline: Option<Instant>,
) -> (Option<(TcpStream, SocketAddr)>, Vec<Attempt>) {
    let mut waiting = addresses.iter().copied();
    let mut pending: Vec<Pending> = Vec::new();
    let mut attempts: Vec<Attempt> = Vec::new();
    let mut next_start = Some(Instant::now());
    loop {
        let now = Instant::now();
        if deadline.is_some_and(|deadline| now >= deadline) {
            finish_all(&pending, &mut attempts, &AttemptOutcome::TimedOut);
            return (None, attempts);
        }
        // Start the next attempt if none is in progress or the stagger has passed.
        if pending.is_empty() || next_start.is_some_and(|start| now >= start) {
            match waiting.next() {
                Some(address) => {
                    let index = attempts.len();
                    // A placeholder: it is replaced once the outcome is known.
                    attempts.push(Attempt::ended(address, AttemptOutcome::Abandoned, now));
                    match start(address) {
                        Ok(socket) => pending.push(Pending { socket, began: now, index }),
                        Err(outcome) => attempts[index] = Attempt::ended(address, outcome, now),
                    }
                    next_start = after(stagger);
                    continue;
                }
                None if pending.is_empty() => return (None, attempts),
                None => next_start = None,
            }
        }
        let until = [next_start, deadline].into_iter().flatten().min();
        let Some(i) = first_finished(&pending, until) else {
            continue;
        };
        let attempt = pending.remove(i);
        let address = attempts[attempt.index].address;
        let outcome = result(&attempt.socket);
        attempts[attempt.index] = Attempt::ended(address, outcome, attempt.began);
        if attempts[attempt.index].outcome != AttemptOutcome::Connected {
            // After a failure, do not wait for the stagger (RFC 8305 §5).
            next_start = Some(Instant::now());
            continue;
        }
        let stream = TcpStream::from(attempt.socket);
        match stream.set_nonblocking(false) {
            Ok(()) => {
                finish_all(&pending, &mut attempts, &AttemptOutcome::Abandoned);
                return (Some((stream, address)), attempts);
            }
            Err(error) => attempts[attempt.index].outcome = AttemptOutcome::failed("fcntl", &error),
        }
    }
}

/// Starts a handshake without waiting for its end.
fn start(address: SocketAddr) -> Result<OwnedFd, AttemptOutcome> {
    let family = if address.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
    let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
    let socket = match net::socket_with(family, SocketType::STREAM, flags, None) {
        Ok(socket) => socket,
        // EAFNOSUPPORT: a kernel without IPv6, so there is no route either.
        Err(Errno::AFNOSUPPORT) => return Err(AttemptOutcome::Unreachable),
        Err(error) => return Err(AttemptOutcome::failed("socket", &error.into())),
    };
    match net::connect(&socket, &address) {
        // EINTR: the handshake continues in the kernel (connect(2)).
        Ok(()) | Err(Errno::INPROGRESS | Errno::INTR) => Ok(socket),
        Err(error) => Err(io::Error::from(error).into()),
    }
}

/// Waits until an attempt has finished, or for `until`. Returns its index in `pending`; of several,
/// the one started first.
fn first_finished(pending: &[Pending], until: Option<Instant>) -> Option<usize> {
    // A socket whose connect succeeded or failed becomes writable (connect(2), EINPROGRESS).
    let mut watched: Vec<_> =
        pending.iter().map(|attempt| PollFd::new(&attempt.socket, PollFlags::OUT)).collect();
    match poll_until(&mut watched, until) {
        Ok(_) => watched.iter().position(|attempt| !attempt.revents().is_empty()),
        // poll fails only for lack of memory. Then waiting is not possible: end the first attempt,
        // with whatever its state is.
        Err(_) => Some(0).filter(|_| !pending.is_empty()),
    }
}

/// How a handshake ended, once its socket is writable.
fn result(socket: &OwnedFd) -> AttemptOutcome {
    match net::sockopt::socket_error(socket) {
        Ok(Ok(())) => {}
        Ok(Err(error)) => return io::Error::from(error).into(),
        Err(error) => return AttemptOutcome::failed("getsockopt SO_ERROR", &error.into()),
    }
    match (net::getsockname(socket), net::getpeername(socket)) {
        // When connecting to a free port in the ephemeral range, the kernel may choose that very
        // port as the local one. The socket then connects to itself (simultaneous open, RFC 9293
        // §3.5): no socket listens there.
        (Ok(here), Ok(there)) if there.as_ref() == Some(&here) => AttemptOutcome::Refused,
        (Ok(_), Ok(_)) => AttemptOutcome::Connected,
        (_, Err(error)) | (Err(error), _) => io::Error::from(error).into(),
    }
}

/// Sets the outcome of all pending attempts.
fn finish_all(pending: &[Pending], attempts: &mut [Attempt], outcome: &AttemptOutcome) {
    for attempt in pending {
        let address = attempts[attempt.index].address;
        attempts[attempt.index] = Attempt::ended(address, outcome.clone(), attempt.began);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    fn parse(addresses: &[&str]) -> Vec<SocketAddr> {
        addresses.iter().map(|address| address.parse().unwrap()).collect()
    }

    /// A socket bound to loopback. While it exists and does not listen, its port refuses.
    fn bound() -> (OwnedFd, SocketAddr) {
        let socket = net::socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
        net::bind(&socket, &parse(&["127.0.0.1:0"])[0]).unwrap();
        let address = SocketAddr::try_from(net::getsockname(&socket).unwrap()).unwrap();
        (socket, address)
    }

    fn soon() -> Option<Instant> {
        after(Duration::from_secs(10))
    }

    #[test]
    fn families_alternate_starting_with_the_resolvers_first_choice() {
        let addresses = parse(&["[::1]:1", "[::2]:1", "[::3]:1", "1.1.1.1:1", "2.2.2.2:1"]);
        let expected = parse(&["[::1]:1", "1.1.1.1:1", "[::2]:1", "2.2.2.2:1", "[::3]:1"]);
        assert_eq!(interleave(&addresses), expected);
        assert_eq!(interleave(&[]), []);
    }

    #[test]
    fn after_a_refusal_the_next_address_is_tried_at_once() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (_refusing, address) = bound();
        let addresses = [address, listener.local_addr().unwrap()];
        let (connected, attempts) = run(&addresses, Duration::from_secs(3600), soon());
        assert_eq!(connected.unwrap().1, addresses[1]);
        assert_eq!(attempts[0].outcome, AttemptOutcome::Refused);
        assert_eq!(attempts[1].outcome, AttemptOutcome::Connected);
    }

    #[test]
    fn a_silent_address_is_abandoned_when_another_connects() {
        // The kernel drops SYNs while the accept queue is full: the only way to get no answer on
        // loopback.
        let (silent, address) = bound();
        net::listen(&silent, 0).unwrap();
        let _fills_the_queue = TcpStream::connect(address).unwrap();

        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let addresses = [address, listener.local_addr().unwrap()];
        let (connected, attempts) = run(&addresses, Duration::from_millis(20), soon());
        assert_eq!(connected.unwrap().1, addresses[1]);
        assert_eq!(attempts[0].outcome, AttemptOutcome::Abandoned);
        assert!(attempts[0].elapsed >= Duration::from_millis(20));

        let deadline = after(Duration::from_millis(50));
        let (connected, attempts) = run(&addresses[..1], Duration::from_millis(20), deadline);
        assert!(connected.is_none());
        assert_eq!(attempts[0].outcome, AttemptOutcome::TimedOut);
    }

    #[test]
    fn without_addresses_nothing_is_tried() {
        let (connected, attempts) = run(&[], Duration::ZERO, None);
        assert!(connected.is_none() && attempts.is_empty());
    }
}
