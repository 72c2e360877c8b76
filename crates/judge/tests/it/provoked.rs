//! Every rule, provoked by a real program on a real kernel: `fixtures/provoke/RULE.py`.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{self, Child};
use std::thread;
use std::time::Duration;

use socklab_event::Timeline;
use socklab_flows::Flows;
use socklab_judge::{RULES, explain};
use socklab_prerequisites::{not_run, python};
use socklab_trace::{Command, Options, Stdio, Tracer};

/// The exit code of a program that cannot provoke its rule on this machine.
const CANNOT: i32 = 77;

fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/provoke"))
}

/// Records the program of a rule; `None` if it cannot provoke the rule on this machine.
fn record(python: &str, rule: &str) -> Option<Timeline> {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("its number").port();
    if rule == "connection-reset" {
        // A peer outside the recording: it closes with the first byte unread.
        let taken = taken.try_clone().expect("another descriptor");
        thread::spawn(move || taken.accept().map(|(stream, _)| stream.peek(&mut [0])));
    }
    let mut holder = (rule == "address-in-use").then(|| bound(python));
    let bound = holder.as_mut().map(|(_, port)| port.clone()).unwrap_or_default();
    let program = folder().join(format!("{rule}.py"));
    let argv = [python.to_owned(), "-B".to_owned(), program.display().to_string()];
    let command = Command::new(argv)
        .label(rule)
        .env("TAKEN", port.to_string())
        .env("BOUND", bound)
        .stdin(Stdio::Null)
        .stdout(Stdio::Null)
        .stderr(Stdio::Null);
    let options = Options::default().deadline(Duration::from_secs(60));
    let tracer = Tracer::new(options).command(command);
    let mut timeline = Timeline { header: tracer.header(), events: Vec::new() };
    let outcome = tracer.run(|event| timeline.events.push(event)).expect("these tests trace");
    if let Some((mut holder, _)) = holder {
        holder.kill().and_then(|()| holder.wait()).expect("it has waited for that");
    }
    (outcome.shell_code() != CANNOT).then_some(timeline)
}

/// A program outside the recording that has bound a port and does not listen: no table shows it.
fn bound(python: &str) -> (Child, String) {
    let program = "import socket, sys; one = socket.socket(); one.bind(('127.0.0.1', 0)); \
                   print(one.getsockname()[1], flush=True); sys.stdin.read()";
    let mut command = process::Command::new(python);
    command.args(["-c", program]).stdin(process::Stdio::piped()).stdout(process::Stdio::piped());
    let mut child = command.spawn().expect("python runs");
    let mut port = String::new();
    let mut said = BufReader::new(child.stdout.as_mut().expect("piped"));
    said.read_line(&mut port).expect("a port");
    (child, port.trim().to_owned())
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
    // Those that only packets show, or that take a wire, are provoked through the command line.
    let on_a_wire = fs::read_dir(folder().join("packets")).expect("the folder");
    let on_a_wire = on_a_wire.map(|entry| entry.expect("an entry").path());
    let on_a_wire = on_a_wire.filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()));
    let mut programs: Vec<String> = PROGRAMS.iter().map(|rule| (*rule).to_owned()).collect();
    programs.extend(on_a_wire.filter(|name| name != "__pycache__"));
    programs.sort_unstable();
    let mut rules: Vec<_> = RULES.iter().map(|rule| rule.key).collect();
    rules.sort_unstable();
    assert_eq!(programs, rules);
}
