//! `struct msghdr` and the buffers it points to.

use socklab_event::{Control, Endpoint, Flags, Message};

use super::words::{i32_at, u32_at, u64_at};
use super::{address, ancillary, flags};
use crate::memory::Memory;

/// `sizeof(struct msghdr)`.
pub(super) const HEADER: usize = 56;

/// `sizeof(struct mmsghdr)`: a header and the number of bytes moved.
pub(super) const MULTI_HEADER: usize = 64;

/// `UIO_MAXIOV`: the kernel refuses longer lists.
const MOST_BUFFERS: usize = 1024;

/// `UIO_MAXIOV` again: `sendmmsg` and `recvmmsg` handle no more messages at once.
pub(super) const MOST_MESSAGES: usize = MOST_BUFFERS;

/// The longest control part that is decoded, bytes; `net.core.optmem_max` allows little more.
const MOST_CONTROL: usize = 64 << 10;

/// The fields of a `struct msghdr`; pointers are not followed.
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
    /// Decodes the 56 bytes.
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

    /// Reads it from a program.
    pub(super) fn read(memory: &impl Memory, address: u64) -> Option<Self> {
        memory.array::<HEADER>(address).map(|bytes| Self::of(&bytes))
    }

    /// The ancillary data.
    pub(super) fn control(&self, memory: &impl Memory) -> Vec<Control> {
        let length = usize::try_from(self.control_length).unwrap_or(usize::MAX);
        if self.control == 0 || length == 0 {
            return Vec::new();
        }
        ancillary::control(&memory.bytes(self.control, length.min(MOST_CONTROL)))
    }

    /// The address that the program passed.
    pub(super) fn to(&self, memory: &impl Memory) -> Option<Endpoint> {
        let given = self.name != 0 && self.name_length != 0;
        given.then(|| address::passed(memory, self.name, u64::from(self.name_length)))
    }

    /// The flags that the kernel returned.
    pub(super) fn returned_flags(&self) -> Flags {
        // The kernel leaves MSG_CMSG_CLOEXEC, which was asked for, among those it returns.
        let returned = (self.flags & !libc::MSG_CMSG_CLOEXEC).cast_unsigned();
        flags::flags(u64::from(returned), flags::MSG)
    }
}

/// The buffers of an `iovec` list: address and length of each.
pub(super) fn buffers(memory: &impl Memory, list: u64, count: u64) -> Vec<(u64, u64)> {
    let count = usize::try_from(count).unwrap_or(usize::MAX).min(MOST_BUFFERS);
    let bytes = memory.bytes(list, count * 16);
    bytes.chunks_exact(16).map(|pair| (u64_at(pair, 0), u64_at(pair, 8))).collect()
}

/// How many bytes are read at a time: a program may offer any length, readable or not.
const PIECE: usize = 1 << 20;

/// The first `limit` bytes spread over the buffers, of which `total` are filled.
pub(super) fn gather(
    memory: &impl Memory,
    buffers: &[(u64, u64)],
    total: u64,
    limit: usize,
) -> Vec<u8> {
    let mut left = usize::try_from(total).unwrap_or(usize::MAX).min(limit);
    let mut sample = Vec::with_capacity(left.min(4096));
    for &(mut address, length) in buffers {
        let mut part = usize::try_from(length).unwrap_or(usize::MAX).min(left);
        left -= part;
        while part > 0 {
            let piece = part.min(PIECE);
            let bytes = memory.bytes(address, piece);
            let whole = bytes.len() == piece;
            sample.extend(bytes);
            if !whole {
                return sample;
            }
            part -= piece;
            address = address.wrapping_add(piece as u64);
        }
        if left == 0 {
            break;
        }
    }
    sample
}

/// The sum of the buffers' lengths.
pub(super) fn capacity(buffers: &[(u64, u64)]) -> u64 {
    buffers.iter().fold(0, |sum, (_, length)| sum.saturating_add(*length))
}

/// The first `count` messages of a `mmsghdr` list, as `sendmmsg` and `recvmmsg` left it. `capacities`
/// are those of the address buffers the program offered; `None` when sending.
pub(super) fn many(
    memory: &impl Memory,
    list: u64,
    count: usize,
    capacities: Option<&[u32]>,
    limit: usize,
) -> Vec<Message> {
    let count = count.min(MOST_MESSAGES);
    let bytes = memory.bytes(list, count * MULTI_HEADER);
    let message = |(index, bytes): (usize, &[u8])| {
        let header = Header::of(bytes);
        let total = u64::from(u32_at(bytes, HEADER));
        let buffers = buffers(memory, header.buffers, header.buffer_count);
        let sample = gather(memory, &buffers, total, limit);
        let address = match capacities {
            None => header.to(memory),
            Some(capacities) => {
                let capacity = capacities.get(index).copied().unwrap_or_default();
                address::returned(memory, header.name, capacity, header.name_length)
            }
        };
        Message {
            bytes: socklab_event::Bytes { sample, total },
            address,
            got: if capacities.is_some() { header.returned_flags() } else { Flags::default() },
            control: header.control(memory),
        }
    };
    bytes.chunks_exact(MULTI_HEADER).enumerate().map(message).collect()
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    /// Memory that can be read up to an address, and counts the most bytes read at once.
    struct UpTo(u64, Cell<usize>);

    impl Memory for UpTo {
        fn read(&self, address: u64, into: &mut [u8]) -> usize {
            self.1.set(self.1.get().max(into.len()));
            let readable = usize::try_from(self.0.saturating_sub(address)).unwrap_or(usize::MAX);
            let read = readable.min(into.len());
            into[..read].fill(1);
            read
        }
    }

    fn gathered(end: u64, buffers: &[(u64, u64)], limit: usize) -> usize {
        let memory = UpTo(end, Cell::new(0));
        let sample = gather(&memory, buffers, u64::MAX, limit);
        assert!(memory.1.get() <= PIECE, "{} bytes at once", memory.1.get());
        sample.len()
    }

    #[test]
    fn what_is_offered_is_read_in_pieces_as_far_as_it_can_be_read() {
        let piece = PIECE as u64;
        assert_eq!(gathered(u64::MAX, &[(8, 3 * piece + 5)], usize::MAX), 3 * PIECE + 5);
        assert_eq!(gathered(u64::MAX, &[(8, 3 * piece)], 2 * PIECE + 1), 2 * PIECE + 1);
        assert_eq!(gathered(8 + piece + 7, &[(8, u64::MAX), (8, 1)], usize::MAX), PIECE + 7);
        assert_eq!(gathered(u64::MAX, &[(8, 2), (0, 0), (8, 3)], 4), 4);
        assert_eq!(gathered(0, &[(8, u64::MAX)], usize::MAX), 0);
    }
}
