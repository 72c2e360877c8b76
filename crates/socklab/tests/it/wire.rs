//! `trace --wire`: programs as they are, on a loopback where rules decide what becomes of each packet.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use rustix::process::Signal;
use socklab_kernel::process;
use socklab_prerequisites::{need, not_run};

use crate::stage::{Ended, Running, program, run, run_with, socklab};

/// What `trace --wire` says where there can be no such loopback.
const NO_PLACE: i32 = 3;
/// On a private loopback, every port is free.
const PAIR: [&str; 2] = ["tcp-server 12000", "tcp-client 127.0.0.1 12000"];

/// The course's pair, which exchanges one line; `None` where there can be no wire.
fn wired(words: &[&str], pair: [&str; 2]) -> Option<Ended> {
    let mut command = socklab(&["trace"]);
    command.args(words).args(pair);
    let ended = run_with(&mut command, "hola\n");
    (ended.code != NO_PLACE).then_some(ended)
}

fn file(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("wire");
    fs::create_dir_all(&folder).expect("mkdir");
    folder.join(format!("{}-{name}", std::process::id()))
}

#[test]
fn a_lost_syn_is_drawn_with_the_rule_that_lost_it() {
    let Some(ended) = wired(&["--wire", "drop the 1st SYN"], PAIR) else {
        not_run!("user namespaces")
    };
    let ended = ended.exits(0);
    for wanted in [
        "────── SYN ───────✗",
        "↳ dropped by the rule: drop the 1st SYN",
        "SYN again",
        "wire: drop the 1st SYN: 1 of 2 frames",
    ] {
        assert!(ended.errors.contains(wanted), "{wanted:?} is not in\n{}", ended.errors);
    }
    assert!(ended.text().contains("HOLA"), "{}", ended.text());
}

#[test]
fn a_rule_that_matched_nothing_says_so() {
    let rules = ["--wire", "drop the 7th UDP", "--wire", "delay 5ms the 1st data from server"];
    let Some(ended) = wired(&rules, PAIR) else { not_run!("user namespaces") };
    let ended = ended.exits(0);
    let idle = "wire: drop the 7th UDP: matched nothing";
    let did = "wire: delay 5ms the 1st data from server: 1 of ";
    assert!(ended.errors.contains(idle) && ended.errors.contains(did), "{}", ended.errors);
}

#[test]
fn a_rule_is_refused_with_a_mark_below_the_word_at_fault() {
    let refused = |rule: &str| run(&mut socklab(&["trace", "--wire", rule, "--", "true"])).exits(2);
    let unknown = refused("drop the 1st SIN").errors;
    assert!(unknown.contains("\n    drop the 1st SIN\n                 ^^^\n"), "{unknown}");
    let six = refused("drop every UDP to ::1");
    assert!(six.complaint().contains("::1 is not on this wire"), "{}", six.errors);
    let nobody = refused("host web dies");
    assert!(nobody.complaint().contains("is called `web`"), "{}", nobody.errors);
    let attached = socklab(&["trace", "--wire", "drop every UDP", "--pid", "1"]);
    run(&mut { attached }).exits(2);
}

#[test]
fn what_passes_beside_the_wire_is_told() {
    let pair = ["tcp-server 12000", "tcp-client localhost 12000"];
    let Some(ended) = wired(&["--wire", "drop every UDP"], pair) else {
        not_run!("user namespaces")
    };
    // Names lead to 127.0.0.1, and nowhere else.
    let errors = ended.exits(0).errors;
    assert!(errors.contains("connect(3, 127.0.0.1:12000)"), "{errors}");
    assert!(!errors.contains("does not pass the wire"), "{errors}");
    let python = need!("python3");
    let script = "import socket; s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM); \
                  s.bind(('::1', 0)); s.sendto(b'hola', s.getsockname()); s.recv(9)";
    let words = ["trace", "--wire", "drop every UDP", "--", &python, "-c", script];
    let errors = run(&mut socklab(&words)).exits(0).errors;
    assert!(errors.contains("wire: 1 frame went past it"), "{errors}");
}

