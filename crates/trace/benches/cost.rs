//! What tracing costs: the same programs untraced, under this tracer, under this tracer when it reads the
//! kernel's counters, and under strace.
//!
//! `cargo bench -p socklab-trace [-- ROUNDS [ROWS]]`: with ROWS, only rows whose names contain it
//! are run. Every figure is the median of the rounds (7 by default). Every round runs all ways of
//! tracing one after another, so that a busy machine affects all of them alike. strace records the
//! same calls, and also writes to a file. `cargo test` does not run this benchmark.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io::{BufRead as _, BufReader, BufWriter};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio, exit};
use std::time::{Duration, Instant};

use socklab_trace::{Options, Tracer};

const CALLS: &str = "socket,socketpair,bind,listen,accept,accept4,connect,sendto,recvfrom,sendmsg,\
    recvmsg,sendmmsg,recvmmsg,shutdown,setsockopt,getsockopt,getsockname,getpeername,read,write,\
    readv,writev,close,dup,dup2,dup3,fcntl,ioctl,sendfile,splice,poll,ppoll,select,pselect6,\
    epoll_wait,epoll_pwait,epoll_ctl,io_uring_setup";

/// A way to run a program.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    Untraced,
    Ours,
    Counting,
    Strace,
    StraceFiltered,
}

const WAYS: [Way; 5] = [Way::Untraced, Way::Ours, Way::Counting, Way::Strace, Way::StraceFiltered];

fn main() {
    let mut arguments = env::args_os().skip(1);
    match arguments.next() {
        Some(first) if first == "--as-tracer" => trace_as_asked(false, arguments.collect()),
        Some(first) if first == "--counting" => trace_as_asked(true, arguments.collect()),
        Some(first) if first == "--test" => {}
        _ => {
            let words = env::args().skip(1).filter(|word| !word.starts_with("--"));
            let words: Vec<String> = words.collect();
            let rounds = words.first().and_then(|word| word.parse().ok()).unwrap_or(7);
            compare(rounds, words.get(1).map_or("", String::as_str));
        }
    }
}

/// Runs the tracer as a separate program, like strace.
fn trace_as_asked(counting: bool, argv: Vec<OsString>) {
    let tracer = Tracer::new(Options::default().counters(counting))
        .command(socklab_trace::Command::new(argv));
    let file = fs::File::create(output("ours")).expect("the output file");
    let out = BufWriter::with_capacity(1 << 16, file);
    let mut writer = socklab_event::Writer::new(out, &tracer.header()).expect("a header");
    let outcome = tracer.run(|event| writer.write(&event).expect("an event"));
    writer.finish().expect("the last events");
    exit(outcome.expect("a recording").shell_code());
}

fn compare(rounds: usize, rows: &str) {
    println!("medians of {rounds} rounds; in brackets: times the untraced run");
    let ways = ["ours", "with counters", "strace -f", "--seccomp-bpf"];
    println!("{:34}{:>10}{}", "", "untraced", ways.map(|way| format!("{way:>18}")).concat());
    let echo = compile("echo");
    let (reads, pairs) = (compile("reads"), compile("pairs"));
    for pinned in [false, true] {
        let how = if pinned { "one CPU" } else { "all CPUs" };
        let row = |name: &str, run: &dyn Fn(Way) -> Duration| {
            let name = format!("{name}, {how}");
            if name.contains(rows) {
                print_row(&name, rounds, run);
            }
        };
        row("echo, 1 connection", &|way| run_echo(&echo, way, pinned, 1, 8000));
        row("echo, 16 connections", &|way| run_echo(&echo, way, pinned, 16, 600));
        row("200,000 reads, 1 socket", &|way| run_plain(&[reads.clone().into()], way, pinned));
        row("10,000 sends and receives", &|way| run_plain(&[pairs.clone().into()], way, pinned));
        if let Some(argv) = build_job() {
            row("compileall and tar", &|way| run_plain(&argv, way, pinned));
        }
    }
}

