//! Two streams in opposite directions, each with a thread and an end of its own.
//!
//! The input's end becomes a FIN, nothing more: the peer's answer is still to come. The peer's
//! end stops the reading; whether it also stops the writing is a choice ([`TcpOptions`]).

use std::io::Write;
use std::net::{Shutdown, TcpStream};
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags};
use rustix::io::Errno;
use rustix::net::{RecvFlags, SendFlags, recv, send};

use super::{Direction, Ending, Object, Observer, Outcome, Side, read_input, write_output};
use crate::readiness::{Latch, Woke, after, poll_until, wait};

/// How to relay a TCP connection.
#[derive(Clone, Copy, Debug, Default)]
pub struct TcpOptions {
    /// End when the peer has ended, although the input has not: right for a terminal, where
    /// somebody would have to press Ctrl-D for nothing. By default the input is sent to its end,
    /// which a peer that has only half-closed is waiting for.
    pub end_when_peer_ends: bool,
    /// Once the input has ended, how long the peer may be silent. By default, for ever: a slow
    /// answer is not a lost one.
    pub patience: Option<Duration>,
}

const BUFFER: usize = 64 * 1024;

/// Carries bytes from `input` to `stream` and from `stream` to `output`, until both have ended.
///
/// `input` is read when it has something to read, so that a terminal on which nobody types does
/// not hold the conversation's end up. `output` may be as slow as it likes: the peer then waits.
/// The stream is shut down for writing in the end, and not closed.
pub fn tcp(
    input: impl AsFd,
    output: &mut impl Write,
    stream: &TcpStream,
    options: &TcpOptions,
    observer: Option<Observer<'_>>,
) -> Outcome {
    let latches = Latch::new().and_then(|a| Ok((a, Latch::new()?, Latch::new()?)));
    let (input_over, enough_input, lost) = match latches {
        Ok(latches) => latches,
        Err(source) => {
            let ending = Ending::failed("eventfd", Object::Socket, source);
            return Outcome { sent: 0, received: 0, first_to_end: None, ending };
        }
    };
    let relay =
        Relay { stream, observer, input_over, enough_input, lost, first_to_end: OnceLock::new() };
    let input = input.as_fd();
    let (up, (received, down)) = thread::scope(|scope| {
        let up = thread::Builder::new().name("relay/input".to_owned());
        let up = up.spawn_scoped(scope, || relay.carry_input(input));
        let down = match &up {
            Ok(_) => relay.carry_answer(output, options),
            // Without the other direction there is no conversation to be had.
            Err(_) => (0, None),
        };
        let up = match up.map(thread::ScopedJoinHandle::join) {
            Ok(Ok(up)) => up,
            // The observer panicked on the other thread; do as if it had on this one.
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            Err(source) => (0, Some(Ending::failed("clone", Object::Input, source))),
        };
        (up, down)
    });
    let (sent, up) = up;
    Outcome {
        sent,
        received,
        first_to_end: relay.first_to_end.get().copied(),
        // A reset takes both directions but the kernel tells only the first who asks: the other
        // one sees an ordinary end.
        ending: down.or(up).unwrap_or(Ending::Finished),
    }
}

/// Ends both directions if one of them panics, as an observer that prints to a closed pipe does:
/// the panic cannot be passed on before the other direction has ended.
struct EndOnPanic<'a>(&'a Relay<'a>);

impl Drop for EndOnPanic<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.lost.set();
            self.0.enough_input.set();
            let _ = self.0.stream.shutdown(Shutdown::Both);
        }
    }
}

/// What the two directions share.
struct Relay<'a> {
    stream: &'a TcpStream,
    observer: Option<Observer<'a>>,
    /// The input has ended: the other direction's patience begins.
    input_over: Latch,
    /// Wait for no more input. What was read already is still sent.
    enough_input: Latch,
    /// Nothing can or need be sent any more.
    lost: Latch,
    first_to_end: OnceLock<Side>,
}

/// The bytes carried, and what went wrong.
type Carried = (u64, Option<Ending>);

impl Relay<'_> {
    /// From the input to the peer.
    fn carry_input(&self, input: BorrowedFd<'_>) -> Carried {
        let _guard = EndOnPanic(self);
        let mut sent = 0;
        let ended = self.send_input(input, &mut sent);
        // The FIN. If the connection is gone already, the other direction finds out by itself.
        let _ = self.stream.shutdown(Shutdown::Write);
        self.input_over.set();
        (sent, ended.err())
    }

    fn send_input(&self, input: BorrowedFd<'_>, sent: &mut u64) -> Result<(), Ending> {
        let mut buffer = vec![0; BUFFER];
        loop {
            match wait(input, PollFlags::IN, &self.enough_input, None) {
                Ok(Woke::Latched) => return Ok(()),
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
            match wait(self.stream, PollFlags::OUT, &self.lost, None) {
                Ok(Woke::Latched) => return Ok(()),
                Ok(_) => {}
                Err(error) => return Err(Ending::failed("poll", Object::Socket, error)),
            }
            // DONTWAIT on the call instead of O_NONBLOCK on the socket: the caller's socket stays
            // as it was.
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
    fn carry_answer(&self, output: &mut impl Write, options: &TcpOptions) -> Carried {
        let _guard = EndOnPanic(self);
        let mut received = 0;
        let ended = self.receive_answer(output, options, &mut received);
        if ended.is_err() {
            self.lost.set();
        }
        if ended.is_err() || options.end_when_peer_ends {
            self.enough_input.set();
        }
        (received, ended.err())
    }

    fn receive_answer(
        &self,
        output: &mut impl Write,
        options: &TcpOptions,
        received: &mut u64,
    ) -> Result<(), Ending> {
        let mut buffer = vec![0; BUFFER];
        let mut input_over = false;
        loop {
            self.wait_for_answer(options, &mut input_over)?;
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

    /// Waits until there is something to receive. With limited patience, the limit counts from
    /// the input's end or the last answer, whichever is later.
    fn wait_for_answer(&self, options: &TcpOptions, input_over: &mut bool) -> Result<(), Ending> {
        let failed = |error| Ending::failed("poll", Object::Socket, error);
        if options.patience.is_some() && !*input_over {
            match wait(self.stream, PollFlags::IN, &self.input_over, None).map_err(failed)? {
                Woke::Latched => *input_over = true,
                _ => return Ok(()),
            }
        }
        let deadline: Option<Instant> = options.patience.and_then(after);
        let mut watched = [PollFd::new(self.stream, PollFlags::IN)];
        match poll_until(&mut watched, deadline).map_err(failed)? {
            true => Ok(()),
            false => Err(Ending::Silence),
        }
    }

    /// What a failed call on the socket means.
    fn broken(&self, call: &'static str, error: Errno) -> Ending {
        let _ = self.first_to_end.set(Side::Peer);
        match error {
            // PIPE: an RST that came after the peer's FIN.
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
