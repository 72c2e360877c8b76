//! Two thousand connections at once: no event is lost, and memory stays bounded.
//!
//! `cargo bench -p socklab-trace --bench load` fails if it needs more than 64 MiB. It raises its
//! limit on open files.

#[path = "../tests/it/tracees/mod.rs"]
#[allow(dead_code, reason = "this benchmark uses only a part of it")]
mod tracees;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use socklab_event::{Args, Endpoint, Process, Readiness};
use socklab_trace::{Options, Tracer};
use tracees::{prepare, quiet};

const CLIENTS: usize = 2000;

/// Opens all connections before it closes the first; returns the bytes echoed.
fn clients(port: u16) -> usize {
    let mut streams: Vec<TcpStream> = (0..CLIENTS)
        .map(|_| TcpStream::connect(("127.0.0.1", port)).expect("a connection"))
        .collect();
    let message = [b'x'; 32];
    for stream in &mut streams {
        stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a timeout");
        stream.write_all(&message).expect("a send");
    }
    let mut echoed = 0;
    for stream in &mut streams {
        let mut answer = [0; 6 + 32];
        stream.read_exact(&mut answer).expect("an answer");
        assert_eq!(answer[6..], message);
        echoed += 32;
    }
    echoed
}

/// The peak of this process's memory, KiB.
fn peak_memory() -> u64 {
    let status = socklab_kernel::status::Status::own().expect("our status");
    status.field("VmHWM").expect("VmHWM").trim_end_matches(" kB").parse().expect("a number")
}

fn main() {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: `limit` is valid for the kernel to write to, then to read from.
    unsafe {
        libc::getrlimit(libc::RLIMIT_NOFILE, &mut limit);
        limit.rlim_cur = limit.rlim_max.min(8192);
        libc::setrlimit(libc::RLIMIT_NOFILE, &limit);
    }
    if limit.rlim_cur < 2 * CLIENTS as u64 {
        return socklab_prerequisites::say_not_run(
            "two thousand connections",
            "a higher limit on open files",
        );
    }
    let mut argv = match prepare("thread_server.c", &[]) {
        Ok(argv) => argv,
        Err(needs) => return socklab_prerequisites::say_not_run("two thousand connections", needs),
    };
    argv.push(CLIENTS.to_string().into());
    let options = Options::default().deadline(Duration::from_secs(120));
    let mut client = None;
    let (mut accepted, mut closed, mut threads) = (0, 0, std::collections::HashSet::new());
    let (mut sent, mut received, mut failed) = (0, 0, 0);
    let before = peak_memory();
    let outcome = Tracer::new(options)
        .command(quiet(argv))
        .run(|event| {
            if let Some(Process::Ready { readiness: Readiness::Listening, at, .. }) =
                event.process()
            {
                let port = at.as_ref().and_then(Endpoint::port).expect("a port");
                client = Some(std::thread::spawn(move || clients(port)));
            }
            let Some(call) = event.call() else { return };
            failed += usize::from(call.value().is_none());
            threads.insert(event.place.thread);
            match &call.args {
                Args::Accept { .. } => accepted += 1,
                Args::Close if !call.implicit => closed += 1,
                Args::Send { bytes, .. } => sent += bytes.total as usize,
                Args::Recv { bytes, .. } => received += bytes.total as usize,
                _ => {}
            }
        })
        .expect("a recording");
    let echoed = client.expect("a client").join().expect("the client");
    assert_eq!(outcome.shell_code(), 0, "{outcome:?}");
    assert_eq!((accepted, closed, failed), (CLIENTS, CLIENTS, 0));
    assert_eq!((sent, received), (echoed + 6 * CLIENTS, echoed));
    assert_eq!(threads.len(), CLIENTS + 1);
    let grown = peak_memory() - before;
    println!("{outcome:?}: {grown} KiB more");
    assert!(grown < 64 << 10, "{grown} KiB for {CLIENTS} connections");
}
