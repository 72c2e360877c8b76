//! Which line of its source a stopped thread is in: C, C++, Rust, Go and CPython.
//!
//! Nothing is asked of the program: no flag, no agent, no injected code. This crate reads registers, memory
//! and binaries, executes nothing it finds, and says nothing rather than something wrong.
#![forbid(unsafe_code)]

mod binary;
mod call;
mod fuel;
#[doc(hidden)]
pub mod fuzzing;
mod go;
mod image;
mod images;
mod lines;
mod maps;
mod memo;
mod memory;
mod origin;
mod python;
mod space;
mod symbols;
mod unwind;
mod words;

use std::cell::OnceCell;
use std::path::PathBuf;
use std::sync::Arc;

use rustc_hash::FxHashMap;

pub use memory::{Memory, Piece};

use images::Images;
use memory::Reader;
use origin::Own;
use space::{Around, Space};

/// A thread in a system call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thread {
    /// Its process.
    pub process: u32,
    /// Its id (`gettid(2)`).
    pub id: u32,
    /// The instruction pointer.
    pub instruction: u64,
    /// The stack pointer.
    pub stack: u64,
}

/// A register that is rarely needed, and costs a call to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Register {
    /// `rbp`.
    Frame,
    /// The base of FS: what `pthread_self(3)` returns.
    ThreadPointer,
}

/// How much a frame is the user's own: of several, the least is told, and the innermost of equals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// A file under the folder that the user works in.
    Own,
    /// A file elsewhere that is no library's.
    Elsewhere,
    /// A function of the program without a line: it was compiled without debug information.
    Bare,
    /// A third party's package.
    Package,
    /// The language's own library, its interpreter, or the C library.
    Library,
}

/// Where a thread is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The file, as debug information or the interpreter gives it; `None` for [`Origin::Bare`].
    pub file: Option<Arc<str>>,
    /// The line, from 1; 0 without a file.
    pub line: u32,
    /// The function.
    pub function: Arc<str>,
    /// Whose it is.
    pub origin: Origin,
}

/// Answers for all processes of a trace.
#[derive(Debug)]
pub struct Sources {
    own: Own,
    images: Images,
    spaces: FxHashMap<u32, Space>,
}

/// Words that are kept of all processes together: 32 MiB.
const KEPT: usize = 1 << 21;

impl Sources {
    /// Begins with no process known. Files under `own` are the user's.
    pub fn new(own: impl Into<PathBuf>) -> Self {
        Self { own: Own::new(own.into()), images: Images::default(), spaces: FxHashMap::default() }
    }

    /// A process has executed another program, or has ended.
    pub fn forget(&mut self, process: u32) {
        self.spaces.remove(&process);
    }

    /// A thread of a process has ended.
    pub fn forget_thread(&mut self, process: u32, thread: u32) {
        if let Some(space) = self.spaces.get_mut(&process) {
            space.forget_thread(thread);
        }
    }

    /// The program that this process runs, or a library of it, by its file, if it is the user's own and was
    /// compiled without debug information, so that its calls have no line.
    pub fn without_lines(&self, process: u32) -> Option<&str> {
        self.spaces.get(&process)?.without_lines.as_deref()
    }

    /// True if a thread was asked for before with the same registers: the answer is likely to cost no more than a reading of
    /// some words.
    pub fn has_answered(&self, thread: &Thread) -> bool {
        self.spaces
            .get(&thread.process)
            .is_some_and(|space| space.memos.has(space.asked(thread.id), thread))
    }

    /// The innermost frame that is most the user's own. `register` is asked only for those on which the answer
    /// depends, and once for each; `None` where nothing is certain, or only a library's code executes: its line says
    /// nothing about the program.
    pub fn frame(
        &mut self,
        thread: Thread,
        register: impl Fn(Register) -> Option<u64>,
        memory: &dyn Memory,
    ) -> Option<Frame> {
        // Several memos may depend on it.
        let frame_pointer = OnceCell::new();
        let frame_pointer = || *frame_pointer.get_or_init(|| register(Register::Frame));
        let space = self.spaces.entry(thread.process).or_insert_with(|| Space::new(thread.process));
        if let Some(known) = space.memos.get(space.asked(thread.id), &thread, memory, frame_pointer)
        {
            return known;
        }
        space.refill();
        let mut reader = Reader::new(memory);
        let mut needed = None;
        let mut around = Around { images: &mut self.images, own: &self.own };
        let thread_pointer = || register(Register::ThreadPointer);
        let interpreted = space.interpreted(thread.id, thread_pointer, &mut reader, &mut around);
        // What an interpreter executes is soon looked up again, and a thread that serves one connection is at each place
        // only once.
        let asked = space.asked(thread.id);
        let comes_again = interpreted.is_none() || space.memos.comes_again(asked, &thread);
        let answer = interpreted.unwrap_or_else(|| {
            let mut ask = || {
                needed = frame_pointer();
                needed
            };
            space
                .native(&thread, &mut reader, &mut ask, &mut around)
                .filter(|frame| frame.origin != Origin::Library)
        });
        if comes_again {
            space.memos.keep(asked, &thread, needed, &reader.into_log(), answer.clone());
        }
        self.bound();
        answer
    }

    fn bound(&mut self) {
        if self.spaces.values().map(|space| space.memos.size()).sum::<usize>() > KEPT {
            for space in self.spaces.values_mut() {
                space.memos.clear();
            }
        }
    }
}
