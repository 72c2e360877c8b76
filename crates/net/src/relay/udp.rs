//! Datagrams in both directions. Nobody says when they are over, so silence has to.

use std::collections::VecDeque;
use std::io::Write;
use std::net::UdpSocket;
use std::os::fd::{AsFd, BorrowedFd};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags};
use rustix::io::Errno;
use rustix::net::{RecvFlags, SendFlags, recv, send};

use super::framing::{Framer, LARGEST};
use super::{
    Direction, Ending, Framing, Object, Observer, Outcome, Side, read_input, write_output,
};
use crate::readiness::{after, poll_until};

/// How to relay datagrams.
#[derive(Clone, Copy, Debug)]
pub struct UdpOptions {
    /// What becomes one datagram. By default, a line.
    pub framing: Framing,
    /// Once the input has ended, how long to wait for one more answer. The default is 1 s.
    pub patience: Duration,
}

impl Default for UdpOptions {
    fn default() -> Self {
        Self { framing: Framing::Lines, patience: Duration::from_secs(1) }
    }
}

/// Sends `input` as datagrams over the connected `socket`, and writes the answers to `output` one
/// after another, until the input has ended and no answer came for a while.
///
/// A peer's kernel may say that nobody is at the port; that ends the conversation too
/// ([`Ending::Refused`]). An answer with no bytes is no end, it is an answer with no bytes.
pub fn udp(
    input: impl AsFd,
    output: &mut impl Write,
    socket: &UdpSocket,
    options: &UdpOptions,
    observer: Option<Observer<'_>>,
) -> Outcome {
    let mut relay = Relay {
        socket,
        observer,
        framer: Framer::new(options.framing),
        waiting: VecDeque::new(),
        buffer: vec![0; LARGEST.next_power_of_two()],
        sent: 0,
        datagrams: 0,
        received: 0,
        input_over: false,
    };
    let ending = relay.run(input.as_fd(), output, options.patience).err();
    Outcome {
        sent: relay.sent,
        received: relay.received,
        first_to_end: match ending {
            Some(Ending::Refused) => Some(Side::Peer),
            _ => relay.input_over.then_some(Side::Input),
        },
        ending: ending.unwrap_or(Ending::Finished),
    }
}

struct Relay<'a> {
    socket: &'a UdpSocket,
    observer: Option<Observer<'a>>,
    framer: Framer,
    /// Datagrams to send. While there are any, no more input is read.
    waiting: VecDeque<Vec<u8>>,
    buffer: Vec<u8>,
    sent: u64,
    datagrams: u64,
    received: u64,
    input_over: bool,
}

impl Relay<'_> {
    fn run(
        &mut self,
        input: BorrowedFd<'_>,
        output: &mut impl Write,
        patience: Duration,
    ) -> Result<(), Ending> {
        let mut deadline: Option<Instant> = None;
        loop {
            let mut interest = PollFlags::IN;
            interest.set(PollFlags::OUT, !self.waiting.is_empty());
            let mut watched = vec![PollFd::new(self.socket, interest)];
            if self.waiting.is_empty() && !self.input_over {
                watched.push(PollFd::from_borrowed_fd(input, PollFlags::IN));
            }
            let ready = poll_until(&mut watched, deadline);
            if !ready.map_err(|error| Ending::failed("poll", Object::Socket, error))? {
                return Ok(());
            }
            let socket_is = watched[0].revents();
            let input_is = watched.get(1).map_or(PollFlags::empty(), PollFd::revents);
            // Answers first: the kernel drops what does not fit into its queue.
            if socket_is.intersects(PollFlags::IN | PollFlags::ERR | PollFlags::HUP) {
                self.receive(output)?;
            } else if socket_is.contains(PollFlags::OUT) {
                self.send()?;
            } else if !input_is.is_empty() {
                self.read(input)?;
            }
            // Patience begins anew with every sign of life.
            if self.input_over && self.waiting.is_empty() {
                // Who was asked nothing owes no answer.
                if self.datagrams == 0 {
                    return Ok(());
                }
                deadline = after(patience);
            }
        }
    }

    fn read(&mut self, input: BorrowedFd<'_>) -> Result<(), Ending> {
        match read_input(input, &mut self.buffer)? {
            None => {}
            Some(0) => {
                self.input_over = true;
                self.waiting.extend(self.framer.finish());
            }
            Some(count) => self.waiting.extend(self.framer.push(&self.buffer[..count])),
        }
        Ok(())
    }

    fn send(&mut self) -> Result<(), Ending> {
        let Some(datagram) = self.waiting.front() else {
            return Ok(());
        };
        match send(self.socket, datagram, SendFlags::DONTWAIT) {
            Ok(count) => {
                self.sent += count as u64;
                self.datagrams += 1;
                self.observe(Direction::ToPeer, datagram);
                self.waiting.pop_front();
                Ok(())
            }
            Err(error) => Self::forgive("send", error),
        }
    }

    fn receive(&mut self, output: &mut impl Write) -> Result<(), Ending> {
        match recv(self.socket, &mut *self.buffer, RecvFlags::DONTWAIT) {
            Ok((_, count)) => {
                let datagram = &self.buffer[..count];
                self.observe(Direction::FromPeer, datagram);
                write_output(output, datagram)?;
                self.received += count as u64;
                Ok(())
            }
            Err(error) => Self::forgive("recv", error),
        }
    }

    /// Whether a failed call on the socket means anything.
    fn forgive(call: &'static str, error: Errno) -> Result<(), Ending> {
        match error {
            Errno::AGAIN | Errno::INTR => Ok(()),
            // An ICMP message about an earlier datagram: the kernel reports it with the next call,
            // whatever that is (udp(7)).
            Errno::CONNREFUSED => Err(Ending::Refused),
            error => Err(Ending::failed(call, Object::Socket, error)),
        }
    }

    fn observe(&self, direction: Direction, bytes: &[u8]) {
        if let Some(observer) = self.observer {
            observer(direction, bytes);
        }
    }
}
