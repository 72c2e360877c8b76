//! A binary that processes have loaded, and what has been found out about it.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use crate::binary::Binary;
use crate::call::{self, Call};
use crate::fuel::Fuel;
use crate::go::Go;
use crate::lines::{Line, Lines};
use crate::origin::Own;
use crate::symbols::{self, Symbols};
use crate::unwind::{Cfi, Step};
use crate::{Frame, Origin};

/// All addresses are those of the file.
#[derive(Debug)]
pub(crate) struct Image {
    binary: Binary,
    /// The file's name, without folders.
    pub(crate) name: Rc<str>,
    pub(crate) kind: Kind,
    pub(crate) interpreter: Option<Interpreter>,
    pub(crate) go: Option<Go>,
    /// Eight bytes that differ from build to build.
    pub(crate) mark: Option<u64>,
    tables_of_jumps: Vec<(u64, u64)>,
    fuel: Rc<Fuel>,
    cfi: OnceCell<Cfi>,
    lines: OnceCell<Option<Lines>>,
    symbols: OnceCell<Symbols>,
    frames: RefCell<HashMap<u64, Rc<[Frame]>>>,
    steps: RefCell<HashMap<u64, Option<Rc<Step>>>>,
}

/// Whose a binary is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Installed, fetched, or an interpreter: its frames are passed over, and its debug information, which may
    /// be large, is never read.
    Foreign,
    /// Somebody's, but not below the user's folder.
    Elsewhere,
    /// Below the user's folder.
    Own,
}

/// CPython.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Interpreter {
    /// `_PyRuntime`.
    pub(crate) runtime: u64,
    /// The second number of its version, if the file tells it.
    pub(crate) minor: Option<u8>,
}

/// Answers that are kept for a binary, of each kind.
const KEPT: usize = 1 << 16;
/// A chain of functions that jump into each other is followed so far.
const JUMPS: usize = 8;

impl Image {
    pub(crate) fn new(binary: Binary, path: &str, own: &Own) -> Self {
        let name = path.rsplit('/').next().unwrap_or_default();
        let installed = own.is_installed(path);
        let may_interpret = !installed || name.contains("python");
        let (interpreter, is_node) =
            if may_interpret { interpreters(&binary, name) } else { (None, false) };
        let origin = own.origin(path);
        let foreign = installed || is_node || interpreter.is_some();
        let kind = match origin {
            _ if foreign => Kind::Foreign,
            Origin::Package | Origin::Library => Kind::Foreign,
            Origin::Own => Kind::Own,
            _ => Kind::Elsewhere,
        };
        let tables = [".plt", ".plt.sec", ".plt.got"];
        Self {
            name: name.into(),
            kind,
            interpreter,
            go: if installed { None } else { Go::of(&binary) },
            mark: mark(&binary),
            tables_of_jumps: tables.iter().filter_map(|name| binary.place(name)).collect(),
            binary,
            fuel: Fuel::new(),
            cfi: OnceCell::new(),
            lines: OnceCell::new(),
            symbols: OnceCell::new(),
            frames: RefCell::default(),
            steps: RefCell::default(),
        }
    }

    pub(crate) fn binary(&self) -> &Binary {
        &self.binary
    }

    /// True if it was compiled or linked without debug information.
    pub(crate) fn is_lineless(&self) -> bool {
        self.go.is_none() && self.binary.place(".debug_line").is_none()
    }

    /// A new question begins.
    pub(crate) fn refill(&self) {
        self.fuel.refill();
        if let Some(go) = &self.go {
            go.refill();
        }
    }

    fn lines(&self) -> Option<&Lines> {
        if self.kind == Kind::Foreign {
            return None;
        }
        self.lines.get_or_init(|| Lines::of(&self.binary, &self.fuel)).as_ref()
    }

    fn symbols(&self) -> &Symbols {
        self.symbols.get_or_init(|| Symbols::of(&self.binary))
    }

    /// How to unwind at an address.
    pub(crate) fn step(&self, address: u64) -> Option<Rc<Step>> {
        if let Some(known) = self.steps.borrow().get(&address) {
            return known.clone();
        }
        let cfi = self.cfi.get_or_init(|| Cfi::of(&self.binary, &self.fuel));
        let step = cfi.step(address).map(Rc::new);
        keep(&self.steps, address, step.clone());
        step
    }

    /// The frames at an address, inlined ones first. None in a function of which nothing is known.
    pub(crate) fn frames(&self, address: u64, own: &Own) -> Rc<[Frame]> {
        if let Some(known) = self.frames.borrow().get(&address) {
            return Rc::clone(known);
        }
        let frames: Rc<[Frame]> = self.find_frames(address, own).into();
        keep(&self.frames, address, Rc::clone(&frames));
        frames
    }

    fn find_frames(&self, address: u64, own: &Own) -> Vec<Frame> {
        let lines = self.lines().map(|lines| lines.at(address)).unwrap_or_default();
        if lines.is_empty() {
            return self.bare(address).into_iter().collect();
        }
        lines.into_iter().filter_map(|line| self.frame(line, address, own)).collect()
    }

    fn frame(&self, line: Line, address: u64, own: &Own) -> Option<Frame> {
        // Names are elsewhere with -gsplit-dwarf.
        let function =
            line.function.or_else(|| self.symbol(address).map(|(_, name)| demangled(name)));
        let function = function.unwrap_or_default().into();
        let file = line.file?;
        let origin = own.origin(&file);
        if line.line == 0 {
            // Code that the compiler has made out of several lines'.
            let is_ones_own = origin <= Origin::Elsewhere;
            return is_ones_own.then_some(Frame {
                file: None,
                line: 0,
                function,
                origin: Origin::Bare,
            });
        }
        Some(Frame { file: Some(file.into()), line: line.line, function, origin })
    }

