// server-04: serve one client after another, forever.
//
// Run: rustc server-04.rs && ./server-04 [PORT]

use std::env::args;
use std::io::{Read, Result, Write};
use std::net::{TcpListener, TcpStream};
use std::process::exit;

fn main() {
    let port: u16 = args().nth(1).map_or(8888, |text| text.parse().expect("a port number"));

    // `bind` sets SO_REUSEADDR by itself, on Unix.
    let server = TcpListener::bind(("0.0.0.0", port)).unwrap_or_else(|error| {
        eprintln!("bind port {port}: {error}");
        exit(1)
    });
    println!("Listening on port {port}");

    // GAP loop
    loop {
        match server.accept() {
            // One client may vanish: that must not end the server for the others.
            Ok((client, address)) => match answer(client) {
                Ok(length) => println!("Received {length} bytes from {address}"),
                Err(error) => println!("{address}: {error}"),
            },
            Err(error) => println!("accept: {error}"),
        }
    }
    // END
}

/// One message in, "OK..." and the message out. `client` is closed where this function ends.
fn answer(mut client: TcpStream) -> Result<usize> {
    // GAP answer
    let mut data = [0u8; 1024];
    let length = client.read(&mut data)?;
    if length > 0 {
        client.write_all(&[b"OK...", &data[..length]].concat())?;
    }
    Ok(length)
    // END
}
