// socket-05: ask a web server for its page, and receive all of it.
//
// Run: rustc socket-05.rs && ./socket-05 [HOST [PORT]]

use std::env::args;
use std::io::{Read, Write, stdout};
use std::net::{IpAddr, SocketAddr, TcpStream, ToSocketAddrs};
use std::process::exit;

fn main() {
    let host = args().nth(1).unwrap_or("www.google.com".to_string());

    // GAP port -> port
    let port: u16 = args().nth(2).map_or(80, |text| text.parse().expect("a port number"));
    // ELSE let port: u16 = todo!("gap port");
    // END

    let fail = |call: &str, error: std::io::Error| -> ! {
        eprintln!("{call} {host}: {error}");
        exit(1)
    };

    // GAP address -> address
    let addresses = (host.as_str(), 0).to_socket_addrs();
    let addresses: Vec<IpAddr> =
        addresses.unwrap_or_else(|error| fail("resolve", error)).map(|found| found.ip()).collect();
    let address = addresses.into_iter().find(IpAddr::is_ipv4).expect("an IPv4 address");
    // ELSE let address: IpAddr = todo!("gap address");
    // END

    // GAP message -> message
    let message = format!("GET / HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n");
    // ELSE let message = String::new();
    // END

    // GAP endpoint -> endpoint
    let endpoint = SocketAddr::new(address, port);
    // ELSE let endpoint: SocketAddr = todo!("gap endpoint");
    // END

    // `socket` and `connect` are one call in the standard library.
    // GAP connect -> connected
    let connected = TcpStream::connect(endpoint);
    // ELSE let connected: std::io::Result<TcpStream> = todo!("gap connect");
    // END
    let mut server = connected.unwrap_or_else(|error| fail("connect", error));

    // GAP send
    server.write_all(message.as_bytes()).unwrap_or_else(|error| fail("send", error));
    // END

    // One read returns what has arrived so far; 0 means that the server has closed.
    // GAP receive
    let mut piece = [0u8; 4096];
    loop {
        let length = server.read(&mut piece).unwrap_or_else(|error| fail("receive", error));
        if length == 0 {
            break;
        }
        stdout().write_all(&piece[..length]).expect("write to the terminal");
    }
    // END
}
