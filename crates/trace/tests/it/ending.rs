//! The end of a recording leaves programs alone: who works is waited for, everybody else is asked to
//! end before being killed.

use std::cell::RefCell;
use std::ffi::OsString;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::tracees::{lives, options, quiet, record};
use socklab_event::{Event, Exit, Process, Signal};
use socklab_trace::{Awaiting, Does, EndReason, Ending, Finish, Summary, Tracer};

/// What the servers below begin with: `server` listens on a Unix socket, `done` writes the result.
const SERVER: &str = "
import os, signal, socket, sys, threading, time
path, result = sys.argv[1], sys.argv[2]
def done(text='done'):
    with open(result, 'w') as file: file.write(text)
server = socket.socket(socket.AF_UNIX)
server.bind(path)
server.listen(5)
def job():
    connection, _ = server.accept()
    while connection.recv(100): pass
    connection.close()
";

const CLIENT: &str = "
import socket, sys
client = socket.socket(socket.AF_UNIX)
client.connect(sys.argv[1])
client.send(b'job')
";

/// A server and its client, and what came of them.
struct Pair {
    events: Vec<Event>,
    outcome: Summary,
    /// What the server wrote into its result file.
    result: Option<String>,
    /// Whether the path of the server's socket is still there.
    path: bool,
    took: Duration,
    awaited: Vec<Awaiting>,
}

const PATIENT: Duration = Duration::from_secs(30);

/// Runs a server with this script, and a client that sends a job and leaves.
fn pair(script: &str, grace: Duration, skip: bool) -> Pair {
    let python = socklab_prerequisites::python().expect("python3");
    let folder = tempfile::tempdir().expect("a folder");
    let [path, result]: [PathBuf; 2] = ["socket", "result"].map(|name| folder.path().join(name));
    let program = |script: String| {
        let words = [python.clone().into(), "-S".into(), "-E".into(), "-c".into(), script.into()];
        let words: Vec<OsString> = words.into();
        quiet([words, vec![path.clone().into(), result.clone().into()]].concat())
    };
    let options = options().finish(Finish::LastEnded).ending(Ending::Gentle { grace });
    let awaited = Rc::new(RefCell::new(Vec::new()));
    let tracer = Tracer::new(options)
        .command(program(format!("{SERVER}{script}")))
        .command(program(CLIENT.to_owned()));
    let (told, handle) = (Rc::clone(&awaited), tracer.handle());
    let tracer = tracer.on_awaiting(move |awaiting| {
        told.borrow_mut().push(awaiting.clone());
        if skip {
            handle.skip();
        }
    });
    let began = Instant::now();
    let (events, outcome) = record(tracer);
    Pair {
        took: began.elapsed(),
        events,
        outcome,
        result: std::fs::read_to_string(&result).ok(),
        path: path.exists(),
        awaited: awaited.take(),
    }
}

impl Pair {
    /// The signals with which the recorder ended programs.
    fn signals(&self) -> Vec<i32> {
        let signals = lives(&self.events).filter_map(|life| match life {
            Process::EndedByRecorder { signal } => Some(signal.0),
            _ => None,
        });
        signals.collect()
    }

    /// How the server ended.
    fn exit(&self) -> Option<Exit> {
        self.outcome.commands[0].exit
    }
}

const TERMINATED: Option<Exit> = Some(Exit::Signal(Signal(libc::SIGTERM)));

#[test]
fn a_server_that_only_waits_is_ended_at_once() {
    for waits in [
        // In accept; in accept with a time limit; in a poll with one, over and over.
        "job(); server.accept()",
        "server.settimeout(0.5)\njob()\nwhile True:\n try: server.accept()\n except OSError: pass",
        "import select
loop = select.poll(); loop.register(server)
while True:
    if loop.poll(500): job()",
        // A main thread that sleeps for ever, in small steps.
        "def loop():
    while True: job()
threading.Thread(target=loop, daemon=True).start()
while True: time.sleep(3600)",
    ] {
        let pair = pair(waits, PATIENT, false);
        assert_eq!(pair.outcome.end, EndReason::LastEnded);
        assert_eq!((pair.exit(), pair.signals()), (TERMINATED, vec![libc::SIGTERM]), "{waits}");
        assert!(pair.awaited.is_empty() && pair.took < PATIENT / 3, "{waits}: {:?}", pair.took);
    }
}

