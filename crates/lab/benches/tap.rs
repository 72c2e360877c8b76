//! Whether the tap keeps up: 100,000 datagrams as fast as a program can send them, while other loops
//! keep all processors busy, and how many frames were lost. `cargo bench -p socklab-lab --bench tap`
//! fails if one was. (What a tap costs, `--bench wire` measures.)
#![allow(clippy::unwrap_used, reason = "whatever fails here ends the measurement")]

use std::net::UdpSocket;
use std::process::{Command, ExitCode};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

use socklab_lab::{Role, Tap, enter_private_loopback};

const DATAGRAMS: u64 = 100_000;
const MESSAGE: usize = 64;
/// As much as a trace records of each message.
const SAMPLE: usize = 1024;
const TIMES: usize = 5;
const INSIDE: &str = "inside";

fn main() -> ExitCode {
    if std::env::args().any(|word| word == INSIDE) {
        return inside();
    }
    let us = std::env::current_exe().unwrap();
    let kept_up = (0..TIMES).all(|_| Command::new(&us).arg(INSIDE).status().unwrap().success());
    ExitCode::from(u8::from(!kept_up))
}

fn inside() -> ExitCode {
    match enter_private_loopback() {
        Ok(Role::Inside(_)) => {}
        Ok(Role::Outside { exit_code }) => return ExitCode::from(exit_code as u8),
        Err(refusal) => {
            println!("not run: needs namespaces ({refusal})");
            return ExitCode::SUCCESS;
        }
    }
    let recorded = Arc::new(AtomicU64::new(0));
    let counts = Arc::clone(&recorded);
    let count = move |frames: Vec<_>| {
        counts.fetch_add(frames.len() as u64, Ordering::Relaxed);
    };
    let mut tap = Tap::start(SAMPLE, count).unwrap();
    tap.opened().unwrap();
    let over = Arc::new(AtomicBool::new(false));
    for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
        let over = Arc::clone(&over);
        thread::spawn(move || while !over.load(Ordering::Relaxed) {});
    }
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.connect(socket.local_addr().unwrap()).unwrap();
    let begun = Instant::now();
    for _ in 0..DATAGRAMS {
        socket.send(&[7; MESSAGE]).unwrap();
        // Nobody else empties the socket's buffer, and what is dropped there has passed the wire.
        let _ = socket.recv(&mut [0; MESSAGE]);
    }
    let took = begun.elapsed();
    let tapped = tap.finish().unwrap();
    over.store(true, Ordering::Relaxed);
    let rate = DATAGRAMS as f64 / took.as_secs_f64() / 1000.0;
    let (seen, lost) = (tapped.seen, tapped.lost);
    println!("{DATAGRAMS} datagrams at {rate:.0} thousand per second: {seen} seen, {lost} lost");
    let all = lost == 0 && seen == DATAGRAMS && recorded.load(Ordering::Relaxed) == DATAGRAMS;
    ExitCode::from(u8::from(!all))
}
