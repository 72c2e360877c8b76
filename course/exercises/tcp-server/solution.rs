// tcp-server: answer each client with its text in upper case.
//
// Run: rustc tcp-server.rs && ./tcp-server [PORT]

use std::env::args;
use std::io::{Read, Result, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::exit;

fn main() {
    let port: u16 = args().nth(1).map_or(12000, |text| text.parse().expect("a port number"));

    // `socket`, SO_REUSEADDR, `bind` and `listen` in one.
    // GAP bind -> bound
    let bound = TcpListener::bind(("0.0.0.0", port));
    // ELSE let bound: Result<TcpListener> = todo!("gap bind");
    // END
    let server = bound.unwrap_or_else(|error| {
        eprintln!("bind port {port}: {error}");
        exit(1)
    });
    println!("The server is ready to receive on port {port}");

    loop {
        // GAP accept -> accepted
        let accepted = server.accept();
        // ELSE let accepted: Result<(TcpStream, SocketAddr)> = todo!("gap accept");
        // END
        let Ok((client, address)): Result<(TcpStream, SocketAddr)> = accepted else { continue };
        // One client may vanish: that must not end the server for the others.
        match serve(client) {
            Ok(()) => println!("Closed: {address}"),
            Err(error) => println!("{address}: {error}"),
        }
    }
}

/// `client` is closed where this function ends.
fn serve(mut client: TcpStream) -> Result<()> {
    // GAP answer
    let mut data = [0u8; 1024];
    loop {
        let length = client.read(&mut data)?;
        if length == 0 {
            return Ok(());
        }
        client.write_all(&upper(&data[..length]))?;
    }
    // END
}

/// Letters, not bytes: ñ is two bytes in UTF-8. Bytes that are not UTF-8 stay as they are.
fn upper(bytes: &[u8]) -> Vec<u8> {
    let mut answer = Vec::new();
    for chunk in bytes.utf8_chunks() {
        answer.extend_from_slice(chunk.valid().to_uppercase().as_bytes());
        answer.extend_from_slice(chunk.invalid());
    }
    answer
}
