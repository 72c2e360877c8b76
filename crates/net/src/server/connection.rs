//! One TCP client: reads and writes that wait no longer than they should.

use std::io;
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use rustix::event::PollFlags;
use rustix::io::Errno;
use rustix::net::{RecvFlags, SendFlags, recv, send};

use super::event::Reporter;
use super::{Cut, What};
use crate::readiness::{Latch, Woke, after, wait};

/// How long a farewell may take: see [`Connection::finish`].
const FAREWELL: Duration = Duration::from_secs(2);

/// One TCP client of a server.
#[derive(Debug)]
pub struct Connection<'server> {
    stream: TcpStream,
    peer: SocketAddr,
    number: u64,
    idle: Duration,
    latch: &'server Latch,
    reporter: &'server Reporter,
    received: u64,
    sent: u64,
}

impl<'server> Connection<'server> {
    pub(super) fn new(
        stream: TcpStream,
        peer: SocketAddr,
        number: u64,
        idle: Duration,
        latch: &'server Latch,
        reporter: &'server Reporter,
    ) -> Self {
        // Answers are complete when they are written: waiting for more to send with them, as
        // Nagle's algorithm does, only delays them. If this fails they are merely slower.
        let _ = stream.set_nodelay(true);
        Self { stream, peer, number, idle, latch, reporter, received: 0, sent: 0 }
    }

    /// The client's address.
    pub fn peer(&self) -> SocketAddr {
        self.peer
    }

    /// Bytes received and sent so far.
    pub fn counts(&self) -> (u64, u64) {
        (self.received, self.sent)
    }

    /// When a client that does nothing from now on will have been idle for too long.
    pub fn idle_deadline(&self) -> Option<Instant> {
        after(self.idle)
    }

    /// Waits for bytes and reads what there is, at most a `buffer` full. 0 means that the client
    /// has sent everything it will ever send.
    ///
    /// # Errors
    /// A [`Cut`].
    pub fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Cut> {
        self.read_before(self.idle_deadline(), buffer)
    }

    /// Like [`Connection::read`], with a deadline of the caller's.
    ///
    /// # Errors
    /// A [`Cut`]; [`Cut::Idle`] once the deadline has passed.
    pub fn read_before(
        &mut self,
        deadline: Option<Instant>,
        buffer: &mut [u8],
    ) -> Result<usize, Cut> {
        loop {
            self.wait(PollFlags::IN, deadline)?;
            // DONTWAIT: poll may be mistaken, and a recv that blocks would not hear the stop.
            match recv(&self.stream, &mut *buffer, RecvFlags::DONTWAIT) {
                Ok((_, count)) => {
                    self.received += count as u64;
                    return Ok(count);
                }
                Err(Errno::AGAIN | Errno::INTR) => {}
                Err(error) => return Err(Cut::from_error("recv", &error.into())),
            }
        }
    }

    /// Sends all of `bytes`, however many calls it takes: the kernel accepts what its buffer has
    /// room for, and a client that does not read makes that nothing.
    ///
    /// # Errors
    /// A [`Cut`]; [`Cut::Idle`] if the client takes nothing for too long.
    pub fn write_all(&mut self, mut bytes: &[u8]) -> Result<(), Cut> {
        while !bytes.is_empty() {
            self.wait(PollFlags::OUT, self.idle_deadline())?;
            // NOSIGNAL: writing to a client that is gone is its business, not a reason to die of
            // SIGPIPE.
            match send(&self.stream, bytes, SendFlags::DONTWAIT | SendFlags::NOSIGNAL) {
                Ok(count) => {
                    self.sent += count as u64;
                    bytes = &bytes[count..];
                }
                Err(Errno::AGAIN | Errno::INTR) => {}
                Err(error) => return Err(Cut::from_error("send", &error.into())),
            }
        }
        Ok(())
    }

    /// Says goodbye: ends our side, and reads away what the client still sends until it ends its
    /// own, for two seconds at most.
    ///
    /// Closing with bytes unread would make the kernel send an RST, and an RST makes the client's
    /// kernel throw away the end of our answer (RFC 9112 §9.6).
    ///
    /// # Errors
    /// A [`Cut`], but not for a client that keeps talking.
    pub fn finish(&mut self) -> Result<(), Cut> {
        match self.stream.shutdown(Shutdown::Write) {
            // Not connected any more: the client's RST came first.
            Err(error) if error.kind() == io::ErrorKind::NotConnected => return Err(Cut::Reset),
            Err(error) => return Err(Cut::from_error("shutdown", &error)),
            Ok(()) => {}
        }
        let deadline = after(FAREWELL.min(self.idle));
        let mut ignored = [0; 4096];
        loop {
            match self.read_before(deadline, &mut ignored) {
                Ok(0) | Err(Cut::Idle) => return Ok(()),
                Ok(_) => {}
                Err(cut) => return Err(cut),
            }
        }
    }

    /// Tells the observer something about this connection.
    pub fn report(&self, what: What) {
        self.reporter.connection(self.peer, self.number, what);
    }

    fn wait(&self, what: PollFlags, deadline: Option<Instant>) -> Result<(), Cut> {
        match wait(&self.stream, what, self.latch, deadline) {
            Ok(Woke::Ready) => Ok(()),
            Ok(Woke::Latched) => Err(Cut::Stopped),
            Ok(Woke::Expired) => Err(Cut::Idle),
            Err(error) => Err(Cut::from_error("poll", &error)),
        }
    }
}
