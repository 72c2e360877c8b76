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
