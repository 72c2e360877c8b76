//! A program behaves the same under the tracer as without it.

use std::fs::Permissions;
use std::io::Read;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process;
use std::time::{Duration, Instant};

use crate::tracees::{lives, options, quiet, record, record_one};
use socklab_event::{Exit, Process, Signal, Stream};
use socklab_trace::{Command, EndReason, Options, Stdio, Tracer};

fn shell(script: &str) -> Vec<String> {
    ["/bin/sh", "-c", script].map(str::to_owned).to_vec()
}

#[test]
fn exit_statuses_pass_through() {
    for code in [0, 1, 42, 255] {
        let (events, outcome) = record_one(shell(&format!("exit {code}")));
        assert_eq!(outcome.commands[0].exit, Some(Exit::Code(code)));
        let told = lives(&events).any(|life| *life == Process::Exit { status: Exit::Code(code) });
        assert!(told);
    }
    for signal in [libc::SIGKILL, libc::SIGTERM, libc::SIGSEGV, libc::SIGABRT, libc::SIGPIPE] {
        let (_, outcome) = record_one(shell(&format!("kill -{signal} $$")));
        assert_eq!(outcome.commands[0].exit, Some(Exit::Signal(Signal(signal))));
        assert_eq!(outcome.shell_code(), 128 + signal);
    }
}

#[test]
fn signals_reach_their_handlers() {
    let script = "trap 'exit 9' TERM; kill -TERM $$; exit 1";
    let (events, outcome) = record_one(shell(script));
    assert_eq!(outcome.commands[0].exit, Some(Exit::Code(9)));
    let told = |life: &Process| *life == Process::Signal { signal: Signal(libc::SIGTERM) };
    assert!(lives(&events).any(told));
}

#[test]
fn stopped_programs_stay_stopped_until_continued() {
    // The child stops itself; its parent sees that, and continues it.
    let python = socklab_prerequisites::python().expect("python3");
    let script = "
import os, signal
child = os.fork()
if child == 0:
    os.kill(os.getpid(), signal.SIGSTOP)
    os._exit(5)
pid, status = os.waitpid(child, os.WUNTRACED)
assert os.WIFSTOPPED(status) and os.WSTOPSIG(status) == signal.SIGSTOP, status
assert os.waitpid(child, os.WUNTRACED | os.WNOHANG) == (0, 0)
os.kill(child, signal.SIGCONT)
pid, status = os.waitpid(child, os.WCONTINUED | os.WUNTRACED)
if os.WIFCONTINUED(status):
    pid, status = os.waitpid(child, 0)
assert os.WEXITSTATUS(status) == 5, status
";
    let (events, outcome) = record_one([&python, "-S", "-E", "-c", script]);
    assert_eq!(outcome.commands[0].exit, Some(Exit::Code(0)));
    let stopped = Process::Stopped { signal: Signal(libc::SIGSTOP) };
    let order: Vec<_> =
        lives(&events).filter(|life| **life == stopped || **life == Process::Continued).collect();
    assert_eq!(order, [&stopped, &Process::Continued]);
}

#[test]
fn job_control_in_the_middle_of_a_call_does_not_end_it() {
    let python = socklab_prerequisites::python().expect("python3");
    let script = "
import os, signal, socket, time
one, two = socket.socketpair()
child = os.fork()
if child == 0:
    two.close()
    os._exit(0 if one.recv(10) == b'later' else 1)
def state():
    with open(f'/proc/{child}/stat') as stat:
        return stat.read().rsplit(')', 1)[1].split()[0]
while state() not in 'S': pass
os.kill(child, signal.SIGSTOP)
os.waitpid(child, os.WUNTRACED)
os.kill(child, signal.SIGCONT)
while state() not in 'S': pass
two.send(b'later')
assert os.waitpid(child, 0)[1] == 0
";
    let (events, outcome) = record_one([&python, "-S", "-E", "-c", script]);
    assert_eq!(outcome.commands[0].exit, Some(Exit::Code(0)));
    let received: Vec<_> =
        crate::tracees::calls(&events).filter(|call| call.name == "recvfrom").collect();
    assert_eq!(received.len(), 1, "{received:#?}");
    assert_eq!(received[0].value(), Some(5));
    assert!(received[0].restarts >= 1);
}

