//! The race itself (RFC 8305 §5): start one, and when it fails or dawdles, start the next beside it.

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags};
use rustix::io::Errno;
use rustix::net::{self, AddressFamily, SocketFlags, SocketType};

use super::{Attempt, Outcome};
use crate::readiness::{after, poll_until};

/// The order to try addresses in: the resolver's, with the families taking turns, so that one
/// family's outage costs one stagger and not one per address (RFC 8305 §4).
pub(super) fn interleave(addresses: &[SocketAddr]) -> Vec<SocketAddr> {
    let Some(first) = addresses.first() else {
        return Vec::new();
    };
    let (preferred, other): (Vec<_>, Vec<_>) =
        addresses.iter().partition(|address| address.is_ipv4() == first.is_ipv4());
    let longest = preferred.len().max(other.len());
    (0..longest).flat_map(|i| [preferred.get(i), other.get(i)]).flatten().copied().collect()
}

/// A connection still being made.
struct Runner {
    socket: OwnedFd,
    began: Instant,
    /// Its place in the record.
    entry: usize,
}

/// Runs the race: the winner, if any, and the record of all who started.
pub(super) fn run(
    addresses: &[SocketAddr],
    stagger: Duration,
    deadline: Option<Instant>,
) -> (Option<(TcpStream, SocketAddr)>, Vec<Attempt>) {
    let mut waiting = addresses.iter().copied();
    let mut runners: Vec<Runner> = Vec::new();
    let mut record: Vec<Attempt> = Vec::new();
    let mut next_start = Some(Instant::now());
    loop {
        let now = Instant::now();
        if deadline.is_some_and(|deadline| now >= deadline) {
            close_record(&runners, &mut record, &Outcome::TimedOut);
            return (None, record);
        }
        // An idle track starts the next runner at once, a busy one only when the stagger is over.
        if runners.is_empty() || next_start.is_some_and(|start| now >= start) {
            match waiting.next() {
                Some(address) => {
                    let entry = record.len();
                    // A runner still on the track has no outcome yet; this one stands until then.
                    record.push(Attempt::ended(address, Outcome::Abandoned, now));
                    match start(address) {
                        Ok(socket) => runners.push(Runner { socket, began: now, entry }),
                        Err(outcome) => record[entry] = Attempt::ended(address, outcome, now),
                    }
                    next_start = after(stagger);
                    continue;
                }
                None if runners.is_empty() => return (None, record),
                None => next_start = None,
            }
        }
        let until = [next_start, deadline].into_iter().flatten().min();
        let Some(i) = first_finished(&runners, until) else {
            continue;
        };
        let runner = runners.remove(i);
        let address = record[runner.entry].address;
        let outcome = result(&runner.socket);
        record[runner.entry] = Attempt::ended(address, outcome, runner.began);
        if record[runner.entry].outcome != Outcome::Connected {
            // A failure need not wait for the stagger (RFC 8305 §5).
            next_start = Some(Instant::now());
            continue;
        }
        let stream = TcpStream::from(runner.socket);
        match stream.set_nonblocking(false) {
            Ok(()) => {
                close_record(&runners, &mut record, &Outcome::Abandoned);
                return (Some((stream, address)), record);
            }
            Err(error) => record[runner.entry].outcome = Outcome::failed("fcntl", &error),
        }
    }
}

/// Sends the SYN, without waiting for the answer.
fn start(address: SocketAddr) -> Result<OwnedFd, Outcome> {
    let family = if address.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
    let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
    let socket = match net::socket_with(family, SocketType::STREAM, flags, None) {
        Ok(socket) => socket,
        // A kernel without IPv6 has no route there either.
        Err(Errno::AFNOSUPPORT) => return Err(Outcome::Unreachable),
        Err(error) => return Err(Outcome::failed("socket", &error.into())),
    };
    match net::connect(&socket, &address) {
        // A signal does not stop the handshake: it goes on in the kernel (connect(2), EINTR).
        Ok(()) | Err(Errno::INPROGRESS | Errno::INTR) => Ok(socket),
        Err(error) => Err(io::Error::from(error).into()),
    }
}

