//! `struct msghdr` and the buffers it points to.

use socklab_event::{Control, Endpoint, Flags, Message};

use super::{address, control, flags, i32_at, u32_at, u64_at};
use crate::memory::Memory;

/// `sizeof(struct msghdr)`.
pub(crate) const HEADER: usize = 56;

/// `sizeof(struct mmsghdr)`: a header and the number of bytes moved.
pub(crate) const MANY: usize = 64;

/// `UIO_MAXIOV`: the kernel refuses longer lists.
const MOST_BUFFERS: usize = 1024;

/// The longest control part looked at; `net.core.optmem_max` keeps it near there.
const MOST_CONTROL: usize = 64 << 10;

/// A `struct msghdr`, its numbers only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) name: u64,
    pub(crate) name_length: u32,
    pub(crate) buffers: u64,
    pub(crate) buffer_count: u64,
    pub(crate) control: u64,
    pub(crate) control_length: u64,
    pub(crate) flags: i32,
}

impl Header {
    /// Decodes the 56 bytes.
    pub(crate) fn of(bytes: &[u8]) -> Self {
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
    pub(crate) fn read(memory: &impl Memory, address: u64) -> Option<Self> {
        memory.array::<HEADER>(address).map(|bytes| Self::of(&bytes))
    }

    /// The ancillary data.
    pub(crate) fn control(&self, memory: &impl Memory) -> Vec<Control> {
        let length = usize::try_from(self.control_length).unwrap_or(usize::MAX);
        if self.control == 0 || length == 0 {
            return Vec::new();
        }
        control::control(&memory.bytes(self.control, length.min(MOST_CONTROL)))
    }

    /// The address the program put in.
    pub(crate) fn to(&self, memory: &impl Memory) -> Option<Endpoint> {
        let given = self.name != 0 && self.name_length != 0;
        given.then(|| address::passed(memory, self.name, u64::from(self.name_length)))
    }

    /// The flags the kernel put in.
    pub(crate) fn got(&self) -> Flags {
        // MSG_CMSG_CLOEXEC was asked for, not given back, though the kernel leaves it standing.
        flags::flags(u64::from(self.flags.cast_unsigned()) & !0x4000_0000, flags::MSG)
    }
}

/// The buffers of an `iovec` list: address and length of each.
pub(crate) fn buffers(memory: &impl Memory, list: u64, count: u64) -> Vec<(u64, u64)> {
    let count = usize::try_from(count).unwrap_or(usize::MAX).min(MOST_BUFFERS);
    let bytes = memory.bytes(list, count * 16);
    bytes.chunks_exact(16).map(|pair| (u64_at(pair, 0), u64_at(pair, 8))).collect()
}

/// How much is read at a time: a program may offer any length, readable or not.
const PIECE: usize = 1 << 20;

/// The first `limit` bytes spread over the buffers, of which `total` are filled.
pub(crate) fn gather(
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
pub(crate) fn room(buffers: &[(u64, u64)]) -> u64 {
    buffers.iter().fold(0, |sum, (_, length)| sum.saturating_add(*length))
}

/// The first `count` messages of a `mmsghdr` list, as `sendmmsg` and `recvmmsg` left it. `rooms`
/// are the address lengths the program had offered; empty when sending.
pub(crate) fn many(
    memory: &impl Memory,
    list: u64,
    count: usize,
    rooms: Option<&[u32]>,
    limit: usize,
) -> Vec<Message> {
    let count = count.min(MOST_BUFFERS);
    let bytes = memory.bytes(list, count * MANY);
    let message = |(index, bytes): (usize, &[u8])| {
        let header = Header::of(bytes);
        let total = u64::from(u32_at(bytes, HEADER));
        let buffers = buffers(memory, header.buffers, header.buffer_count);
        let sample = gather(memory, &buffers, total, limit);
        let address = match rooms {
            None => header.to(memory),
            Some(rooms) => {
                let room = rooms.get(index).copied().unwrap_or_default();
                address::returned(memory, header.name, room, header.name_length)
            }
        };
        Message {
            bytes: socklab_event::Bytes { sample, total },
            address,
            got: if rooms.is_some() { header.got() } else { Flags::default() },
            control: header.control(memory),
        }
    };
    bytes.chunks_exact(MANY).enumerate().map(message).collect()
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    /// Memory that can be read up to an address, and remembers the most it was asked for at once.
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
