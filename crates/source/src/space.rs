//! One process: what it has loaded, and where its threads are.

mod interpreted;

use std::collections::HashSet;
use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::call::Call;
use crate::image::{Image, Kind};
use crate::images::Images;
use crate::maps::{self, Mapping};
use crate::memo::{Asked, Memos};
use crate::memory::Reader;
use crate::origin::{Choice, Own};
use crate::python::Python;
use crate::unwind::{AskBase, Base, State};
use crate::{Frame, Origin, Thread};

/// A process, until it executes another program.
#[derive(Debug, Default)]
pub(crate) struct Space {
    process: u32,
    regions: Vec<Region>,
    mappings: Vec<Mapping>,
    /// Pages that were in no mapping when these were last read: of code made at run time, mostly.
    nowhere: HashSet<u64>,
    /// `None` until it has been looked for in the mappings as they are.
    python: Option<Option<Python>>,
    /// Whose the files are that the interpreter executes.
    origins: FxHashMap<Arc<str>, Origin>,
    pub(crate) memos: Memos,
    /// A binary of the user's that has no debug information.
    pub(crate) without_lines: Option<Rc<str>>,
}

/// Whether what is mapped there is a binary has not been asked, or has been answered.
#[derive(Clone, Debug)]
enum Region {
    Unasked,
    Other,
    Binary(Loaded),
}

/// A binary, and how far from where its headers say it has been loaded.
#[derive(Clone, Debug)]
pub(crate) struct Loaded {
    pub(crate) image: Rc<Image>,
    bias: u64,
    /// A word that is another one as soon as another binary is loaded there.
    mark: Option<(u64, u64)>,
}

/// What is the same for all processes.
pub(crate) struct Around<'a> {
    pub(crate) images: &'a mut Images,
    pub(crate) own: &'a Own,
}

/// A deeper stack is not followed to its end.
const DEEPEST: usize = 128;
const PAGES: usize = 1 << 16;

/// The function that was called from a frame, if that frame is another binary's as a rule.
struct Inner {
    image: Rc<Image>,
    bias: u64,
    /// Where it is executing, and where the function begins, both by the file.
    at: u64,
    begin: Option<u64>,
}

/// What a call before a return address tells of the function that was called.
enum Called {
    /// Nothing precedes the address that could have called.
    NoCall,
    /// It is the one that executes, or it is unknown which one it is.
    Fits,
    /// A function that did not return, but jumped on: what is known of where it did.
    Jumped(Vec<Frame>),
    /// It is unknown where, and the function is the user's own: its caller's line would be wrong.
    Lost(Frame),
}

impl Space {
    pub(crate) fn new(process: u32) -> Self {
        let mut space = Self { process, ..Self::default() };
        space.read_mappings();
        space
    }

    /// What is known of a thread that is asked about.
    pub(crate) fn asked(&self, thread: u32) -> Asked {
        let python = self.python.as_ref().and_then(Option::as_ref);
        let state = python.and_then(|python| python.state(thread));
        state.map_or(Asked::Thread(thread), |(address, thread_pointer)| Asked::State {
            address,
            thread_pointer,
        })
    }

    /// The thread has ended: its id may be another's from now on.
    pub(crate) fn forget_thread(&mut self, thread: u32) {
        self.memos.forget(thread);
        if let Some(Some(python)) = &mut self.python {
            python.forget_thread(thread);
        }
    }

    fn read_mappings(&mut self) {
        self.take_mappings(maps::of(self.process));
    }

    fn take_mappings(&mut self, now: Vec<Mapping>) {
        self.regions = vec![Region::Unasked; now.len()];
        self.mappings = now;
        self.nowhere.clear();
        if matches!(self.python, Some(None)) {
            self.python = None;
        }
    }

    /// The binary at an address.
    fn loaded(
        &mut self,
        address: u64,
        reader: &mut Reader<'_>,
        around: &mut Around<'_>,
    ) -> Option<Loaded> {
        if let Some(loaded) = self.find(address, reader, around) {
            return Some(loaded);
        }
        // Something has been loaded since; or this is code made at run time, as often as it comes.
        if self.nowhere.len() >= PAGES || !self.nowhere.insert(address >> 12) {
            return None;
        }
        let now = maps::of(self.process);
        if now == self.mappings {
            return None;
        }
        self.take_mappings(now);
        self.find(address, reader, around)
    }

