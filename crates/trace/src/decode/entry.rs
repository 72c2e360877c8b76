//! A call as it was entered, and what must be read before the kernel runs it.

use socklab_event::Endpoint;

use super::header::{self, Header};
use super::words::u32_at;
use super::{address, poll_sets};
use crate::memory::Memory;
use crate::syscall::{Row, Sys};

/// A call as it was entered.
#[derive(Clone, Debug)]
pub(crate) struct CallAtEntry {
    pub(crate) row: &'static Row,
    /// Its arguments, as they stood in the registers.
    pub(crate) words: [u64; 6],
    pub(super) before: Before,
}

/// What the kernel overwrites while it runs the call.
#[derive(Clone, Debug)]
pub(super) enum Before {
    /// Nothing that matters.
    Nothing,
    /// The address to bind or connect to. The kernel does not overwrite it, but it is worth having
    /// even if the call never returns.
    Address(Endpoint),
    /// The capacity of an address buffer, in bytes.
    Capacity(u32),
    /// A `msghdr`.
    Header(Header),
    /// The capacity of the address buffer of each of several messages.
    Capacities(Vec<u32>),
    /// A timeout in nanoseconds, in whose place the kernel may write the time left.
    Timeout(Option<u64>),
    /// The sets of `select`, and its timeout.
    Sets(Box<[Vec<u8>; 3]>, Option<u64>),
}

impl CallAtEntry {
    /// Reads what the call will overwrite.
    pub(crate) fn new(row: &'static Row, words: [u64; 6], memory: &impl Memory) -> Self {
        let capacity = |address: u64, length: u64| match address {
            0 => Before::Nothing,
            _ => Before::Capacity(memory.array::<4>(length).map_or(0, u32::from_ne_bytes)),
        };
        let before = match row.sys {
            Sys::Bind | Sys::Connect => {
                Before::Address(address::passed(memory, words[1], words[2]))
            }
            Sys::Accept | Sys::Accept4 | Sys::Getsockname | Sys::Getpeername => {
                capacity(words[1], words[2])
            }
            Sys::Recvfrom => capacity(words[4], words[5]),
            Sys::Recvmsg => Before::Header(Header::read(memory, words[1]).unwrap_or_default()),
            Sys::Recvmmsg => {
                let count = (words[2] as u32 as usize).min(header::MOST_MESSAGES);
                let list = memory.bytes(words[1], count * header::MULTI_HEADER);
                let messages = list.chunks_exact(header::MULTI_HEADER);
                Before::Capacities(messages.map(|message| u32_at(message, 8)).collect())
            }
            Sys::Ppoll => Before::Timeout(poll_sets::time(memory, words[2], 1)),
            Sys::EpollPwait2 => Before::Timeout(poll_sets::time(memory, words[3], 1)),
            Sys::Select | Sys::Pselect6 => {
                let unit = if row.sys == Sys::Select { 1000 } else { 1 };
                let sets = poll_sets::sets(memory, words[0], [words[1], words[2], words[3]]);
                Before::Sets(Box::new(sets), poll_sets::time(memory, words[4], unit))
            }
            _ => Before::Nothing,
        };
        Self { row, words, before }
    }

    /// The descriptor the call is made on, where its first argument is one.
    pub(crate) fn fd(&self) -> i32 {
        self.words[0] as i32
    }

    /// The address the call was to bind or connect to.
    pub(super) fn address(&self) -> Endpoint {
        match &self.before {
            Before::Address(address) => address.clone(),
            _ => Endpoint::Unspecified,
        }
    }

    /// How long a call that waits for several descriptors may wait, in nanoseconds; `None` means
    /// forever.
    pub(crate) fn timeout(&self) -> Option<u64> {
        match (self.row.sys, &self.before) {
            (Sys::Poll, _) => poll_sets::milliseconds(self.words[2]),
            (Sys::EpollWait, _) => poll_sets::milliseconds(self.words[3]),
            (_, Before::Timeout(timeout) | Before::Sets(_, timeout)) => *timeout,
            _ => None,
        }
    }
}
