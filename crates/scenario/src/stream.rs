//! Pseudorandom bytes that follow from a seed, for payloads and moments.

/// Pseudorandom bytes from a seed: SplitMix64, the high byte of each word.
pub(crate) fn stream(seed: u64, count: usize) -> impl Iterator<Item = u8> {
    let mut state = seed ^ (count as u64).rotate_left(32);
    (0..count).map(move |_| {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        (mixed(state) >> 56) as u8
    })
}

/// The finalizer of SplitMix64, without its last shift.
pub(crate) fn mixed(mut word: u64) -> u64 {
    word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb)
}
