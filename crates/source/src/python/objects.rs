//! Python's objects: code, strings and bytes.

use std::collections::HashMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::layout::{self, Layout};
use super::lines;
use crate::memory::Reader;

/// Longer file and function names are not believed (in characters).
const TEXT: u64 = 4096;
/// Longer tables of lines are not believed (in bytes).
const TABLE: u64 = 1 << 20;
/// How much is kept of each kind of object, in bytes and in objects.
const KEPT: usize = 4 << 20;
const KEPT_OBJECTS: usize = 4096;
/// How long an object without a hash may be that is compared at the next call (in bytes).
const COMPARED: usize = 4096;

/// Reads objects, and remembers them.
///
/// An address is used again, for another object: what is remembered is of an address, a length and a hash that
/// the interpreter has computed (a keyed one, of 64 bits). Without such a hash, it is read anew.
#[derive(Debug)]
pub(super) struct Objects {
    layout: Layout,
    /// The address of `PyCode_Type`.
    code_type: Option<u64>,
    texts: Kept<str>,
    tables: Kept<[u8]>,
    /// By their addresses, and whether they were read in the only interpreter.
    codes: FxHashMap<(u64, bool), KnownCode>,
}

/// A code object: the instructions of a function, and where it comes from.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Code {
    address: u64,
    /// It was read when the process had no other interpreter, so that versions of code tell objects apart.
    alone: bool,
    /// `co_filename`.
    pub(super) file: Arc<str>,
    /// Where its name is, its table of lines, and its instructions: of these, up to 3.10, the object.
    name: u64,
    table: u64,
    bytecode: u64,
    /// How long the instructions are, in units of two bytes, from 3.11 on.
    units: u64,
    /// The line that it begins with.
    first: i32,
    /// What tells which code object this is says what its name and its table are, too.
    settled: bool,
}

/// What a code object refers to.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Names {
    /// `co_name`.
    pub(super) function: Arc<str>,
    table: Arc<[u8]>,
    /// How long the instructions are, in bytes.
    length: u64,
    /// What this was read from: as long as it is the same, and the code object is, so is this.
    words: Vec<(u64, u64)>,
}

/// A code object that was read.
#[derive(Debug)]
struct KnownCode {
    code: Arc<Code>,
    /// The words that are the same as long as it is there.
    words: Vec<(u64, u64)>,
    names: Option<Arc<Names>>,
}

/// An object's address, length and hash, if the interpreter has computed one: it
/// computes it when someone asks for it.
type Identity = (u64, u64, u64);

#[derive(Debug)]
struct Kept<T: ?Sized> {
    by_identity: HashMap<Identity, Arc<T>>,
    bytes: usize,
}

impl<T: ?Sized> Default for Kept<T> {
    fn default() -> Self {
        Self { by_identity: HashMap::new(), bytes: 0 }
    }
}

impl<T: ?Sized> Kept<T> {
    fn keep(&mut self, identity: Identity, object: &Arc<T>) {
        let size = std::mem::size_of_val(&**object);
        if self.bytes + size > KEPT || self.by_identity.len() >= KEPT_OBJECTS {
            self.by_identity.clear();
            self.bytes = 0;
        }
        self.bytes += size;
        self.by_identity.insert(identity, Arc::clone(object));
    }
}

/// `-1`: the hash of an object has not been computed.
const NO_HASH: u64 = u64::MAX;

impl Objects {
    pub(super) fn new(layout: Layout) -> Self {
        let (texts, tables) = (Kept::default(), Kept::default());
        Self { layout, code_type: None, texts, tables, codes: FxHashMap::default() }
    }

    /// The address of the code object that a frame has.
    fn address(&self, code: u64) -> u64 {
        // 3.14: `_PyStackRef`, whose lowest bits say how it is counted.
        if self.layout.minor >= 14 { code & !3 } else { code }
    }

    /// What was at the address of a code object when it was last read: [`Objects::are_there`] says whether it still is.
    pub(super) fn remembered(&self, code: u64, alone: bool) -> Option<&Arc<Code>> {
        self.codes.get(&(self.address(code), alone)).map(|known| &known.code)
    }

    /// What a code object referred to when it was last asked for.
    pub(super) fn names_remembered(&self, code: &Arc<Code>) -> Option<Arc<Names>> {
        let known = self.codes.get(&(code.address, code.alone))?;
        known.names.clone().filter(|_| Arc::ptr_eq(&known.code, code))
    }

