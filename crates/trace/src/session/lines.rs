//! The line of the program's source that makes a call.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::os::unix::fs::MetadataExt;

use libc::pid_t;
use socklab_event::{Notice, SourceLine};
use socklab_source::{Memory, Origin, Piece, Register, Sources, Thread};

use super::calls::Calls;
use crate::arch;
use crate::memory::TraceeMemory;
use crate::options::Options;
use crate::ptrace::{self, CallEntry};

/// What is known about the programs' sources.
#[derive(Debug, Default)]
pub(super) struct Lines {
    /// `None` if lines are not asked for.
    sources: Option<Sources>,
    /// Programs of which it has been said that they have no debug information.
    told: HashSet<String>,
    /// Which processes run the recorder's own program: a peer that it plays, a program of the course that it
    /// contains. Whoever traces these has no file in which to look up a line.
    ours: HashMap<pid_t, bool>,
}

impl Lines {
    pub(super) fn new(options: &Options) -> Self {
        let sources = options.lines.as_ref().map(Sources::new);
        Self { sources, ..Self::default() }
    }

    /// The process has executed another program, or has ended.
    pub(super) fn forget(&mut self, pid: pid_t) {
        self.ours.remove(&pid);
        if let Some(sources) = &mut self.sources {
            sources.forget(pid.cast_unsigned());
        }
    }
}

/// True if a process runs the same program file as this one.
fn is_ours(pid: pid_t) -> bool {
    let file = |of: String| fs::metadata(of).map(|file| (file.dev(), file.ino())).ok();
    let own = file("/proc/self/exe".to_owned());
    own.is_some() && own == file(format!("/proc/{pid}/exe"))
}

impl Calls<'_> {
    /// The line that makes the call which this thread is about to enter, if it is known for certain. Must
    /// be asked before the thread's address of return is changed.
    pub(super) fn line(&mut self, tid: pid_t, entry: &CallEntry) -> Option<Box<SourceLine>> {
        let sources = self.lines.sources.as_mut()?;
        let pid = self.tracees.thread(tid)?.pid;
        if *self.lines.ours.entry(pid).or_insert_with(|| is_ours(pid)) {
            return None;
        }
        let thread = Thread {
            process: pid.cast_unsigned(),
            id: tid.cast_unsigned(),
            instruction: entry.instruction,
            stack: entry.stack,
        };
        let register = |register| {
            let offset = match register {
                Register::Frame => arch::FRAME_OFFSET,
                Register::ThreadPointer => arch::THREAD_POINTER_OFFSET,
            };
            ptrace::register(tid, offset).ok()
        };
        let frame = sources.frame(thread, register, &TraceeMemory(tid));
        if let Some(program) = sources.without_lines(thread.process)
            && !self.lines.told.contains(program)
        {
            let program = program.to_owned();
            self.lines.told.insert(program.clone());
            self.reporter.notice(self.tracees.place(tid), Notice::NoLines { program });
        }
        // Which line of a library makes a call says nothing about the program.
        let frame = frame.filter(|frame| frame.origin < Origin::Library)?;
        let function = Some(frame.function.to_string()).filter(|name| !name.is_empty());
        Some(Box::new(SourceLine { file: frame.file?.to_string(), line: frame.line, function }))
    }
}

impl Memory for TraceeMemory {
    fn read(&self, address: u64, into: &mut [u8]) -> usize {
        crate::memory::Memory::read(self, address, into)
    }

    fn pieces(&self, pieces: &[Piece], into: &mut [u8]) -> bool {
        self.all(pieces.iter().map(|piece| (piece.address, piece.length)), into)
    }
}
