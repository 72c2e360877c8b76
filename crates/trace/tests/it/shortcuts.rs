//! Results that the program stores itself are those that a stop would have shown.

use std::io::Read;

use crate::tracees::{calls, options, prepare, quiet, record};
use socklab_event::{Args, Errno, Event, Exit, Outcome};
use socklab_trace::{Options, Stdio, Tracer};

/// Runs a tracee; returns its events and its output.
fn run(name: &str, options: Options) -> Option<(Vec<Event>, String)> {
    let argv = match prepare(name, &[]) {
        Ok(argv) => argv,
        Err(needs) => {
            socklab_prerequisites::say_not_run(name, needs);
            return None;
        }
    };
    let (mut read, write) = std::io::pipe().expect("a pipe");
    let command = quiet(argv).stdout(Stdio::Fd(write.into()));
    let (events, outcome) = record(Tracer::new(options).command(command));
    assert_eq!(outcome.commands[0].exit, Some(Exit::Code(0)), "{outcome:?}");
    let mut output = String::new();
    read.read_to_string(&mut output).expect("its output");
    Some((events, output))
}

#[test]
fn a_storm_of_signals_loses_no_call_and_adds_none() {
    for shortcuts in [true, false] {
        let Some((events, output)) = run("storm.c", options().shortcuts(shortcuts)) else {
            return;
        };
        let mut lines = output.lines();
        let received: i64 = lines.next().expect("a line").parse().expect("a number");
        let counts: Vec<i64> = lines
            .next()
            .expect("two")
            .split(' ')
            .map(|word| word.parse().expect("a number"))
            .collect();
        let sends: Vec<_> =
            calls(&events).filter(|call| matches!(call.args, Args::Send { .. })).collect();
        let values: Vec<i64> = sends.iter().filter_map(|call| call.value()).collect();
        let interrupted = sends.iter().filter(|call| call.error() == Some(Errno::EINTR)).count();
        let told = [values.iter().sum(), values.len() as i64, interrupted as i64];
        assert_eq!(counts, told, "shortcuts: {shortcuts}");
        assert_eq!(counts[0], received);
        assert!(sends.iter().all(|call| call.outcome != Outcome::Unfinished));
        assert!(sends.iter().all(|call| call.began <= call.ended));
        let bytes = sends.iter().filter_map(|call| call.bytes());
        assert!(bytes.zip(&sends).all(|(bytes, call)| {
            call.value().is_none_or(|value| bytes.total == value.cast_unsigned())
        }));
    }
}

#[test]
fn a_send_right_before_exec_or_exit_is_not_lost() {
    let Some(python) = socklab_prerequisites::python() else {
        return socklab_prerequisites::say_not_run("exec", "python3");
    };
    let script = "
import os, socket, sys
one, two = socket.socketpair()
for turn in range(40):
    one.send(b'%02d' % turn)
if len(sys.argv) > 1:
    os._exit(0)
one.send(b'last')
os.execv(sys.executable, [sys.executable, '-S', '-E', '-c', os.environ['SCRIPT'], 'again'])
";
    let command = quiet([&python, "-S", "-E", "-c", script]).env("SCRIPT", script);
    let (events, outcome) = record(Tracer::new(options()).command(command));
    assert_eq!(outcome.commands[0].exit, Some(Exit::Code(0)));
    let sends: Vec<_> = calls(&events)
        .filter(|call| matches!(call.args, Args::Send { .. }))
        .map(|call| (call.value(), call.bytes().expect("bytes").to_string()))
        .collect();
    assert_eq!(sends.len(), 81, "{sends:?}");
    assert!(sends.contains(&(Some(4), "last".to_owned())));
    assert!(sends.iter().all(|(value, _)| value.is_some()));
}

#[test]
fn times_are_those_a_stop_would_have_shown() {
    let Some((events, _)) = run("storm.c", options()) else { return };
    // The calls of a thread do not overlap.
    let sender = events[0].place.thread;
    let spans: Vec<_> = events
        .iter()
        .filter(|event| event.place.thread == sender)
        .filter_map(Event::call)
        .filter(|call| !call.implicit)
        .map(|call| (call.began, call.ended))
        .collect();
    assert!(spans.len() > 2000);
    let mut sorted = spans.clone();
    sorted.sort_unstable();
    assert!(sorted.windows(2).all(|pair| pair[0].1 <= pair[1].0), "calls overlap");
}
