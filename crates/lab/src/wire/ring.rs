//! One packet socket and its ring: frames as they pass through the devices of a network namespace,
//! `packet(7)`.
//!
//! The kernel puts every frame, or its first two kilobytes, into the next slot of a ring that it
//! shares with us (`TPACKET_V2`), with the time and the device, and wakes nobody up for it: who wants
//! the frames drains the ring now and then. What finds no free slot is counted as lost. Unlike a
//! socket's buffer, a ring is not limited by `net.core.rmem_max`, which an unprivileged user could not
//! change.

use std::io;
use std::mem::{offset_of, size_of, size_of_val};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::ptr::{self, NonNull};
use std::slice;
use std::sync::atomic::{AtomicU32, Ordering};

use libc::{sockaddr_ll, tpacket_req, tpacket_stats, tpacket2_hdr};
use rustix::net::{AddressFamily, SocketFlags, SocketType, socket_with};
use socklab_kernel::clock::{self, Conversion};

use super::WireRefusal;

/// The kernel allocates a ring in such blocks: multiples of the page size of every machine. Each holds
/// as many whole slots as fit.
const BLOCK: usize = 1 << 18;
/// `TPACKET_ALIGNMENT`
const ALIGNMENT: usize = 16;
/// Where the address stands in a slot, `TPACKET_ALIGN(sizeof(struct tpacket2_hdr))`.
const ADDRESS: usize = size_of::<tpacket2_hdr>().next_multiple_of(ALIGNMENT);
/// The smallest slot: what the kernel says of a frame, and nothing of the frame.
const SMALLEST: usize = (ADDRESS + size_of::<sockaddr_ll>()).next_multiple_of(ALIGNMENT);

/// What a ring is to be like.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RingOptions {
    /// Its size in bytes, rounded up to blocks of 256 KiB. With 16 MiB, drained every 10 ms, nothing
    /// was lost at 230,000 frames per second; with 4 MiB up to a third.
    pub(crate) size: usize,
    /// The bytes of a slot: what the kernel says of a frame (about 80 bytes), and the frame's
    /// beginning. A frame of the loopback device can be 64 KiB long, but its headers, and what a
    /// ladder quotes, stand in the first two. Rounded up to a multiple of 16, and at most 256 KiB.
    pub(crate) slot: usize,
    /// Whether a frame is also seen when it is sent. On the loopback device it is then seen twice:
    /// outgoing first, and again a microsecond later as it arrives.
    pub(crate) outgoing: bool,
    /// Whether the socket is going to send frames: then they go straight to the device, past its
    /// queue.
    pub(crate) sends: bool,
}

impl Default for RingOptions {
    fn default() -> Self {
        Self { size: 16 << 20, slot: 2048, outgoing: false, sends: false }
    }
}

/// A frame in a ring.
#[derive(Debug)]
pub(crate) struct Seen<'a> {
    /// When the kernel saw it, nanoseconds of `CLOCK_MONOTONIC`.
    pub(crate) at: u64,
    /// On which device: the index of an interface, `netdevice(7)`.
    pub(crate) ifindex: i32,
    /// True for a frame on its way out of the device, false for one that comes in.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "nobody looks at both copies of a frame yet")
    )]
    pub(crate) outgoing: bool,
    /// True if its checksum has not been computed, which is left to a network card: what stands in
    /// its place is the sum of the pseudo header. On the loopback device nobody ever computes it.
    pub(crate) checksum_open: bool,
    /// Its length on the wire, in bytes, with its Ethernet header.
    pub(crate) length: usize,
    /// Its beginning.
    pub(crate) bytes: &'a mut [u8],
}

/// A packet socket with a receive ring, in the network namespace that the process was in when it was
/// opened.
#[derive(Debug)]
pub(crate) struct Ring {
    socket: OwnedFd,
    slots: Slots,
    /// The slot that the kernel fills next.
    next: usize,
    clock: Conversion,
    /// When all that was in the ring had been drained: what comes later happened later.
    empty_at: u64,
    seen: u64,
    lost: u64,
}

