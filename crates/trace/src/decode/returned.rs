//! A call that has returned, or never will, as the decoders see it.

use socklab_event::{Args, Endpoint, Outcome};

use super::address;
use super::entry::{Before, CallAtEntry};
use crate::memory::Memory;

/// How much of a call is recorded.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// How many bytes of every message.
    pub(crate) sample: usize,
}

/// A call, its outcome, and the program's memory after it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Returned<'c, M> {
    pub(super) entry: &'c CallAtEntry,
    pub(super) outcome: Outcome,
    pub(super) memory: &'c M,
    pub(super) limits: Limits,
}

impl<M: Memory> Returned<'_, M> {
    /// An argument as it is in its register.
    pub(super) fn word(&self, index: usize) -> u64 {
        self.entry.words[index]
    }

    /// An argument that is an int: the upper half of its register may hold anything.
    pub(super) fn int(&self, index: usize) -> i32 {
        self.entry.words[index] as i32
    }

    /// An argument that is an unsigned int.
    pub(super) fn uint(&self, index: usize) -> u32 {
        self.entry.words[index] as u32
    }

    pub(super) fn has_succeeded(&self) -> bool {
        matches!(self.outcome, Outcome::Value(_))
    }

    /// The call's result as a count, such as of bytes moved; 0 if it has none.
    pub(super) fn count(&self) -> u64 {
        match self.outcome {
            Outcome::Value(value) => u64::try_from(value).unwrap_or(0),
            _ => 0,
        }
    }

    /// The address the kernel wrote. `address` and `length` are the indices of the arguments that
    /// point to it and to its length.
    pub(super) fn written_address(&self, address: usize, length: usize) -> Option<Endpoint> {
        let Before::Capacity(capacity) = self.entry.before else {
            return None;
        };
        let length = self.memory.array::<4>(self.word(length)).filter(|_| self.has_succeeded())?;
        let length = u32::from_ne_bytes(length);
        address::returned(self.memory, self.word(address), capacity, length)
    }

    /// The arguments of a call that is not decoded.
    pub(super) fn undecoded(&self) -> Args {
        Args::Other { words: self.entry.words.to_vec() }
    }
}
