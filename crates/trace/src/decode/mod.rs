//! Pure decoding: argument words and a view of memory in, [`socklab_event::Args`] out.
//!
//! Nothing here asks the kernel anything, and nothing here trusts a length: a tracee may pass
//! whatever it likes.

pub(crate) mod address;
mod control;
pub(crate) mod flags;
pub(crate) mod message;
pub(crate) mod option;
mod transfer;
pub(crate) mod wait;

pub(crate) use transfer::{CallAtEntry, Limits, decode};

/// A native-endian `u32` at `offset`, 0 if the bytes end before it.
pub(crate) fn u32_at(bytes: &[u8], offset: usize) -> u32 {
    bytes
        .get(offset..offset + 4)
        .and_then(|part| part.try_into().ok())
        .map_or(0, u32::from_ne_bytes)
}

/// A native-endian `i32` at `offset`, 0 if the bytes end before it.
pub(crate) fn i32_at(bytes: &[u8], offset: usize) -> i32 {
    u32_at(bytes, offset).cast_signed()
}

/// A native-endian `u64` at `offset`, 0 if the bytes end before it.
pub(crate) fn u64_at(bytes: &[u8], offset: usize) -> u64 {
    bytes
        .get(offset..offset + 8)
        .and_then(|part| part.try_into().ok())
        .map_or(0, u64::from_ne_bytes)
}
