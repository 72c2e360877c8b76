//! `diff`, from outside: programs that chance alone tells apart, programs in each of which one thing was
//! changed, and what a script gets.

use std::path::Path;
use std::process::Command;

use serde_json::Value;
use socklab_prerequisites::need;
use tempfile::TempDir;

use crate::stage::{Transport, free_port, run, socklab};

/// The planted changes of `fixtures/changes`: their number, who differs first, and what is said of a and of b.
const CHANGES: [(u32, &str, &str, &str); 30] = [
    (1, "server.py", "sets SO_REUSEADDR to 1", "binds the socket to"),
    (2, "server.py", "a backlog of 5", "a backlog of 1"),
    (3, "server.py", "binds the socket to *:", "binds the socket to 127.0.0.1:"),
    (4, "server.py", "“HOLA\\n”", "“JOLA\\n” (connection 1, after 5 bytes received)"),
    (5, "server.py", "“HOLA\\n”", "“hola\\n”"),
    (6, "server.py", "sends 5 bytes", "sends 6 bytes: “HOLA\\n\\n”"),
    (7, "server.py", "receives 5 bytes", "closes the socket (connection 1)"),
    (8, "server.py", "sends 5 bytes", "in 2 sends (2 + 3)"),
    (9, "server.py", "closes the socket", "leaves the socket for the kernel to close"),
    (10, "server.py", "sends 5 bytes", "leaves the socket for the kernel to close"),
    (11, "server.py", "sets SO_KEEPALIVE to 1", "receives 5 bytes"),
    (12, "server.py", "sets SO_KEEPALIVE to 1", "sets TCP_NODELAY to 1"),
    (13, "server.py", "receives 5 bytes", "sends 4 bytes: “say\\n”"),
    (14, "server.py", "asking for 1,024 at most", "asking for 16 at most"),
    (15, "server.py", "closes the socket", "calls shutdown(SHUT_WR)"),
    (16, "server.py", "sends the first bytes on connection 1", "takes connection 2"),
    (17, "client.py", "connects to 127.0.0.1:", "and gets ECONNREFUSED"),
    (18, "client.py", "creates a socket (tcp)", "creates a socket (udp)"),
    (19, "client.py", "calls shutdown(SHUT_WR)", "closes the socket (connection 2"),
    (20, "client.py", "calls shutdown(SHUT_WR)", "receives 5 bytes"),
    (21, "client.py", "sends 5 bytes: “hola\\n”", "sends 6 bytes: “hola\\n!”"),
    (22, "client.py", "“hola\\n”", "“chao\\n”"),
    (23, "client.py", "connects to", "makes the socket non-blocking"),
    (24, "client.py", "closes the socket", "sets SO_LINGER to"),
    (25, "client.py", "connects to", "sets SO_RCVTIMEO to 5 s"),
    (26, "client.py", "sends 5 bytes", "sends 2 bytes: “ho”"),
    (27, "server.py", "asking for 1,024 at most", "asking for 2 at most"),
    (28, "server.py", "creates a socket (tcp)", "creates a socket (tcp, ipv6)"),
    (29, "server.py", "binds the socket", "sets option 9999 to 1, and gets ENOPROTOOPT"),
    (30, "server.py", "ends with exit code 0", "ends with exit code 3"),
];

/// Records the pair of programs with a change; 0 is none.
fn record(folder: &Path, name: &str, change: u32) -> String {
    let programs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/changes");
    let path = folder.join(name).to_str().expect("UTF-8").to_owned();
    let port = free_port(Transport::Tcp);
    let line = |program: &str| format!("python3 {program} {port}");
    let mut command =
        socklab(&["trace", "--no-packets", "--no-lines", "--grace", "120", "-o", &path]);
    command.args([line("server.py"), line("client.py")]).current_dir(programs);
    command.env("CHANGE", change.to_string());
    // The exit code is the client's, which some changes change.
    let ended = crate::stage::Running::start(&mut command).finish();
    assert!(Path::new(&path).exists(), "{}", ended.errors);
    path
}

fn diff(words: &[&str]) -> Command {
    socklab(&[&["diff"], words].concat())
}

