//! Each kind of wire rule, several times over the same traffic with real sockets: whatever the kernel's
//! timers do meanwhile, the frames that a rule is about have the same fates every time.
//!
//! `SOCKLAB_SOAK=20 cargo test -p socklab-lab --test rules` does it 20 times instead of twice.

#![allow(clippy::unwrap_used, reason = "these are tests, without the harness that says so")]

mod inside;

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream, UdpSocket};
use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rustix::net::sockopt::set_socket_linger;
use socklab_event::{Event, Fate, Frame, Transport};
use socklab_lab::rules::RuleCount;
use socklab_lab::{Looped, LoopedOptions};

fn main() -> ExitCode {
    inside::main(&[
        ("a_lost_syn", || same("drop the 1st SYN", stream, 1)),
        ("a_lost_syn_ack", || same("drop the 1st SYN-ACK from server", stream, 1)),
        ("a_lost_ack", || same("drop the 1st ACK from client", stream, 1)),
        ("a_lost_byte", || same("drop the segment with byte 1500 of the answer, once", stream, 1)),
        ("every_third", || same("drop every 3rd UDP from client", datagrams, 3)),
        ("a_delay", || same("delay 5ms every UDP", datagrams, 20)),
        ("a_duplicate", || same("duplicate the 2nd UDP from client", datagrams, 1)),
        ("a_change_of_places", || same("reorder 3 and 4 of the UDP from client", datagrams, 1)),
        ("a_wrong_byte", || same("corrupt byte 60 of the 1st UDP from client", datagrams, 1)),
        ("a_mended_byte", || {
            let rule =
                "corrupt byte 3 of the payload and mend the checksum of the 2nd UDP from client";
            same(rule, datagrams, 1);
        }),
        ("chance", || same("lose 40% seed 7 of the UDP from client", datagrams, 3)),
        ("a_rate", || same("rate 1 Mbit/s of the UDP from client", datagrams, 10)),
        ("a_reset", || same("reset after 2500 B from server", stream, 1)),
        ("a_dead_host", || silent("host server dies after the 2nd data from client")),
        ("a_partition", || silent("partition client from server after the 2nd data")),
    ])
}

/// How long somebody waits for what may have got lost.
const PATIENCE: Duration = Duration::from_millis(400);

fn times() -> u32 {
    let times = std::env::var("SOCKLAB_SOAK").ok().and_then(|times| times.parse().ok());
    times.unwrap_or(2)
}

/// Nothing arrives any more, once something did not. What is sent then, only the ends' timers know.
fn silent(rule: &str) {
    for round in 0..times() {
        let mut ends = Vec::new();
        let (events, done) = record(rule, || {
            let (client, server) = talk();
            ends.extend([client, server.join().unwrap()]);
        });
        for end in ends {
            // The kernel would go on with what never arrived, on the next round's wire, and be counted.
            set_socket_linger(&end, Some(Duration::ZERO)).unwrap();
        }
        // In the order in which the wire decided. On a busy machine a frame overtakes another before.
        let fates = events.iter().filter_map(|event| event.frame().map(|frame| &frame.fate));
        let after = fates.skip_while(|fate| !matches!(fate, Fate::Dropped { .. }));
        let arrived = after.filter(|fate| matches!(fate, Fate::Delivered { .. })).count();
        assert!(done.matched > 0 && arrived == 0, "{done:?}, round {round}: {arrived} arrived");
    }
}

/// Runs the traffic with the rule, again and again: at least so many frames match, and always the same.
fn same(rule: &str, traffic: fn(), least: u64) {
    let (first, done) = run(rule, traffic);
    assert!(done.matched >= least, "{done:?}, not {least}: {first:?}");
    assert!(!first.is_empty(), "{rule}: nothing has its mark");
    for round in 1..times() {
        let (fates, _) = run(rule, traffic);
        assert_eq!(fates, first, "{rule}, round {round}");
    }
}

