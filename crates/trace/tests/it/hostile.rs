//! Programs that make tracing hard: nothing hangs, panics, or is left behind.

use std::time::Duration;

use crate::tracees::{calls, lives, notices, prepare, quiet, record, record_one};
use socklab_event::{Args, Endpoint, Exit, Notice, Process, Signal};
use socklab_kernel::process;
use socklab_prerequisites::python;
use socklab_trace::{EndReason, Options, Tracer};

fn run_python(script: &str) -> (Vec<socklab_event::Event>, socklab_trace::Summary) {
    let python = python().expect("python3");
    record_one([&python, "-S", "-E", "-c", script])
}

#[test]
fn a_fork_bomb_within_limits() {
    // Three generations of four: 85 processes, each with a socket.
    let script = "
import os, socket
def bomb(depth):
    socket.socket().close()
    if depth == 0: return
    for _ in range(4):
        if os.fork() == 0:
            bomb(depth - 1)
            os._exit(0)
    for _ in range(4): os.wait()
bomb(3)
";
    let (events, outcome) = run_python(script);
    assert_eq!(outcome.commands[0].exit, Some(Exit::Code(0)));
    let count = |name: &str| calls(&events).filter(|call| call.name == name).count();
    assert_eq!(count("socket"), 85);
    assert_eq!(count("close"), 85);
    let ended = lives(&events).filter(|life| matches!(life, Process::Exit { .. })).count();
    assert_eq!(ended, 85);
}

#[test]
fn a_bomb_that_does_not_end_is_ended() {
    let script = "while :; do /bin/true & done";
    let options = Options::default().deadline(Duration::from_millis(500));
    let (_, outcome) = record(Tracer::new(options).command(quiet(["/bin/sh", "-c", script])));
    assert_eq!(outcome.end, EndReason::Deadline);
}

/// Processes that have this word among their arguments.
fn processes_with(word: &str) -> Vec<u32> {
    let mut processes = process::all().expect("/proc");
    processes.retain(|id| process::arguments(*id).0.iter().any(|argument| argument == word));
    processes
}

#[test]
fn children_whose_parents_are_killed_in_the_middle_of_fork_go_on() {
    let mut argv = match prepare("killed_forking.c", &[]) {
        Ok(argv) => argv,
        Err(needs) => return socklab_prerequisites::say_not_run("killed_forking.c", needs),
    };
    argv.push("150".into());
    let (events, outcome) = record_one(argv);
    assert_eq!((outcome.end, outcome.commands[0].exit), (EndReason::AllEnded, Some(Exit::Code(0))));
    let started = lives(&events).filter(|life| matches!(life, Process::Start { .. })).count();
    let ended = lives(&events).filter(|life| matches!(life, Process::Exit { .. })).count();
    assert!(started > 150 && started == ended, "{started} started, {ended} ended");
}

#[test]
fn nobody_is_left_behind_when_the_recording_ends_in_the_middle_of_forks() {
    let mut argv = match prepare("killed_forking.c", &[]) {
        Ok(argv) => argv,
        Err(needs) => return socklab_prerequisites::say_not_run("killed_forking.c", needs),
    };
    let word = format!("100000000{}", std::process::id());
    argv.push(word.clone().into());
    let options = Options::default().deadline(Duration::from_millis(500));
    let (events, outcome) = record(Tracer::new(options).command(quiet(argv)));
    assert_eq!(outcome.end, EndReason::Deadline);
    assert!(lives(&events).count() > 2);
    assert_eq!(processes_with(&word), Vec::<u32>::new());
}

#[test]
fn a_program_that_wants_another_tracer_is_refused() {
    // PTRACE_TRACEME: a process can have only one tracer. (And no other process may trace its
    // child.)
    let script = "
import ctypes, errno
libc = ctypes.CDLL(None, use_errno=True)
assert libc.ptrace(0, 0, 0, 0) == -1
assert ctypes.get_errno() == errno.EPERM
";
    let (_, outcome) = run_python(script);
    assert_eq!(outcome.commands[0].exit, Some(Exit::Code(0)));
}

