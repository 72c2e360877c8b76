//! Which line of its source a stopped thread is in: C, C++, Rust, Go and CPython.
//!
//! Nothing is asked of the program: no flag, no agent, no injected code. This crate reads registers, memory
//! and binaries, executes nothing it finds, and says nothing rather than something wrong.
#![forbid(unsafe_code)]

mod memory;
mod python;

use std::path::PathBuf;
use std::sync::Arc;

pub use memory::Memory;

/// A thread that has just entered a system call.
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

/// The registers that are rarely needed, and cost a call to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Registers {
    /// `rbp`.
    pub frame: u64,
    /// The base of FS: what `pthread_self(3)` returns.
    pub thread_pointer: u64,
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
    /// The folder that the user works in.
    own: PathBuf,
}

impl Sources {
    /// Begins with no process known. Files under `own` are the user's.
    pub fn new(own: impl Into<PathBuf>) -> Self {
        Self { own: own.into() }
    }

    /// A process has executed another program, or has ended.
    pub fn forget(&mut self, process: u32) {
        let _ = process;
    }

    /// The program that this process runs, by its file, if it is the user's own and was compiled without
    /// debug information.
    pub fn without_lines(&self, process: u32) -> Option<String> {
        let _ = process;
        None
    }

    /// The innermost frame that is most the user's own. `registers` is asked only where the answer depends
    /// on them; `None` where nothing is certain.
    pub fn frame(
        &mut self,
        thread: Thread,
        registers: impl FnOnce() -> Option<Registers>,
        memory: &dyn Memory,
    ) -> Option<Frame> {
        let _ = (&self.own, thread, registers, memory);
        None
    }
}
