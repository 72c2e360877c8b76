//! A small image of an interpreter's memory, for what is hard to have a real one do.

use super::super::layout::Layout;
use super::super::objects::Objects;
use super::super::{Python, Walk};
use crate::memory::tests::Pieces;
use crate::memory::{Memory, Reader};

/// Memory by words, from [`START`] on: as CPython 3.11 lays it out.
pub(super) struct Image(pub(super) Vec<u64>);

pub(super) const START: u64 = 0x1000;
pub(super) const RUNTIME: u64 = START;
const INTERPRETER: u64 = 0x1100;
const STATE: u64 = 0x1200;
const OTHER_STATE: u64 = 0x1300;
const HOLDER: u64 = 0x1400;
const NO_FRAME: u64 = 0x1420;
const FRAME: u64 = 0x1440;
const CODE: u64 = 0x1500;
const TYPE: u64 = 0x1600;
const TYPE_NAME: u64 = 0x1640;
const FILE: u64 = 0x1700;
const NAME: u64 = 0x1780;
const TABLE: u64 = 0x1800;
const OTHER_INTERPRETER: u64 = 0x1900;
pub(super) const THREAD: u64 = 0x7f00;

impl Image {
    /// One thread, in the third instruction of `/a.py`'s `f`, which is in line 6.
    pub(super) fn new() -> Self {
        let mut image = Self(vec![0; 0x1000 / 8]);
        for (address, offset, value) in [
            (RUNTIME, 40, INTERPRETER),
            (INTERPRETER, 16, STATE),
            (STATE, 16, INTERPRETER),
            (STATE, 152, THREAD),
            (STATE, 56, HOLDER),
            (HOLDER, 8, FRAME),
            (FRAME, 32, CODE),
            (FRAME, 56, CODE + 184 + 4),
            (CODE, 8, TYPE),
            (CODE, 16, 10),
            (CODE, 72, 5),
            (CODE, 112, FILE),
            (CODE, 120, NAME),
            (CODE, 136, TABLE),
            (TYPE, 24, TYPE_NAME),
            (TYPE_NAME, 0, u64::from_le_bytes(*b"code\0\0\0\0")),
            (FILE, 16, 5),
            (FILE, 24, 77),
            (FILE, 32, 0xe4),
            (FILE, 48, u64::from_le_bytes(*b"/a.py\0\0\0")),
            (NAME, 16, 1),
            (NAME, 24, 78),
            (NAME, 32, 0xe4),
            (NAME, 48, u64::from(b'f')),
            (TABLE, 16, 4),
            (TABLE, 24, 79),
            // Two instructions in line 5, eight in line 6.
            (TABLE, 32, u64::from_le_bytes([0xe9, 0, 0xef, 2, 0, 0, 0, 0])),
        ] {
            image.set(address, offset, value);
        }
        image
    }

    fn set(&mut self, address: u64, offset: u64, value: u64) {
        self.0[((address + offset - START) / 8) as usize] = value;
    }

    /// A second state, before the first in the list.
    fn add_state(&mut self, holder: u64) {
        self.set(INTERPRETER, 16, OTHER_STATE);
        self.set(OTHER_STATE, 8, STATE);
        self.set(OTHER_STATE, 16, INTERPRETER);
        self.set(OTHER_STATE, 56, holder);
        self.set(OTHER_STATE, 152, THREAD);
        self.set(STATE, 0, OTHER_STATE);
    }

    pub(super) fn memory(&self) -> Pieces {
        Pieces(vec![(START, self.0.iter().flat_map(|word| word.to_le_bytes()).collect())])
    }
}

/// Files, and the function and the line in each.
type Seen = (Walk, Vec<(String, Option<(String, u32)>)>);

fn see(python: &mut Python, memory: &dyn Memory) -> Seen {
    let mut reader = Reader::new(memory);
    let (walk, frames) = python.frames(1, || Some(THREAD), &mut reader, &mut |_| false);
    let told = frames.iter().map(|frame| {
        let line = python.line(frame, &mut reader);
        (frame.file.to_string(), line.map(|(function, line)| (function.to_string(), line)))
    });
    (walk, told.collect())
}

fn python(image: &Image) -> Python {
    Python::new(0, RUNTIME, Some(11), &Reader::new(&image.memory())).expect("3.11")
}

fn seen(image: &Image) -> Seen {
    see(&mut python(image), &image.memory())
}

fn told(line: u32) -> Seen {
    (Walk::Shown, vec![("/a.py".into(), Some(("f".into(), line)))])
}

#[test]
fn a_frame_is_found() {
    assert_eq!(seen(&Image::new()), told(6));
}

#[test]
fn a_thread_that_executes_no_function_is_outside() {
    for (address, offset, value) in [(STATE, 152, 1), (HOLDER, 8, 0), (INTERPRETER, 16, 0)] {
        let mut image = Image::new();
        image.set(address, offset, value);
        assert_eq!(seen(&image), (Walk::Outside, vec![]), "{address:x}+{offset}");
    }
}