    fn find(
        &mut self,
        address: u64,
        reader: &mut Reader<'_>,
        around: &mut Around<'_>,
    ) -> Option<Loaded> {
        let index = maps::at(&self.mappings, address)?;
        let region = self.regions.get(index)?.clone();
        match region {
            Region::Other => None,
            Region::Binary(loaded) => match loaded.mark {
                None => Some(loaded),
                Some((at, value)) => {
                    (reader.word(at) == Some(value)).then_some(loaded).or_else(|| {
                        // Another binary is there now.
                        self.read_mappings();
                        self.nowhere.clear();
                        let index = maps::at(&self.mappings, address)?;
                        self.load(index, reader, around)
                    })
                }
            },
            Region::Unasked => self.load(index, reader, around),
        }
    }

    fn load(
        &mut self,
        index: usize,
        reader: &mut Reader<'_>,
        around: &mut Around<'_>,
    ) -> Option<Loaded> {
        let mapping = self.mappings.get(index)?;
        let loaded = around.images.open(self.process, mapping, around.own).and_then(|image| {
            let bias = image.binary().bias(mapping.start, mapping.offset)?;
            is_what_was_loaded(&image, bias, reader).then_some(())?;
            // What is installed is not built anew while a program executes, and is nobody's line. The program itself
            // is loaded as long as the process executes it.
            let stays = image.kind == Kind::Foreign || maps::is_executable(self.process, mapping);
            let mark = image.mark.filter(|_| !stays);
            let mark =
                mark.map(|at| at.wrapping_add(bias)).and_then(|at| Some((at, reader.word(at)?)));
            Some(Loaded { image, bias, mark })
        });
        *self.regions.get_mut(index)? = loaded.clone().map_or(Region::Other, Region::Binary);
        if let Some(loaded) = &loaded {
            loaded.image.refill();
        }
        loaded
    }

    /// A new question begins.
    pub(crate) fn refill(&self) {
        for region in &self.regions {
            if let Region::Binary(loaded) = region {
                loaded.image.refill();
            }
        }
    }

    /// The frame of a thread that is most the user's own, by native code.
    pub(crate) fn native(
        &mut self,
        thread: &Thread,
        reader: &mut Reader<'_>,
        ask: &mut AskBase<'_>,
        around: &mut Around<'_>,
    ) -> Option<Frame> {
        let mut choice = Choice::default();
        let mut without_lines: Option<Rc<Image>> = None;
        self.walk(thread, reader, ask, around, &mut choice, &mut without_lines);
        let best = choice.best();
        let origin = best.as_ref().map(|frame| frame.origin);
        if let Some(image) = without_lines
            && origin.is_none_or(|origin| origin >= Origin::Bare)
            && (image.kind == Kind::Own || origin == Some(Origin::Bare))
        {
            self.without_lines = Some(Rc::clone(&image.name));
        }
        best
    }

    fn walk(
        &mut self,
        thread: &Thread,
        reader: &mut Reader<'_>,
        ask: &mut AskBase<'_>,
        around: &mut Around<'_>,
        choice: &mut Choice,
        without_lines: &mut Option<Rc<Image>>,
    ) {
        let mut state =
            State { instruction: thread.instruction, stack: thread.stack, frame: Base::Untouched };
        let mut inner: Option<Inner> = None;
        // The instruction itself is meant, and not the call before it.
        let mut is_exact = true;
        for depth in 0..DEEPEST {
            let at = if is_exact { state.instruction } else { state.instruction.wrapping_sub(1) };
            let Some(Loaded { image, bias, .. }) = self.loaded(at, reader, around) else { return };
            let address = at.wrapping_sub(bias);
            let function =
                image.go.as_ref().and_then(|go| Some((go, go.at(address, bias, reader)?)));
            let step = if function.is_none() { image.step(address) } else { None };
            if !is_exact {
                let called = match &inner {
                    Some(inner) => {
                        self.called(state.instruction, &image, bias, inner, reader, around)
                    }
                    None => Called::Fits,
                };
                match called {
                    Called::NoCall => return,
                    Called::Fits => {}
                    Called::Jumped(frames) => {
                        if frames.iter().any(|frame| choice.offer(frame)) {
                            return;
                        }
                    }
                    Called::Lost(frame) => {
                        choice.offer(&frame);
                        return;
                    }
                }
            }
            if image.kind != Kind::Foreign {
                if image.is_lineless() && without_lines.is_none() {
                    *without_lines = Some(Rc::clone(&image));
                }
                let frames: Rc<[Frame]> = match &function {
                    Some((go, function)) => match go.frames(*function, around.own) {
                        Some(frames) => frames.into(),
                        None => return,
                    },
                    None => image.frames(address, around.own),
                };
                // The function that makes the call without a line is the C library's, linked in.
                let is_wrapper =
                    depth == 0 && frames.first().is_some_and(|frame| frame.file.is_none());
                if !is_wrapper && frames.iter().any(|frame| choice.offer(frame)) {
                    return;
                }
            }
            let begin = match &function {
                Some((_, function)) => Some(address.wrapping_sub(function.offset())),
                None => step.as_ref().map(|step| step.function),
            };
            let next = match (&function, &step) {
                (Some((_, function)), _) if function.is_top() => return,
                (Some((_, function)), _) => function.frame_size().and_then(|size| {
                    let stack = state.stack.wrapping_add(size);
                    let instruction = reader.stack(stack)?;
                    Some(State { instruction, stack: stack.wrapping_add(8), frame: Base::Lost })
                }),
                (None, Some(step)) => step.caller(state, reader, ask),
                (None, None) => None,
            };
            is_exact = step.is_some_and(|step| step.is_signal);
            inner = Some(Inner { image, bias, at: address, begin });
            let Some(next) = next else { return };
            state = next;
        }
    }

