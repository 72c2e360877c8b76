//! Answers that are known: a program that calls in a loop is asked for the same line again and again.

use std::ops::Range;

use rustc_hash::FxHashMap;

use crate::memory::Piece;
use crate::{Frame, Memory, Thread};

/// An answer, and what it was made from: with the same registers and the same words it is the same.
#[derive(Debug)]
struct Memo {
    /// `rbp`, if the answer depended on it.
    frame: Option<u64>,
    words: Words,
    answer: Option<Frame>,
}

/// What some memory was, ready to be compared with what it is: that is done at each call of a program.
#[derive(Debug, Default)]
struct Words {
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
    fn new(log: &[(u64, u64)]) -> Option<Self> {
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
    fn are_in(&self, memory: &dyn Memory, buffer: &mut Vec<u8>) -> bool {
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
    fn size(&self) -> usize {
        self.pieces.len() + self.content.len() / 16 + self.counts.len()
    }
}

/// What is known about one process.
#[derive(Debug, Default)]
pub(crate) struct Memos {
    /// By the thread's id, and where it is: its instruction and stack pointer.
    threads: FxHashMap<u32, FxHashMap<(u64, u64), Vec<Memo>>>,
    size: usize,
    /// What memory is now.
    buffer: Vec<u8>,
}

/// Of one place: the ways that lead to it with the same depth of the stack.
const WAYS: usize = 8;
/// Words that one answer depends on; more are not compared faster than found anew.
const WORDS: usize = 1024;
/// Words that are kept for a process: 4 MiB.
const SIZE: usize = 1 << 18;
/// A memo's own share.
const OVERHEAD: usize = 16;

impl Memo {
    /// In words of two: an address and its value, or 16 bytes of a name.
    fn size(&self) -> usize {
        let names = self.answer.as_ref().map_or(0, |frame| {
            frame.file.as_ref().map_or(0, |file| file.len()) + frame.function.len()
        });
        self.words.size() + names / 16 + OVERHEAD
    }
}

impl Memos {
    /// The answer that was given when everything was as it is now.
    pub(crate) fn get(
        &mut self,
        thread: &Thread,
        memory: &dyn Memory,
        mut frame: impl FnMut() -> Option<u64>,
    ) -> Option<Option<Frame>> {
        let places = self.threads.get_mut(&thread.id)?;
        let memos = places.get_mut(&(thread.instruction, thread.stack))?;
        let index = memos.iter().position(|memo| {
            (memo.frame.is_none() || memo.frame == frame())
                && memo.words.are_in(memory, &mut self.buffer)
        })?;
        memos[..=index].rotate_right(1);
        memos.first().map(|memo| memo.answer.clone())
    }

    /// True if an answer was given for this place.
    pub(crate) fn has(&self, thread: &Thread) -> bool {
        let places = self.threads.get(&thread.id);
        places.is_some_and(|places| places.contains_key(&(thread.instruction, thread.stack)))
    }

    /// Keeps an answer. `log` is what it depends on, by ascending addresses.
    pub(crate) fn keep(
        &mut self,
        thread: &Thread,
        frame: Option<u64>,
        log: &[(u64, u64)],
        answer: Option<Frame>,
    ) {
        if log.len() > WORDS {
            return;
        }
        if self.size > SIZE {
            self.clear();
        }
        let Some(words) = Words::new(log) else { return };
        let memo = Memo { frame, words, answer };
        self.size += memo.size();
        let places = self.threads.entry(thread.id).or_default();
        let memos = places.entry((thread.instruction, thread.stack)).or_default();
        memos.insert(0, memo);
        for old in memos.drain(WAYS.min(memos.len())..) {
            self.size = self.size.saturating_sub(old.size());
        }
    }

    /// The thread has ended: its id may be another's from now on.
    pub(crate) fn forget(&mut self, thread: u32) {
        let memos = self.threads.remove(&thread).into_iter().flat_map(FxHashMap::into_values);
        let size: usize = memos.flatten().map(|memo| memo.size()).sum();
        self.size = self.size.saturating_sub(size);
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// How many words are kept.
    pub(crate) fn size(&self) -> usize {
        self.size
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Origin;
    use crate::memory::tests::Pieces;

    const THREAD: Thread = Thread { process: 1, id: 1, instruction: 10, stack: 20 };

    fn answer(line: u32) -> Option<Frame> {
        Some(Frame { file: Some("a.c".into()), line, function: "main".into(), origin: Origin::Own })
    }

    #[test]
    fn an_answer_holds_as_long_as_the_words_do() {
        let memory = |word: u64| Pieces(vec![(0x100, word.to_le_bytes().to_vec())]);
        let mut memos = Memos::default();
        let never = || panic!("rbp is not asked for");
        assert_eq!(memos.get(&THREAD, &memory(1), never), None);
        memos.keep(&THREAD, None, &[(0x100, 1)], answer(1));
        memos.keep(&THREAD, None, &[(0x100, 2)], answer(2));
        assert_eq!(memos.get(&THREAD, &memory(1), never), Some(answer(1)));
        assert_eq!(memos.get(&THREAD, &memory(2), never), Some(answer(2)));
        assert_eq!(memos.get(&THREAD, &memory(3), never), None);
        assert_eq!(memos.get(&THREAD, &Pieces::default(), never), None, "the word is gone");
        let other = Thread { stack: 28, ..THREAD };
        assert_eq!(memos.get(&other, &memory(1), never), None);
    }

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

    #[test]
    fn the_frame_pointer_counts_where_the_answer_depended_on_it() {
        let mut memos = Memos::default();
        memos.keep(&THREAD, Some(7), &[], None);
        assert_eq!(memos.get(&THREAD, &Pieces::default(), || Some(7)), Some(None));
        assert_eq!(memos.get(&THREAD, &Pieces::default(), || Some(8)), None);
    }

    #[test]
    fn what_a_thread_was_answered_ends_with_it() {
        let mut memos = Memos::default();
        let other = Thread { id: 2, ..THREAD };
        for thread in [THREAD, other] {
            memos.keep(&thread, None, &[], answer(1));
        }
        let both = memos.size();
        memos.forget(THREAD.id);
        assert_eq!(memos.get(&THREAD, &Pieces::default(), || None), None);
        assert_eq!(memos.get(&other, &Pieces::default(), || None), Some(answer(1)));
        assert_eq!(2 * memos.size(), both);
    }

    #[test]
    fn no_more_is_kept_than_a_bound() {
        let mut memos = Memos::default();
        for stack in 0..20_000 {
            let log: Vec<_> = (0..64).map(|at| (stack + 4096 * at, at)).collect();
            memos.keep(&Thread { stack, ..THREAD }, None, &log, None);
            assert!(memos.size() <= SIZE + 100);
        }
        for _ in 0..100 {
            memos.keep(&THREAD, None, &[(0, 0)], None);
        }
        let place = (THREAD.instruction, THREAD.stack);
        let ways = memos.threads.get(&THREAD.id).and_then(|places| places.get(&place));
        assert_eq!(ways.map(Vec::len), Some(WAYS));
        let log: Vec<_> = (0..5000).map(|at| (8 * at, at)).collect();
        memos.keep(&Thread { id: 2, ..THREAD }, None, &log, None);
        assert_eq!(memos.get(&Thread { id: 2, ..THREAD }, &Pieces::default(), || None), None);
    }
}
