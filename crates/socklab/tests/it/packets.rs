//! Packets in recordings: on a loopback of the programs' own, on the machine's for whoever may see
//! them, and what is said where they can't be had.

use std::net::TcpListener;
use std::process::Command;

use rustix::process::Signal;
use serde_json::Value;
use socklab_event::{Event, Timeline, Transport};
use socklab_prerequisites::{need, not_run};

use crate::stage::{Ended, Running, program, run, run_with, socklab};

const SOCKLAB: &str = env!("CARGO_BIN_EXE_socklab");

fn recorded(text: &[u8]) -> Timeline {
    socklab_event::read(text).expect("a recording").timeline
}

/// The flags of every segment, in order.
fn segments(timeline: &Timeline) -> Vec<String> {
    let mut frames: Vec<&Event> =
        timeline.events.iter().filter(|event| event.frame().is_some()).collect();
    frames.sort_by_key(|event| event.at);
    let flags = frames.iter().filter_map(|event| {
        let headers = event.frame()?.headers.as_ref()?;
        let Transport::Tcp { flags, .. } = &headers.transport else { return None };
        Some(flags.names().iter().map(|name| name.as_str()).collect::<Vec<_>>().join(","))
    });
    flags.collect()
}

/// A conversation is there from its first segment to its last.
fn assert_whole(timeline: &Timeline) {
    assert!(timeline.header.wire);
    let segments = segments(timeline);
    assert_eq!(segments[..3], ["SYN", "SYN,ACK", "ACK"], "{segments:?}");
    assert!(segments.iter().any(|flags| flags.contains("PSH")), "{segments:?}");
    assert_eq!(segments.iter().filter(|flags| flags.contains("FIN")).count(), 2, "{segments:?}");
}

/// True where this user may have namespaces of his own; otherwise says so.
fn namespaces() -> bool {
    let tried = Command::new("unshare").args(["--user", "--net", "true"]).output();
    tried.is_ok_and(|done| done.status.success())
}

#[test]
fn a_traced_pair_has_its_packets_on_a_loopback_of_its_own() {
    if !namespaces() {
        not_run!("user namespaces");
    }
    // Somebody has the port, on the machine.
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("bound").port();
    let [server, client] = [format!("tcp-server {port}"), format!("tcp-client 127.0.0.1 {port}")];
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("a.jsonl");
    let mut command = socklab(&["trace", "--packets", "-o"]);
    command.arg(&file).args([server, client]);
    let ended = run_with(&mut command, "hola\n").exits(0);
    assert!(ended.text().contains("HOLA"), "{ended:?}");
    let timeline = recorded(&std::fs::read(&file).expect("the recording"));
    assert_whole(&timeline);
    let names = folder.path().join("a.jsonl");
    let drawn = run(socklab(&["draw"]).arg(names)).exits(0).text();
    assert!(drawn.contains(" SYN ") && !drawn.contains("--packets"), "{drawn}");
}

#[test]
fn whatever_the_program_is_told_and_answers_is_as_without_packets() {
    if !namespaces() {
        not_run!("user namespaces");
    }
    for words in [&["trace", "--packets", "--"][..], &["trace", "--no-packets", "--"]] {
        let script = "read line; echo \"$line $PPID\" >&2; echo out; exit 7";
        let mut command = socklab(words);
        command.args(["sh", "-c", script]);
        let ended = run_with(&mut command, "typed\n").exits(7);
        assert_eq!(ended.text(), "out\n");
        assert!(ended.errors.contains("typed "), "{words:?}: {}", ended.errors);
        // By a signal of its own.
        let mut command = socklab(words);
        run(command.args(["sh", "-c", "kill -TERM $$"])).exits(143);
    }
}

#[test]
fn an_interrupt_ends_the_programs_and_what_was_recorded_is_drawn() {
    if !namespaces() {
        not_run!("user namespaces");
    }
    let mut command = socklab(&["trace", "--packets", "--", "udp-server"]);
    let running = Running::start(&mut command);
    running.wait_for("receive");
    running.signal_group(Signal::INT);
    let ended = running.finish();
    assert_eq!(ended.code, 130, "{ended:?}");
    assert!(ended.errors.contains("bind("), "{ended:?}");
}

#[test]
fn packets_of_running_programs_are_not_promised() {
    let ended = run(&mut socklab(&["trace", "--packets", "--pid", "1"])).exits(2);
    assert!(ended.errors.contains("--packets"), "{}", ended.errors);
    run(&mut socklab(&["trace", "--packets", "--no-packets", "--", "true"])).exits(2);
}

/// `ip link set lo up`, in Python.
const UP: &str = "\
import fcntl, socket, struct
fcntl.ioctl(socket.socket(), 0x8914, struct.pack('16sh14x', b'lo', 65))
";

/// Talks to itself until it is ended, and says when it has begun.
const TALK: &str = "\
import socket
server = socket.create_server(('127.0.0.1', 4000))
said = False
while True:
    socket.create_connection(('127.0.0.1', 4000)).close()
    server.accept()[0].close()
    said = said or print('talking', flush=True) is None
";

/// socklab where no namespace can be made any more: with a network of its own, in which it may see
/// packets, or in the machine's, in which it may not.
fn confined(unshare: &str, own_network: bool, words: &[&str]) -> Option<Ended> {
    let mut command = program(unshare);
    command.args(["--user", "--map-root-user"]);
    if own_network {
        command.arg("--net").env("UP", UP);
    }
    let script = "test -z \"$UP\" || python3 -c \"$UP\" || exit 77\n\
        echo 0 > /proc/sys/user/max_user_namespaces || exit 77; exec \"$@\"";
    command.args(["sh", "-c", script, "sh", SOCKLAB]).args(words);
    let home = tempfile::tempdir().expect("a folder");
    let ended = run_with(command.env("XDG_STATE_HOME", home.path()), "hola\n");
    (ended.code != 77 && !ended.errors.starts_with("unshare:")).then_some(ended)
}