    fn called(
        &mut self,
        back: u64,
        image: &Rc<Image>,
        bias: u64,
        inner: &Inner,
        reader: &mut Reader<'_>,
        around: &mut Around<'_>,
    ) -> Called {
        let Some(call) = image.call_before(back.wrapping_sub(bias)) else { return Called::NoCall };
        // In Go's own code, nothing jumps on but wrappers that the compiler has made.
        if image.kind == Kind::Foreign || image.go.is_some() {
            return Called::Fits;
        }
        let word = |at: u64, reader: &Reader<'_>| {
            let mut bytes = [0; 8];
            (reader.peek(at, &mut bytes) == 8).then(|| u64::from_le_bytes(bytes))
        };
        let target = match call {
            Call::To(target) => Some(target.wrapping_add(bias)),
            Call::Through(slot) => word(slot.wrapping_add(bias), reader),
            Call::Somewhere => None,
        };
        let Some(mut target) = target else { return Called::Fits };
        for _ in 0..3 {
            let Some(Loaded { image, bias, .. }) = self.loaded(target, reader, around) else {
                return Called::Fits;
            };
            let begin = target.wrapping_sub(bias);
            if let Some(slot) = image.slot(begin) {
                match word(slot.wrapping_add(bias), reader) {
                    Some(there) => target = there,
                    None => return Called::Fits,
                }
                continue;
            }
            return if image.kind == Kind::Foreign {
                Called::Fits
            } else {
                entered(&image, bias, begin, inner, around.own)
            };
        }
        Called::Fits
    }
}

/// What is known if the function that begins at `begin` was called, and `inner` executes.
fn entered(image: &Rc<Image>, bias: u64, begin: u64, inner: &Inner, own: &Own) -> Called {
    let is_one_binary = Rc::ptr_eq(image, &inner.image) && bias == inner.bias;
    let inner_begin = inner.begin.filter(|_| is_one_binary);
    if is_one_binary
        && image.are_in_one_function(begin, inner.at, inner.begin.unwrap_or(inner.at), own)
    {
        return Called::Fits;
    }
    let frames = image.frames(begin, own);
    let Some(outermost) = frames.last() else { return Called::Fits };
    match outermost.origin {
        // Whether it jumped on or not: the caller's line is told.
        Origin::Library | Origin::Package => Called::Fits,
        Origin::Bare => Called::Jumped(vec![outermost.clone()]),
        Origin::Own | Origin::Elsewhere => match image.jumped(begin, inner_begin, own) {
            Some(frames) => Called::Jumped(frames),
            None => Called::Lost(Frame {
                file: None,
                line: 0,
                origin: Origin::Bare,
                ..outermost.clone()
            }),
        },
    }
}

/// True if the file is what was loaded: its first bytes, with the headers and the build id, are the same.
fn is_what_was_loaded(image: &Image, bias: u64, reader: &Reader<'_>) -> bool {
    let Some((address, length)) = image.binary().first() else { return false };
    let length = usize::try_from(length).unwrap_or(usize::MAX).min(1024);
    let (mut file, mut memory) = (vec![0; length], vec![0; length]);
    let read = image.binary().read(address, &mut file);
    let there = reader.peek(address.wrapping_add(bias), &mut memory);
    // A part that is not mapped tells nothing.
    let both = read.min(there);
    both >= 64 && file.get(..both) == memory.get(..both)
}
