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

/// What was read of a program's memory before it is asked for.
#[derive(Debug)]
pub(crate) struct Ahead {
    address: u64,
    bytes: Vec<u8>,
}

/// The memory of a tracee: what was read ahead is not read again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MemoryInCall<'a>(pub(crate) TraceeMemory, pub(crate) Option<&'a Ahead>);

impl Memory for MemoryInCall<'_> {
    fn read(&self, address: u64, into: &mut [u8]) -> usize {
        let known = self.1.and_then(|ahead| {
            let offset = usize::try_from(address.checked_sub(ahead.address)?).ok()?;
            ahead.bytes.get(offset..offset.checked_add(into.len())?)
        });
        match known {
            Some(known) => into.copy_from_slice(known),
            None => return self.0.read(address, into),
        }
        into.len()
    }
}

/// More pieces than this are read by several calls. `IOV_MAX` of `limits.h(0p)` is 1024; so many fit the stack.
const PIECES: usize = 64;

impl TraceeMemory {
    /// Reads pieces of memory, addresses and lengths, one after another into `into`, which is as long as they are
    /// together. False if not all of them can be read.
    pub(crate) fn all(
        &self,
        mut pieces: impl Iterator<Item = (u64, usize)>,
        mut into: &mut [u8],
    ) -> bool {
        loop {
            let mut remote = [iovec { iov_base: std::ptr::null_mut(), iov_len: 0 }; PIECES];
            let (mut count, mut size) = (0, 0_usize);
            for (one, (address, length)) in remote.iter_mut().zip(pieces.by_ref()) {
                *one = iovec { iov_base: address as *mut c_void, iov_len: length };
                size = size.saturating_add(length);
                count += 1;
            }
            if count == 0 {
                return into.is_empty();
            }
            let Some((part, rest)) = into.split_at_mut_checked(size) else { return false };
            into = rest;
            let local = iovec { iov_base: part.as_mut_ptr().cast(), iov_len: size };
            // SAFETY: `local` describes `part`, which outlives the call, and `remote` has `count` entries, which the
            // kernel checks against the other process: it fails with EFAULT rather than touch our memory.
            let read =
                unsafe { libc::process_vm_readv(self.0, &local, 1, remote.as_ptr(), count, 0) };
            if usize::try_from(read) != Ok(size) {
                return false;
            }
        }
    }

    /// The same, and reads `length` bytes from `address` on along with them, in the same call. These are `None` if they
    /// can't be read, or there are too many pieces for one call. The pieces are together as long as `into`.
    pub(crate) fn all_along(
        &self,
        pieces: impl ExactSizeIterator<Item = (u64, usize)>,
        into: &mut [u8],
        (address, length): (u64, usize),
    ) -> (bool, Option<Ahead>) {
        let count = pieces.len() + 1;
        if count > PIECES {
            return (self.all(pieces, into), None);
        }
        let mut bytes = vec![0; length];
        let mut remote = [iovec { iov_base: std::ptr::null_mut(), iov_len: 0 }; PIECES];
        for (one, (address, length)) in remote.iter_mut().zip(pieces.chain([(address, length)])) {
            *one = iovec { iov_base: address as *mut c_void, iov_len: length };
        }
        let local = [&mut *into, &mut bytes[..]]
            .map(|part| iovec { iov_base: part.as_mut_ptr().cast(), iov_len: part.len() });
        // SAFETY: `local` describes `into` and `bytes`, which outlive the call, and `remote` has `count` entries, which
        // the kernel checks against the other process: it fails with EFAULT rather than touch our memory.
        let read = unsafe {
            libc::process_vm_readv(self.0, local.as_ptr(), 2, remote.as_ptr(), count as u64, 0)
        };
        let read = usize::try_from(read).unwrap_or(0);
        let is_whole = read == into.len() + length;
        (read >= into.len(), is_whole.then_some(Ahead { address, bytes }))
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
    fn pieces_are_read_wherever_they_are_and_in_any_order() {
        let here: Vec<u64> = (0..200).collect();
        let at = |index: usize| (&raw const here[index]) as u64;
        let memory = TraceeMemory(std::process::id().cast_signed());
        let read = |pieces: &[(u64, usize)]| {
            let mut bytes = vec![0; pieces.iter().map(|(_, length)| length).sum()];
            memory.all(pieces.iter().copied(), &mut bytes).then(|| {
                let words = bytes.chunks(8).filter_map(|word| word.first_chunk().copied());
                words.map(u64::from_ne_bytes).collect::<Vec<_>>()
            })
        };
        assert_eq!(read(&[(at(3), 16), (at(150), 8), (at(2), 8)]), Some(vec![3, 4, 150, 2]));
        assert_eq!(read(&[(at(1) + 4, 8)]), Some(vec![2 << 32]));
        assert_eq!(read(&[]), Some(vec![]));
        assert_eq!(read(&[(at(0), 8), (8, 8)]), None);
        assert_eq!(read(&[(u64::MAX, 8)]), None);
        // More than fit one call.
        let many: Vec<_> = (0..200).rev().map(|index| (at(index), 8)).collect();
        assert_eq!(read(&many), Some(here.iter().rev().copied().collect()));
        let mut short = [0; 8];
        assert!(!memory.all([(at(0), 16)].into_iter(), &mut short), "it would not fit");
        assert!(!memory.all([(at(0), 4)].into_iter(), &mut short), "less than asked for");
    }

    #[test]
    fn what_is_read_along_is_not_read_again() {
        let here: Vec<u64> = (0..200).collect();
        let at = |index: usize| (&raw const here[index]) as u64;
        let memory = TraceeMemory(std::process::id().cast_signed());
        let mut word = [0; 8];
        let (read, ahead) = memory.all_along([(at(3), 8)].into_iter(), &mut word, (at(10), 16));
        assert!(read && word == 3_u64.to_ne_bytes());
        let ahead = ahead.expect("it can be read");
        // Memory that can't be read any more.
        let nobody = MemoryInCall(TraceeMemory(-1), Some(&ahead));
        assert_eq!(nobody.array(at(11)), Some(11_u64.to_ne_bytes()));
        assert_eq!(nobody.bytes(at(10), 16).len(), 16);
        assert_eq!(nobody.bytes(at(10), 17).len() + nobody.bytes(at(9), 8).len(), 0);
        let this = MemoryInCall(memory, Some(&ahead));
        assert_eq!(this.array(at(12)), Some(12_u64.to_ne_bytes()));
        // One of the two can't be read.
        let (read, ahead) = memory.all_along([(at(4), 8)].into_iter(), &mut word, (8, 16));
        assert!(read && ahead.is_none() && word == 4_u64.to_ne_bytes());
        let (read, ahead) =
            memory.all_along([(at(4), 4), (8, 4)].into_iter(), &mut word, (at(10), 16));
        assert!(!read && ahead.is_none());
        // More pieces than one call takes.
        let many = (0..200).map(|index| (at(index), 8));
        let (read, ahead) = memory.all_along(many, &mut [0; 1600], (at(10), 16));
        assert!(read && ahead.is_none());
    }
}
