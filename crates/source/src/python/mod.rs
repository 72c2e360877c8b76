//! CPython: the frames of a stopped thread, read from the interpreter's own structures.
//!
//! From 3.8 to 3.13; 3.14 by the offsets that it tells of itself, which no test has run yet. Of other versions
//! and of free-threaded builds nothing is said.

mod files;
mod layout;
mod lines;
mod objects;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;

use crate::memory::Reader;
use files::Files;
use layout::Layout;
pub(crate) use lines::{of_locations, of_pairs, of_ranges};
use objects::{Code, Names, Objects};

/// More frames than a sensible program has: one that recurses is as well told by these.
const FRAMES: usize = 256;
const INTERPRETERS: usize = 64;
const THREADS: usize = 4096;
/// How often a thread is looked for. The others go on, and one that begins or ends changes the list while it is read.
const TRIES: usize = 3;

/// A frame of a Python function that is being executed. Its line is [`Python::line`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    /// `co_filename`: a path, which is absolute if there is such a file; `<string>` (of `-c`, `exec` and `eval`),
    /// `<stdin>`, `<frozen importlib._bootstrap>` and the like for what no file contains.
    pub(crate) file: Arc<str>,
    code: Arc<Code>,
    /// The instruction that it executes, as its version has it.
    instruction: u64,
    /// Its name and its table of lines, if these have been read already.
    names: Option<Arc<Names>>,
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
    /// What was found of threads, by their ids, for as long as they live.
    states: HashMap<u32, State>,
    objects: Objects,
    files: Files,
}

/// The thread state of a thread.
#[derive(Clone, Copy, Debug)]
struct State {
    address: u64,
    thread_pointer: u64,
    interpreter: u64,
    /// Where its innermost frame was last said to be.
    frame_at: u64,
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

    /// The frames of a thread, the innermost first, up to one in a file of which `is_last` is true. `thread_pointer`, the
    /// base of its FS, is asked for when the thread is not known yet. All that the answer depends on is logged by the reader.
    pub(crate) fn frames(
        &mut self,
        thread: u32,
        thread_pointer: impl FnOnce() -> Option<u64>,
        reader: &mut Reader<'_>,
        is_last: &mut dyn FnMut(&Arc<str>) -> bool,
    ) -> (Walk, Vec<Frame>) {
        let (innermost, alone) = match self.innermost(thread, thread_pointer, reader) {
            Found::Frame { at, alone } => (at, alone),
            Found::Nothing => return (Walk::Outside, Vec::new()),
            Found::Unclear => return (Walk::Unclear, Vec::new()),
        };
        let logged = reader.logged();
        let mut believed = Vec::new();
        let frames = self.walk(innermost, alone, Some(&mut believed), reader, is_last);
        if let Some(mut frames) = frames {
            // Mostly it is the last one that is told.
            let names = frames.last().and_then(|last| self.objects.names_remembered(&last.code));
            if self.objects.are_there(&believed, names.as_deref(), reader) {
                if let Some(last) = frames.last_mut() {
                    last.names = names;
                }
                return (Walk::Shown, frames);
            }
        }
        reader.unlog(logged..reader.logged());
        match self.walk(innermost, alone, None, reader, is_last) {
            Some(frames) => (Walk::Shown, frames),
            None => (Walk::Unclear, Vec::new()),
        }
    }

    /// The address of a thread's state and the thread's pointer, if it has been found in the only interpreter.
    pub(crate) fn state(&self, thread: u32) -> Option<(u64, u64)> {
        self.states.get(&thread).map(|state| (state.address, state.thread_pointer))
    }

    /// The thread has ended: its id may be another's from now on.
    pub(crate) fn forget_thread(&mut self, thread: u32) {
        self.states.remove(&thread);
    }