/// Waits for somebody to finish, or for `until`; of several, the one who started first.
fn first_finished(runners: &[Runner], until: Option<Instant>) -> Option<usize> {
    // A socket whose connect succeeded or failed becomes writable (connect(2), EINPROGRESS).
    let mut watched: Vec<_> =
        runners.iter().map(|runner| PollFd::new(&runner.socket, PollFlags::OUT)).collect();
    match poll_until(&mut watched, until) {
        Ok(_) => watched.iter().position(|runner| !runner.revents().is_empty()),
        // poll itself fails only for want of memory. Without it nobody can be waited for: asking
        // a socket whose handshake still runs then ends that attempt.
        Err(_) => Some(0).filter(|_| !runners.is_empty()),
    }
}

/// How a handshake ended, once its socket is writable.
fn result(socket: &OwnedFd) -> Outcome {
    match net::sockopt::socket_error(socket) {
        Ok(Ok(())) => {}
        Ok(Err(error)) => return io::Error::from(error).into(),
        Err(error) => return Outcome::failed("getsockopt SO_ERROR", &error.into()),
    }
    match (net::getsockname(socket), net::getpeername(socket)) {
        // Connecting to a free port in the ephemeral range may pick that very port as our own,
        // and TCP's simultaneous open then connects the socket to itself: nobody listens there.
        (Ok(here), Ok(there)) if there.as_ref() == Some(&here) => Outcome::Refused,
        (Ok(_), Ok(_)) => Outcome::Connected,
        (_, Err(error)) | (Err(error), _) => io::Error::from(error).into(),
    }
}

/// Gives everyone still on the track the same outcome.
fn close_record(runners: &[Runner], record: &mut [Attempt], outcome: &Outcome) {
    for runner in runners {
        let address = record[runner.entry].address;
        record[runner.entry] = Attempt::ended(address, outcome.clone(), runner.began);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    fn parse(addresses: &[&str]) -> Vec<SocketAddr> {
        addresses.iter().map(|address| address.parse().unwrap()).collect()
    }

    /// A socket bound to loopback. As long as it lives and does not listen, its address refuses.
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
    fn families_take_turns_and_the_resolvers_first_choice_stays_first() {
        let addresses = parse(&["[::1]:1", "[::2]:1", "[::3]:1", "1.1.1.1:1", "2.2.2.2:1"]);
        let expected = parse(&["[::1]:1", "1.1.1.1:1", "[::2]:1", "2.2.2.2:1", "[::3]:1"]);
        assert_eq!(interleave(&addresses), expected);
        assert_eq!(interleave(&[]), []);
    }

    #[test]
    fn a_refusal_hands_over_at_once() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (_refusing, address) = bound();
        let addresses = [address, listener.local_addr().unwrap()];
        let (winner, record) = run(&addresses, Duration::from_secs(3600), soon());
        assert_eq!(winner.unwrap().1, addresses[1]);
        assert_eq!(record[0].outcome, Outcome::Refused);
        assert_eq!(record[1].outcome, Outcome::Connected);
    }

    #[test]
    fn a_silent_address_is_overtaken_and_abandoned() {
        // A full accept queue is the silence loopback can offer: SYNs are dropped.
        let (silent, address) = bound();
        net::listen(&silent, 0).unwrap();
        let _fills_the_queue = TcpStream::connect(address).unwrap();

        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let addresses = [address, listener.local_addr().unwrap()];
        let (winner, record) = run(&addresses, Duration::from_millis(20), soon());
        assert_eq!(winner.unwrap().1, addresses[1]);
        assert_eq!(record[0].outcome, Outcome::Abandoned);
        assert!(record[0].elapsed >= Duration::from_millis(20));

        let deadline = after(Duration::from_millis(50));
        let (winner, record) = run(&addresses[..1], Duration::from_millis(20), deadline);
        assert!(winner.is_none());
        assert_eq!(record[0].outcome, Outcome::TimedOut);
    }

    #[test]
    fn without_addresses_nobody_runs() {
        let (winner, record) = run(&[], Duration::ZERO, None);
        assert!(winner.is_none() && record.is_empty());
    }
}
