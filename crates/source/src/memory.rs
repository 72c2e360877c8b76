//! The memory of a stopped process.

use std::ops::Range;

use crate::words::Words;

/// Reads the memory of a stopped process.
pub trait Memory {
    /// Reads from `address` on, and returns how many bytes could be read: fewer than asked for where a
    /// mapping ends.
    fn read(&self, address: u64, into: &mut [u8]) -> usize;

    /// Reads pieces of memory, one after another into `into`, which is as long as they are together; in one system
    /// call if it can. False if not all of them can be read.
    fn pieces(&self, pieces: &[Piece], into: &mut [u8]) -> bool {
        let mut rest = into;
        pieces.iter().all(|piece| {
            let Some((part, after)) = std::mem::take(&mut rest).split_at_mut_checked(piece.length)
            else {
                return false;
            };
            rest = after;
            self.read(piece.address, part) == part.len()
        })
    }
}

/// A piece of memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Where it begins.
    pub address: u64,
    /// How many bytes it has.
    pub length: usize,
}

/// Reads memory, and keeps a log of what an answer was made from: an answer is a function of the registers
/// and of the logged words, so as long as these are the same, it is.
pub(crate) struct Reader<'m> {
    memory: &'m dyn Memory,
    log: Vec<(u64, u64)>,
    /// A piece of memory that was read at once, and its address: stacks are read from low to high.
    piece: Vec<u8>,
    piece_at: u64,
}

/// How much of a stack is read at once.
const PIECE: usize = 1024;
const PAGE: u64 = 4096;

impl<'m> Reader<'m> {
    /// Begins with an empty log.
    pub(crate) fn new(memory: &'m dyn Memory) -> Self {
        Self { memory, log: Vec::new(), piece: Vec::new(), piece_at: 0 }
    }

    /// A word that the answer depends on.
    pub(crate) fn word(&mut self, at: u64) -> Option<u64> {
        let mut bytes = [0; 8];
        let value = (self.peek(at, &mut bytes) == 8).then(|| u64::from_le_bytes(bytes))?;
        self.depends_on(at, value);
        Some(value)
    }

    /// Words that the answer depends on, read at once.
    pub(crate) fn words(&mut self, addresses: &[u64]) -> Option<Vec<u64>> {
        let pieces: Vec<Piece> =
            addresses.iter().map(|&address| Piece { address, length: 8 }).collect();
        let mut bytes = vec![0; 8 * pieces.len()];
        if !self.memory.pieces(&pieces, &mut bytes) {
            return None;
        }
        let (words, _) = bytes.as_chunks();
        let values: Vec<u64> = words.iter().copied().map(u64::from_le_bytes).collect();
        self.log.extend(addresses.iter().copied().zip(values.iter().copied()));
        Some(values)
    }

    /// True if words are what they were, so that the answer depends on them. They are read at once.
    pub(crate) fn are(&mut self, mut words: Vec<(u64, u64)>) -> bool {
        words.sort_unstable();
        words.dedup();
        let are = Words::new(&words).is_some_and(|all| all.are_in(self.memory, &mut Vec::new()));
        if are {
            self.log.append(&mut words);
        }
        are
    }

    /// Reads `length` bytes from `at` on for [`Reader::stack`], and what lies between `from` and them.
    pub(crate) fn ahead(&mut self, from: u64, at: u64, length: u64) {
        let last = at.wrapping_add(length).wrapping_sub(8);
        let is_there = self.in_piece(at).is_some() && self.in_piece(last).is_some();
        let Some(all) = at.checked_sub(from).map(|before| before.saturating_add(length)) else {
            return;
        };
        if is_there || all > 2 * PAGE {
            return;
        }
        self.piece.resize(all as usize, 0);
        let read = self.memory.read(from, &mut self.piece).min(self.piece.len());
        self.piece.truncate(read);
        self.piece_at = from;
    }

