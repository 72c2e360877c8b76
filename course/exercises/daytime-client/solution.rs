// daytime-client: ask a server for the date and time, in words (RFC 867).
//
// Run: rustc daytime-client.rs && ./daytime-client [HOST [PORT]]

use std::env::args;
use std::io::Read;
use std::net::TcpStream;
use std::process::exit;

fn main() {
    let host = args().nth(1).unwrap_or("time.nist.gov".to_string());
    let port: u16 = args().nth(2).map_or(13, |text| text.parse().expect("a port number"));

    // GAP connect -> connected
    let connected = TcpStream::connect((host.as_str(), port));
    // ELSE let connected: std::io::Result<TcpStream> = todo!("gap connect");
    // END
    let mut server = connected.unwrap_or_else(|error| fail("connect", error));

    // There is nothing to send: the server sends the time at once, then closes.
    let mut answer = Vec::new();
    // GAP receive -> answer
    server.read_to_end(&mut answer).unwrap_or_else(|error| fail("receive", error));
    // END
    println!("{}", String::from_utf8_lossy(&answer).trim());
}

fn fail(what: &str, error: std::io::Error) -> ! {
    eprintln!("{what}: {error}");
    exit(1);
}