#[test]
fn the_environment_and_streams_are_as_asked_for() {
    let (read, write) = std::io::pipe().expect("a pipe");
    let command = quiet(shell("echo $COLOUR; pwd; cat"))
        .env("COLOUR", "red")
        .current_dir("/")
        .stdout(Stdio::Fd(write.into()));
    let options = options().stdio(true);
    let (events, outcome) = record(Tracer::new(options).command(command));
    assert_eq!(outcome.shell_code(), 0);
    let mut output = String::new();
    let mut read = read;
    read.read_to_string(&mut output).expect("its output");
    assert_eq!(output, "red\n/\n");
    let told: Vec<u8> = lives(&events)
        .filter_map(|life| match life {
            Process::Stdio { stream: Stream::Stdout, bytes } => Some(bytes.sample.clone()),
            _ => None,
        })
        .flatten()
        .collect();
    assert_eq!(String::from_utf8_lossy(&told), "red\n/\n");
}

#[test]
fn a_program_that_does_not_exist_is_an_error() {
    let missing = Tracer::new(options()).command(quiet(["no-such-program"])).run(drop);
    let text = missing.expect_err("no such program").to_string();
    assert_eq!(text, "no-such-program: not found in PATH, or not executable");
    let directory = Tracer::new(options()).command(quiet(["/"])).run(drop);
    let text = directory.expect_err("a directory").to_string();
    assert!(text.starts_with("execve /: Permission denied"), "{text}");
    let nowhere = quiet(["true"]).current_dir("/no/such/place");
    let text = Tracer::new(options()).command(nowhere).run(drop).expect_err("chdir").to_string();
    assert!(text.starts_with("chdir for "), "{text}");
    assert!(Tracer::new(options()).run(drop).is_err());
}

#[test]
fn a_deadline_ends_everything() {
    let options = Options::default().deadline(Duration::from_millis(200));
    let began = Instant::now();
    let tracer = Tracer::new(options).command(quiet(shell("sleep 50 & sleep 50; wait")));
    let (_, outcome) = record(tracer);
    assert_eq!(outcome.end, EndReason::Deadline);
    assert_eq!(outcome.commands[0].exit, Some(Exit::Signal(Signal(libc::SIGKILL))));
    assert!(began.elapsed() < Duration::from_secs(20));
}

#[test]
fn another_thread_can_stop_a_recording() {
    let tracer = Tracer::new(options()).command(quiet(shell("sleep 50")));
    let handle = tracer.handle();
    let (started, wait) = std::sync::mpsc::channel();
    let stopper = std::thread::spawn(move || {
        wait.recv().expect("a start");
        handle.stop();
    });
    let outcome = tracer
        .run(|event| {
            if matches!(event.process(), Some(Process::Start { .. })) {
                let _ = started.send(());
            }
        })
        .expect("a recording");
    stopper.join().expect("the stopper");
    assert_eq!(outcome.end, EndReason::Stopped);
}

/// Runs this test binary as another process, which can be killed, or belong to another user. It
/// runs the one test that does nothing unless an environment variable is set.
fn another_tracer(argv: &[&str]) -> process::Command {
    let us = std::env::current_exe().expect("our path");
    let mut command = process::Command::new(us);
    command
        .args(["--exact", "transparent::as_another_tracer", "--nocapture"])
        .env(ARGV, argv.join("\n"));
    command
}

const ARGV: &str = "SOCKLAB_TEST_ARGV";
const OUTPUT: &str = "SOCKLAB_TEST_OUTPUT";

