//! What the tests stand on: children that end with their test, waits that have an end, and a loud
//! word about every test that could not run.
//!
//! Nothing here sleeps until something is "probably ready": it waits for the state itself.
// Every test file is a crate of its own, and none uses all of this.
#![allow(dead_code, unused_imports, unused_macros)]

pub(crate) mod own;

use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream, UdpSocket};
use std::os::fd::OwnedFd;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, kill_process, kill_process_group, pidfd_open};

/// How long anything may take before a test gives up. Only a test that fails waits this long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// `socklab WORD…`, in English.
pub(crate) fn socklab(words: &[&str]) -> Command {
    let mut command = program(env!("CARGO_BIN_EXE_socklab"));
    command.args(words);
    command
}

/// Any program, in English. Should socklab ever panic in a test, it is to say where.
pub(crate) fn program(name: &str) -> Command {
    let mut command = Command::new(name);
    command.env("LC_ALL", "C.UTF-8").env("LANG", "C.UTF-8").env("RUST_BACKTRACE", "1");
    command.env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
    command
}

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
        command.stdin(Stdio::piped()).stdout(stdout).stderr(Stdio::piped());
        let mut child = command.process_group(0).spawn().unwrap_or_else(|e| panic!("{what}: {e}"));
        let pidfd = pidfd_open(Pid::from_child(&child), PidfdFlags::empty()).expect("pidfd_open");
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

    /// Has it ended, now or within this time? A pidfd is readable when its process has ended.
    pub(crate) fn ends_within(&self, time: Duration) -> bool {
        let time = Timespec { tv_sec: time.as_secs() as i64, tv_nsec: time.subsec_nanos().into() };
        let mut ended = [PollFd::new(&self.pidfd, PollFlags::IN)];
        poll(&mut ended, Some(&time)).expect("poll") > 0
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

    fn output_so_far(&self) -> String {
        let (output, errors) = (self.output.so_far(), self.errors.so_far());
        [String::from_utf8_lossy(&output), String::from_utf8_lossy(&errors)].join("--- errors\n")
    }

    /// Is it alive, with a socket of its own that listens on this port (TCP) or is bound to it?
    pub(crate) fn has_port(&self, transport: Transport, port: u16) -> bool {
        // proc_net(5): column 2 is the local address, 4 the state, 10 the inode. A socket that
        // listens is in state 0A, a UDP socket that is not connected in 07.
        let (table, state) = match transport {
            Transport::Tcp => ("tcp", "0A"),
            Transport::Udp => ("udp", "07"),
        };
        let pid = self.pid();
        let table = fs::read_to_string(format!("/proc/{pid}/net/{table}")).unwrap_or_default();
        let wanted = format!(":{port:04X}");
        let inodes: Vec<String> = table
            .lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>())
            .filter(|columns| columns.len() > 9)
            .filter(|columns| columns[1].ends_with(&wanted) && columns[3] == state)
            .map(|columns| format!("socket:[{}]", columns[9]))
            .collect();
        let descriptors = fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten();
        let mut links = descriptors.flat_map(|descriptor| fs::read_link(descriptor.path()));
        links.any(|link| inodes.iter().any(|inode| link.as_os_str() == inode.as_str()))
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

#[derive(Clone, Copy, Debug)]
pub(crate) enum Transport {
    Tcp,
    Udp,
}

/// Starts a server and returns when it has its port. `PORT` among the words stands for the number
/// of a free one. A free port may be taken before the server has it: then another one is tried.
#[track_caller]
pub(crate) fn serve(transport: Transport, words: &[&str]) -> (Running, u16) {
    serve_with(transport, words, socklab)
}

#[track_caller]
pub(crate) fn serve_with(
    transport: Transport,
    words: &[&str],
    command: impl Fn(&[&str]) -> Command,
) -> (Running, u16) {
    for _ in 0..20 {
        let port = free_port(transport);
        let number = port.to_string();
        let words: Vec<String> = words.iter().map(|word| word.replace("PORT", &number)).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let server = Running::start(&mut command(&words));
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if server.has_port(transport, port) {
                return (server, port);
            }
            // Some servers live on without the port they were to have.
            let complains = contains(&server.errors.so_far(), b"in use");
            if server.ends_within(Duration::from_millis(1)) || complains {
                break;
            }
        }
        server.signal(Signal::KILL);
        let ended = server.finish();
        let taken = ended.errors.contains("in use");
        assert!(taken, "it never had port {port}: {}\n{}", ended.text(), ended.errors);
    }
    panic!("20 free ports were all taken before {words:?} had them")
}

/// Starts `socklab serve WORD…` on a port of the kernel's choice, and returns when it says which.
#[track_caller]
pub(crate) fn serve_on_any_port(words: &[&str]) -> (Running, u16) {
    let words = [&["serve", "--port", "0", "--json"], words].concat();
    let server = Running::start(&mut socklab(&words));
    let line = server.wait_for("\n");
    let ready: serde_json::Value = serde_json::from_str(&line).expect("a line of JSON");
    let address = ready["address"].as_str().expect("the first line has the address");
    let port = address.rsplit(':').next().and_then(|port| port.parse().ok());
    (server, port.expect("an address ends with a port"))
}

