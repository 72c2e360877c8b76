//! Where the time went: delays whose cause and length are known (`fixtures/delays`) are found.

use std::path::Path;

use serde_json::Value;
use socklab_prerequisites::{not_run, python};

use crate::stage::{run, socklab};

const PROGRAM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/delays/delays.py");

/// A delay: what it is called in the fixture, the rule of the wire that makes it, and the cause and the side that it
/// is to be laid to.
type Planted = (&'static str, &'static str, &'static str, Option<&'static str>);

const PLANTED: [Planted; 17] = [
    ("runs", "", "running", Some("asker")),
    ("queues", "", "processor", Some("asker")),
    ("sleeps", "", "elsewhere", Some("asker")),
    ("peer-runs", "", "running", Some("peer")),
    ("peer-queues", "", "processor", Some("peer")),
    ("peer-sleeps", "", "elsewhere", Some("peer")),
    ("accept", "", "accept_queue", Some("peer")),
    ("backlog", "", "accept_queue", Some("peer")),
    ("nagle", "", "delayed_ack", Some("asker")),
    ("cork", "", "cork", Some("asker")),
    ("window", "", "window", Some("peer")),
    ("sndbuf", "", "send_buffer", Some("asker")),
    ("congestion", "delay 20ms", "congestion", Some("asker")),
    ("lost", "drop the 1st data from client", "retransmission", Some("asker")),
    ("syn-lost", "drop the 1st SYN", "retransmission", Some("asker")),
    ("udp-lost", "drop the 1st datagram", "retransmission", Some("asker")),
    ("plain", "delay 50ms", "network", None),
];

/// How much of a planted delay must be laid to its cause, in thousandths, and how often a busy machine may spoil it.
const RIGHT: u64 = 950;
const TRIES: usize = 3;

/// What a run showed, in nanoseconds.
#[derive(Debug)]
struct Found {
    planted: u64,
    /// What was laid to its cause.
    right: u64,
    /// All waits together, and what the recorder's stops took.
    whole: u64,
    recorder: u64,
}

impl Found {
    /// How much of the delay was laid to its cause, in thousandths.
    fn share(&self) -> u64 {
        self.right.min(self.planted) * 1_000 / self.planted.max(1)
    }
}

/// Runs one kind, and reads what was found.
fn found(python: &str, folder: &Path, (kind, rule, cause, side): Planted) -> Found {
    let recording = folder.join(format!("{kind}.jsonl"));
    let recording = recording.to_str().expect("a path");
    let path = folder.join(format!("{kind}.socket"));
    let path = path.to_str().expect("a path");
    let _ = std::fs::remove_file(path);
    let server = [python, PROGRAM, "server", kind];
    let client = [python, PROGRAM, "client", kind];
    let ended = if kind == "sndbuf" {
        let words = |program: [&str; 4]| [&program[..], &[path]].concat().join(" ");
        run(&mut socklab(&["trace", "-o", recording, &words(server), &words(client)]))
    } else {
        let wire: &[&str] = if rule.is_empty() { &[] } else { &["--wire", rule] };
        let first = [&["lab", "run", "-o", recording], wire, &["--on", "server", "--"]].concat();
        let second = [&["--on", "client", "--"][..], &client, &["server"]].concat();
        run(&mut socklab(&[&first[..], &server, &second].concat()))
    };
    let ended = ended.exits(0);
    let told = ended.text();
    let planted = told.lines().filter_map(|line| line.strip_prefix("planted "));
    let planted: Option<f64> = planted.filter_map(|seconds| seconds.parse().ok()).next();
    // Twice 50 ms: there and back; the programs can't tell.
    let planted = planted.or((kind == "plain").then_some(0.1)).expect("it says how long");
    let figures = run(&mut socklab(&["draw", "--latency", "--json", recording])).exits(0);
    let figures: Value = serde_json::from_str(&figures.text()).expect("figures");
    let mut found = Found { planted: (planted * 1e9) as u64, right: 0, whole: 0, recorder: 0 };
    for wait in figures["waits"].as_array().expect("waits") {
        let number = |value: &Value| value.as_u64().expect("nanoseconds");
        let parts = wait["parts"].as_array().expect("parts");
        let sum: u64 = parts.iter().map(|part| number(&part["took"])).sum();
        let (lasted, recorder) = (number(&wait["lasted"]), number(&wait["recorder"]));
        assert_eq!(sum + recorder, lasted, "{kind}: the parts add up to the wait: {wait}");
        found.whole += lasted;
        found.recorder += recorder;
        // The delay is in one of the waits.
        let right = parts.iter().filter(|part| part["cause"] == cause);
        let right = right.filter(|part| part["side"].as_str() == side);
        found.right = found.right.max(right.map(|part| number(&part["took"])).sum());
    }
    found
}

/// `SOCKLAB_SOAK=20 cargo test -p socklab --test it planted_delays -- --nocapture` runs each so often, and prints a
/// table with the medians.
#[test]
fn planted_delays_are_laid_to_their_causes() {
    let Some(python) = python() else { not_run!("python3") };
    if run(&mut socklab(&["lab", "run", "--", "true"])).code == 3 {
        not_run!("user namespaces");
    }
    let soak = std::env::var("SOCKLAB_SOAK").ok().and_then(|times| times.parse::<usize>().ok());
    let folder = tempfile::tempdir().expect("a folder");
    let mut wrong = Vec::new();
    for planted in PLANTED {
        let mut tries = Vec::new();
        for _ in 0..soak.unwrap_or(TRIES) {
            tries.push(found(&python, folder.path(), planted));
            if soak.is_none() && tries.last().is_some_and(|one| one.share() >= RIGHT) {
                break;
            }
        }
        tries.sort_by_key(Found::share);
        let median = &tries[tries.len() / 2];
        let (best, worst) = (&tries[tries.len() - 1], &tries[0]);
        let told = if soak.is_some() { median } else { best };
        if soak.is_some() {
            println!(
                "{:12} {:14} planted {:7.1} ms, right {:5.1} % (worst {:5.1} %), recorder {:4.1} %",
                planted.0,
                planted.2,
                median.planted as f64 / 1e6,
                median.share() as f64 / 10.0,
                worst.share() as f64 / 10.0,
                median.recorder as f64 * 100.0 / median.whole.max(1) as f64,
            );
        }
        if told.share() < RIGHT {
            wrong.push(format!("{planted:?}: {told:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