    /// True if code objects that were remembered are still where they were, and one of them refers to what it did. They
    /// are read at once.
    pub(super) fn are_there(
        &self,
        codes: &[Arc<Code>],
        names: Option<&Names>,
        reader: &mut Reader<'_>,
    ) -> bool {
        let known = codes.iter().map(|code| {
            let known = self.codes.get(&(code.address, code.alone))?;
            // Else it was forgotten meanwhile, or another one was read there.
            Arc::ptr_eq(&known.code, code).then_some(&known.words)
        });
        let Some(known) = known.collect::<Option<Vec<_>>>() else { return false };
        let mut words: Vec<_> = known.into_iter().flatten().copied().collect();
        words.extend(names.into_iter().flat_map(|names| &names.words));
        reader.are(words)
    }

    /// A code object; as a frame has it. `alone` if the process has no other interpreter.
    pub(super) fn code(
        &mut self,
        code: u64,
        alone: bool,
        reader: &mut Reader<'_>,
    ) -> Option<Arc<Code>> {
        let layout = self.layout;
        let address = self.address(code);
        let logged = reader.logged();
        let first_word = layout.first_line & !7;
        let version_word = layout.version.map_or(first_word, |version| version & !7);
        let words = reader.words(&[
            address.wrapping_add(layout::TYPE),
            address.wrapping_add(layout.filename),
            address.wrapping_add(layout.name),
            address.wrapping_add(layout.lines),
            address.wrapping_add(first_word),
            address.wrapping_add(if layout.minor >= 11 { layout::SIZE } else { layout.bytecode }),
            address.wrapping_add(version_word),
        ])?;
        let [kind, filename, name, table, first, bytecode, version] = *words else { return None };
        // A code object whose address and version are the same is the same one, and has what it had.
        let settled =
            alone && layout.version.is_some_and(|at| (version >> (8 * (at & 7))) as u32 != 0);
        if !self.is_code(kind, reader) {
            return None;
        }
        let file = self.text_at(filename, settled, reader)?;
        let first = (first >> (8 * (layout.first_line - first_word))) as u32 as i32;
        let units = bytecode;
        let code =
            Arc::new(Code { address, alone, file, name, table, bytecode, units, first, settled });
        if self.codes.len() >= KEPT_OBJECTS {
            self.codes.clear();
        }
        let words = reader.logged_since(logged).to_vec();
        let known = KnownCode { code: Arc::clone(&code), words, names: None };
        self.codes.insert((address, alone), known);
        Some(code)
    }

    /// A code object's name.
    pub(super) fn name(&mut self, code: &Code, reader: &mut Reader<'_>) -> Option<Arc<str>> {
        self.text_at(code.name, code.settled, reader)
    }

    /// What a code object refers to.
    pub(super) fn names(
        &mut self,
        code: &Arc<Code>,
        reader: &mut Reader<'_>,
    ) -> Option<Arc<Names>> {
        let own_bytecode = self.layout.minor >= 11;
        let mut wanted = vec![
            code.name.wrapping_add(layout::LENGTH),
            code.name.wrapping_add(layout::TEXT_HASH),
            code.table.wrapping_add(layout::SIZE),
            code.table.wrapping_add(layout::BYTES_HASH),
        ];
        if !own_bytecode {
            wanted.push(code.bytecode.wrapping_add(layout::SIZE));
        }
        let logged = reader.logged();
        let words = reader.words(&wanted)?;
        let [length, hash, table_length, table_hash] = *words.first_chunk()?;
        let function = self.text((code.name, length, hash), reader)?;
        let table = self.table((code.table, table_length, table_hash), reader)?;
        let length = if own_bytecode { code.units.checked_mul(2)? } else { *words.last()? };
        if code.settled {
            reader.unlog(logged..reader.logged());
        }
        let words = reader.logged_since(logged).to_vec();
        let names = Arc::new(Names { function, table, length, words });
        if let Some(known) = self.codes.get_mut(&(code.address, code.alone))
            && Arc::ptr_eq(&known.code, code)
        {
            known.names = Some(Arc::clone(&names));
        }
        Some(names)
    }

    /// The line of an instruction, as a frame has it.
    pub(super) fn line(&self, code: &Code, names: &Names, instruction: u64) -> Option<u32> {
        // In bytes from the first instruction on; None before it.
        let offset = match self.layout.minor {
            // `f_lasti`, the lower half: -1 before the first.
            ..=10 => {
                let last = instruction as u32 as i32;
                let unit = if self.layout.minor == 10 { 2 } else { 1 };
                if last == -1 { None } else { Some(u64::try_from(last).ok()? * unit) }
            }
            _ => {
                let start = code.address.wrapping_add(self.layout.bytecode);
                match instruction.wrapping_sub(start).cast_signed() {
                    -2 => None,
                    offset => Some(u64::try_from(offset).ok()?),
                }
            }
        };
        if offset.is_some_and(|offset| offset >= names.length || offset % 2 != 0) {
            return None;
        }
        let line = match self.layout.minor {
            8 | 9 => lines::of_pairs,
            10 => lines::of_ranges,
            _ => lines::of_locations,
        };
        line(&names.table, code.first, offset)
    }