#[test]
fn the_state_of_a_thread_to_be_is_not_that_of_who_makes_it() {
    let mut image = Image::new();
    image.add_state(NO_FRAME);
    assert_eq!(seen(&image), told(6));
}

#[test]
fn of_two_states_with_frames_none_is_chosen() {
    let mut image = Image::new();
    image.add_state(HOLDER);
    assert_eq!(seen(&image), (Walk::Unclear, vec![]));
    // In another interpreter.
    let mut image = Image::new();
    image.set(INTERPRETER, 0, OTHER_INTERPRETER);
    image.add_state(HOLDER);
    image.set(INTERPRETER, 16, STATE);
    image.set(OTHER_INTERPRETER, 16, OTHER_STATE);
    image.set(OTHER_STATE, 8, 0);
    assert_eq!(seen(&image), (Walk::Unclear, vec![]));
}

#[test]
fn a_remembered_state_must_still_be_one() {
    let mut image = Image::new();
    let mut python = python(&image);
    assert_eq!(see(&mut python, &image.memory()), told(6));
    // Another state has the thread's pointer now; that of the ended thread is only no longer in the list.
    image.add_state(HOLDER);
    image.set(OTHER_STATE, 8, 0);
    assert_eq!(see(&mut python, &image.memory()), told(6));
    // It is known as long as the thread lives.
    image.set(INTERPRETER, 16, 0);
    assert_eq!(see(&mut python, &image.memory()), told(6));
    python.forget_thread(1);
    assert_eq!(see(&mut python, &image.memory()), (Walk::Outside, vec![]));
    // A second interpreter has appeared, in which the thread is at work, too.
    let mut image = Image::new();
    assert_eq!(see(&mut python, &image.memory()), told(6));
    image.set(OTHER_INTERPRETER, 0, INTERPRETER);
    image.set(OTHER_INTERPRETER, 16, OTHER_STATE);
    image.set(OTHER_STATE, 56, HOLDER);
    image.set(OTHER_STATE, 152, THREAD);
    image.set(RUNTIME, 40, OTHER_INTERPRETER);
    assert_eq!(see(&mut python, &image.memory()), (Walk::Unclear, vec![]));
}

/// A list of threads that another thread is changing when it is first read.
struct Changing(Pieces, std::cell::Cell<bool>);

impl Memory for Changing {
    fn read(&self, address: u64, into: &mut [u8]) -> usize {
        if address == STATE && into.len() > 8 && !self.1.replace(true) {
            0
        } else {
            self.0.read(address, into)
        }
    }
}

#[test]
fn a_list_that_changed_meanwhile_is_read_again() {
    let image = Image::new();
    let memory = Changing(image.memory(), false.into());
    assert_eq!(see(&mut python(&image), &memory), told(6));
    assert!(memory.1.get());
}

#[test]
fn another_object_at_the_same_address_is_another_one() {
    let mut image = Image::new();
    let mut python = python(&image);
    assert_eq!(see(&mut python, &image.memory()), told(6));
    // Three lines further.
    image.set(TABLE, 32, u64::from_le_bytes([0xe9, 0, 0xef, 6, 0, 0, 0, 0]));
    image.set(TABLE, 24, 80);
    assert_eq!(see(&mut python, &image.memory()), told(8));
    // Without a hash, nothing is remembered.
    image.set(TABLE, 24, u64::MAX);
    assert_eq!(see(&mut python, &image.memory()), told(8));
    image.set(TABLE, 32, u64::from_le_bytes([0xe9, 0, 0xef, 2, 0, 0, 0, 0]));
    assert_eq!(see(&mut python, &image.memory()), told(6));
}

#[test]
fn what_has_no_hash_is_compared() {
    for (object, hash, content) in [(FILE, 24, 48), (NAME, 24, 48), (TABLE, 24, 32)] {
        let mut image = Image::new();
        image.set(object, hash, u64::MAX);
        let memory = image.memory();
        let mut reader = Reader::new(&memory);
        let mut python = python(&image);
        let (_, frames) = python.frames(1, || Some(THREAD), &mut reader, &mut |_| true);
        assert_eq!(python.line(&frames[0], &mut reader), Some(("f".into(), 6)));
        assert!(reader.into_log().iter().any(|(at, _)| *at == object + content), "{object:x}");
    }
}

