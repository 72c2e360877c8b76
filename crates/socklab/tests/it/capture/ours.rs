//! Captures that we write, read by tshark.

use std::fs;

use socklab_prerequisites::{need, not_run};

use super::{Folder, fields, frames, reading, tshark};
use crate::stage::{program, run, socklab};

/// What tshark must find nothing of: damaged packets, and checksums that are wrong. On a loopback an ICMP
/// error quotes a datagram as its sender left it, without a checksum: that is nobody's mistake.
const WRONG: &str = "_ws.malformed || tcp.checksum.status == 0 || ip.checksum.status == 0 || \
                     (udp.checksum.status == 0 && !icmp && !icmpv6) || \
                     icmp.checksum.status == 0 || icmpv6.checksum.status == 0";

/// The packets with which tshark finds something wrong, by what they are.
fn wrong(tool: &str, capture: &str) -> String {
    let mut words = vec!["-n", "-r", capture, "-Y", WRONG];
    for check in ["tcp.check_checksum", "udp.check_checksum", "ip.check_checksum"] {
        words.extend(["-o", [check, ":TRUE"].concat().leak()]);
    }
    run(&mut tshark(tool, &words)).exits(0).text()
}

/// A server and a client that say something to each other, and to nobody.
const PAIR: [&str; 2] = [
    "import socket\n\
     s = socket.create_server(('127.0.0.1', 12000))\n\
     c, _ = s.accept()\n\
     d = c.recv(99)\n\
     c.sendall(d.upper() * 1000)\n\
     c.recv(99)\n",
    "import socket\n\
     s = socket.create_connection(('127.0.0.1', 12000))\n\
     s.sendall(b'hola')\n\
     n = 0\n\
     while n < 4000: n += len(s.recv(9999))\n\
     u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n\
     u.sendto(b'anybody?', ('127.0.0.1', 9))\n\
     v = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)\n\
     v.sendto(b'anybody?', ('::1', 9))\n",
];

/// The two programs as a command line of each.
fn pair(folder: &Folder, python: &str) -> [String; 2] {
    ["server.py", "client.py"].map(|name| {
        let text = if name == "server.py" { PAIR[0] } else { PAIR[1] };
        fs::write(folder.path(name), text).expect("a file");
        format!("{python} {}", folder.word(name))
    })
}

/// True if there may be a private network here.
fn has_namespaces() -> bool {
    run(program("unshare").args(["-Urn", "true"])).code == 0
}

#[test]
fn tshark_finds_nothing_wrong_with_a_capture_of_the_tapped_loopback() {
    let tool = need!("tshark");
    let Some(python) = socklab_prerequisites::python() else { not_run!("python3") };
    if !has_namespaces() {
        not_run!("a network namespace (unshare -Urn)");
    }
    let folder = Folder::new();
    let [server, client] = pair(&folder, &python);
    let [capture, recording] = ["run.pcapng", "run.jsonl"].map(|name| folder.word(name));
    let mut words = vec!["trace", "--packets", "-o", &capture, "-o", &recording];
    words.extend([server.as_str(), client.as_str()]);
    run(&mut socklab(&words)).exits(0);
    assert_eq!(wrong(&tool, &capture), "");

    // As many packets as frames, each with its moment, its size and, in the comment, its process.
    let read = reading(&folder.path("run.jsonl"));
    let names =
        ["frame.time_epoch", "frame.len", "frame.cap_len", "frame.interface_name", "tcp.len"];
    let theirs = fields(&tool, &folder.path("run.pcapng"), &names);
    assert_eq!(theirs.len(), frames(&read).count());
    for ((event, frame), theirs) in frames(&read).zip(&theirs) {
        let at = event.at + read.timeline.header.epoch;
        let at = format!("{}.{:09}", at / 1_000_000_000, at % 1_000_000_000);
        assert_eq!(theirs[..2], [at, frame.bytes.total.to_string()]);
        assert_eq!(theirs[3], "loopback");
        // What was recorded of a frame is in both, up to what a slot of the ring holds.
        assert!(theirs[2] == theirs[1] || theirs[2].parse::<u32>().expect("a size") > 1900);
    }
    assert!(theirs.iter().any(|packet| packet[4] == "4000"), "{theirs:?}");
    let all = ["-n", "-r", &capture, "-T", "fields", "-E", "occurrence=a", "-e", "frame.comment"];
    let comments = run(&mut tshark(&tool, &all)).exits(0).text();
    for told in [
        "client.py (process ",
        "in connect",
        "in sendto",
        "the kernel, for a socket of",
        "ladder (socklab draw --all): row ",
    ] {
        assert!(comments.contains(told), "{told}: {comments}");
    }
    // The option of each packet that says so to programs.
    let reading = ["-X", "read_format:MIME Files Format", "-r", &capture, "-V"];
    let options = run(&mut tshark(&tool, &reading)).exits(0).text();
    let told = options.matches("Unknown (8)").count() + options.matches("epb_processid").count();
    assert!(told >= theirs.len() - 4, "{told} of {}: {options}", theirs.len());

    // What was written is drawn like the frames of the recording.
    let drawn = run(&mut socklab(&["draw", &capture])).exits(0).text();
    for told in ["SYN", "hola", "port unreachable"] {
        assert!(drawn.contains(told), "{told}: {drawn}");
    }
}

