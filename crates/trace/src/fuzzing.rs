//! The decoders of system call arguments, exposed for fuzzing. Not part of the public interface.

use socklab_event::{Args, Outcome};

/// Decodes a call with any arguments, any memory before and after it, and any outcome. `None` on a
/// processor that the tracer does not know.
#[cfg(has_arch)]
pub fn call(
    row: usize,
    words: [u64; 6],
    before: &[u8],
    after: &[u8],
    outcome: Outcome,
) -> Option<Args> {
    use crate::decode::{CallAtEntry, Limits, decode};
    use crate::memory::Memory;

    /// A memory in which every address is valid: its contents repeat.
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

    let rows: Vec<_> = crate::syscall_table::table().collect();
    let entry = CallAtEntry::new(rows[row % rows.len()], words, &Everywhere(before));
    Some(decode(&entry, outcome, &Everywhere(after), Limits { sample: 64 }))
}

#[cfg(not(has_arch))]
pub fn call(_: usize, _: [u64; 6], _: &[u8], _: &[u8], _: Outcome) -> Option<Args> {
    None
}
