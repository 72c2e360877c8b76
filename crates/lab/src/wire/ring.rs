//! One packet socket and its ring: frames as they pass through the devices of a network namespace,
//! `packet(7)`.
//!
//! The kernel puts every frame, or its first two kilobytes, into the next slot of a ring that it
//! shares with us (`TPACKET_V2`), with the time and the device, and wakes nobody up for it: who wants
//! the frames drains the ring now and then. What finds no free slot is counted as lost. Unlike a
//! socket's buffer, a ring is not limited by `net.core.rmem_max`, which an unprivileged user could not
//! change.

mod slots;

use std::io;
use std::mem::size_of_val;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::ptr;

use libc::{sockaddr_ll, tpacket_stats};
use rustix::net::{AddressFamily, SocketFlags, SocketType, socket_with};
use socklab_kernel::clock::{self, Conversion};

use slots::Slots;

use super::WireRefusal;

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
    /// Whether frames come, and are sent, as a sender leaves them to his network card: up to 64 KiB
    /// long, with checksums open. What remains to be done to one, its [`Offload`] says.
    pub(crate) offloads: bool,
}

/// What is left to a network card to do with a frame, `struct virtio_net_hdr`: to compute a checksum,
/// to cut it into segments. Only the kernel looks into it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Offload([u8; OFFLOAD]);

/// Its size, in bytes.
const OFFLOAD: usize = 10;

impl Default for RingOptions {
    fn default() -> Self {
        Self { size: 16 << 20, slot: 2048, outgoing: false, sends: false, offloads: false }
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
    /// What remains to be done to it, if the ring's option says that anything may.
    pub(crate) offload: Offload,
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
    offloads: bool,
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
        if options.offloads {
            set(&socket, libc::PACKET_VNET_HDR, &1)
                .map_err(refused("setsockopt PACKET_VNET_HDR"))?;
        }
        let slots = Slots::new(&socket, options)?;
        let clock = Conversion::new();
        let empty_at = clock::now();
        bind(&socket, device.unwrap_or(0)).map_err(refused("bind AF_PACKET"))?;
        let offloads = options.offloads;
        Ok(Self { socket, slots, offloads, next: 0, clock, empty_at, seen: 0, lost: 0 })
    }

    /// Hands over every frame in the ring, the oldest first, and frees its slot. Returns how many there
    /// were; never waits. Frames that arrive meanwhile are handed over too, up to as many as the ring
    /// holds.
    pub(crate) fn drain(&mut self, mut each: impl FnMut(Seen<'_>)) -> usize {
        let began = clock::now();
        for count in 0..self.slots.count {
            let Some(slot) = self.slots.filled(self.next, self.offloads) else {
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
                offload: slot.offload,
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
        Ok(Sender { socket: self.socket.try_clone()?, offloads: self.offloads })
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
    offloads: bool,
}

impl Sender {
    /// Sends a frame, from its Ethernet header on, out of a device. Never waits. What remains to be done
    /// to it counts only if the ring's option says that anything may.
    ///
    /// # Errors
    ///
    /// Those of `sendmsg(2)`: `ENETDOWN` if the device is down, `EMSGSIZE` if the frame is longer than
    /// the device allows, `ENOBUFS` or `EAGAIN` if too much is under way.
    pub(crate) fn send(&self, ifindex: i32, frame: &[u8], offload: &Offload) -> io::Result<()> {
        let mut address = address(ifindex, 0);
        let part = |bytes: &[u8]| libc::iovec {
            iov_base: bytes.as_ptr().cast_mut().cast(),
            iov_len: bytes.len(),
        };
        let mut parts = [part(&offload.0), part(frame)];
        let parts = if self.offloads { &mut parts[..] } else { &mut parts[1..] };
        // SAFETY: zeroed is a valid msghdr: numbers and null pointers.
        let mut message: libc::msghdr = unsafe { std::mem::zeroed() };
        message.msg_name = (&raw mut address).cast();
        message.msg_namelen = length_of(&address);
        message.msg_iov = parts.as_mut_ptr();
        message.msg_iovlen = parts.len() as _;
        // SAFETY: all that the message points to lives through the call, with the lengths that it says,
        // and is only read.
        let sent = unsafe {
            libc::sendmsg(self.socket.as_raw_fd(), &raw const message, libc::MSG_DONTWAIT)
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

#[cfg(test)]
mod tests;