/// A port that nobody has, on any address, at this moment.
pub(crate) fn free_port(transport: Transport) -> u16 {
    let address = match transport {
        Transport::Tcp => TcpListener::bind("0.0.0.0:0").and_then(|socket| socket.local_addr()),
        Transport::Udp => UdpSocket::bind("0.0.0.0:0").and_then(|socket| socket.local_addr()),
    };
    address.expect("some port is free").port()
}

/// Listens on a free port of this machine's, which is told as text, as programs want it.
pub(crate) fn listener() -> (TcpListener, String) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("some port is free");
    let port = listener.local_addr().expect("it is bound").port().to_string();
    (listener, port)
}

/// Accepts a connection, or fails when nobody has come for too long.
#[track_caller]
pub(crate) fn accept(listener: &TcpListener) -> TcpStream {
    let patience = Timespec { tv_sec: PATIENCE.as_secs() as i64, tv_nsec: 0 };
    let mut coming = [PollFd::new(listener, PollFlags::IN)];
    assert!(poll(&mut coming, Some(&patience)).expect("poll") > 0, "nobody has connected");
    let (client, _) = listener.accept().expect("accept");
    client.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    client.set_write_timeout(Some(PATIENCE)).expect("a timeout");
    client
}

/// Connects to a server on this machine.
#[track_caller]
pub(crate) fn connect(port: u16) -> TcpStream {
    let client = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("connect");
    client.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    client.set_write_timeout(Some(PATIENCE)).expect("a timeout");
    client
}

/// What a child has written so far, to one of its descriptors.
#[derive(Default)]
struct Stream {
    state: Mutex<(Vec<u8>, bool)>,
    changed: Condvar,
}

impl Stream {
    fn collect(pipe: Option<impl Read + Send + 'static>) -> Arc<Stream> {
        let stream = Arc::new(Stream::default());
        let Some(mut pipe) = pipe else {
            stream.state.lock().expect("nobody panics with it").1 = true;
            return stream;
        };
        let collected = Arc::clone(&stream);
        thread::spawn(move || {
            let mut piece = vec![0u8; 64 * 1024];
            loop {
                let length = pipe.read(&mut piece).unwrap_or(0);
                let mut state = collected.state.lock().expect("nobody panics with it");
                state.0.extend_from_slice(&piece[..length]);
                state.1 = length == 0;
                collected.changed.notify_all();
                if length == 0 {
                    return;
                }
            }
        });
        stream
    }

    fn so_far(&self) -> Vec<u8> {
        self.state.lock().expect("nobody panics with it").0.clone()
    }

    /// Waits until `done`, or until there can be no more, or until patience ends.
    fn wait_until(&self, done: impl Fn(&[u8]) -> bool) -> Vec<u8> {
        let state = self.state.lock().expect("nobody panics with it");
        let waiting = |state: &mut (Vec<u8>, bool)| !state.1 && !done(&state.0);
        let (state, _) =
            self.changed.wait_timeout_while(state, PATIENCE, waiting).expect("the same");
        state.0.clone()
    }

    #[track_caller]
    fn to_its_end(&self, what: &str) -> Vec<u8> {
        let all = self.wait_until(|_| false);
        let ended = self.state.lock().expect("nobody panics with it").1;
        assert!(ended, "{what}: it has ended, but somebody still holds its output");
        all
    }
}

/// Are these bytes somewhere among those?
pub(crate) fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|piece| piece == wanted)
}

/// Where a tool is, if it is there for this user.
pub(crate) fn find(tool: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    // Servers such as chronyd live where only root looks by default.
    let folders = std::env::split_paths(&path).chain(["/usr/sbin".into(), "/sbin".into()]);
    let mut candidates = folders.map(|folder| folder.join(tool));
    candidates.find(|file| {
        let usable = rustix::fs::access(file, rustix::fs::Access::EXEC_OK);
        file.is_file() && usable.is_ok()
    })
}

static NOT_RUN: AtomicUsize = AtomicUsize::new(0);

/// Says that a test could not run. `eprintln!` would be captured, and nobody would know.
pub(crate) fn say_not_run(here: &str, needs: &str) {
    let test = here.trim_end_matches("::here");
    let count = NOT_RUN.fetch_add(1, Ordering::Relaxed) + 1;
    let _ = writeln!(std::io::stderr(), "not run: {test} needs {needs} (so far: {count})");
}

/// Ends the test that it stands in, and says loudly what that test lacks.
macro_rules! not_run {
    ($needs:expr) => {{
        fn here() {}
        return stage::say_not_run(std::any::type_name_of_val(&here), $needs);
    }};
}
pub(crate) use not_run;

/// The path of a tool, as text. Where the tool is missing, the test says so, and ends.
macro_rules! need {
    ($tool:expr) => {
        match stage::find($tool) {
            Some(path) => path.to_string_lossy().into_owned(),
            None => stage::not_run!($tool),
        }
    };
}
pub(crate) use need;
