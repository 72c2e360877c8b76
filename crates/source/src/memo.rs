//! Answers that are known: a program that calls in a loop is asked for the same line again and again.

use std::collections::hash_map::Entry;

use rustc_hash::FxHashMap;

use crate::words::Words;
use crate::{Frame, Memory, Thread};

/// An answer, and what it was made from: with the same registers and the same words it is the same.
#[derive(Debug)]
struct Memo {
    /// `rbp`, if the answer depended on it.
    frame: Option<u64>,
    words: Words,
    answer: Option<Frame>,
}

/// Who is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Asked {
    /// A thread, by its id.
    Thread(u32),
    /// A thread of which it is known that it has this thread state of an interpreter. Those that do the same one after
    /// another mostly have the same state, and the same stack: what one of them was answered holds for the next.
    State { address: u64, thread_pointer: u64 },
}

/// Where it is: its instruction and stack pointer.
type Place = (u64, u64);

/// What is known about one process.
#[derive(Debug, Default)]
pub(crate) struct Memos {
    asked: FxHashMap<Asked, FxHashMap<Place, Vec<Memo>>>,
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
        asked: Asked,
        thread: &Thread,
        memory: &dyn Memory,
        mut frame: impl FnMut() -> Option<u64>,
    ) -> Option<Option<Frame>> {
        let places = self.asked.get_mut(&asked)?;
        let memos = places.get_mut(&(thread.instruction, thread.stack))?;
        let index = memos.iter().position(|memo| {
            (memo.frame.is_none() || memo.frame == frame())
                && memo.words.are_in(memory, &mut self.buffer)
        })?;
        memos[..=index].rotate_right(1);
        memos.first().map(|memo| memo.answer.clone())
    }

    /// True if an answer is kept for this place.
    pub(crate) fn has(&self, asked: Asked, thread: &Thread) -> bool {
        let place = (thread.instruction, thread.stack);
        let memos = self.asked.get(&asked).and_then(|places| places.get(&place));
        memos.is_some_and(|memos| !memos.is_empty())
    }

    /// Notes that someone was at a place. True if that was so before.
    pub(crate) fn comes_again(&mut self, asked: Asked, thread: &Thread) -> bool {
        if self.size > SIZE {
            self.clear();
        }
        let places = self.asked.entry(asked).or_default();
        match places.entry((thread.instruction, thread.stack)) {
            Entry::Occupied(_) => true,
            Entry::Vacant(place) => {
                place.insert(Vec::new());
                self.size += OVERHEAD;
                false
            }
        }
    }

    /// Keeps an answer. `log` is what it depends on, by ascending addresses.
    pub(crate) fn keep(
        &mut self,
        asked: Asked,
        thread: &Thread,
        frame: Option<u64>,
        log: &[(u64, u64)],
        answer: Option<Frame>,
    ) {
        if log.len() > WORDS {
            return;
        }
        let Some(words) = Words::new(log) else { return };
        let memo = Memo { frame, words, answer };
        self.comes_again(asked, thread);
        self.size += memo.size();
        let places = self.asked.entry(asked).or_default();
        let memos = places.entry((thread.instruction, thread.stack)).or_default();
        memos.insert(0, memo);
        for old in memos.drain(WAYS.min(memos.len())..) {
            self.size = self.size.saturating_sub(old.size());
        }
    }

    /// The thread has ended: its id may be another's from now on.
    pub(crate) fn forget(&mut self, thread: u32) {
        let places =
            self.asked.remove(&Asked::Thread(thread)).into_iter().flat_map(FxHashMap::into_values);
        let of_place = |memos: Vec<Memo>| OVERHEAD + memos.iter().map(Memo::size).sum::<usize>();
        self.size = self.size.saturating_sub(places.map(of_place).sum());
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
    const ONE: Asked = Asked::Thread(1);
    const TWO: Asked = Asked::Thread(2);

    fn answer(line: u32) -> Option<Frame> {
        Some(Frame { file: Some("a.c".into()), line, function: "main".into(), origin: Origin::Own })
    }

    #[test]
    fn an_answer_holds_as_long_as_the_words_do() {
        let memory = |word: u64| Pieces(vec![(0x100, word.to_le_bytes().to_vec())]);
        let mut memos = Memos::default();
        let never = || panic!("rbp is not asked for");
        assert_eq!(memos.get(ONE, &THREAD, &memory(1), never), None);
        memos.keep(ONE, &THREAD, None, &[(0x100, 1)], answer(1));
        memos.keep(ONE, &THREAD, None, &[(0x100, 2)], answer(2));
        assert_eq!(memos.get(ONE, &THREAD, &memory(1), never), Some(answer(1)));
        assert_eq!(memos.get(ONE, &THREAD, &memory(2), never), Some(answer(2)));
        assert_eq!(memos.get(ONE, &THREAD, &memory(3), never), None);
        assert_eq!(memos.get(ONE, &THREAD, &Pieces::default(), never), None, "the word is gone");
        let other = Thread { stack: 28, ..THREAD };
        assert_eq!(memos.get(ONE, &other, &memory(1), never), None);
    }

    #[test]
    fn the_frame_pointer_counts_where_the_answer_depended_on_it() {
        let mut memos = Memos::default();
        memos.keep(ONE, &THREAD, Some(7), &[], None);
        assert_eq!(memos.get(ONE, &THREAD, &Pieces::default(), || Some(7)), Some(None));
        assert_eq!(memos.get(ONE, &THREAD, &Pieces::default(), || Some(8)), None);
    }

    #[test]
    fn what_a_thread_was_answered_ends_with_it() {
        let mut memos = Memos::default();
        let state = Asked::State { address: 7, thread_pointer: 1 };
        for asked in [ONE, TWO, state] {
            memos.keep(asked, &THREAD, None, &[], answer(1));
        }
        let all = memos.size();
        memos.forget(THREAD.id);
        assert_eq!(memos.get(ONE, &THREAD, &Pieces::default(), || None), None);
        for asked in [TWO, state] {
            assert_eq!(memos.get(asked, &THREAD, &Pieces::default(), || None), Some(answer(1)));
        }
        assert_eq!(3 * memos.size(), 2 * all);
    }

    #[test]
    fn no_more_is_kept_than_a_bound() {
        let mut memos = Memos::default();
        for stack in 0..20_000 {
            let log: Vec<_> = (0..64).map(|at| (stack + 4096 * at, at)).collect();
            memos.keep(ONE, &Thread { stack, ..THREAD }, None, &log, None);
            assert!(memos.size() <= SIZE + 256);
        }
        for _ in 0..100 {
            memos.keep(ONE, &THREAD, None, &[(0, 0)], None);
        }
        let place = (THREAD.instruction, THREAD.stack);
        let ways = memos.asked.get(&ONE).and_then(|places| places.get(&place));
        assert_eq!(ways.map(Vec::len), Some(WAYS));
        let log: Vec<_> = (0..5000).map(|at| (8 * at, at)).collect();
        memos.keep(TWO, &THREAD, None, &log, None);
        assert_eq!(memos.get(TWO, &THREAD, &Pieces::default(), || None), None);
    }
}
