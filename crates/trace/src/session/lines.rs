//! The line of the program's source that makes a call.

use std::cell::Cell;
use std::collections::{HashSet, VecDeque};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::sync::Arc;

use libc::pid_t;
use rustc_hash::FxHashMap;
use socklab_event::{Notice, Outcome, SourceLine};
use socklab_source::{Memory, Piece, Register, Sources, Thread};

use super::calls::Calls;
use super::thread::OpenCall;
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
    ours: FxHashMap<pid_t, bool>,
    lately: Lately,
}

/// The lines that were told lately: a program calls from the same ones again and again.
#[derive(Debug, Default)]
struct Lately(VecDeque<(Arc<str>, Arc<str>, Arc<SourceLine>)>);

impl Lately {
    const MOST: usize = 16;

    fn told(&mut self, file: &Arc<str>, line: u32, function: &Arc<str>) -> Arc<SourceLine> {
        let known = self.0.iter().find(|(its_file, its_function, told)| {
            told.line == line && Arc::ptr_eq(its_file, file) && Arc::ptr_eq(its_function, function)
        });
        if let Some((.., told)) = known {
            return Arc::clone(told);
        }
        let name = Some(function.to_string()).filter(|name| !name.is_empty());
        let told = Arc::new(SourceLine { file: file.to_string(), line, function: name });
        self.0.truncate(Self::MOST - 1);
        self.0.push_front((Arc::clone(file), Arc::clone(function), Arc::clone(&told)));
        told
    }
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

/// The line of a call that has been entered.
#[derive(Debug)]
pub(crate) enum CallLine {
    /// This one, or none that is known for certain.
    Told(Option<Arc<SourceLine>>),
    /// It is looked up once the call has returned, along with reading what was received: the program was there before, so
    /// that this is a matter of comparing some words, which are the same until then.
    AtReturn,
}

impl CallLine {
    /// The line, as far as it is known by now.
    pub(super) fn told(self) -> Option<Arc<SourceLine>> {
        match self {
            Self::Told(line) => line,
            Self::AtReturn => None,
        }
    }
}

impl Calls<'_> {
    /// The line that makes the call which this thread is about to enter. Must be asked before the thread's address of
    /// return is changed. If what the call sends was read along with what the answer depends on, that comes as well.
    pub(super) fn line_at_entry(
        &mut self,
        tid: pid_t,
        row: &Row,
        entry: &CallEntry,
    ) -> (CallLine, Option<Ahead>) {
        let Some(thread) = self.thread_at(tid, entry.instruction, entry.stack) else {
            return (CallLine::Told(None), None);
        };
        let has_been_there =
            || self.lines.sources.as_ref().is_some_and(|sources| sources.has_answered(&thread));
        if matches!(row.sys, Sys::Read | Sys::Recvfrom) && has_been_there() {
            return (CallLine::AtReturn, None);
        }
        let sends = matches!(row.sys, Sys::Write | Sys::Sendto);
        let sends =
            sends.then(|| self.sampled(tid, &entry.arguments, entry.arguments[2])).flatten();
        let (line, ahead) = self.line(tid, thread, sends);
        (CallLine::Told(line), ahead)
    }

    /// Looks up the line of a call that has returned or was interrupted, or whose thread is about to end, if that has been put
    /// off until then.
    pub(super) fn settle_line(&mut self, tid: pid_t, call: &mut OpenCall, outcome: Outcome) {
        if !matches!(call.line, CallLine::AtReturn) {
            return;
        }
        let received = match outcome {
            Outcome::Value(count) => self.sampled(tid, &call.entry.words, count.cast_unsigned()),
            _ => None,
        };
        let thread = self.thread_at(tid, call.instruction, call.stack);
        let (line, ahead) = thread.map_or((None, None), |it| self.line(tid, it, received));
        (call.line, call.ahead) = (CallLine::Told(line), ahead);
    }

    /// A thread in a call, unless it executes the recorder's own program.
    fn thread_at(&mut self, tid: pid_t, instruction: u64, stack: u64) -> Option<Thread> {
        self.lines.sources.as_ref()?;
        let pid = self.tracees.thread(tid)?.pid;
        let is_ours = *self.lines.ours.entry(pid).or_insert_with(|| is_ours(pid));
        let (process, id) = (pid.cast_unsigned(), tid.cast_unsigned());
        (!is_ours).then_some(Thread { process, id, instruction, stack })
    }

    /// The part of a message that is recorded: where it is, and how long. `None` for a long one, which costs more to
    /// read than a system call.
    fn sampled(&self, tid: pid_t, words: &[u64; 6], length: u64) -> Option<(u64, usize)> {
        const LONGEST: usize = 4096;
        let length =
            usize::try_from(length.min(words[2])).ok()?.min(self.limits(tid, false).sample);
        (1..=LONGEST).contains(&length).then_some((words[1], length))
    }

    fn line(
        &mut self,
        tid: pid_t,
        thread: Thread,
        along: Option<(u64, usize)>,
    ) -> (Option<Arc<SourceLine>>, Option<Ahead>) {
        let Some(sources) = &mut self.lines.sources else { return (None, None) };
        let memory = MemoryAlong {
            memory: TraceeMemory(tid),
            along: Cell::new(along),
            ahead: Cell::default(),
        };
        let register = |register| {
            let offset = match register {
                Register::Frame => arch::FRAME_OFFSET,
                Register::ThreadPointer => arch::THREAD_POINTER_OFFSET,
            };
            ptrace::register(tid, offset).ok()
        };
        let frame = sources.frame(thread, register, &memory);
        if let Some(program) = sources.without_lines(thread.process)
            && !self.lines.told.contains(program)
        {
            let program = program.to_owned();
            self.lines.told.insert(program.clone());
            self.reporter.notice(self.tracees.place(tid), Notice::NoLines { program });
        }
        let line = frame.and_then(|frame| {
            Some(self.lines.lately.told(frame.file.as_ref()?, frame.line, &frame.function))
        });
        (line, memory.ahead.into_inner())
    }
}

/// The memory of a tracee. With the first pieces that are read, something else is read along.
struct MemoryAlong {
    memory: TraceeMemory,
    along: Cell<Option<(u64, usize)>>,
    ahead: Cell<Option<Ahead>>,
}

impl Memory for MemoryAlong {
    fn read(&self, address: u64, into: &mut [u8]) -> usize {
        crate::memory::Memory::read(&self.memory, address, into)
    }

    fn pieces(&self, pieces: &[Piece], into: &mut [u8]) -> bool {
        let parts = pieces.iter().map(|piece| (piece.address, piece.length));
        let Some(along) = self.along.take() else { return self.memory.all(parts, into) };
        let (read, ahead) = self.memory.all_along(parts, into, along);
        self.ahead.set(ahead);
        read
    }
}
