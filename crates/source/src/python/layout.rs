//! Where the fields that a frame's line follows from are, in each version of CPython.
//!
//! CPython 3.13 and later say it themselves, in `_Py_DebugOffsets` at the beginning of `_PyRuntime`
//! (`Include/internal/pycore_debug_offsets.h`, in 3.13 `pycore_runtime.h`). For 3.8 to 3.12, the constants
//! are `offsetof` in the version's own headers, which are the same in all its patch releases; a test of this
//! module has the C compiler print them anew, where these headers are installed.
//!
//! A build with `Py_DEBUG` or `Py_TRACE_REFS` may have other offsets. Whoever reads by these must check what
//! he finds: that a code object's type is called `code`, for example.

use crate::memory::Reader;

/// Offsets in bytes, each in the structure that the comment names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    /// The minor version: 8 for 3.8.
    pub(super) minor: u8,
    /// `_PyRuntimeState.interpreters.head`.
    pub(super) interpreters: u64,
    /// `PyInterpreterState.threads.head` (`tstate_head` up to 3.10).
    pub(super) threads: u64,
    /// `PyInterpreterState.next`.
    pub(super) next_interpreter: u64,
    /// `PyThreadState.prev`, `next`, `interp`, `thread_id`.
    pub(super) previous_thread: u64,
    pub(super) next_thread: u64,
    pub(super) interpreter: u64,
    pub(super) thread_id: u64,
    /// `PyThreadState.cframe`: 3.11 and 3.12 hang the frame on a structure of its own.
    pub(super) holder: Option<u64>,
    /// The innermost frame, in that structure or in `PyThreadState`.
    pub(super) frame: u64,
    /// `_PyInterpreterFrame.previous`, `f_code`, `prev_instr`, `owner`; `PyFrameObject.f_back`, `f_code`,
    /// `f_lasti` up to 3.10.
    pub(super) outer: u64,
    pub(super) code: u64,
    pub(super) instruction: u64,
    pub(super) owner: Option<u64>,
    /// `PyCodeObject.co_filename`, `co_name`, `co_firstlineno`, `co_linetable` (`co_lnotab` up to 3.9).
    pub(super) filename: u64,
    pub(super) name: u64,
    pub(super) first_line: u64,
    pub(super) lines: u64,
    /// `PyCodeObject.co_code`, an object, up to 3.10; `co_code_adaptive`, the instructions themselves, later.
    pub(super) bytecode: u64,
    /// `PyCodeObject.co_version`, from 3.12 on: a number that no other code object of the interpreter has, or 0 when
    /// these have run out. It is never written after the object was made (`init_code` in `Objects/codeobject.c`).
    pub(super) version: Option<u64>,
    /// `sizeof(PyASCIIObject)` and `sizeof(PyCompactUnicodeObject)`: where a string's text begins.
    pub(super) ascii: u64,
    pub(super) compact: u64,
}

/// `PyObject.ob_type`, `PyTypeObject.tp_name`, `PyVarObject.ob_size`, `PyBytesObject.ob_shash` and `ob_sval`,
/// `PyASCIIObject.length`, `hash` and `state`: the same in 3.8 to 3.14 (but in free-threaded builds).
pub(super) const TYPE: u64 = 8;
pub(super) const TYPE_NAME: u64 = 24;
pub(super) const SIZE: u64 = 16;
pub(super) const BYTES_HASH: u64 = 24;
pub(super) const BYTES: u64 = 32;
pub(super) const LENGTH: u64 = 16;
pub(super) const TEXT_HASH: u64 = 24;
pub(super) const TEXT_STATE: u64 = 32;

/// What the offsets of 3.13 and later begin with.
const COOKIE: &[u8; 8] = b"xdebugpy";

/// How many words of the offsets are read: up to the code object's last one.
const WORDS: usize = 50;

impl Layout {
    /// The layout of a runtime at this address: its own word, or what is known of the minor version that
    /// whoever found it believes it to be.
    pub(super) fn of(runtime: u64, minor: Option<u8>, reader: &Reader<'_>) -> Option<Self> {
        let mut bytes = [0; 8 * WORDS];
        let read = reader.peek(runtime, &mut bytes);
        if read >= 8 && bytes.starts_with(COOKIE) {
            return (read == bytes.len()).then(|| Self::told(&bytes))?;
        }
        Self::known(minor?)
    }

