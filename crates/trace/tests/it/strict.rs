//! Programs that put themselves into seccomp's strict mode, which our filters would keep them from.

use std::ffi::OsString;
use std::io::Read as _;
use std::os::unix::process::ExitStatusExt as _;
use std::process;

use socklab_event::{Event, Exit, Notice, Signal};
use socklab_prerequisites::not_run;
use socklab_trace::{Options, Stdio, Tracer};

use crate::tracees::{calls, notices, options, prepare, quiet, record};

/// How a program ended and what it wrote, without the tracer.
fn untraced(argv: &[OsString]) -> (Exit, String) {
    let output = process::Command::new(&argv[0]).args(&argv[1..]).output().expect("it runs");
    let exit = match output.status.signal() {
        Some(signal) => Exit::Signal(Signal(signal)),
        None => Exit::Code(output.status.code().expect("an exit code")),
    };
    (exit, String::from_utf8(output.stdout).expect("text"))
}

fn traced(argv: &[OsString], options: Options) -> (Exit, String, Vec<Event>) {
    let (mut read, write) = std::io::pipe().expect("a pipe");
    let command = quiet(argv).stdout(Stdio::Fd(write.into()));
    let (events, summary) = record(Tracer::new(options).command(command));
    let mut output = String::new();
    read.read_to_string(&mut output).expect("text");
    (summary.commands[0].exit.expect("an end"), output, events)
}

/// Runs the program this way with and without the tracer, which must make no difference.
fn alike(way: &str, options: Options, expected: Exit) -> Option<Vec<Event>> {
    let mut argv = prepare("strict.c", &[]).ok()?;
    argv.push(way.into());
    let alone = untraced(&argv);
    assert_eq!(alone.0, expected, "{way}, untraced");
    let (exit, output, events) = traced(&argv, options);
    assert_eq!((exit, output), alone, "{way}");
    let refused = notices(&events).find(|notice| matches!(notice, Notice::StrictRefused { .. }));
    assert_eq!(refused, None, "{way}");
    Some(events)
}

const KILLED: Exit = Exit::Signal(Signal(libc::SIGKILL));

#[test]
fn strict_mode_does_what_it_does_untraced() {
    for (way, expected) in [
        ("prctl", Exit::Code(7)),
        ("seccomp", KILLED),
        ("thread", Exit::Code(0)),
        ("counter", Exit::Signal(Signal(libc::SIGSEGV))),
        // Untraced, these fail too.
        ("filtered", Exit::Code(6)),
        ("flags", Exit::Code(6)),
    ] {
        for options in [options(), options().every_call(true), options().stdio(true)] {
            if alike(way, options, expected).is_none() {
                not_run!("cc");
            }
        }
    }
}

#[test]
fn calls_in_strict_mode_are_recorded() {
    let Some(events) = alike("socket", options(), KILLED) else { not_run!("cc") };
    let count = |name: &str| calls(&events).filter(|call| call.name == name).count();
    // The denied call was never made.
    assert_eq!((count("write"), count("read")), (200, 200));
    let sent: Vec<_> = calls(&events).filter(|call| call.name == "sendto").collect();
    assert_eq!(sent.iter().filter(|call| call.value() == Some(6)).count(), 200);
    assert!(sent.iter().all(|call| call.error().is_none()), "{:?}", sent.last());
}

#[test]
fn a_program_that_cannot_be_given_strict_mode_is_named() {
    let Ok(mut argv) = prepare("strict.c", &[]) else { not_run!("cc") };
    argv.push("no-memory".into());
    assert_eq!(untraced(&argv).0, Exit::Code(0));
    let (exit, _, events) = traced(&argv, options());
    let refused = |notice: &Notice| matches!(notice, Notice::StrictRefused { .. });
    assert!(notices(&events).any(refused), "{events:?}");
    assert_eq!(exit, Exit::Code(2));
}
