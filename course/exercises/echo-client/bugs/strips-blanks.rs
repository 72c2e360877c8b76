// Fails as-typed: blanks at the ends of the line are part of it.

use std::env::args;
use std::io::{BufRead, Read, Write, stdin, stdout};
use std::net::TcpStream;
use std::process::exit;

fn main() {
    let host = args().nth(1).unwrap_or("localhost".to_string());
    let port: u16 = args().nth(2).map_or(10000, |text| text.parse().expect("a port number"));

    let connected = TcpStream::connect((host.as_str(), port));
    let mut server = connected.unwrap_or_else(|error| fail("connect", error));

    print!("Message: ");
    stdout().flush().expect("write to the terminal");
    let mut message = Vec::new();
    stdin().lock().read_until(b'\n', &mut message).expect("read from the terminal");
    let message = message.trim_ascii();

    server.write_all(message).unwrap_or_else(|error| fail("send", error));

    // The client knows how much must come back, and calls recv until it has it all.
    let mut received = 0;
    while received < message.len() {
        let mut piece = [0u8; 16];
        let length = server.read(&mut piece).unwrap_or_else(|error| fail("receive", error));
        if length == 0 {
            eprintln!("the server closed after {received} of {} bytes", message.len());
            exit(1);
        }
        received += length;
        println!("Received {length}: {}", String::from_utf8_lossy(&piece[..length]));
    }
    println!("All {received} bytes came back");
}

fn fail(what: &str, error: std::io::Error) -> ! {
    eprintln!("{what}: {error}");
    exit(1);
}