#[test]
fn as_another_tracer() {
    let Ok(argv) = std::env::var(ARGV) else { return };
    let tracer = Tracer::new(options()).command(Command::new(argv.lines()));
    let output = std::env::var(OUTPUT).unwrap_or("/dev/null".to_owned());
    let file = std::fs::File::create(output).expect("the output file");
    let buffered = std::io::BufWriter::new(file);
    let mut writer = socklab_event::Writer::new(buffered, &tracer.header()).expect("a header");
    let outcome = tracer.run(|event| writer.write(&event).expect("an event"));
    writer.finish().expect("the last events");
    process::exit(outcome.expect("a recording").shell_code());
}

fn is_alive(pid: &str) -> bool {
    let pid = pid.parse().expect("a process id");
    socklab_kernel::process::state(pid, pid).is_some_and(|state| !state.has_ended())
}

#[test]
fn programs_die_with_their_tracer() {
    let mut tracer = another_tracer(&["/bin/sh", "-c", "echo +$$; sleep 50 & echo +$!; wait"])
        .stdout(process::Stdio::piped())
        .spawn()
        .expect("ourselves");
    let mut output = tracer.stdout.take().expect("its output");
    let mut text = String::new();
    let mut byte = [0];
    while text.matches('+').count() < 2 || !text.ends_with('\n') {
        output.read_exact(&mut byte).expect("two process ids");
        text.push(char::from(byte[0]));
    }
    tracer.kill().expect("a kill");
    let status = tracer.wait().expect("an end");
    assert_eq!(status.signal(), Some(libc::SIGKILL));
    // The pipe ends when the last of them is gone.
    let mut rest = String::new();
    output.read_to_string(&mut rest).expect("the end of the output");
    let deadline = Instant::now() + Duration::from_secs(10);
    for pid in text.lines().filter_map(|line| line.split_once('+')).map(|(_, pid)| pid) {
        // A process closes its files shortly before it disappears.
        while is_alive(pid) {
            assert!(Instant::now() < deadline, "process {pid} has survived");
            std::thread::yield_now();
        }
    }
}

#[test]
fn unprivileged_users_can_trace() {
    // SAFETY: takes nothing, cannot fail.
    if unsafe { libc::geteuid() } != 0 {
        return; // Then every other test here runs unprivileged.
    }
    if socklab_prerequisites::find("setpriv").is_none() {
        return socklab_prerequisites::say_not_run("an unprivileged recording", "setpriv");
    }
    let directory = Path::new("/tmp").join(format!("socklab-trace-{}", process::id()));
    std::fs::create_dir_all(&directory).expect("a directory");
    let output = directory.join("timeline.jsonl");
    std::os::unix::fs::chown(&directory, Some(65534), Some(65534)).expect("we are root");
    let tracee = crate::tracees::prepare("threads.c", &[]).expect("a C compiler");
    let copied = directory.join("tracee");
    std::fs::copy(&tracee[0], &copied).expect("a copy others can read");
    let tracer = another_tracer(&[copied.to_str().expect("a path")]);
    let program = directory.join("tracer");
    std::fs::copy(tracer.get_program(), &program).expect("a copy others can read");
    for path in [&directory, &copied, &program] {
        std::fs::set_permissions(path, Permissions::from_mode(0o755)).expect("chmod");
    }
    let status = process::Command::new("setpriv")
        .args(["--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs"])
        .arg(&program)
        .args(tracer.get_args())
        .env(ARGV, copied)
        .env(OUTPUT, &output)
        .current_dir("/")
        .stdout(process::Stdio::null())
        .status()
        .expect("setpriv");
    let text = std::fs::read_to_string(&output).unwrap_or_default();
    std::fs::remove_dir_all(&directory).expect("the directory is ours");
    assert!(status.success());
    let reading = socklab_event::read(text.as_bytes()).expect("a timeline");
    let events = reading.timeline.events;
    assert_eq!(
        crate::tracees::notices(&events).collect::<Vec<_>>(),
        Vec::<&socklab_event::Notice>::new()
    );
    assert_eq!(crate::tracees::calls(&events).filter(|call| call.name == "accept").count(), 160);
}
