//! Names of functions, where there is no debug information.

use crate::binary::Binary;

/// A table of functions by address.
#[derive(Debug, Default)]
pub(crate) struct Symbols {
    /// Address, length, and where the name is.
    functions: Vec<(u64, u64, u32)>,
    names: Vec<u8>,
}

/// More than any program's: what a symbol takes here is bounded by what it takes there.
const ENTRY: usize = 24;
const FUNCTION: u8 = 2;
const INDIRECT: u8 = 10;

/// The symbols of a table: name, kind, whether it is defined, address, length.
fn entries(table: &[u8]) -> impl Iterator<Item = (u32, u8, bool, u64, u64)> {
    table.chunks_exact(ENTRY).filter_map(|entry| {
        let word = |at: usize| Some(u64::from_le_bytes(entry.get(at..at + 8)?.try_into().ok()?));
        let name = u32::from_le_bytes(entry.get(..4)?.try_into().ok()?);
        let defined = entry.get(6..8)? != [0, 0];
        Some((name, entry.get(4)? & 15, defined, word(8)?, word(16)?))
    })
}

fn name_at(names: &[u8], at: u32) -> Option<&str> {
    let rest = names.get(at as usize..)?;
    let end = rest.iter().take(4096).position(|byte| *byte == 0)?;
    str::from_utf8(&rest[..end]).ok()
}

/// Calls `each` with every name that a binary exports, and its address.
pub(crate) fn exported(binary: &Binary, mut each: impl FnMut(&str, u64)) {
    let Some((table, names)) = binary.symbols(".dynsym") else { return };
    for (name, _, defined, address, _) in entries(&table) {
        if let Some(name) = name_at(&names, name).filter(|_| defined) {
            each(name, address);
        }
    }
}

impl Symbols {
    /// All functions that are named: those of `.symtab`, else of what is exported.
    pub(crate) fn of(binary: &Binary) -> Self {
        let found = [".symtab", ".dynsym"].iter().find_map(|name| {
            let (table, names) = binary.symbols(name)?;
            let mut functions: Vec<_> = entries(&table)
                .filter(|(_, kind, defined, ..)| *defined && matches!(*kind, FUNCTION | INDIRECT))
                .map(|(name, _, _, address, length)| (address, length, name))
                .collect();
            functions.sort_unstable();
            functions.dedup_by_key(|function| function.0);
            (!functions.is_empty()).then_some(Self { functions, names })
        });
        found.unwrap_or_default()
    }

    /// The function that an address is in, and where it begins.
    pub(crate) fn at(&self, address: u64) -> Option<(u64, &str)> {
        let after = self.functions.partition_point(|(start, ..)| *start <= address);
        let (start, length, name) = *self.functions.get(after.checked_sub(1)?)?;
        let inside = address - start < length.max(1);
        Some((start, name_at(&self.names, name).filter(|name| inside && !name.is_empty())?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_in_a_function_or_in_none() {
        let symbols = Symbols {
            functions: vec![(0x100, 0x10, 1), (0x110, 0, 5), (0x200, 8, 900)],
            names: b"\0one\0two\0".to_vec(),
        };
        assert_eq!(symbols.at(0x10f), Some((0x100, "one")));
        assert_eq!(symbols.at(0x110), Some((0x110, "two")));
        assert_eq!(symbols.at(0x111), None, "no length: an address only");
        assert_eq!(symbols.at(0x201), None, "the name is nowhere");
        assert_eq!(symbols.at(0xff), None);
    }
}
