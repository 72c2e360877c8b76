//! Looking into an `io_uring(7)`: which operations a program has submitted.
//!
//! A program puts operations into memory that it shares with the kernel, and the kernel may carry
//! them out without any system call. That memory belongs to the ring's descriptor, so the tracer
//! maps it too. The ring counts what was submitted, and its slots keep the last operations until
//! they are overwritten: whoever looks often enough misses nothing, and knows if it did.

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicU32, Ordering};

use rustix::io_uring::{IORING_OFF_SQ_RING, IORING_OFF_SQES, IoringOp, io_sqring_offsets};
use rustix::io_uring::{IoringSetupFlags, IoringSqeFlags};

use crate::decode::u32_at;

/// What is known about the operations of a ring.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Carries {
    /// So far no operation on a socket.
    #[default]
    Others,
    /// Operations that could not be looked at.
    Unknown,
    /// Operations on sockets.
    Sockets,
}

/// Offsets of fields of `struct io_uring_params`, and its size: four words, `features` and four
/// more, then `struct io_sqring_offsets`.
const FLAGS: usize = 8;
const OFFSETS: usize = 40;
pub(crate) const PARAMETERS: usize = 120;

/// Sizes of `struct io_uring_sqe`, without and with `IORING_SETUP_SQE128`.
const SLOT: usize = 64;
const LARGE_SLOT: usize = 128;

/// Offsets of fields of `struct io_uring_sqe`.
const SLOT_FLAGS: usize = 1;
const SLOT_FD: usize = 4;
const SLOT_SPLICE_FROM: usize = 44;

/// `IORING_SETUP_NO_SQARRAY`: slots are used in order.
const NO_ARRAY: u32 = 1 << 16;

/// A ring of a tracee.
#[derive(Debug)]
pub(crate) struct Ring {
    pub(crate) fd: i32,
    queue: Mapping,
    slots: Mapping,
    /// How many slots there are, a power of two.
    entries: u32,
    slot: usize,
    /// Offsets in `queue` of the count of submissions, and of the order of the slots.
    tail: usize,
    array: Option<usize>,
    /// How many submissions were looked at.
    seen: u32,
}

impl Ring {
    /// Maps the ring that a tracee has just made. `copy` is a duplicate of its descriptor `fd`,
    /// `parameters` what the kernel has written.
    pub(crate) fn map(
        copy: BorrowedFd<'_>,
        fd: i32,
        parameters: &[u8; PARAMETERS],
    ) -> io::Result<Self> {
        let entries = u32_at(parameters, 0);
        let flags = u32_at(parameters, FLAGS);
        let at = |field: usize| u32_at(parameters, OFFSETS + field) as usize;
        let tail = at(std::mem::offset_of!(io_sqring_offsets, tail));
        let order = at(std::mem::offset_of!(io_sqring_offsets, array));
        let has_array = flags & NO_ARRAY == 0;
        let large = flags & IoringSetupFlags::SQE128.bits() != 0;
        let slot = if large { LARGE_SLOT } else { SLOT };
        let end = if has_array { order + 4 * entries as usize } else { tail + 4 };
        Ok(Self {
            fd,
            queue: Mapping::new(copy, IORING_OFF_SQ_RING, end.max(tail + 4))?,
            slots: Mapping::new(copy, IORING_OFF_SQES, slot * entries as usize)?,
            entries,
            slot,
            tail,
            array: has_array.then_some(order),
            seen: 0,
        })
    }

    /// What the operations carried that were submitted since the last look.
    pub(crate) fn look(&mut self, is_socket: impl Fn(i32) -> bool) -> Carries {
        let tail = self.queue.u32(self.tail).unwrap_or(self.seen);
        let new = tail.wrapping_sub(self.seen);
        if new == 0 {
            return Carries::Others;
        }
        let mut carries = if new > self.entries { Carries::Unknown } else { Carries::Others };
        for back in 1..=new.min(self.entries) {
            let mut index = tail.wrapping_sub(back) & self.entries.wrapping_sub(1);
            if let Some(array) = self.array {
                index = self.queue.u32(array + 4 * index as usize).unwrap_or(u32::MAX);
            }
            let slot = self.slots.bytes(self.slot * index as usize);
            carries = carries.max(slot.map_or(Carries::Unknown, |slot| carried(&slot, &is_socket)));
        }
        self.seen = tail;
        carries
    }
}

