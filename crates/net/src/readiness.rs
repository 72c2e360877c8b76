//! Waiting for a file descriptor until a deadline, or until a latch is set.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::{Duration, Instant};

use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};
use rustix::io::Errno;

/// A latch: once set, it stays set, and ends every wait on it at once, in any thread.
///
/// It is an eventfd that is never read, so that once written `poll` always finds it readable.
#[derive(Debug)]
pub(crate) struct Latch(OwnedFd);

impl Latch {
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self(eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?))
    }

    pub(crate) fn set(&self) {
        // Fails only if the counter would overflow (eventfd(2), EAGAIN): then it is set already.
        let _ = rustix::io::write(&self.0, &1u64.to_ne_bytes());
    }
}

impl AsFd for Latch {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// What ended a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wakeup {
    /// The file descriptor is ready, or has an error or hang-up to report when used.
    Ready,
    /// The latch is set. This takes precedence over `Ready`, so that a flood cannot delay a stop.
    Latched,
    /// The deadline passed.
    TimedOut,
}

/// Waits until `fd` is ready for `interest`, `latch` is set, or `deadline` passes.
pub(crate) fn wait(
    fd: impl AsFd,
    interest: PollFlags,
    latch: &Latch,
    deadline: Option<Instant>,
) -> io::Result<Wakeup> {
    let fd = fd.as_fd();
    let mut watched = [PollFd::from_borrowed_fd(fd, interest), PollFd::new(latch, PollFlags::IN)];
    if !poll_until(&mut watched, deadline)? {
        return Ok(Wakeup::TimedOut);
    }
    if !watched[1].revents().is_empty() {
        return Ok(Wakeup::Latched);
    }
    Ok(Wakeup::Ready)
}

/// Pauses for `time`, or until `latch` is set.
pub(crate) fn pause(latch: &Latch, time: Duration) -> io::Result<Wakeup> {
    let mut watched = [PollFd::new(latch, PollFlags::IN)];
    match poll_until(&mut watched, after(time))? {
        true => Ok(Wakeup::Latched),
        false => Ok(Wakeup::TimedOut),
    }
}

/// `poll(2)` until one of `watched` has an event (true) or `deadline` passes (false); without a
/// deadline, indefinitely. Carries on after a signal handler interrupted it (EINTR).
pub(crate) fn poll_until(
    watched: &mut [PollFd<'_>],
    deadline: Option<Instant>,
) -> io::Result<bool> {
    loop {
        let left = deadline.map(|at| at.saturating_duration_since(Instant::now()));
        // A timeout too long for the kernel is as good as none.
        let timeout = left.and_then(|left| Timespec::try_from(left).ok());
        match poll(watched, timeout.as_ref()) {
            Ok(ready) => return Ok(ready > 0),
            Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// The instant `time` from now; `None`, meaning never, if an `Instant` cannot express it.
pub(crate) fn after(time: Duration) -> Option<Instant> {
    Instant::now().checked_add(time)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::thread;

    #[test]
    fn a_latch_wakes_every_waiter_and_stays_set() {
        let latch = Arc::new(Latch::new().unwrap());
        let (silent, _other_end) = rustix::net::socketpair(
            rustix::net::AddressFamily::UNIX,
            rustix::net::SocketType::STREAM,
            rustix::net::SocketFlags::CLOEXEC,
            None,
        )
        .unwrap();
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let woke = wait(&silent, PollFlags::IN, &latch, None).unwrap();
                    assert_eq!(woke, Wakeup::Latched);
                });
            }
            latch.set();
        });
        assert_eq!(pause(&latch, Duration::MAX).unwrap(), Wakeup::Latched);
    }

    #[test]
    fn a_deadline_ends_the_wait() {
        let latch = Latch::new().unwrap();
        assert_eq!(pause(&latch, Duration::from_millis(1)).unwrap(), Wakeup::TimedOut);
    }
}