#[test]
fn a_program_killed_in_the_middle_of_a_call() {
    let script = "
import os, signal, socket
server = socket.create_server(('127.0.0.1', 0))
child = os.fork()
if child == 0:
    server.accept()
def state():
    with open(f'/proc/{child}/stat') as stat:
        return stat.read().rsplit(')', 1)[1].split()[0]
while state() not in 'S': pass
os.kill(child, signal.SIGKILL)
assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
";
    let (events, outcome) = run_python(script);
    assert_eq!(outcome.commands[0].exit, Some(Exit::Code(0)));
    let accept = calls(&events).find(|call| call.name.starts_with("accept")).expect("an accept");
    assert_eq!(accept.outcome, socklab_event::Outcome::Unfinished);
    let killed = Process::Exit { status: Exit::Signal(Signal(libc::SIGKILL)) };
    assert!(lives(&events).any(|life| *life == killed));
    // Both processes had the listener, and both closes are reported, one of them as implicit.
    let implicit = calls(&events).filter(|call| call.implicit && call.args == Args::Close);
    assert!(implicit.count() >= 1);
}

#[test]
fn a_megabyte_of_arguments() {
    let long = "x".repeat(100 << 10);
    let many: Vec<String> = std::iter::repeat_n(long, 10).collect();
    let argv = ["/bin/true".to_owned()].into_iter().chain(many);
    let (events, outcome) = record_one(argv);
    assert_eq!(outcome.commands[0].exit, Some(Exit::Code(0)));
    let Some(Process::Start { argv, argv_omitted, .. }) = lives(&events).next() else {
        panic!("no start: {events:?}");
    };
    assert_eq!(argv.len() as u64 + argv_omitted, 11);
    assert!(argv.concat().len() <= 128 << 10);
}

#[test]
fn addresses_and_lengths_that_make_no_sense() {
    let script = "
import ctypes, socket
libc = ctypes.CDLL(None, use_errno=True)
fd = socket.socket().detach()
junk = ctypes.create_string_buffer(bytes(range(256)))
for pointer in (None, ctypes.c_void_p(1), ctypes.c_void_p(-1), junk):
    for length in (0, 1, 2, 3, 16, 128, 129, 4096, 2**31 - 1, -1):
        libc.bind(fd, pointer, length)
        libc.connect(fd, pointer, length)
        libc.sendto(fd, pointer, ctypes.c_size_t(length), 0xffffff, pointer, length)
        libc.recvfrom(fd, pointer, ctypes.c_size_t(length), 64, pointer, pointer)
        libc.sendmsg(fd, pointer, 64)
        libc.recvmsg(fd, pointer, 64)
        libc.recvmmsg(fd, pointer, length, 64, None)
        libc.sendmmsg(fd, pointer, length, 64)
        libc.setsockopt(fd, length, length, pointer, length)
        libc.getsockopt(fd, length, length, pointer, pointer)
        libc.getsockname(fd, pointer, pointer)
        libc.poll(pointer, ctypes.c_ulong(min(length, 3)), 0)
        libc.readv(fd, pointer, length)
        libc.accept4(fd, pointer, pointer, length)
    libc.socketpair(1, 1, 0, pointer)
";
    let (events, outcome) = run_python(script);
    assert_eq!(outcome.commands[0].exit, Some(Exit::Code(0)), "{outcome:?}");
    let invalid = calls(&events)
        .filter(|call| matches!(call.args, Args::Connect { address: Endpoint::Invalid { .. } }));
    assert!(invalid.count() > 10);
}

