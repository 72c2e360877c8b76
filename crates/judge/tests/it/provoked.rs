//! Every rule, provoked by a real program on a real kernel: `fixtures/provoke/RULE.py`.

use std::net::TcpListener;
use std::path::PathBuf;
use std::time::Duration;

use socklab_event::Timeline;
use socklab_flows::Flows;
use socklab_judge::{RULES, explain};
use socklab_prerequisites::{not_run, python};
use socklab_trace::{Command, Options, Stdio, Tracer};

/// Rules that only a network with other hosts or packet loss can provoke.
const NEED_A_NETWORK: [&str; 2] = ["connect-refused-remote", "connection-timed-out"];

/// The exit code of a program that cannot provoke its rule on this machine.
const CANNOT: i32 = 77;

fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/provoke"))
}

/// Records the program of a rule; `None` if it cannot provoke the rule on this machine.
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
    let options = Options::default().deadline(Duration::from_secs(60));
    let tracer = Tracer::new(options).command(command);
    let mut timeline = Timeline { header: tracer.header(), events: Vec::new() };
    let outcome = tracer.run(|event| timeline.events.push(event)).expect("these tests trace");
    (outcome.shell_code() != CANNOT).then_some(timeline)
}

/// A test for each program, named after its rule. The build script lists them.
macro_rules! provoked {
    ($($test:ident $rule:literal,)*) => {
        const PROGRAMS: &[&str] = &[$($rule),*];

        $(
            #[test]
            fn $test() {
                let Some(python) = python() else { not_run!("python3") };
                let Some(timeline) = record(&python, $rule) else {
                    not_run!("a machine that allows it")
                };
                let found: Vec<&str> = explain(&Flows::of(&timeline)).iter().map(|one| one.rule).collect();
                assert!(found.contains(&$rule), "{found:?}");
            }
        )*
    };
}

include!(concat!(env!("OUT_DIR"), "/provoked.rs"));

#[test]
fn every_rule_has_its_program_and_every_program_its_rule() {
    let rules = RULES.iter().map(|rule| rule.key).filter(|rule| !NEED_A_NETWORK.contains(rule));
    let mut rules: Vec<_> = rules.collect();
    rules.sort_unstable();
    assert_eq!(PROGRAMS, rules);
}
