//! One TCP client: reads and writes that have deadlines and that a stop interrupts.

use std::io;
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use rustix::event::PollFlags;
use rustix::io::Errno;
use rustix::net::{RecvFlags, SendFlags, recv, send};

use super::event::{Cut, Reporter, ServerEventKind};
use crate::readiness::{Latch, Wakeup, after, wait};

/// How long [`Connection::finish`] waits for the client to end its side.
const FINISH_TIMEOUT: Duration = Duration::from_secs(2);

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
        // Answers are written whole, so Nagle's algorithm could only delay them. If this call
        // fails, they are merely slower.
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

    /// When a client that does nothing from now on counts as idle for too long; `None` for never.
    pub fn idle_deadline(&self) -> Option<Instant> {
        after(self.idle)
    }

    /// Waits for bytes and reads those available, up to the length of `buffer`. 0 means that the
    /// client has ended its side.
    ///
    /// # Errors
    /// A [`Cut`].
    pub fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Cut> {
        self.read_before(self.idle_deadline(), buffer)
    }

    /// Like [`Connection::read`], with the caller's deadline.
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
            // DONTWAIT: poll may report readiness in error (select(2), BUGS), and a blocking recv
            // would miss the stop.
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

    /// Sends all of `bytes`, in as many calls as it takes: each accepts only what the send buffer
    /// has room for, which is nothing while the client does not read.
    ///
    /// # Errors
    /// A [`Cut`]; [`Cut::Idle`] if the client does not read for too long.
    pub fn write_all(&mut self, mut bytes: &[u8]) -> Result<(), Cut> {
        while !bytes.is_empty() {
            self.wait(PollFlags::OUT, self.idle_deadline())?;
            // NOSIGNAL: a client that is gone must not end the server with SIGPIPE.
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

    /// Ends our side, then reads and discards whatever the client still sends until it ends its
    /// side too, for at most two seconds.
    ///
    /// Closing with unread bytes would make the kernel send an RST, which can make the client's
    /// kernel discard the end of our answer (RFC 9112 §9.6).
    ///
    /// # Errors
    /// A [`Cut`], but not if the client is still sending at the deadline.
    pub fn finish(&mut self) -> Result<(), Cut> {
        match self.stream.shutdown(Shutdown::Write) {
            // ENOTCONN: the client's RST came first.
            Err(error) if error.kind() == io::ErrorKind::NotConnected => return Err(Cut::Reset),
            Err(error) => return Err(Cut::from_error("shutdown", &error)),
            Ok(()) => {}
        }
        let deadline = after(FINISH_TIMEOUT.min(self.idle));
        let mut discarded = [0; 4096];
        loop {
            match self.read_before(deadline, &mut discarded) {
                Ok(0) | Err(Cut::Idle) => return Ok(()),
                Ok(_) => {}
                Err(cut) => return Err(cut),
            }
        }
    }

    /// Reports an event of this connection to the observer.
    pub fn report(&self, kind: ServerEventKind) {
        self.reporter.connection(self.peer, self.number, kind);
    }

    fn wait(&self, interest: PollFlags, deadline: Option<Instant>) -> Result<(), Cut> {
        match wait(&self.stream, interest, self.latch, deadline) {
            Ok(Wakeup::Ready) => Ok(()),
            Ok(Wakeup::Latched) => Err(Cut::Stopped),
            Ok(Wakeup::TimedOut) => Err(Cut::Idle),
            Err(error) => Err(Cut::from_error("poll", &error)),
        }
    }
}
