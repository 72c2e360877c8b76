//! Reading and writing a tracee's memory: `process_vm_readv(2)`, which rustix does not have.

use std::io;

use libc::{c_void, iovec, pid_t};

/// A program's memory. The decoders read through this trait, so that tests can hand them a slice.
pub(crate) trait Memory {
    /// Reads up to `into.len()` bytes, and returns how many precede the first unreadable one.
    fn read(&self, address: u64, into: &mut [u8]) -> usize;

    /// Reads up to `length` bytes: fewer if the memory ends before, none at address 0.
    fn bytes(&self, address: u64, length: usize) -> Vec<u8> {
        if address == 0 || length == 0 {
            return Vec::new();
        }
        let mut bytes = vec![0; length];
        let read = self.read(address, &mut bytes);
        bytes.truncate(read);
        bytes
    }

    /// Reads exactly `N` bytes, or nothing.
    fn array<const N: usize>(&self, address: u64) -> Option<[u8; N]>
    where
        Self: Sized,
    {
        let mut bytes = [0; N];
        (address != 0 && self.read(address, &mut bytes) == N).then_some(bytes)
    }
}

/// The memory of a tracee, by the id of any of its threads.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TraceeMemory(pub(crate) pid_t);

impl Memory for TraceeMemory {
    fn read(&self, address: u64, into: &mut [u8]) -> usize {
        let local = iovec { iov_base: into.as_mut_ptr().cast(), iov_len: into.len() };
        let remote = iovec { iov_base: address as *mut c_void, iov_len: into.len() };
        // SAFETY: `local` describes `into`, which outlives the call; the kernel checks `remote`
        // against the other process and fails with EFAULT rather than touch our memory.
        let read = unsafe { libc::process_vm_readv(self.0, &local, 1, &remote, 1, 0) };
        usize::try_from(read).unwrap_or(0)
    }
}

/// Words no further apart than this are read as one piece.
const APART: u64 = 128;

/// `IOV_MAX` of `limits.h(0p)`.
const MOST_PIECES: usize = 1024;

impl TraceeMemory {
    /// Reads a word of 8 bytes at each of the addresses, all in one call; `None` if one can't be read.
    /// Addresses in ascending order take the fewest pieces.
    pub(crate) fn words(&self, addresses: &[u64]) -> Option<Vec<u64>> {
        let mut pieces: Vec<iovec> = Vec::new();
        let mut offsets = Vec::with_capacity(addresses.len());
        let (mut size, mut piece) = (0, 0..0_u64);
        for &address in addresses {
            let end = address.checked_add(8)?;
            if pieces.is_empty()
                || address < piece.start
                || address > piece.end.saturating_add(APART)
            {
                pieces.push(iovec { iov_base: address as *mut c_void, iov_len: 0 });
                piece = address..address;
            }
            let grown = usize::try_from(end.saturating_sub(piece.end)).ok()?;
            piece.end = piece.end.max(end);
            size += grown;
            pieces.last_mut()?.iov_len += grown;
            offsets.push(size - usize::try_from(piece.end - address).ok()?);
        }
        if pieces.len() > MOST_PIECES {
            return None;
        }
        let mut bytes = vec![0_u8; size];
        let local = iovec { iov_base: bytes.as_mut_ptr().cast(), iov_len: size };
        let count = pieces.len() as libc::c_ulong;
        // SAFETY: `local` describes `bytes`, which outlives the call; the kernel checks the pieces
        // against the other process and fails with EFAULT rather than touch our memory.
        let read = unsafe { libc::process_vm_readv(self.0, &local, 1, pieces.as_ptr(), count, 0) };
        if usize::try_from(read) != Ok(size) {
            return None;
        }
        let word = |at: &usize| bytes[*at..].first_chunk().copied().map(u64::from_ne_bytes);
        offsets.iter().map(word).collect()
    }

    /// Writes all of `bytes`, or fails.
    pub(crate) fn write(&self, address: u64, bytes: &[u8]) -> io::Result<()> {
        let local = iovec { iov_base: bytes.as_ptr().cast_mut().cast(), iov_len: bytes.len() };
        let remote = iovec { iov_base: address as *mut c_void, iov_len: bytes.len() };
        // SAFETY: `local` describes `bytes`, which is only read; the kernel checks `remote`.
        let wrote = unsafe { libc::process_vm_writev(self.0, &local, 1, &remote, 1, 0) };
        match usize::try_from(wrote) {
            Ok(wrote) if wrote == bytes.len() => Ok(()),
            Ok(_) => Err(io::Error::from_raw_os_error(libc::EFAULT)),
            Err(_) => Err(io::Error::last_os_error()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_wherever_they_are_and_in_any_order() {
        let here: Vec<u64> = (0..200).collect();
        let at = |index: usize| (&raw const here[index]) as u64;
        let memory = TraceeMemory(std::process::id().cast_signed());
        let read = |addresses: &[u64]| memory.words(addresses);
        // Near, far, twice, overlapping, backwards.
        assert_eq!(read(&[at(3), at(4), at(150), at(150), at(2)]), Some(vec![3, 4, 150, 150, 2]));
        assert_eq!(read(&[at(1), at(1) + 4, at(2)]), Some(vec![1, 2 << 32, 2]));
        assert_eq!(read(&[]), Some(vec![]));
        assert_eq!(read(&[at(0), 8]), None);
        assert_eq!(read(&[u64::MAX]), None);
    }
}
