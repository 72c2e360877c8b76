// socket-02: a socket, and the address of the server we want to talk to.
//
// Run: rustc socket-02.rs && ./socket-02 [HOST]

use std::env::args;
use std::net::{SocketAddr, ToSocketAddrs};
use std::process::exit;

// The standard library creates a TCP socket only when it connects or listens. The C library,
// which every program here is linked with, has the call itself: man 2 socket.
extern "C" {
    fn socket(family: i32, kind: i32, protocol: i32) -> i32;
}
const AF_INET: i32 = 2;
const SOCK_STREAM: i32 = 1;

fn main() {
    let host = args().nth(1).unwrap_or("www.google.com".to_string());

    // GAP socket -> client
    let client = unsafe { socket(AF_INET, SOCK_STREAM, 0) };
    // ELSE let client: i32 = todo!("gap socket");
    // END
    if client < 0 {
        fail("socket", &std::io::Error::last_os_error().to_string());
    }
    println!("Socket created: descriptor {client}");

    // GAP address -> found
    let found = (host.as_str(), 0).to_socket_addrs();
    // ELSE let found: std::io::Result<std::vec::IntoIter<SocketAddr>> = todo!("gap address");
    // END
    match found.map(|mut addresses| addresses.find(SocketAddr::is_ipv4)) {
        Ok(Some(address)) => println!("{host} is {}", address.ip()),
        Ok(None) => fail("resolve", "it has no IPv4 address"),
        Err(error) => fail("resolve", &error.to_string()),
    }
    // The kernel closes the socket when the program ends.
}

fn fail(what: &str, problem: &str) -> ! {
    eprintln!("{what}: {problem}");
    exit(1);
}
