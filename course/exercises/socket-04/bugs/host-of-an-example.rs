// Fails host: it goes where it was told, and names the host of an example.

use std::env::args;
use std::io::Write;
use std::net::TcpStream;
use std::process::exit;

fn main() {
    let host = args().nth(1).unwrap_or("www.google.com".to_string());
    let port: u16 = args().nth(2).map_or(80, |text| text.parse().expect("a port number"));

    // Lines end in CR LF, and an empty line ends the request. HTTP/1.1 requires Host.
    let message = "GET / HTTP/1.1\r\nHost: www.example.org\r\nConnection: close\r\n\r\n";

    let connected = TcpStream::connect((host.as_str(), port));
    let mut server = connected.unwrap_or_else(|error| fail("connect", error));

    server.write_all(message.as_bytes()).unwrap_or_else(|error| fail("send", error));
    println!("Sent {} bytes", message.len());
}

fn fail(what: &str, error: std::io::Error) -> ! {
    eprintln!("{what}: {error}");
    exit(1);
}
