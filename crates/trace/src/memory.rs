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

impl TraceeMemory {
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