#[test]
fn where_a_network_is_refused_packets_are_seen_in_place_or_said_to_be_missing() {
    need!("python3");
    let unshare = need!("unshare");
    let port = crate::stage::free_port(crate::stage::Transport::Tcp);
    let [server, client] = [format!("tcp-server {port}"), format!("tcp-client 127.0.0.1 {port}")];
    let words = ["trace", "--packets", "-o", "-", &server, &client];
    let Some(in_place) = confined(&unshare, true, &words) else { not_run!("user namespaces") };
    assert_eq!(in_place.code, 0, "{in_place:?}");
    assert!(in_place.errors.contains("unshare CLONE_NEWUSER"), "{}", in_place.errors);
    assert!(in_place.errors.contains("only their own packets"), "{}", in_place.errors);
    assert_whole(&recorded(&in_place.output));

    let Some(refused) = confined(&unshare, false, &words) else { not_run!("user namespaces") };
    assert_eq!(refused.code, 0, "the program's: {refused:?}");
    for said in ["unshare CLONE_NEWUSER", "No space left", "socket AF_PACKET", "not permitted"] {
        assert!(refused.errors.contains(said), "{said}: {}", refused.errors);
    }
    assert!(refused.errors.contains("socklab doctor"), "{}", refused.errors);
    let timeline = recorded(&refused.output);
    assert!(!timeline.header.wire && segments(&timeline).is_empty());
}

#[test]
fn a_question_is_answered_the_same_wherever_packets_can_or_cannot_be_seen() {
    need!("python3");
    let unshare = need!("unshare");
    let answer = |ended: Ended| {
        let report: Value = serde_json::from_slice(&ended.output).expect("JSON");
        assert_eq!(report["ok"], true, "{report:#}");
        report["answer"].clone()
    };
    // Packets are evidence only where they were recorded; elsewhere a line says what is missing, and why.
    let answer = |ended: Ended, why: Option<&str>| {
        let report: Value = serde_json::from_slice(&ended.output).expect("JSON");
        assert_eq!(report["packets"], why.is_none(), "{report:#}");
        let said = report["no_packets"].as_str().unwrap_or_default();
        assert!(said.contains(why.unwrap_or_default()), "{said}");
        let explained = report["explanation"].as_str().expect("a text");
        assert_eq!(explained.contains("“mundo” was never sent"), why.is_none(), "{explained}");
        assert_eq!(explained.contains("was not looked at"), why.is_some(), "{explained}");
        let unrecorded = report["unrecorded"].as_array().expect("names");
        assert_eq!(unrecorded.contains(&"rst".into()), why.is_some(), "{report:#}");
        answer(ended)
    };
    let ask = ["what-if", "send-to-closed", "--builtin", "--lang", "en"];
    let json = [&ask[..], &["--json"]].concat();
    let usual = answer(run(&mut socklab(&json)).exits(0), None);
    let without = [&json[..], &["--no-packets"]].concat();
    assert_eq!(answer(run(&mut socklab(&without)).exits(0), Some("--no-packets")), usual);
    let drawn = run(socklab(&ask).arg("--no-packets")).exits(0).text();
    assert!(drawn.contains("packets were left out") && !drawn.contains(" SYN "), "{drawn}");
    for own_network in [true, false] {
        let Some(ended) = confined(&unshare, own_network, &json) else {
            not_run!("user namespaces");
        };
        let why = (!own_network).then_some("socket AF_PACKET");
        assert_eq!(answer(ended, why), usual);
        let drawn = confined(&unshare, own_network, &ask).expect("as before").text();
        let flat = drawn.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(flat.contains(" SYN "), own_network, "{drawn}");
        assert_eq!(flat.contains("could not be recorded"), !own_network, "{drawn}");
        assert_eq!(flat.contains("socket AF_PACKET"), !own_network, "{drawn}");
    }
}

#[test]
fn whoever_may_see_packets_gets_those_of_the_traced_sockets_and_no_others() {
    // In a namespace of its own this user may; and beside the traced pair another one talks.
    let unshare = need!("unshare");
    need!("python3");
    need!("bash");
    let script = "python3 -c \"$UP\" || exit 77\n\
        exec 3< <(exec python3 -c \"$TALK\"); other=$!; read -r line <&3\n\
        \"$0\" \"$@\"; code=$?; kill $other; exit $code";
    let mut command = program(&unshare);
    command.args(["--user", "--map-root-user", "--net", "bash", "-c", script, SOCKLAB]);
    command.env("UP", UP).env("TALK", TALK);
    command.args(["--lang", "en", "trace", "-o", "-", "tcp-server 12000"]);
    command.args(["tcp-client 127.0.0.1 12000"]);
    let ended = run_with(&mut command, "hola\n");
    if ended.code == 77 || ended.errors.starts_with("unshare:") {
        not_run!("user namespaces");
    }
    assert_eq!(ended.code, 0, "{ended:?}");
    let timeline = recorded(&ended.output);
    assert_whole(&timeline);
    for frame in timeline.events.iter().filter_map(Event::frame) {
        let headers = frame.headers.as_ref().expect("TCP");
        let ports = [&headers.source, &headers.destination].map(|end| end.port());
        assert!(ports.contains(&Some(12_000)), "{ports:?}");
    }
    assert!(ended.errors.contains("Packets of other programs"), "{}", ended.errors);
}
