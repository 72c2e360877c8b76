//! Child processes: their input, output and exit.

use std::io::Write;
use std::os::fd::OwnedFd;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use socklab_kernel::{Transport, process, table};

use super::stream::Stream;
use super::{PATIENCE, contains};

/// A child with pipes for input, output and errors. It has a process group of its own, which is
/// killed when this value is dropped.
pub(crate) struct Running {
    what: String,
    child: Child,
    pidfd: OwnedFd,
    input: Option<ChildStdin>,
    output: Arc<Stream>,
    errors: Arc<Stream>,
}

/// The result of a child that has exited.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) what: String,
    /// The exit code; for a child killed by a signal, 128 plus its number, as in a shell.
    pub(crate) code: i32,
    pub(crate) output: Vec<u8>,
    pub(crate) errors: String,
}

impl Ended {
    /// Standard output as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.output).into_owned()
    }

    /// Checks that the exit code is the expected one and nothing panicked; otherwise the test fails
    /// and shows everything.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Ended {
        let (output, errors, what) = (self.text(), &self.errors, &self.what);
        let all = format!("{what}\n--- output\n{output}\n--- errors\n{errors}");
        for word in ["panicked", "stack backtrace", "RUST_BACKTRACE"] {
            assert!(!errors.contains(word), "{word}: {all}");
        }
        assert_eq!(self.code, code, "{all}");
        self
    }

    /// The only line on standard error. If there are none or several, the test fails.
    #[track_caller]
    pub(crate) fn complaint(&self) -> &str {
        let mut lines = self.errors.lines();
        match (lines.next(), lines.next()) {
            (Some(line), None) => line,
            _ => panic!("{}: this is not a single line:\n{}", self.what, self.errors),
        }
    }
}

impl Running {
    pub(crate) fn start(command: &mut Command) -> Running {
        Running::start_into(command, Stdio::piped())
    }

    /// The same, with a standard output chosen by the test.
    pub(crate) fn start_into(command: &mut Command, stdout: Stdio) -> Running {
        let words = [command.get_program()].into_iter().chain(command.get_args());
        let words: Vec<_> = words.map(|word| word.to_string_lossy()).collect();
        let what = words.join(" ");
        // Descriptors inherited from the test runner would change the numbers of sockets.
        socklab_trace::close_others_on_exec();
        command.stdin(Stdio::piped()).stdout(stdout).stderr(Stdio::piped());
        let mut child = command.process_group(0).spawn().unwrap_or_else(|e| panic!("{what}: {e}"));
        let pidfd = process::pidfd(child.id()).expect("pidfd_open");
        let output = Stream::collect(child.stdout.take());
        let errors = Stream::collect(child.stderr.take());
        let input = child.stdin.take();
        Running { what, child, pidfd, input, output, errors }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Writes to its standard input, which stays open.
    pub(crate) fn say(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().expect("its input is still open");
        input.write_all(bytes).unwrap_or_else(|e| panic!("{}: its input: {e}", self.what));
    }

    /// Closes its standard input.
    pub(crate) fn end_input(&mut self) {
        self.input = None;
    }

    /// Writes all the bytes to its standard input and closes it, while the test goes on. It is no
    /// error if the child exits before it has read everything.
    pub(crate) fn feed(&mut self, bytes: impl Into<Vec<u8>>) {
        let mut input = self.input.take().expect("its input is still open");
        let bytes = bytes.into();
        thread::spawn(move || input.write_all(&bytes));
    }

    /// Waits until its standard output contains this text, and returns the output so far.
    #[track_caller]
    pub(crate) fn wait_for(&self, text: &str) -> String {
        self.wait_for_stream(&self.output, text)
    }

    /// The same, but returns whether it does: the child may have exited without printing it.
    pub(crate) fn wait_for_output_or_end(&self, text: &str) -> bool {
        let wanted = |bytes: &[u8]| contains(bytes, text.as_bytes());
        wanted(&self.output.wait_until(wanted))
    }

    /// The same for its standard error.
    pub(crate) fn wait_for_error_or_end(&self, text: &str) -> bool {
        let wanted = |bytes: &[u8]| contains(bytes, text.as_bytes());
        wanted(&self.errors.wait_until(wanted))
    }

    /// Waits until its standard error contains this text.
    #[track_caller]
    pub(crate) fn wait_for_error(&self, text: &str) -> String {
        self.wait_for_stream(&self.errors, text)
    }

    #[track_caller]
    fn wait_for_stream(&self, stream: &Stream, text: &str) -> String {
        let seen = stream.wait_until(|bytes| contains(bytes, text.as_bytes()));
        let seen = String::from_utf8_lossy(&seen).into_owned();
        let errors = self.errors.so_far();
        let errors = String::from_utf8_lossy(&errors);
        assert!(seen.contains(text), "{}: no {text:?} in\n{seen}\n--- errors\n{errors}", self.what);
        seen
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).expect("kill");
    }

    /// The same for its whole process group.
    pub(crate) fn signal_group(&self, signal: Signal) {
        kill_process_group(Pid::from_child(&self.child), signal).expect("killpg");
    }

    /// True if it has exited, now or within this time.
    pub(crate) fn ends_within(&self, time: Duration) -> bool {
        process::has_ended_within(&self.pidfd, time).expect("poll")
    }

    /// Waits for it to exit. Its input, if still open, is closed first.
    #[track_caller]
    pub(crate) fn finish(mut self) -> Ended {
        self.end_input();
        let ended = self.ends_within(PATIENCE);
        assert!(ended, "{}: still running, having written\n{}", self.what, self.output_so_far());
        let status = self.child.wait().expect("wait");
        Ended {
            what: self.what.clone(),
            code: status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0)),
            output: self.output.to_its_end(&self.what),
            errors: String::from_utf8_lossy(&self.errors.to_its_end(&self.what)).into_owned(),
        }
    }

    /// What it has written to standard error so far.
    pub(crate) fn errors_so_far(&self) -> String {
        String::from_utf8_lossy(&self.errors.so_far()).into_owned()
    }

    fn output_so_far(&self) -> String {
        let (output, errors) = (self.output.so_far(), self.errors.so_far());
        [String::from_utf8_lossy(&output), String::from_utf8_lossy(&errors)].join("--- errors\n")
    }

    /// True if it is alive, with its own socket listening on this port (TCP) or bound to it.
    pub(crate) fn has_port(&self, transport: Transport, port: u16) -> bool {
        table::has_port(self.pid(), transport, port)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Fails harmlessly if they have all exited. Unless `finish` has seen the leader exit, it
        // has not been reaped, so that its id can't have been reused.
        if let Ok(None) = self.child.try_wait() {
            let _ = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
            let _ = self.child.wait();
        }
    }
}

/// Runs a command to its end, with empty input.
#[track_caller]
pub(crate) fn run(command: &mut Command) -> Ended {
    Running::start(command).finish()
}

/// Runs a command to its end, with this input.
#[track_caller]
pub(crate) fn run_with(command: &mut Command, input: impl Into<Vec<u8>>) -> Ended {
    let mut running = Running::start(command);
    running.feed(input);
    running.finish()
}