fn print_row(name: &str, rounds: usize, run: &dyn Fn(Way) -> Duration) {
    let mut times = WAYS.map(|_| Vec::new());
    for _ in 0..rounds {
        for (way, times) in WAYS.into_iter().zip(&mut times) {
            times.push(run(way));
        }
    }
    let medians = times.map(|mut times| {
        times.sort();
        times[times.len() / 2].as_secs_f64() * 1e3
    });
    let [untraced, traced @ ..] = medians;
    print!("{name:34}{untraced:>7.1} ms");
    for time in traced {
        print!("{:>18}", format!("{time:.0} ms ({:.2})", time / untraced));
    }
    println!();
}

/// The program, with the tracer's command line in front.
fn wrap(argv: &[OsString], way: Way, pinned: bool) -> Command {
    let mut words: Vec<OsString> = Vec::new();
    if pinned {
        words.extend(["taskset", "-c", "1"].map(Into::into));
    }
    let file = output("strace");
    match way {
        Way::Untraced => {}
        Way::Ours | Way::Counting => {
            let how = if way == Way::Ours { "--as-tracer" } else { "--counting" };
            words.extend([env::current_exe().expect("our path").into(), how.into()]);
        }
        Way::Strace | Way::StraceFiltered => {
            words.extend(["strace", "-f", "-o"].map(Into::into));
            words.push(file.into());
            if way == Way::StraceFiltered {
                words.push("--seccomp-bpf".into());
            }
            words.push(format!("-etrace={CALLS}").into());
        }
    }
    words.extend_from_slice(argv);
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]).stdin(Stdio::null());
    command
}

fn run_plain(argv: &[OsString], way: Way, pinned: bool) -> Duration {
    let mut command = wrap(argv, way, pinned);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let began = Instant::now();
    let status = command.status().expect("it runs");
    assert!(status.success(), "{command:?}: {status}");
    began.elapsed()
}

/// The server is traced, its load is not. The time is measured by the load, from its first connect
/// to its last close.
fn run_echo(program: &Path, way: Way, pinned: bool, connections: u32, turns: u32) -> Duration {
    let argv = [program.into(), "serve".into(), connections.to_string().into()];
    let mut server = wrap(&argv, way, pinned).stdout(Stdio::piped()).spawn().expect("a server");
    let mut port = String::new();
    BufReader::new(server.stdout.as_mut().expect("its output")).read_line(&mut port).expect("port");
    let load = [program.into(), "load".into(), port.trim().into()];
    let numbers = [connections, turns].map(|number| number.to_string().into());
    let output = wrap(&[&load[..], &numbers].concat(), Way::Untraced, pinned).output();
    let text = String::from_utf8(output.expect("the load").stdout).expect("a number");
    assert!(server.wait().expect("its end").success());
    Duration::from_nanos(text.trim().parse().expect("a number"))
}

/// Compiles a part of Python's library, then packs it: many processes and files, no sockets.
fn build_job() -> Option<Vec<OsString>> {
    let ask = "import json, sys; print(sys.executable); print(json.__path__[0])";
    let answer = Command::new("python3").args(["-c", ask]).output().ok()?;
    let answer = String::from_utf8(answer.stdout).ok()?;
    let (python, library) = answer.trim().split_once('\n')?;
    let library = Path::new(library).parent()?;
    let target = directory().join("build");
    let script = "rm -rf \"$3\" && mkdir \"$3\" && cp -r \"$2/json\" \"$2/email\" \"$2/asyncio\" \
        \"$2/unittest\" \"$3\" && \"$1\" -m compileall -q -f -j1 \"$3\" && \
        for d in json email asyncio unittest; do tar cf \"$3/$d.tar\" -C \"$3\" $d; done";
    let words = ["/bin/sh", "-c", script, "build", python].map(OsString::from);
    Some(words.into_iter().chain([library.into(), target.into()]).collect())
}

fn directory() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
}

fn output(name: &str) -> PathBuf {
    directory().join(format!("cost-{name}.out"))
}

fn compile(name: &str) -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("benches/programs/{name}.c"));
    let program = directory().join(format!("cost-{name}"));
    let mut command = Command::new("cc");
    command.args(["-O2", "-pthread", "-o"]).arg(&program).arg(source);
    assert!(command.status().expect("a C compiler").success());
    program
}
