//! Captures that others made.

use std::fs;
use std::path::Path;

use socklab_event::{Notice, What};
use socklab_prerequisites::{need, not_run};

use super::{Folder, NAMES, as_tshark_says, fields, frames, reading};
use crate::stage::{program, run, run_with, socklab};

/// Captures what it sends, with the command of its arguments. The first line of what that prints says
/// when it is ready; it is ended when the last datagram is in its file.
const CAPTURED: &str = r#"
import os, signal, socket, subprocess, sys, time
file, *command = sys.argv[1:]
subprocess.run(["ip", "link", "set", "lo", "mtu", "1500", "up"], check=True)
capturing = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
for line in capturing.stderr:
    if "listening on" in line or line.startswith("File:"):
        break
else:
    sys.exit(f"{command[0]}: ended")
for family, address in (socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"):
    listening = socket.create_server((address, 0), family=family)
    client = socket.create_connection(listening.getsockname()[:2])
    server, _ = listening.accept()
    client.sendall(b"hola")
    server.sendall(server.recv(9).upper() * 2000)
    client.shutdown(socket.SHUT_WR)
    while client.recv(4096):
        if not server.recv(9):
            server.close()
            break
    while client.recv(4096):
        pass
    closed = socket.socket(family, socket.SOCK_DGRAM)
    closed.bind((address, 0))
    nobody = closed.getsockname()[:2]
    closed.close()
    sending = socket.socket(family, socket.SOCK_DGRAM)
    sending.sendto(b"anybody?", nobody)
    # Three fragments.
    sending.sendto(b"x" * 3000, nobody)
until = time.monotonic() + 60
# Packets come in order: everything else is in the file when this is.
while not os.path.exists(file) or b"the end" not in open(file, "rb").read():
    assert time.monotonic() < until and capturing.poll() is None, "the packets did not come"
    # Pieces of a second: nothing tells us when the file has grown.
    time.sleep(0.01)
    sending.sendto(b"the end", nobody)
capturing.send_signal(signal.SIGINT)
sys.exit(capturing.wait())
"#;

/// A network of its own, with all powers over it, but not as root: tcpdump would then become another
/// user, whom the namespace does not know.
const OWN: [&str; 5] = ["-U", "-n", "--keep-caps", "--map-user=1000", "--map-group=1000"];

/// Captures packets of every kind with a tool, into a file.
fn captured(python: &str, unshare: &str, file: &Path, command: &[&str]) {
    let file = file.to_str().expect("UTF-8");
    let within = [python, "-c", CAPTURED, file];
    run(program(unshare).args(OWN).args(within).args(command).arg(file)).exits(0);
}

/// Draws a capture into a recording, and compares it with what tshark reads.
fn compare(tshark: &str, folder: &Folder, name: &str) -> usize {
    let capture = folder.path(name);
    let recording = folder.word("read.jsonl");
    run(&mut socklab(&["draw", &folder.word(name), "-o", &recording])).exits(0);
    let read = reading(Path::new(&recording));
    let theirs = fields(tshark, &capture, &NAMES);
    let epoch = read.timeline.header.epoch;
    assert_eq!(frames(&read).count(), theirs.len(), "{name}");
    for (number, ((event, frame), theirs)) in frames(&read).zip(&theirs).enumerate() {
        let ours = as_tshark_says(epoch, event, frame);
        for ((ours, theirs), field) in ours.iter().zip(theirs).zip(NAMES) {
            if let Some(ours) = ours {
                assert_eq!(ours, theirs, "{name}: {field} of packet {}: {frame:?}", number + 1);
            }
        }
        let known = theirs[2..6].iter().any(|address| !address.is_empty());
        assert!(frame.headers.is_some() || !known, "{name}: packet {}: {theirs:?}", number + 1);
    }
    theirs.len()
}

#[test]
fn what_others_captured_is_read_as_tshark_reads_it() {
    let (tshark, tcpdump, unshare) = (need!("tshark"), need!("tcpdump"), need!("unshare"));
    let (editcap, mergecap) = (need!("editcap"), need!("mergecap"));
    let Some(python) = socklab_prerequisites::python() else { not_run!("python3") };
    if run(program(&unshare).args(OWN).arg("true")).code != 0 {
        not_run!("a network namespace (unshare --map-user)");
    }
    let folder = Folder::new();
    // By default, the buffer has room for eight packets, because each might be large.
    let options = ["--immediate-mode", "-U", "-s", "9000", "-B", "32768", "-w"];
    let mut captures = vec![
        ("lo.pcap", vec![tcpdump.as_str(), "-i", "lo"]),
        ("nano.pcap", vec![&tcpdump, "-i", "lo", "--time-stamp-precision=nano"]),
        ("any.pcap", vec![&tcpdump, "-i", "any"]),
        ("cooked.pcap", vec![&tcpdump, "-i", "any", "-y", "LINUX_SLL"]),
    ];
    for (name, command) in &mut captures {
        command.extend(options);
        captured(&python, &unshare, &folder.path(name), command);
        assert!(compare(&tshark, &folder, name) >= 30, "{name}");
    }
    // What Wireshark's own tools make of it.
    let convert = |to: &str, words: &[&str]| {
        let tool = if words.contains(&"-a") { &mergecap } else { &editcap };
        let (into, from) = (folder.word(to), folder.word("nano.pcap"));
        let mut command = program(tool);
        command.env("HOME", "/nonexistent");
        match words.contains(&"-a") {
            true => command.args(words).args(["-w", &into, &from, &folder.word("any.pcap")]),
            false => command.args(words).args([&from, &into]),
        };
        run(&mut command).exits(0);
        assert!(compare(&tshark, &folder, to) >= 30, "{to}");
    };
    convert("nano.pcapng", &["-F", "pcapng"]);
    convert("micro.pcapng", &["-F", "pcapng", "-t", "0.000001"]);
    convert("short.pcapng", &["-F", "pcapng", "-s", "60"]);
    convert("headers.pcapng", &["-F", "pcapng", "-s", "34"]);
    // Two interfaces, of two link types.
    convert("both.pcapng", &["-a", "-F", "pcapng"]);
    let pipe = fs::read(folder.path("nano.pcap")).expect("a capture");
    let drawn = run_with(&mut socklab(&["draw", "-"]), pipe).exits(0).text();
    for told in ["SYN", "hola", "port unreachable"] {
        assert!(drawn.contains(told), "{told}: {drawn}");
    }
}

#[test]
fn what_dumpcap_captured_is_read() {
    let (tshark, dumpcap, unshare) = (need!("tshark"), need!("dumpcap"), need!("unshare"));
    let Some(python) = socklab_prerequisites::python() else { not_run!("python3") };
    // Some systems let only a group execute it, and some give it capabilities that a namespace
    // refuses.
    if run(program(&unshare).args(OWN).args([&dumpcap, "--version"])).code != 0 {
        not_run!("a dumpcap that this user may execute in a namespace");
    }
    let folder = Folder::new();
    for (name, options) in [("d.pcapng", &["-i", "lo"][..]), ("d.pcap", &["-P", "-i", "lo"])] {
        let mut command = vec![dumpcap.as_str()];
        command.extend(options);
        command.push("-w");
        captured(&python, &unshare, &folder.path(name), &command);
        assert!(compare(&tshark, &folder, name) >= 30, "{name}");
    }
    run(&mut socklab(&["draw", &folder.word("d.pcapng"), "-o", &folder.word("d.jsonl")])).exits(0);
    let read = reading(&folder.path("d.jsonl"));
    assert!(read.timeline.header.made_by.contains("Dumpcap"), "{:?}", read.timeline.header);
}

/// A capture of one datagram in the older format.
fn older(link: u32, packet: &[u8]) -> Vec<u8> {
    let mut capture = [0xa1b2_c3d4_u32.to_le_bytes(), [2, 0, 4, 0], [0; 4], [0; 4]].concat();
    capture.extend(
        [65_535, link, 1_700_000_000, 5, packet.len() as u32, packet.len() as u32]
            .iter()
            .flat_map(|word| word.to_le_bytes()),
    );
    capture.extend(packet);
    capture
}

/// A datagram from 10.0.0.1 to 10.0.0.2.
fn datagram() -> Vec<u8> {
    let header = [0x45, 0, 0, 32, 0, 1, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2];
    let udp = [0x9c, 0x40, 0x2e, 0xe0, 0, 12, 0, 0, b'h', b'o', b'l', b'a'];
    [&header[..], &udp].concat()
}

#[test]
fn a_capture_is_drawn_in_every_form() {
    let folder = Folder::new();
    fs::write(folder.path("one.pcap"), older(101, &datagram())).expect("a file");
    let outputs = ["one.txt", "one.svg", "one.html", "one.jsonl", "one.pcapng"];
    let mut words = vec!["draw".to_owned(), folder.word("one.pcap")];
    outputs.iter().for_each(|name| words.extend(["-o".to_owned(), folder.word(name)]));
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    assert_eq!(run(&mut socklab(&words)).exits(0).text(), "");
    for name in &outputs[..3] {
        let drawn = fs::read_to_string(folder.path(name)).expect("a drawing");
        for told in ["10.0.0.1", "10.0.0.2", "hola"] {
            assert!(drawn.contains(told), "{name}: {told}: {drawn}");
        }
    }
    // Again from what was written.
    for name in &outputs[3..] {
        let drawn = run(&mut socklab(&["draw", &folder.word(name)])).exits(0).text();
        assert!(drawn.contains("hola"), "{name}: {drawn}");
    }
    let redacted = folder.word("redacted.jsonl");
    run(&mut socklab(&["draw", "--redact", &folder.word("one.pcap"), "-o", &redacted])).exits(0);
    let text = fs::read_to_string(redacted).expect("a recording");
    assert!(!text.contains("hola") && text.contains("10.0.0.1"), "{text}");
}

#[test]
fn what_is_missing_of_a_capture_is_said() {
    let folder = Folder::new();
    let two = [older(101, &datagram()), older(101, &datagram())[24..].to_vec()].concat();
    fs::write(folder.path("cut.pcap"), &two[..two.len() - 3]).expect("a file");
    let ended =
        run(&mut socklab(&["draw", &folder.word("cut.pcap"), "-o", &folder.word("cut.jsonl")]));
    let said = ended.exits(0);
    assert!(said.errors.contains("ends within a packet, at byte 72"), "{said:?}");
    let read = reading(&folder.path("cut.jsonl"));
    let last = read.timeline.events.last().expect("events");
    assert!(
        matches!(&last.what, What::Notice(notice) if **notice == Notice::EndMissing),
        "{last:?}"
    );
    assert_eq!(frames(&read).count(), 1);
    let mut damaged = two.clone();
    damaged[72 + 11] = 0xff;
    fs::write(folder.path("damaged.pcap"), damaged).expect("a file");
    let said = run(&mut socklab(&["draw", &folder.word("damaged.pcap")])).exits(0);
    assert!(said.complaint().contains("damaged at byte 72"), "{said:?}");
}

#[test]
fn what_can_not_be_drawn_is_refused_with_its_reason() {
    let folder = Folder::new();
    let refused = |name: &str, bytes: &[u8]| {
        fs::write(folder.path(name), bytes).expect("a file");
        run(&mut socklab(&["draw", &folder.word(name)])).exits(1).errors
    };
    let wireless = refused("wireless.pcap", &older(105, &datagram()));
    assert!(wireless.contains("105 (IEEE 802.11)") && wireless.contains("Ethernet"), "{wireless}");
    let empty = refused("empty.pcap", &older(1, &datagram())[..24]);
    assert!(empty.contains("no packet"), "{empty}");
    let begun = refused("begun.pcap", &older(1, &datagram())[..30]);
    assert!(begun.contains("before its first packet"), "{begun}");
    let compressed = refused("it.pcap.gz", &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]);
    let path = folder.word("it.pcap.gz");
    assert!(
        compressed.contains("gzip")
            && compressed.contains(&format!("gunzip -c {path} | socklab draw -")),
        "{compressed}"
    );
}
