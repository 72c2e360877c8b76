//! Maps and sets whose keys are numbers: positions, process ids, inodes, indices.
//!
//! They are asked several times about each of perhaps a million events, and the standard library's
//! hash, which withstands chosen keys, would take longer than what is asked. A recording whose
//! author chose its numbers to collide would only be slow to draw.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

/// A map by numbers.
pub type NumberMap<K, V> = HashMap<K, V, BuildHasherDefault<NumberHasher>>;

/// A set of numbers.
pub type NumberSet<K> = HashSet<K, BuildHasherDefault<NumberHasher>>;

/// Hashes a few numbers by multiplication.
#[derive(Clone, Copy, Debug, Default)]
pub struct NumberHasher(u64);

impl NumberHasher {
    fn add(&mut self, number: u64) {
        // 2^64 divided by the golden ratio: Knuth, The Art of Computer Programming, §6.4.
        self.0 = (self.0 ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

impl Hasher for NumberHasher {
    fn finish(&self) -> u64 {
        // The upper bits of a product depend on all bits of its factors; tables use the lower ones.
        self.0.rotate_left(26)
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.add((*byte).into()));
    }

    fn write_u8(&mut self, number: u8) {
        self.add(number.into());
    }

    fn write_u16(&mut self, number: u16) {
        self.add(number.into());
    }

    fn write_u32(&mut self, number: u32) {
        self.add(number.into());
    }

    fn write_i32(&mut self, number: i32) {
        self.add(number.cast_unsigned().into());
    }

    fn write_u64(&mut self, number: u64) {
        self.add(number);
    }

    fn write_usize(&mut self, number: usize) {
        self.add(number as u64);
    }
}

#[cfg(test)]
mod tests {
    use std::hash::BuildHasher;

    use super::*;

    #[test]
    fn usual_numbers_fall_into_different_places() {
        let hasher = NumberSet::<(u32, u64)>::default().hasher().clone();
        for step in [1, 2, 4, 64, 4096, 1 << 20] {
            let places = (0..10_000u64).map(|n| hasher.hash_one((7u32, n * step)) & 0xffff);
            let places: HashSet<u64> = places.collect();
            assert!(places.len() > 5_000, "{} places for steps of {step}", places.len());
        }
    }
}
