//! CPython: the frames of a stopped thread, read from the interpreter's own structures.
//!
//! From 3.8 to 3.13; 3.14 by the offsets that it tells of itself, which no test has run yet. Of other versions
//! and of free-threaded builds nothing is said.

mod layout;
mod lines;
mod objects;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use crate::memory::Reader;
use layout::Layout;
pub(crate) use lines::{of_locations, of_pairs, of_ranges};
use objects::{Objects, Place};

/// More frames than a sensible program has: one that recurses is as well told by these.
const FRAMES: usize = 256;
const INTERPRETERS: usize = 64;
const THREADS: usize = 4096;
/// How often a thread is looked for. The others go on, and one that begins or ends changes the list while it is read.
const TRIES: usize = 3;
/// Names of files that are remembered.
const FILES: usize = 1024;

/// A frame of a Python function that is being executed. Its line is [`Python::line`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    /// `co_filename`: a path, which is absolute if there is such a file; `<string>` (of `-c`, `exec` and `eval`),
    /// `<stdin>`, `<frozen importlib._bootstrap>` and the like for what no file contains.
    pub(crate) file: Arc<str>,
    /// `co_name`, as tracebacks have it: `send`, `<module>`, `<lambda>`.
    pub(crate) function: Arc<str>,
    /// What the line follows from.
    place: Place,
}

/// How a walk over a thread's frames ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Walk {
    /// The thread executes no Python function: what it does is to be seen in its native frames.
    Outside,
    /// All frames were shown, or as many as were wanted.
    Shown,
    /// Something was not as it must be. Further frames may exist, so who is told to have made a call because no
    /// one else has may not have made it.
    Unclear,
}

/// The interpreter of one process.
#[derive(Debug)]
pub(crate) struct Python {
    runtime: u64,
    layout: Layout,
    /// The thread state of each thread pointer, for as long as it is one.
    states: HashMap<u64, u64>,
    objects: Objects,
    files: Files,
}

impl Python {
    /// The interpreter of a process, whose `_PyRuntime` is at this address. `minor` is its version (8 for 3.8)
    /// as far as its file tells it; 3.13 and later tell it themselves.
    pub(crate) fn new(
        process: u32,
        runtime: u64,
        minor: Option<u8>,
        reader: &Reader<'_>,
    ) -> Option<Self> {
        let layout = Layout::of(runtime, minor, reader)?;
        let (objects, files) = (Objects::new(layout), Files::of(process));
        Some(Self { runtime, layout, states: HashMap::new(), objects, files })
    }

    /// Shows the frames of the thread with this base of FS, the innermost first. All that they depend on is
    /// logged by the reader.
    pub(crate) fn frames(
        &mut self,
        thread_pointer: u64,
        reader: &mut Reader<'_>,
        show: &mut dyn FnMut(Frame) -> ControlFlow<()>,
    ) -> Walk {
        let (innermost, alone) = match self.innermost(thread_pointer, reader) {
            Found::Frame { at, alone } => (at, alone),
            Found::Nothing => return Walk::Outside,
            Found::Unclear => return Walk::Unclear,
        };
        self.walk(innermost, alone, reader, show).unwrap_or(Walk::Unclear)
    }

    /// A frame's line, from 1. It is asked for separately, and once: the answer depends on the table of lines of
    /// that frame only. `None` if the instruction belongs to no line.
    pub(crate) fn line(&mut self, frame: &Frame, reader: &mut Reader<'_>) -> Option<u32> {
        self.objects.line(&frame.place, reader)
    }

    fn walk(
        &mut self,
        innermost: u64,
        alone: bool,
        reader: &mut Reader<'_>,
        show: &mut dyn FnMut(Frame) -> ControlFlow<()>,
    ) -> Option<Walk> {
        let layout = self.layout;
        let mut at = innermost;
        for _ in 0..FRAMES {
            if at == 0 {
                return Some(Walk::Shown);
            }
            let owner_word = layout.owner.map(|owner| at.wrapping_add(owner & !7));
            let mut wanted = vec![
                at.wrapping_add(layout.outer),
                at.wrapping_add(layout.code),
                at.wrapping_add(layout.instruction),
            ];
            wanted.extend(owner_word);
            let words = reader.words(&wanted)?;
            let (outer, code, instruction) = (*words.first()?, *words.get(1)?, *words.get(2)?);
            let owner =
                layout.owner.and_then(|owner| Some(words.get(3)? >> (8 * (owner & 7)) & 0xff));
            at = outer;
            match owner {
                // FRAME_OWNED_BY_THREAD, _GENERATOR, _FRAME_OBJECT.
                None | Some(0..=2) => {}
                // FRAME_OWNED_BY_CSTACK and, from 3.14, FRAME_OWNED_BY_INTERPRETER: between the frames of two
                // Python functions of which C code calls one.
                Some(3 | 4) if layout.minor >= 12 => continue,
                Some(_) => return None,
            }
            let mut frame = self.objects.frame(code, instruction, alone, reader)?;
            frame.file = self.files.plain(frame.file);
            // Who is further out has only started the event loop, and does not make this call.
            let stop = is_callback_of_loop(&frame);
            if show(frame).is_break() || stop {
                return Some(Walk::Shown);
            }
        }
        None
    }

