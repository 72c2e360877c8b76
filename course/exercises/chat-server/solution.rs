// chat-server: what one client writes, all the others read.
//
// The standard library has no `poll`: here each client has two threads, one that reads its lines
// and one that writes to it what is in its queue.
//
// Run: rustc chat-server.rs && ./chat-server [PORT]

use std::collections::HashMap;
use std::env::args;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::exit;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread;

/// Lines that wait for a client which does not read; after that many it has to leave.
const PATIENCE: usize = 1000;
/// A longer line is none.
const LINE: u64 = 64 * 1024;

struct Member {
    queue: SyncSender<Vec<u8>>,
    stream: TcpStream,
}

/// Who is here, by number.
type Members = Arc<Mutex<HashMap<u64, Member>>>;

fn main() {
    let port: u16 = args().nth(1).map_or(8888, |text| text.parse().expect("a port number"));

    let server = TcpListener::bind(("0.0.0.0", port)).unwrap_or_else(|error| {
        eprintln!("bind port {port}: {error}");
        exit(1)
    });
    println!("Listening on port {port}");

    let members = Members::default();
    for (number, client) in (0..).zip(server.incoming()) {
        let Ok(client) = client else { continue };
        let members = Arc::clone(&members);
        if let (Ok(writer), Ok(stream)) = (client.try_clone(), client.try_clone()) {
            let (queue, waiting) = sync_channel(PATIENCE);
            members
                .lock()
                .expect("no thread panics with it")
                .insert(number, Member { queue, stream });
            thread::spawn(move || send(writer, waiting));
            thread::spawn(move || receive(number, client, members));
        }
    }
}

/// Passes on what client `number` says, line by line, until it leaves.
fn receive(number: u64, client: TcpStream, members: Members) {
    let mut reader = BufReader::new(client);
    // GAP receive
    loop {
        // Pass on whole lines only: half a line would get mixed up with another client's.
        let mut line = Vec::new();
        let length = reader.by_ref().take(LINE).read_until(b'\n', &mut line);
        if length.is_err() || !line.ends_with(b"\n") {
            break;
        }
        pass_on(number, &line, &members);
    }
    // END
    members.lock().expect("no thread panics with it").remove(&number);
    let _ = reader.into_inner().shutdown(Shutdown::Both);
}

fn pass_on(from: u64, line: &[u8], members: &Members) {
    let members = members.lock().expect("no thread panics with it");
    // GAP others
    for (_, member) in members.iter().filter(|(number, _)| **number != from) {
        // Its queue is full: it does not read. Waiting for it would make all others wait.
        if member.queue.try_send(line.to_vec()).is_err() {
            let _ = member.stream.shutdown(Shutdown::Both);
        }
    }
    // END
}

/// Writes what is in the queue, until the client has gone.
fn send(mut client: TcpStream, waiting: Receiver<Vec<u8>>) {
    // GAP send
    for line in waiting {
        if client.write_all(&line).is_err() {
            break;
        }
    }
    // END
}
