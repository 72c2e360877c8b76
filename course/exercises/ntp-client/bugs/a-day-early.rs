// Fails far-away: 1900 was no leap year.

use std::env::args;
use std::fs::File;
use std::io::{Error, Read, Result};
use std::net::{SocketAddr, ToSocketAddrs, UdpSocket};
use std::process::exit;
use std::time::{Duration, Instant};

/// From 1 January 1900, when NTP time begins, to 1 January 1970, when Unix time does.
const SECONDS_1900_TO_1970: u64 = (70 * 365 + 18) * 86_400;

fn main() {
    let host = args().nth(1).unwrap_or("pool.ntp.org".to_string());
    let port: u16 = args().nth(2).map_or(123, |text| text.parse().expect("a port number"));

    match ask(&host, port) {
        Ok(reply) => println!("{} UTC", date(unix_time(&reply))),
        Err(error) => {
            eprintln!("{host} port {port}: {error}");
            exit(1);
        }
    }
}

fn ask(host: &str, port: u16) -> Result<Vec<u8>> {
    let address = (host, port).to_socket_addrs()?.find(SocketAddr::is_ipv4);
    let address = address.ok_or(Error::other("it has no IPv4 address"))?;
    let client = UdpSocket::bind("0.0.0.0:0")?;

    // Byte 0: leap indicator 0 (2 bits), version 4 (3 bits), mode 3 = client (3 bits). Bytes 40 to
    // 47: the transmit timestamp, which comes back as "origin". A random one can't be guessed.
    let mut request = [0u8; 48];
    request[0] = 0b00_100_011;
    File::open("/dev/urandom")?.read_exact(&mut request[40..])?;

    // For UDP, connect sends nothing: it sets the peer.
    client.connect(address)?;
    client.send(&request)?;

    // Returns the first good answer within two seconds. A bad one must not end the wait.
    let deadline = Instant::now() + Duration::from_secs(2);
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        client.set_read_timeout(Some(left.max(Duration::from_millis(1))))?;
        let mut reply = vec![0u8; 512];
        let length = client.recv(&mut reply)?;
        reply.truncate(length);
        if is_answer(&reply, &request) {
            return Ok(reply);
        }
        eprintln!("An answer of {length} bytes was rejected");
    }
}

/// Whether this is the answer of a server (mode 4) whose clock is set to our request.
fn is_answer(reply: &[u8], request: &[u8; 48]) -> bool {
    reply.len() >= 48
        && reply[0] & 7 == 4
        && reply[0] >> 6 != 3
        && (1..=15).contains(&reply[1])
        && reply[24..32] == request[40..48]
}

/// Seconds since 1970, from four bytes in network order: seconds since 1900. A small number belongs
/// to the era that begins on 7 February 2036.
fn unix_time(reply: &[u8]) -> u64 {
    let seconds = reply[40..44].iter().fold(0, |number, byte| number << 8 | u64::from(*byte));
    let era = if seconds < 1 << 31 { 1 << 32 } else { 0 };
    seconds + era - SECONDS_1900_TO_1970
}

/// 2026-11-21 02:46:19, from seconds since 1970. The standard library knows no calendar.
fn date(unix: u64) -> String {
    let (mut days, second) = (unix / 86_400, unix % 86_400);
    let (mut year, mut month) = (1970, 0);
    let leap = |year| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    while days >= 365 + u64::from(leap(year)) {
        days -= 365 + u64::from(leap(year));
        year += 1;
    }
    let february = 28 + u64::from(leap(year));
    let lengths = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    while days >= lengths[month] {
        days -= lengths[month];
        month += 1;
    }
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{year}-{:02}-{:02} {hour:02}:{minute:02}:{second:02}", month + 1, days + 1)
}
