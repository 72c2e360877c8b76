// Fails answer: the answer is received, but not printed.

use std::env::args;
use std::io::{BufRead, Read, Write, stdin, stdout};
use std::net::{Shutdown, TcpStream};
use std::process::exit;

fn main() {
    let host = args().nth(1).unwrap_or("localhost".to_string());
    let port: u16 = args().nth(2).map_or(12000, |text| text.parse().expect("a port number"));

    let connected = TcpStream::connect((host.as_str(), port));
    let mut server = connected.unwrap_or_else(|error| fail("connect", error));

    print!("Input lowercase sentence: ");
    stdout().flush().expect("write to the terminal");
    let mut sentence = Vec::new();
    stdin().lock().read_until(b'\n', &mut sentence).expect("read from the terminal");
    while sentence.last().is_some_and(|byte| b"\r\n".contains(byte)) {
        sentence.pop();
    }

    server.write_all(&sentence).unwrap_or_else(|error| fail("send", error));
    // Tells the server that we have sent everything: its read returns 0. We can still receive.
    server.shutdown(Shutdown::Write).unwrap_or_else(|error| fail("shutdown", error));

    // A stream does not mark where an answer ends. This one ends where the server closes.
    let mut answer = Vec::new();
    server.read_to_end(&mut answer).unwrap_or_else(|error| fail("receive", error));
}

fn fail(what: &str, error: std::io::Error) -> ! {
    eprintln!("{what}: {error}");
    exit(1);
}
