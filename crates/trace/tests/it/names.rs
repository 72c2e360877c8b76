//! Names of numbers, compared with strace's.

use std::path::Path;
use std::process::Command;

use socklab_event::{Args, Control, OptionValue};
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

/// What strace says about these calls of a program.
fn stderr_of_strace(strace: &Path, calls: &str, argv: &[&str]) -> String {
    let only = format!("trace={calls}");
    let output = Command::new(strace)
        .args(["-q", "-e", &only, "-e", "signal=none"])
        .args(argv)
        .output()
        .expect("strace runs");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn protocols_are_named_after_their_family() {
    let (Some(python), Some(strace)) = (python(), find("strace")) else {
        not_run!("strace, python3")
    };
    let argv = [&python, "-S", "-E", "-c", SCRIPT];
    let theirs = stderr_of_strace(&strace, "socket", &argv);
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

/// Receives a datagram with a time stamp, its TTL and type of service, and where it came in; and the
/// error of one that was refused.
const ANCILLARY: &str = "
import socket
for stamp in (29, 35, 63, 64):
    server = socket.socket(type=socket.SOCK_DGRAM)
    server.bind(('127.0.0.1', 0))
    server.setsockopt(socket.SOL_SOCKET, stamp, 1)
    for option in (8, 12, 13):
        server.setsockopt(socket.IPPROTO_IP, option, 1)
    client = socket.socket(type=socket.SOCK_DGRAM)
    client.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, stamp)
    client.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, 16)
    client.sendto(b'x', server.getsockname())
    server.recvmsg(9, 999)
client.setsockopt(socket.IPPROTO_IP, 11, 1)
client.connect(server.getsockname())
server.close()
client.send(b'x')
client.recvmsg(9, 999, socket.MSG_ERRQUEUE)
";

/// The kind of a piece of ancillary data and what it says, in strace's words.
fn in_their_words(control: &Control) -> (String, String) {
    let Control::Other { name: Some(name), value, .. } = control else { panic!("{control:?}") };
    let kind = match &**name {
        "SCM_TIMESTAMP" => "SO_TIMESTAMP_OLD",
        "SCM_TIMESTAMPNS" => "SO_TIMESTAMPNS_OLD",
        other => other,
    };
    let said = match (kind, value.as_ref().expect("a value")) {
        ("IP_TOS", OptionValue::Int(bits)) => format!("[{bits:#x}]"),
        (_, OptionValue::Int(number)) => format!("[{number}]"),
        // The two runs receive at different times.
        (_, OptionValue::Time(time)) => format!("{} digits", time.to_string().len()),
        ("IP_PKTINFO", OptionValue::Text(text)) => {
            let addresses =
                text.strip_prefix("interface 1, local ").expect("the loopback interface");
            let (local, to) = addresses.split_once(", to ").expect("two addresses");
            format!(
                r#"{{ipi_ifindex=if_nametoindex("lo"), ipi_spec_dst=inet_addr("{local}"), ipi_addr=inet_addr("{to}")}}"#
            )
        }
        ("IP_RECVERR", OptionValue::Text(text)) => {
            let renamed = text
                .replace("ECONNREFUSED, origin icmp", "{ee_errno=111, ee_origin=2")
                .replace(" type ", " ee_type=")
                .replace(" code ", " ee_code=")
                .replace(" info ", " ee_info=")
                .replace(" data ", " ee_data=");
            let (error, from) = renamed.split_once(", from ").expect("who reported it");
            format!(
                r#"{error}, offender={{sa_family=AF_INET, sin_port=htons(0), sin_addr=inet_addr("{from}")}}}}"#
            )
        }
        other => panic!("{other:?}"),
    };
    (kind.to_owned(), said)
}

#[test]
fn ancillary_data_is_decoded_as_strace_does() {
    let (Some(python), Some(strace)) = (python(), find("strace")) else {
        not_run!("strace, python3")
    };
    let argv = [&python, "-S", "-E", "-c", ANCILLARY];
    let theirs = stderr_of_strace(&strace, "recvmsg", &argv);
    let pieces = theirs.split("cmsg_type=").skip(1);
    let theirs: Vec<(String, String)> = pieces
        .map(|piece| {
            let (kind, rest) = piece.split_once(", cmsg_data=").expect("a value");
            let ends = rest.find("}, {cmsg_len").or_else(|| rest.find("}], msg_controllen"));
            let said = &rest[..ends.expect("an end")];
            let said = match said.starts_with("{tv_sec=") {
                true => "19 digits".to_owned(),
                false => said.to_owned(),
            };
            (kind.to_owned(), said)
        })
        .collect();
    let (events, _) = record_one(argv);
    let ours: Vec<_> = calls(&events)
        .filter_map(|call| match &call.args {
            Args::Recv { control, .. } => Some(control),
            _ => None,
        })
        .flatten()
        .map(in_their_words)
        .collect();
    assert_eq!(ours, theirs);
    assert_eq!(ours.len(), 4 * 4 + 1);
}