impl Ring {
    /// Opens a ring on one device, by its index, or on all devices of this network namespace. It takes
    /// as long as the kernel takes to make sure that nobody uses the socket's old state: 6 to 13 ms,
    /// whatever the size.
    ///
    /// # Errors
    ///
    /// The step that the kernel refused. It wants `CAP_NET_RAW` in the user namespace that the network
    /// namespace belongs to.
    pub(crate) fn open(device: Option<i32>, options: RingOptions) -> Result<Self, WireRefusal> {
        let refused = |step| move |error: io::Error| WireRefusal::new(step, error);
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        // Protocol 0: no frame comes before `bind` says from where, when everything is ready.
        let socket = socket_with(AddressFamily::PACKET, SocketType::RAW, flags, None)
            .map_err(|error| WireRefusal::new("socket AF_PACKET", error))?;
        let version: libc::c_int = libc::tpacket_versions::TPACKET_V2 as libc::c_int;
        set(&socket, libc::PACKET_VERSION, &version)
            .map_err(refused("setsockopt PACKET_VERSION"))?;
        if !options.outgoing {
            set(&socket, libc::PACKET_IGNORE_OUTGOING, &1)
                .map_err(refused("setsockopt PACKET_IGNORE_OUTGOING"))?;
        }
        if options.sends {
            set(&socket, libc::PACKET_QDISC_BYPASS, &1)
                .map_err(refused("setsockopt PACKET_QDISC_BYPASS"))?;
        }
        let slots = Slots::new(&socket, options)?;
        let clock = Conversion::new();
        let empty_at = clock::now();
        bind(&socket, device.unwrap_or(0)).map_err(refused("bind AF_PACKET"))?;
        Ok(Self { socket, slots, next: 0, clock, empty_at, seen: 0, lost: 0 })
    }

    /// Hands over every frame in the ring, the oldest first, and frees its slot. Returns how many there
    /// were; never waits. Frames that arrive meanwhile are handed over too, up to as many as the ring
    /// holds.
    pub(crate) fn drain(&mut self, mut each: impl FnMut(Seen<'_>)) -> usize {
        let began = clock::now();
        for count in 0..self.slots.count {
            let Some(slot) = self.slots.filled(self.next) else {
                // A frame may have been stamped before `began` and be put into the ring only now.
                self.empty_at = began.saturating_sub(IN_FLIGHT);
                return count;
            };
            let at = self.clock.between(self.empty_at, slot.realtime);
            each(Seen {
                at,
                ifindex: slot.ifindex,
                outgoing: slot.outgoing,
                checksum_open: slot.checksum_open,
                length: slot.length,
                bytes: slot.bytes,
            });
            self.slots.free(self.next);
            self.next = (self.next + 1) % self.slots.count;
        }
        self.slots.count
    }

    /// Sends out of the same socket while the ring is drained.
    ///
    /// # Errors
    ///
    /// Those of `dup(2)`.
    pub(crate) fn sender(&self) -> io::Result<Sender> {
        Ok(Sender { socket: self.socket.try_clone()? })
    }

    /// How many frames there were since the ring was opened, and how many of them found no free slot.
    pub(crate) fn counts(&mut self) -> (u64, u64) {
        let mut new = tpacket_stats { tp_packets: 0, tp_drops: 0 };
        let mut length = length_of(&new);
        // SAFETY: the kernel writes no more than `length` bytes to a variable that lives through the
        // call and consists of numbers.
        let got = unsafe {
            libc::getsockopt(
                self.socket.as_raw_fd(),
                libc::SOL_PACKET,
                libc::PACKET_STATISTICS,
                (&raw mut new).cast(),
                &raw mut length,
            )
        };
        // It can only fail for a wrong argument. The kernel counts from 0 again each time.
        if got == 0 {
            self.seen += u64::from(new.tp_packets);
            self.lost += u64::from(new.tp_drops);
        }
        (self.seen, self.lost)
    }

    /// Notices if the time of day was set, which the kernel writes on frames. Call it about every 50 ms.
    /// Until then a frame may carry a time that is wrong by as much as the clock was set, if that is
    /// less than the time since the last [`Ring::drain`].
    pub(crate) fn watch_clock(&mut self) {
        self.clock.watch();
    }

    /// How often the time of day was found to have been set.
    pub(crate) fn clock_steps(&self) -> u32 {
        self.clock.steps()
    }
}

/// Sends frames.
#[derive(Debug)]
pub(crate) struct Sender {
    socket: OwnedFd,
}

impl Sender {
    /// Sends a frame, from its Ethernet header on, out of a device. Never waits.
    ///
    /// # Errors
    ///
    /// Those of `sendto(2)`: `ENETDOWN` if the device is down, `EMSGSIZE` if the frame is longer than
    /// the device allows, `ENOBUFS` or `EAGAIN` if too much is under way.
    pub(crate) fn send(&self, ifindex: i32, frame: &[u8]) -> io::Result<()> {
        let address = address(ifindex, 0);
        // SAFETY: frame and address live through the call, and the lengths are theirs.
        let sent = unsafe {
            libc::sendto(
                self.socket.as_raw_fd(),
                frame.as_ptr().cast(),
                frame.len(),
                libc::MSG_DONTWAIT,
                (&raw const address).cast(),
                length_of(&address),
            )
        };
        if sent < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
    }
}

/// How long a frame may take, at most, from its time stamp to its slot: the kernel does both in one
/// go, but the machine may take the processor away in between.
const IN_FLIGHT: u64 = 20_000_000;

impl AsFd for Ring {
    /// Readable while there is a frame in the ring.
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

/// The memory that is shared with the kernel.
#[derive(Debug)]
struct Slots {
    memory: NonNull<u8>,
    blocks: usize,
    /// The bytes of a slot.
    slot: usize,
    /// How many there are.
    count: usize,
}

/// What the kernel has put into a slot.
struct Slot<'a> {
    realtime: u64,
    ifindex: i32,
    outgoing: bool,
    checksum_open: bool,
    length: usize,
    bytes: &'a mut [u8],
}

// SAFETY: it owns its mapping, which no thread is tied to; without `&mut` nothing in it is changed.
unsafe impl Send for Slots {}

impl Slots {
    /// Asks the kernel for a ring, and maps it.
    fn new(socket: &OwnedFd, options: RingOptions) -> Result<Self, WireRefusal> {
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
    fn filled(&mut self, index: usize) -> Option<Slot<'_>> {
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
        // SAFETY: within this slot, as just made sure. Until it is freed, which takes `&mut self`, the
        // kernel does not touch it, and nobody else has a reference to it.
        let bytes = unsafe { slice::from_raw_parts_mut(start.add(from), captured) };
        Some(Slot {
            realtime: u64::from(header.tp_sec) * 1_000_000_000 + u64::from(header.tp_nsec),
            ifindex: address.sll_ifindex,
            outgoing: address.sll_pkttype == libc::PACKET_OUTGOING,
            checksum_open: status & libc::TP_STATUS_CSUMNOTREADY != 0,
            length: usize::try_from(header.tp_len).unwrap_or(captured),
            bytes,
        })
    }

