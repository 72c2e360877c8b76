//! Comparing what a peer received with what it should have received. Pure.

use socklab_event::Bytes;

use super::protocol::Reply;
use crate::step_end::{Comparison, Stopped};

/// How many bytes to show before a difference; these are equal.
const BEFORE: usize = 24;
/// How many bytes to show from a difference on.
const AFTER: usize = 72;

/// Whether upper and lower case (ASCII) count as different.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Case {
    Sensitive,
    Ignored,
}

/// Where the two first differ, or where `got` is longer than `wanted`. `None` while `got` is a
/// prefix of `wanted`.
pub(super) fn difference(wanted: &[u8], got: &[u8], case: Case) -> Option<usize> {
    let same = |(a, b): (&u8, &u8)| match case {
        Case::Ignored => a.eq_ignore_ascii_case(b),
        Case::Sensitive => a == b,
    };
    let pairs = wanted.iter().zip(got);
    let equal = pairs.take_while(|pair| same(*pair)).count();
    (equal < got.len()).then_some(equal)
}

/// Where `part` first occurs in `text`.
pub(super) fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    if part.is_empty() {
        return Some(0);
    }
    text.windows(part.len()).position(|window| window == part)
}

/// A mismatch, with the bytes around the first difference, which is at `at`.
pub(super) fn mismatch(
    how: Comparison,
    wanted: &[u8],
    got: &[u8],
    at: usize,
    stopped: Stopped,
) -> Reply {
    let from = if at > BEFORE + AFTER { at - BEFORE } else { 0 };
    let cut = |bytes: &[u8]| Bytes {
        sample: bytes[from.min(bytes.len())..bytes.len().min(at + AFTER)].to_vec(),
        total: bytes.len() as u64,
    };
    let (expected, got) = (cut(wanted), cut(got));
    Reply::Mismatch { how, expected, got, skipped: from as u64, stopped }
}

/// A mismatch because fewer than `length` bytes arrived.
pub(super) fn too_short(length: u64, got: &[u8], stopped: Stopped) -> Reply {
    let sample = got[..got.len().min(BEFORE + AFTER)].to_vec();
    Reply::Mismatch {
        how: Comparison::Length,
        expected: Bytes { sample: Vec::new(), total: length },
        got: Bytes { sample, total: got.len() as u64 },
        skipped: 0,
        stopped,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_difference_is_found_and_shown() {
        assert_eq!(difference(b"HOLA", b"HO", Case::Sensitive), None);
        assert_eq!(difference(b"HOLA", b"HOla", Case::Sensitive), Some(2));
        assert_eq!(difference(b"HOLA", b"hola", Case::Ignored), None);
        assert_eq!(difference(b"HO", b"HOX", Case::Sensitive), Some(2));
        let (wanted, mut got) = (vec![b'a'; 1000], vec![b'a'; 1000]);
        got[500] = b'b';
        match mismatch(Comparison::Equals, &wanted, &got, 500, Stopped::Enough) {
            Reply::Mismatch { expected, got, skipped, .. } => {
                assert_eq!((skipped, expected.total, got.sample[24]), (476, 1000, b'b'));
            }
            other => panic!("{other:?}"),
        }
    }
}
