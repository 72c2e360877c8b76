//! What drawing a long recording costs: 1,000,000 events, the two ends of an echo of 32 bytes.
//!
//! `cargo bench -p socklab --bench draw` prints processor time, peak memory and the size of a line
//! beside their limits, and fails above one of them. `-- 200000` draws a shorter recording, whose
//! figures it only prints.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;

use nix::sys::resource::{UsageWho, getrusage};
use socklab_event::{
    Args, Bytes, Call, Column, Endpoint, Event, Family, Flags, Header, Outcome, Place, Process,
    Protocol, SocketId, SocketType, Writer,
};

const EVENTS: u64 = 1_000_000;
/// Seconds of processor time.
const TIME: f64 = 4.0;
/// MB of resident memory.
const MEMORY: f64 = 600.0;
/// Bytes of a line.
const LINE: f64 = 200.0;

fn main() -> ExitCode {
    let asked = std::env::args().skip(1).find_map(|word| word.parse().ok());
    let events = asked.unwrap_or(EVENTS);
    let folder = tempfile::tempdir().expect("a folder");
    let recording = folder.path().join("echo.jsonl");
    let line = record(&recording, events);
    let drawing = folder.path().join("echo.txt");
    let mut command = Command::new(env!("CARGO_BIN_EXE_socklab"));
    command.arg("draw").arg(&recording).arg("-o").arg(&drawing).stdout(Stdio::null());
    assert!(command.status().expect("it starts").success(), "it is drawn");
    let drawn = std::fs::read_to_string(&drawing).expect("a drawing");
    assert!(drawn.lines().count() < 200, "repetitions are folded");

    let used = getrusage(UsageWho::RUSAGE_CHILDREN).expect("what the child used");
    let seconds = [used.user_time(), used.system_time()];
    let time = seconds.iter().map(|time| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6).sum();
    let memory = used.max_rss() as f64 * 1024.0 / 1e6;
    println!("drawing {events} events");
    let mut within_limits = report("processor time, s", time, TIME);
    within_limits &= report("peak memory, MB", memory, MEMORY);
    within_limits &= report("a line of a send of 32 bytes", line, LINE);
    if within_limits || asked.is_some() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn report(what: &str, measured: f64, limit: f64) -> bool {
    println!("{what:<30} {measured:>8.2}, limit {limit}");
    measured <= limit
}

fn socket(inode: u64, [local, peer]: [u16; 2]) -> Arc<SocketId> {
    let endpoint = |port| Some(Endpoint::ip([127, 0, 0, 1], port));
    Arc::new(SocketId {
        netns: Some(4_026_531_840),
        family: Family::INET,
        kind: SocketType::STREAM,
        protocol: Protocol::TCP,
        local: endpoint(local),
        peer: endpoint(peer),
        inode: Some(inode),
        peer_inode: None,
    })
}

/// One end of the connection.
struct End {
    place: Place,
    socket: Arc<SocketId>,
}

impl End {
    fn call(&self, name: &'static str, args: Args, began: u64, took: u64) -> Event {
        let call = Call {
            name: name.into(),
            fd: Some(4),
            socket: Some(Arc::clone(&self.socket)),
            args,
            outcome: Outcome::Value(32),
            began,
            ended: began + took,
            restarts: 0,
            implicit: false,
            source: None,
            counted: None,
        };
        Event { seq: 0, at: call.moment(), place: self.place.clone(), what: call.into() }
    }

    fn send(&self, bytes: &Bytes, began: u64, took: u64) -> Event {
        let (flags, control) = (Flags::default(), Box::default());
        let args = Args::Send { asked: 32, bytes: bytes.clone(), flags, to: None, control };
        self.call("sendto", args, began, took)
    }

    fn receive(&self, bytes: &Bytes, began: u64, took: u64) -> Event {
        let [flags, got] = [(), ()].map(|()| Flags::default());
        let (bytes, control) = (bytes.clone(), Box::default());
        let args = Args::Recv { room: 2048, bytes, flags, got, from: None, control };
        self.call("recvfrom", args, began, took)
    }
}

/// Writes a recording, and returns the mean size of its lines. It is never whole in memory: the
/// peak that the kernel reports of a child would include this program's.
fn record(path: &Path, events: u64) -> f64 {
    let ends = [(0, [12_000, 40_000]), (1, [40_000, 12_000])].map(|(command, ports)| {
        let process = 1_000 + command;
        let place = Place { host: None, process, thread: process };
        (command, End { place, socket: socket(70_000 + u64::from(command), ports) })
    });
    let column = |label: &str| Column { label: label.to_owned(), argv: vec![label.to_owned()] };
    let columns = vec![column("server"), column("client")];
    let mut writer = {
        let out = BufWriter::new(File::create(path).expect("a file"));
        Writer::new(out, &Header { columns, ..Header::default() }).expect("a header")
    };
    let mut seq = 0;
    let mut write = |mut event: Event| {
        event.seq = seq;
        seq += 1;
        writer.write(&event).expect("an event");
    };
    let mut now = 91_822_031_000_000;
    for (command, end) in &ends {
        let start = Process::Start {
            command: *command,
            parent: None,
            argv: vec!["program".to_owned()],
            argv_omitted: 0,
            exe: None,
            attached: false,
        };
        write(Event { seq: 0, at: now, place: end.place.clone(), what: start.into() });
    }
    let [(_, server), (_, client)] = &ends;
    for round in 0..events / 4 {
        let bytes = Bytes::whole(format!("{round:032}"));
        // Durations vary, as they do.
        let took = 3_000 + round * 7_919 % 6_000;
        write(client.send(&bytes, now, took));
        write(server.receive(&bytes, now - 9_000, 12_000 + took));
        write(server.send(&bytes, now + took + 6_000, took));
        write(client.receive(&bytes, now + took, took + 9_000));
        now += 2 * took + 15_000;
    }
    let mut out = writer.finish().expect("a file");
    out.flush().expect("a file");
    std::fs::metadata(path).expect("a file").len() as f64 / (seq + 1) as f64
}