#[test]
fn a_server_at_work_is_waited_for() {
    for work in [
        "job(); time.sleep(1.5); done(); server.accept()",
        // It computes.
        "job()
end = time.monotonic() + 1.5
while time.monotonic() < end: pass
done(); server.accept()",
        // Ten short sleeps; another thread works; a child works.
        "job()\nfor _ in range(10): time.sleep(0.1)\ndone(); server.accept()",
        "def work(): time.sleep(1.2); done()
job(); threading.Thread(target=work).start(); server.accept()",
        "job()
if os.fork() == 0:
    time.sleep(1.2); done(); os._exit(0)
server.accept()",
        // An event loop with a timer.
        "import asyncio
async def serve(reader, writer):
    await reader.read(); writer.close(); await asyncio.sleep(1.2); done()
async def main():
    async with await asyncio.start_unix_server(serve, sock=server): await asyncio.Event().wait()
asyncio.run(main())",
    ] {
        let pair = pair(work, PATIENT, false);
        assert_eq!(pair.result.as_deref(), Some("done"), "{work}");
        assert_eq!((pair.exit(), pair.signals()), (TERMINATED, vec![libc::SIGTERM]), "{work}");
        assert!(pair.took < PATIENT, "{work}");
    }
}

#[test]
fn who_is_waited_for_is_told_and_can_be_skipped() {
    let pair = pair("job(); time.sleep(20); done()", PATIENT, true);
    assert_eq!((pair.result.as_deref(), pair.exit()), (None, TERMINATED));
    let [awaiting] = pair.awaited.as_slice() else { panic!("{:?}", pair.awaited) };
    assert_eq!(awaiting.signalled, None);
    assert!(matches!(awaiting.processes[0].does, Does::Sleeps { .. }), "{awaiting:?}");
    assert_eq!(awaiting.processes[0].process, pair.outcome.commands[0].process);
}

#[test]
fn sigterm_can_be_handled() {
    let handles = "
def on_term(*_):
    os.unlink(path); done('ended'); sys.exit(0)
signal.signal(signal.SIGTERM, on_term)
job(); server.accept()";
    let pair = pair(handles, PATIENT, false);
    assert_eq!((pair.result.as_deref(), pair.path), (Some("ended"), false));
    assert_eq!((pair.exit(), pair.signals()), (Some(Exit::Code(0)), vec![libc::SIGTERM]));
}

#[test]
fn who_ignores_sigterm_is_killed_after_the_grace_period() {
    let ignores = "signal.signal(signal.SIGTERM, signal.SIG_IGN); job(); server.accept()";
    let pair = pair(ignores, Duration::from_millis(300), false);
    assert_eq!(pair.exit(), Some(Exit::Signal(Signal(libc::SIGKILL))));
    assert_eq!(pair.signals(), [libc::SIGTERM, libc::SIGKILL]);
    assert!(pair.took >= Duration::from_millis(300));
}

#[test]
fn without_a_grace_period_everybody_is_killed_at_once() {
    let pair = pair("job(); time.sleep(20); done()", Duration::ZERO, false);
    assert_eq!(pair.exit(), Some(Exit::Signal(Signal(libc::SIGKILL))));
    assert_eq!((pair.result.as_deref(), pair.signals()), (None, vec![libc::SIGKILL]));
}

#[test]
fn a_master_ends_its_workers_itself() {
    let prefork = "
workers = []
def on_term(*_):
    for worker in workers: os.kill(worker, signal.SIGTERM)
    for worker in workers: os.waitpid(worker, 0)
    done('all'); sys.exit(0)
for _ in range(3):
    worker = os.fork()
    if worker == 0:
        while True: job()
    workers.append(worker)
signal.signal(signal.SIGTERM, on_term)
while True: signal.pause()";
    let pair = pair(prefork, PATIENT, false);
    assert_eq!((pair.result.as_deref(), pair.exit()), (Some("all"), Some(Exit::Code(0))));
    assert_eq!(pair.signals(), [libc::SIGTERM], "the workers got theirs from their master");
}

#[test]
fn the_deadline_begins_with_sigterm() {
    let script = "trap 'exit 9' TERM; while :; do sleep 0.05; done";
    let gentle = Ending::Gentle { grace: PATIENT };
    let options = options().deadline(Duration::from_secs(2)).ending(gentle);
    let (_, outcome) = record(Tracer::new(options).command(quiet(["/bin/sh", "-c", script])));
    assert_eq!(outcome.end, EndReason::Deadline);
    assert_eq!(outcome.commands[0].exit, Some(Exit::Code(9)));
}
