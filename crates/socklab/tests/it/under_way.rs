//! Programs in a place of their own, as whoever runs socklab and as a user without rights: nobody is ended
//! while something is on its way to him, nobody is slow, and who ends socklab gets his recording.

use std::fs;
use std::process::Command;

use rustix::process::Signal;
use socklab_prerequisites::{need, not_run};

use crate::stage::own::Own;
use crate::stage::{Ended, Running, program, run, socklab};

/// What `trace --wire` says where there can be no such loopback.
const NO_PLACE: i32 = 3;

/// Reads to the end of the stream and says how much there was; its client sends 300,000 bytes and ends.
const READER: &str = "
import socket
s = socket.create_server(('127.0.0.1', 12000)); c, _ = s.accept(); n = 0
while d := c.recv(65536): n += len(d)
print('got', n, flush=True)
";
const WRITER: &str = "
import socket
s = socket.create_connection(('127.0.0.1', 12000)); s.sendall(b'x' * 300000); s.close()
";

/// Says how many datagrams came; its client sends six and ends.
const TAKER: &str = "
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(('127.0.0.1', 12000))
for n in range(6): s.recv(99)
print('got', n + 1, flush=True)
";
const GIVER: &str = "
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for n in range(6): s.sendto(b'x', ('127.0.0.1', 12000))
";

/// Two scripts as one traces them; `None` where there can be no wire.
fn pair(words: &[&str], scripts: [&str; 2], python: &str) -> Option<Ended> {
    let folder = tempfile::tempdir().expect("a folder");
    let commands = [0, 1].map(|one| {
        let path = folder.path().join(["server.py", "client.py"][one]);
        fs::write(&path, scripts[one]).expect("a script");
        format!("{python} {}", path.display())
    });
    let mut command = socklab(&["trace"]);
    let ended = run(command.args(words).args(&commands));
    (ended.code != NO_PLACE).then_some(ended)
}

#[test]
fn what_is_on_its_way_to_a_server_arrives() {
    let python = need!("python3");
    for (words, scripts, wanted) in [
        (["--wire", "rate 1 Mbit/s"], [READER, WRITER], "got 300000"),
        (["--wire", "delay 100ms"], [READER, WRITER], "got 300000"),
        (["--mtu", "1500"], [READER, WRITER], "got 300000"),
        (["--wire", "drop the 3rd data from client"], [READER, WRITER], "got 300000"),
        (["--wire", "delay 200ms"], [TAKER, GIVER], "got 6"),
    ] {
        let Some(ended) = pair(&words, scripts, &python) else { not_run!("user namespaces") };
        assert!(ended.text().contains(wanted), "{words:?}: {}\n{}", ended.text(), ended.errors);
    }
}

/// socklab as a user without rights would run it.
fn as_nobody(own: &Own, words: &[&str]) -> Option<Command> {
    if !rustix::process::geteuid().is_root() {
        return Some(own.command(words));
    }
    let mut nobody = program(socklab_prerequisites::find("setpriv")?.to_str()?);
    nobody.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(&own.path).args(words);
    Some(nobody)
}

