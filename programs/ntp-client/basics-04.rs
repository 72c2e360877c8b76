//! basics-04: what time is it? Ask an NTP server, with a library.
//!
//! New here: a library that speaks the protocol; we only send and receive its datagrams.
//!
//! Run: `socklab run basics-04 [SERVER[:PORT]]`. Without a network:
//! `socklab run basics-04 --lab`, or your own server: `socklab serve ntp --port 12300` in one
//! terminal, `socklab run basics-04 localhost:12300` in another.
//!
//! Try: a server that does not exist; `localhost:9`, where nobody answers.
//!
//! The question: the answer took time to arrive. How can the library know how late it is?

use std::cell::Cell;
use std::env::args;
use std::net::{SocketAddr, ToSocketAddrs};
use std::num::NonZeroU16;
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use rustix::io::Errno;
use rustix::net::sockopt::{Timeout, set_socket_timeout};
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketType, recvfrom, sendto, socket};
use sntpc::KissOfDeathCode::{Deny, Rate, Rstr};
use sntpc::sync::{sntp_process_response, sntp_send_request};
use sntpc::{Error, NtpContext, NtpUdpSocket, StdTimestampGen};

const SERVER: &str = "pool.ntp.org";
const PORT: &str = "123";
const TRY: &str = "no network, or no server? `socklab run basics-04 --lab`";
const TIMEOUT: Duration = Duration::from_secs(3);

pub fn main() -> Result<()> {
    let server = args().nth(1).unwrap_or(SERVER.to_string());
    let address = resolve(&server)?;

    let socket = socket(AddressFamily::INET, SocketType::DGRAM, None).context("socket")?;
    let wire = Wire { socket, failure: Cell::new(Errno::AGAIN) };
    let clock = NtpContext::new(StdTimestampGen::default());

    let start = Instant::now();
    let request = sntp_send_request(address, &wire, clock)
        .map_err(|_| wire.failure.get())
        .with_context(|| format!("sendto {address} ({TRY})"))?;

    // A bad answer must not end the wait: otherwise a forged one would keep us from the real one.
    let mut rejected = 0;
    let time = loop {
        // UDP guarantees nothing: without a timeout, we would wait forever for a lost answer.
        let left = TIMEOUT.saturating_sub(start.elapsed());
        ensure!(!left.is_zero(), "recvfrom {address}: no good answer in {TIMEOUT:?} ({TRY})");
        set_socket_timeout(&wire.socket, Timeout::Recv, Some(left)).context("SO_RCVTIMEO")?;
        let reason = match sntp_process_response(address, &wire, clock, request) {
            Ok(time) if possible(time.roundtrip(), start.elapsed()) => break time,
            Ok(_) => "its timestamps are impossible",
            Err(Error::Network) => match wire.failure.get() {
                // Time is up, or a signal woke us (Ctrl-Z, then fg).
                Errno::AGAIN | Errno::INTR => continue,
                error => return Err(error).with_context(|| format!("recvfrom {address}")),
            },
            Err(kiss @ Error::KissOfDeath(Deny | Rate | Rstr)) => bail!("{server}: {}", text(kiss)),
            Err(error) => text(error),
        };
        if rejected < 3 {
            eprintln!("basics-04: an answer was rejected: {reason}");
        }
        rejected += 1;
    };

    println!("Server: {server} ({address}), stratum {}", time.stratum());
    println!("Time: {} seconds since 1970", time.sec());
    println!("Offset: {:+.6} s, to be added to this clock", time.offset() as f64 / 1e6);
    println!("Round trip: {:.6} s", time.roundtrip() as f64 / 1e6);
    Ok(())
}

/// A socket, and why the last call on it failed: the library's errors have no room for that.
struct Wire {
    socket: OwnedFd,
    failure: Cell<Errno>,
}

/// What the library needs from us. It serves asynchronous programs too: hence `async`, although
/// these calls just block.
impl NtpUdpSocket for Wire {
    async fn send_to(&self, bytes: &[u8], to: SocketAddr) -> sntpc::Result<usize> {
        sendto(&self.socket, bytes, SendFlags::empty(), &to).map_err(|error| self.failed(error))
    }

    async fn recv_from(&self, bytes: &mut [u8]) -> sntpc::Result<(usize, SocketAddr)> {
        let received = recvfrom(&self.socket, bytes, RecvFlags::empty());
        let (length, _, from) = received.map_err(|error| self.failed(error))?;
        let from = from.and_then(|from| SocketAddr::try_from(from).ok());
        Ok((length, from.ok_or(Error::ResponseAddressMismatch)?))
    }
}

impl Wire {
    fn failed(&self, error: Errno) -> Error {
        self.failure.set(error);
        Error::Network
    }
}

/// What the library does not check: a round trip takes some time, but no more than we waited. If
/// the server sent before it received, or had our request for longer than that, it seems to.
fn possible(microseconds: u64, waited: Duration) -> bool {
    microseconds > 1 && u128::from(microseconds) <= waited.as_micros()
}

fn text(error: Error) -> &'static str {
    match error {
        Error::IncorrectPayload => "it is too short for NTP",
        Error::ResponseAddressMismatch => "it came from another address",
        Error::IncorrectOriginTimestamp => "wrong origin: it does not answer our request",
        Error::IncorrectMode => "its mode is not that of a server",
        Error::IncorrectResponseVersion => "its version is unknown",
        Error::KissOfDeath(Deny) => "kiss of death DENY: the server denies us access",
        Error::KissOfDeath(Rate) => "kiss of death RATE: we ask too often",
        Error::KissOfDeath(Rstr) => "kiss of death RSTR: the server's policy excludes us",
        Error::KissOfDeath(_) => "the server has no time to give (stratum 0)",
        Error::ExcessiveRootDistance => "its time may be wrong by 16 s or more",
        Error::UnsynchronizedClock | Error::IncorrectStratumHeaders => "its clock is not set",
        _ => "its timestamps are impossible",
    }
}

/// The IPv4 address of `pool.ntp.org`, or of `localhost:12300`.
fn resolve(server: &str) -> Result<SocketAddr> {
    let (name, port) = server.rsplit_once(':').unwrap_or((server, PORT));
    let read = port.parse::<NonZeroU16>();
    let read = read.with_context(|| format!("a port is a number from 1 to 65535, not {port:?}"))?;
    (name, read.get())
        .to_socket_addrs()
        .with_context(|| format!("resolve {name} ({TRY})"))?
        .find(SocketAddr::is_ipv4)
        .with_context(|| format!("resolve {name} ({TRY}): no IPv4 address"))
}
