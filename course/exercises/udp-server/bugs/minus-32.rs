// Fails letters: every byte from a on loses 32: the letters of ASCII, and { | } ~ too.

use std::env::args;
use std::net::{SocketAddr, UdpSocket};
use std::process::exit;

fn main() {
    let port: u16 = args().nth(1).map_or(12000, |text| text.parse().expect("a port number"));

    // `socket` and `bind` in one.
    let bound = UdpSocket::bind(("0.0.0.0", port));
    let server = bound.unwrap_or_else(|error| fail(&format!("bind port {port}"), error));
    println!("The server is ready to receive on port {port}");

    let mut message = vec![0u8; 65536];
    loop {
        // The datagram comes with its sender: that is where to answer.
        let received = server.recv_from(&mut message);
        let (length, client): (usize, SocketAddr) =
            received.unwrap_or_else(|error| fail("recvfrom", error));
        let answer = upper(&message[..length]);
        if let Err(error) = server.send_to(&answer, client) {
            println!("{client}: {error}");
        }
    }
}

fn upper(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().map(|&byte| if (b'a'..128).contains(&byte) { byte - 32 } else { byte }).collect()
}

fn fail(what: &str, error: std::io::Error) -> ! {
    eprintln!("{what}: {error}");
    exit(1);
}
