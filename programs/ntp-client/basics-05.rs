//! basics-05: what time is it? Ask an NTP server, with no library: 48 bytes made by hand.
//!
//! New here: a real protocol, byte by byte (RFC 5905 section 7.3); `connect` on a UDP socket.
//!
//! Run: `socklab run basics-05 [SERVER[:PORT]]`. Without a network:
//! `socklab serve ntp --port 12300` in one terminal, `socklab run basics-05 localhost:12300`
//! in another.
//!
//! Try: `localhost:9`, where nobody answers. Why is the error instant here, and slow in
//! basics-04?
//!
//! The question: NTP counts seconds in 32 bits from 1900. What happens on 7 February 2036?

use std::env::args;
use std::net::{SocketAddr, ToSocketAddrs};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};
use rustix::io::Errno;
use rustix::net::sockopt::{Timeout, set_socket_timeout};
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketType, connect, recv, send, socket};
use rustix::rand::{GetRandomFlags, getrandom};

const SERVER: &str = "pool.ntp.org";
const PORT: u16 = 123;
const TIMEOUT: Duration = Duration::from_secs(3);
/// From 1 January 1900, when NTP time begins, to 1 January 1970, when Unix time does.
const SECONDS_1900_TO_1970: u64 = 2_208_988_800;

pub fn main() -> Result<()> {
    let server = args().nth(1).unwrap_or(SERVER.to_string());
    let address = resolve(&server)?;

    let socket = socket(AddressFamily::INET, SocketType::DGRAM, None).context("socket")?;
    // For UDP, connect sends nothing. It sets the peer: `send` no longer needs an address, and
    // the kernel discards what anyone else sends to this socket.
    connect(&socket, &address).with_context(|| format!("connect {address}"))?;

    // The request. All fields but two may stay zero:
    //   byte 0       leap indicator 0 (2 bits), version 4 (3 bits), mode 3 = client (3 bits)
    //   bytes 40-47  transmit timestamp: the server sends it back as "origin". A random number
    //                works as well as the time, and no one else can guess it.
    let mut request = [0u8; 48];
    request[0] = 0b00_100_011;
    getrandom(&mut request[40..48], GetRandomFlags::empty()).context("getrandom")?;

    let t1 = ntp_now();
    send(&socket, &request, SendFlags::empty()).with_context(|| format!("send to {address}"))?;

    // A bad answer must not end the wait: otherwise a forged one would keep us from the real one.
    let start = Instant::now();
    let (reply, t4) = loop {
        let left = TIMEOUT.saturating_sub(start.elapsed()).max(Duration::from_millis(1));
        set_socket_timeout(&socket, Timeout::Recv, Some(left)).context("setsockopt SO_RCVTIMEO")?;
        let mut reply = [0u8; 512];
        let length = match recv(&socket, &mut reply, RecvFlags::empty()) {
            Ok((length, _)) => length,
            Err(Errno::AGAIN) => bail!("receive from {address}: no answer within {TIMEOUT:?}"),
            // "Connection refused" here: the peer's kernel told ours, with an ICMP message, that
            // no socket is bound to that port.
            Err(error) => return Err(error).with_context(|| format!("receive from {address}")),
        };
        let t4 = ntp_now();
        match check(&reply[..length], &request) {
            Ok(()) => break (reply, t4),
            Err(reason) => eprintln!("basics-05: an answer was rejected: {reason}"),
        }
        if start.elapsed() >= TIMEOUT {
            bail!("receive from {address}: no valid answer within {TIMEOUT:?}");
        }
    };

    // T1: we sent.  T2: it received.  T3: it sent.  T4: we received. The subtractions wrap, so
    // they stay correct when the 32-bit seconds do.
    let (t2, t3) = (timestamp(&reply[32..40]), timestamp(&reply[40..48]));
    let offset = (seconds(t2.wrapping_sub(t1)) + seconds(t3.wrapping_sub(t4))) / 2.0;
    let delay = seconds(t4.wrapping_sub(t1)) - seconds(t3.wrapping_sub(t2));

    println!("Server: {server} ({address}), stratum {}", reply[1]);
    println!("Time: {} UTC", date(unix_time(t3)));
    println!("Offset: {offset:+.6} s, to be added to this clock");
    println!("Round trip: {delay:.6} s");
    Ok(())
}

