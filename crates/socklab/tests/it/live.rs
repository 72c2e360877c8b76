//! `trace --live`: a line for each event while the programs run, and `watch`: the same on a full screen.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;

use rustix::process::{Pid, Signal, kill_process};
use socklab_prerequisites::{need, not_run};

use crate::stage::Transport::Tcp;
use crate::stage::{Running, Terminal, connect, free_port, run, socklab};

/// Talks to itself, and waits for a line of standard input in between.
const TALK: &str = "
import socket, sys
s = socket.create_server(('127.0.0.1', 0))
c = socket.create_connection(s.getsockname())
a, _ = s.accept()
c.sendall(b'before')
a.recv(99)
sys.stdin.readline()
a.sendall(b'after')
c.recv(99)
";

/// A script in a folder of its own.
fn script(text: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("talk.py");
    fs::write(&path, text).expect("a script");
    let path = path.display().to_string();
    (folder, path)
}

#[test]
fn a_line_arrives_before_the_program_ends() {
    let python = need!("python3");
    let (folder, talk) = script(TALK);
    let recording = folder.path().join("run.jsonl");
    let mut command = socklab(&["trace", "--live", "--no-packets", "-o"]);
    command.arg(&recording).args(["--", &python, &talk]);
    let mut running = Running::start(&mut command);
    let seen = running.wait_for_error("recv(5) = 6 \"before\"");
    // Only now may the program go on.
    running.say(b"\n");
    let sent =
        seen.lines().find(|line| line.contains("send(4, \"before\" 6 B) →")).expect("a send");
    assert!(sent.contains("talk.py:6") && sent.contains("talk.py["), "{sent}");
    let ended = running.finish().exits(0);
    let rest = ended.errors.as_str();
    assert!(rest.contains("recv(4) = 5 \"after\" ←"), "{rest}");
    assert!(rest.contains("The ladder: socklab draw"), "{rest}");
    // The usual ladder is not printed, and no line is coloured.
    assert!(!rest.contains('├') && !rest.contains('\x1b'), "{rest}");
    run(socklab(&["draw"]).arg(&recording)).exits(0);
}

#[test]
fn a_program_of_the_course_is_told_while_it_runs() {
    let port = free_port(Tcp);
    let mut command = socklab(&["run", "server-04", "--live", "--no-packets"]);
    let server = Running::start(command.arg(port.to_string()));
    server.wait_for_error("listen(");
    let client = connect(port);
    let seen = server.wait_for_error("accept(");
    assert!(seen.contains("from 127.0.0.1:"), "{seen}");
    drop(client);
    server.signal(Signal::INT);
    let ended = server.finish();
    assert!(ended.errors.contains("With -o run.jsonl"), "{}", ended.errors);
    assert!(!ended.errors.contains('├'), "{}", ended.errors);
}

#[test]
fn what_happens_in_a_lab_is_told_at_once_too() {
    if run(&mut socklab(&["lab", "run", "--", "true"])).code == 3 {
        not_run!("user namespaces");
    }
    let words = ["lab", "run", "--live", "--", "socklab", "run", "socket-05"];
    for words in [&words[..], &["run", "socket-05", "--live"]] {
        let ended = run(&mut socklab(words)).exits(0);
        let told = &ended.errors;
        assert!(told.contains("connect(3, ") && told.contains("SYN → "), "{told}");
        assert!(told.contains("With -o run.jsonl") && !told.contains('├'), "{told}");
    }
}

#[test]
fn a_packet_is_told_while_the_program_waits() {
    if run(&mut socklab(&["lab", "run", "--", "true"])).code == 3 {
        not_run!("user namespaces");
    }
    let mut command = socklab(&["run", "socket-05", "--live"]);
    for rule in ["drop the 1st SYN", "drop the 2nd SYN"] {
        command.args(["--wire", rule]);
    }
    let running = Running::start(&mut command);
    // The third is sent two seconds later.
    let seen = running.wait_for_error("SYN again → ");
    assert!(!seen.contains("connect(3, "), "{seen}");
    running.signal(Signal::TERM);
    running.finish();
}

#[test]
fn a_filter_leaves_out_lines_and_says_how_many() {
    let python = need!("python3");
    let (_folder, talk) = script(&TALK.replace("sys.stdin.readline()", ""));
    let words = ["trace", "--live", "--no-packets", "-f", "call recv", "--time", "none", "--"];
    let ended = run(socklab(&words).args([&python, &talk])).exits(0);
    let told: Vec<&str> = ended.errors.lines().collect();
    let calls: Vec<&&str> = told.iter().filter(|line| line.contains("talk.py[")).collect();
    // A send may stand beside its receive, as in a ladder.
    let fits = |line: &&&str| line.contains("  recv(") || line.contains("  send(");
    assert!(calls.len() >= 2 && calls.iter().all(fits), "{told:?}");
    assert!(told.iter().any(|line| line.starts_with("Left out by the filter `call recv`")));
    assert!(told.iter().any(|line| line.contains("With -o run.jsonl")), "{told:?}");
    assert!(!told.iter().any(|line| line.contains("socket(tcp)")), "{told:?}");
}

