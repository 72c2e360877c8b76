//! What an answer costs: the first one about a program, the first one about a place in it, and one that is known.
//!
//! `cargo bench -p socklab-source`. Programs in C, Rust and Go wait in a call; `/proc/PID/task/*/syscall` tells where, so
//! that nothing has to be traced. The first answer opens the binaries and reads their tables; the page cache is warm. Every
//! figure is the median of the rounds. `cargo test` does not run this benchmark.

use std::fs;
use std::io::{IoSliceMut, Read as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use nix::sys::uio::{RemoteIoVec, process_vm_readv};
use nix::unistd::Pid;
use socklab_source::{Memory, Piece, Register, Sources, Thread};

const ROUNDS: usize = 21;
const KNOWN: u32 = 1000;

const C: &str = r"
#include <sys/socket.h>
#include <unistd.h>
static int wait_for(int fd, int depth) {
    char byte;
    if (depth > 0) return 1 + 2 * wait_for(fd, depth - 1);
    return (int)recv(fd, &byte, 1, 0) + 1;
}
int main(void) {
    int fds[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) || write(1, fds, 1) < 0) return 1;
    return wait_for(fds[0], 3);
}";

/// Without the standard library in between, whose frames want `rbp`, which only a tracer gets.
const RUST: &str = r#"
use std::io::{Read as _, Write as _};
use std::os::fd::AsRawFd as _;
unsafe extern "C" {
    fn recv(fd: i32, into: *mut u8, length: usize, flags: i32) -> isize;
}
fn main() {
    let (one, _other) = std::os::unix::net::UnixStream::pair().unwrap();
    std::io::stdout().write_all(b"x").unwrap();
    std::io::stdout().flush().unwrap();
    let mut byte = 0;
    let read = unsafe { recv(one.as_raw_fd(), &mut byte, 1, 0) };
    (&one).read_exact(&mut [read as u8]).unwrap();
}"#;

const GO: &str = r#"
package main
import ("os"; "syscall")
func wait(fd int) { b := make([]byte, 1); syscall.Recvfrom(fd, b, 0) }
func main() {
	fds, _ := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	os.Stdout.Write([]byte("x"))
	wait(fds[0])
}"#;

/// recvfrom(2), on this processor.
const RECVFROM: &str = "45";

struct Of(Pid);

impl Memory for Of {
    fn read(&self, address: u64, into: &mut [u8]) -> usize {
        let remote = [RemoteIoVec { base: address as usize, len: into.len() }];
        process_vm_readv(self.0, &mut [IoSliceMut::new(into)], &remote).unwrap_or(0)
    }

    fn pieces(&self, pieces: &[Piece], into: &mut [u8]) -> bool {
        let remote: Vec<_> = pieces
            .iter()
            .map(|piece| RemoteIoVec { base: piece.address as usize, len: piece.length })
            .collect();
        let length = into.len();
        process_vm_readv(self.0, &mut [IoSliceMut::new(into)], &remote) == Ok(length)
    }
}

/// The thread of a process that waits for a message. None of its registers but two can be had.
fn waiting(process: u32) -> Thread {
    loop {
        let tasks = fs::read_dir(format!("/proc/{process}/task")).expect("threads");
        for task in tasks.flatten() {
            let text = fs::read_to_string(task.path().join("syscall")).unwrap_or_default();
            let words: Vec<&str> = text.split_whitespace().collect();
            let hex = |word: &str| u64::from_str_radix(word.trim_start_matches("0x"), 16);
            if let [RECVFROM, .., stack, instruction] = words[..] {
                let id = task.file_name().to_string_lossy().parse().expect("a number");
                let (stack, instruction) =
                    (hex(stack).expect("hex"), hex(instruction).expect("hex"));
                return Thread { process, id, instruction, stack };
            }
        }
    }
}

fn start(program: &Path) -> (Child, Thread) {
    let mut child = Command::new(program).stdout(Stdio::piped()).spawn().expect("a program");
    let output = child.stdout.as_mut().expect("its output");
    output.read_exact(&mut [0]).expect("that it is about to wait");
    let thread = waiting(child.id());
    (child, thread)
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

fn main() {
    if std::env::args().any(|word| word == "--test") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    println!("{:22} {:>12} {:>12} {:>12}", "µs", "new program", "new process", "known");
    for (name, text, words) in [
        ("a.c", C, &["gcc", "-g", "-O2", "-fno-optimize-sibling-calls", "-o"][..]),
        ("a.rs", RUST, &["rustc", "-g", "-o"]),
        ("b.rs", RUST, &["rustc", "-g", "-O", "-o"]),
        ("a.go", GO, &["go", "build", "-o"]),
    ] {
        let (source, program) = (at(name), at(&format!("{name}.out")));
        fs::write(&source, text).expect("a file");
        let compiled = Command::new(words[0]).args(&words[1..]).arg(&program).arg(&source).status();
        if !compiled.is_ok_and(|status| status.success()) {
            println!("{name:22} needs {}", words[0]);
            continue;
        }
        let (mut child, thread) = start(&program);
        let (mut other, another) = start(&program);
        let memory = |thread: Thread| Of(Pid::from_raw(thread.process.cast_signed()));
        let none = |_: Register| None;
        let mut figures = [Vec::new(), Vec::new(), Vec::new()];
        let mut answer = None;
        for _ in 0..ROUNDS {
            let mut sources = Sources::new(folder.path());
            for (thread, figures) in [thread, another].into_iter().zip(&mut figures) {
                let began = Instant::now();
                answer = sources.frame(thread, none, &memory(thread));
                figures.push(began.elapsed().as_nanos() as f64 / 1e3);
            }
            let began = Instant::now();
            for _ in 0..KNOWN {
                sources.frame(thread, none, &memory(thread));
            }
            figures[2].push(began.elapsed().as_nanos() as f64 / 1e3 / f64::from(KNOWN));
        }
        let [program, process, known] = figures.map(median);
        let answer =
            answer.map_or("none".into(), |frame| format!("{} line {}", frame.function, frame.line));
        println!(
            "{:22} {program:12.1} {process:12.1} {known:12.2}  {answer}",
            words[..words.len() - 1].join(" ")
        );
        for child in [&mut child, &mut other] {
            child.kill().and_then(|()| child.wait()).expect("its end");
        }
    }
}
