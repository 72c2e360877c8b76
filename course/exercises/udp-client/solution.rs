// udp-client: send one datagram, wait for one datagram.
//
// Run: rustc udp-client.rs && ./udp-client [HOST [PORT]]

use std::env::args;
use std::io::{BufRead, Write, stdin, stdout};
use std::net::{SocketAddr, ToSocketAddrs, UdpSocket};
use std::process::exit;

fn main() {
    let host = args().nth(1).unwrap_or("localhost".to_string());
    let port: u16 = args().nth(2).map_or(12000, |text| text.parse().expect("a port number"));
    let found = (host.as_str(), port).to_socket_addrs();
    let address = found
        .unwrap_or_else(|error| fail("resolve", error))
        .find(SocketAddr::is_ipv4)
        .expect("an IPv4 address");

    // Any address of ours, and any port: the server will see which.
    // GAP socket -> made
    let made = UdpSocket::bind("0.0.0.0:0");
    // ELSE let made: std::io::Result<UdpSocket> = todo!("gap socket");
    // END
    let client = made.unwrap_or_else(|error| fail("socket", error));

    print!("Input lowercase sentence: ");
    stdout().flush().expect("write to the terminal");
    let mut sentence = Vec::new();
    stdin().lock().read_until(b'\n', &mut sentence).expect("read from the terminal");
    while sentence.last().is_some_and(|byte| b"\r\n".contains(byte)) {
        sentence.pop();
    }

    // One call, one datagram, even an empty one.
    // GAP sendto
    client.send_to(&sentence, address).unwrap_or_else(|error| fail("sendto", error));
    // END

    // The buffer must hold the largest datagram: what does not fit is discarded.
    let mut answer = vec![0u8; 65536];
    // GAP recvfrom -> answer, received
    let received = client.recv_from(&mut answer);
    // ELSE let received: std::io::Result<(usize, SocketAddr)> = todo!("gap recvfrom");
    // END
    let (length, server) = received.unwrap_or_else(|error| fail("recvfrom", error));
    println!("From {server}: {}", String::from_utf8_lossy(&answer[..length]));
}

fn fail(what: &str, error: std::io::Error) -> ! {
    eprintln!("{what}: {error}");
    exit(1);
}
