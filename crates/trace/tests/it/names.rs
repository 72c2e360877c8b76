//! Names of numbers, compared with strace's.

use std::process::Command;

use socklab_event::Args;
use socklab_prerequisites::{find, not_run, python};

use crate::tracees::{calls, record_one};

/// Makes sockets of these families, with the first protocols of each, and those of IP that have higher
/// numbers. That some of them fail does not matter.
const SCRIPT: &str = "
import socket
higher = (41, 46, 47, 50, 51, 58, 92, 94, 98, 103, 108, 115, 132, 136, 137, 143, 255, 256, 262)
for family in (socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK, socket.AF_UNIX):
    for protocol in (*range(40), *higher):
        for kind in (socket.SOCK_RAW, socket.SOCK_STREAM):
            try: socket.socket(family, kind, protocol).close()
            except OSError: pass
";

#[test]
fn protocols_are_named_after_their_family() {
    let (Some(python), Some(strace)) = (python(), find("strace")) else {
        not_run!("strace, python3")
    };
    let argv = [&python, "-S", "-E", "-c", SCRIPT];
    let output = Command::new(strace)
        .args(["-q", "-e", "trace=socket", "-e", "signal=none"])
        .args(argv)
        .output()
        .expect("strace runs");
    let theirs = String::from_utf8_lossy(&output.stderr).into_owned();
    let theirs: Vec<(&str, &str)> = theirs
        .lines()
        .filter_map(|line| {
            let arguments = line.strip_prefix("socket(")?.split_once(')')?.0;
            let mut arguments = arguments.split(", ");
            Some((arguments.next()?, arguments.nth(1)?))
        })
        .collect();
    let (events, _) = record_one(argv);
    let ours: Vec<_> = calls(&events)
        .filter_map(|call| match call.args {
            Args::Socket { family, protocol, .. } => Some((family, protocol)),
            _ => None,
        })
        .collect();
    assert_eq!(ours.len(), theirs.len());
    let mut named = 0;
    for ((family, protocol), (their_family, their_name)) in ours.into_iter().zip(theirs) {
        assert!(their_family.starts_with(&family.to_string()), "{family} {their_family}");
        // "0x9 /* IPPROTO_??? */"
        match their_name.strip_prefix("0x").and_then(|rest| rest.split(' ').next()) {
            Some(digits) => {
                assert_eq!(Ok(protocol.number()), i32::from_str_radix(digits, 16), "{their_name}");
            }
            None => {
                assert_eq!(protocol.to_string(), their_name, "{family}");
                named += 1;
            }
        }
    }
    assert!(named > 100, "only {named} names compared");
}