#[test]
fn each_of_30_planted_changes_is_the_first_difference() {
    need!("python3");
    let folder = TempDir::new().expect("a folder");
    let a = record(folder.path(), "a.jsonl", 0);
    let mut wrong = Vec::new();
    for (change, who, in_a, in_b) in CHANGES {
        let b = record(folder.path(), &format!("{change}.jsonl"), change);
        let json: Value =
            serde_json::from_str(&run(&mut diff(&["--json", &a, &b])).exits(1).text())
                .expect("JSON");
        let sentence = json["first"]["sentence"].as_str().unwrap_or_default().to_owned();
        let parts = sentence.split_once("; in b it ");
        let told = parts.is_some_and(|(one, other)| {
            one.starts_with(&format!("{who} differs first: in a it "))
                && one.contains(in_a)
                && other.contains(in_b)
        });
        if !told || json["first"]["role"] != who || json["different"] != true {
            wrong.push(format!("{change}: {sentence}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// `SOCKLAB_SOAK=100`: so many repeats; a few otherwise.
fn repeats(few: usize) -> usize {
    std::env::var("SOCKLAB_SOAK").ok().and_then(|times| times.parse().ok()).unwrap_or(few)
}

#[test]
fn programs_do_the_same_each_time() {
    need!("python3");
    let folder = TempDir::new().expect("a folder");
    let a = record(folder.path(), "a.jsonl", 0);
    for _ in 0..repeats(3) {
        let b = record(folder.path(), "b.jsonl", 0);
        let same = run(&mut diff(&[&a, &b])).exits(0).text();
        assert_eq!(same, "No difference.\n");
    }
}

/// The exercises whose solutions are recorded in every run, each with two of its cases. With `SOCKLAB_SOAK`, it is all
/// cases of all exercises.
const SOLUTIONS: [(&str, &[&str]); 6] = [
    ("tcp-server", &["many-messages", "vanishes"]),
    ("udp-server", &["next-client", "crossed"]),
    ("tcp-client", &["pieces", "half-close"]),
    ("udp-client", &["answer", "large"]),
    ("echo-server", &["two-at-once", "restart"]),
    ("http-server", &["page", "all-at-once"]),
];

/// The exercises that have a solution in Python.
fn with_solutions(exercises: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(exercises).expect("the exercises").flatten();
    let entries = entries.filter(|entry| entry.path().join("solution.py").exists());
    let mut names: Vec<String> =
        entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    assert!(!names.is_empty(), "{}", exercises.display());
    names.sort();
    names
}

#[test]
fn solutions_do_the_same_each_time() {
    need!("python3");
    let folder = TempDir::new().expect("a folder");
    let exercises = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../course/exercises");
    let all = std::env::var_os("SOCKLAB_SOAK").is_some();
    let every = if all { with_solutions(&exercises) } else { Vec::new() };
    let chosen: Vec<(&str, &[&str])> = if all {
        every.iter().map(|name| (name.as_str(), &[][..])).collect()
    } else {
        SOLUTIONS.to_vec()
    };
    for (exercise, two) in chosen {
        let solution = exercises.join(exercise).join("solution.py");
        let solution = solution.to_str().expect("UTF-8");
        let cases: Vec<String> = if all {
            let words = ["check", exercise, "--builtin", "--json", "--", solution];
            let report: Value =
                serde_json::from_str(&run(&mut socklab(&words)).exits(0).text()).expect("JSON");
            let cases = report["cases"].as_array().expect("cases").iter();
            cases.filter_map(|case| Some(case["name"].as_str()?.to_owned())).collect()
        } else {
            two.iter().map(|case| (*case).to_owned()).collect()
        };
        for case in &cases {
            let record = |name: &str| {
                let path = folder.path().join(name).to_str().expect("UTF-8").to_owned();
                let words =
                    ["check", exercise, "--builtin", "--seed", "1", "--case", case.as_str()];
                let mut command = socklab(&[&words[..], &["-o", &path, "--", solution]].concat());
                run(&mut command).exits(0);
                path
            };
            let a = record("a.jsonl");
            for _ in 0..repeats(1) {
                let b = record("b.jsonl");
                let ended = run(&mut diff(&[&a, &b]));
                assert_eq!(ended.code, 0, "{exercise} {case}: {}", ended.text());
            }
        }
    }
}

#[test]
fn what_is_no_recording_is_no_difference() {
    let folder = TempDir::new().expect("a folder");
    let upper = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/timelines");
    let recording = |name: &str| upper.join(name).to_str().expect("UTF-8").to_owned();
    let (tcp, udp) = (recording("upper-tcp.jsonl"), recording("upper-udp.jsonl"));
    let notes = folder.path().join("notes.txt");
    std::fs::write(&notes, "hello\n").expect("a file");
    let notes = notes.to_str().expect("UTF-8");
    for words in [[&tcp, "/no/such.jsonl"], [notes, &tcp]] {
        let ended = run(&mut diff(&words)).exits(3);
        assert!(ended.errors.contains(words.iter().find(|word| **word != tcp).unwrap()));
    }
    assert!(run(&mut diff(&["-", "-"])).exits(2).errors.contains("standard input"));
    run(&mut diff(&[&tcp, &udp, "-o", "x.svg"])).exits(2);
    run(&mut diff(&[&tcp])).exits(2);

    let page = folder.path().join("x.html").to_str().expect("UTF-8").to_owned();
    let ended = run(&mut diff(&[&tcp, &udp, "-o", &page, "--lang", "es"])).exits(1);
    assert!(ended.text().starts_with("La primera diferencia es de "), "{}", ended.text());
    assert!(std::fs::read_to_string(page).expect("a page").contains("<table>"));
    let text = run(&mut diff(&[&tcp, &udp, "--ascii", "--width", "60"])).exits(1).text();
    assert!(text.is_ascii() || text.lines().skip(1).all(str::is_ascii), "{text}");
    assert!(text.lines().skip(2).all(|line| line.len() <= 60), "{text}");
    assert_eq!(run(&mut diff(&[&tcp, &tcp])).exits(0).text(), "No difference.\n");
}
