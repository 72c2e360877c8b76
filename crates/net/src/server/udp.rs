//! Answering datagrams, one after another.

use std::time::{Duration, Instant};

use rustix::event::PollFlags;
use rustix::io::Errno;

use super::pktinfo::{Arrival, PktinfoSocket};
use super::rate::{Admission, RateLimiter};
use super::{Behaviour, Datagram, Refusal, Shared, Transport, What};
use crate::readiness::{Woke, after, pause, wait};

/// The most a UDP datagram can carry is 65,507 bytes over IPv4 and 65,527 over IPv6.
const ANY_DATAGRAM: usize = 65_536;

/// How long to wait before receiving again after the machine failed us.
const RESPITE: Duration = Duration::from_millis(50);

/// How long the network interface may take to make room for an answer.
const SEND_PATIENCE: Duration = Duration::from_secs(1);

/// Answers until the latch is set.
pub(super) fn serve<B: Behaviour>(socket: &PktinfoSocket, shared: &Shared<B>) {
    let mut limiter = shared.config.datagrams.rate.map(RateLimiter::new);
    let mut buffer = vec![0; ANY_DATAGRAM];
    let mut answer = Vec::new();
    let mut in_trouble = false;
    loop {
        let received = match wait(socket, PollFlags::IN, &shared.latch, None) {
            Ok(Woke::Latched) => return,
            Ok(_) => socket.receive(&mut buffer),
            Err(error) => Err(error),
        };
        let arrival = match received {
            Ok(arrival) => arrival,
            Err(error) if is_nothing(&error) => continue,
            Err(error) => {
                if !in_trouble {
                    shared.reporter.trouble(Transport::Udp, "recvmsg", &error);
                }
                in_trouble = true;
                if let Ok(Woke::Latched) = pause(&shared.latch, RESPITE) {
                    return;
                }
                continue;
            }
        };
        in_trouble = false;
        if let Err(why) = screen(&arrival, shared, limiter.as_mut()) {
            if let Some(why) = why {
                shared.reporter.datagram(arrival.source, What::Refused { why });
            }
            continue;
        }
        let request = Datagram {
            source: arrival.source,
            bytes: &buffer[..arrival.length],
            arrived: arrival.arrived,
        };
        answer.clear();
        let what = match shared.behaviour.answer(&request, &mut answer) {
            Err(why) => Some(What::Refused { why }),
            Ok(what) => send(socket, shared, &arrival, &answer).then(|| {
                let (received, sent) = (arrival.length as u64, answer.len() as u64);
                what.unwrap_or(What::Answered { received, sent })
            }),
        };
        if let Some(what) = what {
            shared.reporter.datagram(arrival.source, what);
        }
    }
}

/// Whether a datagram may have an answer. The error is what to tell about it, if anything.
fn screen<B: Behaviour>(
    arrival: &Arrival,
    shared: &Shared<B>,
    limiter: Option<&mut RateLimiter>,
) -> Result<(), Option<Refusal>> {
    // The rate comes first: it also limits what the observer is told about a flood.
    match limiter.map(|limiter| limiter.admit(arrival.source.ip(), Instant::now())) {
        None | Some(Admission::Granted) => {}
        Some(Admission::Exceeded { first: true }) => return Err(Some(Refusal::TooFast)),
        Some(Admission::Exceeded { first: false }) => return Err(None),
    }
    let low_ports = B::NEVER_LOOPS || shared.config.datagrams.low_ports;
    Ok(super::screen::screen(arrival.source, arrival.directed, low_ports)?)
}

/// Sends an answer from the address the request was sent to. False if it did not go out, after
/// saying why.
fn send<B: Behaviour>(
    socket: &PktinfoSocket,
    shared: &Shared<B>,
    arrival: &Arrival,
    answer: &[u8],
) -> bool {
    let deadline = after(SEND_PATIENCE);
    loop {
        let Err(error) = socket.send(answer, arrival) else {
            return true;
        };
        match Errno::from_io_error(&error) {
            Some(Errno::INTR) => {}
            Some(Errno::MSGSIZE) => {
                let why = Refusal::AnswerTooLarge { length: answer.len() };
                shared.reporter.datagram(arrival.source, What::Refused { why });
                return false;
            }
            // The interface is slower than we are. Waiting leaves further requests in the
            // kernel's queue, which drops what does not fit: that is UDP's back-pressure.
            Some(Errno::AGAIN)
                if matches!(
                    wait(socket, PollFlags::OUT, &shared.latch, deadline),
                    Ok(Woke::Ready)
                ) => {}
            _ => {
                shared.reporter.trouble(Transport::Udp, "sendmsg", &error);
                return false;
            }
        }
    }
}

fn is_nothing(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{Interrupted, WouldBlock};
    matches!(error.kind(), WouldBlock | Interrupted)
}
