//! Children: their input, their output, their end.

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
/// killed when this value goes away.
pub(crate) struct Running {
    what: String,
    child: Child,
    pidfd: OwnedFd,
    input: Option<ChildStdin>,
    output: Arc<Stream>,
    errors: Arc<Stream>,
}

/// What a child left behind.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) what: String,
    /// The exit code; for a child that a signal ended, 128 and its number, as a shell says it.
    pub(crate) code: i32,
    pub(crate) output: Vec<u8>,
    pub(crate) errors: String,
}

impl Ended {
    /// Standard output as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.output).into_owned()
    }

    /// The same, if the exit code is the expected one and nothing panicked. If not, the test fails
    /// and tells all.
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

    /// The only line on standard error. If there is another number of them, the test fails.
    #[track_caller]
    pub(crate) fn complaint(&self) -> &str {
        let mut lines = self.errors.lines();
        match (lines.next(), lines.next()) {
            (Some(line), None) => line,
            _ => panic!("{}: this is not one line:\n{}", self.what, self.errors),
        }
    }
}

impl Running {
    pub(crate) fn start(command: &mut Command) -> Running {
        Running::start_into(command, Stdio::piped())
    }

    /// The same, with a standard output of the test's own choice.
    pub(crate) fn start_into(command: &mut Command, stdout: Stdio) -> Running {
        let words = [command.get_program()].into_iter().chain(command.get_args());
        let words: Vec<_> = words.map(|word| word.to_string_lossy()).collect();
        let what = words.join(" ");
        // What the tests' own starter left open would give sockets other numbers.
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

    /// Writes all of it to its standard input and closes that, while the test goes on. A child
    /// that ends before it has read everything is no error.
    pub(crate) fn feed(&mut self, bytes: impl Into<Vec<u8>>) {
        let mut input = self.input.take().expect("its input is still open");
        let bytes = bytes.into();
        thread::spawn(move || input.write_all(&bytes));
    }

    /// Waits until its standard output contains this text, and returns all of it so far.
    #[track_caller]
    pub(crate) fn wait_for(&self, text: &str) -> String {
        self.wait_for_stream(&self.output, text)
    }

    /// The same, but tells whether it does: it may have ended without.
    pub(crate) fn wait_for_output_or_end(&self, text: &str) -> bool {
        let wanted = |bytes: &[u8]| contains(bytes, text.as_bytes());
        wanted(&self.output.wait_until(wanted))
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

    /// The same for all of its process group.
    pub(crate) fn signal_group(&self, signal: Signal) {
        kill_process_group(Pid::from_child(&self.child), signal).expect("killpg");
    }

    /// Has it ended, now or within this time?
    pub(crate) fn ends_within(&self, time: Duration) -> bool {
        process::has_ended_within(&self.pidfd, time).expect("poll")
    }

    /// Waits for its end. Its input, if still open, is closed first.
    #[track_caller]
    pub(crate) fn finish(mut self) -> Ended {
        self.end_input();
        let ended = self.ends_within(PATIENCE);
        assert!(ended, "{}: still there, having written\n{}", self.what, self.output_so_far());
        let status = self.child.wait().expect("wait");
        Ended {
            what: self.what.clone(),
            code: status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0)),
            output: self.output.to_its_end(&self.what),
            errors: String::from_utf8_lossy(&self.errors.to_its_end(&self.what)).into_owned(),
        }
    }

    /// What it has written to standard error until now.
    pub(crate) fn errors_so_far(&self) -> String {
        String::from_utf8_lossy(&self.errors.so_far()).into_owned()
    }

    fn output_so_far(&self) -> String {
        let (output, errors) = (self.output.so_far(), self.errors.so_far());
        [String::from_utf8_lossy(&output), String::from_utf8_lossy(&errors)].join("--- errors\n")
    }

    /// Is it alive, with a socket of its own that listens on this port (TCP) or is bound to it?
    pub(crate) fn has_port(&self, transport: Transport, port: u16) -> bool {
        table::has_port(self.pid(), transport, port)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Fails harmlessly if they have all ended. The leader is not reaped before, so that its
        // number can't have gone to somebody else, unless `finish` has seen it end.
        if let Ok(None) = self.child.try_wait() {
            let _ = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
            let _ = self.child.wait();
        }
    }
}

/// Runs a command to its end, with nothing to read.
#[track_caller]
pub(crate) fn run(command: &mut Command) -> Ended {
    Running::start(command).finish()
}

/// Runs a command to its end, with this to read.
#[track_caller]
pub(crate) fn run_with(command: &mut Command, input: impl Into<Vec<u8>>) -> Ended {
    let mut running = Running::start(command);
    running.feed(input);
    running.finish()
}