    /// Whether objects of this type are code: an interpreter has one such type, and never another at its
    /// address. It is what makes sure that the offsets are right.
    fn is_code(&mut self, kind: u64, reader: &Reader<'_>) -> bool {
        if self.code_type == Some(kind) {
            return true;
        }
        let mut address = [0; 8];
        if reader.peek(kind.wrapping_add(layout::TYPE_NAME), &mut address) != address.len() {
            return false;
        }
        let mut name = [0; 5];
        let read = reader.peek(u64::from_le_bytes(address), &mut name);
        let is_code = read == name.len() && &name == b"code\0";
        if is_code {
            self.code_type = Some(kind);
        }
        is_code
    }

    /// The text of the string at an address. `implied` if it is the same as long as what is logged already is.
    fn text_at(
        &mut self,
        address: u64,
        implied: bool,
        reader: &mut Reader<'_>,
    ) -> Option<Arc<str>> {
        let mut read = |reader: &mut Reader<'_>| {
            let words = reader.words(&[
                address.wrapping_add(layout::LENGTH),
                address.wrapping_add(layout::TEXT_HASH),
            ])?;
            let [length, hash] = *words else { return None };
            self.text((address, length, hash), reader)
        };
        if implied { reader.implied(read) } else { read(reader) }
    }

    /// The text of a string.
    fn text(&mut self, identity: Identity, reader: &mut Reader<'_>) -> Option<Arc<str>> {
        let (address, length, hash) = identity;
        if length > TEXT {
            return None;
        }
        if let Some(text) = self.texts.by_identity.get(&identity) {
            return Some(Arc::clone(text));
        }
        let mut state = [0; 4];
        if reader.peek(address.wrapping_add(layout::TEXT_STATE), &mut state) != state.len() {
            return None;
        }
        // `interned:2, kind:3, compact:1, ascii:1`; 3.14's later versions have 16 bits for `interned`.
        let bits = if state[0] & 0x3c == 0 { state[2] << 2 } else { state[0] };
        let (width, compact, ascii) =
            (usize::from(bits >> 2 & 7), bits & 0x20 != 0, bits & 0x40 != 0);
        if !matches!(width, 1 | 2 | 4) || !compact || (ascii && width != 1) {
            return None;
        }
        let start =
            address.wrapping_add(if ascii { self.layout.ascii } else { self.layout.compact });
        let mut bytes = vec![0; usize::try_from(length).ok()? * width];
        if reader.peek(start, &mut bytes) != bytes.len() {
            return None;
        }
        let text: Arc<str> = bytes
            .chunks_exact(width)
            .map(|unit| unit.iter().rev().fold(0, |all, byte| all << 8 | u32::from(*byte)))
            // A name that is no text in the file system's encoding has surrogates.
            .map(|unit| char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect::<String>()
            .into();
        if hash == NO_HASH {
            compare(start, &bytes, reader);
        } else {
            self.texts.keep(identity, &text);
        }
        Some(text)
    }

    /// The content of a bytes object.
    fn table(&mut self, identity: Identity, reader: &mut Reader<'_>) -> Option<Arc<[u8]>> {
        let (address, length, hash) = identity;
        if length > TABLE {
            return None;
        }
        if let Some(table) = self.tables.by_identity.get(&identity) {
            return Some(Arc::clone(table));
        }
        let start = address.wrapping_add(layout::BYTES);
        let mut bytes = vec![0; usize::try_from(length).ok()?];
        if reader.peek(start, &mut bytes) != bytes.len() {
            return None;
        }
        let table: Arc<[u8]> = bytes.into();
        if hash == NO_HASH {
            compare(start, &table, reader);
        } else {
            self.tables.keep(identity, &table);
        }
        Some(table)
    }
}

/// Makes the answer depend on these bytes, which were read from this address.
fn compare(start: u64, bytes: &[u8], reader: &mut Reader<'_>) {
    if bytes.len() > COMPARED {
        // Too much to be compared at each call: a word that is never the same has the answer computed anew.
        let mut word = [0; 8];
        reader.peek(start, &mut word);
        reader.depends_on(start, !u64::from_le_bytes(word));
        return;
    }
    for (index, piece) in (0..).zip(bytes.chunks(8)) {
        let at = start.wrapping_add(8 * index);
        match piece.try_into() {
            Ok(word) => reader.depends_on(at, u64::from_le_bytes(word)),
            // Objects are aligned: the last word is readable beyond the object's end, too.
            Err(_) => _ = reader.word(at),
        }
    }
}
