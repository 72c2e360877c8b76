//! Two byte streams in opposite directions, each with its own thread and its own end.
//!
//! The end of the input becomes a FIN and nothing more: the peer may still answer. The peer's FIN
//! ends the reading; whether it also ends the writing is up to [`StreamOptions`].

use std::io::Write;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags};
use rustix::io::Errno;
use rustix::net::{RecvFlags, SendFlags, Shutdown, recv, send, shutdown};

use super::stdio::{read_input, write_output};
use super::summary::{Direction, Ending, Object, Observer, RelaySummary, Side};
use crate::readiness::{Latch, Wakeup, after, poll_until, wait};

/// How to relay a connection.
#[derive(Clone, Copy, Debug, Default)]
pub struct StreamOptions {
    /// Whether to end when the peer has ended although the input has not. That is right for a
    /// terminal, where the user would otherwise have to press Ctrl-D to end it. By default all of
    /// the input is sent, because the peer may only have half-closed.
    pub end_when_peer_ends: bool,
    /// How long the peer may be silent once the input has ended. There is no limit by default: a
    /// slow answer is not a lost one.
    pub patience: Option<Duration>,
}

const BUFFER: usize = 64 * 1024;

/// Carries bytes from `input` to `stream` and from `stream` to `output`, until both have ended.
///
/// `input` is read only when it is readable, so that an idle terminal does not delay the end. A slow
/// `output` makes the peer wait. At the end the stream is shut down for writing, but not closed.
/// Failures are part of the summary ([`RelaySummary::ending`]).
pub fn stream(
    input: impl AsFd,
    output: &mut impl Write,
    stream: &impl AsFd,
    options: &StreamOptions,
    observer: Option<Observer<'_>>,
) -> RelaySummary {
    let latches = Latch::new().and_then(|a| Ok((a, Latch::new()?, Latch::new()?)));
    let (input_ended, stop_reading, stop_sending) = match latches {
        Ok(latches) => latches,
        Err(source) => {
            let ending = Ending::failed("eventfd", Object::Socket, source);
            return RelaySummary { sent: 0, received: 0, first_to_end: None, ending };
        }
    };
    let relay = Relay {
        stream: stream.as_fd(),
        observer,
        input_ended,
        stop_reading,
        stop_sending,
        first_to_end: OnceLock::new(),
    };
    let input = input.as_fd();
    let (up, (received, down)) = thread::scope(|scope| {
        let up = thread::Builder::new().name("relay/input".to_owned());
        let up = up.spawn_scoped(scope, || relay.carry_input(input));
        let down = match &up {
            Ok(_) => relay.carry_answer(output, options),
            // Without a thread for the other direction there is no conversation.
            Err(_) => (0, None),
        };
        let up = match up.map(thread::ScopedJoinHandle::join) {
            Ok(Ok(up)) => up,
            // The observer panicked on the other thread: pass that on to the caller.
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            Err(source) => (0, Some(Ending::failed("clone", Object::Input, source))),
        };
        (up, down)
    });
    let (sent, up) = up;
    RelaySummary {
        sent,
        received,
        first_to_end: relay.first_to_end.get().copied(),
        // A reset ends both directions, but the kernel reports it to one call only; the other
        // direction sees an ordinary end.
        ending: down.or(up).unwrap_or(Ending::Finished),
    }
}

/// Ends both directions if one of them panics (as an observer that prints to a closed pipe does):
/// the panic cannot be passed on before the other direction has ended.
struct EndOnPanic<'a>(&'a Relay<'a>);

impl Drop for EndOnPanic<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.stop_sending.set();
            self.0.stop_reading.set();
            let _ = shutdown(self.0.stream, Shutdown::Both);
        }
    }
}

/// What the two directions share.
struct Relay<'a> {
    stream: BorrowedFd<'a>,
    observer: Option<Observer<'a>>,
    /// Set when the input has ended: from then on, [`StreamOptions::patience`] counts.
    input_ended: Latch,
    /// Set when no more input is to be read. Input that has been read already is still sent.
    stop_reading: Latch,
    /// Set when nothing more can be sent, or needs to be.
    stop_sending: Latch,
    first_to_end: OnceLock<Side>,
}

/// The number of bytes carried, and what went wrong.
type Carried = (u64, Option<Ending>);

