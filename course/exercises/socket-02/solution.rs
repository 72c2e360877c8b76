// socket-02: a socket, and the address of the one we want to talk to.
//
// Run: rustc socket-02.rs && ./socket-02 [HOST]

use std::env::args;
use std::net::{SocketAddr, ToSocketAddrs, UdpSocket};
use std::os::fd::AsRawFd;
use std::process::exit;

fn main() {
    let host = args().nth(1).unwrap_or("www.google.com".to_string());

    // The standard library makes a TCP socket only where it connects or listens at once. A UDP
    // socket can be had alone, with an address of our own: any (0.0.0.0), and any port (0).
    // GAP socket
    let client = UdpSocket::bind("0.0.0.0:0").expect("bind");
    // ELSE let client: UdpSocket = todo!("gap socket");
    // END
    println!("Socket created: descriptor {}", client.as_raw_fd());

    // GAP address
    let found = (host.as_str(), 0).to_socket_addrs();
    // ELSE let found: std::io::Result<std::vec::IntoIter<SocketAddr>> = todo!("gap address");
    // END
    match found.map(|mut addresses| addresses.find(SocketAddr::is_ipv4)) {
        Ok(Some(address)) => println!("{host} is {}", address.ip()),
        Ok(None) => fail(&host, "it has no IPv4 address"),
        Err(error) => fail(&host, &error.to_string()),
    }
}

fn fail(host: &str, problem: &str) -> ! {
    eprintln!("resolve {host}: {problem}");
    exit(1);
}
