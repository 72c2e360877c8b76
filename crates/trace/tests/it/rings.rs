//! What is said of programs that use io_uring.

use std::path::PathBuf;

use socklab_event::Notice;
use socklab_prerequisites::{find, need, not_run};

use crate::tracees::{calls, notices, prepare, record_one};

/// Whether the notice came, and how sure it was; `None` if this kernel gives no rings.
fn told(what: &str) -> Option<Vec<bool>> {
    let mut argv = prepare("ring.c", &[]).unwrap_or_else(|needs| panic!("ring.c needs {needs}"));
    argv.push(what.into());
    let (events, summary) = record_one(argv);
    let call = calls(&events).find(|call| call.name == "io_uring_setup").expect("the call");
    if summary.shell_code() == 77 && call.value().is_none() {
        return None;
    }
    assert_eq!(summary.shell_code(), 0);
    let told = notices(&events).filter_map(|notice| match notice {
        Notice::IoUring { sure } => Some(*sure),
        _ => None,
    });
    Some(told.collect())
}

#[test]
fn only_rings_that_carry_socket_operations_are_told() {
    if find("cc").is_none() {
        not_run!("cc");
    }
    let Some(sockets) = told("sockets") else { not_run!("a kernel that allows io_uring") };
    assert_eq!(sockets, [true]);
    assert_eq!(told("files"), Some(Vec::new()));
    assert_eq!(told("nothing"), Some(Vec::new()));
    assert_eq!(told("much"), Some(vec![false]), "most of it was overwritten before anybody looked");
}

#[test]
fn a_node_server_whose_calls_were_seen_gets_no_notice() {
    let node = PathBuf::from(need!("node"));
    let script = "
const net = require('net');
const server = net.createServer(socket => socket.pipe(socket)).listen(0, '127.0.0.1', () => {
  const client = net.connect(server.address().port, '127.0.0.1', () => client.end('hola'));
  client.on('data', data => console.log(String(data))).on('close', () => server.close());
});
require('fs').readFile('/etc/hostname', () => {});
";
    let (events, summary) = record_one([node.into_os_string(), "-e".into(), script.into()]);
    assert_eq!(summary.shell_code(), 0);
    assert!(calls(&events).any(|call| call.name == "accept4"));
    let rings: Vec<_> =
        notices(&events).filter(|notice| matches!(notice, Notice::IoUring { .. })).collect();
    assert!(rings.is_empty(), "{rings:?}");
}
