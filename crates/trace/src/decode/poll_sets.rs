//! What `poll`, `select` and `epoll` exchange with a program: descriptors, events, timeouts.

use socklab_event::{EpollInterest, Ready, Wait};

use super::flags;
use super::words::{i32_at, u32_at, u64_at};
use crate::memory::Memory;

/// How many descriptors of a set are decoded at most.
const MOST: usize = 65_536;

/// `sizeof(struct epoll_event)`: packed on x86-64 only.
const EPOLL_EVENT: usize = std::mem::size_of::<libc::epoll_event>();
const EPOLL_DATA: usize = EPOLL_EVENT - 8;

/// A `pollfd` list after the call.
pub(super) fn poll(memory: &impl Memory, list: u64, count: u64) -> Vec<Wait> {
    let count = usize::try_from(count).unwrap_or(usize::MAX).min(MOST);
    let bytes = memory.bytes(list, count * 8);
    let entry = |entry: &[u8]| {
        let events = u32_at(entry, 4);
        Wait {
            fd: i32_at(entry, 0),
            wants: flags::flags(u64::from(events & 0xffff), flags::POLL),
            got: flags::flags(u64::from(events >> 16), flags::POLL),
            socket: None,
        }
    };
    // The kernel ignores entries with a negative descriptor.
    bytes.chunks_exact(8).map(entry).filter(|wait| wait.fd >= 0).collect()
}

/// The three sets of `select`, as bytes.
pub(super) fn sets(memory: &impl Memory, count: u64, addresses: [u64; 3]) -> [Vec<u8>; 3] {
    let count = (count as u32 as usize).min(MOST);
    // The kernel copies whole longs.
    addresses.map(|address| memory.bytes(address, count.div_ceil(64) * 8))
}

/// What `select` was asked for (the sets before the call), and what became ready (the sets after
/// it).
pub(super) fn select(count: u64, asked: &[Vec<u8>; 3], got: Option<&[Vec<u8>; 3]>) -> Vec<Wait> {
    const KINDS: [u64; 3] = [libc::POLLIN as u64, libc::POLLOUT as u64, libc::POLLPRI as u64];
    let bits = |sets: &[Vec<u8>; 3], fd: usize| {
        let has = |set: &Vec<u8>| set.get(fd / 8).is_some_and(|byte| byte >> (fd % 8) & 1 == 1);
        sets.iter().zip(KINDS).filter(|(set, _)| has(set)).fold(0, |sum, (_, kind)| sum | kind)
    };
    let count = (count as u32 as usize).min(MOST);
    let waits = (0..count).filter_map(|fd| {
        let wants = bits(asked, fd);
        (wants != 0).then(|| Wait {
            fd: i32::try_from(fd).unwrap_or(i32::MAX),
            wants: flags::flags(wants, flags::POLL),
            got: flags::flags(got.map_or(0, |sets| bits(sets, fd)), flags::POLL),
            socket: None,
        })
    });
    waits.collect()
}

/// What `epoll_wait` returned. The caller, which knows the registrations, fills in `fd`.
pub(super) fn ready(memory: &impl Memory, list: u64, count: usize) -> Vec<Ready> {
    let bytes = memory.bytes(list, count.min(MOST) * EPOLL_EVENT);
    let entry = |entry: &[u8]| Ready {
        fd: None,
        got: flags::flags(u64::from(u32_at(entry, 0)), flags::EPOLL),
        data: u64_at(entry, EPOLL_DATA),
    };
    bytes.chunks_exact(EPOLL_EVENT).map(entry).collect()
}

/// The `epoll_event` passed to `epoll_ctl`.
pub(super) fn interest(memory: &impl Memory, address: u64) -> Option<EpollInterest> {
    let bytes = memory.array::<EPOLL_EVENT>(address)?;
    let wants = flags::flags(u64::from(u32_at(&bytes, 0)), flags::EPOLL);
    Some(EpollInterest { wants, data: u64_at(&bytes, EPOLL_DATA) })
}

/// A timeout given as an int of milliseconds, in nanoseconds; a negative one means forever.
pub(crate) fn milliseconds(word: u64) -> Option<u64> {
    u64::try_from(word as u32 as i32).ok().map(|ms| ms * 1_000_000)
}

/// A `struct timespec` or, with `unit` 1000, a `struct timeval`, in nanoseconds.
pub(crate) fn time(memory: &impl Memory, address: u64, unit: u64) -> Option<u64> {
    let bytes = memory.array::<16>(address)?;
    let fraction = u64_at(&bytes, 8).saturating_mul(unit);
    Some(u64_at(&bytes, 0).saturating_mul(1_000_000_000).saturating_add(fraction))
}
