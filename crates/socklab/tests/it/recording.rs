//! Recordings from outside: what is on the disk while a program runs and after `kill -9`, what
//! happens to an older file, how pipes, devices and limits are treated, and what `--redact` leaves.

use std::fs;
use std::io::{Read, Write, pipe};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Instant;

use rustix::process::Signal;
use socklab_event::{Event, Notice, Reading};
use socklab_prerequisites::need;

use crate::stage::Transport::Tcp;
use crate::stage::{
    PATIENCE, Running, connect, contains, free_port, program, run, run_with, socklab,
};

/// A folder with a name for a recording in it.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn word(&self, name: &str) -> String {
        self.path(name).to_str().expect("UTF-8").to_string()
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0.path()).expect("a folder").flatten();
        let mut names: Vec<_> =
            entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

fn reading(path: &Path) -> Reading {
    let text = fs::read(path).expect("a recording");
    socklab_event::read(&text[..]).expect("a timeline")
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("a file").permissions().mode() & 0o777
}

/// Waits until the file contains this.
#[track_caller]
fn await_content(path: &Path, wanted: &str) {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let content = fs::read(path).unwrap_or_default();
        if contains(&content, wanted.as_bytes()) {
            return;
        }
        let content = String::from_utf8_lossy(&content);
        assert!(Instant::now() < deadline, "no {wanted:?} in {}:\n{content}", path.display());
        std::thread::yield_now();
    }
}

/// Starts to trace a server with these options, and lets it answer once.
fn traced_server(options: &[&str]) -> (Running, std::net::TcpStream) {
    let port = free_port(Tcp);
    let mut command = socklab(&["trace"]);
    command.args(options).args(["--", "socklab", "run", "server-04", &port.to_string()]);
    let tracer = Running::start(&mut command);
    tracer.wait_for("Listening on");
    let mut client = connect(port);
    ask(&mut client);
    (tracer, client)
}

fn ask(client: &mut std::net::TcpStream) {
    client.write_all(b"hola").expect("a send");
    let mut answer = [0; 9];
    client.read_exact(&mut answer).expect("an answer");
    assert_eq!(&answer, b"OK...hola");
}

#[test]
fn after_kill_9_what_was_recorded_can_be_drawn_and_the_older_recording_is_still_there() {
    let folder = Folder::new();
    let (path, older) = (folder.path("run.jsonl"), folder.path("run.jsonl~"));
    fs::write(&path, "older").expect("written");
    let (tracer, _client) = traced_server(&["-o", &folder.word("run.jsonl")]);
    await_content(&path, "OK...hola");
    assert_eq!(mode(&path), 0o600);
    tracer.signal(Signal::KILL);
    tracer.finish();
    assert_eq!(folder.names(), ["run.jsonl", "run.jsonl~"]);
    assert_eq!(fs::read_to_string(older).expect("a file"), "older");
    let drawn = run(&mut socklab(&["draw", &folder.word("run.jsonl")])).exits(0);
    assert!(drawn.text().contains("recv(4) = 4 \"hola\""), "{}", drawn.text());
    assert!(drawn.text().contains("The end is missing"), "{}", drawn.text());
    assert!(drawn.complaint().contains("the end is missing"), "{}", drawn.errors);

    // A whole recording replaces it, and needs no copy of the older one any more.
    fs::write(&path, "older").expect("written");
    fs::remove_file(folder.path("run.jsonl~")).expect("removed");
    let (tracer, client) = traced_server(&["-o", &folder.word("run.jsonl")]);
    drop(client);
    tracer.signal(Signal::TERM);
    let ended = tracer.finish();
    assert!(ended.errors.contains(&format!("written: {}", path.display())), "{}", ended.errors);
    assert_eq!(folder.names(), ["run.jsonl"]);
    let drawn = run(&mut socklab(&["draw", &folder.word("run.jsonl")])).exits(0);
    assert_eq!(drawn.errors, "");
}