#[test]
fn only_what_a_rule_corrupted_is_wrong_in_a_capture_of_hosts() {
    let tool = need!("tshark");
    let Some(python) = socklab_prerequisites::python() else { not_run!("python3") };
    if !has_namespaces() {
        not_run!("a network namespace (unshare -Urn)");
    }
    let folder = Folder::new();
    let texts = [
        (
            "server.py",
            "import socket\ns = socket.create_server(('0.0.0.0', 12000))\n\
                       c, _ = s.accept()\nc.sendall(c.recv(99).upper())\nc.recv(9)\n",
        ),
        (
            "client.py",
            "import socket\ns = socket.create_connection(('server', 12000))\n\
                       s.sendall(b'hola')\ns.recv(99)\n",
        ),
    ];
    for (name, text) in texts {
        fs::write(folder.path(name), text).expect("a file");
    }
    let [server, client] = ["server.py", "client.py"].map(|name| folder.word(name));
    let capture = folder.word("hosts.pcapng");
    let rule = "corrupt byte 1 of the payload of the 1st data from client";
    let words =
        ["lab", "run", "--wire", rule, "-o", &capture, "--on", "server", "--", &python, &server];
    let words: Vec<&str> =
        words.into_iter().chain(["--on", "client", "--", &python, &client]).collect();
    run(&mut socklab(&words)).exits(0);
    let wrong = wrong(&tool, &capture);
    assert_eq!(wrong.lines().count(), 1, "{wrong}");
    let names = ["frame.interface_name", "frame.comment"];
    let packets = fields(&tool, &folder.path("hosts.pcapng"), &names);
    let names: Vec<&str> = packets.iter().map(|packet| packet[0].as_str()).collect();
    assert!(names.contains(&"client") && names.contains(&"server"), "{names:?}");
    let told = |text: &str| packets.iter().any(|packet| packet[1].contains(text));
    assert!(told(rule) && told("as it arrived"), "{packets:?}");
}

#[test]
fn a_packet_that_a_rule_dropped_says_so_in_a_capture_of_the_looped_loopback() {
    let tool = need!("tshark");
    let Some(python) = socklab_prerequisites::python() else { not_run!("python3") };
    if !has_namespaces() {
        not_run!("a network namespace (unshare -Urn)");
    }
    let folder = Folder::new();
    let [server, client] = pair(&folder, &python);
    let capture = folder.word("looped.pcapng");
    let rule = "drop the 1st SYN";
    run(&mut socklab(&["trace", "--wire", rule, "-o", &capture, &server, &client])).exits(0);
    assert_eq!(wrong(&tool, &capture), "");
    let packets = fields(&tool, &folder.path("looped.pcapng"), &["tcp.flags.str", "frame.comment"]);
    let dropped = packets.iter().filter(|packet| packet[1].contains(rule));
    let dropped: Vec<_> = dropped.collect();
    assert_eq!(dropped.len(), 1, "{packets:?}");
    assert!(dropped[0][0].contains('S'), "{dropped:?}");
}

