//! `follow`, and the formats of other tools that `draw` writes: from recordings and from captures.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::stage::{Ended, run, socklab};

const RECORDINGS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/timelines");

fn recording(name: &str) -> String {
    format!("{RECORDINGS}/{name}.jsonl")
}

fn follow(name: &str, options: &[&str]) -> Ended {
    run(socklab(&["follow", &recording(name)]).args(options))
}

#[test]
fn a_single_conversation_is_shown() {
    let text = follow("upper-tcp", &[]).exits(0).text();
    insta::assert_snapshot!(text);
    let spanish = follow("upper-udp", &["--lang", "es"]).exits(0).text();
    insta::assert_snapshot!(spanish);
    let hex = follow("upper-tcp", &["--hex"]).exits(0).text();
    assert!(hex.contains("\n→ 000000  68 6f 6c 61 ") && hex.contains("\n← 000000  48 4f 4c 41 "));
}

#[test]
fn of_several_conversations_one_is_chosen() {
    let ended = follow("curl", &[]).exits(2);
    assert!(ended.errors.contains("2 conversations"), "{}", ended.errors);
    insta::assert_snapshot!(ended.text());
    let one = follow("curl", &["--connection", "2"]).exits(0).text();
    assert!(one.contains("\n→ GET / HTTP/1.1\\r\\n\n"), "{one}");
    let one = follow("curl", &["--filter", "port 8080"]).exits(0).text();
    assert!(one.starts_with("2: curl "), "{one}");
    let none = follow("curl", &["--filter", "port 1"]).exits(1);
    assert!(none.errors.contains("fits this filter"), "{}", none.errors);
    assert!(follow("curl", &["-c", "3"]).exits(2).errors.contains("no conversation 3"));
    let list: Value = serde_json::from_str(&follow("curl", &["--json"]).exits(2).text()).unwrap();
    assert_eq!(list["conversations"].as_array().map(Vec::len), Some(2));
}

#[test]
fn missing_bytes_are_counted_and_never_joined() {
    let text = follow("http", &[]).exits(0).text();
    assert!(text.contains("\n←… "), "{text}");
    let told: Value = serde_json::from_str(&follow("http", &["--json"]).exits(0).text()).unwrap();
    let missing = told["ends"][1]["missing"].as_u64().unwrap();
    assert!(missing > 0 && told["ends"][0]["missing"] == 0, "{told}");
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("streams");
    let words = ["-o", out.to_str().expect("UTF-8")];
    let ended = follow("http", &words).exits(1);
    assert!(ended.errors.contains("1-server-to-client.bin is not written"), "{}", ended.errors);
    let names = |folder: &Path| {
        let entries = fs::read_dir(folder).expect("a folder").flatten();
        let mut names: Vec<_> =
            entries.map(|entry| entry.file_name().into_string().expect("UTF-8")).collect();
        names.sort();
        names
    };
    assert_eq!(names(&out), ["1-client-to-server.bin"]);
    let asked = fs::read(out.join("1-client-to-server.bin")).expect("a file");
    assert!(asked.starts_with(b"GET / HTTP/1.1\r\n") && asked.ends_with(b"\r\n\r\n"));
    follow("http", &[&words[..], &["--partial"]].concat()).exits(0);
    let sizes: u64 = names(&out)
        .iter()
        .filter(|name| name.starts_with("1-server"))
        .map(|name| fs::metadata(out.join(name)).expect("a file").len())
        .sum();
    assert_eq!(sizes + missing, told["ends"][1]["sent"].as_u64().unwrap());
}

#[test]
fn a_capture_says_the_same_as_the_recording_it_was_made_from() {
    let folder = tempfile::tempdir().expect("a folder");
    let capture = folder.path().join("pair.pcapng");
    let capture = capture.to_str().expect("UTF-8");
    run(&mut socklab(&["draw", &recording("packets-pair"), "-o", capture])).exits(0);
    let said = |text: String| text.lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
    let calls = said(follow("packets-pair", &[]).exits(0).text());
    let packets = said(run(&mut socklab(&["follow", capture])).exits(0).text());
    assert_eq!(calls, ["→ hola", "← HOLA"]);
    assert_eq!(packets, calls);
}

#[test]
fn nothing_to_follow_is_said() {
    let ended = follow("refused", &[]).exits(1);
    assert!(ended.errors.contains("no conversation was recorded"), "{}", ended.errors);
    run(&mut socklab(&["follow", "/no such/run.jsonl"])).exits(1);
    follow("curl", &["--connection", "0"]).exits(2);
    follow("curl", &["--partial"]).exits(2);
}

#[test]
fn a_recording_is_written_in_the_formats_of_other_tools() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_owned();
    let names = ["a.mmd", "a.puml", "a.trace.json", "a.har"].map(path);
    let mut command = socklab(&["draw", &recording("http")]);
    for name in &names {
        command.args(["-o", name]);
    }
    run(&mut command).exits(0);
    let [mermaid, plantuml, chrome, har] =
        names.each_ref().map(|name| fs::read_to_string(name).expect("a file"));
    assert!(mermaid.starts_with("sequenceDiagram\n"));
    assert!(plantuml.starts_with("@startuml\n") && plantuml.ends_with("@enduml\n"));
    let chrome: Value = serde_json::from_str(&chrome).expect("JSON");
    assert!(chrome["traceEvents"].as_array().is_some_and(|events| events.len() > 10));
    let har: Value = serde_json::from_str(&har).expect("JSON");
    let entry = &har["log"]["entries"][0];
    assert_eq!(
        (&entry["request"]["method"], &entry["response"]["status"]),
        (&"GET".into(), &200.into())
    );
}

#[test]
fn without_http_there_is_no_archive() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.har");
    let name = path.to_str().expect("UTF-8");
    let ended = run(&mut socklab(&["draw", &recording("upper-tcp"), "-o", name])).exits(1);
    assert!(ended.errors.contains("no HTTP/1 request"), "{}", ended.errors);
    assert!(!path.exists());
    let other = folder.path().join("a.json");
    let name = other.to_str().expect("UTF-8");
    let ended = run(&mut socklab(&["draw", &recording("upper-tcp"), "-o", name])).exits(2);
    assert!(ended.errors.contains(".trace.json"), "{}", ended.errors);
}