#[test]
fn a_bad_path_or_a_full_disk_is_an_error_before_anything_runs() {
    let folder = Folder::new();
    let protected = folder.word("protected.jsonl");
    fs::write(&protected, "precious").expect("written");
    fs::set_permissions(&protected, fs::Permissions::from_mode(0o444)).expect("chmod");
    let ran = folder.word("ran");
    for (output, code, reason) in [
        ("/no such/x.jsonl", 1, "No such file or directory"),
        ("/no such/x.svg", 1, "No such file or directory"),
        ("/dev/full", 3, "No space left on device"),
        (&protected, 1, "ermission denied"),
        ("/proc/x.jsonl", 1, "can't be written"),
    ] {
        let words = ["trace", "-o", output, "--", "touch", &ran];
        let ended = run(&mut socklab(&words)).exits(code);
        assert!(ended.complaint().contains(reason), "{output}: {}", ended.errors);
        assert!(ended.complaint().contains(output), "{output}: {}", ended.errors);
    }
    assert_eq!(folder.names(), ["protected.jsonl"]);
    assert_eq!(fs::read_to_string(&protected).expect("a file"), "precious");

    // What can't be started leaves an older recording as it was.
    let older = folder.word("older.jsonl");
    fs::write(&older, "older").expect("written");
    run(&mut socklab(&["trace", "-o", &older, "--", "no-such-program"])).exits(1);
    assert_eq!(fs::read_to_string(&older).expect("a file"), "older");
    let words = ["trace", "-o", &folder.word("new.jsonl"), "--", "no-such-program"];
    run(&mut socklab(&words)).exits(1);
    assert_eq!(folder.names(), ["older.jsonl", "protected.jsonl"]);
}

#[test]
fn nobody_else_can_read_recordings_and_drawings() {
    let folder = Folder::new();
    let names = ["a.jsonl", "a.txt", "a.svg", "a.html"];
    let mut command = program("sh");
    let script = "umask 0; exec \"$0\" trace \"$@\" -- true";
    command.args(["-c", script, env!("CARGO_BIN_EXE_socklab")]);
    for name in names {
        fs::write(folder.path(name), "old").expect("written");
        fs::set_permissions(folder.path(name), fs::Permissions::from_mode(0o666)).expect("chmod");
        command.args(["-o", &folder.word(name)]);
    }
    run(&mut command).exits(0);
    let all = names.map(|name| (name, mode(&folder.path(name))));
    assert_eq!(all, names.map(|name| (name, 0o600)));
}

#[test]
fn pipes_carry_recordings_in_both_directions() {
    let port = free_port(Tcp);
    let (server, client) = (format!("tcp-server {port}"), format!("tcp-client localhost {port}"));
    for name in ["-", "/dev/stdout"] {
        let mut command = socklab(&["trace", "-o", name, &server, &client]);
        let ended = run_with(&mut command, "hola\n").exits(0);
        assert!(ended.errors.contains("HOLA"), "the programs print elsewhere: {}", ended.errors);
        assert!(!ended.errors.contains("written"), "{}", ended.errors);
        let whole = socklab_event::read(&ended.output[..]).expect("a timeline and nothing else");
        assert_eq!(whole.truncated, None);
        let drawn = run_with(&mut socklab(&["draw", "-"]), ended.output).exits(0);
        assert!(drawn.text().contains("send(3, \"hola\""), "{}", drawn.text());
        assert_eq!(drawn.errors, "");
    }
    // And a recording can be turned into another one.
    let folder = Folder::new();
    let recording = folder.word("a.jsonl");
    run(&mut socklab(&["trace", "-o", &recording, "--", "true"])).exits(0);
    let again = run(&mut socklab(&["draw", &recording, "-o", "-"])).exits(0);
    assert_eq!(again.text(), fs::read_to_string(&recording).expect("a recording"));
    let ended = run_with(&mut socklab(&["draw", "-"]), "hello\n").exits(1);
    assert!(ended.errors.contains("standard input: "), "{}", ended.errors);
}

