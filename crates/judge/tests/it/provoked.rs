//! Every rule, provoked by a real program on a real kernel: `fixtures/provoke/RULE.py`.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Command as Plain;
use std::time::Duration;

use socklab_event::Timeline;
use socklab_flows::Flows;
use socklab_judge::{RULES, explain};
use socklab_trace::{Command, Options, Stdio, Tracer};

/// Rules that only a network with distance or loss provokes.
const NEED_A_NETWORK: [&str; 2] = ["connect-refused-remote", "connection-timed-out"];

/// What a program says that cannot do its part on this machine.
const CANNOT: i32 = 77;

fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/provoke"))
}

/// The interpreter itself: version managers put shells and their forks in front of it.
fn python() -> String {
    let found = Plain::new("python3").args(["-c", "import sys; print(sys.executable)"]).output();
    let found = found.expect("these tests need python3");
    String::from_utf8(found.stdout).expect("a path").trim().to_owned()
}

/// What the program of a rule did; `None` if it could not do its part here.
fn record(python: &str, rule: &str) -> Option<Timeline> {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("its number").port();
    let program = folder().join(format!("{rule}.py"));
    let argv = [python.to_owned(), "-B".to_owned(), program.display().to_string()];
    let command = Command::new(argv)
        .label(rule)
        .env("TAKEN", port.to_string())
        .stdin(Stdio::Null)
        .stdout(Stdio::Null)
        .stderr(Stdio::Null);
    let options = Options::default().deadline(Duration::from_secs(20));
    let tracer = Tracer::new(options).command(command);
    let mut timeline = Timeline { header: tracer.header(), events: Vec::new() };
    let outcome = tracer.run(|event| timeline.events.push(event)).expect("these tests trace");
    (outcome.shell_code() != CANNOT).then_some(timeline)
}

#[test]
fn every_rule_is_provoked_by_a_program() {
    let python = python();
    let mut wrong = Vec::new();
    for rule in RULES.iter().filter(|rule| !NEED_A_NETWORK.contains(&rule.key)) {
        let Some(timeline) = record(&python, rule.key) else {
            eprintln!("not run: {}: needs a machine that allows it", rule.key);
            continue;
        };
        let found: Vec<&str> = explain(&Flows::of(&timeline)).iter().map(|one| one.rule).collect();
        if !found.contains(&rule.key) {
            wrong.push(format!("{}: {found:?}", rule.key));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_program_has_its_rule() {
    for file in std::fs::read_dir(folder()).expect("the folder") {
        let path = file.expect("a file").path();
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let known =
            name == "pair" || name == "__pycache__" || RULES.iter().any(|rule| rule.key == name);
        assert!(known, "{name} provokes nothing");
    }
}
