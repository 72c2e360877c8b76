// udp-server: answer every datagram with its text in upper case.
//
// Run: rustc udp-server.rs && ./udp-server [PORT]

use std::env::args;
use std::net::{SocketAddr, UdpSocket};
use std::process::exit;

fn main() {
    let port: u16 = args().nth(1).map_or(12000, |text| text.parse().expect("a port number"));

    // `socket` and `bind` in one.
    // GAP bind -> bound
    let bound = UdpSocket::bind(("0.0.0.0", port));
    // ELSE let bound: std::io::Result<UdpSocket> = todo!("gap bind");
    // END
    let server = bound.unwrap_or_else(|error| fail(&format!("bind port {port}"), error));
    println!("The server is ready to receive on port {port}");

    let mut message = vec![0u8; 65536];
    loop {
        // The datagram comes with its sender: that is where to answer.
        // GAP recvfrom -> message, received
        let received = server.recv_from(&mut message);
        // ELSE let received: std::io::Result<(usize, SocketAddr)> = todo!("gap recvfrom");
        // END
        let (length, client): (usize, SocketAddr) =
            received.unwrap_or_else(|error| fail("recvfrom", error));
        let answer = upper(&message[..length]);
        // GAP sendto
        if let Err(error) = server.send_to(&answer, client) {
            println!("{client}: {error}");
        }
        // END
    }
}

/// Letters, not bytes: ñ is two bytes in UTF-8. Bytes that are not UTF-8 stay as they are.
fn upper(bytes: &[u8]) -> Vec<u8> {
    // GAP upper
    let mut answer = Vec::new();
    for chunk in bytes.utf8_chunks() {
        answer.extend_from_slice(chunk.valid().to_uppercase().as_bytes());
        answer.extend_from_slice(chunk.invalid());
    }
    answer
    // END
}

fn fail(what: &str, error: std::io::Error) -> ! {
    eprintln!("{what}: {error}");
    exit(1);
}
