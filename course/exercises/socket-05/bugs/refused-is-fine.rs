// Fails refused: a refused connection is reported as success.

use std::env::args;
use std::io::{Read, Write, stdout};
use std::net::{IpAddr, SocketAddr, TcpStream, ToSocketAddrs};
use std::process::exit;

fn main() {
    let host = args().nth(1).unwrap_or("www.google.com".to_string());

    let port: u16 = args().nth(2).map_or(80, |text| text.parse().expect("a port number"));

    let fail = |call: &str, error: std::io::Error| -> ! {
        eprintln!("{call} {host}: {error}");
        exit(0)
    };

    let addresses = (host.as_str(), 0).to_socket_addrs();
    let addresses: Vec<IpAddr> =
        addresses.unwrap_or_else(|error| fail("resolve", error)).map(|found| found.ip()).collect();
    let address = addresses.into_iter().find(IpAddr::is_ipv4).expect("an IPv4 address");

    let message = format!("GET / HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n");

    let endpoint = SocketAddr::new(address, port);

    // `socket` and `connect` are one call in the standard library.
    let connected = TcpStream::connect(endpoint);
    let mut server = connected.unwrap_or_else(|error| fail("connect", error));

    server.write_all(message.as_bytes()).unwrap_or_else(|error| fail("send", error));

    // One read returns what has arrived so far; 0 means that the server has closed.
    let mut piece = [0u8; 4096];
    loop {
        let length = server.read(&mut piece).unwrap_or_else(|error| fail("receive", error));
        if length == 0 {
            break;
        }
        stdout().write_all(&piece[..length]).expect("write to the terminal");
    }
}