    /// `_Py_DebugOffsets` of 3.13 and 3.14.
    fn told(bytes: &[u8; 8 * WORDS]) -> Option<Self> {
        let word = |index: usize| {
            let bytes = bytes.get(8 * index..8 * index + 8)?;
            Some(u64::from_le_bytes(bytes.try_into().ok()?))
        };
        // PY_VERSION_HEX: major, minor, micro, and 0xa0 to 0xf0 for alpha to final. The order of the offsets
        // changed during 3.14's betas.
        let version = word(1)?;
        let (major, minor, level) =
            (version >> 24, (version >> 16 & 0xff) as u8, version >> 4 & 0xf);
        let free_threaded = word(2)? != 0;
        if major != 3 || level < 0xc || free_threaded {
            return None;
        }
        // 3.14 put `threads_main`, `code_object_generation` and `tlbc_generation` into the interpreter's part,
        // `stackpointer` and `tlbc_index` into the frame's.
        let (thread, frame, code) = match minor {
            13 => (19, 28, 34),
            14 => (22, 31, 39),
            _ => return None,
        };
        let layout = Self {
            minor,
            interpreters: word(5)?,
            threads: word(9)?,
            next_interpreter: word(8)?,
            previous_thread: word(thread + 1)?,
            next_thread: word(thread + 2)?,
            interpreter: word(thread + 3)?,
            thread_id: word(thread + 5)?,
            holder: None,
            frame: word(thread + 4)?,
            outer: word(frame + 1)?,
            code: word(frame + 2)?,
            instruction: word(frame + 3)?,
            owner: Some(word(frame + 5)?),
            filename: word(code + 1)?,
            name: word(code + 2)?,
            first_line: word(code + 5)?,
            lines: word(code + 4)?,
            bytecode: word(code + 9)?,
            // The offsets don't tell it.
            version: (minor == 13).then_some(92),
            ascii: 40,
            compact: 56,
        };
        // Each lies within its structure, whose size precedes its offsets.
        let within = |size: usize, offsets: &[u64]| {
            word(size).is_some_and(|size| {
                size < 1 << 24 && offsets.iter().all(|offset| offset.saturating_add(4) <= size)
            })
        };
        let plausible = within(3, &[layout.interpreters])
            && within(6, &[layout.threads, layout.next_interpreter])
            && within(
                thread,
                &[layout.frame, layout.thread_id, layout.next_thread, layout.previous_thread],
            )
            && within(thread, &[layout.interpreter])
            && within(frame, &[layout.outer, layout.code, layout.instruction])
            && within(
                code,
                &[layout.filename, layout.name, layout.first_line, layout.lines, layout.bytecode],
            );
        plausible.then_some(layout)
    }

    /// By the headers of 3.8 to 3.12.
    fn known(minor: u8) -> Option<Self> {
        let old = Self {
            minor,
            interpreters: 32,
            threads: 8,
            next_interpreter: 0,
            previous_thread: 0,
            next_thread: 8,
            interpreter: 16,
            thread_id: 176,
            holder: None,
            frame: 24,
            outer: 24,
            code: 32,
            instruction: 104,
            owner: None,
            filename: 104,
            name: 112,
            first_line: 40,
            lines: 120,
            bytecode: 48,
            version: None,
            ascii: 48,
            compact: 72,
        };
        match minor {
            8 | 9 => Some(old),
            10 => Some(Self { instruction: 96, ..old }),
            11 => Some(Self {
                interpreters: 40,
                threads: 16,
                thread_id: 152,
                holder: Some(56),
                frame: 8,
                outer: 48,
                code: 32,
                instruction: 56,
                owner: Some(69),
                filename: 112,
                name: 120,
                first_line: 72,
                lines: 136,
                bytecode: 184,
                ..old
            }),
            12 => Some(Self {
                interpreters: 40,
                threads: 72,
                thread_id: 136,
                holder: Some(56),
                frame: 0,
                outer: 8,
                code: 0,
                instruction: 56,
                owner: Some(70),
                filename: 112,
                name: 120,
                first_line: 68,
                lines: 136,
                bytecode: 192,
                version: Some(92),
                ascii: 40,
                compact: 56,
                ..old
            }),
            _ => None,
        }
    }
}
