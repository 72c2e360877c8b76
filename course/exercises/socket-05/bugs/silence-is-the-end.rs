// Fails pieces: half a second of silence is not the end of the answer.

use std::env::args;
use std::io::{Read, Write, stdout};
use std::net::{IpAddr, SocketAddr, TcpStream, ToSocketAddrs};
use std::process::exit;
use std::time::Duration;

fn main() {
    let host = args().nth(1).unwrap_or("www.google.com".to_string());

    let port: u16 = args().nth(2).map_or(80, |text| text.parse().expect("a port number"));

    let fail = |call: &str, error: std::io::Error| -> ! {
        eprintln!("{call} {host}: {error}");
        exit(1)
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
    server.set_read_timeout(Some(Duration::from_millis(500))).expect("a time-out");
    let mut piece = [0u8; 4096];
    loop {
        let Ok(length) = server.read(&mut piece) else { break };
        if length == 0 {
            break;
        }
        stdout().write_all(&piece[..length]).expect("write to the terminal");
    }
}
