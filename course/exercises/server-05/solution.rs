// server-05: many clients at once, a thread for each.
//
// Run: rustc server-05.rs && ./server-05 [PORT]

use std::env::args;
use std::io::{Read, Result, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::exit;
use std::thread;

fn main() {
    let port: u16 = args().nth(1).map_or(8888, |text| text.parse().expect("a port number"));

    let server = TcpListener::bind(("0.0.0.0", port)).unwrap_or_else(|error| {
        eprintln!("bind port {port}: {error}");
        exit(1)
    });
    println!("Listening on port {port}");

    loop {
        // GAP accept -> accepted
        let accepted = server.accept();
        // ELSE let accepted: Result<(TcpStream, SocketAddr)> = todo!("gap accept");
        // END
        match accepted {
            Ok((client, address)) => start(client, address),
            Err(error) => println!("accept: {error}"),
        }
    }
}

fn start(client: TcpStream, address: SocketAddr) {
    println!("Connected: {address}");
    // GAP thread
    thread::spawn(move || {
        if let Err(error) = converse(client) {
            println!("{address}: {error}");
        }
    });
    // END
}

/// `client` is closed where this function ends.
fn converse(mut client: TcpStream) -> Result<()> {
    client.write_all(b"Welcome to the server. Type something and hit enter\n")?;
    // GAP conversation
    let mut data = [0u8; 1024];
    loop {
        let length = client.read(&mut data)?;
        if length == 0 {
            return Ok(());
        }
        client.write_all(&[b"OK...", &data[..length]].concat())?;
    }
    // END
}