/// Checks that this is a valid answer to our request (RFC 5905, RFC 4330 section 5).
fn check(reply: &[u8], request: &[u8; 48]) -> Result<()> {
    if reply.len() < 48 {
        bail!("{} bytes are too short for NTP", reply.len());
    }
    if reply[24..32] != request[40..48] {
        bail!("wrong origin: it does not answer the request that we sent");
    }
    let (leap, version, mode) = (reply[0] >> 6, reply[0] >> 3 & 7, reply[0] & 7);
    if mode != 4 {
        bail!("mode {mode} is not the mode of a server, 4");
    }
    if !(1..=4).contains(&version) {
        bail!("version {version} is unknown");
    }
    match reply[1] {
        0 => bail!("kiss of death {}: the server asks us to go away", reply[12..16].escape_ascii()),
        1..=15 if leap != 3 => {}
        _ => bail!("the server's own clock is not synchronised"),
    }
    if timestamp(&reply[32..40]) == 0 || timestamp(&reply[40..48]) == 0 {
        bail!("the server did not fill in its timestamps");
    }
    Ok(())
}

/// Eight bytes, big-endian: seconds since 1900 in the high 32 bits, the fraction in the low ones.
fn timestamp(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// A difference between two timestamps, which may be negative, in seconds.
fn seconds(difference: u64) -> f64 {
    difference as i64 as f64 / (1u64 << 32) as f64
}

fn ntp_now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let fraction = (u64::from(now.subsec_nanos()) << 32) / 1_000_000_000;
    // `<< 32` drops the seconds beyond 32 bits, which are the number of the NTP era.
    (now.as_secs() + SECONDS_1900_TO_1970) << 32 | fraction
}

/// Seconds since 1970. A number below 2^31 would be a date before 1968 in era 0, older than NTP
/// itself, so it belongs to era 1, which begins on 7 February 2036 (RFC 4330 section 3).
fn unix_time(timestamp: u64) -> u64 {
    let seconds = timestamp >> 32;
    let era = if seconds < 1 << 31 { 1 << 32 } else { 0 };
    seconds + era - SECONDS_1900_TO_1970
}

/// Formats seconds since 1970 as 2026-11-21 02:46:19. The calendar repeats every 400 years, or
/// 146,097 days. Years begin in March here, so that 29 February is the last day of its year.
fn date(unix: u64) -> String {
    let (days, second) = (unix / 86_400 + 719_468, unix % 86_400);
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    let year = era * 400 + year + next;
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
}

/// The IPv4 address of `pool.ntp.org`, or of `localhost:12300`.
fn resolve(server: &str) -> Result<SocketAddr> {
    let (name, port) = match server.rsplit_once(':') {
        Some((name, port)) => (name, port_number(port)),
        None => (server, PORT),
    };
    (name, port)
        .to_socket_addrs()
        .with_context(|| {
            format!(
                "resolve {name} (no network? \
                 `socklab serve ntp --port 12300`, then `basics-05 localhost:12300`)"
            )
        })?
        .find(SocketAddr::is_ipv4)
        .with_context(|| format!("resolve {name}: it has no IPv4 address"))
}

fn port_number(text: &str) -> u16 {
    match text.parse() {
        Ok(port) if port > 0 => port,
        _ => {
            eprintln!("basics-05: a port is a number from 1 to 65535, not {text:?}");
            eprintln!("usage: basics-05 [SERVER[:PORT]]");
            std::process::exit(2);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_both_eras() {
        assert_eq!(date(0), "1970-01-01 00:00:00");
        assert_eq!(date(951_827_696), "2000-02-29 12:34:56");
        // RFC 4330 section 3: era 1 begins on 7 February 2036 at 06:28:16 UTC.
        assert_eq!(date(unix_time(0)), "2036-02-07 06:28:16");
        assert_eq!(date(unix_time(u64::MAX)), "2036-02-07 06:28:15");
    }

    #[test]
    fn a_difference_across_the_end_of_era_0_is_small() {
        let before = u64::MAX - (1 << 31);
        assert!((seconds((1u64 << 31).wrapping_sub(before)) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn forged_answers_are_rejected() {
        let mut request = [0u8; 48];
        request[40..48].copy_from_slice(b"01234567");
        let mut good = [0u8; 48];
        good[..2].copy_from_slice(&[0b00_100_100, 2]);
        good[24..32].copy_from_slice(b"01234567");
        good[32..48].fill(1);
        assert!(check(&good, &request).is_ok());
        assert!(check(&good[..47], &request).is_err());
        for (at, value) in [(31, 0), (0, 0b00_100_011), (0, 0b11_100_100), (1, 0), (1, 16)] {
            let mut bad = good;
            bad[at] = value;
            assert!(check(&bad, &request).is_err(), "byte {at} = {value} was accepted");
        }
    }
}