/// A server and a client with datagrams and a stream, who give up on what does not come.
const PATIENT: [&str; 2] = [
    "import socket\n\
     u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n\
     u.bind(('127.0.0.1', 12000))\n\
     s = socket.create_server(('127.0.0.1', 12000))\n\
     c, _ = s.accept()\n\
     c.settimeout(10)\n\
     try:\n\
     \x20while d := c.recv(99): c.sendall(d.upper() * 1000)\n\
     except OSError: pass\n",
    "import socket\n\
     u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n\
     u.connect(('127.0.0.1', 12000))\n\
     for n in range(9): u.send(b'datagram %d' % n)\n\
     s = socket.create_connection(('127.0.0.1', 12000))\n\
     s.settimeout(5)\n\
     try:\n\
     \x20for _ in range(3):\n\
     \x20 s.sendall(b'hola')\n\
     \x20 n = 0\n\
     \x20 while n < 4000 and (d := s.recv(9999)): n += len(d)\n\
     except OSError: pass\n",
];

/// A rule of each kind, and how many packets it makes wrong.
const RULES: [(&str, usize); 13] = [
    ("drop the 1st SYN", 0),
    ("drop every 3rd UDP", 0),
    ("drop the segment with byte 1500 of the answer, once", 0),
    ("delay 20ms", 0),
    ("duplicate the 2nd UDP from client", 0),
    ("reorder 3 and 4 of the UDP from client", 0),
    ("corrupt byte 60 of the 1st data from client", 1),
    ("corrupt byte 3 of the payload and mend the checksum of the 2nd UDP from client", 0),
    ("lose 40% seed 7 of the UDP from client", 0),
    ("rate 1 Mbit/s", 0),
    ("reset after 2500 B from server", 0),
    ("host server dies after the 2nd data from client", 0),
    ("partition client from server after the 2nd data", 0),
];

#[test]
fn under_a_rule_of_any_kind_only_what_it_corrupts_is_wrong() {
    let tool = need!("tshark");
    let Some(python) = socklab_prerequisites::python() else { not_run!("python3") };
    if !has_namespaces() {
        not_run!("a network namespace (unshare -Urn)");
    }
    let folder = Folder::new();
    let [server, client] = [("server.py", PATIENT[0]), ("client.py", PATIENT[1])].map(|it| {
        fs::write(folder.path(it.0), it.1).expect("a file");
        format!("{python} {}", folder.word(it.0))
    });
    let one = |(number, (rule, wrongs)): (usize, (&str, usize))| {
        let name = format!("{number}.pcapng");
        let capture = folder.word(&name);
        run(&mut socklab(&["trace", "--wire", rule, "-o", &capture, &server, &client])).exits(0);
        let wrong = wrong(&tool, &capture);
        assert_eq!(wrong.lines().count(), wrongs, "{rule}: {wrong}");
        let packets = fields(&tool, &folder.path(&name), &["frame.time_epoch", "frame.comment"]);
        let times: Vec<&str> = packets.iter().map(|packet| packet[0].as_str()).collect();
        assert!(times.is_sorted(), "{rule}: {times:?}");
        // `occurrence=f`: what a rule did is the first of a packet's comments.
        let marked: Vec<_> = packets.iter().filter(|packet| packet[1].contains(rule)).collect();
        assert!(!marked.is_empty(), "{rule}: {packets:?}");
        let all =
            ["-n", "-r", &capture, "-T", "fields", "-E", "occurrence=a", "-e", "frame.comment"];
        let comments = run(&mut tshark(&tool, &all)).exits(0).text();
        assert!(comments.contains("client.py (process "), "{rule}: {comments}");
        for made in comments.lines().filter(|line| line.contains("injected: ")) {
            assert!(!made.contains("(process "), "{rule}: {made}");
        }
    };
    // They mostly wait: for what a rule keeps from them.
    std::thread::scope(|scope| {
        for work in RULES.iter().copied().enumerate() {
            scope.spawn(move || one(work));
        }
    });
}