impl Relay<'_> {
    /// From the input to the peer.
    fn carry_input(&self, input: BorrowedFd<'_>) -> Carried {
        let _guard = EndOnPanic(self);
        let mut sent = 0;
        let ended = self.send_input(input, &mut sent);
        // The FIN. If the connection is gone already, the other direction will notice.
        let _ = shutdown(self.stream, Shutdown::Write);
        self.input_ended.set();
        (sent, ended.err())
    }

    fn send_input(&self, input: BorrowedFd<'_>, sent: &mut u64) -> Result<(), Ending> {
        let mut buffer = vec![0; BUFFER];
        loop {
            match wait(input, PollFlags::IN, &self.stop_reading, None) {
                Ok(Wakeup::Latched) => return Ok(()),
                Ok(_) => {}
                Err(error) => return Err(Ending::failed("poll", Object::Input, error)),
            }
            let count = match read_input(input, &mut buffer)? {
                None => continue,
                Some(0) => {
                    let _ = self.first_to_end.set(Side::Input);
                    return Ok(());
                }
                Some(count) => count,
            };
            self.observe(Direction::ToPeer, &buffer[..count]);
            self.send_all(&buffer[..count], sent)?;
        }
    }

    fn send_all(&self, mut bytes: &[u8], sent: &mut u64) -> Result<(), Ending> {
        while !bytes.is_empty() {
            match wait(self.stream, PollFlags::OUT, &self.stop_sending, None) {
                Ok(Wakeup::Latched) => return Ok(()),
                Ok(_) => {}
                Err(error) => return Err(Ending::failed("poll", Object::Socket, error)),
            }
            // DONTWAIT on the call instead of O_NONBLOCK on the socket, which is the caller's.
            match send(self.stream, bytes, SendFlags::DONTWAIT | SendFlags::NOSIGNAL) {
                Ok(count) => {
                    *sent += count as u64;
                    bytes = &bytes[count..];
                }
                Err(Errno::AGAIN | Errno::INTR) => {}
                Err(error) => return Err(self.broken("send", error)),
            }
        }
        Ok(())
    }

    /// From the peer to the output.
    fn carry_answer(&self, output: &mut impl Write, options: &StreamOptions) -> Carried {
        let _guard = EndOnPanic(self);
        let mut received = 0;
        let ended = self.receive_answer(output, options, &mut received);
        if ended.is_err() {
            self.stop_sending.set();
        }
        if ended.is_err() || options.end_when_peer_ends {
            self.stop_reading.set();
        }
        (received, ended.err())
    }

    fn receive_answer(
        &self,
        output: &mut impl Write,
        options: &StreamOptions,
        received: &mut u64,
    ) -> Result<(), Ending> {
        let mut buffer = vec![0; BUFFER];
        let mut input_ended = false;
        loop {
            self.wait_for_answer(options, &mut input_ended)?;
            let count = match recv(self.stream, &mut *buffer, RecvFlags::DONTWAIT) {
                Ok((_, 0)) => {
                    let _ = self.first_to_end.set(Side::Peer);
                    return Ok(());
                }
                Ok((_, count)) => count,
                Err(Errno::AGAIN | Errno::INTR) => continue,
                Err(error) => return Err(self.broken("recv", error)),
            };
            self.observe(Direction::FromPeer, &buffer[..count]);
            write_output(output, &buffer[..count])?;
            *received += count as u64;
        }
    }

    /// Waits until there is something to receive. A limit counts from the end of the input or the
    /// last answer, whichever is later.
    fn wait_for_answer(
        &self,
        options: &StreamOptions,
        input_ended: &mut bool,
    ) -> Result<(), Ending> {
        let failed = |error| Ending::failed("poll", Object::Socket, error);
        if options.patience.is_some() && !*input_ended {
            match wait(self.stream, PollFlags::IN, &self.input_ended, None).map_err(failed)? {
                Wakeup::Latched => *input_ended = true,
                _ => return Ok(()),
            }
        }
        let deadline: Option<Instant> = options.patience.and_then(after);
        let mut watched = [PollFd::new(&self.stream, PollFlags::IN)];
        match poll_until(&mut watched, deadline).map_err(failed)? {
            true => Ok(()),
            false => Err(Ending::Silence),
        }
    }

    /// How a failed call on the socket ends the conversation.
    fn broken(&self, call: &'static str, error: Errno) -> Ending {
        let _ = self.first_to_end.set(Side::Peer);
        match error {
            // EPIPE: an RST that came after the peer's FIN.
            Errno::CONNRESET | Errno::PIPE => Ending::Reset,
            error => Ending::failed(call, Object::Socket, error),
        }
    }

    fn observe(&self, direction: Direction, bytes: &[u8]) {
        if let Some(observer) = self.observer {
            observer(direction, bytes);
        }
    }
}