    fn symbol(&self, address: u64) -> Option<(u64, &str)> {
        self.symbols().at(address)
    }

    /// A function by its name only.
    fn bare(&self, address: u64) -> Option<Frame> {
        let (_, name) = self.symbol(address)?;
        let mangled = name.starts_with("_Z") || name.starts_with("_R");
        // Names that begin so are the implementation's: of a C library that is linked in.
        if name.starts_with('_') && !mangled {
            return None;
        }
        let function = demangled(name);
        let bare = function.trim_start_matches(['<', '&']);
        let is_library = ["std::", "core::", "alloc::"].iter().any(|part| bare.starts_with(part));
        let function = function.into();
        (!is_library).then_some(Frame { file: None, line: 0, function, origin: Origin::Bare })
    }

    /// The call instruction before an address that is returned to.
    pub(crate) fn call_before(&self, back: u64) -> Option<Call> {
        let mut code = [0; 8];
        let start = back.checked_sub(8)?;
        (self.binary.read(start, &mut code) == 8).then(|| call::before(&code, back))?
    }

    /// The variable that a table of jumps to other binaries (PLT) takes this function's address from.
    pub(crate) fn slot(&self, address: u64) -> Option<u64> {
        let inside = |(start, length): &&(u64, u64)| {
            address.checked_sub(*start).is_some_and(|at| at < *length)
        };
        self.tables_of_jumps.iter().find(inside)?;
        let mut code = [0; 16];
        let read = self.binary.read(address, &mut code);
        call::slot(code.get(..read)?, address)
    }

    /// True if both addresses are in one function, though it may be in two parts.
    pub(crate) fn are_in_one_function(
        &self,
        begin: u64,
        inside: u64,
        inside_begin: u64,
        own: &Own,
    ) -> bool {
        if begin == inside_begin {
            return true;
        }
        let name =
            |address| self.frames(address, own).last().map(|frame| Rc::new(frame.function.clone()));
        let by_lines =
            matches!((name(begin), name(inside)), (Some(one), Some(other)) if one == other);
        let symbol = |address| self.symbol(address).map(|(_, name)| name.split(".cold").next());
        by_lines
            || matches!((symbol(begin), symbol(inside)), (Some(one), Some(other)) if one == other)
    }

    /// The frames that functions have left which ended in jumps: from the one that began at `begin` to the one
    /// that is executing and began at `inner`, if that is in this binary. `None` where it can't be told.
    pub(crate) fn jumped(&self, begin: u64, inner: Option<u64>, own: &Own) -> Option<Vec<Frame>> {
        let lines = self.lines()?;
        let mut at = begin;
        let mut frames: Vec<Frame> = Vec::new();
        for _ in 0..JUMPS {
            let jumps = lines.jumps(at);
            let first = jumps.first()?;
            let here = self.frames(first.at, own);
            let is_one_line = jumps.iter().all(|jump| {
                jump.to == first.to
                    && self.frames(jump.at, own).first().map(place) == here.first().map(place)
            });
            if !is_one_line || here.is_empty() {
                return None;
            }
            frames.splice(0..0, here.iter().cloned());
            match first.to {
                Some(next) if Some(next) != inner => at = next,
                _ => return Some(frames),
            }
        }
        None
    }
}

fn place(frame: &Frame) -> (Option<&str>, u32) {
    (frame.file.as_deref(), frame.line)
}

fn keep<T>(known: &RefCell<HashMap<u64, T>>, address: u64, value: T) {
    let mut known = known.borrow_mut();
    if known.len() >= KEPT {
        known.clear();
    }
    known.insert(address, value);
}

fn demangled(name: &str) -> String {
    let name = addr2line::demangle_auto(name.into(), None);
    // The hash at the end of Rust's older names.
    match name.rsplit_once("::h") {
        Some((front, hash))
            if hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) =>
        {
            front.to_owned()
        }
        _ => name.into_owned(),
    }
}

/// The build id, past the header of its note and the name `GNU`; else where the table of sections begins, which
/// is in the file's header and moves with nearly every change.
fn mark(binary: &Binary) -> Option<u64> {
    match binary.place(".note.gnu.build-id") {
        Some((address, length)) if length >= 24 => Some(address + 16),
        _ => Some(binary.first()?.0 + 0x28),
    }
}

/// CPython, and whether a binary is Node.
fn interpreters(binary: &Binary, name: &str) -> (Option<Interpreter>, bool) {
    let (mut runtime, mut version, mut is_node) = (None, None, false);
    symbols::exported(binary, |name, address| match name {
        "_PyRuntime" => runtime = Some(address),
        "Py_Version" => version = Some(address),
        _ if name.starts_with("v8dbg_") => is_node = true,
        _ => {}
    });
    let told = || {
        let mut number = [0; 4];
        // PY_VERSION_HEX: 0x030b02f0 is 3.11.2.
        (binary.read(version?, &mut number) == 4 && number[3] == 3).then_some(number[2])
    };
    let named =
        || name.split_once("python3.")?.1.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok();
    let interpreter = runtime.map(|runtime| Interpreter { runtime, minor: told().or_else(named) });
    (interpreter, is_node)
}