#[test]
fn every_command_that_writes_a_capture_writes_a_right_one() {
    let tool = need!("tshark");
    let Some(python) = socklab_prerequisites::python() else { not_run!("python3") };
    if !has_namespaces() {
        not_run!("a network namespace (unshare -Urn)");
    }
    let folder = Folder::new();
    let solution =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../course/exercises/echo-server/solution.py");
    let check = ["--builtin", "--case", "echo", "--", &python, solution];
    let lab =
        ["--", &python, "-c", "import socket; socket.create_connection(('www.google.com', 80))"];
    for (name, words, more) in [
        ("run", &["run", "socket-02", "--lab"][..], &[][..]),
        ("check", &["check", "echo-server"], &check),
        ("lab", &["lab", "run"], &lab),
        ("hosts", &["lab", "run", "--hosts", "3"], &lab),
        ("fast", &["lab", "run", "--fast"], &lab),
    ] {
        let capture = folder.word(&format!("{name}.pcapng"));
        let recording = folder.word(&format!("{name}.jsonl"));
        let output = ["-o", &capture, "-o", &recording];
        run(&mut socklab(&[words, &output, more].concat())).exits(0);
        assert_eq!(wrong(&tool, &capture), "", "{name}");
        let drawn = folder.word(&format!("{name}-drawn.pcapng"));
        run(&mut socklab(&["draw", &recording, "-o", &drawn])).exits(0);
        assert_eq!(wrong(&tool, &drawn), "", "{name}");
        let packets = |name: String| fields(&tool, &folder.path(&name), &["frame.time_epoch"]);
        let written = packets(format!("{name}.pcapng"));
        assert!(written.len() >= 3, "{name}: {written:?}");
        assert_eq!(written, packets(format!("{name}-drawn.pcapng")), "{name}");
    }
}

#[test]
fn a_recording_without_packets_is_no_capture() {
    let folder = Folder::new();
    let (recording, capture) = (folder.word("run.jsonl"), folder.word("run.pcapng"));
    run(&mut socklab(&["trace", "--no-packets", "-o", &recording, "--", "true"])).exits(0);
    let refused = run(&mut socklab(&["draw", &recording, "-o", &capture])).exits(1);
    assert!(refused.errors.contains("--packets"), "{refused:?}");
    let words = ["trace", "--no-packets", "-o", &capture, "--", "true"];
    let refused = run(&mut socklab(&words)).exits(2);
    assert!(refused.errors.contains("--packets"), "{refused:?}");
    assert!(!folder.path("run.pcapng").exists());
}

#[test]
fn a_question_leaves_its_packets() {
    let tool = need!("tshark");
    if !has_namespaces() {
        not_run!("a network namespace (unshare -Urn)");
    }
    let folder = Folder::new();
    let (capture, page) = (folder.word("question.pcapng"), folder.word("question.html"));
    run(&mut socklab(&["what-if", "3", "--builtin", "--json", "-o", &capture, "-o", &page]))
        .exits(0);
    assert_eq!(wrong(&tool, &capture), "");
    let flags = fields(&tool, &folder.path("question.pcapng"), &["tcp.flags.syn"]);
    assert!(flags.iter().any(|packet| packet[0] == "1"), "{flags:?}");
    assert!(fs::read_to_string(page).expect("a page").contains("SYN"));
    run(&mut socklab(&["what-if", "all", "-o", &capture])).exits(2);
    run(&mut socklab(&["what-if", "3", "-o", "-"])).exits(2);
}