#[test]
fn a_server_and_its_client_that_were_recorded_apart_are_drawn_as_one() {
    let folder = Folder::new();
    let [server, client] = ["server.jsonl", "client.jsonl"].map(|name| folder.word(name));
    let port = free_port(Tcp).to_string();
    let mut command =
        socklab(&["trace", "-o", &server, "--", "socklab", "run", "tcp-server", &port]);
    let tracer = Running::start(&mut command);
    await_content(&folder.path("server.jsonl"), "\"readiness\":\"listening\"");
    let words = ["trace", "-o", &client, "--", "socklab", "run", "tcp-client", "localhost", &port];
    run_with(&mut socklab(&words), "hola\n").exits(0);
    tracer.signal(Signal::TERM);
    tracer.finish();
    let alone = run(&mut socklab(&["draw", &client])).exits(0);
    assert!(!alone.text().contains("recv(4) = 4 \"hola\""), "{}", alone.text());
    for files in [[&server, &client], [&client, &server]] {
        let whole = folder.word("whole.jsonl");
        let drawn = run(&mut socklab(&["draw", files[0], files[1], "-o", &whole])).exits(0);
        assert!(drawn.errors.contains("whole.jsonl"), "{}", drawn.errors);
        let drawn = run(&mut socklab(&["draw", &whole, "--width", "100"])).exits(0);
        let text = drawn.text();
        // The message leaves one and reaches the other.
        let row = |part: &str| text.lines().position(|line| line.contains(part));
        let (sent, got) = (row("send(3, \"hola\""), row("recv(4) = 4 \"hola\""));
        assert!(sent.is_some() && sent <= got, "{text}");
        assert!(!text.contains("another machine"), "{text}");
        // What they said is one conversation.
        let said = run(&mut socklab(&["follow", files[0], files[1]])).exits(0).text();
        assert!(said.ends_with("\n→ hola\n← HOLA\n"), "{said}");
    }
    let ended = run(&mut socklab(&["follow", &server, &client, "-c", "2"])).exits(2);
    assert!(
        ended.errors.contains(&format!("socklab follow {server} {client}")),
        "{}",
        ended.errors
    );
}

#[test]
fn lines_of_source_can_be_left_out_of_what_is_drawn() {
    let python = need!("python3");
    let folder = Folder::new();
    let [script, whole, bare] = ["one.py", "whole.jsonl", "bare.jsonl"].map(|it| folder.word(it));
    fs::write(&script, "import socket\nsocket.socket()\n").expect("a file");
    run(&mut socklab(&["trace", "-o", &whole, "--", &python, &script])).exits(0);
    let draw =
        |words: &[&str]| run(socklab(&["draw", "--width", "120"]).args(words)).exits(0).text();
    let with = draw(&[&whole]);
    assert!(with.contains("socket(tcp) = 3 one.py:2"), "{with}");
    let without = draw(&[&whole, "--no-lines"]);
    assert!(without.contains("socket(tcp) = 3\n"), "{without}");
    draw(&[&whole, "--no-lines", "-o", &bare]);
    assert_eq!(draw(&[&bare]), without);
}

#[test]
fn a_reader_that_goes_away_ends_the_recording_quietly() {
    let (mut reader, writer) = pipe().expect("a pipe");
    let port = free_port(Tcp);
    let mut command = socklab(&["trace", "-o", "-", "--", "socklab", "run", "server-04"]);
    let tracer = Running::start_into(command.arg(port.to_string()), Stdio::from(writer));
    // `Command` holds a copy of the pipe's other end.
    drop(command);
    let mut beginning = [0; 7];
    reader.read_exact(&mut beginning).expect("the header");
    assert!(beginning.starts_with(b"{\"v\":"));
    tracer.wait_for_error("Listening on");
    drop(reader);
    // What the server does next can't be written.
    let _client = connect(port);
    let ended = tracer.finish().exits(141);
    let ours: Vec<_> = ended.errors.lines().filter(|line| line.contains("socklab")).collect();
    assert!(ours.is_empty(), "{ours:?}");
}

