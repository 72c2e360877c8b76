//! The memory of a stopped process.

/// Reads the memory of a stopped process.
pub trait Memory {
    /// Reads from `address` on, and returns how many bytes could be read: fewer than asked for where a
    /// mapping ends.
    fn read(&self, address: u64, into: &mut [u8]) -> usize;

    /// Reads a word of 8 bytes at each of the addresses, in one system call if it can; `None` if one of
    /// them can't be read.
    fn words(&self, addresses: &[u64]) -> Option<Vec<u64>>;
}