    /// Gives a slot back to the kernel.
    fn free(&mut self, index: usize) {
        self.status(index).store(libc::TP_STATUS_KERNEL, Ordering::Release);
    }
}

impl Drop for Slots {
    fn drop(&mut self) {
        // SAFETY: our own mapping, whole, to which no reference is left. It can't fail for one.
        unsafe { libc::munmap(self.memory.as_ptr().cast(), self.blocks * BLOCK) };
    }
}

/// Sets an option of packet sockets.
fn set<T>(socket: &OwnedFd, option: libc::c_int, value: &T) -> io::Result<()> {
    // SAFETY: the kernel reads the value, which lives through the call, and no more than its size.
    let done = unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            libc::SOL_PACKET,
            option,
            ptr::from_ref(value).cast(),
            length_of(value),
        )
    };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Lets frames of all protocols come from a device, or from all of them (index 0).
fn bind(socket: &OwnedFd, ifindex: i32) -> io::Result<()> {
    let address = address(ifindex, libc::ETH_P_ALL as u16);
    // SAFETY: the address lives through the call, and the length is its own.
    let done =
        unsafe { libc::bind(socket.as_raw_fd(), (&raw const address).cast(), length_of(&address)) };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

fn address(ifindex: i32, protocol: u16) -> sockaddr_ll {
    sockaddr_ll {
        sll_family: libc::AF_PACKET as libc::sa_family_t,
        sll_protocol: protocol.to_be(),
        sll_ifindex: ifindex,
        sll_hatype: 0,
        sll_pkttype: 0,
        sll_halen: 0,
        sll_addr: [0; 8],
    }
}

fn length_of<T>(value: &T) -> libc::socklen_t {
    // Only used for structures of a few bytes.
    size_of_val(value) as libc::socklen_t
}

const _: () = assert!(offset_of!(tpacket2_hdr, tp_status) == 0);

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream, UdpSocket};
    use std::os::fd::AsRawFd as _;
    use std::{fs, thread};

    use rustix::event::{PollFd, PollFlags, Timespec, poll};

    use super::*;
    use crate::wire::within;

    /// `lo` has index 1 in every network namespace.
    const LO: Option<i32> = Some(1);

    /// A frame, kept.
    #[derive(Debug)]
    struct Kept {
        at: u64,
        outgoing: bool,
        checksum_open: bool,
        length: usize,
        bytes: Vec<u8>,
    }

    fn drained(ring: &mut Ring) -> Vec<Kept> {
        let mut kept = Vec::new();
        let count = ring.drain(|seen| {
            assert_eq!(seen.ifindex, 1);
            let Seen { at, outgoing, checksum_open, length, bytes, .. } = seen;
            kept.push(Kept { at, outgoing, checksum_open, length, bytes: bytes.to_vec() });
        });
        assert_eq!(count, kept.len());
        kept
    }

    fn udp(payload: &[u8]) {
        let to = UdpSocket::bind("127.0.0.1:0").expect("a port");
        let from = UdpSocket::bind("127.0.0.1:0").expect("a port");
        from.send_to(payload, to.local_addr().expect("bound")).expect("lo is up");
    }

    /// Ethernet, IPv4 and UDP headers.
    const HEADERS: usize = 14 + 20 + 8;

    #[test]
    fn a_datagram_is_seen_once_whole_and_at_its_time() {
        if !within::own_network() {
            return;
        }
        let mut ring = Ring::open(LO, RingOptions::default()).expect("CAP_NET_RAW is ours");
        assert!(drained(&mut ring).is_empty());
        let before = clock::now();
        udp(b"hola");
        let after = clock::now();
        let frames = drained(&mut ring);
        let [frame] = &frames[..] else { panic!("{frames:?}") };
        assert!(frame.bytes.ends_with(b"hola"));
        assert_eq!((frame.length, frame.bytes.len()), (HEADERS + 4, HEADERS + 4));
        assert!(!frame.outgoing && frame.checksum_open);
        let sure = 1_000;
        assert!((before..=after + sure).contains(&(frame.at + sure)), "{before} {frame:?} {after}");
        assert_eq!(ring.counts(), (1, 0));
        assert!(drained(&mut ring).is_empty());
    }

    #[test]
    fn both_copies_of_a_frame_are_seen_if_wanted() {
        if !within::own_network() {
            return;
        }
        let options = RingOptions { outgoing: true, ..RingOptions::default() };
        let mut ring = Ring::open(None, options).expect("CAP_NET_RAW is ours");
        udp(b"twice");
        let frames = drained(&mut ring);
        assert_eq!(frames.iter().map(|frame| frame.outgoing).collect::<Vec<_>>(), [true, false]);
        assert!(frames[0].at <= frames[1].at && frames[0].bytes == frames[1].bytes);
    }

    #[test]
    fn of_a_long_frame_the_beginning_is_kept_and_the_length_known() {
        if !within::own_network() {
            return;
        }
        let mut ring = Ring::open(LO, RingOptions::default()).expect("CAP_NET_RAW is ours");
        udp(&[7; 60_000]);
        let frames = drained(&mut ring);
        let [frame] = &frames[..] else { panic!("{} frames", frames.len()) };
        assert_eq!(frame.length, HEADERS + 60_000);
        assert!((1800..2048).contains(&frame.bytes.len()), "{}", frame.bytes.len());
        assert!(frame.bytes[HEADERS..].iter().all(|byte| *byte == 7));
    }

    #[test]
    fn slots_are_as_long_as_asked_for() {
        if !within::own_network() {
            return;
        }
        // Whole frames of `lo`, three in a block; more than two blocks, twice around.
        let options = RingOptions { size: 1 << 19, slot: 66_048, ..RingOptions::default() };
        let mut ring = Ring::open(LO, options).expect("CAP_NET_RAW is ours");
        for _ in 0..2 {
            (0..6).for_each(|byte| udp(&[byte; 65_000]));
            let frames = drained(&mut ring);
            assert_eq!(frames.len(), 6);
            for (byte, frame) in (0..).zip(&frames) {
                assert_eq!(frame.bytes.len(), frame.length);
                assert!(frame.bytes[HEADERS..].iter().all(|found| *found == byte));
            }
        }
        assert_eq!(ring.counts(), (12, 0));
    }

    #[test]
    fn what_a_full_ring_cannot_take_is_counted_and_the_rest_is_in_order() {
        if !within::own_network() {
            return;
        }
        let options = RingOptions { size: 1, ..RingOptions::default() };
        let mut ring = Ring::open(LO, options).expect("CAP_NET_RAW is ours");
        let to = UdpSocket::bind("127.0.0.1:0").expect("a port");
        to.connect(to.local_addr().expect("bound")).expect("to itself");
        // The ring has 128 slots: more than are there, then as many as fit twice around it.
        for round in [200_u64, 128, 5, 128] {
            let lost_before = ring.counts().1;
            for number in 0..round {
                to.send(&number.to_be_bytes()).expect("lo is up");
                let _ = to.recv(&mut [0; 8]);
            }
            let numbers: Vec<u64> = drained(&mut ring)
                .iter()
                .map(|frame| frame.bytes[HEADERS..].try_into().map_or(u64::MAX, u64::from_be_bytes))
                .collect();
            let kept = round.min(128);
            assert_eq!(numbers, (0..kept).collect::<Vec<_>>());
            assert_eq!(ring.counts().1 - lost_before, round - kept);
        }
        assert_eq!(ring.counts(), (200 + 128 + 5 + 128, 72));
    }

    #[test]
    fn nothing_is_lost_while_somebody_drains_beside() {
        if !within::own_network() {
            return;
        }
        let mut ring = Ring::open(LO, RingOptions::default()).expect("CAP_NET_RAW is ours");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("bound");
        let echo = thread::spawn(move || {
            let (mut peer, _) = listener.accept().expect("a connection");
            std::io::copy(&mut peer.try_clone().expect("dup"), &mut peer).expect("all of it")
        });
        let mut stream = TcpStream::connect(address).expect("somebody listens");
        let (mut frames, mut last) = (0, 0);
        let mut in_order = |ring: &mut Ring| {
            frames += ring.drain(|seen| {
                assert!(seen.at + 1_000_000 >= last, "{} after {last}", seen.at);
                last = last.max(seen.at);
            });
        };
        for _ in 0..2000 {
            use std::io::{Read as _, Write as _};
            stream.write_all(b"x").expect("written");
            stream.read_exact(&mut [0]).expect("read");
            in_order(&mut ring);
        }
        drop(stream);
        assert_eq!(echo.join().expect("no panic"), 2000);
        in_order(&mut ring);
        let (seen, lost) = ring.counts();
        assert_eq!((frames as u64, lost), (seen, 0));
        assert!(seen >= 4000, "{seen}");
    }

    #[test]
    fn a_frame_is_sent_and_readable() {
        if !within::own_network() {
            return;
        }
        let options = RingOptions { sends: true, ..RingOptions::default() };
        let mut ring = Ring::open(LO, options).expect("CAP_NET_RAW is ours");
        let sender = ring.sender().expect("a descriptor");
        let to = UdpSocket::bind("127.0.0.1:0").expect("a port");
        to.connect(to.local_addr().expect("bound")).expect("to itself");
        to.send(b"once").expect("lo is up");
        to.recv(&mut [0; 8]).expect("the first");
        let wait = Timespec { tv_sec: 10, tv_nsec: 0 };
        let ready = poll(&mut [PollFd::new(&ring, PollFlags::IN)], Some(&wait)).expect("poll");
        assert_eq!(ready, 1);
        let frame = drained(&mut ring).remove(0).bytes;
        sender.send(1, &frame).expect("sent");
        // It comes in again. (IP then drops it: who claims to be 127.0.0.1 and has no route is a martian.)
        let frames = drained(&mut ring);
        assert_eq!(frames.len(), 1);
        assert_eq!(frames[0].bytes, frame);
        let error = sender.send(99, &frame).expect_err("no such device");
        assert_eq!(error.raw_os_error(), Some(libc::ENXIO));
    }

    #[test]
    fn an_open_ring_ends_with_its_owner_and_leaves_nothing() {
        if !within::own_network() {
            return;
        }
        let maps = || {
            fs::read_to_string("/proc/self/maps").expect("/proc").matches("packet").count()
                + fs::read_to_string("/proc/self/maps").expect("/proc").matches("socket:").count()
        };
        let ring = Ring::open(LO, RingOptions::default()).expect("CAP_NET_RAW is ours");
        let link = format!("/proc/self/fd/{}", ring.as_fd().as_raw_fd());
        let socket = fs::read_link(&link).expect("open");
        assert_eq!(maps(), 1);
        drop(ring);
        assert_eq!(maps(), 0);
        assert_ne!(fs::read_link(&link).ok(), Some(socket));
    }

    #[test]
    fn a_refusal_names_the_step_and_the_error() {
        if !within::own_network() {
            return;
        }
        let error = Ring::open(Some(99), RingOptions::default()).expect_err("no such device");
        assert_eq!(error.to_string(), "bind AF_PACKET: No such device (os error 19)");
    }
}
