//! Words of memory, and whether they are what they were.

use std::ops::Range;

use crate::memory::{Memory, Piece};

/// What some memory was, ready to be compared with what it is: that is done at each call of a program.
#[derive(Debug, Default)]
pub(crate) struct Words {
    /// Where the words are, and what lies between near ones.
    pieces: Vec<Piece>,
    /// What was there. What lies between is 0 here.
    content: Vec<u8>,
    /// The parts of the content that count.
    counts: Vec<Range<usize>>,
}

/// Words no further apart than this are read as one piece: the kernel takes longer to find a page again than to copy
/// what lies between. As this is less than a page, what lies between can be read if the words can.
const APART: u64 = 1024;

impl Words {
    /// From words by ascending addresses; `None` if they contradict each other, so that memory is never like this.
    pub(crate) fn new(log: &[(u64, u64)]) -> Option<Self> {
        let mut words = Self::default();
        for &(address, value) in log {
            let value = value.to_le_bytes();
            let near = words.pieces.last_mut().and_then(|piece| {
                let offset = address.checked_sub(piece.address)?;
                let beyond = offset.saturating_sub(piece.length as u64);
                (beyond <= APART).then_some((piece, usize::try_from(offset).ok()?))
            });
            let Some((piece, offset)) = near else {
                let start = words.content.len();
                words.pieces.push(Piece { address, length: value.len() });
                words.content.extend(value);
                words.counts.push(start..words.content.len());
                continue;
            };
            // What is known already of a word that overlaps with the one before.
            let known = piece.length.saturating_sub(offset).min(value.len());
            let start = words.content.len() - piece.length + offset;
            if known > 0 && words.content.get(start..start + known) != value.get(..known) {
                return None;
            }
            if known < value.len() {
                words.content.resize(start + known, 0);
                words.content.extend(&value[known..]);
                piece.length = offset + value.len();
            }
            match words.counts.last_mut() {
                Some(last) if last.end >= start => last.end = words.content.len(),
                _ => words.counts.push(start..words.content.len()),
            }
        }
        Some(words)
    }

    /// True if memory is as it was.
    pub(crate) fn are_in(&self, memory: &dyn Memory, buffer: &mut Vec<u8>) -> bool {
        if self.pieces.is_empty() {
            return true;
        }
        buffer.resize(self.content.len(), 0);
        memory.pieces(&self.pieces, buffer)
            && self
                .counts
                .iter()
                .all(|part| buffer.get(part.clone()) == self.content.get(part.clone()))
    }

    /// In words of two: an address and its value.
    pub(crate) fn size(&self) -> usize {
        self.pieces.len() + self.content.len() / 16 + self.counts.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::tests::Pieces;

    #[test]
    fn only_the_words_themselves_count() {
        let at = |address: u64, bytes: &[u8]| (address, bytes.to_vec());
        // Two near words and a far one; what lies between the near ones is read and does not count.
        let words = Words::new(&[(0x100, 1), (0x118, 2), (0x5000, 3)]).expect("they agree");
        assert_eq!(words.pieces.len(), 2);
        let holds = |between: u8, second: u8, far: u64| {
            let mut near = vec![between; 32];
            near[..8].copy_from_slice(&1_u64.to_le_bytes());
            near[24..].copy_from_slice(&u64::from(second).to_le_bytes());
            let memory = Pieces(vec![at(0x100, &near), at(0x5000, &far.to_le_bytes())]);
            words.are_in(&memory, &mut vec![0xff; 3])
        };
        assert!(holds(0, 2, 3) && holds(7, 2, 3));
        assert!(!holds(0, 3, 3) && !holds(0, 2, 4));
        // The last word is cut off.
        let short = Pieces(vec![at(0x100, &[0; 32]), at(0x5000, &[0; 7])]);
        assert!(!words.are_in(&short, &mut Vec::new()));
    }

    #[test]
    fn words_that_overlap_count_once() {
        let bytes: Vec<u8> = (0..16).collect();
        let word = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().expect("8 bytes"));
        let words = Words::new(&[(0x100, word(0)), (0x104, word(4)), (0x108, word(8))])
            .expect("they agree");
        assert_eq!((&*words.content, words.counts.len()), (&*bytes, 1));
        assert!(words.are_in(&Pieces(vec![(0x100, bytes.clone())]), &mut Vec::new()));
        // Memory is never both.
        assert!(Words::new(&[(0x100, 1), (0x100, 2)]).is_none());
        assert!(Words::new(&[(0x100, 1), (0x104, 1)]).is_none());
        let highest = Words::new(&[(u64::MAX, 1)]).expect("a word");
        assert!(!highest.are_in(&Pieces::default(), &mut Vec::new()));
    }
}
