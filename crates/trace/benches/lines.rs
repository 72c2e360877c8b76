//! What it costs to tell the line of source of each call: programs that do nothing but call, and a web server, recorded
//! with lines and without.
//!
//! `cargo bench -p socklab-trace --bench lines [-- ROUNDS [ROWS]]`: with ROWS, only rows whose names contain it are run.
//! The figures are processor time, of the recorder and of the programs, user and system together: medians of the rounds
//! (11 by default). In every round a program is recorded with lines and without, one after the other, and the ratio is the
//! median of the rounds' ratios, so that a busy machine affects both alike. `cargo test` does not run this benchmark.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io::{BufRead as _, BufReader, BufWriter};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio, exit};
use std::time::Duration;

use socklab_trace::{Options, Tracer};

/// How many pairs of calls each program makes.
const PAIRS: u32 = 10_000;
const CONNECTIONS: u32 = 16;

const C: &str = r"
#include <stdlib.h>
#include <sys/socket.h>
int main(int argc, char **argv) {
    int fds[2];
    char byte = 'x';
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds)) return 1;
    for (int left = atoi(argv[1]); left > 0; left--)
        if (send(fds[0], &byte, 1, 0) != 1 || recv(fds[1], &byte, 1, 0) != 1) return 1;
    return 0;
}";

const RUST: &str = r#"
use std::io::{Read as _, Write as _};
fn main() {
    let pairs = std::env::args().nth(1).unwrap().parse().unwrap();
    let (mut one, mut other) = std::os::unix::net::UnixStream::pair().unwrap();
    for _ in 0..pairs {
        one.write_all(b"x").unwrap();
        other.read_exact(&mut [0]).unwrap();
    }
}"#;

const GO: &str = r#"
package main
import ("net"; "os"; "strconv"; "syscall")
func main() {
	pairs, _ := strconv.Atoi(os.Args[1])
	fds, _ := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	var ends [2]net.Conn
	for i, fd := range fds {
		syscall.SetNonblock(fd, true)
		ends[i], _ = net.FileConn(os.NewFile(uintptr(fd), "pair"))
	}
	for b := []byte("x"); pairs > 0; pairs-- {
		ends[0].Write(b)
		ends[1].Read(b)
	}
}"#;

const PYTHON: &str = r#"
import socket, sys
one, other = socket.socketpair()
for _ in range(int(sys.argv[1])):
    one.send(b"x")
    other.recv(1)
"#;

/// The same, four functions deep, as programs are.
const PYTHON_DEEP: &str = r#"
import socket, sys
one, other = socket.socketpair()
def put():
    one.send(b"x")
def get():
    other.recv(1)
def turn():
    put()
    get()
def main():
    for _ in range(int(sys.argv[1])):
        turn()
main()
"#;

/// A request for every twenty pairs. The standard library makes its calls, many functions deep, and each request has a
/// thread of its own.
const PYTHON_WEB: &str = r#"
import http.client, http.server, sys, threading
class Page(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "600")
        self.end_headers()
        self.wfile.write(b"hello\n" * 100)
    def log_message(self, *args):
        pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