    /// A frame's function (`co_name`, as tracebacks have it: `send`, `<module>`, `<lambda>`) and its line, from 1. Asked
    /// for separately, and once: the answer depends on the name and the table of lines of that frame only. `None` if the
    /// instruction belongs to no line.
    pub(crate) fn line(
        &mut self,
        frame: &Frame,
        reader: &mut Reader<'_>,
    ) -> Option<(Arc<str>, u32)> {
        let names = match &frame.names {
            Some(names) => Arc::clone(names),
            None => self.objects.names(&frame.code, reader)?,
        };
        let line = self.objects.line(&frame.code, &names, frame.instruction)?;
        Some((Arc::clone(&names.function), line))
    }

    /// The frames of a thread from the innermost on; `None` if something is not as it must be. Code objects that are
    /// remembered are taken for what they were, and added to those that are believed; without such a list, all are read.
    fn walk(
        &mut self,
        innermost: u64,
        alone: bool,
        mut believed: Option<&mut Vec<Arc<Code>>>,
        reader: &mut Reader<'_>,
        is_last: &mut dyn FnMut(&Arc<str>) -> bool,
    ) -> Option<Vec<Frame>> {
        let mut frames = Vec::new();
        let mut at = innermost;
        for _ in 0..FRAMES {
            if at == 0 {
                return Some(frames);
            }
            let Link { outer, code, instruction, is_between } = self.link(at, reader)?;
            at = outer;
            if is_between {
                continue;
            }
            let remembered = match &mut believed {
                Some(believed) => self
                    .objects
                    .remembered(code, alone)
                    .inspect(|code| believed.push(Arc::clone(code)))
                    .cloned(),
                None => None,
            };
            let code = match remembered {
                Some(code) => code,
                None => self.objects.code(code, alone, reader)?,
            };
            let file = self.files.plain(Arc::clone(&code.file));
            let is_last = is_last(&file) || self.is_callback_of_loop(&code, reader)?;
            frames.push(Frame { file, code, instruction, names: None });
            if is_last {
                return Some(frames);
            }
        }
        None
    }

    /// What one frame says, and whether it lies between the frames of two Python functions of which C code calls one.
    fn link(&self, at: u64, reader: &mut Reader<'_>) -> Option<Link> {
        let layout = self.layout;
        let offsets =
            [layout.outer, layout.code, layout.instruction, layout.owner.unwrap_or(0) & !7];
        let end = offsets.into_iter().max().unwrap_or(0) + 8;
        // From 3.11 on, the frames of callers lie below, as a rule.
        let from = if layout.minor >= 11 { at & !0xfff } else { at };
        reader.ahead(from, at, end);
        let mut word = |offset: u64| reader.stack(at.wrapping_add(offset));
        let (outer, code, instruction) =
            (word(layout.outer)?, word(layout.code)?, word(layout.instruction)?);
        let owner = match layout.owner {
            Some(owner) => Some(word(owner & !7)? >> (8 * (owner & 7)) & 0xff),
            None => None,
        };
        let is_between = match owner {
            // FRAME_OWNED_BY_THREAD, _GENERATOR, _FRAME_OBJECT.
            None | Some(0..=2) => false,
            // FRAME_OWNED_BY_CSTACK and, from 3.14, FRAME_OWNED_BY_INTERPRETER.
            Some(3 | 4) if layout.minor >= 12 => true,
            Some(_) => return None,
        };
        Some(Link { outer, code, instruction, is_between })
    }

    /// `asyncio.Handle._run`, which calls what was registered with an event loop: streams receive in such a call. Who is
    /// further out has only started the event loop, and does not make this call.
    fn is_callback_of_loop(&mut self, code: &Code, reader: &mut Reader<'_>) -> Option<bool> {
        if !code.file.ends_with("/asyncio/events.py") {
            return Some(false);
        }
        self.objects.name(code, reader).map(|name| &*name == "_run")
    }

    /// A thread's innermost frame.
    fn innermost(
        &mut self,
        thread: u32,
        thread_pointer: impl FnOnce() -> Option<u64>,
        reader: &mut Reader<'_>,
    ) -> Found {
        if let Some(mut state) = self.states.remove(&thread) {
            let logged = reader.logged();
            if let Some(at) = self.still(&mut state, reader) {
                self.states.insert(thread, state);
                return Found::Frame { at, alone: true };
            }
            reader.unlog(logged..reader.logged());
        }
        let Some(thread_pointer) = thread_pointer() else { return Found::Unclear };
        let mut found = self.search(thread, thread_pointer, reader);
        for _ in 1..TRIES {
            if matches!(found, Some(Found::Frame { .. })) {
                break;
            }
            found = self.search(thread, thread_pointer, reader);
        }
        found.unwrap_or(Found::Unclear)
    }

