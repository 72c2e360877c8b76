//! The line of the program's source that makes a call.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::fs;
use std::os::unix::fs::MetadataExt;

use libc::pid_t;
use socklab_event::{Notice, SourceLine};
use socklab_source::{Memory, Origin, Piece, Register, Sources, Thread};

use super::calls::Calls;
use crate::arch;
use crate::memory::{Ahead, TraceeMemory};
use crate::options::Options;
use crate::ptrace::{self, CallEntry};
use crate::syscall::{Row, Sys};

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

    /// A thread has ended, but for the first of its process, or is left alone.
    pub(super) fn forget_thread(&mut self, pid: pid_t, tid: pid_t) {
        if let Some(sources) = &mut self.sources {
            sources.forget_thread(pid.cast_unsigned(), tid.cast_unsigned());
        }
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
    /// be asked before the thread's address of return is changed. What the call is about to send is read along with
    /// what the answer depends on, if that is how it goes.
    pub(super) fn line(
        &mut self,
        tid: pid_t,
        entry: &CallEntry,
        sends: Option<(u64, usize)>,
    ) -> (Option<Box<SourceLine>>, Option<Ahead>) {
        let memory = MemoryAlong {
            memory: TraceeMemory(tid),
            sends: Cell::new(sends),
            ahead: Cell::default(),
        };
        (self.line_by(tid, entry, &memory), memory.ahead.into_inner())
    }

    fn line_by(
        &mut self,
        tid: pid_t,
        entry: &CallEntry,
        memory: &MemoryAlong,
    ) -> Option<Box<SourceLine>> {
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
        let frame = sources.frame(thread, register, memory);
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

/// What a call is about to send, as far as it is read along with something else: where it is, and how much of it. Longer
/// messages may turn out to be sent in part.
pub(super) fn sends(row: &Row, words: &[u64; 6], sample: usize) -> Option<(u64, usize)> {
    const LONGEST: usize = 4096;
    let length = usize::try_from(words[2]).ok().filter(|length| (1..=LONGEST).contains(length))?;
    matches!(row.sys, Sys::Write | Sys::Sendto).then_some((words[1], length.min(sample)))
}

/// The memory of a tracee. With the first pieces that are read, something else is read along.
struct MemoryAlong {
    memory: TraceeMemory,
    sends: Cell<Option<(u64, usize)>>,
    ahead: Cell<Option<Ahead>>,
}

impl Memory for MemoryAlong {
    fn read(&self, address: u64, into: &mut [u8]) -> usize {
        crate::memory::Memory::read(&self.memory, address, into)
    }

    fn pieces(&self, pieces: &[Piece], into: &mut [u8]) -> bool {
        let parts = pieces.iter().map(|piece| (piece.address, piece.length));
        let Some(sends) = self.sends.take() else { return self.memory.all(parts, into) };
        let (read, ahead) = self.memory.all_along(parts, into, sends);
        self.ahead.set(ahead);
        read
    }
}
