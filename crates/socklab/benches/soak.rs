//! Checks that take long, or that limit a duration, and so are not part of every test run.
//!
//! `cargo bench -p socklab --bench soak` prints each figure beside its limit, and fails above it.
//! On a busy machine the figures mean nothing.

use std::fs;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use socklab_net::server::{self, Config, Echo};

/// How many tours are killed, each a little later than the one before.
const KILLED: u64 = 400;

fn main() -> ExitCode {
    let mut within_limits = true;
    for language in ["en", "es"] {
        let took = time(|| {
            let mut command = socklab(&["what-if", "all", "--json", "--lang", language]);
            let home = tempfile::tempdir().expect("a folder");
            command.env("XDG_STATE_HOME", home.path()).stdout(Stdio::null());
            assert!(command.status().expect("it starts").success(), "a question has no answer");
        });
        within_limits &= report(&format!("what-if all, {language}"), took, Duration::from_secs(60));
    }
    within_limits &= report("stopping a server with a client", stop(), Duration::from_secs(2));
    let left = killed_tours();
    println!("{KILLED} tours killed while they start a server: {left} processes left, limit 0");
    if within_limits && left == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn socklab(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_socklab"));
    command.args(words).stdin(Stdio::null());
    command
}

fn time(run: impl FnOnce()) -> Duration {
    let start = Instant::now();
    run();
    start.elapsed()
}

fn report(what: &str, took: Duration, limit: Duration) -> bool {
    println!("{what:<40} {took:>10.1?}, limit {limit:?}");
    took <= limit
}

/// The time that a server needs to stop while a silent client is connected.
fn stop() -> Duration {
    let server = server::start(Echo, &Config::default(), |_| {}).expect("a server");
    let client = std::net::TcpStream::connect(server.local_addr()).expect("a connection");
    let took = time(|| server.stop());
    drop(client);
    took
}

/// How many processes survive tours that are killed at various moments while they start.
fn killed_tours() -> usize {
    let folder = tempfile::tempdir().expect("a folder");
    let own = folder.path().join("socklab");
    fs::copy(env!("CARGO_BIN_EXE_socklab"), &own).expect("a copy of socklab");
    for round in 0..KILLED {
        let mut command = Command::new(&own);
        command.args(["tour", "--from", "basics-04"]).stdin(Stdio::null()).stdout(Stdio::null());
        let mut tour = command.spawn().expect("it starts");
        std::thread::sleep(Duration::from_micros(25 * round));
        tour.kill().expect("kill");
        tour.wait().expect("wait");
    }
    // The kernel may still be ending the last processes.
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        let processes = fs::read_dir("/proc").expect("/proc").flatten();
        let runs_this = |entry: &fs::DirEntry| {
            fs::read_link(entry.path().join("exe")).is_ok_and(|executed| executed == own)
        };
        let left = processes.filter(runs_this).count();
        if left == 0 || Instant::now() > deadline {
            return left;
        }
        std::thread::yield_now();
    }
}