#[test]
fn a_version_says_which_code_object_it_is() {
    let layout = Layout::of(0, Some(12), &Reader::new(&Pieces::default())).expect("3.12");
    let depends_on_code_only = |version: u64, alone: bool| {
        let mut image = Image::new();
        image.set(CODE, 64, 5 << 32);
        image.set(CODE, 88, version << 32);
        image.set(FILE, 40, u64::from_le_bytes(*b"/a.py\0\0\0"));
        image.set(NAME, 40, u64::from(b'f'));
        let memory = image.memory();
        let mut reader = Reader::new(&memory);
        let mut objects = Objects::new(layout);
        let code = objects.code(CODE, alone, &mut reader).expect("a code object");
        let names = objects.names(&code, &mut reader).expect("its names");
        assert_eq!((&*code.file, &*names.function), ("/a.py", "f"));
        assert_eq!(objects.line(&code, &names, CODE + 192 + 4), Some(6));
        let log = reader.into_log();
        assert!(log.contains(&(CODE + 88, version << 32)));
        log.iter().all(|(at, _)| (CODE..CODE + 192).contains(at))
    };
    assert!(depends_on_code_only(9, true));
    assert!(!depends_on_code_only(0, true), "the versions have run out");
    assert!(!depends_on_code_only(9, false), "another interpreter has the same versions");
}

#[test]
fn what_is_not_as_it_must_be_is_unclear() {
    for (address, offset, value, what) in [
        (TYPE_NAME, 0, u64::from_le_bytes(*b"codec\0\0\0"), "another type"),
        (FRAME, 64, 7 << 40, "an owner that there is not"),
        (FRAME, 48, FRAME, "a frame that calls itself"),
        (FRAME, 32, 8, "code that can't be read"),
        (FILE, 16, 5000, "a long name"),
        (FILE, 32, 0xc4, "a string that is not compact"),
        (FILE, 32, 0xec, "characters of three bytes"),
        (STATE, 8, STATE, "a list without an end"),
        (INTERPRETER, 0, INTERPRETER, "interpreters without an end"),
        (STATE, 56, 0, "no holder of a frame"),
    ] {
        let mut image = Image::new();
        image.set(address, offset, value);
        assert_eq!(seen(&image).0, Walk::Unclear, "{what}");
    }
    for (address, offset, value, what) in [
        (FRAME, 56, CODE + 184 + 20, "an instruction after the last"),
        (FRAME, 56, CODE + 184 + 3, "half an instruction"),
        (FRAME, 56, CODE, "an instruction before the first"),
        (TABLE, 16, (1 << 20) + 1, "a long table"),
        (NAME, 32, 0xc4, "a name that is not compact"),
    ] {
        let mut image = Image::new();
        image.set(address, offset, value);
        assert_eq!(seen(&image), (Walk::Shown, vec![("/a.py".into(), None)]), "{what}");
    }
}

#[test]
fn code_that_is_remembered_must_still_be_there() {
    let mut image = Image::new();
    let mut python = python(&image);
    assert_eq!(see(&mut python, &image.memory()), told(6));
    // A file of the same length, whose hash is another.
    image.set(FILE, 24, 81);
    image.set(FILE, 48, u64::from_le_bytes(*b"/b.py\0\0\0"));
    let (_, frames) = see(&mut python, &image.memory());
    assert_eq!(frames, [("/b.py".into(), Some(("f".into(), 6)))]);
    // And whatever else the object is made of.
    image.set(CODE, 72, 7);
    let (_, frames) = see(&mut python, &image.memory());
    assert_eq!(frames, [("/b.py".into(), Some(("f".into(), 8)))]);
    image.set(CODE, 8, STATE);
    assert_eq!(see(&mut python, &image.memory()).0, Walk::Unclear);
}

#[test]
fn what_is_remembered_no_longer_is_not_believed() {
    let layout = Layout::of(0, Some(11), &Reader::new(&Pieces::default())).expect("3.11");
    let (mut image, mut objects) = (Image::new(), Objects::new(layout));
    let memory = image.memory();
    let mut reader = Reader::new(&memory);
    let first = objects.code(CODE, true, &mut reader).expect("a code object");
    assert!(objects.are_there(std::slice::from_ref(&first), None, &mut reader));
    // Another one is read there before the first has been checked.
    image.set(CODE, 72, 7);
    let memory = image.memory();
    let mut reader = Reader::new(&memory);
    let second = objects.code(CODE, true, &mut reader).expect("a code object");
    assert!(objects.are_there(&[second], None, &mut reader));
    assert!(!objects.are_there(&[first], None, &mut reader));
}

#[test]
fn before_its_first_instruction_a_function_is_in_its_first_line() {
    let mut image = Image::new();
    image.set(FRAME, 56, CODE + 184 - 2);
    assert_eq!(seen(&image), told(5));
}

#[test]
fn what_fuzzers_begin_with_has_a_frame() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus/python_memory");
    for (name, minor) in [("one-frame-3.11", 11), ("one-frame-3.13", 13)] {
        let input = std::fs::read(format!("{folder}/{name}")).expect("an input");
        let memory = Pieces(vec![(START, input[1..].to_vec())]);
        let mut python =
            Python::new(0, RUNTIME, Some(input[0]), &Reader::new(&memory)).expect(name);
        assert_eq!(python.layout.minor, minor);
        assert_eq!(see(&mut python, &memory), told(6), "{name}");
    }
}