    /// The innermost frame of a thread state that was found in the list of its interpreter, if this is still the only
    /// interpreter.
    ///
    /// The answer depends on the state itself only: as long as its thread lives, nobody but it ends its state, and it
    /// does so outside all frames.
    fn still(&self, state: &mut State, reader: &mut Reader<'_>) -> Option<u64> {
        let layout = self.layout;
        let holder_at = state.address.wrapping_add(layout.holder.unwrap_or(layout.frame));
        let logged = reader.logged();
        let words = reader.words(&[
            self.runtime.wrapping_add(layout.interpreters),
            state.interpreter.wrapping_add(layout.next_interpreter),
            state.frame_at,
            state.address.wrapping_add(layout.thread_id),
            state.address.wrapping_add(layout.interpreter),
            holder_at,
        ])?;
        let [first, next, frame, id, interpreter, holder] = *words else { return None };
        let is_its_own = id == state.thread_pointer && interpreter == state.interpreter;
        if !is_its_own || next != 0 || first != interpreter {
            return None;
        }
        let frame_at = match layout.holder {
            Some(_) => holder.wrapping_add(layout.frame),
            None => holder_at,
        };
        // The last three say which state it is, and the one before them the frame, if it is still told there.
        let frame = if frame_at == state.frame_at {
            reader.unlog(logged..logged + 2);
            frame
        } else {
            reader.unlog(logged..logged + 3);
            state.frame_at = frame_at;
            reader.word(frame_at)?
        };
        (frame != 0).then_some(frame)
    }

    /// Looks for the thread in all interpreters.
    ///
    /// Up to 3.11, a state that was made for a thread to be has the id of the thread that makes it, and no
    /// frame. A thread that is in several interpreters has a state in each: if two have frames, which of them is
    /// at work can't be told.
    fn search(
        &mut self,
        thread: u32,
        thread_pointer: u64,
        reader: &mut Reader<'_>,
    ) -> Option<Found> {
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
                    let (frame_at, frame) = self.frame_of(state, reader)?;
                    let state = State { address: state, thread_pointer, interpreter, frame_at };
                    if frame != 0 && found.replace((state, frame)).is_some() {
                        return None;
                    }
                }
                state = following;
            }
            interpreter = next;
        }
        let Some((mut state, frame)) = found else { return Some(Found::Nothing) };
        let after = reader.logged();
        let alone = self.still(&mut state, reader) == Some(frame);
        if alone {
            // From here on, what this has logged is enough.
            reader.unlog(logged..after);
            if self.states.len() >= THREADS {
                self.states.clear();
            }
            self.states.insert(thread, state);
        }
        Some(Found::Frame { at: frame, alone })
    }

    /// Where a thread state has its innermost frame, and that: 0 if it executes no Python function.
    fn frame_of(&self, state: u64, reader: &mut Reader<'_>) -> Option<(u64, u64)> {
        let holder = match self.layout.holder {
            Some(holder) => {
                reader.word(state.wrapping_add(holder)).filter(|holder| *holder != 0)?
            }
            None => state,
        };
        let at = holder.wrapping_add(self.layout.frame);
        Some((at, reader.word(at)?))
    }
}

fn word_in(bytes: &[u8], offset: u64) -> Option<u64> {
    let offset = usize::try_from(offset).ok()?;
    let word = bytes.get(offset..offset.checked_add(8)?)?;
    Some(u64::from_le_bytes(word.try_into().ok()?))
}

/// What one of the frames of a thread says.
struct Link {
    /// The frame that it was called from; 0 if there is none.
    outer: u64,
    code: u64,
    instruction: u64,
    is_between: bool,
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
