//! `struct msghdr` as it is in memory; its pointers are not followed.

use socklab_event::{Endpoint, Flags};

use super::words::{i32_at, u32_at, u64_at};
use super::{address, flags};
use crate::memory::Memory;

/// `sizeof(struct msghdr)`.
pub(super) const HEADER: usize = 56;

/// `sizeof(struct mmsghdr)`: a header and the number of bytes moved.
pub(super) const MULTI_HEADER: usize = 64;

/// `UIO_MAXIOV`: the kernel refuses longer lists of buffers.
pub(super) const MOST_BUFFERS: usize = 1024;

/// `UIO_MAXIOV` again: `sendmmsg` and `recvmmsg` handle at most this many messages at once.
pub(super) const MOST_MESSAGES: usize = MOST_BUFFERS;

/// The fields of a `struct msghdr`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) name: u64,
    pub(super) name_length: u32,
    pub(super) buffers: u64,
    pub(super) buffer_count: u64,
    pub(super) control: u64,
    pub(super) control_length: u64,
    pub(super) flags: i32,
}

impl Header {
    /// Decodes the 56 bytes of the structure.
    pub(super) fn of(bytes: &[u8]) -> Self {
        Self {
            name: u64_at(bytes, 0),
            name_length: u32_at(bytes, 8),
            buffers: u64_at(bytes, 16),
            buffer_count: u64_at(bytes, 24),
            control: u64_at(bytes, 32),
            control_length: u64_at(bytes, 40),
            flags: i32_at(bytes, 48),
        }
    }

    /// Reads the structure from a program's memory.
    pub(super) fn read(memory: &impl Memory, address: u64) -> Option<Self> {
        memory.array::<HEADER>(address).map(|bytes| Self::of(&bytes))
    }

    /// The address that the program passed.
    pub(super) fn to(&self, memory: &impl Memory) -> Option<Endpoint> {
        let given = self.name != 0 && self.name_length != 0;
        given.then(|| address::passed(memory, self.name, u64::from(self.name_length)))
    }

    /// The flags that the kernel returned.
    pub(super) fn returned_flags(&self) -> Flags {
        // The kernel also returns MSG_CMSG_CLOEXEC if the program passed it.
        let returned = (self.flags & !libc::MSG_CMSG_CLOEXEC).cast_unsigned();
        flags::flags(u64::from(returned), flags::MSG)
    }
}
