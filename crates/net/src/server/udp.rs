//! Answers datagrams, one after another.

use std::time::{Duration, Instant};

use rustix::event::PollFlags;
use rustix::io::Errno;

use super::behaviour::{Behaviour, Datagram};
use super::config::Transport;
use super::event::{RefusalReason, ServerEventKind};
use super::pktinfo::{Arrival, PktinfoSocket};
use super::rate::{Admission, RateLimiter};
use super::shared::Shared;
use crate::readiness::{Wakeup, after, pause, wait};

/// Enough for any datagram: at most 65,507 bytes over IPv4 and 65,527 over IPv6.
const BUFFER: usize = 65_536;

/// How long to wait after a failed receive before trying again.
const RETRY_DELAY: Duration = Duration::from_millis(50);

/// How long to wait for room in the send buffer.
const SEND_TIMEOUT: Duration = Duration::from_secs(1);

/// Answers until the latch is set.
pub(super) fn serve<B: Behaviour>(socket: &PktinfoSocket, shared: &Shared<B>) {
    let mut limiter = shared.config.datagrams.rate.map(RateLimiter::new);
    let mut buffer = vec![0; BUFFER];
    let mut answer = Vec::new();
    let mut in_trouble = false;
    loop {
        let received = match wait(socket, PollFlags::IN, &shared.latch, None) {
            Ok(Wakeup::Latched) => return,
            Ok(_) => socket.receive(&mut buffer),
            Err(error) => Err(error),
        };
        let arrival = match received {
            Ok(arrival) => arrival,
            Err(error) if is_spurious(&error) => continue,
            Err(error) => {
                if !in_trouble {
                    shared.reporter.trouble(Transport::Udp, "recvmsg", &error);
                }
                in_trouble = true;
                if let Ok(Wakeup::Latched) = pause(&shared.latch, RETRY_DELAY) {
                    return;
                }
                continue;
            }
        };
        in_trouble = false;
        if let Err(why) = screen(&arrival, shared, limiter.as_mut()) {
            if let Some(why) = why {
                shared.reporter.datagram(arrival.source, ServerEventKind::Refused { why });
            }
            continue;
        }
        let request = Datagram {
            source: arrival.source,
            bytes: &buffer[..arrival.length],
            arrived: arrival.arrived,
        };
        answer.clear();
        let kind = match shared.behaviour.answer(&request, &mut answer) {
            Err(why) => Some(ServerEventKind::Refused { why }),
            Ok(kind) => send(socket, shared, &arrival, &answer).then(|| {
                let (received, sent) = (arrival.length as u64, answer.len() as u64);
                kind.unwrap_or(ServerEventKind::Answered { received, sent })
            }),
        };
        if let Some(kind) = kind {
            shared.reporter.datagram(arrival.source, kind);
        }
    }
}

/// Whether a datagram may be answered. The error is the reason to report, if any.
fn screen<B: Behaviour>(
    arrival: &Arrival,
    shared: &Shared<B>,
    limiter: Option<&mut RateLimiter>,
) -> Result<(), Option<RefusalReason>> {
    // The rate first: it also limits how many events a flood causes.
    match limiter.map(|limiter| limiter.admit(arrival.source.ip(), Instant::now())) {
        None | Some(Admission::Granted) => {}
        Some(Admission::Exceeded { first: true }) => return Err(Some(RefusalReason::TooFast)),
        Some(Admission::Exceeded { first: false }) => return Err(None),
    }
    let low_ports = B::NEVER_LOOPS || shared.config.datagrams.low_ports;
    Ok(super::screen::screen(arrival.source, arrival.destination, low_ports)?)
}

/// Sends an answer from the address the request was sent to. False if it could not be sent; then
/// the reason has been reported.
fn send<B: Behaviour>(
    socket: &PktinfoSocket,
    shared: &Shared<B>,
    arrival: &Arrival,
    answer: &[u8],
) -> bool {
    let deadline = after(SEND_TIMEOUT);
    loop {
        let Err(error) = socket.send(answer, arrival) else {
            return true;
        };
        match Errno::from_io_error(&error) {
            Some(Errno::INTR) => {}
            Some(Errno::MSGSIZE) => {
                let why = RefusalReason::AnswerTooLarge { length: answer.len() };
                shared.reporter.datagram(arrival.source, ServerEventKind::Refused { why });
                return false;
            }
            // The send buffer is full. Meanwhile further requests queue up in the receive buffer,
            // and the kernel drops those that do not fit.
            Some(Errno::AGAIN)
                if matches!(
                    wait(socket, PollFlags::OUT, &shared.latch, deadline),
                    Ok(Wakeup::Ready)
                ) => {}
            _ => {
                shared.reporter.trouble(Transport::Udp, "sendmsg", &error);
                return false;
            }
        }
    }
}

/// Whether a failed receive only means that there is no datagram after all.
fn is_spurious(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{Interrupted, WouldBlock};
    matches!(error.kind(), WouldBlock | Interrupted)
}