#[test]
fn what_a_rule_of_ones_own_did_to_a_case_calls_for_no_hint() {
    let python = need!("python3");
    let script = "import socket, sys\n\
                  l = socket.create_server(('', int(sys.argv[1])))\n\
                  while True:\n    c = l.accept()[0]; c.sendall(c.recv(999)); c.close()";
    let program = ["--", &python, "-S", "-E", "-c", script, "{port}"];
    let check = |options: &[&str]| {
        let mut command = socklab(&["check", "echo-server", "--case", "echo"]);
        command.args(options).args(program);
        run(&mut command)
    };
    let ruled = check(&["--wire", "reset after 1 bytes"]);
    if ruled.code == NO_PLACE {
        not_run!("user namespaces");
    }
    let text = ruled.exits(1).text();
    assert!(text.contains("With your rules this is another case"), "{text}");
    assert!(!text.contains("Hint:") && !text.contains("Next hint"), "{text}");
    check(&[]).exits(0);
}

#[test]
fn wireshark_finds_no_wrong_checksum_but_the_corrupted_one() {
    let tshark = need!("tshark");
    let wrong = |name: &str, rules: &[&str]| -> Option<Vec<String>> {
        let file = file(name);
        let path = file.to_str().expect("UTF-8");
        let rules = rules.iter().flat_map(|rule| ["--wire", rule]);
        let words: Vec<&str> = rules.chain(["-o", path]).collect();
        wired(&words, PAIR)?.exits(0);
        let mut command = program(&tshark);
        for protocol in ["ip", "tcp", "udp"] {
            command.args(["-o", &format!("{protocol}.check_checksum:TRUE")]);
        }
        let filter = "ip.checksum.status == 0 || tcp.checksum.status == 0";
        let ended = run(command.args(["-r", path, "-Y", filter]));
        let found = ended.exits(0).text().lines().map(str::to_owned).collect();
        fs::remove_file(&file).expect("it was written");
        Some(found)
    };
    let Some(none) = wrong("whole.pcapng", &["drop the 1st SYN-ACK", "duplicate the 1st data"])
    else {
        not_run!("user namespaces")
    };
    assert!(none.is_empty(), "{none:?}");
    let one = wrong("corrupted.pcapng", &["corrupt byte 1 of the payload of the 1st data"]);
    let one = one.expect("as before");
    assert_eq!(one.len(), 1, "{one:?}");
}

#[test]
fn run_takes_rules_too() {
    // Nobody listens: the first SYN is lost, and the second answered with RST.
    let words = ["run", "--trace", "--wire", "drop the 1st SYN", "tcp-client", "127.0.0.1", "9"];
    let ended = run_with(&mut socklab(&words), "hola\n");
    if ended.code == NO_PLACE {
        not_run!("user namespaces");
    }
    let errors = ended.exits(1).errors;
    assert!(errors.contains("dropped by the rule") && errors.contains("RST"), "{errors}");
}

#[test]
fn nothing_outlives_it() {
    // A name that no other process has.
    let nap = format!("{}.{}", 86_400 + std::process::id() % 1000, std::process::id());
    let mut command = socklab(&["trace", "--wire", "drop every UDP", "--", "sleep", &nap]);
    let running = Running::start(&mut command);
    let naps = || {
        let all = process::all().expect("/proc");
        let mut found = Vec::new();
        for id in all {
            let (arguments, _) = process::arguments(id);
            if arguments.first().is_some_and(|first| first.ends_with("sleep"))
                && arguments.contains(&nap)
            {
                found.push(id);
            }
        }
        found
    };
    let sleeper = loop {
        if let [sleeper] = naps()[..] {
            break process::pidfd(sleeper).expect("it sleeps");
        }
        if running.ends_within(Duration::ZERO) {
            not_run!("user namespaces");
        }
        std::thread::yield_now();
    };
    running.signal(Signal::KILL);
    let soon = crate::stage::PATIENCE;
    assert!(process::has_ended_within(&sleeper, soon).expect("poll"));
    assert!(naps().is_empty());
}
