//! The same programs under strace and under this tracer make the same calls with the same results.

use crate::tracees::strace::{self, ANY_CALLS, Line, SOCKET_CALLS, Threads};
use crate::tracees::{prepare, record_one};
use socklab_event::{Event, Outcome};
use socklab_prerequisites::{find, python, say_not_run};

/// How far two runs of a program can be compared.
#[derive(Clone, Copy, PartialEq)]
enum Alike {
    /// Every thread makes the same calls on the same descriptors in the same order.
    Exactly,
    /// The same, except that descriptor numbers depend on which thread is first.
    WithoutDescriptors,
    /// The same calls with the same results in any thread, except those that fail with EAGAIN or
    /// EINPROGRESS: the language's scheduler moves work between threads, and tries calls before
    /// they can succeed.
    AsASet,
}
use Alike::{AsASet, Exactly, WithoutDescriptors};

fn ours(events: &[Event]) -> Threads {
    let mut threads = Threads::new();
    for event in events {
        let Some(call) = event.call().filter(|call| !call.implicit) else {
            continue;
        };
        if !SOCKET_CALLS.contains(&&*call.name) && !ANY_CALLS.contains(&&*call.name) {
            continue;
        }
        let result = match call.outcome {
            Outcome::Value(value) => value.to_string(),
            Outcome::Error(errno) => errno.to_string(),
            Outcome::Unfinished => continue,
        };
        let fd = call.fd.map(i64::from).filter(|_| call.name != "splice");
        let line = (call.name.to_string(), fd, result);
        threads.entry(event.place.thread).or_default().push(line);
    }
    threads
}

/// The calls in a form that is the same in two runs: without descriptors that vary, and with
/// threads sorted by their calls.
fn normal(threads: Threads, alike: Alike) -> Vec<Vec<String>> {
    const MAKE_FDS: &[&str] = &["socket", "accept", "accept4", "dup", "fcntl"];
    let text = |(name, fd, result): Line| match (alike, fd) {
        (Exactly, Some(fd)) => format!("{name}({fd}) = {result}"),
        (Exactly, None) => format!("{name}() = {result}"),
        _ if MAKE_FDS.contains(&&*name) && !result.starts_with('E') => format!("{name} = fd"),
        _ => format!("{name} = {result}"),
    };
    let mut threads: Vec<Vec<String>> =
        threads.into_values().map(|lines| lines.into_iter().map(text).collect()).collect();
    if alike == AsASet {
        let mut all = threads.concat();
        all.retain(|line| !line.ends_with("EAGAIN") && !line.ends_with("EINPROGRESS"));
        all.sort();
        threads = vec![all];
    }
    threads.sort();
    threads
}

fn compare(name: &str, flags: &[&str], alike: Alike, at_least: usize) {
    let needs = match find("strace").is_some() {
        true => prepare(name, flags),
        false => Err("strace"),
    };
    let argv = match needs {
        Ok(argv) => argv,
        Err(needs) => return say_not_run(name, needs),
    };
    let theirs = normal(strace::run(&argv, &python().unwrap_or_default()), alike);
    let (events, outcome) = record_one(argv);
    let code = outcome.commands[0].exit.map(socklab_event::Exit::shell_code);
    assert!(code.is_some_and(|code| code == 0 || code == 7), "{name}: {outcome:?}");
    let ours = normal(ours(&events), alike);
    let count: usize = theirs.iter().map(Vec::len).sum();
    assert!(count >= at_least, "{name}: only {count} calls compared");
    assert_eq!(theirs.len(), ours.len(), "{name}: threads\n{theirs:#?}\n{ours:#?}");
    for (theirs, ours) in theirs.iter().zip(&ours) {
        let same = theirs.iter().zip(ours).take_while(|(a, b)| a == b).count();
        assert_eq!(theirs, ours, "{name}: alike up to call {same}");
    }
    println!("{name}: {count} calls alike");
}

macro_rules! corpus {
    ($($test:ident: $name:literal $flags:expr, $alike:ident, $at_least:literal;)*) => {
        $(#[test]
        fn $test() {
            compare($name, &$flags, $alike, $at_least);
        })*
    };
}

corpus! {
    python_tcp: "tcp_pair.py" [], WithoutDescriptors, 15;
    python_udp: "udp_pair.py" [], Exactly, 15;
    python_errors: "errors.py" [], Exactly, 30;
    python_forking: "forking.py" [], Exactly, 30;
    python_threading: "threading_server.py" [], WithoutDescriptors, 40;
    python_asyncio: "asyncio_echo.py" [], AsASet, 30;
    python_spawning: "spawning.py" [], Exactly, 8;
    python_unix: "unix_sockets.py" [], Exactly, 15;
    c_messages: "messages.c" [], Exactly, 20;
    c_messages_static: "messages.c" ["-static"], Exactly, 20;
    c_descriptors: "descriptors.c" [], Exactly, 18;
    c_epoll: "epoll_server.c" [], WithoutDescriptors, 40;
    c_signals: "signals.c" [], Exactly, 5;
    c_threads: "threads.c" [], WithoutDescriptors, 2080;
    c_exec_from_thread: "exec_thread.c" [], Exactly, 3;
    c_own_filter: "own_filter.c" [], Exactly, 4;
    rust_std: "echo.rs" [], WithoutDescriptors, 30;
    go_net: "echo.go" [], AsASet, 30;
}

#[test]
fn shell_with_curl() {
    match find("curl").is_some() {
        true => compare("http.sh", &[], AsASet, 10),
        false => say_not_run("http.sh", "curl"),
    }
}

#[test]
fn shell_with_ncat() {
    match find("ncat").is_some() {
        true => compare("ncat.sh", &[], AsASet, 6),
        false => say_not_run("ncat.sh", "ncat"),
    }
}
