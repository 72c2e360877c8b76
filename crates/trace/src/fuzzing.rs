//! What only fuzzers may reach: the decoders of what a program passed to the kernel.

use socklab_event::{Args, Outcome};

use crate::decode::{CallAtEntry, Limits, decode};
use crate::memory::Memory;
use crate::syscall_table::table;

/// A memory in which every address can be read: these bytes, repeated.
struct Everywhere<'m>(&'m [u8]);

impl Memory for Everywhere<'_> {
    fn read(&self, address: u64, into: &mut [u8]) -> usize {
        let Some(start) = address.checked_rem(self.0.len() as u64) else { return 0 };
        let here = &self.0[start as usize..];
        let length = here.len().min(into.len());
        into[..length].copy_from_slice(&here[..length]);
        length
    }
}

/// Decodes a call with any arguments, any memory and any outcome.
pub fn call(row: usize, words: [u64; 6], before: &[u8], after: &[u8], outcome: Outcome) -> Args {
    let rows: Vec<_> = table().collect();
    let entry = CallAtEntry::new(rows[row % rows.len()], words, &Everywhere(before));
    decode(&entry, outcome, &Everywhere(after), Limits { sample: 64 })
}
