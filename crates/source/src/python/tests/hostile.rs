//! Memory of a program that lies about what it is.

use proptest::prelude::*;

use super::super::Python;
use super::image::{Image, START, THREAD};
use crate::memory::tests::Pieces;
use crate::memory::{Memory, Reader};

/// Every address is readable, and what is there follows from the address and some bytes.
struct Endless(Vec<u8>);

impl Memory for Endless {
    fn read(&self, address: u64, into: &mut [u8]) -> usize {
        for (at, byte) in (0_u64..).zip(into.iter_mut()) {
            let index = address.wrapping_add(at) % (self.0.len() as u64);
            *byte = self.0[index as usize];
        }
        into.len()
    }
}

/// Two walks, and the lines of what they show.
fn walk(memory: &dyn Memory, minor: u8) {
    let mut reader = Reader::new(memory);
    let Some(mut python) = Python::new(0, 0x1000, Some(minor), &reader) else { return };
    for thread_pointer in [0, 0x1000, THREAD] {
        let thread = thread_pointer as u32;
        let (_, frames) =
            python.frames(thread, || Some(thread_pointer), &mut reader, &mut |_| false);
        assert!(frames.len() <= super::super::FRAMES);
        for frame in &frames {
            python.line(frame, &mut reader);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// An interpreter of which some words are others.
    #[test]
    fn images_with_faults_are_told_or_not(
        faults in proptest::collection::vec(
            (0_usize..512, prop_oneof![(0_u64..512).prop_map(|word| START + 8 * word), any::<u64>(), 0_u64..256]),
            1..4,
        ),
    ) {
        let mut image = Image::new();
        for (index, word) in faults {
            image.0[index] = word;
        }
        walk(&image.memory(), 11);
    }

    /// Words that are mostly addresses of other words, so that walks get far.
    #[test]
    fn lists_of_lies_end(
        words in proptest::collection::vec(
            prop_oneof![
                8 => (0_u64..128).prop_map(|word| 0x1000 + 8 * word),
                2 => 0_u64..4,
                1 => any::<u64>(),
                1 => Just(u64::from_le_bytes(*b"code\0\0\0\0")),
            ],
            1..128,
        ),
        minor in 8_u8..=13,
    ) {
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        walk(&Pieces(vec![(0x1000, bytes.clone())]), minor);
        walk(&Endless(bytes), minor);
    }
}
