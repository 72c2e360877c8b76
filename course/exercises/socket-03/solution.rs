// socket-03: connect to a server.
//
// Run: rustc socket-03.rs && ./socket-03 [HOST [PORT]]

use std::env::args;
use std::net::{TcpStream, ToSocketAddrs};
use std::process::exit;

fn main() {
    let host = args().nth(1).unwrap_or("www.google.com".to_string());
    let port: u16 = args().nth(2).map_or(80, |text| text.parse().expect("a port number"));

    // GAP address -> found
    let found = (host.as_str(), port).to_socket_addrs();
    // ELSE let found: std::io::Result<std::vec::IntoIter<std::net::SocketAddr>> = todo!("gap address");
    // END
    let addresses = found.unwrap_or_else(|error| fail(&format!("resolve {host}"), error));

    // `socket` and `connect` in one: the library tries one address after another.
    // GAP connect -> connected
    let connected = TcpStream::connect(addresses.as_slice());
    // ELSE let connected: std::io::Result<TcpStream> = todo!("gap connect");
    // END
    let client = connected.unwrap_or_else(|error| fail(&format!("connect to port {port}"), error));
    println!("Connected to {host} port {port}");

    // It would be closed anyway where `client` goes out of scope.
    // GAP close
    drop(client);
    // END
}

fn fail(what: &str, error: std::io::Error) -> ! {
    eprintln!("{what}: {error}");
    exit(1);
}
