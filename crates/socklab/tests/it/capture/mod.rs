//! Captures from outside: those of tcpdump, dumpcap, editcap and mergecap are read as tshark reads them,
//! and tshark finds nothing wrong with ours.

mod ours;
mod theirs;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use socklab_event::{Event, Frame, Reading, Transport};

use crate::stage::{program, run};

/// A folder for captures.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn word(&self, name: &str) -> String {
        self.path(name).to_str().expect("UTF-8").to_owned()
    }
}

/// tshark, with nobody's settings but its own.
fn tshark(tshark: &str, words: &[&str]) -> Command {
    let mut command = program(tshark);
    command.env("HOME", "/nonexistent").env("XDG_CONFIG_HOME", "/nonexistent").args(words);
    command
}

/// The fields of each packet that tshark names, each only where it comes first.
fn fields(tool: &str, capture: &Path, names: &[&str]) -> Vec<Vec<String>> {
    let path = capture.to_str().expect("UTF-8");
    let mut words =
        vec!["-n", "-r", path, "-T", "fields", "-E", "occurrence=f", "-E", "separator=|"];
    words.extend(["-o", "tcp.relative_sequence_numbers:FALSE", "-o", "ip.defragment:FALSE"]);
    words.extend(["-o", "ipv6.defragment:FALSE"]);
    names.iter().for_each(|name| words.extend(["-e", name]));
    let said = run(&mut tshark(tool, &words)).exits(0).text();
    said.lines().map(|line| line.split('|').map(str::to_owned).collect()).collect()
}

fn reading(path: &Path) -> Reading {
    let text = fs::read(path).expect("a recording");
    socklab_event::read(&text[..]).expect("a timeline")
}

fn frames(reading: &Reading) -> impl Iterator<Item = (&Event, &Frame)> {
    reading.timeline.events.iter().filter_map(|event| Some((event, event.frame()?)))
}

/// What tshark is asked about each packet, to compare it with what we say.
const NAMES: [&str; 15] = [
    "frame.time_epoch",
    "frame.len",
    "ip.src",
    "ipv6.src",
    "ip.dst",
    "ipv6.dst",
    "tcp.srcport",
    "udp.srcport",
    "tcp.flags",
    "tcp.seq",
    "tcp.ack",
    "tcp.window_size_value",
    "tcp.len",
    "icmp.type",
    "icmpv6.type",
];

/// What we say about a packet, in tshark's words. `None` of a field: tshark may say anything.
fn as_tshark_says(epoch: u64, event: &Event, frame: &Frame) -> Vec<Option<String>> {
    let at = event.at + epoch;
    let mut said = vec![None; NAMES.len()];
    let mut say = |name: &str, value: String| {
        let place = NAMES.iter().position(|one| *one == name).expect("a name of the list");
        said[place] = Some(value);
    };
    say("frame.time_epoch", format!("{}.{:09}", at / 1_000_000_000, at % 1_000_000_000));
    let Some(headers) = &frame.headers else { return said };
    let (source, port) = headers.source.ip_port().expect("an address");
    let (destination, _) = headers.destination.ip_port().expect("an address");
    let six = if source.is_ipv6() { "ipv6" } else { "ip" };
    if !matches!(headers.transport, Transport::Neighbour { .. }) || source.is_ipv6() {
        say(&format!("{six}.src"), source.to_string());
        say(&format!("{six}.dst"), destination.to_string());
    }
    match &headers.transport {
        Transport::Tcp { flags, sequence, acknowledgement, window, .. } => {
            let names = ["FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR"];
            let bits = names.iter().enumerate().filter(|(_, name)| flags.has(name));
            let bits: u32 = bits.map(|(bit, _)| 1 << bit).sum();
            say("tcp.srcport", port.to_string());
            say("tcp.flags", format!("0x{bits:04x}"));
            say("tcp.seq", sequence.to_string());
            say("tcp.ack", acknowledgement.to_string());
            say("tcp.window_size_value", window.to_string());
            say("tcp.len", headers.payload.total.to_string());
        }
        Transport::Udp => say("udp.srcport", port.to_string()),
        Transport::Icmp { kind, .. } => {
            let name = if source.is_ipv6() { "icmpv6.type" } else { "icmp.type" };
            say(name, kind.to_string());
        }
        _ => {}
    }
    said
}
