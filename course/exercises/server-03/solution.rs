// server-03: answer one client, and exit.
//
// Run: rustc server-03.rs && ./server-03 [PORT]

use std::env::args;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::exit;

fn main() {
    let port: u16 = args().nth(1).map_or(8888, |text| text.parse().expect("a port number"));

    // `socket`, `bind` and `listen` in one.
    // GAP bind -> bound
    let bound = TcpListener::bind(("0.0.0.0", port));
    // ELSE let bound: std::io::Result<TcpListener> = todo!("gap bind");
    // END
    let server = bound.unwrap_or_else(|error| fail(&format!("bind port {port}"), error));
    println!("Listening on port {port}");

    // GAP accept -> accepted
    let accepted = server.accept();
    // ELSE let accepted: std::io::Result<(TcpStream, SocketAddr)> = todo!("gap accept");
    // END
    let (mut client, address): (TcpStream, SocketAddr) =
        accepted.unwrap_or_else(|error| fail("accept", error));
    println!("Connected: {address}");

    let mut data = [0u8; 1024];
    // GAP receive -> data, length
    let length = client.read(&mut data).unwrap_or_else(|error| fail("receive", error));
    // ELSE let length: usize = todo!("gap receive");
    // END
    println!("Received {length} bytes");

    // 0 bytes: the client closed without sending anything, so there is nothing to answer.
    if length > 0 {
        // GAP send
        let answer = [b"OK...", &data[..length]].concat();
        client.write_all(&answer).unwrap_or_else(|error| fail("send", error));
        // END
    }

    // They would be closed anyway where they go out of scope.
    // GAP close
    drop(client);
    drop(server);
    // END
}

fn fail(what: &str, error: std::io::Error) -> ! {
    eprintln!("{what}: {error}");
    exit(1);
}