#[test]
fn a_reader_that_has_gone_already_is_noticed_before_anything_runs() {
    let folder = Folder::new();
    let (reader, writer) = pipe().expect("a pipe");
    drop(reader);
    let (file, ran) = (folder.word("a.jsonl"), folder.word("ran"));
    let mut command = socklab(&["trace", "-o", "-", "-o", &file, "--", "touch", &ran]);
    let ended = Running::start_into(&mut command, Stdio::from(writer)).finish().exits(141);
    assert_eq!(ended.errors, "");
    assert!(folder.names().is_empty(), "{:?}", folder.names());
}

#[test]
fn fifos_and_devices_are_written_into_and_not_replaced() {
    let folder = Folder::new();
    let fifo = folder.word("recording");
    run(program(&need!("mkfifo")).arg(&fifo)).exits(0);
    let tracer = Running::start(&mut socklab(&["trace", "-o", &fifo, "--", "true"]));
    let recording = fs::read(&fifo).expect("a recording");
    tracer.finish().exits(0);
    let whole = socklab_event::read(&recording[..]).expect("a timeline");
    assert_eq!(whole.truncated, None);
    assert!(whole.timeline.events.len() > 1);
    run(&mut socklab(&["trace", "-o", "/dev/null", "--", "true"])).exits(0);
    assert_eq!(folder.names(), ["recording"]);
}

#[test]
fn a_link_is_followed_and_a_protected_file_is_not_replaced() {
    let folder = Folder::new();
    let recording = folder.word("a.jsonl");
    run(&mut socklab(&["trace", "-o", &recording, "--", "true"])).exits(0);
    symlink("real.svg", folder.path("link.svg")).expect("a link");
    for _ in 0..2 {
        run(&mut socklab(&["draw", &recording, "-o", &folder.word("link.svg")])).exits(0);
        assert!(fs::symlink_metadata(folder.path("link.svg")).expect("a link").is_symlink());
        assert!(fs::read_to_string(folder.path("real.svg")).expect("a file").contains("<svg"));
    }
    fs::write(folder.path("mine.svg"), "mine").expect("written");
    fs::set_permissions(folder.path("mine.svg"), fs::Permissions::from_mode(0o444)).expect("chmod");
    let ended = run(&mut socklab(&["draw", &recording, "-o", &folder.word("mine.svg")])).exits(1);
    assert!(ended.complaint().contains("mine.svg can't be written: "), "{}", ended.errors);
    assert_eq!(fs::read_to_string(folder.path("mine.svg")).expect("a file"), "mine");
}

/// A pair of sockets in one process, and messages through it.
const CHATTY: &str = "import socket\na, b = socket.socketpair()\n\
    for n in range(4000):\n  a.send(b'x' * 200)\n  b.recv(1000)\n\
    b.close()\n\
    try: a.send(b'late')\n\
    except OSError: pass\n";

