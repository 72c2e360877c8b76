//! Datagrams in both directions. UDP has no end of stream, so silence ends the conversation.

use std::collections::VecDeque;
use std::io::Write;
use std::net::UdpSocket;
use std::os::fd::{AsFd, BorrowedFd};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags};
use rustix::io::Errno;
use rustix::net::{RecvFlags, SendFlags, recv, send};

use super::framing::{Framer, Framing, LARGEST};
use super::stdio::{read_input, write_output};
use super::summary::{Direction, Ending, Object, Observer, RelaySummary, Side};
use crate::readiness::{after, poll_until};

/// How to relay datagrams.
#[derive(Clone, Copy, Debug)]
pub struct UdpOptions {
    /// How the input is cut into datagrams. By default, one per line.
    pub framing: Framing,
    /// How long to wait for another answer once the input has ended. The default is 1 s.
    pub patience: Duration,
}

impl Default for UdpOptions {
    fn default() -> Self {
        Self { framing: Framing::Lines, patience: Duration::from_secs(1) }
    }
}

/// Sends `input` as datagrams over the connected `socket`, and writes the answers to `output` one
/// after another, until the input has ended and no answer has arrived for [`UdpOptions::patience`].
///
/// If the peer's kernel reports that no socket is bound to the port, that ends the conversation too
/// ([`Ending::Refused`]). An empty answer does not: it is a datagram like any other. Failures are
/// part of the summary ([`RelaySummary::ending`]).
pub fn udp(
    input: impl AsFd,
    output: &mut impl Write,
    socket: &UdpSocket,
    options: &UdpOptions,
    observer: Option<Observer<'_>>,
) -> RelaySummary {
    let mut relay = Relay {
        socket,
        observer,
        framer: Framer::new(options.framing),
        unsent: VecDeque::new(),
        buffer: vec![0; LARGEST.next_power_of_two()],
        sent: 0,
        datagrams: 0,
        received: 0,
        input_ended: false,
    };
    let ending = relay.run(input.as_fd(), output, options.patience).err();
    RelaySummary {
        sent: relay.sent,
        received: relay.received,
        first_to_end: match ending {
            Some(Ending::Refused) => Some(Side::Peer),
            _ => relay.input_ended.then_some(Side::Input),
        },
        ending: ending.unwrap_or(Ending::Finished),
    }
}

struct Relay<'a> {
    socket: &'a UdpSocket,
    observer: Option<Observer<'a>>,
    framer: Framer,
    /// Datagrams still to be sent. While there are any, no more input is read.
    unsent: VecDeque<Vec<u8>>,
    buffer: Vec<u8>,
    sent: u64,
    datagrams: u64,
    received: u64,
    input_ended: bool,
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
            interest.set(PollFlags::OUT, !self.unsent.is_empty());
            let mut watched = vec![PollFd::new(self.socket, interest)];
            if self.unsent.is_empty() && !self.input_ended {
                watched.push(PollFd::from_borrowed_fd(input, PollFlags::IN));
            }
            let ready = poll_until(&mut watched, deadline);
            if !ready.map_err(|error| Ending::failed("poll", Object::Socket, error))? {
                return Ok(());
            }
            let socket_ready = watched[0].revents();
            let input_ready = watched.get(1).map_or(PollFlags::empty(), PollFd::revents);
            // Receive first: the kernel drops datagrams that do not fit into the receive buffer.
            if socket_ready.intersects(PollFlags::IN | PollFlags::ERR | PollFlags::HUP) {
                self.receive(output)?;
            } else if socket_ready.contains(PollFlags::OUT) {
                self.send()?;
            } else if !input_ready.is_empty() {
                self.read(input)?;
            }
            // The time limit starts again with every datagram.
            if self.input_ended && self.unsent.is_empty() {
                // Nothing was sent, so there is no answer to wait for.
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
                self.input_ended = true;
                self.unsent.extend(self.framer.finish());
            }
            Some(count) => self.unsent.extend(self.framer.push(&self.buffer[..count])),
        }
        Ok(())
    }

    fn send(&mut self) -> Result<(), Ending> {
        let Some(datagram) = self.unsent.front() else {
            return Ok(());
        };
        match send(self.socket, datagram, SendFlags::DONTWAIT) {
            Ok(count) => {
                self.sent += count as u64;
                self.datagrams += 1;
                self.observe(Direction::ToPeer, datagram);
                self.unsent.pop_front();
                Ok(())
            }
            Err(error) => Self::check("send", error),
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
            Err(error) => Self::check("recv", error),
        }
    }

    /// Whether a failed call on the socket ends the conversation.
    fn check(call: &'static str, error: Errno) -> Result<(), Ending> {
        match error {
            Errno::AGAIN | Errno::INTR => Ok(()),
            // An ICMP error about an earlier datagram: the kernel reports it on the next call,
            // whichever that is (udp(7)).
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
