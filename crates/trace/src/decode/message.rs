//! What a `struct msghdr` points to: the buffers of a message and its ancillary data.

use socklab_event::{Control, Flags, Message};

use super::header::{HEADER, Header, MOST_BUFFERS, MOST_MESSAGES, MULTI_HEADER};
use super::words::{u32_at, u64_at};
use super::{address, ancillary};
use crate::memory::Memory;

/// How many bytes of ancillary data are decoded; `net.core.optmem_max` allows little more.
const MOST_CONTROL: usize = 64 << 10;

/// The ancillary data of a message.
pub(super) fn control(header: &Header, memory: &impl Memory) -> Box<[Control]> {
    let length = usize::try_from(header.control_length).unwrap_or(usize::MAX);
    if header.control == 0 || length == 0 {
        return Box::default();
    }
    ancillary::control(&memory.bytes(header.control, length.min(MOST_CONTROL))).into()
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
            control: control(&header, memory),
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
    fn buffers_are_read_in_pieces_up_to_the_first_unreadable_byte() {
        let piece = PIECE as u64;
        assert_eq!(gathered(u64::MAX, &[(8, 3 * piece + 5)], usize::MAX), 3 * PIECE + 5);
        assert_eq!(gathered(u64::MAX, &[(8, 3 * piece)], 2 * PIECE + 1), 2 * PIECE + 1);
        assert_eq!(gathered(8 + piece + 7, &[(8, u64::MAX), (8, 1)], usize::MAX), PIECE + 7);
        assert_eq!(gathered(u64::MAX, &[(8, 2), (0, 0), (8, 3)], 4), 4);
        assert_eq!(gathered(0, &[(8, u64::MAX)], usize::MAX), 0);
    }
}