    /// A thread's innermost frame.
    fn innermost(&mut self, thread_pointer: u64, reader: &mut Reader<'_>) -> Found {
        if let Some(state) = self.states.get(&thread_pointer).copied() {
            match self.still(state, thread_pointer, reader) {
                Some(at) => return Found::Frame { at, alone: true },
                None => self.states.remove(&thread_pointer),
            };
        }
        let mut found = self.search(thread_pointer, reader);
        for _ in 1..TRIES {
            if matches!(found, Some(Found::Frame { .. })) {
                break;
            }
            found = self.search(thread_pointer, reader);
        }
        found.unwrap_or(Found::Unclear)
    }

    /// The innermost frame of a thread state, if this is still that thread's, in the only interpreter.
    ///
    /// The state of an ended thread may look as if it was alive, and the thread's pointer is the next thread's.
    /// So it must be in the list of its interpreter. The answer depends on the state itself only: as long as this
    /// thread lives, nobody but it ends its state, and it does so outside all frames.
    fn still(&self, state: u64, thread_pointer: u64, reader: &mut Reader<'_>) -> Option<u64> {
        let layout = self.layout;
        let words = reader.words(&[
            state.wrapping_add(layout.thread_id),
            state.wrapping_add(layout.interpreter),
            state.wrapping_add(layout.holder.unwrap_or(layout.frame)),
        ])?;
        let [id, interpreter, holder] = *words else { return None };
        let frame = match layout.holder {
            Some(_) => reader.word(holder.wrapping_add(layout.frame))?,
            None => holder,
        };
        let is_its_own = id == thread_pointer && interpreter != 0 && frame != 0;
        let listed = |reader: &mut Reader<'_>| self.is_listed(state, interpreter, reader);
        (is_its_own && reader.implied(listed)?).then_some(frame)
    }

    /// True if a thread state is in the list of its interpreter, and this is the only one.
    fn is_listed(&self, state: u64, interpreter: u64, reader: &mut Reader<'_>) -> Option<bool> {
        let layout = self.layout;
        let previous = reader.word(state.wrapping_add(layout.previous_thread))?;
        let before = match previous {
            0 => interpreter.wrapping_add(layout.threads),
            previous => previous.wrapping_add(layout.next_thread),
        };
        let words = reader.words(&[
            before,
            interpreter.wrapping_add(layout.next_interpreter),
            self.runtime.wrapping_add(layout.interpreters),
        ])?;
        Some(*words == [state, 0, interpreter])
    }

    /// Looks for the thread in all interpreters.
    ///
    /// Up to 3.11, a state that was made for a thread to be has the id of the thread that makes it, and no
    /// frame. A thread that is in several interpreters has a state in each: if two have frames, which of them is
    /// at work can't be told.
    fn search(&mut self, thread_pointer: u64, reader: &mut Reader<'_>) -> Option<Found> {
        let layout = self.layout;
        let logged = reader.logged();
        let mut found = None;
        let mut interpreter = reader.word(self.runtime.wrapping_add(layout.interpreters))?;
        let mut interpreters = 0;
        let mut threads = 0;
        // What is looked for is in the first bytes of a thread state.
        let mut start = [0; 256];
        while interpreter != 0 {
            interpreters += 1;
            if interpreters > INTERPRETERS {
                return None;
            }
            let words = reader.words(&[
                interpreter.wrapping_add(layout.threads),
                interpreter.wrapping_add(layout.next_interpreter),
            ])?;
            let [mut state, next] = *words else { return None };
            while state != 0 {
                threads += 1;
                if threads > THREADS {
                    return None;
                }
                // Not logged: the answer does not depend on other threads.
                let part = reader.peek(state, &mut start);
                let word = |offset: u64| word_in(start.get(..part)?, offset);
                let (id, following) = (word(layout.thread_id)?, word(layout.next_thread)?);
                if id == thread_pointer {
                    reader.depends_on(state.wrapping_add(layout.thread_id), id);
                    let frame = self.frame_of(state, reader)?;
                    if frame != 0 && found.replace((state, frame)).is_some() {
                        return None;
                    }
                }
                state = following;
            }
            interpreter = next;
        }
        let Some((state, frame)) = found else { return Some(Found::Nothing) };
        if self.states.len() >= THREADS {
            self.states.clear();
        }
        self.states.insert(thread_pointer, state);
        let after = reader.logged();
        let alone = self.still(state, thread_pointer, reader) == Some(frame);
        if alone {
            // From here on, what this has logged is enough.
            reader.unlog(logged..after);
        }
        Some(Found::Frame { at: frame, alone })
    }