#[test]
fn beyond_its_maximum_size_a_recording_keeps_less_of_everything_and_the_program_goes_on() {
    let python = need!("python3");
    let folder = Folder::new();
    let (small, whole) = (folder.word("small.jsonl"), folder.word("whole.jsonl"));
    let script = format!("{CHATTY}\nprint('done')\n");
    for (path, size) in [(&small, "64K"), (&whole, "1G")] {
        let words = ["trace", "-o", path, "--max-size", size, "--", &python, "-c", &script];
        assert_eq!(run(&mut socklab(&words)).exits(0).text(), "done\n");
    }
    let length = |path: &str| fs::metadata(path).expect("a file").len();
    assert!(length(&whole) > 1 << 20 && length(&small) < 256 << 10, "{}", length(&small));

    let reading = reading(&folder.path("small.jsonl"));
    assert_eq!(reading.truncated, None);
    let events = reading.timeline.events;
    let notice = |wanted: fn(&Notice) -> bool| {
        events.iter().position(|event| event.notice().is_some_and(wanted))
    };
    let omitted = notice(|notice| matches!(notice, Notice::SamplesOmitted { limit: 65_536 }));
    let counted = notice(|notice| matches!(notice, Notice::RepeatsCounted { limit: 131_072, .. }));
    assert!(omitted.expect("a notice") < counted.expect("another notice"));
    let recorded = |name: &str| {
        let calls = events.iter().filter_map(Event::call);
        calls.filter(|call| call.name == name && call.value().is_some()).count() as u64
    };
    let counts = events.iter().filter_map(|event| match event.notice() {
        Some(Notice::Counted { call, count, .. }) if *call == "sendto" => Some(*count),
        _ => None,
    });
    assert_eq!(recorded("sendto") + counts.sum::<u64>(), 4000);
    // The failure after all of it is there, and so is the close.
    let failed = events.iter().filter_map(Event::call).filter(|call| call.error().is_some());
    assert_eq!(failed.filter(|call| call.name == "sendto").count(), 1);

    let drawn = run(&mut socklab(&["draw", &small])).exits(0).text();
    let flat = drawn.split_whitespace().collect::<Vec<_>>().join(" ");
    for wanted in ["only the lengths of messages", "calls of sendto that were counted"] {
        assert!(flat.contains(wanted), "no {wanted:?} in {drawn}");
    }
    for size in ["0", "1", "64", "x", "-1", "12Q", "99999999999999999999G", "2000T"] {
        let option = format!("--max-size={size}");
        let ended = run(&mut socklab(&["trace", &option, "--", "true"])).exits(2);
        assert!(ended.errors.contains("it must be at least 64K"), "{}", ended.errors);
    }
}

#[test]
fn a_redacted_recording_draws_and_holds_no_byte_of_what_was_sent() {
    let python = need!("python3");
    let folder = Folder::new();
    let script = "import socket, sys\na, b = socket.socketpair()\n\
        a.send(b'open ' + b'sesame'); b.recv(99)\n\
        a.send(b'\\xffopen ' + b'sesame'); b.recv(99)\n\
        a.sendmsg([b'open ', b'sesame'])\nb.recvmsg(99)\n";
    let outputs = ["jsonl", "html", "svg", "txt"].map(|ending| folder.word(&format!("a.{ending}")));
    let mut command = socklab(&["trace", "--redact"]);
    for output in &outputs {
        command.args(["-o", output]);
    }
    run(command.args(["--", &python, "-c", script, "sesame"])).exits(0);
    let full = folder.word("full.jsonl");
    run(&mut socklab(&["trace", "-o", &full, "--", &python, "-c", script, "sesame"])).exits(0);
    assert!(contains(&fs::read(&full).expect("a file"), b"open sesame"), "it is there otherwise");
    let mut command = socklab(&["draw", "--redact", &full]);
    let later = ["jsonl", "html", "svg", "txt"].map(|ending| folder.word(&format!("b.{ending}")));
    for output in &later {
        command.args(["-o", output]);
    }
    run(&mut command).exits(0);
    for output in outputs.iter().chain(&later) {
        let content = fs::read(output).expect("a file");
        for secret in ["sesame", "b3BlbiBzZXNhbWU", "73 65 73 61 6d 65", "6f 70 65 6e 20 73"] {
            assert!(!contains(&content, secret.as_bytes()), "{secret} is in {output}");
        }
    }
    let drawn = fs::read_to_string(&later[3]).expect("a ladder");
    assert!(drawn.contains("11 B") && drawn.contains("12 B"), "the lengths stay\n{drawn}");
}