threading.Thread(target=server.serve_forever, args=(0.05,)).start()
for _ in range(int(sys.argv[1]) // 20):
    client = http.client.HTTPConnection(*server.server_address)
    client.request("GET", "/")
    assert len(client.getresponse().read()) == 600
    client.close()
server.shutdown()
"#;

fn main() {
    let mut arguments = env::args_os().skip(1);
    match arguments.next() {
        Some(first) if first == "--with-lines" => record(arguments.collect(), Some(directory())),
        Some(first) if first == "--without-lines" => record(arguments.collect(), None),
        Some(first) if first == "--test" => {}
        _ => {
            let words = env::args().skip(1).filter(|word| !word.starts_with("--"));
            let words: Vec<String> = words.collect();
            let rounds = words.first().and_then(|word| word.parse().ok()).unwrap_or(11);
            compare(rounds, words.get(1).map_or("", String::as_str));
        }
    }
}

/// Records a program into a file. Files under `own` are the user's.
fn record(argv: Vec<OsString>, own: Option<PathBuf>) {
    let options = Options::default().lines(own);
    let tracer = Tracer::new(options).command(socklab_trace::Command::new(argv));
    let file = fs::File::create(directory().join("lines.jsonl")).expect("the output file");
    let out = BufWriter::with_capacity(1 << 16, file);
    let mut writer = socklab_event::Writer::new(out, &tracer.header()).expect("a header");
    let outcome = tracer.run(|event| writer.write(&event).expect("an event"));
    writer.finish().expect("the last events");
    exit(outcome.expect("a recording").shell_code());
}

fn compare(rounds: usize, rows: &str) {
    println!("processor time, ms: medians of {rounds} rounds");
    println!("{:34}{:>10}{:>10}{:>10}", "", "without", "lines", "ratio");
    let pairs = OsString::from(PAIRS.to_string());
    for (name, file, text, compiler) in [
        ("C", "calls.c", C, &["gcc", "-g", "-O2", "-o"][..]),
        ("Rust", "calls.rs", RUST, &["rustc", "-g", "-O", "-o"]),
        ("Go", "calls.go", GO, &["go", "build", "-o"]),
        ("Python", "calls.py", PYTHON, &[]),
        ("Python, four functions deep", "deep.py", PYTHON_DEEP, &[]),
        ("Python, a web server", "web.py", PYTHON_WEB, &[]),
    ] {
        let source = directory().join(file);
        fs::write(&source, text).expect("a file");
        let argv = if compiler.is_empty() {
            python().map(|python| vec![python, source.into(), pairs.clone()])
        } else {
            compile(compiler, &source).map(|program| vec![program.into(), pairs.clone()])
        };
        match argv {
            Some(argv) if name.contains(rows) => {
                print_row(name, rounds, &|with| plain(&argv, with));
            }
            Some(_) => {}
            None => println!("{name:34} needs {}", compiler.first().unwrap_or(&"python3")),
        }
    }
    let echo = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/programs/echo.c");
    let name = format!("C, {CONNECTIONS} connections");
    match compile(&["gcc", "-g", "-O2", "-pthread", "-o"], &echo) {
        Some(program) if name.contains(rows) => {
            print_row(&name, rounds, &|with| echoes(&program, with));
        }
        Some(_) => {}
        None => println!("{name:34} needs gcc"),
    }
}

fn print_row(name: &str, rounds: usize, run: &dyn Fn(bool) -> Duration) {
    let (mut without, mut with, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..rounds {
        let both = [false, true].map(|lines| run(lines).as_secs_f64() * 1e3);
        without.push(both[0]);
        with.push(both[1]);
        ratios.push(both[1] / both[0]);
    }
    let [without, with, ratio] = [without, with, ratios].map(median);
    println!("{name:34}{without:10.0}{with:10.0}{ratio:10.2}");
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

fn recorder(argv: &[OsString], with_lines: bool) -> Command {
    let mut command = Command::new(env::current_exe().expect("our path"));
    command.arg(if with_lines { "--with-lines" } else { "--without-lines" }).args(argv);
    command.stdin(Stdio::null());
    command
}

fn plain(argv: &[OsString], with_lines: bool) -> Duration {
    used(recorder(argv, with_lines).spawn().expect("it starts"))
}

/// The server is recorded, its load is not.
fn echoes(program: &Path, with_lines: bool) -> Duration {
    let argv = [program.into(), "serve".into(), CONNECTIONS.to_string().into()];
    let mut server = recorder(&argv, with_lines).stdout(Stdio::piped()).spawn().expect("a server");
    let mut port = String::new();
    BufReader::new(server.stdout.as_mut().expect("its output")).read_line(&mut port).expect("port");
    let numbers = [CONNECTIONS, PAIRS / CONNECTIONS].map(|number| number.to_string());
    let load = Command::new(program).args(["load", port.trim()]).args(numbers).output();
    assert!(load.expect("the load").status.success());
    used(server)
}

/// The processor time that a process and all it has waited for have used when it ends.
fn used(child: Child) -> Duration {
    let (mut status, mut usage) = (0, std::mem::MaybeUninit::<libc::rusage>::zeroed());
    // SAFETY: both may be written to by the kernel, and zeros are a `rusage`. Nobody else waits for the child.
    let (waited, usage) = unsafe {
        let waited = libc::wait4(child.id().cast_signed(), &mut status, 0, usage.as_mut_ptr());
        (waited, usage.assume_init())
    };
    assert!(waited > 0 && status == 0, "{status:#x}");
    let time = |time: libc::timeval| {
        Duration::from_secs(time.tv_sec.unsigned_abs())
            + Duration::from_micros(time.tv_usec.unsigned_abs())
    };
    time(usage.ru_utime) + time(usage.ru_stime)
}

/// CPython itself, and not a script that starts it.
fn python() -> Option<OsString> {
    let ask = ["-c", "import sys; print(sys.executable)"];
    let answer = Command::new("python3").args(ask).output().ok()?;
    Some(String::from_utf8(answer.stdout).ok()?.trim().into())
}

fn compile(words: &[&str], source: &Path) -> Option<PathBuf> {
    let name = source.file_name()?.to_string_lossy().replace('.', "-");
    let program = directory().join(format!("lines-{name}"));
    let mut command = Command::new(words[0]);
    let status = command.args(&words[1..]).arg(&program).arg(source).status().ok()?;
    status.success().then_some(program)
}

fn directory() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
}
