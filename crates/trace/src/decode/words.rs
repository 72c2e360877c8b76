//! Reads numbers from bytes, in the machine's byte order.

/// The `u32` at `offset`, 0 if the bytes end before it.
pub(crate) fn u32_at(bytes: &[u8], offset: usize) -> u32 {
    bytes
        .get(offset..offset + 4)
        .and_then(|part| part.try_into().ok())
        .map_or(0, u32::from_ne_bytes)
}

/// The `i32` at `offset`, 0 if the bytes end before it.
pub(crate) fn i32_at(bytes: &[u8], offset: usize) -> i32 {
    u32_at(bytes, offset).cast_signed()
}

/// The `u64` at `offset`, 0 if the bytes end before it.
pub(crate) fn u64_at(bytes: &[u8], offset: usize) -> u64 {
    bytes
        .get(offset..offset + 8)
        .and_then(|part| part.try_into().ok())
        .map_or(0, u64::from_ne_bytes)
}