    /// A word of a stack, which the answer depends on. What lies above is read along with it.
    pub(crate) fn stack(&mut self, at: u64) -> Option<u64> {
        let value = self.in_piece(at).or_else(|| {
            self.piece.resize(PIECE, 0);
            let read = self.memory.read(at, &mut self.piece).min(PIECE);
            self.piece.truncate(read);
            self.piece_at = at;
            self.in_piece(at)
        })?;
        self.depends_on(at, value);
        Some(value)
    }

    fn in_piece(&self, at: u64) -> Option<u64> {
        let offset = usize::try_from(at.checked_sub(self.piece_at)?).ok()?;
        let bytes = self.piece.get(offset..offset.checked_add(8)?)?;
        Some(u64::from_le_bytes(bytes.try_into().ok()?))
    }

    /// Reads what the answer does not depend on, or what is the same as long as the logged words are:
    /// code, tables, the text of a string whose address is logged. Returns how much could be read.
    pub(crate) fn peek(&self, at: u64, into: &mut [u8]) -> usize {
        self.memory.read(at, into).min(into.len())
    }

    /// The answer depends on this word being this value, which was read before.
    pub(crate) fn depends_on(&mut self, at: u64, value: u64) {
        self.log.push((at, value));
    }

    /// Reads what can't be different as long as the words logged before are the same.
    pub(crate) fn implied<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> T {
        let logged = self.logged();
        let answer = read(self);
        self.unlog(logged..self.logged());
        answer
    }

    /// The words that have been logged since there were so many.
    pub(crate) fn logged_since(&self, logged: usize) -> &[(u64, u64)] {
        self.log.get(logged..).unwrap_or_default()
    }

    /// How many words have been logged so far.
    pub(crate) fn logged(&self) -> usize {
        self.log.len()
    }

    /// The answer does not depend on these words, after all.
    pub(crate) fn unlog(&mut self, words: Range<usize>) {
        self.log.drain(words);
    }

    /// What the answer depends on, each word once, by address.
    pub(crate) fn into_log(mut self) -> Vec<(u64, u64)> {
        self.log.sort_unstable();
        self.log.dedup();
        self.log
    }
}

impl std::fmt::Debug for Reader<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader").field("log", &self.log).finish_non_exhaustive()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Memory that consists of some pieces.
    #[derive(Debug, Default)]
    pub(crate) struct Pieces(pub(crate) Vec<(u64, Vec<u8>)>);

    impl Memory for Pieces {
        fn read(&self, address: u64, into: &mut [u8]) -> usize {
            let found = self.0.iter().find_map(|(start, bytes)| {
                let offset = usize::try_from(address.checked_sub(*start)?).ok()?;
                bytes.get(offset..).filter(|rest| !rest.is_empty())
            });
            let Some(rest) = found else { return 0 };
            let length = rest.len().min(into.len());
            into[..length].copy_from_slice(&rest[..length]);
            length
        }
    }

    #[test]
    fn what_an_answer_depends_on_is_logged_once() {
        let memory = Pieces(vec![(0x1000, (0..64).collect())]);
        let mut reader = Reader::new(&memory);
        let first = u64::from_le_bytes([0, 1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(reader.stack(0x1000), Some(first));
        assert_eq!(reader.word(0x1000), Some(first));
        assert_eq!(reader.words(&[0x1010, 0x1008]).map(|words| words.len()), Some(2));
        assert_eq!(reader.stack(0x1038).map(|word| word & 0xff), Some(0x38));
        assert_eq!(reader.stack(0x1039), None, "the mapping ends within this word");
        assert_eq!(reader.word(0x2000), None);
        assert_eq!(reader.peek(0x103c, &mut [0; 8]), 4);
        assert!(reader.implied(|reader| reader.word(0x1020).is_some() && reader.word(0).is_none()));
        let log: Vec<u64> = reader.into_log().iter().map(|(at, _)| *at).collect();
        assert_eq!(log, [0x1000, 0x1008, 0x1010, 0x1038]);
    }
}
