// Fails old-ack: it does not look at the number of an acknowledgement.
use std::env::args;
use std::io::{ErrorKind, Read, Result, Write, stdin, stdout};
use std::net::{SocketAddr, ToSocketAddrs, UdpSocket};
use std::process::exit;
use std::time::{Duration, Instant};

// Types of datagrams.
const DATA: u8 = 1;
const ACK: u8 = 2;
/// Bytes; a block with fewer is the last one.
const BLOCK: usize = 512;
/// Until a block is sent again.
const PATIENCE: Duration = Duration::from_millis(200);
const TRIES: u32 = 10;
// The receiver is done 1 s after it has answered the last block, and gives up after 3 s without any.
const LINGER: Duration = Duration::from_secs(1);
const SILENCE: Duration = Duration::from_secs(3);

/// RFC 1071: add all words of 16 bits, add what was carried, invert.
fn checksum(datagram: &[u8]) -> u16 {
    let word = |pair: &[u8]| u32::from(pair[0]) << 8 | u32::from(*pair.get(1).unwrap_or(&0));
    let mut total: u32 = datagram.chunks(2).map(word).sum();
    while total > 0xffff {
        total = (total & 0xffff) + (total >> 16);
    }
    !(total as u16)
}

/// A datagram: type, block number, checksum, data.
fn pack(kind: u8, number: u8, data: &[u8]) -> Vec<u8> {
    let mut datagram = vec![kind, number, 0, 0];
    datagram.extend_from_slice(data);
    let total = checksum(&datagram);
    datagram[2..4].copy_from_slice(&total.to_be_bytes());
    datagram
}

/// Type, block number and data; None if the datagram was damaged on its way.
fn unpack(datagram: &[u8]) -> Option<(u8, u8, &[u8])> {
    // With the sender's checksum in it, the checksum of an intact datagram is 0.
    let intact = datagram.len() >= 4 && checksum(datagram) == 0;
    intact.then(|| (datagram[0], datagram[1], &datagram[4..]))
}

/// Sends one block until it is acknowledged, ten times at most. Returns whether it was.
fn deliver(client: &UdpSocket, number: u8, data: &[u8]) -> bool {
    let mut buffer = [0u8; 2048];
    for _ in 0..TRIES {
        let deadline = Instant::now() + PATIENCE;
        // If ICMP said that nobody is at that port, it is as good as lost.
        let _ = client.send(&pack(DATA, number, data));
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            client.set_read_timeout(Some(left)).expect("a time that is not 0");
            // An error: the time is up, or nobody is there.
            let Ok(length) = client.recv(&mut buffer) else { continue };
            if matches!(unpack(&buffer[..length]), Some((ACK, ..))) {
                return true;
            }
        }
    }
    false
}

fn send(host: &str, port: u16) -> Result<()> {
    let address = (host, port).to_socket_addrs()?.find(SocketAddr::is_ipv4);
    let client = UdpSocket::bind("0.0.0.0:0")?;
    client.connect(address.ok_or(ErrorKind::AddrNotAvailable)?)?;
    let mut data = Vec::new();
    stdin().read_to_end(&mut data)?;
    let mut number = 1u8;
    // One block more than seems necessary if the file ends where a block ends: an empty one.
    for start in (0..=data.len()).step_by(BLOCK) {
        let end = data.len().min(start + BLOCK);
        if !deliver(&client, number, &data[start..end]) {
            eprintln!("{host} port {port} does not acknowledge block {number}");
            exit(1);
        }
        number = number.wrapping_add(1);
    }
    Ok(())
}

fn receive(port: u16) -> Result<()> {
    let server = UdpSocket::bind(("0.0.0.0", port))?;
    let (mut expected, mut complete) = (1u8, false);
    let mut buffer = [0u8; 2048];
    loop {
        let (length, sender) = match server.recv_from(&mut buffer) {
            Ok(received) => received,
            Err(error) if error.kind() != ErrorKind::WouldBlock => return Err(error),
            Err(_) if complete => return Ok(()),
            Err(_) => {
                eprintln!("no more blocks come: the copy is not complete");
                exit(1);
            }
        };
        let datagram = &buffer[..length];
        let Some((DATA, number, data)) = unpack(datagram) else { continue };
        if number == expected && !complete {
            stdout().write_all(data)?;
            stdout().flush()?;
            expected = expected.wrapping_add(1);
            complete = data.len() < BLOCK;
        }
        // Also if it came before: then our answer was lost.
        server.send_to(&pack(ACK, number, &[]), sender)?;
        server.set_read_timeout(Some(if complete { LINGER } else { SILENCE }))?;
    }
}

fn main() {
    let words: Vec<String> = args().skip(1).collect();
    let port = |text: &str| text.parse().expect("a port number");
    let result = match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["send", host, number] => send(host, port(number)),
        ["receive", number] => receive(port(number)),
        _ => panic!("send HOST PORT, or receive PORT"),
    };
    if let Err(error) = result {
        eprintln!("{}: {error}", words.join(" "));
        exit(1);
    }
}
