//! Python's objects: code, strings and bytes.

use std::collections::HashMap;
use std::sync::Arc;

use super::layout::{self, Layout};
use super::{Frame, lines};
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
}

/// An instruction of a code object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// The table of lines.
    table: Identity,
    /// The line that it begins with.
    first: i32,
    /// Where the instruction is, in bytes from the first; `None` before it.
    offset: Option<u64>,
    /// What the answer depends on already says which code object this is.
    settled: bool,
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
        Self { layout, code_type: None, texts: Kept::default(), tables: Kept::default() }
    }

    /// The frame that executes `instruction` of a code object; each as the frame has it. `alone` if the process has
    /// no other interpreter, so that versions of code tell objects apart.
    pub(super) fn frame(
        &mut self,
        code: u64,
        instruction: u64,
        alone: bool,
        reader: &mut Reader<'_>,
    ) -> Option<Frame> {
        let layout = self.layout;
        // 3.14: `_PyStackRef`, whose lowest bits say how it is counted.
        let code = if layout.minor >= 14 { code & !3 } else { code };
        let own_bytecode = layout.minor >= 11;
        let first_word = layout.first_line & !7;
        let version_word = layout.version.map_or(first_word, |version| version & !7);
        let words = reader.words(&[
            code.wrapping_add(layout::TYPE),
            code.wrapping_add(layout.filename),
            code.wrapping_add(layout.name),
            code.wrapping_add(layout.lines),
            code.wrapping_add(first_word),
            code.wrapping_add(if own_bytecode { layout::SIZE } else { layout.bytecode }),
            code.wrapping_add(version_word),
        ])?;
        let [kind, filename, name, table, first, bytecode, version] = *words else { return None };
        // A code object whose address and version are the same is the same one, and has what it had.
        let settled =
            alone && layout.version.is_some_and(|at| (version >> (8 * (at & 7))) as u32 != 0);
        if !self.is_code(kind, reader) {
            return None;
        }
        let first = (first >> (8 * (layout.first_line - first_word))) as u32 as i32;
        let mut wanted = vec![
            filename.wrapping_add(layout::LENGTH),
            filename.wrapping_add(layout::TEXT_HASH),
            name.wrapping_add(layout::LENGTH),
            name.wrapping_add(layout::TEXT_HASH),
            table.wrapping_add(layout::SIZE),
            table.wrapping_add(layout::BYTES_HASH),
        ];
        if !own_bytecode {
            wanted.push(bytecode.wrapping_add(layout::SIZE));
        }
        let mut read = |reader: &mut Reader<'_>| {
            let words = reader.words(&wanted)?;
            let [file_length, file_hash, name_length, name_hash, table_length, table_hash] =
                *words.first_chunk()?;
            let file = self.text((filename, file_length, file_hash), reader)?;
            let function = self.text((name, name_length, name_hash), reader)?;
            Some((file, function, (table, table_length, table_hash), *words.last()?))
        };
        let (file, function, table, last) =
            if settled { reader.implied(read) } else { read(reader) }?;
        let length = if own_bytecode { bytecode.checked_mul(2)? } else { last };
        // In bytes from the first instruction on; None before it.
        let offset = match layout.minor {
            // `f_lasti`, the lower half: -1 before the first.
            ..=10 => {
                let last = instruction as u32 as i32;
                let unit = if layout.minor == 10 { 2 } else { 1 };
                if last == -1 { None } else { Some(u64::try_from(last).ok()? * unit) }
            }
            _ => match instruction.wrapping_sub(code.wrapping_add(layout.bytecode)).cast_signed() {
                -2 => None,
                offset => Some(u64::try_from(offset).ok()?),
            },
        };
        if offset.is_some_and(|offset| offset >= length || offset % 2 != 0) {
            return None;
        }
        let place = Place { table, first, offset, settled };
        Some(Frame { file, function, place })
    }

    /// The line of a place.
    pub(super) fn line(&mut self, place: &Place, reader: &mut Reader<'_>) -> Option<u32> {
        let table = if place.settled {
            reader.implied(|reader| self.table(place.table, reader))
        } else {
            self.table(place.table, reader)
        }?;
        let line = match self.layout.minor {
            8 | 9 => lines::of_pairs,
            10 => lines::of_ranges,
            _ => lines::of_locations,
        };
        line(&table, place.first, place.offset)
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
