//! Waiting: for a file descriptor, no longer than a deadline, and not at all once told to stop.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::{Duration, Instant};

use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};
use rustix::io::Errno;

/// A latch: once set, it stays set, and every wait on it ends at once, in any thread.
///
/// It is an eventfd that nobody ever reads, so that `poll` finds it readable for ever after.
#[derive(Debug)]
pub(crate) struct Latch(OwnedFd);

impl Latch {
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self(eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?))
    }

    pub(crate) fn set(&self) {
        // This can only fail when the counter is about to overflow, and then it is set anyway.
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
pub(crate) enum Woke {
    /// The file descriptor is ready, or has an error or hang-up to report when used.
    Ready,
    /// The latch is set. This wins over readiness, so that a flood cannot delay a stop.
    Latched,
    /// The deadline passed.
    Expired,
}

/// Waits until `fd` is ready for `what`, `latch` is set, or `deadline` passes.
pub(crate) fn wait(
    fd: impl AsFd,
    what: PollFlags,
    latch: &Latch,
    deadline: Option<Instant>,
) -> io::Result<Woke> {
    let fd = fd.as_fd();
    let mut watched = [PollFd::from_borrowed_fd(fd, what), PollFd::new(latch, PollFlags::IN)];
    if !poll_until(&mut watched, deadline)? {
        return Ok(Woke::Expired);
    }
    if !watched[1].revents().is_empty() {
        return Ok(Woke::Latched);
    }
    Ok(Woke::Ready)
}

/// Pauses for `time`, or until `latch` is set.
pub(crate) fn pause(latch: &Latch, time: Duration) -> io::Result<Woke> {
    let mut watched = [PollFd::new(latch, PollFlags::IN)];
    match poll_until(&mut watched, after(time))? {
        true => Ok(Woke::Latched),
        false => Ok(Woke::Expired),
    }
}

/// `poll(2)` until one of `watched` has something to say (true) or `deadline` passes (false);
/// without a deadline, for ever. A signal handler's interruption (EINTR) does not end it.
pub(crate) fn poll_until(
    watched: &mut [PollFd<'_>],
    deadline: Option<Instant>,
) -> io::Result<bool> {
    loop {
        let left = deadline.map(|at| at.saturating_duration_since(Instant::now()));
        // A time too long for the kernel is as good as no limit.
        let timeout = left.and_then(|left| Timespec::try_from(left).ok());
        match poll(watched, timeout.as_ref()) {
            Ok(ready) => return Ok(ready > 0),
            Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// The instant `time` from now; `None`, meaning never, if no clock reaches that far.
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
                    assert_eq!(woke, Woke::Latched);
                });
            }
            latch.set();
        });
        assert_eq!(pause(&latch, Duration::MAX).unwrap(), Woke::Latched);
    }

    #[test]
    fn a_deadline_ends_the_wait() {
        let latch = Latch::new().unwrap();
        assert_eq!(pause(&latch, Duration::from_millis(1)).unwrap(), Woke::Expired);
    }
}
