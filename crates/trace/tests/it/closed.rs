//! Calls on the numbers of sockets that were closed.

use std::ffi::OsString;

use socklab_event::{Args, Errno, Event};
use socklab_prerequisites::{find, not_run, python};

use crate::tracees::strace;
use crate::tracees::{calls, prepare, record_one};

/// The calls that failed with EBADF, sorted: name and descriptor.
fn refused(events: &[Event]) -> Vec<(String, Option<i64>)> {
    let refused = calls(events).filter(|call| call.error() == Some(Errno::EBADF));
    let mut refused: Vec<_> = refused
        .map(|call| {
            let takes_fd = !matches!(call.args, Args::Poll { .. });
            (call.name.to_string(), call.fd.map(i64::from).filter(|_| takes_fd))
        })
        .collect();
    refused.sort();
    refused
}

fn compare(argv: Vec<OsString>, at_least: usize) {
    if find("strace").is_none() {
        not_run!("strace");
    }
    let theirs = strace::refused(&argv, &python().unwrap_or_default());
    let (events, summary) = record_one(argv);
    assert_eq!(summary.shell_code(), 0);
    assert_eq!(refused(&events), theirs);
    assert!(theirs.len() >= at_least, "{theirs:?}");
    // What the file answered that got one of the numbers is none of our business.
    let succeeded = |call: &&socklab_event::Call| call.value().is_some() && call.socket.is_none();
    let on_files: Vec<_> = calls(&events).filter(succeeded).collect();
    assert!(on_files.is_empty(), "{on_files:?}");
}

#[test]
fn every_call_on_a_closed_socket_is_recorded() {
    match prepare("closed.c", &["-D_FORTIFY_SOURCE=0"]) {
        Ok(argv) => compare(argv, 17),
        Err(needs) => not_run!(needs),
    }
}

#[test]
fn a_script_that_closes_its_socket_twice_is_told() {
    let Some(python) = python() else { not_run!("python3") };
    let script = "import os, socket\n\
                  a, b = socket.socketpair()\n\
                  for call in (os.close, lambda n: os.write(n, b'x'), lambda n: os.read(n, 1)):\n \
                  fd = a.detach() if a.fileno() >= 0 else fd\n \
                  for _ in range(2):\n  \
                  try: call(fd)\n  \
                  except OSError as error: pass\n";
    let argv = [python.as_str(), "-S", "-E", "-c", script];
    compare(argv.iter().map(OsString::from).collect(), 5);
}