/// What one operation carries.
fn carried(slot: &[u8; SLOT], is_socket: impl Fn(i32) -> bool) -> Carries {
    use IoringOp::*;
    const ON_SOCKETS: [IoringOp; 12] = [
        Accept, Bind, Connect, Listen, Recv, Recvmsg, Send, SendZc, Sendmsg, SendmsgZc, Shutdown,
        Socket,
    ];
    const ON_DESCRIPTORS: [IoringOp; 11] = [
        Close,
        Read,
        ReadFixed,
        ReadMultishot,
        Readv,
        Splice,
        Tee,
        UringCmd,
        Write,
        WriteFixed,
        Writev,
    ];
    let is_one_of = |of: &[IoringOp]| of.iter().any(|known| *known as u8 == slot[0]);
    if is_one_of(&ON_SOCKETS) {
        return Carries::Sockets;
    }
    if !is_one_of(&ON_DESCRIPTORS) {
        // Operations that are newer than this list may be anything.
        let newest = Listen as u8;
        let may_be = slot[0] > newest || slot[0] == FixedFdInstall as u8;
        return if may_be { Carries::Unknown } else { Carries::Others };
    }
    // A descriptor that was registered has an index instead of its number.
    if slot[SLOT_FLAGS] & IoringSqeFlags::FIXED_FILE.bits() != 0 {
        return Carries::Unknown;
    }
    let splices = is_one_of(&[Splice, Tee]);
    let from = |at| u32_at(slot, at).cast_signed();
    let concerns = is_socket(from(SLOT_FD)) || splices && is_socket(from(SLOT_SPLICE_FROM));
    if concerns { Carries::Sockets } else { Carries::Others }
}

/// Memory shared with the kernel, which is only read.
#[derive(Debug)]
struct Mapping {
    at: NonNull<u8>,
    length: usize,
}

impl Mapping {
    fn new(fd: BorrowedFd<'_>, offset: u64, length: usize) -> io::Result<Self> {
        let offset = libc::off_t::try_from(offset).unwrap_or(libc::off_t::MAX);
        // SAFETY: a new mapping at an address of the kernel's choice.
        let at = unsafe {
            let (protection, flags) = (libc::PROT_READ, libc::MAP_SHARED);
            libc::mmap(ptr::null_mut(), length, protection, flags, fd.as_raw_fd(), offset)
        };
        match NonNull::new(at.cast::<u8>()).filter(|_| at != libc::MAP_FAILED) {
            Some(at) => Ok(Self { at, length }),
            None => Err(io::Error::last_os_error()),
        }
    }

    /// The number at this offset; `None` outside the mapping.
    fn u32(&self, offset: usize) -> Option<u32> {
        if !offset.is_multiple_of(4) || offset.checked_add(4)? > self.length {
            return None;
        }
        // SAFETY: inside the mapping and aligned, as the mapping is; others may write to it at any
        // time, which an atomic load allows.
        let number = unsafe { AtomicU32::from_ptr(self.at.as_ptr().add(offset).cast()) };
        Some(number.load(Ordering::Acquire))
    }

    /// The slot at this offset; `None` outside the mapping. The program may be writing to it.
    fn bytes(&self, offset: usize) -> Option<[u8; SLOT]> {
        let mut bytes = [0; SLOT];
        for (at, part) in (offset..).step_by(4).zip(bytes.chunks_exact_mut(4)) {
            part.copy_from_slice(&self.u32(at)?.to_ne_bytes());
        }
        Some(bytes)
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: made by `new`, and nothing refers to it any more.
        unsafe { libc::munmap(self.at.as_ptr().cast(), self.length) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slot(op: IoringOp, flags: u8, fd: i32) -> [u8; SLOT] {
        let mut slot = [0; SLOT];
        (slot[0], slot[SLOT_FLAGS]) = (op as u8, flags);
        slot[SLOT_FD..SLOT_FD + 4].copy_from_slice(&fd.to_ne_bytes());
        slot
    }

    #[test]
    fn what_an_operation_carries() {
        let carried = |slot: [u8; SLOT]| carried(&slot, |fd| fd == 5);
        assert_eq!(carried(slot(IoringOp::Accept, 0, 5)), Carries::Sockets);
        assert_eq!(carried(slot(IoringOp::Read, 0, 5)), Carries::Sockets);
        assert_eq!(carried(slot(IoringOp::Read, 0, 6)), Carries::Others);
        assert_eq!(carried(slot(IoringOp::Read, 1, 6)), Carries::Unknown, "a registered one");
        assert_eq!(carried(slot(IoringOp::EpollCtl, 0, 5)), Carries::Others, "it only waits");
        assert_eq!(carried(slot(IoringOp::Openat, 0, -100)), Carries::Others);
        let mut new = slot(IoringOp::Nop, 0, 0);
        new[0] = 250;
        assert_eq!(carried(new), Carries::Unknown);
    }
}