#[test]
fn a_program_that_closes_its_streams_and_everything_else() {
    let script = "
import os, socket
one, two = socket.socketpair()
os.closerange(0, 3)
one.send(b'quiet')
assert two.recv(9) == b'quiet'
os.closerange(0, 10000)
";
    let (events, outcome) = run_python(script);
    assert_eq!(outcome.commands[0].exit, Some(Exit::Code(0)));
    let closes: Vec<_> = calls(&events).filter(|call| call.args == Args::Close).collect();
    let closed = closes.iter().filter(|call| call.is_close()).count();
    // The interpreter closes the two again when it ends.
    assert_eq!((closed, closes.len()), (2, 4), "{closes:?}");
}

#[test]
fn a_sandbox_of_its_own_does_not_hide_calls_nor_is_the_program_killed() {
    let Ok(argv) = prepare("own_filter.c", &[]) else {
        return socklab_prerequisites::say_not_run("own_filter.c", "cc");
    };
    let (events, outcome) = record_one(argv);
    assert_eq!(outcome.commands[0].exit, Some(Exit::Code(0)));
    assert!(notices(&events).any(|notice| *notice == Notice::OwnFilter));
    let names: Vec<_> = calls(&events).map(|call| call.name.to_string()).collect();
    assert_eq!(names, ["socketpair", "write", "read", "listen", "close", "close"]);
}

#[test]
fn our_filters_are_not_taken_for_those_of_the_program() {
    // Recording standard streams needs another filter besides the one every program gets.
    let options = Options::default().stdio(true);
    let (events, outcome) = record(Tracer::new(options).command(quiet(["/bin/sh", "-c", "echo"])));
    assert_eq!(outcome.commands[0].exit, Some(Exit::Code(0)));
    let said: Vec<_> = notices(&events).collect();
    assert!(said.is_empty(), "{said:?}");
}

#[test]
fn thirty_two_bit_calls_are_noticed() {
    // int 0x80 from a 64-bit program is a call of the 32-bit ABI: socketcall(SYS_SOCKET).
    let argv = match prepare("int80.c", &[]) {
        Ok(argv) => argv,
        Err(needs) => return socklab_prerequisites::say_not_run("int80.c", needs),
    };
    let (events, outcome) = record_one(argv);
    match outcome.commands[0].exit {
        Some(Exit::Code(0)) => {
            let abi = "i386 (32-bit)".to_owned();
            let noticed = notices(&events)
                .filter(|notice| **notice == Notice::ForeignAbi { abi: abi.clone() });
            assert_eq!(noticed.count(), 1);
        }
        _ => socklab_prerequisites::say_not_run("int80.c", "a kernel with 32-bit calls"),
    }
}

#[test]
fn a_command_starts_after_a_server_whose_calls_cannot_be_decoded() {
    let argv = match prepare("listens80.c", &[]) {
        Ok(argv) => argv,
        Err(needs) => return socklab_prerequisites::say_not_run("listens80.c", needs),
    };
    let options = crate::tracees::options().finish(socklab_trace::Finish::LastEnded);
    let tracer = Tracer::new(options).command(quiet(argv)).command(quiet(["true"]));
    let (events, outcome) = record(tracer);
    if outcome.commands[0].exit == Some(Exit::Code(77)) {
        return socklab_prerequisites::say_not_run("listens80.c", "a kernel with 32-bit calls");
    }
    assert_eq!(
        (outcome.end, outcome.commands[1].exit),
        (EndReason::LastEnded, Some(Exit::Code(0)))
    );
    assert!(notices(&events).any(|notice| matches!(notice, Notice::ForeignAbi { .. })));
}

#[test]
fn children_made_with_clone_untraced_are_followed() {
    let argv = match prepare("untraced.c", &[]) {
        Ok(argv) => argv,
        Err(needs) => return socklab_prerequisites::say_not_run("untraced.c", needs),
    };
    let (events, outcome) = record_one(argv);
    assert_eq!(outcome.commands[0].exit, Some(Exit::Code(0)));
    let pairs = calls(&events).filter(|call| call.name == "socketpair" && call.value() == Some(0));
    assert_eq!(pairs.count(), 2);
}
