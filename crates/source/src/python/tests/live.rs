//! Stacks of a running interpreter, compared with what it says itself.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::FileExt;
use std::process::{Command, Stdio};

use super::super::{Python, Walk};
use super::interpreters;
use crate::memory::{Memory, Reader};

/// The memory of a child.
struct Child(File);

impl Memory for Child {
    fn read(&self, address: u64, into: &mut [u8]) -> usize {
        self.0.read_at(into, address).unwrap_or(0)
    }
}

#[derive(serde::Deserialize)]
struct Told {
    runtime: u64,
    minor: u8,
    thread: u32,
    /// `pthread_self(3)`.
    pointer: u64,
    stack: Vec<(String, u32, String)>,
}

#[test]
fn every_stack_is_what_the_interpreter_says() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let folder = folder.path().canonicalize().expect("its path");
    fs::write(folder.join("relative.py"), "\n\nstop()\n").expect("a file");
    for python in interpreters() {
        let program = concat!(env!("CARGO_MANIFEST_DIR"), "/src/python/tests/stacks.py");
        let mut child = Command::new(&python)
            .arg(program)
            .current_dir(&folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("an interpreter that runs");
        let (mut go, stops) =
            (child.stdin.take().expect("piped"), child.stdout.take().expect("piped"));
        let mut known = None;
        // Opened when it has said something: until then, its memory may be that of who starts it.
        let opened = std::cell::OnceCell::new();
        let mut count = 0;
        for stop in BufReader::new(stops).lines() {
            let told: Told = serde_json::from_str(&stop.expect("a line")).expect("a stack");
            let memory = opened.get_or_init(|| {
                Child(File::open(format!("/proc/{}/mem", child.id())).expect("a child's memory"))
            });
            let mut reader = Reader::new(memory);
            let interpreter = known.get_or_insert_with(|| {
                Python::new(child.id(), told.runtime, Some(told.minor), &reader)
                    .expect("a known version")
            });
            // The first time by what is remembered, the second time without.
            let mut fresh = Python::new(child.id(), told.runtime, Some(told.minor), &reader)
                .expect("a known version");
            for interpreter in [interpreter, &mut fresh] {
                let (walk, stack) = interpreter.frames(
                    told.thread,
                    || Some(told.pointer),
                    &mut reader,
                    &mut |_| false,
                );
                let mut seen: Vec<(String, u32, String)> = stack
                    .iter()
                    .map(|frame| {
                        let (function, line) =
                            interpreter.line(frame, &mut reader).expect("a line");
                        (frame.file.to_string(), line, function.to_string())
                    })
                    .collect();
                let mut expected = told.stack.clone();
                for (file, ..) in &mut expected {
                    if file.ends_with("relative.py") {
                        *file = folder.join("relative.py").display().to_string();
                    }
                }
                let of_loop = |(file, _, function): &(String, u32, String)| {
                    function == "_run" && file.ends_with("/asyncio/events.py")
                };
                if let Some(last) = expected.iter().position(of_loop) {
                    expected.truncate(last + 1);
                }
                assert_eq!(walk, Walk::Shown, "{python:?} {expected:#?}");
                // The function that stops has gone some lines further.
                seen[0].1 = expected[0].1;
                assert_eq!(seen, expected, "{python:?}");
            }
            let log = reader.into_log();
            assert!(log.len() < 1024, "{} words for {} frames", log.len(), told.stack.len());
            count += 1;
            go.write_all(b".").expect("a program that waits");
        }
        assert!(child.wait().expect("a child").success());
        assert!(count > 60, "{count} stops");
        println!("{}: {count} stacks", python);
    }
}
