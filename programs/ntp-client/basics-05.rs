//! basics-05: what time is it? Ask an NTP server, with no library: 48 bytes made by hand.
//!
//! New here: a real protocol, byte by byte (RFC 5905 section 7.3); `connect` on a UDP socket.
//!
//! Run: `socklab run basics-05 [SERVER[:PORT]]`. Without a network:
//! `socklab run basics-05 --lab`, or your own server: `socklab serve ntp --port 12300` in one
//! terminal, `socklab run basics-05 localhost:12300` in another.
//!
//! Try: `localhost:9`, where nobody answers. Why is the error instant here, but not in basics-04?
//!
//! The question: NTP counts seconds in 32 bits from 1900. What happens on 7 February 2036?

use std::env::args;
use std::net::{SocketAddr, ToSocketAddrs};
use std::num::NonZeroU16;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail, ensure};
use rustix::io::Errno;
use rustix::net::sockopt::{Timeout, set_socket_timeout};
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketType, connect, recv, send, socket};
use rustix::rand::{GetRandomFlags, getrandom};

const SERVER: &str = "pool.ntp.org";
const PORT: &str = "123";
const TRY: &str = "no network, or no server? `socklab run basics-05 --lab`";
const TIMEOUT: Duration = Duration::from_secs(3);
const FROM_1900_TO_1970: u64 = 2_208_988_800; // NTP time begins in 1900, Unix time in 1970.

pub fn main() -> Result<()> {
    let server = args().nth(1).unwrap_or(SERVER.to_string());
    let address = resolve(&server)?;

    let socket = socket(AddressFamily::INET, SocketType::DGRAM, None).context("socket")?;
    // For UDP, connect sends nothing. It sets the peer: `send` no longer needs an address, and
    // the kernel discards what anyone else sends to this socket.
    connect(&socket, &address).with_context(|| format!("connect {address} ({TRY})"))?;

    // The request. All fields but two may stay zero:
    //   byte 0       leap indicator 0 (2 bits), version 4 (3 bits), mode 3 = client (3 bits)
    //   bytes 40-47  transmit timestamp: the server sends it back as "origin". A random number
    //                works as well as the time, and no one else can guess it.
    let mut request = [0u8; 48];
    request[0] = 0b00_100_011;
    getrandom(&mut request[40..48], GetRandomFlags::empty()).context("getrandom")?;

    let (start, t1) = (Instant::now(), ntp_now());
    send(&socket, &request, SendFlags::empty()).with_context(|| format!("send to {address}"))?;

    // A bad answer must not end the wait: otherwise a forged one would keep us from the real one.
    let mut rejected = 0;
    let (reply, t4) = loop {
        let left = TIMEOUT.saturating_sub(start.elapsed());
        ensure!(!left.is_zero(), "recv {address}: no good answer in {TIMEOUT:?} ({TRY})");
        set_socket_timeout(&socket, Timeout::Recv, Some(left)).context("setsockopt SO_RCVTIMEO")?;
        let mut reply = [0u8; 48];
        let length = match recv(&socket, &mut reply, RecvFlags::empty()) {
            Ok((length, _)) => length,
            // Time is up, or a signal woke us (Ctrl-Z, then fg).
            Err(Errno::AGAIN | Errno::INTR) => continue,
            // "Connection refused": the peer's kernel told ours (ICMP) that nobody has that port.
            Err(error) => {
                return Err(error).with_context(|| format!("recv {address} ({TRY})"));
            }
        };
        let t4 = ntp_now();
        match check(&reply[..length], &request, t4.wrapping_sub(t1)) {
            Ok(None) => break (reply, t4),
            Ok(Some(kiss)) => bail!("{server}: {kiss}"),
            Err(reason) if rejected < 3 => eprintln!("basics-05: an answer was rejected: {reason}"),
            Err(_) => {} // Nobody reads a thousand lines.
        }
        rejected += 1;
    };

    // T1: we sent.  T2: it received.  T3: it sent.  T4: we received. The subtractions wrap, so
    // they stay correct when the 32-bit seconds do, and their results may be negative.
    let seconds = |difference: u64| difference as i64 as f64 / (1u64 << 32) as f64;
    let (t2, t3) = (number(&reply[32..40]), number(&reply[40..48]));
    let offset = (seconds(t2.wrapping_sub(t1)) + seconds(t3.wrapping_sub(t4))) / 2.0;
    let delay = seconds(t4.wrapping_sub(t1)) - seconds(t3.wrapping_sub(t2));

    // Below 2^31 it is no date of era 0, before 1968, but of era 1, from 2036 (RFC 4330 section 3).
    let era = if t3 >> 63 == 0 { 1 << 32 } else { 0 };
    let unix = (era + (t3 >> 32)) as i64 - FROM_1900_TO_1970 as i64;
    println!("Server: {server} ({address}), stratum {}", reply[1]);
    println!("Time: {unix} seconds since 1970");
    println!("Offset: {offset:+.6} s, to be added to this clock");
    println!("Round trip: {delay:.6} s");
    Ok(())
}

/// Checks that this answers our request, with a time to believe (RFC 5905 appendix A.5.1.1), or
/// with a kiss of death: then we must not ask again (section 7.4).
fn check(reply: &[u8], request: &[u8; 48], waited: u64) -> Result<Option<&'static str>> {
    ensure!(reply.len() >= 48, "{} bytes are too short for NTP", reply.len());
    ensure!(reply[24..32] == request[40..48], "wrong origin: it does not answer our request");
    let (leap, version, mode, stratum) = (reply[0] >> 6, reply[0] >> 3 & 7, reply[0] & 7, reply[1]);
    ensure!(mode == 4 && (1..=4).contains(&version), "mode {mode}, version {version}: no server's");
    match (stratum, &reply[12..16]) {
        (0, b"DENY") => return Ok(Some("kiss of death DENY: the server denies us access")),
        (0, b"RATE") => return Ok(Some("kiss of death RATE: we ask too often")),
        (0, b"RSTR") => return Ok(Some("kiss of death RSTR: the server's policy excludes us")),
        (0, code) => bail!("the server has no time to give (stratum 0, {})", code.escape_ascii()),
        _ => ensure!(stratum < 16 && leap != 3, "its clock is not set"),
    }
    let distance = number(&reply[4..8]) / 2 + number(&reply[8..12]); // in units of 1/65536 s
    ensure!(distance < 16 << 16, "its time may be wrong by 16 s or more");
    let (set, t2, t3) = (number(&reply[16..24]), number(&reply[32..40]), number(&reply[40..48]));
    let in_order = set == 0 || t3.wrapping_sub(set) < 1 << 63;
    // How long did it keep the request? If it sent before it received, the result is enormous.
    ensure!(in_order && t3 != 0 && t3.wrapping_sub(t2) <= waited, "its timestamps are impossible");
    Ok(None)
}

/// Reads bytes in network order. A timestamp has 32 bits of seconds, then 32 of their fraction.
fn number(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

fn ntp_now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let fraction = (u64::from(now.subsec_nanos()) << 32) / 1_000_000_000;
    // `<< 32` drops the seconds beyond 32 bits, which are the number of the NTP era.
    (now.as_secs() + FROM_1900_TO_1970) << 32 | fraction
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