/// The frames that passed under the rule, and what it counted.
fn record(rule: &str, traffic: impl FnOnce()) -> (Vec<Event>, RuleCount) {
    let seen = Arc::new(Mutex::new(Vec::<Event>::new()));
    let sink = Arc::clone(&seen);
    let mut options = LoopedOptions::default();
    options.rules = vec![rule.parse().expect("a rule")];
    let looped = Looped::open(options).expect("a looped loopback");
    let looping = looped.start(64, move |events| sink.lock().unwrap().extend(events)).unwrap();
    traffic();
    let circled = looping.finish();
    assert_eq!(circled.switched.lost, 0);
    let events = std::mem::take(&mut *seen.lock().unwrap());
    (events, circled.switched.rules[0].clone())
}

/// The frames that the rule did something to, each once however often it was sent, and what it counted.
fn run(rule: &str, traffic: fn()) -> (BTreeSet<String>, RuleCount) {
    let (events, done) = record(rule, traffic);
    let fates: Vec<String> = events.iter().filter_map(|event| fate(event.frame()?)).collect();
    // What is sent into a connection that has been cut depends on who hears of it first.
    let cut = fates.iter().rposition(|fate| fate.contains("injected"));
    let until = cut.map_or(fates.len(), |last| last + 1);
    (fates.into_iter().take(until).collect(), done)
}

/// What a rule did to which frame.
fn fate(frame: &Frame) -> Option<String> {
    let fate = match &frame.fate {
        Fate::Dropped { .. } => "dropped".to_owned(),
        Fate::Altered { how, at, .. } => format!("{how:?} {}", at.len()),
        _ => return None,
    };
    let headers = frame.headers.as_ref()?;
    let kind = match &headers.transport {
        Transport::Tcp { flags, .. } => flags.to_string(),
        other => format!("{other:?}"),
    };
    let payload = &headers.payload;
    Some(format!("{} {kind} {} {fate}", frame.from, payload))
}

/// A client asks three times, and each time gets 1000 bytes that differ. Whoever hears nothing gives up.
fn stream() {
    let (client, server) = talk();
    drop(client);
    server.join().unwrap();
}

/// The same, before either end is closed.
fn talk() -> (TcpStream, JoinHandle<TcpStream>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let server = thread::spawn(move || {
        let (mut socket, _) = listener.accept().unwrap();
        socket.set_read_timeout(Some(2 * PATIENCE)).unwrap();
        let mut asked = [0; 16];
        for round in 0..3_u8 {
            if socket.read_exact(&mut asked).is_err() || socket.write_all(&[round; 1000]).is_err() {
                break;
            }
        }
        socket
    });
    let mut client = TcpStream::connect(address).unwrap();
    client.set_read_timeout(Some(PATIENCE)).unwrap();
    for round in 0..3_u8 {
        let mut answer = [0; 1000];
        if client.write_all(&[round; 16]).is_err() || client.read_exact(&mut answer).is_err() {
            break;
        }
    }
    (client, server)
}

/// Ten datagrams, each answered if it comes, and the next sent after that: what is sent at once, from
/// two processors, may change places by itself.
fn datagrams() {
    let server = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let client = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    client.connect(server.local_addr().unwrap()).unwrap();
    // On a very busy machine, the next one would overtake one that is on its way through the kernel.
    client.set_read_timeout(Some(PATIENCE)).unwrap();
    server.set_read_timeout(Some(2 * PATIENCE)).unwrap();
    let answers = thread::spawn(move || {
        let mut message = [0; 200];
        while let Ok((length, from)) = server.recv_from(&mut message) {
            // Nobody may be there any more.
            let _ = server.send_to(&message[..length], from);
        }
    });
    let mut answer = [0; 200];
    for round in 0..10_u8 {
        client.send(&[round; 100]).unwrap();
        // What got lost is not sent again.
        let _ = client.recv(&mut answer);
    }
    answers.join().unwrap();
}
