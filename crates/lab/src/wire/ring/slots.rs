//! The memory that a ring shares with the kernel: slots, whose owner changes with a word in each.

use std::io;
use std::mem::{offset_of, size_of};
use std::os::fd::{AsRawFd, OwnedFd};
use std::ptr::{self, NonNull};
use std::slice;
use std::sync::atomic::{AtomicU32, Ordering};

use libc::{sockaddr_ll, tpacket_req, tpacket2_hdr};

use super::{OFFLOAD, Offload, RingOptions, set};
use crate::wire::WireRefusal;

/// The kernel allocates a ring in such blocks: multiples of the page size of every machine. Each holds
/// as many whole slots as fit.
const BLOCK: usize = 1 << 18;
/// `TPACKET_ALIGNMENT`
const ALIGNMENT: usize = 16;
/// Where the address stands in a slot, `TPACKET_ALIGN(sizeof(struct tpacket2_hdr))`.
const ADDRESS: usize = size_of::<tpacket2_hdr>().next_multiple_of(ALIGNMENT);
/// The smallest slot: what the kernel says of a frame, and nothing of the frame.
const SMALLEST: usize = (ADDRESS + size_of::<sockaddr_ll>()).next_multiple_of(ALIGNMENT);

const _: () = assert!(offset_of!(tpacket2_hdr, tp_status) == 0);

/// The memory that is shared with the kernel.
#[derive(Debug)]
pub(super) struct Slots {
    memory: NonNull<u8>,
    blocks: usize,
    /// The bytes of a slot.
    slot: usize,
    /// How many there are.
    pub(super) count: usize,
}

/// What the kernel has put into a slot.
pub(super) struct Slot<'a> {
    pub(super) realtime: u64,
    pub(super) ifindex: i32,
    pub(super) outgoing: bool,
    pub(super) checksum_open: bool,
    pub(super) offload: Offload,
    pub(super) length: usize,
    pub(super) bytes: &'a mut [u8],
}

// SAFETY: it owns its mapping, which no thread is tied to; without `&mut` nothing in it is changed.
unsafe impl Send for Slots {}

impl Slots {
    /// Asks the kernel for a ring, and maps it.
    pub(super) fn new(socket: &OwnedFd, options: RingOptions) -> Result<Self, WireRefusal> {
        let refused = |step| move |error: io::Error| WireRefusal::new(step, error);
        let blocks = options.size.div_ceil(BLOCK).max(1);
        let slot = options.slot.next_multiple_of(ALIGNMENT).clamp(SMALLEST, BLOCK);
        let count = blocks * (BLOCK / slot);
        let number = |number: usize| libc::c_uint::try_from(number).unwrap_or(libc::c_uint::MAX);
        let request = tpacket_req {
            tp_block_size: number(BLOCK),
            tp_block_nr: number(blocks),
            tp_frame_size: number(slot),
            tp_frame_nr: number(count),
        };
        set(socket, libc::PACKET_RX_RING, &request)
            .map_err(refused("setsockopt PACKET_RX_RING"))?;
        let length = blocks * BLOCK;
        let protection = libc::PROT_READ | libc::PROT_WRITE;
        // SAFETY: a new mapping, wherever the kernel likes; nothing of ours is there.
        let mapped = unsafe {
            libc::mmap(ptr::null_mut(), length, protection, libc::MAP_SHARED, socket.as_raw_fd(), 0)
        };
        if mapped == libc::MAP_FAILED {
            return Err(refused("mmap AF_PACKET")(io::Error::last_os_error()));
        }
        // A process that forks would copy 4096 entries of its page table for a ring that its child
        // must not touch.
        // SAFETY: the mapping just made, whole; a child that uses it is stopped by SIGSEGV.
        unsafe { libc::madvise(mapped, length, libc::MADV_DONTFORK) };
        match NonNull::new(mapped.cast()) {
            Some(memory) => Ok(Self { memory, blocks, slot, count }),
            None => Err(WireRefusal::new("mmap AF_PACKET", io::ErrorKind::AddrNotAvailable)),
        }
    }

    /// The start of a slot. Blocks begin at a page, and slots at multiples of 16 in them, so that all
    /// that the kernel puts there is aligned as it should be.
    fn start(&self, index: usize) -> *mut u8 {
        assert!(index < self.count, "slot {index} of {}", self.count);
        let in_block = BLOCK / self.slot;
        let offset = index / in_block * BLOCK + index % in_block * self.slot;
        // SAFETY: within the mapping: there are `blocks * in_block` slots, as just checked.
        unsafe { self.memory.as_ptr().add(offset) }
    }

    /// Whose the slot is: the kernel's until it has set `TP_STATUS_USER`, ours until we clear it.
    fn status(&self, index: usize) -> &AtomicU32 {
        let header: *mut tpacket2_hdr = self.start(index).cast();
        // SAFETY: aligned and mapped as long as `self` lives; both sides use it as one word that is
        // read and written whole.
        unsafe { AtomicU32::from_ptr(&raw mut (*header).tp_status) }
    }

    /// What is in a slot, if the kernel has filled it. The borrow ends before the slot is freed.
    /// With `offloads`, an [`Offload`] stands before the frame.
    pub(super) fn filled(&mut self, index: usize, offloads: bool) -> Option<Slot<'_>> {
        let status = self.status(index).load(Ordering::Acquire);
        if status & libc::TP_STATUS_USER == 0 {
            return None;
        }
        let start = self.start(index);
        // SAFETY: with TP_STATUS_USER set the slot is ours, with a header at its start that the kernel
        // has written before (the load above is the acquiring one), and an address behind it.
        let (header, address) = unsafe {
            (ptr::read(start.cast::<tpacket2_hdr>()), ptr::read(start.add(ADDRESS).cast()))
        };
        let address: sockaddr_ll = address;
        let from = usize::from(header.tp_mac).min(self.slot);
        let captured =
            usize::try_from(header.tp_snaplen).unwrap_or(usize::MAX).min(self.slot - from);
        let mut offload = Offload::default();
        if offloads && from >= OFFLOAD {
            // SAFETY: within this slot, and numbers, which the kernel has written before it handed the
            // slot over.
            offload = unsafe { Offload(ptr::read(start.add(from - OFFLOAD).cast())) };
        }
        // SAFETY: within this slot, as just made sure. Until it is freed, which takes `&mut self`, the
        // kernel does not touch it, and nobody else has a reference to it.
        let bytes = unsafe { slice::from_raw_parts_mut(start.add(from), captured) };
        Some(Slot {
            realtime: u64::from(header.tp_sec) * 1_000_000_000 + u64::from(header.tp_nsec),
            ifindex: address.sll_ifindex,
            outgoing: address.sll_pkttype == libc::PACKET_OUTGOING,
            checksum_open: status & libc::TP_STATUS_CSUMNOTREADY != 0,
            offload,
            length: usize::try_from(header.tp_len).unwrap_or(captured),
            bytes,
        })
    }

    /// Gives a slot back to the kernel.
    pub(super) fn free(&mut self, index: usize) {
        self.status(index).store(libc::TP_STATUS_KERNEL, Ordering::Release);
    }
}

impl Drop for Slots {
    fn drop(&mut self) {
        // SAFETY: our own mapping, whole, to which no reference is left. It can't fail for one.
        unsafe { libc::munmap(self.memory.as_ptr().cast(), self.blocks * BLOCK) };
    }
}
