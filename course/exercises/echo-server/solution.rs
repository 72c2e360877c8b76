// echo-server: send back whatever arrives (RFC 862).
//
// Run: rustc echo-server.rs && ./echo-server [PORT]

use std::env::args;
use std::io::{Read, Result, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::exit;
use std::thread;

fn main() {
    let port: u16 = args().nth(1).map_or(10000, |text| text.parse().expect("a port number"));

    // `socket`, SO_REUSEADDR, `bind` and `listen` in one.
    // GAP bind -> bound
    let bound = TcpListener::bind(("0.0.0.0", port));
    // ELSE let bound: Result<TcpListener> = todo!("gap bind");
    // END
    let server = bound.unwrap_or_else(|error| {
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

/// While one client is silent, the others are served: a thread for each.
fn start(client: TcpStream, address: SocketAddr) {
    println!("Connected: {address}");
    // GAP thread
    thread::spawn(move || {
        if let Err(error) = echo(client) {
            println!("{address}: {error}");
        }
    });
    // END
}

/// A stream has no message boundaries: each piece goes back as it arrived. `client` is closed where
/// this function ends.
fn echo(mut client: TcpStream) -> Result<()> {
    // GAP echo
    let mut piece = [0u8; 4096];
    loop {
        let length = client.read(&mut piece)?;
        if length == 0 {
            return Ok(());
        }
        client.write_all(&piece[..length])?;
    }
    // END
}
