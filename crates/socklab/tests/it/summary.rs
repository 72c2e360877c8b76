//! `--summary` from outside: where it goes, and whether it counts as strace counts.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;
use socklab_prerequisites::need;

use crate::stage::Transport::Tcp;
use crate::stage::{Ended, free_port, program, run, run_with, socklab};

/// `socklab trace WORD…` of the upper-case pair.
fn traced(words: &[&str]) -> Ended {
    let port = free_port(Tcp);
    let mut command = socklab(&[&["trace", "--no-packets"], words].concat());
    command.args([format!("tcp-server {port}"), format!("tcp-client localhost {port}")]);
    run_with(&mut command, "hola, ñandú\n").exits(0)
}

fn path(folder: &tempfile::TempDir, name: &str) -> String {
    folder.path().join(name).to_str().expect("a path").to_owned()
}

const PAIR: &str = "tcp-client → tcp-server";

#[test]
fn it_stands_where_the_ladder_would() {
    let ended = traced(&["--summary"]);
    let summary = &ended.errors;
    assert!(summary.contains(PAIR) && summary.contains("usecs/call"), "{summary}");
    assert!(!summary.contains("├"), "there is no ladder: {summary}");
    assert!(!ended.text().contains(PAIR), "standard output is the programs': {}", ended.text());
    let widest = summary.lines().map(|line| line.chars().count()).max();
    assert!(widest <= Some(80), "{widest:?} columns\n{summary}");
}

#[test]
fn beside_a_recording_it_is_printed_and_of_the_recording_it_is_the_same() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = path(&folder, "run.jsonl");
    let ended = traced(&["--summary", "-o", &file]);
    let drawn = run(&mut socklab(&["draw", "--summary", &file])).exits(0).text();
    let begins = ended.errors.find(drawn.lines().next().expect("a line")).expect("printed");
    assert_eq!(ended.errors[begins..].trim_end(), drawn.trim_end());
}

#[test]
fn a_text_file_has_it_and_then_it_is_not_printed() {
    let folder = tempfile::tempdir().expect("a folder");
    let (text, page) = (path(&folder, "run.txt"), path(&folder, "run.html"));
    let ended = traced(&["--summary", "-o", &text, "-o", &page]);
    assert!(!ended.errors.contains(PAIR), "{}", ended.errors);
    let text = fs::read_to_string(text).expect("a text");
    assert!(text.contains(PAIR) && !text.contains("├"), "{text}");
    let page = fs::read_to_string(page).expect("a page");
    assert_eq!(socklab_pages::faults(&page), Vec::<String>::new());
    assert!(page.contains("class=\"figures\"") && page.contains("id=\"row-0\""));
}

#[test]
fn every_page_has_it_also_without_the_option() {
    let folder = tempfile::tempdir().expect("a folder");
    let (recording, page) = (path(&folder, "run.jsonl"), path(&folder, "run.html"));
    traced(&["-o", &recording]);
    run(&mut socklab(&["draw", "--lang", "es", &recording, "-o", &page])).exits(0);
    let page = fs::read_to_string(page).expect("a page");
    assert!(page.contains("class=\"figures\"") && page.contains("Quién con quién"));
}

/// What `draw --summary --json` prints.
fn json(recording: &str) -> Value {
    let told = run(&mut socklab(&["draw", "--summary", "--json", recording])).exits(0);
    serde_json::from_str(&told.text()).expect("JSON")
}

#[test]
fn a_script_reads_bytes_and_ends() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = path(&folder, "run.jsonl");
    traced(&["-o", &file]);
    let summary = json(&file);
    let one = &summary["conversations"][0];
    assert_eq!(one["ends"][0]["who"], "tcp-client");
    assert_eq!(
        (one["carried"][0]["sent"].as_u64(), one["round_trips"].as_u64()),
        (Some(13), Some(1))
    );
    assert_eq!(one["ending"]["kind"], "closed");
    let asked = run(&mut socklab(&["draw", "--json", &file])).exits(2);
    assert!(asked.errors.contains("--summary"), "{}", asked.errors);
}

#[test]
fn figures_on_a_filtered_page_say_that_they_are_of_everything() {
    let folder = tempfile::tempdir().expect("a folder");
    let (file, page) = (path(&folder, "run.jsonl"), path(&folder, "run.html"));
    traced(&["-o", &file]);
    run(&mut socklab(&["draw", "--filter", "errors", &file, "-o", &page])).exits(0);
    let page = fs::read_to_string(page).expect("a page");
    assert!(page.contains("in the whole recording") && page.contains(PAIR));
    assert_eq!(json(&file).get("unfiltered"), None);
    let alone = run(&mut socklab(&["draw", "--summary", "--filter", "errors", &file])).exits(0);
    assert!(alone.text().contains("in the whole recording"), "{}", alone.text());
}

/// A server and its client, who take turns, so that each call is made equally often each time.
const TURNS: &str = r"
import os, socket
listener = socket.socket()
listener.bind(('127.0.0.1', 0))
listener.listen(1)
if os.fork() == 0:
    near = socket.socket()
    near.connect(listener.getsockname())
    for _ in range(5):
        near.sendall(b'hola')
        near.recv(100)
    near.shutdown(socket.SHUT_WR)
    near.recv(100)
    os._exit(0)
far, _ = listener.accept()
while far.recv(100):
    far.sendall(b'HOLA')
far.close()
listener.close()
os.wait()
";

/// The calls that are on sockets whoever makes them: strace counts reads and closes of files, too.
const COUNTED: [&str; 8] =
    ["accept4", "bind", "connect", "listen", "recvfrom", "sendto", "shutdown", "socket"];

#[test]
fn calls_are_counted_as_strace_counts_them() {
    let (strace, python) = (need!("strace"), need!("python3"));
    let folder = tempfile::tempdir().expect("a folder");
    let table = path(&folder, "table");
    let mut command = program(&strace);
    command.args(["-f", "-c", "-o", &table, "--", &python, "-c", TURNS]);
    run(&mut command).exits(0);
    let table = fs::read_to_string(table).expect("a table");
    // % time, seconds, usecs/call, calls, errors if there are any, syscall
    let row = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        Some(((*words.last()?).to_owned(), words.get(3)?.parse().ok()?))
    };
    let theirs: BTreeMap<String, u64> = table.lines().filter_map(row).collect();

    let recording = path(&folder, "run.jsonl");
    let words = ["trace", "--no-packets", "-o", &recording, "--", &python, "-c", TURNS];
    run(&mut socklab(&words)).exits(0);
    let summary = json(&recording);
    let mut ours: BTreeMap<String, u64> = BTreeMap::new();
    for program in summary["programs"].as_array().expect("programs") {
        for call in program["calls"].as_array().expect("calls") {
            let name = call["name"].as_str().expect("a name").to_owned();
            *ours.entry(name).or_default() += call["calls"].as_u64().expect("a number");
        }
    }
    for call in COUNTED {
        assert!(theirs.contains_key(call), "strace saw no {call}\n{table}");
        assert_eq!(ours.get(call), theirs.get(call), "{call}\n{table}\n{summary}");
    }
}
