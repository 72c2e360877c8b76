// socket-04: send a request to a web server.
//
// Run: rustc socket-04.rs && ./socket-04 [HOST [PORT]]

use std::env::args;
use std::io::Write;
use std::net::TcpStream;
use std::process::exit;

fn main() {
    let host = args().nth(1).unwrap_or("www.google.com".to_string());
    let port: u16 = args().nth(2).map_or(80, |text| text.parse().expect("a port number"));

    // Lines end in CR LF, and an empty line ends the request. HTTP/1.1 requires Host.
    // GAP message -> message
    let message = format!("GET / HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n");
    // ELSE let message = String::new();
    // END

    // GAP connect -> connected
    let connected = TcpStream::connect((host.as_str(), port));
    // ELSE let connected: std::io::Result<TcpStream> = todo!("gap connect");
    // END
    let mut server = connected.unwrap_or_else(|error| fail("connect", error));

    // GAP send
    server.write_all(message.as_bytes()).unwrap_or_else(|error| fail("send", error));
    // END
    println!("Sent {} bytes", message.len());
}

fn fail(what: &str, error: std::io::Error) -> ! {
    eprintln!("{what}: {error}");
    exit(1);
}