#[test]
fn a_call_that_waits_for_long_is_told_once() {
    let python = need!("python3");
    let waits = "
import socket
a, b = socket.socketpair()
a.settimeout(None)
import threading
threading.Timer(2.5, lambda: b.send(b'x')).start()
a.recv(1)
";
    let (_folder, talk) = script(waits);
    let ended =
        run(socklab(&["trace", "--live", "--no-packets", "--"]).args([&python, &talk])).exits(0);
    assert_eq!(ended.errors.matches("has waited").count(), 1, "{}", ended.errors);
}

/// A recording of the script, as `trace` makes it.
fn recorded(python: &str, talk: &str, folder: &Path) -> String {
    let path = folder.join("run.jsonl").display().to_string();
    let words = ["trace", "--no-packets", "-o", &path, "--", python, talk];
    let mut command = socklab(&words);
    run(&mut command).exits(0);
    path
}

#[test]
fn watch_shows_conversations_filters_them_and_gives_the_terminal_back() {
    let python = need!("python3");
    let (folder, talk) = script(&TALK.replace("sys.stdin.readline()", ""));
    let path = recorded(&python, &talk, folder.path());
    let mut terminal = Terminal::start(&mut socklab(&["watch", &path]), 80, 24);
    let shown = terminal.until("complete");
    assert!(shown.contains("\x1b[?1049h"), "{shown:?}");
    terminal.until("closed");
    terminal.press("\r");
    terminal.until("before");
    terminal.press("\x1b[H");
    terminal.press("q");
    terminal.until("closed");
    terminal.press("/prot 1\r");
    terminal.until("^^^^");
    terminal.press("\x7f\x7f\x7f\x7f\x7f\x7fport 1\r");
    terminal.until("No conversation fits");
    terminal.press("q");
    terminal.until("\x1b[?1049l");
    let (status, restored) = terminal.ends();
    assert!(status.success() && restored);
}

#[test]
fn watch_follows_a_recording_that_grows() {
    let python = need!("python3");
    let (folder, talk) = script(&TALK.replace("sys.stdin.readline()", ""));
    let whole = fs::read(recorded(&python, &talk, folder.path())).expect("read");
    // All but the last line, which says that it is complete.
    let lines: Vec<&[u8]> = whole.split_inclusive(|byte| *byte == b'\n').collect();
    let (begins, rest) = lines.split_at(1);
    let growing = folder.path().join("growing.jsonl");
    fs::write(&growing, begins.concat()).expect("write");
    let mut file = fs::OpenOptions::new().append(true).open(&growing).expect("open");
    let mut command: Command = socklab(&["watch"]);
    let mut terminal = Terminal::start(command.arg(&growing), 100, 30);
    terminal.until("waiting for more");
    file.write_all(&rest[..rest.len() - 1].concat()).expect("write");
    terminal.until("closed");
    file.write_all(rest[rest.len() - 1]).expect("write");
    terminal.until("complete");
    // Another run of the same command: a new file of the same name, and less in it.
    let other = folder.path().join("other.jsonl");
    fs::write(&other, [begins.concat(), rest[..3].concat()].concat()).expect("write");
    fs::rename(&other, &growing).expect("rename");
    terminal.until("waiting for more");
    let mut file = fs::OpenOptions::new().append(true).open(&growing).expect("open");
    file.write_all(&rest[3..].concat()).expect("write");
    terminal.until("complete");
    // A signal gives the terminal back, too.
    let child = Pid::from_child(&terminal.child);
    kill_process(child, Signal::TERM).expect("kill");
    terminal.until("\x1b[?1049l");
    let (status, restored) = terminal.ends();
    assert_eq!(status.code(), Some(128 + 15));
    assert!(restored);
}

#[test]
fn watch_needs_a_terminal_and_a_recording() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("run.jsonl");
    fs::write(&path, "{\"v\":2}\n").expect("write");
    let ended = run(socklab(&["watch"]).arg(&path)).exits(2);
    assert!(ended.errors.contains("trace --live"), "{}", ended.errors);
    fs::write(&path, "no recording\n").expect("write");
    run(socklab(&["watch"]).arg(&path)).exits(1);
}