#[test]
fn a_program_of_an_ordinary_user_is_as_fast_in_a_place_of_its_own() {
    let own = Own::new();
    // Only a program that makes a socket is given a filter while it runs.
    let socket = format!("{} run tcp-client 127.0.0.1 9 < /dev/null", own.path.display());
    let script = format!("grep NoNewPrivs /proc/self/status; {socket}; true");
    for place in [&["trace", "--packets"][..], &["trace", "--wire", "delay 1ms"], &["lab", "run"]] {
        let words = [place, &["-o", "-", "--", "/bin/sh", "-c", &script]].concat();
        let Some(mut command) = as_nobody(&own, &words) else { not_run!("setpriv") };
        let ended = run(&mut command);
        if ended.code == NO_PLACE {
            not_run!("user namespaces");
        }
        let ended = ended.exits(0);
        assert!(ended.errors.contains("NoNewPrivs:\t1"), "{}", ended.errors);
        assert!(!ended.text().contains(r#""kind":"slow""#), "{place:?}: {}", ended.text());
    }
}

#[test]
fn whoever_ends_socklab_outside_of_the_place_gets_the_recording() {
    for signal in [Signal::TERM, Signal::HUP, Signal::INT] {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("drawn.txt");
        let path = file.to_str().expect("UTF-8");
        let words = ["trace", "--wire", "delay 1ms", "-o", path, "tcp-server 12000"];
        let traced = Running::start(&mut socklab(&words));
        // It listens: its handlers are in place, too.
        if !traced.wait_for_output_or_end("12000") {
            not_run!("user namespaces");
        }
        traced.signal(signal);
        let ended = traced.finish();
        let drawn = fs::read_to_string(&file).unwrap_or_default();
        assert!(
            drawn.contains("ended by socklab (SIGTERM)"),
            "{signal:?}: {drawn}{}",
            ended.errors
        );
    }
}

#[test]
fn whoever_ends_socklab_outside_of_the_place_ends_the_program_inside() {
    let python = need!("python3");
    // It tidies up, as a server that gets SIGTERM may.
    let script = "
import os, signal
signal.signal(signal.SIGTERM, lambda *_: (os.write(1, b'tidied\\n'), os._exit(7)))
os.write(1, b'ready\\n')
signal.pause()
";
    for signal in [Signal::TERM, Signal::HUP, Signal::INT] {
        let words = ["lab", "run", "--", &python, "-S", "-E", "-c", script];
        let inside = Running::start(&mut socklab(&words));
        if !inside.wait_for_output_or_end("ready") {
            not_run!("user namespaces");
        }
        inside.signal(signal);
        let ended = inside.finish();
        assert!(ended.code == 7 && ended.output.ends_with(b"tidied\n"), "{signal:?}: {ended:?}");
    }
}

#[test]
fn programs_that_wait_for_nobody_are_named() {
    let (python, words) = (need!("python3"), ["trace", "--no-packets"]);
    let script = "import socket; socket.create_server(('127.0.0.1', 0)).accept()";
    let mut command = socklab(&words);
    let traced = Running::start(command.args(["--", &python, "-S", "-E", "-c", script]));
    let told = traced.wait_for_error("waits for a client on port");
    assert!(told.contains("no program is left to start. Ctrl-C ends"), "{told}");
    traced.signal(Signal::TERM);
    let errors = traced.finish().errors;
    assert!(errors.contains("packets were left out") && !errors.contains("--packets"), "{errors}");
}

#[test]
fn a_network_of_the_recorders_making_is_told_where_it_was_in_the_way() {
    let python = need!("python3");
    let script = "import socket; socket.socket().connect_ex(('192.0.2.1', 80))";
    let words = ["trace", "--packets", "--", &python, "-S", "-E", "-c", script];
    let errors = run(&mut socklab(&words)).exits(0).errors;
    if errors.contains("There is no loopback for these programs alone")
        || errors.contains("No packets")
    {
        not_run!("user namespaces");
    }
    let said = errors.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("socklab made it for them, and it has no way out"), "{errors}");
    assert!(!said.contains("ip route"), "the machine's routes are not at fault: {errors}");
}

#[test]
fn a_program_that_leaves_the_network_with_the_wire_is_named() {
    let (python, unshare) = (need!("python3"), need!("unshare"));
    let script = "import socket; socket.socket()";
    let words = ["trace", "--packets", "--", &unshare, "-rn", &python, "-S", "-E", "-c", script];
    let ended = run(&mut socklab(&words));
    if ended.code != 0 || ended.errors.contains("There is no loopback for these programs alone") {
        not_run!("nested user namespaces");
    }
    assert!(ended.errors.contains("made a network of its own"), "{}", ended.errors);
}