    /// The innermost frame of a thread state: 0 if it executes no Python function.
    fn frame_of(&self, state: u64, reader: &mut Reader<'_>) -> Option<u64> {
        let holder = match self.layout.holder {
            Some(holder) => {
                reader.word(state.wrapping_add(holder)).filter(|holder| *holder != 0)?
            }
            None => state,
        };
        reader.word(holder.wrapping_add(self.layout.frame))
    }
}

/// The files of code that was compiled under names that are not plain paths: relative ones, as a script's in 3.8,
/// where it is as on the command line, or that of whatever `runpy.run_path` and `compile` are given; and such as
/// `/home/ana/../ana/./client.py`, which later versions make of these.
#[derive(Debug)]
struct Files {
    /// The process's folder in `/proc`.
    process: PathBuf,
    /// The folder it worked in when it was first seen.
    folder: Option<PathBuf>,
    known: HashMap<Arc<str>, Arc<str>>,
}

impl Files {
    fn of(process: u32) -> Self {
        let process = PathBuf::from(format!("/proc/{process}"));
        Self { folder: process.join("cwd").read_link().ok(), process, known: HashMap::new() }
    }

    /// The plain path of a file that exists; any other name as it is.
    fn plain(&mut self, name: Arc<str>) -> Arc<str> {
        if name.starts_with('<') || name.starts_with('/') && !name.contains("/.") {
            return name;
        }
        if let Some(known) = self.known.get(&name) {
            return Arc::clone(known);
        }
        let plain = self.found(&name).unwrap_or_else(|| Arc::clone(&name));
        if self.known.len() >= FILES {
            self.known.clear();
        }
        self.known.insert(name, Arc::clone(&plain));
        plain
    }

    fn found(&self, name: &str) -> Option<Arc<str>> {
        let full = self.folder.as_deref().unwrap_or(Path::new("/")).join(name);
        let mut plain = PathBuf::new();
        for component in full.components() {
            match component {
                Component::CurDir => {}
                Component::ParentDir => _ = plain.pop(),
                other => plain.push(other),
            }
        }
        // As the process sees it, which may have another root. After a symbolic link, `..` is elsewhere.
        let file = |path: &Path| {
            let seen = self.process.join("root").join(path.strip_prefix("/").ok()?);
            let about = seen.metadata().ok().filter(std::fs::Metadata::is_file)?;
            Some((about.dev(), about.ino()))
        };
        let same = file(&full).is_some_and(|it| Some(it) == file(&plain));
        same.then(|| plain.to_str().map(Arc::from))?
    }
}

fn word_in(bytes: &[u8], offset: u64) -> Option<u64> {
    let offset = usize::try_from(offset).ok()?;
    let word = bytes.get(offset..offset.checked_add(8)?)?;
    Some(u64::from_le_bytes(word.try_into().ok()?))
}

/// What was found of a thread.
enum Found {
    /// The address of its innermost frame; and whether its interpreter is the only one.
    Frame {
        at: u64,
        alone: bool,
    },
    /// It is none of the interpreter's, or executes no Python function.
    Nothing,
    Unclear,
}

/// `asyncio.Handle._run`, which calls what was registered with an event loop: streams receive in such a call.
fn is_callback_of_loop(frame: &Frame) -> bool {
    &*frame.function == "_run" && frame.file.ends_with("/asyncio/events.py")
}
